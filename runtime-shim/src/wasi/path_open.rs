//! Opening files.
//!
//! Preview 1 has no access modes: what the new descriptor is open for follows
//! from the rights asked for. Go and wasi-libc ask for every right they might
//! need, so rights are cut down to what the directory hands on rather than
//! refused, with two exceptions: a file asked for to be read or written is
//! opened for that or not at all.

use super::Wasi;
use super::errno::Errno;
use super::fdtable::{Descriptor, HostFd};
use super::types::{FileType, Rights, checked_flags, fdflags, follows, oflags};
use crate::guest::{Memory, Ptr};
use crate::policy::cpath::CPath;
use crate::policy::own::Own;
use crate::policy::resolver::Resolver;
use crate::preempt;
use rustix::fd::OwnedFd;
use rustix::fs::{FileType as HostType, Mode, OFlags, Stat, fcntl_setfl, fstat, ftruncate};
use rustix::io::retry_on_intr;
use rustix::termios::isatty;
use rustix::thread::clock_nanosleep_relative;
use rustix::time::{ClockId, Timespec};

/// Of a file that is made, before the umask.
const MODE: Mode = Mode::from_bits_retain(0o666);

/// How long to wait before others get their turn: what they lose each time.
const GIVING_WAY: Timespec = Timespec {
    tv_sec: 0,
    tv_nsec: 1_000_000,
};

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#path_open):
/// opens the file at a path and stores the lowest free descriptor for it.
///
/// `dirflags` says whether to follow a symbolic link at the end; `oflags` is
/// CREAT 1, DIRECTORY 2, EXCL 4, TRUNC 8; the rights are cut down to what `fd`
/// hands on.
///
/// A FIFO opens for reading at once, and it is the first read that waits for a
/// writer: waiting here would stop all goroutines, and Go can't ask for NONBLOCK
/// on wasip1. For writing it opens when somebody opens it for reading, as in
/// POSIX, unless `fdflags` has NONBLOCK (`ENXIO` then). Until that happens a
/// goroutine gets `EINTR` every millisecond and gives way to others; Go's os package
/// calls again (`ignoringEINTR` in os/file_unix.go). Other guests wait here.
///
/// # Errors
/// `EROFS` to write, create or truncate below a grant for reading only, once the
/// path is looked up, as on a file system mounted so; also to write or truncate the
/// executable ([`crate::policy::own`]);
/// `EACCES` to write, make or empty a file of procfs, or of another file system by which
/// the kernel is controlled, whichever grant it lies below;
/// `ENOTCAPABLE` when `fd` may not hand on reading or writing; `EISDIR` to write a
/// directory; `ELOOP` for a symbolic link not to be followed; `EEXIST`, `EINVAL`
/// for a flag that the specification doesn't have or DIRECTORY with CREAT,
/// `EMFILE`, `ENFILE`, `ENXIO`, `ENOSPC`, `ETXTBSY`, and those of looking up a path
/// (see [`path_filestat_get`](super::filestat::path_filestat_get)).
pub fn path_open(
    wasi: &mut Wasi,
    fd: u32,
    dirflags: u32,
    path: Ptr,
    path_len: u32,
    oflags: u32,
    rights_base: u64,
    rights_inheriting: u64,
    fdflags: u32,
    opened_fd: Ptr,
) -> Result<(), Errno> {
    let request = Request {
        follow: follows(dirflags)?,
        oflags: checked_flags(oflags, oflags::ALL)?,
        base: Rights(rights_base),
        inheriting: Rights(rights_inheriting),
        fdflags: checked_flags(fdflags, fdflags::ALL.into())? as u16,
    };
    let dir = wasi.fds.directory(fd, Rights::PATH_OPEN)?;
    let path = wasi.path(path, path_len)?;
    wasi.memory.expect_room(opened_fd, 4)?;
    request.check(dir)?;
    let host = Host {
        dir,
        resolver: &wasi.resolver,
        own: &wasi.own,
        path: &path,
    };
    let opened = request.open_patiently(&host, &mut wasi.memory)?;
    let descriptor = request.descriptor(&host, opened)?;
    let opened = wasi.fds.insert(descriptor)?;
    wasi.memory.write_u32(opened_fd, opened)
}

/// What a call finds on the host.
struct Host<'a> {
    dir: &'a Descriptor,
    resolver: &'a Resolver,
    own: &'a Own,
    path: &'a CPath,
}

impl Host<'_> {
    fn open(&self, flags: OFlags) -> Result<OwnedFd, Errno> {
        (self.resolver).open(self.dir.base(), self.path.as_c_str(), flags, MODE)
    }

    /// For a request that [`changes`](Request::changes) something.
    fn open_to_change(&self, flags: OFlags) -> Result<OwnedFd, Errno> {
        let (base, ordinary) = (self.dir.base(), !self.dir.is_control()?);
        (self.resolver).open_to_change(base, ordinary, self.path.as_c_str(), flags, MODE)
    }
}

/// The parameters of a call.
struct Request {
    follow: bool,
    oflags: u32,
    base: Rights,
    inheriting: Rights,
    fdflags: u16,
}

impl Request {
    fn has(&self, oflags: u32) -> bool {
        self.oflags & oflags == oflags
    }

    fn wants(&self, right: Rights) -> bool {
        self.base.contains(right)
    }

    /// Whether it is for changing what is in the file.
    fn writes(&self) -> bool {
        self.wants(Rights::FD_WRITE) || self.has(oflags::TRUNC)
    }

    /// Whether it may change anything at all.
    fn changes(&self) -> bool {
        self.writes() || self.has(oflags::CREAT)
    }

    /// Whether `dir` allows it, whatever the path.
    fn check(&self, dir: &Descriptor) -> Result<(), Errno> {
        if self.has(oflags::CREAT | oflags::DIRECTORY) {
            return Err(Errno::INVAL);
        }
        if dir.read_only && self.writes() {
            // Refused by `open`, which knows why.
            return Ok(());
        }
        if self.has(oflags::TRUNC) {
            dir.demand(Rights::PATH_FILESTAT_SET_SIZE)?;
        }
        // Below a grant for reading only a file that exists may be opened so.
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

    /// Opens the file, and does the waiting that the host was told not to do.
    fn open_patiently(&self, host: &Host<'_>, memory: &mut Memory) -> Result<OwnedFd, Errno> {
        match self.open(host, self.host_flags()) {
            // Somebody holds a lease on the file.
            Err(Errno::AGAIN) if self.adds_nonblock() => {}
            Err(Errno::NXIO) if self.adds_nonblock() && self.is_fifo(host)? => {
                if preempt::give_way(memory) {
                    let _ = clock_nanosleep_relative(ClockId::Monotonic, &GIVING_WAY);
                    return Err(Errno::GIVE_WAY);
                }
            }
            opened => return opened,
        }
        let patient = self.host_flags().difference(OFlags::NONBLOCK);
        self.open(host, patient)
    }

    fn open(&self, host: &Host<'_>, flags: OFlags) -> Result<OwnedFd, Errno> {
        if host.dir.read_only && self.writes() {
            return Err(self.refusal(host));
        }
        if !(host.dir.read_only && flags.contains(OFlags::CREATE)) {
            if !self.changes() {
                return host.open(flags);
            }
            // O_TRUNC would empty the file before anybody knows which one it is.
            let is_checked = self.writes() && !host.own.is_empty();
            let mut first = flags;
            first.set(OFlags::TRUNC, flags.contains(OFlags::TRUNC) && !is_checked);
            if is_checked && host.own.copied_up {
                self.refuse_before_copying(host)?;
            }
            let opened = host.open_to_change(first)?;
            if is_checked {
                self.refuse_or_truncate(host, &opened, flags)?;
            }
            return Ok(opened);
        }
        // What a file system mounted for reading only does with O_CREAT.
        let flags = flags.difference(OFlags::CREATE | OFlags::EXCL);
        match host.open(flags) {
            Ok(_) if self.has(oflags::EXCL) => Err(Errno::EXIST),
            Err(Errno::NOENT) => Err(Errno::ROFS),
            opened => opened,
        }
    }

    /// Refuses the executable where opening it for writing would make it another file.
    fn refuse_before_copying(&self, host: &Host<'_>) -> Result<(), Errno> {
        let path = host.path.as_c_str();
        match host.resolver.locate(host.dir.base(), path, self.follow) {
            Ok(file) => host.own.refuse(&fstat(&file)?),
            // Opening it says what is wrong.
            Err(_) => Ok(()),
        }
    }

    /// Refuses the executable, and does what O_TRUNC in `flags` does to other files.
    fn refuse_or_truncate(
        &self,
        host: &Host<'_>,
        opened: &OwnedFd,
        flags: OFlags,
    ) -> Result<(), Errno> {
        let stat = fstat(opened)?;
        host.own.refuse(&stat)?;
        match FileType::of(&stat) {
            _ if !flags.contains(OFlags::TRUNC) => Ok(()),
            FileType::RegularFile if self.wants(Rights::FD_WRITE) => {
                Ok(retry_on_intr(|| ftruncate(opened, 0))?)
            }
            // Which O_TRUNC does through a descriptor for reading, too.
            FileType::RegularFile => truncate_again(host, flags, &stat),
            FileType::Directory => Err(Errno::ISDIR),
            _ => Ok(()),
        }
    }

    /// What a file system mounted for reading only says to a request that
    /// [`writes`](Self::writes): `EROFS` comes last (Linux's fs/namei.c, `do_open`).
    /// The file is only located. Devices and FIFOs, which such a mount lets
    /// everybody write to, are refused as well.
    fn refusal(&self, host: &Host<'_>) -> Errno {
        let exclusive = self.has(oflags::CREAT | oflags::EXCL);
        let mut flags = OFlags::PATH;
        flags.set(OFlags::NOFOLLOW, !self.follow || exclusive);
        flags.set(OFlags::DIRECTORY, self.has(oflags::DIRECTORY));
        let file = match host.open(flags) {
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

    fn host_flags(&self) -> OFlags {
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
        let nonblock = self.fdflags & fdflags::NONBLOCK != 0 || self.adds_nonblock();
        flags.set(OFlags::NONBLOCK, nonblock);
        // Linux has no O_RSYNC of its own.
        let sync = fdflags::SYNC | fdflags::RSYNC;
        flags.set(OFlags::SYNC, self.fdflags & sync != 0);
        flags
    }

    /// The host doesn't wait although the guest would: a FIFO may be there. (To be
    /// read and written it opens at once.)
    fn adds_nonblock(&self) -> bool {
        let both = self.wants(Rights::FD_READ | Rights::FD_WRITE);
        !both && self.fdflags & fdflags::NONBLOCK == 0
    }

    fn is_fifo(&self, host: &Host<'_>) -> Result<bool, Errno> {
        let path = host.path.as_c_str();
        let itself = host.resolver.locate(host.dir.base(), path, self.follow)?;
        Ok(is_fifo(&fstat(itself)?))
    }

    fn descriptor(&self, host: &Host<'_>, opened: OwnedFd) -> Result<Descriptor, Errno> {
        let dir = host.dir;
        let stat = fstat(&opened)?;
        let filetype = FileType::of(&stat);
        let never_waits = is_fifo(&stat) && !self.wants(Rights::FD_WRITE);
        if self.adds_nonblock() && !never_waits && !filetype.never_blocks() {
            // It needs no patience to be opened, but to be read or written.
            fcntl_setfl(&opened, self.host_flags().difference(OFlags::NONBLOCK))?;
        }
        let is_terminal = filetype == FileType::CharacterDevice && isatty(&opened);
        // Go opens directories without this right and then creates files in
        // them with TRUNC (os.Root), so the right to create includes it.
        let implied = if self.wants(Rights::PATH_CREATE_FILE) {
            Rights::PATH_FILESTAT_SET_SIZE
        } else {
            Rights::NONE
        };
        let mut applicable = Rights::applicable(filetype, is_terminal);
        let is_kept = host.own.is_kept(&stat);
        if is_kept {
            // Linux lets who reads a file of his set its times.
            applicable = applicable.without(Rights::WRITING);
        }
        Ok(Descriptor {
            rights: (self.base | implied) & dir.inheriting & applicable,
            inheriting: self.inheriting & dir.inheriting,
            flags: self.fdflags,
            read_only: dir.read_only || is_kept,
            never_waits,
            ..Descriptor::new(HostFd::Owned(opened), filetype)
        })
    }
}

/// Empties the file that `stat` is of by its name once more: it isn't open for writing.
fn truncate_again(host: &Host<'_>, flags: OFlags, stat: &Stat) -> Result<(), Errno> {
    let writing = flags.intersection(OFlags::NOFOLLOW) | OFlags::WRONLY;
    let again = host.open_to_change(writing | OFlags::NOCTTY | OFlags::NONBLOCK)?;
    let found = fstat(&again)?;
    if (found.st_dev, found.st_ino) != (stat.st_dev, stat.st_ino) {
        // Somebody has put another file there since.
        return Err(Errno::AGAIN);
    }
    Ok(retry_on_intr(|| ftruncate(&again, 0))?)
}

fn is_fifo(stat: &Stat) -> bool {
    HostType::from_raw_mode(stat.st_mode) == HostType::Fifo
}

#[cfg(test)]
#[path = "path_open_tests.rs"]
mod tests;
