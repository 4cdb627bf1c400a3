//! What the executable may touch: the manifest turned into descriptors, once,
//! before the first guest instruction.
//!
//! Invariants: nothing is granted that the manifest doesn't name; a directory
//! granted for reading only can't be reached through a writable grant (as far
//! as the tree of directories shows: bind mounts are not looked through); and
//! the program can't have chosen in an earlier run what it is granted in this
//! one ([`route`]).

pub mod control;
pub mod cpath;
mod cwd;
pub mod environment;
mod listen;
pub mod own;
pub mod privileged;
mod refusal;
pub mod resolver;
mod route;
pub mod walk;
mod way;

pub use refusal::Refusal;
pub use way::{Place, Start};

use crate::pages::Keeper;
use crate::wasi::fdtable::{Descriptor, FdTable, HostFd, Preopen};
use crate::wasi::types::{FileType, Rights};
use cpath::CPath;
use environment::Environment;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, fstat, openat};
use wasi_aot_contract::manifest::{Access, Record, records};

/// Number of the first listener or granted directory.
pub const FIRST_PREOPEN: u32 = 3;

/// A `dir` record of the manifest.
#[derive(Clone, Copy)]
pub struct Grant {
    access: Access,
    host: &'static [u8],
    guest: &'static [u8],
}

/// Opens what `manifest` grants, from [`FIRST_PREOPEN`] on, listeners before
/// directories and each kind in its order, and completes `environment` with
/// `LISTEN_FDS` and `PWD`. Returns what must stay as it is all the same.
///
/// # Errors
/// The reason why the program can't start.
pub fn resolve(
    manifest: &'static [u8],
    start: Start<'_>,
    fds: &mut FdTable,
    environment: &mut Environment,
) -> Result<Place, Refusal> {
    for record in records(manifest)? {
        record?;
    }
    let current = Current::new(manifest, environment)?;
    let mut keeper = Keeper::new();
    let listeners = listen::open_all(manifest, fds)?;
    environment.listen_fds = environment::listen_fds(listeners, &mut keeper)?;
    let first_dir = FIRST_PREOPEN + listeners;
    // What the current directory is called in the guest, by the longest grant.
    let mut pwd: (usize, Option<&'static [u8]>) = (0, None);
    for (grant, expected_fd) in grants(manifest).zip(first_dir..) {
        let (descriptor, host_path) = open(grant, &current, &mut keeper)?;
        let name = descriptor.preopen_name().unwrap_or_default();
        let depth = host_path.as_bytes().len();
        if let Some(rest) = current.below(&host_path)
            && name.starts_with(b"/")
            && depth > pwd.0
            && !environment.sets(b"PWD")
        {
            let name = name.strip_suffix(b"/").unwrap_or(name);
            let slash: &[u8] = if name.is_empty() && rest.is_empty() {
                b"/"
            } else {
                b""
            };
            let assignment = keeper.keep(&[b"PWD=", name, rest, slash]);
            pwd = (depth, Some(assignment.map_err(|_| Refusal::NoMemory)?));
        }
        let fd = fds.insert(descriptor).map_err(|_| Refusal::NoMemory)?;
        assert!(fd == expected_fd, "BUG: a grant got a number out of turn");
    }
    environment.pwd = pwd.1;
    refuse_contradictions(manifest, fds)?;
    route::refuse_redirected(manifest, fds)?;
    let place = way::find(start, current.0.as_ref(), manifest, fds, &mut keeper)?;
    keep_standard(&place.own, fds);
    Ok(place)
}

/// Takes from standard input, output and error what would change the executable, if
/// they are the executable.
fn keep_standard(own: &own::Own, fds: &mut FdTable) {
    for number in (0..FIRST_PREOPEN).take_while(|_| !own.is_empty()) {
        if let Ok(descriptor) = fds.get_mut(number)
            && descriptor.filetype == FileType::RegularFile
            && fstat(&descriptor.host).is_ok_and(|stat| own.is_kept(&stat))
        {
            descriptor.rights = descriptor.rights.without(Rights::WRITING);
        }
    }
}

/// The directories granted, in order.
fn grants(manifest: &'static [u8]) -> impl Iterator<Item = Grant> + Clone {
    (records(manifest).into_iter().flatten()).filter_map(|record| match record {
        Ok(Record::Dir {
            access,
            host,
            guest,
        }) => Some(Grant {
            access,
            host,
            guest,
        }),
        _ => None,
    })
}

/// The directories granted with their descriptors, in order.
fn granted<'a>(
    manifest: &'static [u8],
    fds: &'a FdTable,
) -> impl Iterator<Item = (Grant, &'a Descriptor)> {
    let dirs = fds
        .iter()
        .filter(|descriptor| descriptor.preopen_name().is_some());
    grants(manifest).zip(dirs)
}

/// The current directory, if anything depends on it.
struct Current(Option<CPath>);

impl Current {
    fn new(manifest: &'static [u8], environment: &Environment) -> Result<Self, Refusal> {
        let nameless =
            grants(manifest).find(|grant| grant.guest.is_empty() && !grant.host.starts_with(b"/"));
        let for_pwd = grants(manifest).next().is_some() && !environment.sets(b"PWD");
        let upward = grants(manifest).find(|grant| route::goes_up(grant.host));
        if nameless.is_none() && upward.is_none() && !for_pwd {
            return Ok(Self(None));
        }
        match (cwd::current_dir(), nameless.or(upward)) {
            (Ok(path), _) => Ok(Self(Some(path))),
            (Err(_), Some(grant)) => Err(Refusal::NoCurrentDirectory(grant)),
            // Without it there is no PWD, and that is all.
            (Err(_), None) => Ok(Self(None)),
        }
    }

    /// The absolute path of a host directory.
    fn absolute(&self, host: &[u8]) -> Result<CPath, crate::wasi::errno::Errno> {
        let cwd = self.0.as_ref().map_or(&b"/"[..], CPath::as_bytes);
        cpath::absolute(cwd, host)
    }

    /// The current directory's path below `dir`. `None` when it isn't below,
    /// or nobody asked for it.
    fn below(&self, dir: &CPath) -> Option<&[u8]> {
        cpath::below(dir.as_bytes(), self.0.as_ref()?.as_bytes())
    }
}

/// The descriptor of a granted directory, and its absolute path by its letters.
fn open(
    grant: Grant,
    current: &Current,
    keeper: &mut Keeper,
) -> Result<(Descriptor, CPath), Refusal> {
    let failed = |error| Refusal::CannotOpen(grant, error);
    let host = CPath::from_bytes(grant.host).map_err(failed)?;
    let host_path = current.absolute(grant.host).map_err(failed)?;
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let dir = match openat(CWD, host.as_c_str(), flags, Mode::empty()) {
        // May be searched but not listed: what is in it can still be opened.
        Err(rustix::io::Errno::ACCESS) => {
            openat(CWD, host.as_c_str(), flags | OFlags::PATH, Mode::empty())
        }
        opened => opened,
    }
    .map_err(|error| failed(error.into()))?;
    if route::goes_up(grant.host) {
        route::refuse_ambiguous(grant, &host_path, &dir)?;
    }
    let name = if !grant.guest.is_empty() {
        grant.guest
    } else if grant.host == host_path.as_bytes() {
        grant.host
    } else {
        keeper
            .keep(&[host_path.as_bytes()])
            .map_err(|_| Refusal::NoMemory)?
    };
    let root = host_path.as_bytes() == b"/";
    Ok((
        preopen(dir, grant.access, Preopen::Directory { name, root }),
        host_path,
    ))
}

/// The descriptor of an open directory that is granted.
pub fn preopen(dir: OwnedFd, access: Access, preopen: Preopen) -> Descriptor {
    let read_only = access == Access::ReadOnly;
    let withheld = if read_only {
        Rights::WRITING
    } else {
        Rights::NONE
    };
    Descriptor {
        rights: Rights::DIRECTORY.without(withheld),
        inheriting: Rights::INHERITED.without(withheld),
        read_only,
        preopen: Some(preopen),
        ..Descriptor::new(HostFd::Owned(dir), FileType::Directory)
    }
}

/// Refuses a grant for reading only of what a writable grant contains, which
/// would allow less than it seems to: the guest could name the file through
/// the other one.
fn refuse_contradictions(manifest: &'static [u8], fds: &FdTable) -> Result<(), Refusal> {
    for (inner, dir) in granted(manifest, fds) {
        if inner.access == Access::ReadWrite {
            continue;
        }
        match writable_around(dir.host.as_fd(), manifest, fds) {
            Ok(None) => {}
            Ok(Some((outer, 0))) => return Err(Refusal::Same(inner, outer)),
            Ok(Some((outer, _))) => return Err(Refusal::Inside(inner, outer)),
            Err(error) => return Err(Refusal::CannotOpen(inner, error.into())),
        }
    }
    Ok(())
}

/// The innermost writable grant that is `dir` or contains it, and how many
/// levels above `dir` it is.
fn writable_around(
    dir: BorrowedFd<'_>,
    manifest: &'static [u8],
    fds: &FdTable,
) -> rustix::io::Result<Option<(Grant, u32)>> {
    let mut above: Option<OwnedFd> = None;
    for level in 0.. {
        let dir = above.as_ref().map_or(dir, |fd| fd.as_fd());
        let here = identity(dir)?;
        for (grant, granted) in granted(manifest, fds) {
            if grant.access == Access::ReadWrite && identity(&granted.host)? == here {
                return Ok(Some((grant, level)));
            }
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let parent = openat(dir, c"..", flags, Mode::empty())?;
        if identity(&parent)? == here {
            break;
        }
        above = Some(parent);
    }
    Ok(None)
}

/// Device and inode.
pub type Identity = (u64, u64);

/// The same for two descriptors of one directory.
fn identity(dir: impl AsFd) -> rustix::io::Result<Identity> {
    let stat = fstat(dir)?;
    Ok((stat.st_dev, stat.st_ino))
}

#[cfg(test)]
mod tests;
