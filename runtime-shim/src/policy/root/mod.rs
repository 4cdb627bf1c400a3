//! What Go modules see outside of the granted directories: an empty root.
//!
//! Go looks a path up in the granted directory with the longest name that is a prefix, and says
//! `EBADF` where none is (`preparePath` in `syscall/fs_wasip1.go`). No program expects that of a file
//! that doesn't exist. So a Go module gets, behind its grants, one more preopen with the name `/`.
//! No directory of the host is behind it:
//!
//! * A name that leads to a grant means the grant. Directories on the way exist and list nothing
//!   else.
//! * `/dev/null`, `/dev/stdin`, `/dev/stdout` and `/dev/stderr` exist, with the rights of the
//!   descriptors 0 to 2.
//! * Every other name is missing (`ENOENT`). Whatever would change the root is refused, as on a file
//!   system that is mounted for reading only (`EROFS`).
//!
//! Invariants: a path that starts in the root is looked up by [`tree`] alone, which asks the host
//! nothing, until it reaches a granted directory; from there on the rights and rules of that grant
//! hold. Every call that takes a path asks [`Root::place`]. The host's descriptor of a directory
//! of the root is one of /dev/null, so a call that forgets to ask fails with `ENOTDIR`.
//!
//! The code here is a part of the runtime (`parts.rs`). Other code reaches it through [`Calls`] only.

mod answers;
mod trace;
mod tree;

use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, FdTable, Preopen, inert};
use crate::abi::rights::Rights;
use crate::manifest::Manifest;
use crate::policy::Refusal;
use crate::policy::cpath::CPath;
use crate::policy::environment::Environment;
use crate::policy::files::{File, Files, Kind};
use crate::policy::opening::Request;
use crate::shim_memory::PageArray;
use core::ops::Deref;
use rustix::fd::{BorrowedFd, IntoRawFd, OwnedFd};
use rustix::fs::{CWD, Mode, OFlags, Stat, openat};
use tree::{DEVICES, Found, Name, Tree, What};

pub use tree::Device;

/// The root. The default has no names, and nothing asks for any.
pub struct Root {
    tree: Tree,
    calls: Option<&'static Calls>,
    /// /dev/null, or an inert descriptor where the host lacks it.
    null: BorrowedFd<'static>,
    /// The files that are granted by themselves.
    pub files: Files,
    /// The directory of the tree that relative names are relative to, if the program passes them as
    /// they are.
    plain_names_in: Option<&'static [u8]>,
    /// Each name that is asked for and missing is reported.
    traces: bool,
    /// The program's working directory is the root.
    is_working_directory: bool,
}

/// What the calls of preview 1 do where a path stays in the root.
pub struct Calls {
    find: for<'f> fn(&Root, &'f FdTable, &'static [u8], &mut CPath) -> Result<Place<'f>, Errno>,
    named: fn(&Root, &Descriptor, &mut CPath) -> Result<Option<Place<'static>>, Errno>,
    /// Opens what a path leads to.
    pub open: fn(&Root, &FdTable, Outside, &Request, Rights) -> Result<Descriptor, Errno>,
    /// The attributes of what a path leads to.
    pub stat: fn(&Root, &FdTable, Outside) -> Result<Stat, Errno>,
    /// Lists a directory of the root from a cookie on, into the buffer.
    pub list: fn(&Root, &'static [u8], u64, &mut [u8]) -> usize,
}

/// What a path leads to in the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outside {
    /// A directory, by its name.
    Directory(&'static [u8]),
    Device(Device),
    /// Nothing, in a directory that exists.
    Missing,
}

/// Where a call finds its file.
pub enum Place<'a> {
    /// In a granted directory or one that was opened below, by the path that the lookup has left.
    Below(Dir<'a>),
    Outside(Outside),
}

/// The directory in which a call finds its file.
pub enum Dir<'a> {
    /// The guest has it open.
    Open(&'a Descriptor),
    /// It is open for one call: it holds a file that is granted by itself.
    Opened(Descriptor),
}

impl Deref for Dir<'_> {
    type Target = Descriptor;

    fn deref(&self) -> &Descriptor {
        match self {
            Self::Open(dir) => dir,
            Self::Opened(dir) => dir,
        }
    }
}

impl Dir<'_> {
    /// [`Descriptor::demand`]. What a writable file by itself lacks is a right to its name, which
    /// only a grant of the directory gives: `EPERM`.
    fn demand(&self, rights: Rights) -> Result<(), Errno> {
        match self {
            Self::Opened(dir) if !dir.read_only => dir.demand(rights).map_err(|_| Errno::PERM),
            dir => Descriptor::demand(dir, rights),
        }
    }
}

/// The answers of a call that succeeds nowhere in the root: for a directory, for a device, and for
/// a name that is missing.
pub struct Answers(pub Errno, pub Errno, pub Errno);

impl Answers {
    /// Of a call that makes something.
    pub const MAKING: Self = Self(Errno::EXIST, Errno::EXIST, Errno::ROFS);
    /// Of a call that changes what is there.
    pub const CHANGING: Self = Self(Errno::ROFS, Errno::ROFS, Errno::NOENT);
}

impl<'a> Place<'a> {
    /// The granted directory.
    ///
    /// # Errors
    /// One of the `answers` in the root.
    pub fn below(self, answers: &Answers) -> Result<Dir<'a>, Errno> {
        match self {
            Self::Below(dir) => Ok(dir),
            Self::Outside(Outside::Directory(_)) => Err(answers.0),
            Self::Outside(Outside::Device(_)) => Err(answers.1),
            Self::Outside(Outside::Missing) => Err(answers.2),
        }
    }
}

impl Root {
    pub const NONE: Self = Self {
        tree: Tree::DEVICES,
        calls: None,
        null: CWD,
        files: Files::NONE,
        plain_names_in: None,
        traces: false,
        is_working_directory: false,
    };

    /// What the calls do in the root.
    ///
    /// # Panics
    /// Where there is no root.
    pub fn calls(&self) -> &'static Calls {
        self.calls.expect("BUG: no root")
    }

    /// Makes relative names relative to the directory `name` of the tree.
    #[cfg(test)]
    pub fn set_plain_names_in(&mut self, name: &'static [u8]) {
        self.plain_names_in = Some(name);
    }

    /// Where `path` leads from the directory `fd`; `path` becomes the path from there on. The
    /// directory `fd`, and the granted one that the path leads to, have `rights`.
    ///
    /// # Errors
    /// Those of [`FdTable::directory`]; in the root `ENOENT`, `ENOTDIR`, and `EPERM` for an absolute
    /// path.
    pub fn place<'f>(
        &self,
        fds: &'f FdTable,
        fd: u32,
        rights: Rights,
        path: &mut CPath,
    ) -> Result<Place<'f>, Errno> {
        let dir = fds.directory(fd, Rights::NONE)?;
        let Some(calls) = self.calls else {
            dir.demand(rights)?;
            return Ok(Place::Below(Dir::Open(dir)));
        };
        let place = match dir.in_root {
            Some(name) => Some((calls.find)(self, fds, name, path)?),
            None => (calls.named)(self, dir, path)?,
        };
        let place = place.unwrap_or(Place::Below(Dir::Open(dir)));
        if let Place::Below(dir) = &place {
            dir.demand(rights)?;
        }
        Ok(place)
    }
}

/// The functions of this part.
static CALLS: Calls = Calls {
    find,
    named,
    open: answers::open,
    stat: answers::stat,
    list: answers::list,
};

/// Makes the root, and gives it the next number in `fds`. With `/` among the grants, only the
/// devices are added. Completes `environment` with `PWD`, unless it has one: a program that
/// isn't started in a granted directory starts in the root.
///
/// # Errors
/// The reason why the program can't start.
pub fn make(
    manifest: &Manifest,
    files: Files,
    fds: &mut FdTable,
    environment: &mut Environment,
) -> Result<Root, Refusal> {
    // Go begins in its first directory, which would be a grant.
    let is_grant = |descriptor: &Descriptor| descriptor.preopen_name().is_some();
    let begins_elsewhere = fds.iter().any(is_grant);
    if begins_elsewhere && environment.pwd.is_none() && !environment.sets(b"PWD") {
        environment.pwd = Some(b"PWD=/");
    }
    let pwd = plain(environment.working_directory());
    let names_root = |descriptor: &Descriptor| descriptor.preopen_name() == Some(b"/");
    let is_granted = fds.iter().any(names_root);
    let root = Root {
        tree: tree(fds, files.list, pwd)?,
        calls: Some(&CALLS),
        null: null()?,
        files,
        plain_names_in: pwd.filter(|_| !manifest.joins_names),
        traces: manifest.traces_denied,
        is_working_directory: pwd.is_none(),
    };
    if !is_granted {
        let preopen = Descriptor {
            preopen: Some(Preopen::Root),
            ..answers::directory(&root, b"", (Rights::DIRECTORY, Rights::INHERITED))
        };
        fds.insert(preopen).map_err(|_| Refusal::NoMemory)?;
    }
    Ok(root)
}

/// The names of the grants in `fds`, of `files`, of the working directory, and of the devices.
fn tree(fds: &FdTable, files: &[File], pwd: Option<&'static [u8]>) -> Result<Tree, Refusal> {
    let pwd = pwd.map(|path| Name {
        path,
        what: What::Directory,
    });
    let files = (0..).zip(files).filter_map(|(index, file)| {
        Some(Name {
            path: plain(file.guest)?,
            what: What::File(index),
        })
    });
    let grants = fds.numbered().filter_map(|(fd, descriptor)| {
        Some(Name {
            path: descriptor.preopen_name().and_then(plain)?,
            what: What::Grant(fd),
        })
    });
    let names = grants.chain(files).chain(pwd);
    let count = names.clone().count();
    if count == 0 {
        return Ok(Tree::DEVICES);
    }
    let mut array = PageArray::new();
    (array.reserve(count + DEVICES.len())).map_err(|_| Refusal::NoMemory)?;
    let slots = array.leak();
    let (slots, _) = slots.split_at_mut(count + DEVICES.len());
    for (slot, name) in slots.iter_mut().zip(names.chain(DEVICES)) {
        slot.write(name);
    }
    // SAFETY: as many slots as names were written.
    Ok(Tree::new(unsafe { slots.assume_init_mut() }))
}

/// A guest's absolute path as the tree has names; `None` for the root itself.
fn plain(path: &'static [u8]) -> Option<&'static [u8]> {
    path.strip_prefix(b"/").filter(|path| !path.is_empty())
}

/// The host's /dev/null, open for both, or an inert descriptor. It stays open.
fn null() -> Result<BorrowedFd<'static>, Refusal> {
    let flags = OFlags::RDWR | OFlags::CLOEXEC;
    let opened = match openat(CWD, c"/dev/null", flags, Mode::empty()) {
        Ok(fd) => fd,
        Err(_) => inert().map_err(|_| Refusal::NoMemory)?,
    };
    Ok(kept(opened))
}

/// A descriptor that stays open as long as the process lives.
fn kept(fd: OwnedFd) -> BorrowedFd<'static> {
    let raw = fd.into_raw_fd();
    // SAFETY: nobody owns the descriptor any more, so nobody closes it.
    unsafe { BorrowedFd::borrow_raw(raw) }
}

fn find<'f>(
    root: &Root,
    fds: &'f FdTable,
    base: &'static [u8],
    path: &mut CPath,
) -> Result<Place<'f>, Errno> {
    let mut found = root.tree.find(base, path.as_bytes());
    if let (Ok(Found::Missing) | Err(Errno::NOENT), Some(pwd)) = (found, root.plain_names_in)
        && base.is_empty()
        && !path.as_bytes().is_empty()
    {
        found = root.tree.find(pwd, path.as_bytes());
    }
    if root.traces && matches!(found, Ok(Found::Missing) | Err(Errno::NOENT)) {
        trace::missing(base, path, root.is_working_directory);
    }
    Ok(match found? {
        Found::Below(fd, name, rest) => {
            // The guest may have closed the descriptor, or may have given it another number.
            let is_it = |dir: &&Descriptor| dir.preopen_name().and_then(plain) == Some(name);
            let dir = fds.get(fd).ok().filter(is_it).ok_or(Errno::NOENT)?;
            keep_rest(path, rest.len())?;
            Place::Below(Dir::Open(dir))
        }
        Found::File(file, rest) => {
            let rest = rest.len();
            file_place(&root.files.list[file as usize], path, rest)?
        }
        Found::Directory(name) => Place::Outside(Outside::Directory(name)),
        Found::Device(device) => Place::Outside(Outside::Device(device)),
        Found::Missing => Place::Outside(Outside::Missing),
    })
}

/// Where a path from the granted directory `dir` leads, if it names a file that is granted by itself,
/// or one of the devices in the host's own root. (That root's devices for the standard streams are
/// links that no path may follow, and a grant for reading only would forbid to write.)
fn named(root: &Root, dir: &Descriptor, path: &mut CPath) -> Result<Option<Place<'static>>, Errno> {
    let Some(Preopen::Directory { name, root: whole }) = dir.preopen else {
        return Ok(None);
    };
    if root.files.list.is_empty() && !whole {
        return Ok(None);
    }
    match root
        .tree
        .named(plain(name).unwrap_or_default(), path.as_bytes())
    {
        Some(Found::File(file, rest)) => {
            let rest = rest.len();
            file_place(&root.files.list[file as usize], path, rest).map(Some)
        }
        Some(Found::Device(device)) if whole => Ok(Some(Place::Outside(Outside::Device(device)))),
        _ => Ok(None),
    }
}

/// The place of a file that is granted by itself, or of the last `rest` bytes of `path` below such a
/// directory.
///
/// # Errors
/// `ENOTDIR` below a file, and those of [`File::place`].
fn file_place(file: &File, path: &mut CPath, rest: usize) -> Result<Place<'static>, Errno> {
    if file.kind == Kind::Directory {
        keep_rest(path, rest)?;
    } else if rest > 0 {
        return Err(Errno::NOTDIR);
    } else {
        path.set(file.name)?;
    }
    Ok(Place::Below(Dir::Opened(file.place()?)))
}

/// Leaves of `path` the last `rest` bytes, which follow the name of a directory: a path in that
/// directory, or `.`.
fn keep_rest(path: &mut CPath, rest: usize) -> Result<(), Errno> {
    path.keep_last(rest);
    let Some(start) = path.as_bytes().iter().position(|&b| b != b'/') else {
        return path.set(b".");
    };
    path.keep_last(rest - start);
    Ok(())
}

#[cfg(test)]
mod tests;
