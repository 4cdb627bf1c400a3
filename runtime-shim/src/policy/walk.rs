//! Path lookup one component at a time, for kernels without `openat2`.
//!
//! Invariants: every step opens one name, not `.` or `..`, with O_NOFOLLOW in a directory that
//! was reached the same way from the base. So the walk can only go down, whatever others rename
//! meanwhile. `..` starts again from the base with the components that are left. The text of a
//! symbolic link is put in front of the components that are still to be walked. O_TRUNC is
//! never passed to the kernel, so the second fence can forbid it.

use super::control::refuse_control_files;
use super::cpath::{CPath, PATH_MAX};
use super::resolver::Base;
use crate::abi::errno::Errno;
use core::ffi::CStr;
use core::mem::MaybeUninit;
use rustix::fd::{AsFd, BorrowedFd, OwnedFd};
use rustix::fs::{FileType, Mode, OFlags, fstat, ftruncate, openat, readlinkat_raw};
use rustix::io::{Errno as Host, retry_on_intr};

/// Most symbolic links in one lookup, as in Linux (`MAXSYMLINKS`).
pub const MAX_LINKS: u32 = 40;

/// The end of a walk.
#[expect(clippy::large_enum_variant, reason = "there is no heap for it")]
pub enum Destination<'a> {
    /// A directory, reached and open with O_PATH.
    Directory(Dir<'a>),
    /// A name in a directory. It names a file that isn't a directory, a link that isn't to be
    /// followed, or nothing (yet).
    Name {
        dir: Dir<'a>,
        name: CPath,
        /// A slash followed it.
        must_be_dir: bool,
    },
}

impl Destination<'_> {
    /// The directory itself, or the directory that holds the name.
    pub fn dir(&self) -> &Dir<'_> {
        match self {
            Self::Directory(dir) | Self::Name { dir, .. } => dir,
        }
    }

    /// Opens the file that is there; `flags` may create it.
    fn open(&self, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
        retry_on_intr(|| match self {
            Self::Directory(dir) => openat(dir, c".", flags, mode),
            Self::Name {
                dir,
                name,
                must_be_dir,
            } => {
                // O_DIRECTORY means the same as the slash, but follows no link.
                let slash = OFlags::DIRECTORY & mask(*must_be_dir);
                openat(dir, name.as_c_str(), flags | slash | OFlags::NOFOLLOW, mode)
            }
        })
        .map_err(Into::into)
    }
}

/// A directory that the walk has reached.
pub enum Dir<'a> {
    Base(BorrowedFd<'a>),
    Below(OwnedFd),
}

impl AsFd for Dir<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Base(fd) => *fd,
            Self::Below(fd) => fd.as_fd(),
        }
    }
}

/// [`super::resolver::Resolver::open`] by walking; `flags` has O_CLOEXEC.
pub fn open(base: Base<'_>, path: &CStr, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
    destination_for(base, path, flags)?.open(flags, mode)
}

/// [`super::resolver::Resolver::open_to_change`] by walking; `flags` has O_CLOEXEC.
///
/// Nothing is created or emptied in a control file system. The directory is checked first. The
/// file is checked before it is emptied, because a control file may be mounted on it.
pub fn open_to_change(
    base: Base<'_>,
    path: &CStr,
    flags: OFlags,
    mode: Mode,
) -> Result<OwnedFd, Errno> {
    let destination = destination_for(base, path, flags)?;
    refuse_control_files(destination.dir())?;
    let (without, empties) = without_emptying(flags);
    settled(destination.open(without, mode)?, empties)
}

/// Flags that open a file as `flags` do but keep its contents, and whether [`settled`] is to
/// empty the file.
pub fn without_emptying(flags: OFlags) -> (OFlags, bool) {
    let empties = flags.contains(OFlags::TRUNC);
    let mut without = flags.difference(OFlags::TRUNC);
    if empties && flags & OFlags::RWMODE == OFlags::RDONLY {
        // Emptying needs the permission to write, here as with O_TRUNC.
        without |= OFlags::RDWR;
    }
    (without, empties)
}

/// A file that was opened to be changed, emptied if `empties` says so. Refuses a file of a
/// control file system.
pub fn settled(file: OwnedFd, empties: bool) -> Result<OwnedFd, Errno> {
    refuse_control_files(&file)?;
    // O_TRUNC has no effect on other files.
    if empties && FileType::from_raw_mode(fstat(&file)?.st_mode) == FileType::RegularFile {
        retry_on_intr(|| ftruncate(&file, 0))?;
    }
    Ok(file)
}

/// The destination of `path` for opening it with `flags`.
fn destination_for<'a>(
    base: Base<'a>,
    path: &CStr,
    flags: OFlags,
) -> Result<Destination<'a>, Errno> {
    Walk::new(base, path, follows(flags), flags.contains(OFlags::CREATE))?.finish()
}

/// Whether opening with `flags` follows a link at the end of a path.
pub fn follows(flags: OFlags) -> bool {
    let exclusive = OFlags::CREATE | OFlags::EXCL;
    !flags.contains(OFlags::NOFOLLOW) && !flags.contains(exclusive)
}

fn mask(condition: bool) -> OFlags {
    if condition {
        OFlags::all()
    } else {
        OFlags::empty()
    }
}

/// Walks along `path`, up to its last name if that isn't a directory.
///
/// # Errors
/// `EPERM` when it leaves `base`, `ELOOP` after [`MAX_LINKS`] links, `ENOENT`,
/// `ENOTDIR`, `ENAMETOOLONG` and `EACCES` as in every lookup.
pub fn destination<'a>(
    base: Base<'a>,
    path: &CStr,
    follow: bool,
) -> Result<Destination<'a>, Errno> {
    Walk::new(base, path, follow, false)?.finish()
}

struct Walk<'a> {
    base: Base<'a>,
    /// The directory reached, by the components in `done`.
    dir: Dir<'a>,
    done: CPath,
    todo: CPath,
    links: u32,
    follow: bool,
    create: bool,
}

impl<'a> Walk<'a> {
    fn new(base: Base<'a>, path: &CStr, follow: bool, create: bool) -> Result<Self, Errno> {
        if path.is_empty() {
            return Err(Errno::NOENT);
        }
        Ok(Self {
            base,
            dir: Dir::Base(base.dir),
            done: CPath::new(),
            todo: CPath::from_bytes(path.to_bytes())?,
            links: 0,
            follow,
            create,
        })
    }

    fn finish(mut self) -> Result<Destination<'a>, Errno> {
        loop {
            if let Some(destination) = self.step()? {
                return Ok(destination);
            }
        }
    }

    /// Walks one component, the first of `todo`. Returns the destination if it was the last.
    fn step(&mut self) -> Result<Option<Destination<'a>>, Errno> {
        let todo = self.todo.as_bytes();
        let start = todo.iter().position(|&b| b != b'/').unwrap_or(todo.len());
        let len = todo[start..].iter().position(|&b| b == b'/');
        let end = len.map_or(todo.len(), |len| start + len);
        let name = CPath::from_bytes(&todo[start..end])?;
        let must_be_dir = end < todo.len();
        let is_last = todo[end..].iter().all(|&b| b == b'/');
        let rest = CPath::from_bytes(&todo[end..])?;
        match name.as_bytes() {
            b"" | b"." => {}
            b".." => self.up()?,
            // As in Linux: creat("name/") is an error whatever is there.
            _ if self.create && is_last && must_be_dir => return Err(Errno::ISDIR),
            _ => match self.look(&name, must_be_dir, is_last)? {
                Found::Directory(dir) => {
                    self.done.push_component(name.as_bytes())?;
                    self.dir = Dir::Below(dir);
                }
                Found::Link(target) => return self.expand(target, &rest).map(|()| None),
                Found::Other => {
                    let dir = core::mem::replace(&mut self.dir, Dir::Base(self.base.dir));
                    return Ok(Some(Destination::Name {
                        dir,
                        name,
                        must_be_dir,
                    }));
                }
            },
        }
        self.todo = rest;
        if !is_last {
            return Ok(None);
        }
        let dir = core::mem::replace(&mut self.dir, Dir::Base(self.base.dir));
        Ok(Some(Destination::Directory(dir)))
    }

    /// Looks up `name` in the directory that was reached.
    fn look(&self, name: &CPath, must_be_dir: bool, is_last: bool) -> Result<Found, Errno> {
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let fd = match openat(&self.dir, name.as_c_str(), flags, Mode::empty()) {
            Err(Host::NOENT) if is_last => return Ok(Found::Other),
            opened => opened?,
        };
        match FileType::from_raw_mode(fstat(&fd)?.st_mode) {
            FileType::Directory => Ok(Found::Directory(fd)),
            FileType::Symlink if !is_last || must_be_dir || self.follow => {
                let mut buffer = [MaybeUninit::uninit(); PATH_MAX];
                let (target, _) = readlinkat_raw(&fd, c"", &mut buffer[..])?;
                Ok(Found::Link(CPath::from_bytes(target)?))
            }
            _ if is_last => Ok(Found::Other),
            _ => Err(Errno::NOTDIR),
        }
    }

    /// Puts a link's target in front of the rest of the path.
    fn expand(&mut self, target: CPath, rest: &CPath) -> Result<(), Errno> {
        self.links += 1;
        if self.links > MAX_LINKS || !self.base.links {
            return Err(Errno::LOOP);
        }
        if target.as_bytes().is_empty() {
            return Err(Errno::NOENT);
        }
        if target.as_bytes().starts_with(b"/") {
            if !self.base.root {
                return Err(Errno::PERM);
            }
            self.done.truncate(0);
            self.dir = Dir::Base(self.base.dir);
        }
        self.todo = target;
        self.todo.push(rest.as_bytes())
    }

    /// `..`: starts again with one component less.
    fn up(&mut self) -> Result<(), Errno> {
        if !self.done.pop_component() {
            return if self.base.root {
                Ok(())
            } else {
                Err(Errno::PERM)
            };
        }
        self.dir = Dir::Base(self.base.dir);
        for component in self.done.as_bytes().split(|&b| b == b'/') {
            if !component.is_empty() {
                let name = CPath::from_bytes(component)?;
                let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::DIRECTORY | OFlags::CLOEXEC;
                let next = openat(&self.dir, name.as_c_str(), flags, Mode::empty())?;
                self.dir = Dir::Below(next);
            }
        }
        Ok(())
    }
}

#[expect(clippy::large_enum_variant, reason = "there is no heap for it")]
enum Found {
    Directory(OwnedFd),
    Link(CPath),
    Other,
}
