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
use crate::policy::resolver::Resolver;
use crate::preempt;
use rustix::fd::OwnedFd;
use rustix::fs::{FileType as HostType, Mode, OFlags, Stat, fcntl_setfl, fstat};
use rustix::termios::isatty;
use rustix::thread::clock_nanosleep_relative;
use rustix::time::{ClockId, Timespec};

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
/// path is looked up, as on a file system mounted so;
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
    let host = request.open_patiently(dir, &wasi.resolver, &path, &mut wasi.memory)?;
    let descriptor = request.descriptor(dir, host)?;
    let opened = wasi.fds.insert(descriptor)?;
    wasi.memory.write_u32(opened_fd, opened)
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
    fn open_patiently(
        &self,
        dir: &Descriptor,
        resolver: &Resolver,
        path: &CPath,
        memory: &mut Memory,
    ) -> Result<OwnedFd, Errno> {
        match self.open(dir, resolver, path, self.host_flags()) {
            // Somebody holds a lease on the file.
            Err(Errno::AGAIN) if self.adds_nonblock() => {}
            Err(Errno::NXIO) if self.adds_nonblock() && self.is_fifo(dir, resolver, path)? => {
                if preempt::give_way(memory) {
                    let _ = clock_nanosleep_relative(ClockId::Monotonic, &GIVING_WAY);
                    return Err(Errno::GIVE_WAY);
                }
            }
            opened => return opened,
        }
        let patient = self.host_flags().difference(OFlags::NONBLOCK);
        self.open(dir, resolver, path, patient)
    }

    fn open(
        &self,
        dir: &Descriptor,
        resolver: &Resolver,
        path: &CPath,
        flags: OFlags,
    ) -> Result<OwnedFd, Errno> {
        if dir.read_only && self.writes() {
            return Err(self.refusal(dir, resolver, path));
        }
        let mode = Mode::from_raw_mode(0o666);
        if !(dir.read_only && flags.contains(OFlags::CREATE)) {
            let (base, path) = (dir.base(), path.as_c_str());
            if self.changes() {
                let ordinary = !dir.is_control()?;
                return resolver.open_to_change(base, ordinary, path, flags, mode);
            }
            return resolver.open(base, path, flags, mode);
        }
        // What a file system mounted for reading only does with O_CREAT.
        let flags = flags.difference(OFlags::CREATE | OFlags::EXCL);
        match resolver.open(dir.base(), path.as_c_str(), flags, mode) {
            Ok(_) if self.has(oflags::EXCL) => Err(Errno::EXIST),
            Err(Errno::NOENT) => Err(Errno::ROFS),
            opened => opened,
        }
    }

    /// What a file system mounted for reading only says to a request that
    /// [`writes`](Self::writes): `EROFS` comes last (Linux's fs/namei.c, `do_open`).
    /// The file is only located. Devices and FIFOs, which such a mount lets
    /// everybody write to, are refused as well.
    fn refusal(&self, dir: &Descriptor, resolver: &Resolver, path: &CPath) -> Errno {
        let exclusive = self.has(oflags::CREAT | oflags::EXCL);
        let mut flags = OFlags::PATH;
        flags.set(OFlags::NOFOLLOW, !self.follow || exclusive);
        flags.set(OFlags::DIRECTORY, self.has(oflags::DIRECTORY));
        let located = resolver.open(dir.base(), path.as_c_str(), flags, Mode::empty());
        let file = match located {
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

    fn is_fifo(&self, dir: &Descriptor, resolver: &Resolver, path: &CPath) -> Result<bool, Errno> {
        let itself = resolver.locate(dir.base(), path.as_c_str(), self.follow)?;
        Ok(is_fifo(&fstat(itself)?))
    }

    fn descriptor(&self, dir: &Descriptor, host: OwnedFd) -> Result<Descriptor, Errno> {
        let stat = fstat(&host)?;
        let filetype = FileType::of(&stat);
        let never_waits = is_fifo(&stat) && !self.wants(Rights::FD_WRITE);
        if self.adds_nonblock() && !never_waits && !filetype.never_blocks() {
            // It needs no patience to be opened, but to be read or written.
            fcntl_setfl(&host, self.host_flags().difference(OFlags::NONBLOCK))?;
        }
        let is_terminal = filetype == FileType::CharacterDevice && isatty(&host);
        // Go opens directories without this right and then creates files in
        // them with TRUNC (os.Root), so the right to create includes it.
        let implied = if self.wants(Rights::PATH_CREATE_FILE) {
            Rights::PATH_FILESTAT_SET_SIZE
        } else {
            Rights::NONE
        };
        let applicable = Rights::applicable(filetype, is_terminal);
        Ok(Descriptor {
            rights: (self.base | implied) & dir.inheriting & applicable,
            inheriting: self.inheriting & dir.inheriting,
            flags: self.fdflags,
            read_only: dir.read_only,
            never_waits,
            ..Descriptor::new(HostFd::Owned(host), filetype)
        })
    }
}

fn is_fifo(stat: &Stat) -> bool {
    HostType::from_raw_mode(stat.st_mode) == HostType::Fifo
}

#[cfg(test)]
#[path = "path_open_tests.rs"]
mod tests;
