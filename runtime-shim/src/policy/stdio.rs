//! The descriptors 0, 1 and 2, with which the process was started.
//!
//! Invariants: they are streams, whatever they lead to, and have no right that would change
//! the output of others. A file that one of them leads to isn't granted, and others may write
//! to it before, meanwhile and after (`>> log`, `{ one; other; } > log`). So the file is read
//! or written from its position on, and that is all: it gets no size, no room on the disk and
//! no times, and if it is open for writing, the position can't be moved back over what others
//! have written.

use super::FIRST_PREOPEN;
use super::own::Own;
use crate::abi::fdtable::{Descriptor, FdTable, HostFd, inert};
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, fdflags};
use core::mem::ManuallyDrop;
use rustix::fd::{BorrowedFd, FromRawFd, IntoRawFd, OwnedFd, RawFd};
use rustix::fs::{CWD, Mode, OFlags, Stat, fcntl_getfl, fstat, openat};
use rustix::io::Errno as Host;
use rustix::net::{SocketType, sockopt::socket_type};
use rustix::termios::isatty;

/// Puts 0, 1 and 2 in an empty table. A descriptor that the parent has closed becomes
/// /dev/null, as in native Go.
///
/// # Errors
/// When the number of a closed descriptor can't be occupied: the next file opened would be
/// taken for standard output.
pub fn open_standard(fds: &mut FdTable) -> Result<(), Host> {
    for number in 0..3u8 {
        let host = RawFd::from(number);
        // SAFETY: the number is only passed to `fstat`, which fails if it isn't open.
        let stat = match fstat(unsafe { BorrowedFd::borrow_raw(host) }) {
            Err(Host::BADF) => occupy(host)?,
            stat => stat?,
        };
        // SAFETY: open by now, and owned by nobody else: nothing but the table
        // closes 0, 1 or 2, and the messages that go to 2 merely borrow it.
        let fd = ManuallyDrop::new(unsafe { OwnedFd::from_raw_fd(host) });
        let filetype = match FileType::of(&stat) {
            FileType::SocketStream if socket_type(&*fd) == Ok(SocketType::DGRAM) => {
                FileType::SocketDgram
            }
            filetype => filetype,
        };
        let got = fds.insert(standard(fd, filetype, number));
        assert!(got == Ok(number.into()), "BUG: the table wasn't empty");
    }
    Ok(())
}

/// Opens /dev/null, or an inert descriptor if that fails, under the number `host`, the lowest
/// that is free. Returns the opened file's attributes.
fn occupy(host: RawFd) -> Result<Stat, Host> {
    let opened = match openat(CWD, c"/dev/null", OFlags::RDWR, Mode::empty()) {
        Err(_) => inert()?,
        Ok(fd) => fd,
    };
    let stat = fstat(&opened)?;
    if opened.into_raw_fd() == host {
        Ok(stat)
    } else {
        Err(Host::BADF)
    }
}

/// The rights to change a file by other means than writing to it. (When times are set, Linux
/// checks the file's owner only, not what the descriptor is open for.)
pub const CHANGES: Rights = Rights::WRITING.without(Rights::FD_WRITE);

fn standard(fd: ManuallyDrop<OwnedFd>, filetype: FileType, number: u8) -> Descriptor {
    let host_flags = fcntl_getfl(&*fd).unwrap_or(OFlags::RDWR);
    // FD_TELL stays: wasi-libc's `isatty` looks for FD_SEEK or FD_TELL.
    let mut withheld = match host_flags & OFlags::RWMODE {
        OFlags::RDONLY => Rights::FD_WRITE,
        OFlags::WRONLY => Rights::FD_READ | Rights::FD_SEEK,
        _ => Rights::FD_SEEK,
    } | CHANGES;
    if filetype == FileType::Directory {
        // A directory that a stream was redirected from is not granted.
        withheld = Rights::DIRECTORY.without(Rights::FD_FILESTAT_GET);
    }
    let is_terminal = filetype == FileType::CharacterDevice && isatty(&*fd);
    let mut flags = 0;
    for (bit, flag) in [
        (OFlags::APPEND, fdflags::APPEND),
        (OFlags::DSYNC, fdflags::DSYNC),
        (OFlags::SYNC, fdflags::SYNC),
    ] {
        if host_flags.contains(bit) {
            flags |= flag;
        }
    }
    Descriptor {
        rights: Rights::applicable(filetype, is_terminal).without(withheld),
        flags,
        stdio: Some(number),
        ..Descriptor::new(HostFd::Standard(fd), filetype)
    }
}

impl Descriptor {
    /// The `fdflags` that the guest may change. Linux can change two. The flags of 0, 1 and 2
    /// may be shared with other processes: there only NONBLOCK, which is emulated.
    pub fn changeable_flags(&self) -> u16 {
        match self.stdio {
            Some(_) => fdflags::NONBLOCK,
            None => fdflags::NONBLOCK | fdflags::APPEND,
        }
    }
}

/// Takes from standard input, output and error the rights that would change the
/// executable, if they are the executable.
pub fn keep_executable(own: &Own, fds: &mut FdTable) {
    for number in (0..FIRST_PREOPEN).take_while(|_| !own.is_empty()) {
        if let Ok(descriptor) = fds.get_mut(number)
            && descriptor.filetype == FileType::RegularFile
            && fstat(&descriptor.host).is_ok_and(|stat| own.is_kept(&stat))
        {
            descriptor.rights = descriptor.rights.without(Rights::WRITING);
        }
    }
}

#[cfg(test)]
#[path = "stdio_tests.rs"]
mod tests;
