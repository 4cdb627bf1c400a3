//! `@tmp`: a new and private directory, which the end of the process removes.
//!
//! Below `$TMPDIR` or `/tmp` each user has one directory `wasi-aot-UID`, of mode 0700, which stays.
//! In it a process has a *holder*, named with its ID and random digits. The guest gets the directory
//! `tmp` in its holder, and never reaches the holder itself.
//!
//! Invariants:
//!
//! * A process holds a lock (flock(2)) on its holder as long as it lives. The kernel releases the
//!   lock however the process ends. So a holder whose lock is free is left over, and the next start
//!   with `@tmp` removes it.
//! * Nothing is removed that isn't ours: the user's directory belongs to the user and is closed to
//!   others, a holder is a directory there with such a name, and its lock is ours.
//! * No link is followed, and no other file system entered: each step opens one name in a directory
//!   that is open, with O_NOFOLLOW.
//! * [`remove`] makes system calls only, with bounded stack, so it may run in any handler of a
//!   signal, and twice. A tree of any depth is taken down by moving its directories up to `tmp`.
//! * After the second fence, [`remove`] needs the calls of a writable grant, and of Landlock the
//!   right to remove directories from the user's own `wasi-aot-UID`.

use super::Refusal;
use super::cpath::CPath;
use super::environment::Environment;
use super::grants::{Granted, grants, identity};
use crate::abi::errno::Errno;
use crate::manifest::Manifest;
use crate::shim_memory::Keeper;
use core::ffi::{CStr, c_char};
use core::fmt::{self, Write};
use core::mem::MaybeUninit;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicI32, AtomicPtr, Ordering};
use rustix::fd::{AsFd, BorrowedFd, IntoRawFd, OwnedFd};
use rustix::fs::{
    AtFlags, CWD, FileType, FlockOperation, Mode, OFlags, RawDir, SeekFrom, chmodat, flock, fstat,
    mkdirat, openat, renameat, seek, statat, unlinkat,
};
use rustix::io::Errno as Host;
use rustix::process::{geteuid, getpid};
use rustix::rand::{GetRandomFlags, getrandom};
use wasi_aot_contract::place::{Host as Written, Place};

/// The guest's directory in a holder.
const INNER: &CStr = c"tmp";
/// Random digits, hexadecimal, in the name of a holder.
const DIGITS: usize = 16;
/// Names that are tried: others may take a new holder for one that is left over.
const TRIES: usize = 16;
/// Bytes for names of a directory, of which each takes at most 280.
const PORTION: usize = 2048;

/// The descriptors of the user's directory and of the holder, or -1.
static ALL: AtomicI32 = AtomicI32::new(-1);
static HOLDER: AtomicI32 = AtomicI32::new(-1);
/// The holder's name, a C string.
static NAME: AtomicPtr<c_char> = AtomicPtr::new(null_mut());

/// Whether a grant is `@tmp`.
pub fn is_granted(manifest: &Manifest) -> bool {
    grants(manifest).any(|grant| is_tmp(grant.written))
}

/// Whether HOST, as it is written, is `@tmp`.
pub fn is_tmp(written: &[u8]) -> bool {
    Written::parse(written).is_some_and(|host| host.place == Some(Place::Tmp))
}

/// `TMPDIR=` and the guest's name of the directory, if it is granted.
///
/// # Errors
/// `ENOMEM`.
pub fn variable(
    granted: Granted<'_>,
    keeper: &mut Keeper,
) -> Result<Option<&'static [u8]>, Refusal> {
    let Some((_, dir)) = granted.iter().find(|(grant, _)| is_tmp(grant.written)) else {
        return Ok(None);
    };
    let name = dir.preopen_name().unwrap_or_default();
    let assignment = keeper.keep(&[b"TMPDIR=", name]);
    assignment.map(Some).map_err(|_| Refusal::NoMemory)
}

/// The user's directory, in which the end removes the holder, once [`make`] has made one.
pub fn all() -> Option<BorrowedFd<'static>> {
    opened(&ALL)
}

fn opened(fd: &AtomicI32) -> Option<BorrowedFd<'static>> {
    let fd = fd.load(Ordering::Acquire);
    // SAFETY: a stored descriptor is never closed.
    (fd >= 0).then(|| unsafe { BorrowedFd::borrow_raw(fd) })
}

/// Makes the directory and returns its path. Removes what killed processes have left.
///
/// # Errors
/// The reason why the program can't start.
pub fn make(environment: &Environment, keeper: &mut Keeper) -> Result<&'static [u8], Refusal> {
    let directory = environment.of_host(b"TMPDIR");
    let directory = directory.filter(|path| path.starts_with(b"/"));
    let mut path = CPath::from_bytes(directory.unwrap_or(b"/tmp"))
        .map_err(|error| Refusal::NoTemporary(b"", error))?;
    let mut text = Text::new();
    // Neither formatting nor `Text` fails: the numbers fit.
    let _ = write!(text, "wasi-aot-{}", geteuid().as_raw());
    (path.push_component(text.as_bytes())).map_err(|error| Refusal::NoTemporary(b"", error))?;
    let shown = keeper
        .keep(&[path.as_bytes()])
        .map_err(|_| Refusal::NoMemory)?;
    let failed = |error: Host| Refusal::NoTemporary(shown, error.into());
    let all = private(path.as_c_str()).map_err(failed)?;
    let all = all.ok_or(Refusal::NotPrivate(shown))?;
    remove_left_over(&all);
    for _ in 0..TRIES {
        let mut name = Text::new();
        let _ = write!(
            name,
            "{}-{:016x}",
            getpid().as_raw_pid(),
            random().map_err(failed)?
        );
        let name = (keeper.keep(&[name.as_bytes(), b"\0"])).map_err(|_| Refusal::NoMemory)?;
        let name = CStr::from_bytes_with_nul(name).expect("BUG: a name has a NUL");
        let Some(holder) = new_holder(&all, name).map_err(failed)? else {
            continue;
        };
        NAME.store(name.as_ptr().cast_mut(), Ordering::Relaxed);
        ALL.store(all.into_raw_fd(), Ordering::Release);
        let made = mkdirat(&holder, INNER, Mode::RWXU);
        HOLDER.store(holder.into_raw_fd(), Ordering::Release);
        made.map_err(failed)?;
        let parts = [shown, b"/", name.to_bytes(), b"/", INNER.to_bytes()];
        return keeper.keep(&parts).map_err(|_| Refusal::NoMemory);
    }
    Err(Refusal::NoTemporary(shown, Errno::EXIST))
}

/// Opens the user's directory `path`, and makes it if it is missing. `None` if it isn't the user's
/// alone.
fn private(path: &CStr) -> Result<Option<OwnedFd>, Host> {
    match mkdirat(CWD, path, Mode::RWXU) {
        Ok(()) | Err(Host::EXIST) => {}
        Err(error) => return Err(error),
    }
    let all = match open(CWD, path) {
        Ok(all) => all,
        // A file, or a link.
        Err(Host::NOTDIR | Host::LOOP | Host::ACCESS) => return Ok(None),
        Err(error) => return Err(error),
    };
    Ok(is_private(&all)?.then_some(all))
}

/// Whether a directory is the user's, and closed to others.
fn is_private(dir: &OwnedFd) -> Result<bool, Host> {
    let stat = fstat(dir)?;
    Ok(stat.st_uid == geteuid().as_raw() && stat.st_mode & 0o777 == 0o700)
}

fn open(dir: impl AsFd, name: &CStr) -> Result<OwnedFd, Host> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    openat(dir, name, flags, Mode::empty())
}

/// Makes a holder and locks it. `None` if another start took it for one that is left over.
fn new_holder(all: &OwnedFd, name: &CStr) -> Result<Option<OwnedFd>, Host> {
    match mkdirat(all, name, Mode::RWXU) {
        Ok(()) => {}
        Err(Host::EXIST) => return Ok(None),
        Err(error) => return Err(error),
    }
    let holder = match open(all, name) {
        Ok(holder) => holder,
        Err(Host::NOENT) => return Ok(None),
        Err(error) => return Err(error),
    };
    match flock(&holder, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(Host::AGAIN) => return Ok(None),
        Err(error) => return Err(error),
    }
    // Between the two calls another start may have removed it.
    match statat(all, name, AtFlags::SYMLINK_NOFOLLOW) {
        Ok(stat) if identity(&holder)? == (stat.st_dev, stat.st_ino) => Ok(Some(holder)),
        _ => Ok(None),
    }
}

fn random() -> Result<u64, Host> {
    let mut bytes = [0; 8];
    // Up to 256 bytes come whole, without an interruption (getrandom(2)).
    getrandom(&mut bytes[..], GetRandomFlags::empty())?;
    Ok(u64::from_ne_bytes(bytes))
}

/// Removes the holders of processes that live no more. What fails stays.
fn remove_left_over(all: &OwnedFd) {
    let mut buffer = [MaybeUninit::uninit(); PORTION];
    let mut entries = RawDir::new(all, &mut buffer);
    while let Some(Ok(entry)) = entries.next() {
        let name = entry.file_name();
        if !is_holder(name.to_bytes()) {
            continue;
        }
        let Ok(holder) = open(all, name) else {
            continue;
        };
        let is_left = flock(&holder, FlockOperation::NonBlockingLockExclusive).is_ok();
        if is_left && is_private(&holder) == Ok(true) {
            empty(holder.as_fd(), true);
            let _ = unlinkat(all, name, AtFlags::REMOVEDIR);
        }
    }
}

/// Whether a name is one that [`make`] gives: an ID, and random digits.
fn is_holder(name: &[u8]) -> bool {
    let Some(at) = name.iter().position(|&b| b == b'-') else {
        return false;
    };
    let (id, digits) = (&name[..at], &name[at + 1..]);
    let is_digit = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
    !id.is_empty()
        && id.iter().all(u8::is_ascii_digit)
        && digits.len() == DIGITS
        && digits.iter().all(is_digit)
}

/// Removes the directory, as far as it can be removed. May run in a handler, and twice.
pub fn remove() {
    let name = NAME.load(Ordering::Relaxed);
    if let (Some(all), Some(holder)) = (opened(&ALL), opened(&HOLDER)) {
        empty(holder, false);
        // SAFETY: `make` stored a C string that is kept.
        let _ = unlinkat(all, unsafe { CStr::from_ptr(name) }, AtFlags::REMOVEDIR);
    }
}

/// Removes the guest's directory of a holder. `unlock` makes directories writable first: the guest
/// may have given them other modes. Behind the second fence that isn't allowed.
fn empty(holder: BorrowedFd<'_>, unlock: bool) {
    if unlock && statat(holder, INNER, AtFlags::SYMLINK_NOFOLLOW).is_ok_and(is_directory) {
        let _ = chmodat(holder, INNER, Mode::RWXU, AtFlags::empty());
    }
    if let Ok(top) = open(holder, INNER) {
        let mut clearing = Clearing {
            top: top.as_fd(),
            unlock,
            moved: 0,
        };
        // Each pass removes something, or moves a directory one level up.
        while clearing.pass(None) {}
    }
    let _ = unlinkat(holder, INNER, AtFlags::REMOVEDIR);
}

fn is_directory(stat: rustix::fs::Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::Directory
}

/// The removal of what is in a directory.
struct Clearing<'a> {
    top: BorrowedFd<'a>,
    unlock: bool,
    /// Directories that were moved to `top`, for their new names.
    moved: u64,
}

impl Clearing<'_> {
    /// Removes what is in the top, or in the directory `below` in it. Directories in `below` that
    /// have contents move to the top. Returns whether anything has changed.
    fn pass(&mut self, below: Option<BorrowedFd<'_>>) -> bool {
        let dir = below.unwrap_or(self.top);
        if seek(dir, SeekFrom::Start(0)).is_err() {
            return false;
        }
        let mut changed = false;
        let mut buffer = [MaybeUninit::uninit(); PORTION];
        let mut entries = RawDir::new(dir, &mut buffer);
        while let Some(Ok(entry)) = entries.next() {
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            changed |= match remove_one(dir, name) {
                Ok(()) => true,
                Err(Host::NOTEMPTY | Host::EXIST) => {
                    if self.unlock {
                        let _ = chmodat(dir, name, Mode::RWXU, AtFlags::empty());
                    }
                    match below {
                        Some(dir) => self.move_up(dir, name),
                        None => self.clear(name),
                    }
                }
                Err(_) => false,
            };
        }
        changed
    }

    /// Removes what is in the directory `name` of the top, and the directory.
    fn clear(&mut self, name: &CStr) -> bool {
        let Ok(dir) = open(self.top, name) else {
            return false;
        };
        let device = |fd: BorrowedFd<'_>| identity(fd).map(|identity| identity.0);
        if device(dir.as_fd()) != device(self.top) {
            return false;
        }
        let changed = self.pass(Some(dir.as_fd()));
        unlinkat(self.top, name, AtFlags::REMOVEDIR).is_ok() || changed
    }

    /// Moves a directory to the top, under a name that is free there.
    fn move_up(&mut self, dir: BorrowedFd<'_>, name: &CStr) -> bool {
        loop {
            let mut free = Text::new();
            let _ = write!(free, "{}\0", self.moved);
            self.moved += 1;
            let Ok(free) = CStr::from_bytes_with_nul(free.as_bytes()) else {
                return false;
            };
            match renameat(dir, name, self.top, free) {
                Ok(()) => return true,
                // The name is taken: by a directory with contents, or by a file.
                Err(Host::NOTEMPTY | Host::EXIST | Host::NOTDIR) => {}
                Err(_) => return false,
            }
        }
    }
}

/// Removes a file, a link or an empty directory.
fn remove_one(dir: BorrowedFd<'_>, name: &CStr) -> Result<(), Host> {
    match unlinkat(dir, name, AtFlags::empty()) {
        // POSIX has EPERM for a directory, Linux EISDIR.
        Err(Host::ISDIR | Host::PERM) => unlinkat(dir, name, AtFlags::REMOVEDIR),
        removed => removed,
    }
}

/// A short text.
struct Text {
    bytes: [u8; 40],
    len: usize,
}

impl Text {
    const fn new() -> Self {
        Self {
            bytes: [0; 40],
            len: 0,
        }
    }

    fn as_bytes(&self) -> &[u8] {
        &self.bytes[..self.len]
    }
}

impl Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let room = self.bytes.get_mut(self.len..self.len + text.len());
        room.ok_or(fmt::Error)?.copy_from_slice(text.as_bytes());
        self.len += text.len();
        Ok(())
    }
}

#[cfg(test)]
#[path = "temporary_tests.rs"]
mod tests;
