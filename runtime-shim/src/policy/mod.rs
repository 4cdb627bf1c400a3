//! The first fence: every rule about what the guest may reach on the host and change there.
//! The calls of [`crate::wasi`] parse their arguments, ask here, and then make the system
//! call. Only the checks of pointers are elsewhere, in [`crate::abi::guest_memory`]. No
//! call changes the owner of a file, so there is no rule about owners.
//!
//! | question | file |
//! |---|---|
//! | which single files are granted, among them those that arguments name | [`files`] |
//! | which directories are granted, and which grants contradict each other | [`grants`] |
//! | where a place such as `@config` is | [`places`]; `@tmp` [`temporary`] |
//! | which way leads to a granted directory, and who may have chosen it | [`route`], [`privileged`] |
//! | which sockets listen | [`listen`]; [`passed`] for those of a service manager |
//! | where the addresses of listeners are written | [`listen_report`] |
//! | which variables the guest sees | [`environment`] |
//! | what a descriptor may do | [`rights`]; for 0, 1 and 2 [`stdio`] |
//! | which file a path leads to | [`resolver`], and [`walk`] without `openat2` |
//! | which directory no path leads to, whatever is granted | [`hole`] |
//! | where the guest starts | [`pwd`] |
//! | what a Go module sees outside of its grants | [`root`] |
//! | how a file may be opened, created and emptied | [`opening`] |
//! | which file is the executable, and what may not happen to it | [`way`], [`own`] |
//! | which file systems control the kernel, so that nothing in them is changed | [`control`] |
//! | which of the functions beyond preview 1 work, such as those for signals | [`os_rights`] |
//! | which terminal is the controlling one | [`terminal`] |
//! | why the program can't start | [`refusal`] |
//!
//! Invariants: nothing is granted that the manifest doesn't name, and the program can't
//! have chosen in an earlier run what it is granted in this run ([`route`]). [`listeners`] and
//! [`directories`] decide all grants once, before the first guest instruction. Each is the
//! root of a part (`parts.rs`): an executable without such grants lacks the code.

pub mod control;
pub mod cpath;
mod cwd;
pub mod environment;
pub mod files;
pub mod grants;
mod hole;
mod listen;
pub mod listen_report;
pub mod opening;
pub mod os_rights;
pub mod own;
pub mod passed;
mod places;
pub mod privileged;
mod pwd;
mod refusal;
pub mod resolver;
pub mod rights;
pub mod root;
mod route;
pub mod stdio;
pub mod temporary;
pub mod terminal;
pub mod walk;
mod way;

pub use refusal::Refusal;
pub use way::{OffLimits, Start};

use crate::abi::fdtable::FdTable;
use crate::manifest::Manifest;
use crate::shim_memory::Keeper;
use core::ffi::c_char;
use environment::Environment;
use files::Files;
use grants::{Current, Granted};

/// Number of the first listener or granted directory.
pub const FIRST_PREOPEN: u32 = 3;

/// Takes the `passed` listeners ([`passed::check`]) and opens those of `manifest`, from
/// [`FIRST_PREOPEN`] on, and completes `environment` with `LISTEN_FDS`. Returns how many there are. Listeners come before directories, so that a
/// program knows their numbers whatever directories are granted.
///
/// # Errors
/// The reason why the program can't start.
pub fn listeners(
    manifest: &Manifest,
    passed: u32,
    fds: &mut FdTable,
    environment: &mut Environment,
) -> Result<u32, Refusal> {
    let listeners = listen::open_all(manifest, passed, fds)?;
    environment.listen_fds = environment::listen_fds(listeners, &mut Keeper::new())?;
    Ok(listeners)
}

/// Opens the directories that `manifest` grants, in its order behind the `listeners`, completes
/// `environment` with `PWD` and `TMPDIR`, and finds the single files that the manifest and the arguments `args`
/// name. Returns what the guest must not change or enter although a grant contains it, and the
/// files.
///
/// # Errors
/// The reason why the program can't start.
pub fn directories(
    manifest: &Manifest,
    start: Start<'_>,
    args: &[*const c_char],
    listeners: u32,
    fds: &mut FdTable,
    environment: &mut Environment,
) -> Result<(OffLimits, Files), Refusal> {
    let mut keeper = Keeper::new();
    let keeper = &mut keeper;
    let found = places::resolve(manifest, environment, keeper)?;
    let current = Current::new(found, manifest, environment)?;
    let first = FIRST_PREOPEN + listeners;
    let (grants, pwd) =
        grants::open_all(found, manifest, first, &current, environment, fds, keeper)?;
    environment.pwd = pwd;
    let granted = Granted { grants, fds };
    grants::refuse_contradictions(granted)?;
    route::refuse_redirected(granted)?;
    environment.tmpdir = temporary::variable(granted, keeper)?;
    let off_limits = way::find(start, current.0.as_ref(), manifest, granted, keeper)?;
    let files = files::find(manifest, args, environment, granted, off_limits.hole)?;
    stdio::keep_executable(&off_limits.own, fds);
    Ok((off_limits, files))
}

/// [`listeners`], then [`directories`].
#[cfg(test)]
pub fn resolve(
    manifest: &Manifest,
    start: Start<'_>,
    fds: &mut FdTable,
    environment: &mut Environment,
) -> Result<OffLimits, Refusal> {
    let listeners = listeners(manifest, 0, fds, environment)?;
    directories(manifest, start, &[], listeners, fds, environment).map(|found| found.0)
}

#[cfg(test)]
mod tests;
