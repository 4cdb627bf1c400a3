//! The way to the executable: the names by which the next start will find it.
//!
//! Invariants: before the program's first instruction every name on the way is kept
//! ([`super::own`]), from the root or the current directory on, with symbolic links and
//! everything that they lead to; if a name is missing, the names up to it are kept. The file
//! system is looked at only if a directory is granted for writing, or the manifest has a
//! `hole`, which only `wasi-aot run` writes: a directory that the resolver doesn't enter.
//!
//! The way is the kernel's AT_EXECFN, the path by which the program was started. If a
//! descriptor was executed, `/proc/self/exe` says which file it is and what its name is.
//! If a script was executed that names the executable in its first line, AT_EXECFN is the
//! script's path, and argv[0] is the name in that line (Linux's fs/binfmt_script.c). In other
//! cases `/proc` isn't used, because that would take longer than all other steps.

use super::cpath::{CPath, PATH_MAX};
use super::grants::{Granted, Identity, identity, writable_around};
use super::own::{Entry, Kind, Own};
use super::walk::MAX_LINKS;
use super::{Refusal, cwd};
use crate::abi::errno::Errno;
use crate::abi::fdtable::Descriptor;
use crate::manifest::Manifest;
use crate::shim_memory::Keeper;
use core::ffi::{CStr, c_char};
use core::mem::MaybeUninit;
use rustix::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};
use rustix::fs::{
    AtFlags, CWD, FileType, FsWord, Mode, OFlags, Stat, fstat, major, openat, readlinkat_raw,
    statat, statfs,
};
use wasi_aot_contract::manifest::Access;

/// The running executable, where procfs is mounted.
const RUNNING: &CStr = c"/proc/self/exe";

/// `OVERLAYFS_SUPER_MAGIC` of uapi `linux/magic.h`.
const OVERLAYFS: FsWord = 0x794c_7630;

/// How the program was started.
#[derive(Clone, Copy)]
pub struct Start<'a> {
    /// AT_EXECFN.
    path: &'a CStr,
    /// argv[0] if `path` may be a script: the kernel passes the script's path after it.
    interpreter: Option<&'a CStr>,
}

impl<'a> Start<'a> {
    /// # Safety
    /// `args` are C strings that live as long as the result.
    pub unsafe fn new(path: &'a CStr, args: &[*const c_char]) -> Self {
        // SAFETY: the caller's promise.
        let mut args = args.iter().map(|&arg| unsafe { CStr::from_ptr(arg) });
        let first = args.next();
        // The script's path follows argv[0], or the argument in the script's first line.
        let is_argument = args.take(2).any(|arg| arg == path);
        Self {
            path,
            interpreter: first.filter(|_| is_argument),
        }
    }

    /// A start by a path, whose file is executed. An empty path says nothing.
    #[cfg(test)]
    pub fn by(path: &'a CStr) -> Self {
        Self {
            path,
            interpreter: None,
        }
    }
}

/// What the guest must not change or enter, although a grant may contain it.
pub struct OffLimits {
    /// The executable and the way to it.
    pub own: Own,
    /// The directory that no grant reaches.
    pub hole: Option<Identity>,
}

/// Looks up the executable and the way to it, and the hole that the manifest names.
/// `current` is the current directory, if it is known.
///
/// # Errors
/// When the manifest refuses to start with the executable in a writable grant, or the hole
/// can't be kept.
pub fn find(
    start: Start<'_>,
    current: Option<&CPath>,
    manifest: &Manifest,
    granted: Granted<'_>,
    keeper: &mut Keeper,
) -> Result<OffLimits, Refusal> {
    let mut off_limits = OffLimits {
        own: Own::new(),
        hole: None,
    };
    let writable = (manifest.records()).any(|record| record.access() == Some(Access::ReadWrite));
    let mut scout = Scout {
        own: &mut off_limits.own,
        current,
        keeper,
        around: (manifest.refuses_own_directory).then_some(granted),
    };
    let grants_files = (manifest.records()).any(|record| record.access().is_some());
    if writable {
        scout.executable(start)?;
    }
    if let Some(path) = manifest.hole.filter(|_| grants_files) {
        off_limits.hole = scout.hole(path, granted)?;
    }
    Ok(off_limits)
}

/// Why a way doesn't lead to a file.
enum Stop {
    /// The program must not start.
    Refused(Refusal),
    /// Nothing is there, so nothing can be executed there.
    Nowhere(Errno),
}

impl From<Errno> for Stop {
    fn from(error: Errno) -> Self {
        Self::Nowhere(error)
    }
}

impl From<rustix::io::Errno> for Stop {
    fn from(error: rustix::io::Errno) -> Self {
        Self::Nowhere(error.into())
    }
}

/// Goes along ways and keeps the names that it passes.
struct Scout<'a> {
    own: &'a mut Own,
    current: Option<&'a CPath>,
    keeper: &'a mut Keeper,
    /// The grants, if the manifest forbids that a writable grant contains the executable.
    around: Option<Granted<'a>>,
}

impl Scout<'_> {
    /// Keeps the executable and the way to it.
    fn executable(&mut self, start: Start<'_>) -> Result<(), Refusal> {
        let by_descriptor = [&b"/dev/fd/"[..], b"/proc/self/fd/"];
        let path = start.path.to_bytes();
        let is_named = !path.is_empty() && !by_descriptor.iter().any(|dir| path.starts_with(dir));
        let ways = [is_named.then_some(start.path), start.interpreter];
        let mut is_found = is_named && start.interpreter.is_none();
        for way in ways.into_iter().flatten() {
            match self.go(way.to_bytes()) {
                Ok(_) => {}
                Err(Stop::Nowhere(_)) => is_found = false,
                Err(Stop::Refused(refusal)) => return Err(refusal),
            }
        }
        if !is_found
            && let Ok(running) = statat(CWD, RUNNING, AtFlags::empty())
            && !self.own.is_kept(&running)
        {
            self.running(&running)?;
        }
        let known = |entry: &Entry| entry.kind == Kind::File && entry.identity.is_some();
        if self.around.is_some() && !self.own.entries().any(known) {
            return Err(Refusal::OwnPlaceUnknown);
        }
        Ok(())
    }

    /// Keeps the running executable where AT_EXECFN doesn't name it.
    #[inline(never)]
    fn running(&mut self, stat: &Stat) -> Result<(), Refusal> {
        self.keep(Kind::File, Some(stat), None, b"")
            .map_err(|_| Refusal::NoMemory)?;
        let mut buffer = [MaybeUninit::uninit(); PATH_MAX];
        let Ok((name, _)) = readlinkat_raw(CWD, RUNNING, &mut buffer[..]) else {
            return Ok(());
        };
        // For a file without a name the link's text isn't a path: "/memfd:... (deleted)".
        let Ok(path) = CPath::from_bytes(name) else {
            return Ok(());
        };
        match statat(CWD, path.as_c_str(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) if self.own.is_kept(&found) => match self.go(path.as_bytes()) {
                Err(Stop::Refused(refusal)) => Err(refusal),
                _ => Ok(()),
            },
            _ => Ok(()),
        }
    }

    /// Keeps the way to a directory that no grant may reach, and returns its identity.
    /// `None` when it isn't there: its name is kept, so that the guest can't create it.
    #[inline(never)]
    fn hole(&mut self, path: &[u8], granted: Granted<'_>) -> Result<Option<Identity>, Refusal> {
        self.around = None;
        let end = match self.go(path) {
            Ok(end) => end,
            Err(Stop::Refused(refusal)) => return Err(refusal),
            Err(Stop::Nowhere(Errno::NOENT)) => return Ok(None),
            Err(Stop::Nowhere(error)) => return Err(Refusal::CannotKeepOut(error)),
        };
        let failed = |error: rustix::io::Errno| Refusal::CannotKeepOut(error.into());
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let dir = openat(CWD, end.as_c_str(), flags, Mode::empty()).map_err(failed)?;
        let hole = identity(&dir).map_err(failed)?;
        for (grant, granted) in granted.iter() {
            if is_inside(granted, hole).map_err(failed)? {
                return Err(Refusal::GrantsHole(grant));
            }
        }
        // The directory stays open: some file systems give a directory another inode number
        // once nobody has it open.
        let _ = dir.into_raw_fd();
        Ok(Some(hole))
    }

    /// Goes along `path` to its end, and keeps all names on the way. The path that it returns
    /// has no symbolic links in it.
    ///
    /// Each path here is a page of stack, which the kernel has to provide at start. Two are
    /// enough where there are no links.
    #[inline(never)]
    fn go(&mut self, path: &[u8]) -> Result<CPath, Stop> {
        let mut todo = CPath::new();
        let mut done = CPath::new();
        self.begin(path, &mut todo)?;
        let (mut at, mut links) = (0, 0);
        let mut parent = None;
        loop {
            if at == 0 && todo.as_bytes().starts_with(b"/") {
                done.truncate(0);
                done.push(b"/")?;
                parent = None;
            }
            let rest = &todo.as_bytes()[at..];
            let start = at + rest.iter().position(|&b| b != b'/').unwrap_or(rest.len());
            let rest = &todo.as_bytes()[start..];
            let end = start + rest.iter().position(|&b| b == b'/').unwrap_or(rest.len());
            let name = &todo.as_bytes()[start..end];
            at = end;
            match name {
                b"" => return Ok(done),
                b"." => continue,
                b".." if done.as_bytes() == b"/" => continue,
                b".." => {
                    if !done.pop_component() {
                        return Err(Errno::NOENT.into());
                    }
                    parent = None;
                    continue;
                }
                _ => {}
            }
            let here = match parent {
                Some(here) => here,
                None => identity_of(&done)?,
            };
            done.push_component(name)?;
            match self.pass(&done, here, name)? {
                Next::Directory(identity) => parent = Some(identity),
                Next::File if end == todo.as_bytes().len() => return Ok(done),
                Next::File => return Err(Errno::NOTDIR.into()),
                Next::Link => {
                    links += 1;
                    if links > MAX_LINKS {
                        return Err(Errno::LOOP.into());
                    }
                    follow(&done, &mut todo, end)?;
                    at = 0;
                    done.pop_component();
                }
            }
        }
    }

    /// Puts `path` into `todo`, below the current directory if it is relative. If the current
    /// directory has no path, only the names below it are known.
    #[inline(never)]
    fn begin(&self, path: &[u8], todo: &mut CPath) -> Result<(), Errno> {
        if !path.starts_with(b"/") {
            let asked = match self.current {
                Some(_) => None,
                None => cwd::current_dir().ok(),
            };
            if let Some(current) = self.current.or(asked.as_ref()) {
                todo.push(current.as_bytes())?;
                todo.push(b"/")?;
            }
        }
        todo.push(path)
    }

    /// Keeps `path`, which is `name` in the directory `parent`, and returns what it is.
    fn pass(&mut self, path: &CPath, parent: Identity, name: &[u8]) -> Result<Next, Stop> {
        let stat = match statat(CWD, path.as_c_str(), AtFlags::SYMLINK_NOFOLLOW) {
            Err(rustix::io::Errno::NOENT) => {
                self.keep(Kind::File, None, Some(parent), name)?;
                return Err(Errno::NOENT.into());
            }
            found => found?,
        };
        let file_type = FileType::from_raw_mode(stat.st_mode);
        if file_type == FileType::Directory {
            self.keep(Kind::Directory, Some(&stat), Some(parent), name)?;
            return Ok(Next::Directory((stat.st_dev, stat.st_ino)));
        }
        self.keep(Kind::File, Some(&stat), Some(parent), name)?;
        self.refuse_writable(path).map_err(Stop::Refused)?;
        if file_type == FileType::Symlink {
            return Ok(Next::Link);
        }
        // Overlayfs has no block device (major number 0), so a file on a device isn't checked.
        if major(stat.st_dev) == 0 {
            let system = statfs(path.as_c_str());
            self.own.copied_up |= system.is_ok_and(|s| s.f_type == OVERLAYFS);
        }
        Ok(Next::File)
    }

    fn keep(
        &mut self,
        kind: Kind,
        stat: Option<&Stat>,
        parent: Option<Identity>,
        name: &[u8],
    ) -> Result<(), Errno> {
        self.own.add(Entry {
            kind,
            identity: stat.map(|stat| (stat.st_dev, stat.st_ino)),
            parent,
            name: self.keeper.keep(&[name])?,
        })
    }

    /// Refuses to start if a grant for writing contains `path`, and the manifest says so.
    #[inline(never)]
    fn refuse_writable(&self, path: &CPath) -> Result<(), Refusal> {
        let Some(granted) = self.around else {
            return Ok(());
        };
        let look = || {
            let mut dir = CPath::from_bytes(path.as_bytes())?;
            dir.pop_component();
            let dir = open_directory(&dir)?;
            Ok(writable_around(dir.as_fd(), granted)?)
        };
        match look() {
            Ok(None) => Ok(()),
            Ok(Some((grant, _))) => Err(Refusal::OwnDirectory(grant)),
            Err::<_, Errno>(_) => Err(Refusal::OwnPlaceUnknown),
        }
    }
}

/// What a name on the way stands for.
enum Next {
    Directory(Identity),
    File,
    Link,
}

/// Puts the text of the symbolic link at `path` in front of what `todo` has from `rest` on.
#[inline(never)]
fn follow(path: &CPath, todo: &mut CPath, rest: usize) -> Result<(), Errno> {
    let mut buffer = [MaybeUninit::uninit(); PATH_MAX];
    let (target, _) = readlinkat_raw(CWD, path.as_c_str(), &mut buffer[..])?;
    let mut longer = CPath::from_bytes(target)?;
    longer.push(&todo.as_bytes()[rest..])?;
    todo.truncate(0);
    todo.push(longer.as_bytes())
}

/// Opens the directory `path`; "" is the current directory.
fn open_directory(path: &CPath) -> rustix::io::Result<OwnedFd> {
    let path = match path.as_bytes() {
        b"" => c".",
        _ => path.as_c_str(),
    };
    let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
    openat(CWD, path, flags, Mode::empty())
}

/// The identity of the directory `path`; "" is the current directory.
fn identity_of(path: &CPath) -> rustix::io::Result<Identity> {
    let path = match path.as_bytes() {
        b"" => c".",
        _ => path.as_c_str(),
    };
    let stat = statat(CWD, path, AtFlags::empty())?;
    Ok((stat.st_dev, stat.st_ino))
}

/// Whether a granted directory is the hole or lies in it.
fn is_inside(granted: &Descriptor, hole: Identity) -> rustix::io::Result<bool> {
    let mut dir: Option<OwnedFd> = None;
    loop {
        let here: BorrowedFd<'_> = dir.as_ref().map_or(granted.host.as_fd(), AsFd::as_fd);
        let stat = fstat(here)?;
        if (stat.st_dev, stat.st_ino) == hole {
            return Ok(true);
        }
        let flags = OFlags::PATH | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let parent = openat(here, c"..", flags, Mode::empty())?;
        if identity(&parent)? == (stat.st_dev, stat.st_ino) {
            return Ok(false);
        }
        dir = Some(parent);
    }
}

#[cfg(test)]
#[path = "way_tests.rs"]
mod tests;
