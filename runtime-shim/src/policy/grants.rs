//! The directories that the manifest grants.
//!
//! Invariants: nothing is granted that the manifest doesn't name; and a directory granted
//! for reading only can't be reached through a writable grant (as far as the tree of
//! directories shows: bind mounts are not looked through).

use super::cpath::{self, CPath};
use super::environment::Environment;
use super::rights::Given;
use super::{Refusal, cwd, pwd, route};
use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, FdTable, HostFd, Preopen};
use crate::abi::types::FileType;
use crate::manifest::Manifest;
use crate::shim_memory::Keeper;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, fstat, openat};
use wasi_aot_contract::manifest::{Access, Record};

/// A `dir` record of the manifest.
#[derive(Clone, Copy)]
pub struct Grant {
    pub access: Access,
    /// HOST as the build has it.
    pub written: &'static [u8],
    /// The path of HOST; as it is written until [`super::places`] has found it.
    pub host: &'static [u8],
    pub guest: &'static [u8],
    /// Left out where it isn't there.
    pub optional: bool,
    /// Directories below this many bytes of `host` are made where they are missing.
    pub made_from: Option<u16>,
}

/// The `dir` records of the manifest, in order.
pub fn grants(manifest: &Manifest) -> impl Iterator<Item = Grant> + Clone {
    manifest.records().filter_map(|record| match record {
        Record::Dir {
            access,
            host,
            guest,
        } => Some(Grant {
            access,
            written: host,
            host,
            guest,
            optional: false,
            made_from: None,
        }),
        _ => None,
    })
}

/// Opens the granted directories, from the number `first` on in their order, and behind them `.` for
/// a module without a root. Returns those that are there, and the guest's `PWD=...` unless the
/// manifest sets `PWD` ([`super::pwd`]).
///
/// # Errors
/// The reason why the program can't start.
pub fn open_all(
    grants: &'static mut [Grant],
    manifest: &Manifest,
    first: u32,
    current: &Current,
    environment: &Environment,
    fds: &mut FdTable,
    keeper: &mut Keeper,
) -> Result<(&'static [Grant], Option<&'static [u8]>), Refusal> {
    let mut search = pwd::Search::new(current, manifest);
    let (mut count, mut expected_fd) = (0, first);
    for index in 0..grants.len() {
        let grant = grants[index];
        let (descriptor, host_path) = match open(grant, current, keeper) {
            Err(Refusal::CannotOpen(_, Errno::NOENT | Errno::NOTDIR)) if grant.optional => continue,
            opened => opened?,
        };
        let name = descriptor.preopen_name().unwrap_or_default();
        search.consider(grant, expected_fd, name, &host_path);
        let fd = fds.insert(descriptor).map_err(|_| Refusal::NoMemory)?;
        assert!(fd == expected_fd, "BUG: a grant got a number out of turn");
        grants[count] = grant;
        (count, expected_fd) = (count + 1, expected_fd + 1);
    }
    let opened = &grants[..count];
    if !manifest.has_root {
        search.add_dot(fds)?;
    }
    if environment.sets(b"PWD") {
        return Ok((opened, None));
    }
    Ok((opened, search.pwd(keeper)?))
}

/// The granted directories that are open.
#[derive(Clone, Copy)]
pub struct Granted<'a> {
    /// In the order of their descriptors.
    pub grants: &'a [Grant],
    pub fds: &'a FdTable,
}

impl<'a> Granted<'a> {
    /// The grants with their descriptors, in order.
    pub fn iter(self) -> impl Iterator<Item = (Grant, &'a Descriptor)> + Clone {
        let dirs = (self.fds.iter()).filter(|descriptor| descriptor.preopen_name().is_some());
        self.grants.iter().copied().zip(dirs)
    }

    /// Whether a directory is granted for writing.
    pub fn any_writable(self) -> bool {
        (self.grants.iter()).any(|grant| grant.access == Access::ReadWrite)
    }
}

/// The current directory, if anything depends on it.
pub struct Current(pub Option<CPath>);

impl Current {
    /// Asks the kernel for the current directory where a grant or `PWD` depends on it.
    ///
    /// # Errors
    /// When a grant depends on it, and it has no path.
    pub fn new(
        grants: &[Grant],
        manifest: &Manifest,
        environment: &Environment,
    ) -> Result<Self, Refusal> {
        let grants = || grants.iter().copied();
        let nameless =
            grants().find(|grant| grant.guest.is_empty() && !grant.host.starts_with(b"/"));
        // Without a root the directory itself is needed, for `.`.
        let for_pwd = !(environment.sets(b"PWD") && manifest.has_root);
        let upward = grants().find(|grant| route::goes_up(grant.host));
        if nameless.is_none() && upward.is_none() && !for_pwd {
            return Ok(Self(None));
        }
        match (cwd::current_dir(), nameless.or(upward)) {
            (Ok(path), _) => Ok(Self(Some(path))),
            (Err(_), Some(grant)) => Err(Refusal::NoCurrentDirectory(grant)),
            // Only PWD depends on it: the guest gets none.
            (Err(_), None) => Ok(Self(None)),
        }
    }

    /// The absolute path of a host directory.
    fn absolute(&self, host: &[u8]) -> Result<CPath, Errno> {
        let cwd = self.0.as_ref().map_or(&b"/"[..], CPath::as_bytes);
        cpath::absolute(cwd, host)
    }
}

/// Opens a granted directory. Returns its descriptor and its absolute path, made lexically.
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
        // The directory may be searched but not listed: files in it can still be opened.
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
    let given = Given::to_grant(access);
    Descriptor {
        rights: given.rights,
        inheriting: given.inheriting,
        read_only: given.read_only,
        preopen: Some(preopen),
        ..Descriptor::new(HostFd::Owned(dir), FileType::Directory)
    }
}

/// Refuses a grant for reading only of a directory that a writable grant contains. The
/// guest could change the directory's files through the writable grant.
pub fn refuse_contradictions(granted: Granted<'_>) -> Result<(), Refusal> {
    for (inner, dir) in granted.iter() {
        if inner.access == Access::ReadWrite {
            continue;
        }
        match writable_around(dir.host.as_fd(), granted) {
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
pub fn writable_around(
    dir: BorrowedFd<'_>,
    granted: Granted<'_>,
) -> rustix::io::Result<Option<(Grant, u32)>> {
    let writable = granted.iter();
    let writable = writable.filter(|(grant, _)| grant.access == Access::ReadWrite);
    around(dir, || writable.clone())
}

/// Whether a writable grant is `dir` or contains it.
pub fn is_writable(dir: BorrowedFd<'_>, fds: &FdTable) -> rustix::io::Result<bool> {
    let dirs = fds
        .iter()
        .filter(|descriptor| descriptor.preopen_name().is_some());
    let writable = dirs.filter(|descriptor| !descriptor.read_only);
    let writable = writable.map(|descriptor| ((), descriptor));
    Ok(around(dir, || writable.clone())?.is_some())
}

/// The innermost of the directories that are `dir` or contain it, and how many levels above `dir` it
/// is.
fn around<'a, T, I: Iterator<Item = (T, &'a Descriptor)>>(
    dir: BorrowedFd<'_>,
    directories: impl Fn() -> I,
) -> rustix::io::Result<Option<(T, u32)>> {
    let mut above: Option<OwnedFd> = None;
    for level in 0.. {
        let dir = above.as_ref().map_or(dir, |fd| fd.as_fd());
        let here = identity(dir)?;
        for (what, directory) in directories() {
            if identity(&directory.host)? == here {
                return Ok(Some((what, level)));
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

/// Device and inode of a file.
pub type Identity = (u64, u64);

/// The device and the inode of an open directory, the same for two descriptors of it.
pub fn identity(dir: impl AsFd) -> rustix::io::Result<Identity> {
    let stat = fstat(dir)?;
    Ok((stat.st_dev, stat.st_ino))
}
