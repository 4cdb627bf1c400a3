//! The second fence: the kernel takes from the process what the policy doesn't need, before
//! the first guest instruction.
//!
//! The first fence is [`crate::policy`], which checks what the guest asks for. The second
//! fence holds where the runtime or the generated code has a bug that lets a guest do more
//! than ask. [`landlock`] leaves the process the granted directories, [`seccomp`] the system
//! calls that the policy can need ([`calls`]). [`seal`] keeps code and guards as they are.
//!
//! Invariants:
//!
//! * The fence follows from the manifest, the standard streams and the module's imports alone, by
//!   way of the descriptors that the guest begins with and its [`OsRights`].
//! * Nothing in the process can take a layer down again.
//! * If the kernel lacks Landlock or seccomp, the layer is left out, and the program runs
//!   behind the first fence alone, unless the manifest requires both layers. If the kernel has
//!   the layer but fails to set it up, the program doesn't start ([`failure`]). What [`seal`]
//!   does is added where the kernel can.
//! * Every system call that the runtime makes once the guest runs has a rule in [`calls`];
//!   without one the process dies of SIGSYS.
//! * Landlock before its version 3 doesn't see that a file is emptied by O_TRUNC. Behind such
//!   a kernel no call asks for O_TRUNC: a walk empties by `ftruncate`.
//!
//! `tests/cli/harden/` breaks the first fence on purpose (the feature `corrupt`) to show that
//! the second holds, each layer by itself.

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
use crate::policy::files::Files;
use crate::policy::os_rights::OsRights;
use crate::process::Process;
use failure::Failure;
use rustix::io::Errno as Host;
use rustix::thread::{no_new_privs, set_no_new_privs};
use wasi_aot_contract::manifest::Access;

const CAPABILITIES: &str = "capabilities";
const NO_NEW_PRIVS: &str = "no_new_privs";

/// What the process must still be able to do, in the distinctions that the layers make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// Some directory is granted.
    pub files: bool,
    /// Some directory is granted for writing.
    pub writing: bool,
    /// What the functions of `wasi_aot_os_1` may do.
    pub os: OsRights,
    /// The module shows goroutines on SIGQUIT ([`crate::quit`]).
    pub quitting: bool,
    /// There are sockets: listeners, or standard input and output.
    pub sockets: bool,
    /// Landlock wouldn't see that a file is emptied where it may not be, but seccomp can
    /// forbid it.
    pub emptying_unseen: bool,
}

/// What the guest begins with.
#[derive(Clone, Copy)]
pub struct Guest<'a> {
    pub fds: &'a FdTable,
    pub files: Files,
    pub os: OsRights,
    /// Its goroutines are shown on SIGQUIT.
    pub quitting: bool,
}

impl Needs {
    /// The needs of `guest`.
    pub fn of(guest: Guest<'_>) -> Self {
        let (fds, files) = (guest.fds, guest.files.list);
        let grants = fds
            .iter()
            .filter(|descriptor| descriptor.preopen_name().is_some())
            .map(|descriptor| descriptor.read_only);
        let files = files.iter().map(|file| file.access == Access::ReadOnly);
        let mut grants = grants.chain(files);
        let is_socket = |descriptor: &Descriptor| {
            use FileType::{SocketDgram, SocketStream};
            matches!(descriptor.filetype, SocketStream | SocketDgram)
        };
        Self {
            files: grants.clone().next().is_some(),
            writing: grants.any(|read_only| !read_only),
            sockets: fds.iter().any(is_socket),
            emptying_unseen: false,
            os: guest.os,
            quitting: guest.quitting,
        }
    }

    /// The needs behind Landlock of this version, or without Landlock. Without Landlock a
    /// program that may write somewhere could write anywhere by openat, so it makes no
    /// difference to forbid emptying.
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

/// Puts up the layers, unless `fence` says to leave them out. The layers allow the process
/// what `guest` begins with. Ends the process if a layer fails that must not ([`failure`]).
/// `dropped` is the result of dropping the capabilities ([`crate::privileges`]). If the kernel
/// refused that, the process keeps its capabilities, unless the manifest requires the fence.
pub fn raise(process: &Process, fence: Fence, guest: Guest<'_>, dropped: Result<(), Host>) {
    let shows = process.asks_for_fences();
    if fence == Fence::Without {
        if shows {
            show::none();
        }
        return;
    }
    let dropped = dropped.map_err(|error| Failure::absent(CAPABILITIES, "dropping them", error));
    let layers = layers(process, guest, dropped);
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

/// Puts up the layers in their order. Landlock goes before seccomp, because the seccomp
/// filter forbids Landlock's own calls and those of [`seal`].
fn layers(process: &Process, guest: Guest<'_>, capabilities: Result<(), Failure>) -> Layers {
    let needs = Needs::of(guest);
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
    let landlock = put_up(process, landlock::NAME, || {
        landlock::restrict(guest, needs, landlock_version(process)).map_err(refused)
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

/// Sets no_new_privs. Without privileges a process must set it before it may use Landlock or
/// seccomp, so that it can't start a set-user-ID program under its restrictions. Kernels
/// before 3.5 have none of the three. A container that forbids the call may have set it
/// already.
fn give_up_privileges() -> Result<(), Failure> {
    match set_no_new_privs(true) {
        Err(_) if no_new_privs() == Ok(true) => Ok(()),
        Err(error) => Err(Failure::absent(NO_NEW_PRIVS, "prctl", error)),
        Ok(()) => Ok(()),
    }
}

/// Calls `put_up`, unless a test of the other layers leaves this layer out.
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

/// The kernel's version of Landlock, or the older one that a test pretends to have.
fn landlock_version(process: &Process) -> Result<u32, Host> {
    #[cfg(feature = "corrupt")]
    if let Some(version) = crate::corrupt::landlock_version(process.env) {
        return Ok(version);
    }
    let _ = process;
    landlock::version()
}
