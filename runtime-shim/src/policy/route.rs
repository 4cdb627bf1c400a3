//! The way from a grant's HOST to its directory.
//!
//! Invariant: the program can't choose where the way leads. HOST is resolved anew at every
//! start, and a symbolic link in a directory that the program may write could be the work of
//! its earlier run: it would lead to whatever the program wants to be granted next. So a grant
//! through such a link is refused. All other names on the way mean the same directory at each
//! start, or a directory that the program could write anyway.
//!
//! If HOST goes up again after a link (`link/..`), the link need not lie inside the grant, and
//! that check wouldn't find it. So HOST must lead to the same directory as its lexical form,
//! in which `link/..` is removed.

use super::Refusal;
use super::cpath::{CPath, PATH_MAX};
use super::grants::{Grant, Granted, identity, writable_around};
use super::walk::MAX_LINKS;
use crate::abi::errno::Errno;
use core::mem::MaybeUninit;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, openat, readlinkat_raw};

/// Flags to open a directory or a link that is only looked at.
const LOOK: OFlags = OFlags::PATH.union(OFlags::NOFOLLOW).union(OFlags::CLOEXEC);

/// Whether a component of `host` is `..`.
pub fn goes_up(host: &[u8]) -> bool {
    host.split(|&b| b == b'/').any(|name| name == b"..")
}

/// Refuses a HOST that leads to `dir`, if its absolute lexical form `host_path` leads to
/// another directory.
pub fn refuse_ambiguous(grant: Grant, host_path: &CPath, dir: &OwnedFd) -> Result<(), Refusal> {
    let flags = LOOK.difference(OFlags::NOFOLLOW);
    let by_letters = openat(CWD, host_path.as_c_str(), flags, Mode::empty());
    match by_letters.and_then(identity) {
        Ok(by_letters) if identity(dir) == Ok(by_letters) => Ok(()),
        _ => Err(Refusal::Ambiguous(grant)),
    }
}

/// Refuses a grant whose way leads through a link in a writable grant.
pub fn refuse_redirected(granted: Granted<'_>) -> Result<(), Refusal> {
    if !granted.any_writable() {
        return Ok(());
    }
    for (grant, dir) in granted.iter() {
        let failed = |error: Errno| Refusal::CannotOpen(grant, error);
        let link_in = |dir: BorrowedFd<'_>| match writable_around(dir, granted) {
            Ok(None) => Ok(()),
            Ok(Some((outer, _))) => Err(Refusal::Redirected(grant, outer)),
            Err(error) => Err(failed(error.into())),
        };
        let reached = follow(grant.host, link_in, failed)?;
        // Somebody has changed the way since the grant was opened, perhaps another process
        // of this program.
        if identity(&reached) != identity(&dir.host) {
            return Err(failed(Errno::AGAIN));
        }
    }
    Ok(())
}

/// Goes to the file `host`, one component after the other, and calls `link_in` with each
/// directory in which a link on the way lies.
///
/// # Errors
/// Those of `link_in`, and what `failed` makes of an errno.
pub fn follow<E>(
    host: &[u8],
    link_in: impl Fn(BorrowedFd<'_>) -> Result<(), E>,
    failed: impl Fn(Errno) -> E,
) -> Result<OwnedFd, E> {
    let host_error = |error: rustix::io::Errno| failed(error.into());
    let mut dir = openat(CWD, c".", LOOK, Mode::empty()).map_err(host_error)?;
    let mut todo = CPath::from_bytes(host).map_err(&failed)?;
    let mut links = 0;
    loop {
        if todo.as_bytes().starts_with(b"/") {
            dir = openat(CWD, c"/", LOOK, Mode::empty()).map_err(host_error)?;
        }
        let Some((name, rest)) = first(&todo).map_err(&failed)? else {
            return Ok(dir);
        };
        let next = openat(&dir, name.as_c_str(), LOOK, Mode::empty()).map_err(host_error)?;
        let stat = fstat(&next).map_err(host_error)?;
        if FileType::from_raw_mode(stat.st_mode) == FileType::Symlink {
            links += 1;
            if links > MAX_LINKS {
                return Err(failed(Errno::LOOP));
            }
            link_in(dir.as_fd())?;
            let mut buffer = [MaybeUninit::uninit(); PATH_MAX];
            let (target, _) = readlinkat_raw(&next, c"", &mut buffer[..]).map_err(host_error)?;
            todo = CPath::from_bytes(target).map_err(&failed)?;
            todo.push(b"/").map_err(&failed)?;
            todo.push(rest.as_bytes()).map_err(&failed)?;
        } else {
            (dir, todo) = (next, rest);
        }
    }
}

/// The first component of a path, and the rest of the path without slashes at its start. `None`
/// when there is no component.
fn first(path: &CPath) -> Result<Option<(CPath, CPath)>, Errno> {
    let path = without_slashes(path.as_bytes());
    let len = path.iter().position(|&b| b == b'/');
    let (name, rest) = path.split_at(len.unwrap_or(path.len()));
    if name.is_empty() {
        return Ok(None);
    }
    let rest = CPath::from_bytes(without_slashes(rest))?;
    Ok(Some((CPath::from_bytes(name)?, rest)))
}

/// `path` from its first component on.
fn without_slashes(path: &[u8]) -> &[u8] {
    let start = path.iter().position(|&b| b != b'/').unwrap_or(path.len());
    &path[start..]
}
