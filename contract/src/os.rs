//! The functions of `wasi_aot_os_1`: what programs need of an operating system and WASI preview 1
//! lacks. `docs/OS-ABI.md` describes each for whoever wants to call it, or to offer it in
//! another host.
//!
//! Pointers, sizes, descriptors and enumerations are i32, little-endian in memory. Every function
//! returns an errno of preview 1. A name in another version of the module would have another
//! meaning, so the number in [`MODULE_NAME`] rises with each incompatible change.

use crate::signature::{HostModule, Signature, Type};

/// The import module's name.
pub const MODULE_NAME: &str = HostModule::Os.name();

/// Calls the macro `$with` with the whole list, as
/// [`for_each_preview1!`](crate::for_each_preview1) does.
#[macro_export]
macro_rules! for_each_os {
    ($with:ident) => {
        $with! {
            signal_open(opened_fd: I32) -> I32;
            signal_set(signal: I32, action: I32) -> I32;
            signal_get(signal: I32, found_action: I32) -> I32;
            path_open(fd: I32, dirflags: I32, path: I32, path_len: I32, oflags: I32, rights_base: I64, rights_inheriting: I64, fdflags: I32, mode: I32, opened_fd: I32) -> I32;
            path_create_directory(fd: I32, path: I32, path_len: I32, mode: I32) -> I32;
            path_set_mode(fd: I32, flags: I32, path: I32, path_len: I32, mode: I32) -> I32;
            fd_set_mode(fd: I32, mode: I32) -> I32;
            path_stat(fd: I32, flags: I32, path: I32, path_len: I32, stat: I32) -> I32;
            fd_stat(fd: I32, stat: I32) -> I32;
            host_name(buf: I32, buf_len: I32, bufused: I32) -> I32;
            process_id(pid: I32) -> I32;
            terminal_open(opened_fd: I32) -> I32;
            terminal_size(fd: I32, found_size: I32) -> I32;
            terminal_get_mode(fd: I32, found_mode: I32) -> I32;
            terminal_set_mode(fd: I32, terminal_mode: I32) -> I32;
        }
    };
}

macro_rules! table {
    ($($name:ident($($param:ident: $ty:ident),*) -> $ret:ident;)*) => {
        /// Every function, by family.
        pub const FUNCTIONS: &[Signature] = &[
            $(Signature {
                module: HostModule::Os,
                name: stringify!($name),
                params: &[$(Type::$ty),*],
                results: &[Type::$ret],
            },)*
        ];
    };
}
for_each_os!(table);

/// The place in [`FUNCTIONS`] of the function with this name.
#[must_use]
pub fn place(name: &str) -> Option<u32> {
    let place = FUNCTIONS
        .iter()
        .position(|function| function.name == name)?;
    u32::try_from(place).ok()
}

/// Permissions of a file that preview 1's `path_open` creates, before the umask. Preview 1 has
/// no modes; a file that is created exclusively (CREAT with EXCL), as secrets and temporary files
/// are, is its owner's alone.
#[must_use]
pub const fn file_mode(exclusive: bool) -> u32 {
    if exclusive { 0o600 } else { 0o666 }
}
/// Permissions of a directory that preview 1's `path_create_directory` makes, before the umask.
pub const DIRECTORY_MODE: u32 = 0o777;

/// The bits of a mode that a program may set: the permissions of owner, group and others.
pub const MODE_BITS: u32 = 0o777;
/// The bits of a mode that a program sees: the permissions, and set-user-ID, set-group-ID and
/// sticky as Linux has them.
pub const SEEN_MODE_BITS: u32 = 0o7777;

/// Bytes of what `path_stat` and `fd_stat` store: preview 1's `filestat`, then four numbers of
/// 32 bits: the mode ([`SEEN_MODE_BITS`]), the owner's user ID and group ID, and 0.
pub const STAT_SIZE: usize = 80;
/// Where the mode lies in it.
pub const STAT_MODE: usize = 64;

/// What happens on a signal, as `signal_set` takes it and `signal_get` stores it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u32)]
pub enum Action {
    /// What the system does by default.
    Default = 0,
    /// The descriptor of `signal_open` gets it.
    Caught = 1,
    /// Nothing.
    Ignored = 2,
}

/// The bits of a terminal's mode, as `terminal_set_mode` takes them and `terminal_get_mode` stores
/// them. 0 is the terminal as the program found it.
pub mod terminal_mode {
    /// Each byte is read as it is typed, nothing is echoed, no key sends a signal, and what is
    /// written isn't changed: C's `cfmakeraw`.
    pub const RAW: u32 = 1;
    /// Lines are read and keys send signals, but what is typed isn't echoed. With [`RAW`] this
    /// holds for what is read; what is written isn't changed.
    pub const NO_ECHO: u32 = 2;
    /// All bits.
    pub const ALL: u32 = RAW | NO_ECHO;
}

#[cfg(test)]
mod tests {
    #[test]
    fn os_has_15_functions() {
        assert_eq!(super::FUNCTIONS.len(), 15);
    }

    #[test]
    fn functions_are_found_by_name() {
        for (place, function) in super::FUNCTIONS.iter().enumerate() {
            assert_eq!(super::place(function.name), Some(place as u32));
        }
        assert_eq!(super::place("path_rename"), None);
    }
}
