//! How a file may be opened, created and emptied.
//!
//! Preview 1 has no access modes: the requested rights say whether a new descriptor is for
//! reading or for writing. Go and wasi-libc request every right that they might need. So rights
//! that the directory doesn't hand down are left out rather than refused. The rights to read
//! and to write are exceptions: the file isn't opened without one of them that was requested.
//!
//! Invariants:
//!
//! * Below a grant for reading only, nothing is created, emptied or opened for writing. The
//!   answers are those of a file system that is mounted for reading only: an existing file
//!   may be opened with CREAT, and `EROFS` comes last, once the path is looked up.
//! * The executable ([`super::own`]) is neither emptied nor opened for writing, whichever
//!   name leads to it: a file is emptied only after it is known which file it is.
//! * A file is opened to be changed only by [`Resolver::open_to_change`], which refuses the
//!   file systems that control the kernel ([`super::control`]).

use super::cpath::CPath;
use super::own::Own;
use super::resolver::{Base, Parent, Resolver};
use super::rights::Given;
use crate::abi::errno::Errno;
use crate::abi::fdtable::Descriptor;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, fdflags, oflags};
use rustix::fd::{AsFd, OwnedFd};
use rustix::fs::{Mode, OFlags, Stat, fstat, ftruncate};
use rustix::io::retry_on_intr;

/// What `path_open` asks for.
pub struct Request {
    /// Whether a symbolic link at the end of the path is followed.
    pub follow: bool,
    pub oflags: u32,
    /// The rights asked for the new descriptor, and those that it is to hand down.
    pub base: Rights,
    pub inheriting: Rights,
    pub fdflags: u16,
    /// Permissions of the file if it is created, before the umask.
    pub mode: Mode,
}

/// Where the file is looked up, and what is off limits there.
pub struct Lookup<'a> {
    pub dir: &'a Descriptor,
    pub path: &'a CPath,
    pub resolver: &'a Resolver,
    pub own: &'a Own,
}

impl Lookup<'_> {
    /// For a request that creates nothing.
    fn open(&self, flags: OFlags) -> Result<OwnedFd, Errno> {
        (self.resolver).open(self.dir.base(), self.path.as_c_str(), flags, Mode::empty())
    }

    /// For a request that [`changes`](Request::changes) something.
    fn open_to_change(&self, flags: OFlags, mode: Mode) -> Result<OwnedFd, Errno> {
        let (base, ordinary) = (self.dir.base(), !self.dir.is_control()?);
        (self.resolver).open_to_change(base, ordinary, self.path.as_c_str(), flags, mode)
    }

    /// The file itself, for operations that need no access to its contents.
    ///
    /// # Errors
    /// Those of looking up a path.
    pub fn locate(&self, follow: bool) -> Result<OwnedFd, Errno> {
        (self.resolver).locate(self.dir.base(), self.path.as_c_str(), follow)
    }
}

impl Request {
    /// Whether it has all of these flags.
    pub fn has(&self, oflags: u32) -> bool {
        self.oflags & oflags == oflags
    }

    /// Whether it asks for `right`.
    pub fn wants(&self, right: Rights) -> bool {
        self.base.contains(right)
    }

    /// Whether it is for changing the contents of the file.
    pub fn writes(&self) -> bool {
        self.wants(Rights::FD_WRITE) || self.has(oflags::TRUNC)
    }

    /// Whether it may change anything at all.
    fn changes(&self) -> bool {
        self.writes() || self.has(oflags::CREAT)
    }

    /// The request as flags of Linux's `open`.
    pub fn host_flags(&self) -> OFlags {
        let access = match (self.wants(Rights::FD_READ), self.wants(Rights::FD_WRITE)) {
            (true, true) => OFlags::RDWR,
            (false, true) => OFlags::WRONLY,
            (_, false) => OFlags::RDONLY,
        };
        let mut flags = access | OFlags::NOCTTY;
        flags.set(OFlags::NOFOLLOW, !self.follow);
        flags.set(OFlags::CREATE, self.has(oflags::CREAT));
        flags.set(OFlags::DIRECTORY, self.has(oflags::DIRECTORY));
        flags.set(OFlags::EXCL, self.has(oflags::EXCL));
        flags.set(OFlags::TRUNC, self.has(oflags::TRUNC));
        flags.set(OFlags::APPEND, self.fdflags & fdflags::APPEND != 0);
        flags.set(OFlags::DSYNC, self.fdflags & fdflags::DSYNC != 0);
        flags.set(OFlags::NONBLOCK, self.fdflags & fdflags::NONBLOCK != 0);
        // Linux has no O_RSYNC of its own.
        let sync = fdflags::SYNC | fdflags::RSYNC;
        flags.set(OFlags::SYNC, self.fdflags & sync != 0);
        flags
    }

    /// Whether `dir` allows the request, whatever the path.
    ///
    /// # Errors
    /// `EINVAL` for DIRECTORY with CREAT, `ENOTCAPABLE` or another errno of
    /// [`Descriptor::demand`] where `dir` lacks a right.
    pub fn check(&self, dir: &Descriptor) -> Result<(), Errno> {
        if self.has(oflags::CREAT | oflags::DIRECTORY) {
            return Err(Errno::INVAL);
        }
        if dir.read_only && self.writes() {
            // Refused by `open`, which says why once the path is looked up.
            return Ok(());
        }
        if self.has(oflags::TRUNC) {
            dir.demand(Rights::PATH_FILESTAT_SET_SIZE)?;
        }
        // Below a grant for reading only a file that exists may be opened with CREAT.
        if self.has(oflags::CREAT) && !dir.read_only {
            dir.demand(Rights::PATH_CREATE_FILE)?;
        }
        let access = self.base & (Rights::FD_READ | Rights::FD_WRITE);
        if dir.inheriting.contains(access) || self.has(oflags::DIRECTORY) {
            Ok(())
        } else {
            Err(Errno::NOTCAPABLE)
        }
    }

    /// Opens the file with `flags`, which are [`Request::host_flags`] with or without
    /// O_NONBLOCK.
    ///
    /// # Errors
    /// `EROFS` for what a grant for reading only forbids and for the executable, `EACCES`
    /// in a control file system, and those of opening a file.
    pub fn open(&self, lookup: &Lookup<'_>, flags: OFlags) -> Result<OwnedFd, Errno> {
        if lookup.dir.read_only {
            self.open_read_only(lookup, flags)
        } else if self.changes() {
            self.open_to_change(lookup, flags)
        } else {
            lookup.open(flags)
        }
    }

    /// [`Request::open`] below a grant for reading only.
    fn open_read_only(&self, lookup: &Lookup<'_>, flags: OFlags) -> Result<OwnedFd, Errno> {
        if self.writes() {
            return Err(self.refusal(lookup));
        }
        if !flags.contains(OFlags::CREATE) {
            return lookup.open(flags);
        }
        // What a file system mounted for reading only does with O_CREAT.
        let flags = flags.difference(OFlags::CREATE | OFlags::EXCL);
        match lookup.open(flags) {
            Ok(_) if self.has(oflags::EXCL) => Err(Errno::EXIST),
            Err(Errno::NOENT) => Err(Errno::ROFS),
            opened => opened,
        }
    }

    /// The answer of a file system mounted for reading only to a request that
    /// [`writes`](Self::writes): `EROFS` comes last (Linux's fs/namei.c, `do_open`).
    /// The file is only located. Such a mount lets everybody write to devices and FIFOs;
    /// here they are refused as well.
    fn refusal(&self, lookup: &Lookup<'_>) -> Errno {
        let exclusive = self.has(oflags::CREAT | oflags::EXCL);
        let mut flags = OFlags::PATH;
        flags.set(OFlags::NOFOLLOW, !self.follow || exclusive);
        flags.set(OFlags::DIRECTORY, self.has(oflags::DIRECTORY));
        let file = match lookup.open(flags) {
            Ok(_) if exclusive => return Errno::EXIST,
            Ok(file) => file,
            Err(Errno::NOENT) if self.has(oflags::CREAT) => return Errno::ROFS,
            Err(error) => return error,
        };
        match fstat(&file).map(|stat| FileType::of(&stat)) {
            Ok(FileType::Directory) => Errno::ISDIR,
            Ok(FileType::SymbolicLink) => Errno::LOOP,
            Ok(_) => Errno::ROFS,
            Err(error) => error.into(),
        }
    }

    /// [`Request::open`] for a request that changes something, in a writable directory.
    fn open_to_change(&self, lookup: &Lookup<'_>, flags: OFlags) -> Result<OwnedFd, Errno> {
        if lookup.own.is_empty() {
            return lookup.open_to_change(flags, self.mode);
        }
        if !self.writes() {
            // A request that only creates can't change the executable, which exists.
            return self.open_or_create(lookup, flags);
        }
        if lookup.own.copied_up {
            self.refuse_before_copying(lookup)?;
        }
        // O_TRUNC would empty the file before it is known which file it is.
        let opened = self.open_or_create(lookup, flags.difference(OFlags::TRUNC))?;
        self.refuse_or_truncate(lookup, &opened, flags)?;
        Ok(opened)
    }

    /// Opens the file, but doesn't create one under a free name on the way to the executable if
    /// such names are kept. The directory of the name is looked up once, so nobody can put another
    /// one in its place between the check and the creation.
    fn open_or_create(&self, lookup: &Lookup<'_>, flags: OFlags) -> Result<OwnedFd, Errno> {
        let x_bits = Mode::XUSR | Mode::XGRP | Mode::XOTH;
        let is_harmless = lookup.own.x_bits_at_birth && !self.mode.intersects(x_bits);
        let keeps = lookup.own.keeps_free_names && !is_harmless;
        if !keeps || !flags.contains(OFlags::CREATE) {
            return lookup.open_to_change(flags, self.mode);
        }
        if !flags.contains(OFlags::EXCL) {
            match lookup.open_to_change(flags.difference(OFlags::CREATE), Mode::empty()) {
                Err(Errno::NOENT) => {}
                opened => return opened,
            }
        }
        let mut path = CPath::from_bytes(lookup.path.as_bytes())?;
        let (parent, name) = lookup.resolver.parent(lookup.dir.base(), &mut path)?;
        lookup.own.refuse_creation(&parent, name)?;
        let ordinary = matches!(parent, Parent::Base(_)) && !lookup.dir.is_control()?;
        let base = Base {
            dir: parent.as_fd(),
            root: false,
            links: lookup.dir.base().links,
        };
        let flags = flags | OFlags::NOFOLLOW;
        match (lookup.resolver).open_to_change(base, ordinary, name, flags, self.mode) {
            // The name is a link that leads nowhere: the file would get another name.
            Err(Errno::LOOP) => Err(Errno::ROFS),
            created => created,
        }
    }

    /// Refuses the executable on a file system that copies a file when it is opened for
    /// writing (overlayfs): afterwards the copy couldn't be recognised by its inode.
    fn refuse_before_copying(&self, lookup: &Lookup<'_>) -> Result<(), Errno> {
        match lookup.locate(self.follow) {
            Ok(file) => lookup.own.refuse(&fstat(&file)?),
            // The call that opens the file will return the error.
            Err(_) => Ok(()),
        }
    }

    /// Refuses the executable, and empties other files if `flags` has O_TRUNC.
    fn refuse_or_truncate(
        &self,
        lookup: &Lookup<'_>,
        opened: &OwnedFd,
        flags: OFlags,
    ) -> Result<(), Errno> {
        let stat = fstat(opened)?;
        lookup.own.refuse(&stat)?;
        match FileType::of(&stat) {
            _ if !flags.contains(OFlags::TRUNC) => Ok(()),
            FileType::RegularFile if self.wants(Rights::FD_WRITE) => {
                Ok(retry_on_intr(|| ftruncate(opened, 0))?)
            }
            // O_TRUNC empties a file that is opened for reading, too; `ftruncate` doesn't.
            FileType::RegularFile => truncate_again(lookup, flags, &stat),
            FileType::Directory => Err(Errno::ISDIR),
            _ => Ok(()),
        }
    }

    /// The rights of the descriptor for the file that was opened and that `stat` is about.
    pub fn given(&self, lookup: &Lookup<'_>, stat: &Stat, is_terminal: bool) -> Given {
        Given::to_opened(
            lookup.dir,
            (self.base, self.inheriting),
            FileType::of(stat),
            is_terminal,
            lookup.own.is_kept(stat),
        )
    }
}

/// Empties the file that `stat` is about by opening it once more for writing: the request
/// has opened it for reading.
fn truncate_again(lookup: &Lookup<'_>, flags: OFlags, stat: &Stat) -> Result<(), Errno> {
    let writing = flags.intersection(OFlags::NOFOLLOW) | OFlags::WRONLY;
    let flags = writing | OFlags::NOCTTY | OFlags::NONBLOCK;
    let again = lookup.open_to_change(flags, Mode::empty())?;
    let again = identified(again, stat)?;
    Ok(retry_on_intr(|| ftruncate(&again, 0))?)
}

/// `opened` if it is the file that `stat` is about.
///
/// # Errors
/// `EAGAIN` when somebody has put another file in its place since.
pub fn identified(opened: OwnedFd, stat: &Stat) -> Result<OwnedFd, Errno> {
    let found = fstat(&opened)?;
    if (found.st_dev, found.st_ino) == (stat.st_dev, stat.st_ino) {
        Ok(opened)
    } else {
        Err(Errno::AGAIN)
    }
}
