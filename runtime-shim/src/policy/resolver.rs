//! Guest paths to host files, never outside the directory they start from.
//!
//! Invariants: no symbolic link, no `..` and no rename or swap that another
//! process does meanwhile makes a lookup leave its [`Base`]. The kernel sees to
//! it (`openat2`, Linux 5.6); where it can't, [`super::walk`] does.

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
