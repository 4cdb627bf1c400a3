//! The symbols of preview 1, `wasi_aot_<name>`, generated from the contract's list: a call
//! that is in the list but not here, or here but not in the list, doesn't compile.

use super::args::{args_get, args_sizes_get};
use super::clock::{clock_res_get, clock_time_get};
use super::environ::{environ_get, environ_sizes_get};
use super::fd::{
    fd_advise, fd_allocate, fd_close, fd_datasync, fd_renumber, fd_seek, fd_sync, fd_tell,
};
use super::fd_io::{fd_pread, fd_pwrite, fd_read, fd_write};
use super::fdstat::{
    fd_fdstat_get, fd_fdstat_set_flags, fd_fdstat_set_rights, fd_prestat_dir_name, fd_prestat_get,
};
use super::filestat::{
    fd_filestat_get, fd_filestat_set_size, fd_filestat_set_times, path_filestat_get,
    path_filestat_set_times,
};
use super::path::{
    path_create_directory, path_link, path_readlink, path_remove_directory, path_rename,
    path_symlink, path_unlink_file,
};
use super::path_open::path_open;
use super::poll::poll_oneoff;
use super::proc::{proc_exit, proc_raise, sched_yield};
use super::random::random_get;
use super::readdir::fd_readdir;
use super::sock::{sock_accept, sock_recv, sock_send, sock_shutdown};
use super::with;
use crate::abi::errno::Errno;
use crate::{preempt, quit};
use wasi_aot_contract::{for_each_preview1, symbol};

/// The errno that the guest gets from `call`, 0 for none. A call that a signal has
/// interrupted is made again. A system call that ends with `EINTR` has done nothing (if it has
/// done a part, it returns how much), and before it a call here only looks things up. On the
/// file systems of networks and FUSE every system call can end so. Where SIGQUIT has come,
/// the guest makes the call again, and the goroutine gives way before that.
pub fn uninterrupted(mut call: impl FnMut() -> Result<(), Errno>) -> u32 {
    loop {
        match call() {
            Ok(()) => return 0,
            Err(Errno::INTR) if quit::is_asked() => {
                with(|wasi| preempt::give_way(&mut wasi.memory));
                return u32::from(Errno::INTR.number());
            }
            Err(Errno::INTR) => {}
            Err(Errno::GIVE_WAY) => return u32::from(Errno::INTR.number()),
            Err(errno) => return u32::from(errno.number()),
        }
    }
}

/// The Rust type of a core type's C argument.
macro_rules! core_type {
    (I32) => {
        u32
    };
    (I64) => {
        u64
    };
}

/// The symbol of a function that returns an errno; `$symbol` makes the symbol's name.
macro_rules! export_call {
    ($symbol:ident $name:ident($($param:ident: $ty:ident),*)) => {
        const _: () = {
            #[unsafe(export_name = $symbol!(stringify!($name)))]
            extern "C" fn export($($param: core_type!($ty)),*) -> u32 {
                uninterrupted(|| with(|wasi| $name(wasi, $($param),*)))
            }
        };
    };
}

pub(crate) use {core_type, export_call};

macro_rules! export {
    ($($name:ident($($param:ident: $ty:ident),*) $(-> $result:ident)?;)*) => {
        $(export!(@one $name($($param: $ty),*) $(-> $result)?);)*
    };
    (@one $name:ident($($param:ident: $ty:ident),*) -> I32) => {
        export_call!(symbol $name($($param: $ty),*));
    };
    (@one $name:ident($($param:ident: $ty:ident),*)) => {
        const _: () = {
            #[unsafe(export_name = symbol!(stringify!($name)))]
            extern "C" fn export($($param: core_type!($ty)),*) {
                with(|wasi| $name(wasi, $($param),*))
            }
        };
    };
}
for_each_preview1!(export);

#[cfg(test)]
#[path = "import_table_for_tests.rs"]
pub mod import_table;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_call_is_made_again() {
        let ends = [Err(Errno::INTR), Err(Errno::INTR), Ok(()), Err(Errno::IO)];
        let mut made = ends.into_iter();
        assert_eq!(uninterrupted(|| made.next().unwrap()), 0);
        assert_eq!(made.len(), 1);
        assert_eq!(uninterrupted(|| made.next().unwrap()), 29);
        assert_eq!(uninterrupted(|| Err(Errno::GIVE_WAY)), 27);
    }
}
