//! The executable's own file, which the program must not change: otherwise the program could
//! choose the native code that the next start runs, outside of every fence.
//!
//! Invariants, whatever is granted for writing:
//!
//! * The file that the executable was started from, and the symbolic links on the way to it,
//!   are not written, truncated, linked or given other times or another mode.
//! * Nothing else takes their names, and the directories on the way keep their names and modes.
//!   Files may be created in these directories.
//! * Each call that changes something asks this file first; `path_open` asks before it
//!   truncates ([`super::opening`]).
//!
//! The errno is `EROFS`, as on machines where executables are kept on a file system that is
//! mounted for reading only.
//!
//! A file is recognised by device and inode, also by a hard link or a bind mount. Names are
//! kept as well, each as its directory's device and inode and the name in
//! it: for file systems on which the inode changes (overlayfs copies a file when it is first
//! opened for writing), and for names that nothing has at the moment. Opening may create a
//! file under such a name, without an x bit, unless the module has a call that could give the
//! file one ([`Own::keeps_free_names`]).
//!
//! [`super::way`] finds out what is kept. Only the first fence keeps it: neither Landlock
//! nor seccomp can leave single files out of a granted directory.

use super::cpath::CPath;
use super::grants::Identity;
use crate::abi::errno::Errno;
use crate::shim_memory::PageArray;
use core::ffi::CStr;
use rustix::fd::AsFd;
use rustix::fs::{AtFlags, Stat, fstat, statat};
use rustix::io::Errno as Host;

/// The names and files that are kept. Empty where nothing is granted for writing, so that it
/// costs nothing there.
pub struct Own {
    /// The first entries, which need no pages: most programs have no more.
    first: [Option<Entry>; INLINE],
    /// The other entries; `len` of them are initialised.
    rest: PageArray<Entry>,
    len: usize,
    /// The executable lies on overlayfs: opening it for writing gives it another inode.
    pub copied_up: bool,
    /// Opening creates no file under a free name that is kept. The module can give a file an x
    /// bit, so the file could be started in the executable's place.
    pub keeps_free_names: bool,
    /// A file gets an x bit when it is made or never: the module can't set modes later.
    pub x_bits_at_birth: bool,
}

/// Number of entries that lie in [`Own`] itself, without pages.
const INLINE: usize = 16;

/// A name on the way to the executable.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    /// `None` when nothing had the name.
    pub identity: Option<Identity>,
    /// The identity of the directory that the name is in. `None` when the name isn't known.
    pub parent: Option<Identity>,
    /// Without slashes.
    pub name: &'static [u8],
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// The executable, a link to it, or a name that is free where one of them would be.
    File,
    /// A directory on the way.
    Directory,
}

impl Own {
    pub const fn new() -> Self {
        Self {
            first: [None; INLINE],
            rest: PageArray::new(),
            len: 0,
            copied_up: false,
            keeps_free_names: false,
            x_bits_at_birth: false,
        }
    }

    /// Keeps `entry`.
    ///
    /// # Errors
    /// `ENOMEM`.
    pub fn add(&mut self, entry: Entry) -> Result<(), Errno> {
        if self.entries().any(|known| *known == entry) {
            return Ok(());
        }
        if let Some(free) = self.first.iter_mut().find(|slot| slot.is_none()) {
            *free = Some(entry);
            return Ok(());
        }
        self.rest.reserve(self.len + 1)?;
        self.rest.as_mut_slice()[self.len].write(entry);
        self.len += 1;
        Ok(())
    }

    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        // SAFETY: `add` has initialised the first `len`.
        let rest = unsafe { self.rest.as_slice()[..self.len].assume_init_ref() };
        self.first.iter().flatten().chain(rest)
    }

    pub fn is_empty(&self) -> bool {
        self.first[0].is_none()
    }

    /// Whether the file is the executable or a link on the way to it.
    pub fn is_kept(&self, stat: &Stat) -> bool {
        let identity = Some((stat.st_dev, stat.st_ino));
        let mut files = self.entries().filter(|e| e.kind == Kind::File);
        files.any(|entry| entry.identity == identity)
    }

    /// # Errors
    /// `EROFS` when the file is the executable or a link on the way to it.
    pub fn refuse(&self, stat: &Stat) -> Result<(), Errno> {
        if self.is_kept(stat) {
            Err(Errno::ROFS)
        } else {
            Ok(())
        }
    }

    /// Every call that sets a mode asks this. A directory on the way may be written, but others
    /// could put a file in the executable's place if they might write there, too.
    ///
    /// # Errors
    /// `EROFS` when the file is the executable, or a link or directory on the way to it.
    pub fn refuse_mode(&self, stat: &Stat) -> Result<(), Errno> {
        let identity = Some((stat.st_dev, stat.st_ino));
        match self.entries().any(|entry| entry.identity == identity) {
            true => Err(Errno::ROFS),
            false => Ok(()),
        }
    }

    /// [`refuse`](Self::refuse) for the file called `name` in `parent`, if there is one.
    ///
    /// # Errors
    /// `EROFS`, and those of looking at the file.
    pub fn refuse_at(&self, parent: impl AsFd, name: &CStr) -> Result<(), Errno> {
        if self.is_empty() {
            return Ok(());
        }
        match statat(parent, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => self.refuse(&stat),
            Err(Host::NOENT) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Every call asks this before it removes or renames `name` in `parent`, or replaces
    /// `name` by renaming another file.
    ///
    /// # Errors
    /// `EROFS` when it is on the way to the executable, and those of looking at it.
    pub fn refuse_removal(&self, parent: impl AsFd, name: &CStr) -> Result<(), Errno> {
        let Some(name) = self.plain(name)? else {
            return Ok(());
        };
        if self.has_name(&parent, name.as_bytes())? {
            return Err(Errno::ROFS);
        }
        let identity = match statat(parent, name.as_c_str(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(stat) => Some((stat.st_dev, stat.st_ino)),
            Err(Host::NOENT) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        match self.entries().any(|e| e.identity == identity) {
            true => Err(Errno::ROFS),
            false => Ok(()),
        }
    }

    /// Every call asks this before it gives the name `name` in `parent` to a new file. If the
    /// name is taken, the call will fail by itself.
    ///
    /// # Errors
    /// `EROFS` when the name is on the way to the executable and free.
    pub fn refuse_creation(&self, parent: impl AsFd, name: &CStr) -> Result<(), Errno> {
        let Some(name) = self.plain(name)? else {
            return Ok(());
        };
        if !self.has_name(&parent, name.as_bytes())? {
            return Ok(());
        }
        match statat(parent, name.as_c_str(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(()),
            Err(_) => Err(Errno::ROFS),
        }
    }

    /// `name` without the slashes that follow it. `None` when nothing is kept, or for a name
    /// that Linux neither creates nor removes: `.`, `..`, or the empty name.
    fn plain(&self, name: &CStr) -> Result<Option<CPath>, Errno> {
        let name = name.to_bytes();
        let len = name.iter().rposition(|&b| b != b'/').map_or(0, |i| i + 1);
        match &name[..len] {
            _ if self.is_empty() => Ok(None),
            b"" | b"." | b".." => Ok(None),
            name => CPath::from_bytes(name).map(Some),
        }
    }

    /// Whether `name` in `parent` is kept.
    fn has_name(&self, parent: impl AsFd, name: &[u8]) -> Result<bool, Errno> {
        let mut alike = self.entries().filter(|e| e.name == name).peekable();
        if alike.peek().is_none() {
            return Ok(false);
        }
        let stat = fstat(parent)?;
        let parent = Some((stat.st_dev, stat.st_ino));
        Ok(alike.any(|entry| entry.parent == parent))
    }
}

#[cfg(test)]
#[path = "own_tests.rs"]
mod tests;
