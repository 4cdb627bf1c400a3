//! The second fence: what the policy doesn't need is taken from the process by
//! the kernel, before the first guest instruction.
//!
//! The first fence is the shim, which checks all that the guest asks for. This one
//! holds where the shim, or the code that the compiler makes, has a bug that lets
//! a guest do more than ask: [`landlock`] leaves it the granted directories,
//! [`seccomp`] the system calls that the policy can need. Neither can be taken down
//! again, by anything in the process.
//!
//! A layer that the kernel doesn't have is left out, and the program runs behind
//! the first fence alone; one that it has and won't put up is a reason not to start.

mod calls;
mod filter;
mod landlock;
mod seccomp;

use crate::report::cannot_start;
use crate::start::Process;
use crate::wasi::fdtable::{Descriptor, FdTable};
use crate::wasi::types::FileType;
use core::fmt;
use rustix::io::Errno as Host;
use wasi_aot_contract::manifest::{Record, records};

/// What the process will be left able to do, as far as the layers tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Some directory is granted.
    pub files: bool,
    /// Some directory is granted for writing.
    pub writing: bool,
    /// There are sockets: listeners, or standard input and output.
    pub sockets: bool,
}

impl Needs {
    /// What can be done with `fds`, all descriptors that the guest begins with.
    pub fn of(fds: &FdTable) -> Self {
        let mut grants = fds
            .iter()
            .filter(|descriptor| descriptor.preopen_name().is_some());
        let is_socket = |descriptor: &Descriptor| {
            use FileType::{SocketDgram, SocketStream};
            matches!(descriptor.filetype, SocketStream | SocketDgram)
        };
        Self {
            files: grants.clone().next().is_some(),
            writing: grants.any(|descriptor| !descriptor.read_only),
            sockets: fds.iter().any(is_socket),
        }
    }
}

/// Why a layer that the kernel has doesn't stand.
pub struct Failure {
    layer: &'static str,
    step: &'static str,
    error: Host,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cannot set up {}: {} fails with errno {}; build with --no-harden to run without it",
            self.layer,
            self.step,
            self.error.raw_os_error()
        )
    }
}

/// Puts up both layers around what `fds` give access to, unless `manifest` says
/// not to. Ends the process where that fails.
pub fn raise(process: &Process, fds: &FdTable) {
    let unwanted = |record| matches!(record, Ok(Record::NoHarden));
    if (records(process.manifest).into_iter().flatten()).any(unwanted) {
        return;
    }
    if let Err(failure) = layers(process, fds) {
        cannot_start(format_args!("{failure}"));
    }
}

/// Landlock first: its system calls are none that a guest needs.
fn layers(process: &Process, fds: &FdTable) -> Result<(), Failure> {
    // Both ask for it of a process without privileges, so that no program that it
    // starts is more than it is. Kernels before 3.5 have neither.
    if rustix::thread::set_no_new_privs(true).is_err() {
        return Ok(());
    }
    if is_wanted(process, landlock::NAME) {
        landlock::restrict(fds)?;
    }
    if is_wanted(process, seccomp::NAME) {
        seccomp::install(Needs::of(fds))?;
    }
    Ok(())
}

/// Whether `layer` is to be put up: always, but in the tests of the other one.
fn is_wanted(process: &Process, layer: &str) -> bool {
    #[cfg(feature = "corrupt")]
    return !crate::corrupt::leaves_out(process.env, layer);
    #[cfg(not(feature = "corrupt"))]
    {
        let _ = (process, layer);
        true
    }
}
