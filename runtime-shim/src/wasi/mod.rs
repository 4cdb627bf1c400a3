//! WASI preview 1 on Linux.
//!
//! One file per family of calls. A call is the Rust function of its name, which gets the
//! state and the core-wasm parameters and returns whether it succeeded. [`exports`] makes
//! the symbols that a module links against from the functions. Each call's documentation
//! links to its section of the specification. What the calls have in common:
//!
//! * A call parses its parameters, asks [`crate::policy`], and makes the system call.
//! * A pointer or length outside linear memory is `EFAULT`, a descriptor that
//!   isn't open `EBADF`, a missing right `ENOTCAPABLE` or a related errno
//!   (see [`Descriptor::demand`](crate::abi::fdtable::Descriptor::demand)); this isn't repeated everywhere.
//! * A call checks the pointers for its results before it does anything, so a call that
//!   fails with `EFAULT` has had no effect.
//! * An `EINTR` of the host never reaches the guest: `exports` makes such a call again. A call
//!   that would do something twice then repeats its system calls itself. (A guest gets
//!   `EINTR` in one place, from [`path_open`], as a request to call again.)

#![expect(
    clippy::too_many_arguments,
    reason = "the calls have the parameters that the specification gives them"
)]

pub mod args;
pub mod clock;
pub mod environ;
pub mod exports;
pub mod fd;
pub mod fd_io;
pub mod fdstat;
mod fifo;
pub mod filestat;
pub mod path;
pub mod path_open;
pub mod poll;
mod poll_set;
pub mod proc;
pub mod random;
pub mod readdir;
pub mod sock;

#[cfg(test)]
pub mod fixture;

use crate::abi::errno::Errno;
use crate::abi::fdtable::FdTable;
use crate::abi::guest_memory::{Memory, Ptr};
use crate::abi::rights::Rights;
use crate::policy::cpath::CPath;
use crate::policy::environment::Environment;
use crate::policy::os_rights::OsRights;
use crate::policy::own::Own;
use crate::policy::resolver::Resolver;
use crate::policy::root::{Place, Root};
use crate::policy::terminal::Controlling;
use core::cell::UnsafeCell;
use core::ffi::c_char;

/// The state that the calls share.
pub struct Wasi {
    pub memory: Memory,
    pub fds: FdTable,
    pub resolver: Resolver,
    /// The executable and the way to it, which no call changes, whatever is granted.
    pub own: Own,
    /// Each a C string that lives as long as the process.
    pub args: &'static [*const c_char],
    pub environment: Environment,
    /// What the functions of `wasi_aot_os_1` may do.
    pub os_rights: OsRights,
    /// The module shows goroutines on SIGQUIT ([`crate::quit`]).
    pub quitting: bool,
    /// The controlling terminal, if the module may open it.
    pub terminal: Option<Controlling>,
    /// What lies outside of the grants.
    pub root: Root,
}

impl Wasi {
    /// # Safety
    /// As for [`Memory::new`].
    pub const unsafe fn new() -> Self {
        Self {
            // SAFETY: the caller's promise.
            memory: unsafe { Memory::new() },
            fds: FdTable::new(),
            resolver: Resolver::new(),
            own: Own::new(),
            args: &[],
            environment: Environment::EMPTY,
            os_rights: OsRights::NONE,
            quitting: false,
            terminal: None,
            root: Root::NONE,
        }
    }

    /// Where the path of `len` bytes at `at` leads from the directory `fd` ([`Root::place`]).
    ///
    /// # Errors
    /// Those of [`Wasi::path`] and [`Root::place`].
    pub fn place(
        &self,
        fd: u32,
        rights: Rights,
        (at, len): (Ptr, u32),
        path: &mut CPath,
    ) -> Result<Place<'_>, Errno> {
        self.fds.directory(fd, rights)?;
        path.set(self.memory.bytes(at, len)?)?;
        self.root.place(&self.fds, fd, rights, path)
    }

    /// The path of `len` bytes at `at`. The bytes need not be UTF-8, since the host's file
    /// names need not be.
    ///
    /// # Errors
    /// `EINVAL` when the path contains a NUL, `ENAMETOOLONG` when it is longer than
    /// the host takes.
    pub fn path(&self, at: Ptr, len: u32) -> Result<CPath, Errno> {
        CPath::from_bytes(self.memory.bytes(at, len)?)
    }
}

/// The one state of the process.
struct Global(UnsafeCell<Wasi>);

// SAFETY: the process has one thread. See `state` and `with`.
unsafe impl Sync for Global {}

static WASI: Global = {
    // SAFETY: this is the only value in an executable. The kernel maps linear memory before
    // the first instruction. Nothing but generated code and the preemption of goroutines
    // touches linear memory otherwise, and both leave it alone during a call.
    Global(UnsafeCell::new(unsafe { Wasi::new() }))
};

/// The state, to be filled in at start.
///
/// # Safety
/// The reference must not be used any more once the module is entered, and there must be
/// only one.
pub unsafe fn state() -> &'static mut Wasi {
    // SAFETY: no call is made before the module is entered, so the caller's promise makes
    // the reference unique.
    unsafe { &mut *WASI.0.get() }
}

/// Runs `call` on the state.
pub fn with<R>(call: impl FnOnce(&mut Wasi) -> R) -> R {
    // SAFETY: unique, because there is one thread, no call calls
    // back into the guest or another call's export, and no signal handler comes here.
    call(unsafe { &mut *WASI.0.get() })
}
