//! Where the HOST of a grant is: places such as `@config`, which are found when the program starts.
//!
//! Invariants:
//!
//! * The variables of whoever starts the program decide, never those of the guest. A program with
//!   more rights than its caller has no places ([`super::privileged`]).
//! * What a place stands for is a path like any other: every rule about HOST holds for that path,
//!   so [`super::route`] refuses a link in a writable grant.
//! * A directory is made only where whoever built the program granted a writable one below
//!   `@config`, `@cache`, `@data` or `@state`, and only on a way that the program can't have
//!   chosen: no link in a writable grant is followed.

use super::cpath::{CPath, PATH_MAX};
use super::environment::Environment;
use super::grants::{Grant, Identity, grants, identity};
use super::{Refusal, route, temporary};
use crate::abi::errno::Errno;
use crate::manifest::Manifest;
use crate::shim_memory::{Keeper, PageArray};
use core::ffi::CStr;
use core::mem::MaybeUninit;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, CWD, Mode, OFlags, mkdirat, openat, readlinkat_raw, statat};
use wasi_aot_contract::manifest::Access;
use wasi_aot_contract::place::{Host, Place};

/// Why a place has no path.
pub enum Lack {
    NoMemory,
    /// The record isn't one that a build writes.
    Malformed,
    /// `HOME` isn't an absolute path.
    Home,
    /// Nothing says where the executable is.
    Executable,
}

/// Where a HOST is.
pub struct Found {
    pub path: &'static [u8],
    /// Directories below this many bytes of `path` may be made.
    pub made_from: Option<u16>,
}

/// The grants of the manifest, in its order, with each HOST as a path. Optional grants whose place
/// isn't known are left out. Makes the directory `@tmp`, and directories that are missing and may
/// be made.
///
/// # Errors
/// The reason why the program can't start.
pub fn resolve(
    manifest: &Manifest,
    environment: &Environment,
    keeper: &mut Keeper,
) -> Result<&'static mut [Grant], Refusal> {
    let mut array = PageArray::new();
    (array.reserve(grants(manifest).count())).map_err(|_| Refusal::NoMemory)?;
    let mut count = 0;
    let mut temporary = None;
    for grant in grants(manifest) {
        let host = Host::parse(grant.written).ok_or(Refusal::Malformed)?;
        let found = if host.place == Some(Place::Tmp) {
            let path = match temporary {
                Some(path) => path,
                None => temporary::make(environment, keeper)?,
            };
            temporary = Some(path);
            Ok(Found {
                path,
                made_from: None,
            })
        } else {
            find(host, environment, keeper)
        };
        let Found { path, made_from } = match found {
            Ok(found) => found,
            Err(Lack::Home | Lack::Executable) if host.optional => continue,
            Err(lack) => return Err(lack.refusal(grant.written)),
        };
        let writable = grant.access == Access::ReadWrite && !host.optional;
        array.as_mut_slice()[count].write(Grant {
            host: path,
            optional: host.optional,
            made_from: made_from.filter(|_| writable),
            ..grant
        });
        count += 1;
    }
    // SAFETY: the first `count` slots have been written.
    let resolved = unsafe { array.leak()[..count].assume_init_mut() };
    make_missing(resolved)?;
    Ok(resolved)
}

impl Lack {
    pub fn refusal(self, written: &'static [u8]) -> Refusal {
        match self {
            Self::NoMemory => Refusal::NoMemory,
            Self::Malformed => Refusal::Malformed,
            Self::Home => Refusal::NoHome(written),
            Self::Executable => Refusal::NoExecutable(written),
        }
    }
}

/// The path of a HOST other than `@tmp`.
///
/// # Errors
/// Why there is none.
pub fn find(
    host: Host<'static>,
    environment: &Environment,
    keeper: &mut Keeper,
) -> Result<Found, Lack> {
    let Some(place) = host.place else {
        return Ok(Found {
            path: host.path,
            made_from: None,
        });
    };
    let absolute = |name| {
        let value = environment.of_host(name)?;
        value.starts_with(b"/").then(|| without_slashes(value))
    };
    let home = || absolute(b"HOME").ok_or(Lack::Home);
    let mut executable = [MaybeUninit::uninit(); PATH_MAX];
    let (base, below) = match (place, place.xdg()) {
        (_, Some((variable, below))) => match absolute(variable.as_bytes()) {
            Some(base) => (base, ""),
            None => (home()?, below),
        },
        (Place::Exe, _) => (directory_of_executable(&mut executable)?, ""),
        (Place::Tmp, _) => return Err(Lack::Malformed),
        _ => (home()?, ""),
    };
    let path = join(keeper, [base, below.as_bytes(), host.path]).map_err(|_| Lack::NoMemory)?;
    // The directory that a variable names may be made, but not the home directory.
    let stands = match below {
        "" => base.iter().rposition(|&b| b == b'/').unwrap_or(0),
        _ => base.len(),
    };
    Ok(Found {
        path,
        // A longer path is none that the kernel takes.
        made_from: place.xdg().and_then(|_| u16::try_from(stands).ok()),
    })
}

/// An absolute path from its parts, of which the first is absolute without slashes at its end.
fn join(
    keeper: &mut Keeper,
    parts: [&[u8]; 3],
) -> Result<&'static [u8], crate::shim_memory::NoMemory> {
    let slash = |part: &[u8]| -> &[u8] { if part.is_empty() { b"" } else { b"/" } };
    let [base, below, path] = parts;
    let path = without_slashes(path);
    let is_root = base.is_empty() && below.is_empty() && path.is_empty();
    let root: &[u8] = if is_root { b"/" } else { b"" };
    keeper.keep(&[base, root, slash(below), below, slash(path), path])
}

fn without_slashes(path: &[u8]) -> &[u8] {
    let end = path.iter().rposition(|&b| b != b'/');
    &path[..end.map_or(0, |end| end + 1)]
}

/// The directory in which the running executable lies, without symbolic links, as the kernel says.
fn directory_of_executable(buffer: &mut [MaybeUninit<u8>; PATH_MAX]) -> Result<&[u8], Lack> {
    const RUNNING: &CStr = c"/proc/self/exe";
    let running = statat(CWD, RUNNING, AtFlags::empty()).map_err(|_| Lack::Executable)?;
    let (name, _) = readlinkat_raw(CWD, RUNNING, &mut buffer[..]).map_err(|_| Lack::Executable)?;
    let name: &[u8] = name;
    // For a file without a name the link's text isn't a path.
    let path = CPath::from_bytes(name).map_err(|_| Lack::Executable)?;
    let there = statat(CWD, path.as_c_str(), AtFlags::SYMLINK_NOFOLLOW);
    let is_it = there.is_ok_and(|s| (s.st_dev, s.st_ino) == (running.st_dev, running.st_ino));
    if !is_it || !name.starts_with(b"/") {
        return Err(Lack::Executable);
    }
    let slash = name.iter().rposition(|&b| b == b'/').unwrap_or(0);
    Ok(&name[..slash])
}

/// Makes the directories that are missing and may be made.
fn make_missing(grants: &[Grant]) -> Result<(), Refusal> {
    for grant in grants {
        if let Some(stands) = grant.made_from {
            let path = CPath::from_bytes(grant.host);
            let there = path.map(|path| statat(CWD, path.as_c_str(), AtFlags::empty()));
            if let Ok(Err(rustix::io::Errno::NOENT)) = there {
                make(*grant, stands.into(), grants)?;
            }
        }
    }
    Ok(())
}

/// Makes the directory of `grant` and those above it that are missing, below the first `stands`
/// bytes of its path, for the user alone: the XDG Base Directory Specification asks for 0700.
fn make(grant: Grant, stands: usize, grants: &[Grant]) -> Result<(), Refusal> {
    let failed = |error: Errno| Refusal::CannotOpen(grant, error);
    let host_error = |error: rustix::io::Errno| failed(error.into());
    let link_in = |dir: BorrowedFd<'_>| match writable_path_around(dir, grants) {
        Ok(None) => Ok(()),
        Ok(Some(outer)) => Err(Refusal::Redirected(grant, outer)),
        Err(error) => Err(host_error(error)),
    };
    let host = grant.host;
    let above = if stands == 0 {
        &b"/"[..]
    } else {
        &host[..stands]
    };
    let mut dir = route::follow(above, link_in, failed)?;
    let mut start = stands;
    while let Some(from) = host[start..].iter().position(|&b| b != b'/') {
        let from = start + from;
        let len = host[from..].iter().position(|&b| b == b'/');
        start = len.map_or(host.len(), |len| from + len);
        dir = match route::follow(&host[..start], link_in, failed) {
            Err(Refusal::CannotOpen(_, Errno::NOENT)) => {
                let name = CPath::from_bytes(&host[from..start]).map_err(failed)?;
                make_in(&dir, name.as_c_str()).map_err(host_error)?
            }
            reached => reached?,
        };
    }
    Ok(())
}

/// Makes the directory `name`, and opens it. It may be there meanwhile, by another start.
fn make_in(dir: &OwnedFd, name: &CStr) -> rustix::io::Result<OwnedFd> {
    match mkdirat(dir, name, Mode::RWXU) {
        Ok(()) | Err(rustix::io::Errno::EXIST) => {}
        Err(error) => return Err(error),
    }
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(dir, name, flags, Mode::empty())
}

/// The writable grant that is `dir` or contains it, by the paths of the grants, which aren't open
/// yet.
fn writable_path_around(
    dir: BorrowedFd<'_>,
    grants: &[Grant],
) -> rustix::io::Result<Option<Grant>> {
    let is = |grant: &&Grant, here: Identity| {
        let path = CPath::from_bytes(grant.host).ok();
        let stat = path.and_then(|path| statat(CWD, path.as_c_str(), AtFlags::empty()).ok());
        grant.access == Access::ReadWrite
            && stat.is_some_and(|stat| (stat.st_dev, stat.st_ino) == here)
    };
    let mut above: Option<OwnedFd> = None;
    loop {
        let dir = above.as_ref().map_or(dir, AsFd::as_fd);
        let here = identity(dir)?;
        if let Some(grant) = grants.iter().find(|grant| is(grant, here)) {
            return Ok(Some(*grant));
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let parent = openat(dir, c"..", flags, Mode::empty())?;
        if identity(&parent)? == here {
            return Ok(None);
        }
        above = Some(parent);
    }
}

#[cfg(test)]
#[path = "places_tests.rs"]
mod tests;
