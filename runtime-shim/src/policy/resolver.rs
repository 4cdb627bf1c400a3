//! Guest paths to host files, never outside the directory they start from.
//!
//! Invariants: no symbolic link, no `..` and no rename or swap that another
//! process does meanwhile makes a lookup leave its [`Base`]. The kernel sees to
//! it (`openat2`, Linux 5.6); where it can't, [`super::walk`] does.

use super::control::refuse_control_files;
use super::cpath::CPath;
use super::walk;
use crate::wasi::errno::Errno;
use core::cell::Cell;
use core::ffi::CStr;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{Mode, OFlags, ResolveFlags, openat2};
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
        }
    }

    /// One that always walks, as on a kernel without `openat2`.
    #[cfg(test)]
    pub fn walking() -> Self {
        Self {
            kernel: Cell::new(Kernel::DoesNot),
        }
    }

    /// Opens `path` below `base`. `mode` counts when a file is created.
    ///
    /// # Errors
    /// `EPERM` when the path is absolute or would leave `base`; else as for
    /// `open`, `EINTR` apart.
    pub fn open(
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
        let mode = created_mode(flags, mode);
        match self.open_by_kernel(base, path, flags, mode, ResolveFlags::empty()) {
            // The kernel gave up: walking always comes to an end.
            Err(Host::NOSYS | Host::AGAIN) => walk::open(base, path, flags, mode),
            Err(Host::XDEV) => Err(Errno::PERM),
            result => Ok(result?),
        }
    }

    /// Opens `path` below `base` to write, make or empty a file, as [`Resolver::open`] does,
    /// but none of a control file system ([`super::control`]), nor one in it. `ordinary`:
    /// `base` lies in none, so that a lookup that crosses no mount can't end in one, which
    /// the kernel sees to at no cost.
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
        if path.to_bytes().starts_with(b"/") {
            return Err(Errno::PERM);
        }
        let flags = flags | OFlags::CLOEXEC;
        let mode = created_mode(flags, mode);
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

    /// [`Resolver::open_to_change`] where a mount may be crossed: looks first what is
    /// there, then does that to what is, or makes a file in the directory that is.
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
                // By now something else may be there, that must not be emptied. O_CREAT
                // stays: Linux asks for more with it (fs.protected_regular).
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

    /// `ENOSYS` when there is no such system call, from now on or any more, `EXDEV` when
    /// the path leaves `base`, or breaks what `more` asks.
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
        let resolve = scope | ResolveFlags::NO_MAGICLINKS | more;
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

/// What openat2 takes for a mode: none unless a file may be made.
fn created_mode(flags: OFlags, mode: Mode) -> Mode {
    if flags.contains(OFlags::CREATE) {
        mode
    } else {
        Mode::empty()
    }
}

/// Why the kernel doesn't open a file to change.
enum Change {
    /// Walking may.
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
