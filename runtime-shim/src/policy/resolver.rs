//! From a guest's path to a host file.
//!
//! Invariants:
//!
//! * A guest names files only through this file and [`super::walk`]. (One call takes a
//!   shortcut that needs no lookup: `path_filestat_get` of a single name in a directory.)
//! * A lookup never leaves its [`Base`], whatever symbolic links and `..` the path has and
//!   whatever other processes rename meanwhile. The kernel ensures that (`openat2`, Linux
//!   5.6); where it can't, [`super::walk`] does.
//! * With a hole ([`Resolver::hole`]) no lookup ends in that directory or at a name in it
//!   ([`super::hole`]).
//! * No call opens a file to change it in a file system that controls the kernel
//!   ([`super::control`]).
//!
//! `runtime-shim/src/sandbox_tests/` attacks all of this.

use super::control::refuse_control_files;
use super::cpath::CPath;
use super::grants::Identity;
use super::walk;
use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, Preopen};
use core::cell::Cell;
use core::ffi::CStr;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
use rustix::io::Errno as Host;

/// The directory where a lookup starts, and which it can't leave.
#[derive(Clone, Copy)]
pub struct Base<'a> {
    pub dir: BorrowedFd<'a>,
    /// The directory is the host's root: absolute symbolic links are followed, and `..` stops
    /// there, as it does in every root.
    pub root: bool,
    /// Symbolic links are followed.
    pub links: bool,
}

impl Descriptor {
    /// Where paths given with this descriptor start.
    pub fn base(&self) -> Base<'_> {
        Base {
            dir: self.host.as_fd(),
            root: matches!(self.preopen, Some(Preopen::Directory { root: true, .. })),
            links: !self.single,
        }
    }
}

impl Base<'_> {
    /// Refuses an absolute `target` for a new symbolic link below this directory: a lookup
    /// could follow it only if the directory is the host's root.
    ///
    /// # Errors
    /// `EPERM`.
    pub fn refuse_link_to(self, target: &CPath) -> Result<(), Errno> {
        if target.as_bytes().starts_with(b"/") && !self.root {
            return Err(Errno::PERM);
        }
        Ok(())
    }
}

/// How often a lookup by `openat2` is repeated. The kernel gives up a lookup (`EAGAIN`) if
/// something is renamed or mounted anywhere in the system meanwhile.
const ATTEMPTS: u32 = 64;

/// Opens files, by the kernel or by walking: the first lookup finds out which.
pub struct Resolver {
    kernel: Cell<Kernel>,
    /// A directory that behaves as if it had no permissions at all, whatever is granted. It
    /// contains no directories. (Its `..` leads where it always leads.)
    pub hole: Option<Identity>,
}

/// Whether the kernel has `openat2`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kernel {
    Unknown,
    Resolves,
    DoesNot,
}

/// What a file is opened for.
#[derive(Clone, Copy)]
pub(super) enum Purpose {
    /// To read it or look at it, or to use a directory.
    Use,
    /// To change or create it. `ordinary`: the lookup doesn't start in a control file system.
    Change { ordinary: bool },
}

impl Purpose {
    /// The same purpose for a lookup that starts in a directory whose file system is unknown.
    pub(super) fn elsewhere(self) -> Self {
        match self {
            Self::Use => Self::Use,
            Self::Change { .. } => Self::Change { ordinary: false },
        }
    }
}

impl Resolver {
    pub const fn new() -> Self {
        Self {
            kernel: Cell::new(Kernel::Unknown),
            hole: None,
        }
    }

    /// A resolver that always walks, as on a kernel without `openat2`.
    #[cfg(test)]
    pub fn walking() -> Self {
        Self {
            kernel: Cell::new(Kernel::DoesNot),
            hole: None,
        }
    }

    /// A resolver whose hole isn't any existing directory.
    #[cfg(test)]
    pub fn around_a_hole() -> Self {
        Self {
            hole: Some((u64::MAX, 0)),
            ..Self::new()
        }
    }

    /// Opens `path` below `base`. `mode` is used when a file is created.
    ///
    /// # Errors
    /// `EPERM` when the path is absolute or would leave `base`; `EACCES` in the
    /// hole; else as for Linux's `open`, without `EINTR`.
    pub fn open(
        &self,
        base: Base<'_>,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Errno> {
        self.open_for(Purpose::Use, base, path, flags, mode)
    }

    /// Opens `path` below `base` to write, create or empty a file, as [`Resolver::open`] does,
    /// but not in a control file system ([`super::control`]). `ordinary`: `base` doesn't lie in
    /// a control file system.
    ///
    /// # Errors
    /// `EACCES` for a control file system, and those of [`Resolver::open`].
    pub fn open_to_change(
        &self,
        base: Base<'_>,
        ordinary: bool,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Errno> {
        self.open_for(Purpose::Change { ordinary }, base, path, flags, mode)
    }

    fn open_for(
        &self,
        purpose: Purpose,
        base: Base<'_>,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Errno> {
        match self.hole {
            None => self.open_anywhere(purpose, base, path, flags, mode),
            Some(hole) => self.open_around(hole, purpose, base, path, flags, mode),
        }
    }

    pub(super) fn open_anywhere(
        &self,
        purpose: Purpose,
        base: Base<'_>,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Errno> {
        if path.to_bytes().starts_with(b"/") {
            return Err(Errno::PERM);
        }
        let flags = flags | OFlags::CLOEXEC;
        let mode = created_mode(flags, mode);
        if let Purpose::Change { ordinary } = purpose {
            return self.change(base, ordinary, path, flags, mode);
        }
        match self.open_by_kernel(base, path, flags, mode, ResolveFlags::empty()) {
            // There is no openat2, or it has given up; a walk always comes to an end.
            Err(Host::NOSYS | Host::AGAIN) => walk::open(base, path, flags, mode),
            Err(Host::XDEV) => Err(Errno::PERM),
            result => Ok(result?),
        }
    }

    /// [`Resolver::open_to_change`] without a hole. If `base` is `ordinary`, a lookup that
    /// crosses no mount can't end in a control file system, and the kernel checks that at no
    /// cost.
    fn change(
        &self,
        base: Base<'_>,
        ordinary: bool,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Errno> {
        if ordinary {
            let same = ResolveFlags::NO_XDEV;
            match self.open_by_kernel(base, path, flags, mode, same) {
                Err(Host::NOSYS | Host::AGAIN | Host::XDEV) => {}
                result => return Ok(result?),
            }
        }
        match self.change_by_kernel(base, path, flags, mode) {
            Err(Change::Walk) => walk::open_to_change(base, path, flags, mode),
            Err(Change::Refused(error)) => Err(error),
            Ok(file) => Ok(file),
        }
    }

    /// [`Resolver::open_to_change`] where a mount may be crossed: looks first whether there is
    /// a file, and in which file system, then opens it, or creates one in a directory that was
    /// checked the same way.
    fn change_by_kernel(
        &self,
        base: Base<'_>,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
    ) -> Result<OwnedFd, Change> {
        let anywhere = ResolveFlags::empty();
        let mut look = OFlags::PATH | OFlags::CLOEXEC;
        look.set(OFlags::NOFOLLOW, !walk::follows(flags));
        match self.open_by_kernel(base, path, look, Mode::empty(), anywhere) {
            Ok(there) => {
                refuse_control_files(there)?;
                if flags.contains(OFlags::CREATE | OFlags::EXCL) {
                    return Err(Change::Refused(Errno::EXIST));
                }
                // By now another file may be there, which must not be emptied. O_CREAT
                // stays: Linux checks more with it (fs.protected_regular).
                let (without, empties) = walk::without_emptying(flags);
                let file = self.open_by_kernel(base, path, without, mode, anywhere)?;
                Ok(walk::settled(file, empties)?)
            }
            Err(Host::NOENT) if flags.contains(OFlags::CREATE) => {
                let mut path = CPath::from_bytes(path.to_bytes())?;
                let (parent, name) = self.parent(base, &mut path)?;
                refuse_control_files(&parent)?;
                let parent = Base {
                    dir: parent.as_fd(),
                    root: false,
                    links: base.links,
                };
                // A link that leads nowhere is followed by walking.
                let flags = flags | OFlags::NOFOLLOW;
                match self.open_by_kernel(parent, name, flags, mode, ResolveFlags::NO_XDEV) {
                    Err(Host::LOOP | Host::XDEV) => Err(Change::Walk),
                    made => Ok(made?),
                }
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Opens by `openat2`, with `more` restrictions than never to leave `base`.
    ///
    /// # Errors
    /// `ENOSYS` when there is no such system call, `EXDEV` when the path leaves `base` or
    /// breaks a restriction in `more`.
    fn open_by_kernel(
        &self,
        base: Base<'_>,
        path: &CStr,
        flags: OFlags,
        mode: Mode,
        more: ResolveFlags,
    ) -> Result<OwnedFd, Host> {
        if self.kernel.get() == Kernel::DoesNot {
            return Err(Host::NOSYS);
        }
        let scope = if base.root {
            ResolveFlags::IN_ROOT
        } else {
            ResolveFlags::BENEATH
        };
        let links = if base.links {
            ResolveFlags::NO_MAGICLINKS
        } else {
            ResolveFlags::NO_SYMLINKS
        };
        let resolve = scope | links | more;
        let mut attempts = 0;
        loop {
            match openat2(base.dir, path, flags, mode, resolve) {
                Err(Host::INTR) => {}
                Err(Host::AGAIN) if attempts < ATTEMPTS => attempts += 1,
                Err(Host::PERM) if self.kernel.get() == Kernel::Unknown => {
                    // Container runtimes used to answer EPERM to system calls
                    // they didn't know. A lookup that must succeed tells the difference.
                    let itself = OFlags::PATH | OFlags::CLOEXEC;
                    let probe = openat2(base.dir, c".", itself, Mode::empty(), resolve);
                    if probe.is_err() {
                        self.kernel.set(Kernel::DoesNot);
                        return Err(Host::NOSYS);
                    }
                    self.kernel.set(Kernel::Resolves);
                    return Err(Host::PERM);
                }
                Ok(fd) => {
                    self.kernel.set(Kernel::Resolves);
                    return Ok(fd);
                }
                Err(Host::NOSYS) => {
                    self.kernel.set(Kernel::DoesNot);
                    return Err(Host::NOSYS);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The file at `path` itself, for operations that need no access to its
    /// contents. `follow`: follows a symbolic link at the end.
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

    /// The directory that holds the last component of `path`, and that component with the
    /// slashes that follow it, for an operation on the name rather than the file. Linux's calls
    /// that create, remove or rename never follow a link of that name, and refuse `.` and `..`.
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

/// The mode for openat2, which refuses one unless a file may be created.
fn created_mode(flags: OFlags, mode: Mode) -> Mode {
    if flags.contains(OFlags::CREATE) {
        mode
    } else {
        Mode::empty()
    }
}

/// Why [`Resolver::change_by_kernel`] doesn't open a file.
enum Change {
    /// The kernel can't decide; a walk can.
    Walk,
    Refused(Errno),
}

impl From<Errno> for Change {
    fn from(error: Errno) -> Self {
        Self::Refused(error)
    }
}

impl From<Host> for Change {
    fn from(error: Host) -> Self {
        match error {
            Host::NOSYS | Host::AGAIN => Self::Walk,
            Host::XDEV => Self::Refused(Errno::PERM),
            error => Self::Refused(error.into()),
        }
    }
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
