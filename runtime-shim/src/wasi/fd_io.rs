//! Reading and writing.
//!
//! Invariants:
//!
//! * The open file descriptions of 0, 1 and 2 came from the parent process and may be shared
//!   with it (a terminal, a pipe), so their flags are never changed.
//! * On 0, 1 and 2 reading waits unless the *guest* has set NONBLOCK, whatever O_NONBLOCK the
//!   parent has set: there is a `poll` before the read.
//! * On 0, 1 and 2 writing writes everything. Go's runtime prints a panic by this call and
//!   treats a short write as fatal, and readiness promises nothing about a large write to a
//!   pipe.
//! * All other descriptors are the guest's own, and the kernel's O_NONBLOCK is their NONBLOCK.
//!   Only FIFOs to be read always have O_NONBLOCK, and reading waits as it does on 0.

use super::Wasi;
use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, HostFd};
use crate::abi::guest_memory::{Batch, IoVector, Memory, Ptr};
use crate::abi::rights::Rights;
use crate::{signals, traps};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fd::AsFd;
use rustix::io::{Errno as Host, preadv, pwritev, readv, retry_on_intr, writev};
use rustix::process::Signal;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_read):
/// reads into the buffers of the vector, in order, and stores the number of
/// bytes; 0 at the end.
///
/// # Errors
/// `EBADF` when `fd` isn't open for reading, `EISDIR` for a directory, `EAGAIN`
/// when NONBLOCK is set and no data is there, `EINVAL` when the lengths exceed
/// 32 bits, `EIO`.
pub fn fd_read(
    wasi: &mut Wasi,
    fd: u32,
    iovs: Ptr,
    iovs_len: u32,
    nread: Ptr,
) -> Result<(), Errno> {
    let descriptor = wasi.fds.file(fd, Rights::FD_READ)?;
    let mut batch = first_batch(&mut wasi.memory, iovs, iovs_len, nread)?;
    let count = read(descriptor, &mut batch)?;
    wasi.memory.write_u32(nread, count as u32)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_pread):
/// reads as [`fd_read`] does, at `offset` and without moving the position.
///
/// # Errors
/// Those of [`fd_read`]; `ESPIPE` for pipes, sockets and terminals; `EINVAL` for
/// an offset of more than 63 bits.
pub fn fd_pread(
    wasi: &mut Wasi,
    fd: u32,
    iovs: Ptr,
    iovs_len: u32,
    offset: u64,
    nread: Ptr,
) -> Result<(), Errno> {
    let descriptor = wasi.fds.file(fd, Rights::FD_READ)?;
    descriptor.demand_offset()?;
    let mut batch = first_batch(&mut wasi.memory, iovs, iovs_len, nread)?;
    let count = retry_on_intr(|| preadv(&descriptor.host, batch.as_io_slices_mut(), offset))?;
    wasi.memory.write_u32(nread, count as u32)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_write):
/// writes the buffers of the vector, in order, and stores the number of bytes.
/// On 0, 1 and 2 it writes all of them.
///
/// # Errors
/// `EBADF` when `fd` isn't open for writing, `EISDIR` for a directory, `EAGAIN`
/// when NONBLOCK is set and there is no room, `EINVAL` when the lengths exceed
/// 32 bits, `EPIPE` when nobody reads (on 1 and 2 the process dies by SIGPIPE instead, as
/// native Go does, unless the program catches or ignores SIGPIPE), `ENOSPC`, `EDQUOT`, `EFBIG`, `EIO`.
pub fn fd_write(
    wasi: &mut Wasi,
    fd: u32,
    iovs: Ptr,
    iovs_len: u32,
    nwritten: Ptr,
) -> Result<(), Errno> {
    let descriptor = wasi.fds.file(fd, Rights::FD_WRITE)?;
    let count = if descriptor.stdio.is_some() {
        wasi.memory.expect_room(nwritten, 4)?;
        let vector = wasi.memory.io_vector(iovs, iovs_len)?;
        write_all(descriptor, &mut wasi.memory, vector)?
    } else {
        let batch = first_batch(&mut wasi.memory, iovs, iovs_len, nwritten)?;
        retry_on_intr(|| writev(&descriptor.host, batch.as_io_slices()))?
    };
    wasi.memory.write_u32(nwritten, count as u32)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_pwrite):
/// writes as [`fd_write`] does, at `offset` and without moving the position. As
/// in Linux, a file open with APPEND is written at its end all the same.
///
/// # Errors
/// Those of [`fd_write`]; `ESPIPE` for pipes, sockets, terminals and standard streams;
/// `EINVAL` for an offset of more than 63 bits.
pub fn fd_pwrite(
    wasi: &mut Wasi,
    fd: u32,
    iovs: Ptr,
    iovs_len: u32,
    offset: u64,
    nwritten: Ptr,
) -> Result<(), Errno> {
    let descriptor = wasi.fds.file(fd, Rights::FD_WRITE)?;
    descriptor.demand_offset()?;
    let batch = first_batch(&mut wasi.memory, iovs, iovs_len, nwritten)?;
    let count = retry_on_intr(|| pwritev(&descriptor.host, batch.as_io_slices(), offset))?;
    wasi.memory.write_u32(nwritten, count as u32)
}

/// The buffers of a vector that one system call can take. Checks first that the number of
/// bytes can be stored at `count`.
pub(super) fn first_batch(
    memory: &mut Memory,
    iovs: Ptr,
    iovs_len: u32,
    count: Ptr,
) -> Result<Batch<'_>, Errno> {
    memory.expect_room(count, 4)?;
    memory.io_vector(iovs, iovs_len)?.batch(memory, &mut 0)
}

/// Reads once. Waits for data unless the guest has set NONBLOCK.
///
/// Linux's read of a FIFO returns 0 bytes, the end of file, even if nobody has opened the FIFO
/// for writing yet. `poll` tells the two cases apart: it reports a hangup only if the FIFO had
/// writers (`pipe_poll` in fs/pipe.c).
fn read(descriptor: &Descriptor, batch: &mut Batch<'_>) -> Result<usize, Errno> {
    let host = &descriptor.host;
    let emulates = descriptor.emulates_nonblock();
    if emulates && descriptor.nonblocking() && !is_ready(host, PollFlags::IN) {
        return Err(Errno::AGAIN);
    }
    while descriptor.never_waits && !descriptor.nonblocking() && !is_ready(host, PollFlags::IN) {
        wait(host, PollFlags::IN);
    }
    loop {
        let read = match host {
            HostFd::Special(fd, special) => (special.read)(fd.as_fd(), batch),
            _ => readv(host, batch.as_io_slices_mut()),
        };
        match read {
            Err(Host::INTR) => {}
            Err(Host::AGAIN) if emulates && !descriptor.nonblocking() => {
                wait(host, PollFlags::IN);
            }
            result => return Ok(result?),
        }
    }
}

/// Writes all of `vector` and returns the number of bytes. The number is smaller than the
/// vector only if an error stops the write halfway; the next write will meet the error again.
fn write_all(
    descriptor: &Descriptor,
    memory: &mut Memory,
    vector: IoVector,
) -> Result<usize, Errno> {
    let (mut next, mut done) = (0, 0);
    loop {
        let mut batch = vector.batch(memory, &mut next)?;
        if batch.is_empty() {
            return Ok(done);
        }
        while !batch.is_empty() {
            match writev(&descriptor.host, batch.as_io_slices()) {
                Ok(count) => {
                    done += count;
                    batch.advance(count);
                }
                Err(Host::INTR) => {}
                // The parent has set O_NONBLOCK.
                Err(Host::AGAIN) => wait(&descriptor.host, PollFlags::OUT),
                Err(Host::PIPE)
                    if matches!(descriptor.stdio, Some(1 | 2)) && signals::pipe_kills() =>
                {
                    traps::die_by(Signal::PIPE)
                }
                Err(_) if done > 0 => return Ok(done),
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Whether `what` wouldn't wait. An operation that would fail at once doesn't wait either.
pub(super) fn is_ready(host: &impl AsFd, what: PollFlags) -> bool {
    let now = Timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    let mut entry = [PollFd::new(host, what)];
    loop {
        match poll(&mut entry, Some(&now)) {
            Err(Host::INTR) => {}
            Ok(0) => return false,
            _ => return true,
        }
    }
}

/// Waits until `what` can be done. May return early: callers try again.
fn wait(host: &impl AsFd, what: PollFlags) {
    let _ = poll(&mut [PollFd::new(host, what)], None);
}

#[cfg(test)]
#[path = "fd_io_tests.rs"]
mod tests;
