//! The second fence: what the policy doesn't need is taken from the process by
//! the kernel, before the first guest instruction.
//!
//! The first fence is the shim, which checks all that the guest asks for. This one
//! holds where the shim, or the code that the compiler makes, has a bug that lets
//! a guest do more than ask: [`landlock`] leaves it the granted directories,
//! [`seccomp`] the system calls that the policy can need; [`seal`] keeps code and guards
//! as they are. None can be taken down again, by anything in the process.
//!
//! Landlock or seccomp, if the kernel doesn't have it, is left out, and the program runs
//! behind the first fence alone, unless the manifest requires both; one that the kernel
//! has and won't put up is a reason not to start. What [`seal`] does is added where the
//! kernel can.

mod calls;
mod failure;
mod filter;
mod landlock;
mod seal;
mod seccomp;
mod show;

use crate::abi::fdtable::{Descriptor, FdTable};
use crate::abi::types::FileType;
use crate::manifest::Fence;
use crate::process::Process;
use failure::Failure;
use rustix::io::Errno as Host;
use rustix::thread::{no_new_privs, set_no_new_privs};

const CAPABILITIES: &str = "capabilities";
const NO_NEW_PRIVS: &str = "no_new_privs";

/// What the process will be left able to do, as far as the layers tell it apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Some directory is granted.
    pub files: bool,
    /// Some directory is granted for writing.
    pub writing: bool,
    /// There are sockets: listeners, or standard input and output.
    pub sockets: bool,
    /// Landlock wouldn't see that a file is emptied where it may not be, and seccomp could.
    pub emptying_unseen: bool,
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
            emptying_unseen: false,
        }
    }

    /// Behind Landlock of this version, or none. Without Landlock a program that may write
    /// somewhere may by openat write anywhere, so that nothing is left to be seen.
    pub fn behind_landlock(self, version: Option<u32>) -> Self {
        let emptying_unseen = match version {
            Some(version) => !landlock::sees_emptying(version),
            None => !self.writing,
        };
        Self {
            emptying_unseen,
            ..self
        }
    }
}

/// What became of each layer; Landlock's value is its version.
struct Layers {
    capabilities: Result<(), Failure>,
    no_new_privs: Result<(), Failure>,
    landlock: Result<u32, Failure>,
    seccomp: Result<(), Failure>,
    seals: Result<(), Failure>,
    no_new_code: Result<(), Failure>,
}

/// Puts up the layers around what `fds` give access to, as `fence` says. Ends the process
/// where that fails. `dropped` says what became of the capabilities
/// ([`crate::privileges`]): where the kernel refuses to take them, the process keeps what
/// its user gave it, unless the manifest requires the fence.
pub fn raise(process: &Process, fence: Fence, fds: &FdTable, dropped: Result<(), Host>) {
    let shows = process.asks_for_fences();
    if fence == Fence::Without {
        if shows {
            show::none();
        }
        return;
    }
    let dropped = dropped.map_err(|error| Failure::absent(CAPABILITIES, "dropping them", error));
    let layers = layers(process, fds, dropped);
    let failures = [
        layers.capabilities.err(),
        layers.no_new_privs.err(),
        layers.landlock.err(),
        layers.seccomp.err(),
    ];
    for failure in failures.into_iter().flatten() {
        failure.judge(fence == Fence::Required);
    }
    if shows {
        show::all(&layers);
    }
}

/// seccomp last: what the others need is nothing that a guest needs.
fn layers(process: &Process, fds: &FdTable, capabilities: Result<(), Failure>) -> Layers {
    let no_new_privs = give_up_privileges();
    let refused = |failure: Failure| failure.without_no_new_privs(no_new_privs.is_err());
    let seals = put_up(process, seal::SEALS, || {
        let sealed = seal::seal(process.auxv.program_headers());
        sealed.map_err(|error| Failure::absent(seal::SEALS, "the call", error))
    });
    let no_new_code = put_up(process, seal::NO_NEW_CODE, || {
        let set = seal::refuse_new_code();
        set.map_err(|error| Failure::absent(seal::NO_NEW_CODE, "PR_SET_MDWE", error))
    });
    let needs = Needs::of(fds);
    let landlock = put_up(process, landlock::NAME, || {
        landlock::restrict(fds, needs, landlock_version(process)).map_err(refused)
    });
    let needs = needs.behind_landlock(landlock.ok());
    let seccomp = put_up(process, seccomp::NAME, || {
        seccomp::install(needs).map_err(refused)
    });
    Layers {
        capabilities,
        no_new_privs,
        landlock,
        seccomp,
        seals,
        no_new_code,
    }
}

/// Landlock and seccomp ask for it of a process without privileges, so that no program
/// that it starts is more than it is. Kernels before 3.5 have none of the three. Where a
/// container forbids to ask for it, it may have seen to it itself.
fn give_up_privileges() -> Result<(), Failure> {
    match set_no_new_privs(true) {
        Err(_) if no_new_privs() == Ok(true) => Ok(()),
        Err(error) => Err(Failure::absent(NO_NEW_PRIVS, "prctl", error)),
        Ok(()) => Ok(()),
    }
}

/// Does `put_up`: always, but in the tests of the other layers.
fn put_up<T>(
    process: &Process,
    layer: &'static str,
    put_up: impl FnOnce() -> Result<T, Failure>,
) -> Result<T, Failure> {
    #[cfg(feature = "corrupt")]
    if crate::corrupt::leaves_out(process.env, layer) {
        return Err(Failure::unwanted(layer));
    }
    let _ = (process, layer);
    put_up()
}

/// The kernel's, but in tests that pretend to have an older one.
fn landlock_version(process: &Process) -> Result<u32, Host> {
    #[cfg(feature = "corrupt")]
    if let Some(version) = crate::corrupt::landlock_version(process.env) {
        return Ok(version);
    }
    let _ = process;
    landlock::version()
}
