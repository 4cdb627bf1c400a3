//! Guest paths to host files, never outside the directory they start from.
//!
//! Invariants: no symbolic link, no `..` and no rename or swap that another
//! process does meanwhile makes a lookup leave its [`Base`]. The kernel sees to
//! it (`openat2`, Linux 5.6); where it can't, [`super::walk`] does. And with a hole
//! ([`Resolver::hole`]) no lookup ends in that directory or at a name in it.

use super::cpath::{CPath, PATH_MAX};
use super::walk::{self, MAX_LINKS};
use super::{Identity, identity};
use crate::wasi::errno::Errno;
use core::cell::Cell;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, ResolveFlags, openat2, readlinkat_raw};
use rustix::io::Errno as Host;

/// Where a lookup starts, and what it can't leave.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    pub dir: BorrowedFd<'a>,
    /// It is the host's root: absolute symbolic links mean what they say, and
    /// `..` stops there as it does in every root.
    pub root: bool,
}

/// How often a lookup is tried that the kernel gave up because something was
/// renamed or mounted somewhere meanwhile.
const ATTEMPTS: u32 = 64;

/// Chooses the way of resolving, which the first lookup finds out.
pub struct Resolver {
    kernel: Cell<Kernel>,
    /// A directory that is as one without any permissions, whatever is granted. There
    /// are no directories in it. (`..` in it leads where it always leads.)
    pub hole: Option<Identity>,
}

/// Whether `openat2` is there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kernel {
    Unknown,
    Resolves,
    DoesNot,
}

impl Resolver {
    pub const fn new() -> Self {
        Self {
            kernel: Cell::new(Kernel::Unknown),
            hole: None,
        }
    }

    /// One that always walks, as on a kernel without `openat2`.
    #[cfg(test)]
    pub fn walking() -> Self {
        Self {
            kernel: Cell::new(Kernel::DoesNot),
            hole: None,
        }
    }

    /// One with a hole, which no file is.
    #[cfg(test)]
    pub fn around_a_hole() -> Self {
        Self {
            hole: Some((u64::MAX, 0)),
            ..Self::new()
        }
    }

    /// Opens `path` below `base`. `mode` counts when a file is created.
    ///
    /// # Errors
    /// `EPERM` when the path is absolute or would leave `base`; `EACCES` in the
    /// hole; else as for `open`, `EINTR` apart.
    pub fn open(
        &self,
        base: Base<'_>,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Errno> {
        match self.hole {
            None => self.open_anywhere(base, path, flags, mode),
            Some(hole) => self.open_around(hole, base, path, flags, mode),
        }
    }

    /// Opens the directory that holds the last component by itself, and refuses it if
    /// it is the hole. That component is then a name and nothing else; where it is a
    /// link to follow, the link's text takes its place.
    fn open_around(
        &self,
        hole: Identity,
        base: Base<'_>,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Errno> {
        let mut path = CPath::from_bytes(path.to_bytes())?;
        let exclusive = OFlags::CREATE | OFlags::EXCL;
        let follow = !flags.contains(OFlags::NOFOLLOW) && !flags.contains(exclusive);
        for _ in 0..=MAX_LINKS {
            let (dir, name, must_be_dir) = split(path.as_bytes());
            if matches!(name, b"" | b"." | b"..") {
                // A directory, if anything: it says itself whether it is the hole.
                let opened = self.open_anywhere(base, path.as_c_str(), flags, mode)?;
                return outside(hole, opened, flags);
            }
            let parent = self.open_parent(hole, base, dir)?;
            if must_be_dir && flags.contains(OFlags::CREATE) {
                // As Linux: creat("name/") is an error whatever is there.
                return Err(Errno::ISDIR);
            }
            let parent = parent.as_ref().map_or(base.dir, AsFd::as_fd);
            let name = CPath::from_bytes(name)?;
            if follow || must_be_dir {
                let mut buffer = [MaybeUninit::uninit(); PATH_MAX];
                if let Ok((target, _)) = readlinkat_raw(parent, name.as_c_str(), &mut buffer[..]) {
                    path = substituted(base, dir, target, must_be_dir)?;
                    continue;
                }
            }
            let mut flags = flags | OFlags::NOFOLLOW;
            flags.set(
                OFlags::DIRECTORY,
                must_be_dir || flags.contains(OFlags::DIRECTORY),
            );
            let parent = Base {
                dir: parent,
                root: false,
            };
            let opened = self.open_anywhere(parent, name.as_c_str(), flags, mode)?;
            return outside(hole, opened, flags);
        }
        Err(Errno::LOOP)
    }

    /// The directory `dir` below `base`, unless it is the hole. `None`: `base` itself,
    /// which never is.
    fn open_parent(
        &self,
        hole: Identity,
        base: Base<'_>,
        dir: &[u8],
    ) -> Result<Option<OwnedFd>, Errno> {
        if dir.is_empty() {
            return Ok(None);
        }
        let dir = CPath::from_bytes(dir)?;
        let flags = OFlags::PATH | OFlags::DIRECTORY;
        let parent = self.open_anywhere(base, dir.as_c_str(), flags, Mode::empty())?;
        outside(hole, parent, flags).map(Some)
    }

    fn open_anywhere(
        &self,
        base: Base<'_>,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Errno> {
        if path.to_bytes().starts_with(b"/") {
            return Err(Errno::PERM);
        }
        let flags = flags | OFlags::CLOEXEC;
        let mode = if flags.contains(OFlags::CREATE) {
            mode
        } else {
            Mode::empty()
        };
        if self.kernel.get() != Kernel::DoesNot {
            match self.open_by_kernel(base, path, flags, mode) {
                Err(Host::NOSYS) => self.kernel.set(Kernel::DoesNot),
                // The kernel gave up: walking always comes to an end.
                Err(Host::AGAIN) => {}
                Err(Host::XDEV) => return Err(Errno::PERM),
                result => return Ok(result?),
            }
        }
        walk::open(base, path, flags, mode)
    }

    /// `ENOSYS` when there is no such system call, `EXDEV` when the path leaves
    /// `base`.
    fn open_by_kernel(
        &self,
        base: Base<'_>,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Host> {
        let scope = if base.root {
            ResolveFlags::IN_ROOT
        } else {
            ResolveFlags::BENEATH
        };
        let resolve = scope | ResolveFlags::NO_MAGICLINKS;
        let mut attempts = 0;
        loop {
            match openat2(base.dir, path, flags, mode, resolve) {
                Err(Host::INTR) => {}
                Err(Host::AGAIN) if attempts < ATTEMPTS => attempts += 1,
                Err(Host::PERM) if self.kernel.get() == Kernel::Unknown => {
                    // Container runtimes used to answer EPERM to system calls
                    // they didn't know: a lookup that must work tells.
                    let itself = OFlags::PATH | OFlags::CLOEXEC;
                    let probe = openat2(base.dir, c".", itself, Mode::empty(), resolve);
                    if probe.is_err() {
                        return Err(Host::NOSYS);
                    }
                    self.kernel.set(Kernel::Resolves);
                    return Err(Host::PERM);
                }
                Ok(fd) => {
                    self.kernel.set(Kernel::Resolves);
                    return Ok(fd);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The file at `path` itself, for operations that need no access to its
    /// contents. Follows a symbolic link at the end if `follow` says so.
    ///
    /// # Errors
    /// As for [`Resolver::open`].
    pub fn locate(&self, base: Base<'_>, path: &CStr, follow: bool) -> Result<OwnedFd, Errno> {
        let flags = if follow {
            OFlags::PATH
        } else {
            OFlags::PATH | OFlags::NOFOLLOW
        };
        self.open(base, path, flags, Mode::empty())
    }

    /// The directory that holds the last component of `path`, and that
    /// component with the slashes behind it, for an operation on the name
    /// rather than the file. Linux's calls that create, remove or rename never
    /// follow such a name, nor do anything to `.` and `..`.
    ///
    /// # Errors
    /// As for [`Resolver::open`].
    pub fn parent<'a>(
        &self,
        base: Base<'a>,
        path: &'a mut CPath,
    ) -> Result<(Parent<'a>, &'a CStr), Errno> {
        if path.as_bytes().starts_with(b"/") {
            return Err(Errno::PERM);
        }
        let (dir, name) = path.split_last();
        let parent = match dir {
            None => Parent::Base(base.dir),
            Some(dir) => {
                let flags = OFlags::PATH | OFlags::DIRECTORY;
                Parent::Below(self.open(base, dir, flags, Mode::empty())?)
            }
        };
        Ok((parent, name))
    }
}

/// A path's directory with the slash behind it, its last component, and whether a
/// slash follows that.
fn split(path: &[u8]) -> (&[u8], &[u8], bool) {
    let end = path.iter().rposition(|&b| b != b'/').map_or(0, |i| i + 1);
    let start = path[..end].iter().rposition(|&b| b == b'/');
    let start = start.map_or(0, |slash| slash + 1);
    (&path[..start], &path[start..end], end < path.len())
}

/// A path that ends in a link, with the link's text instead.
fn substituted(
    base: Base<'_>,
    dir: &[u8],
    target: &[u8],
    must_be_dir: bool,
) -> Result<CPath, Errno> {
    let mut path = CPath::new();
    if target.starts_with(b"/") {
        if !base.root {
            return Err(Errno::PERM);
        }
        // The root is where `base` is.
        path.push(b".")?;
    } else {
        path.push(dir)?;
    }
    path.push(target)?;
    if must_be_dir {
        path.push(b"/")?;
    }
    Ok(path)
}

/// `opened`, unless it is the hole and could be used for more than to look what it is.
fn outside(hole: Identity, opened: OwnedFd, flags: OFlags) -> Result<OwnedFd, Errno> {
    let looks = flags.contains(OFlags::PATH) && !flags.contains(OFlags::DIRECTORY);
    if !looks && identity(&opened)? == hole {
        return Err(Errno::ACCES);
    }
    Ok(opened)
}

/// A directory found by [`Resolver::parent`].
pub enum Parent<'a> {
    Base(BorrowedFd<'a>),
    Below(OwnedFd),
}

impl AsFd for Parent<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Base(fd) => *fd,
            Self::Below(fd) => fd.as_fd(),
        }
    }
}

#[cfg(test)]
#[path = "resolver_tests.rs"]
mod tests;
