//! Calls on a descriptor itself: closing, renumbering, position, synchronising, advice.

use super::Wasi;
use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use core::num::NonZeroU64;
use rustix::fs::{Advice, FallocateFlags, SeekFrom, fadvise, fallocate, fdatasync, fsync, seek};
use rustix::io::retry_on_intr;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_close):
/// closes `fd`, even if it returns an error.
///
/// # Errors
/// `EBADF`; `EIO`, `ENOSPC` or `EDQUOT` when what was written before is lost.
pub fn fd_close(wasi: &mut Wasi, fd: u32) -> Result<(), Errno> {
    Ok(wasi.fds.remove(fd)?.host.close()?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_renumber):
/// moves `fd` to the number of the open descriptor `to`, which is closed.
///
/// # Errors
/// `EBADF` when either isn't open.
pub fn fd_renumber(wasi: &mut Wasi, fd: u32, to: u32) -> Result<(), Errno> {
    wasi.fds.renumber(fd, to)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_sync):
/// writes a file's data and metadata to the disk.
///
/// # Errors
/// `EINVAL` for a file that can't be synchronised, `EIO`, `ENOSPC`, `EDQUOT`.
pub fn fd_sync(wasi: &mut Wasi, fd: u32) -> Result<(), Errno> {
    let descriptor = wasi.fds.get(fd)?;
    // No stream has this right, so it isn't asked for: the kernel answers EINVAL.
    if Rights::applicable(descriptor.filetype, false).contains(Rights::FD_SYNC) {
        descriptor.demand(Rights::FD_SYNC)?;
    }
    Ok(retry_on_intr(|| fsync(&descriptor.host))?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_datasync):
/// writes a file's data to the disk.
///
/// # Errors
/// `EISDIR` for a directory, and those of [`fd_sync`].
pub fn fd_datasync(wasi: &mut Wasi, fd: u32) -> Result<(), Errno> {
    let descriptor = wasi.fds.file(fd, Rights::NONE)?;
    if Rights::applicable(descriptor.filetype, false).contains(Rights::FD_DATASYNC) {
        descriptor.demand(Rights::FD_DATASYNC)?;
    }
    Ok(retry_on_intr(|| fdatasync(&descriptor.host))?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_seek):
/// moves the position by `offset`, a signed number, from the start (0), the
/// position (1) or the end (2), and stores the new one.
///
/// # Errors
/// `ESPIPE` for pipes, sockets, terminals and a standard stream that is open for writing,
/// `EISDIR` for directories, `EINVAL` for another `whence` or a place before the start.
pub fn fd_seek(
    wasi: &mut Wasi,
    fd: u32,
    offset: u64,
    whence: u32,
    newoffset: Ptr,
) -> Result<(), Errno> {
    let from = match whence {
        0 => SeekFrom::Start(offset),
        1 => SeekFrom::Current(offset as i64),
        2 => SeekFrom::End(offset as i64),
        _ => return Err(Errno::INVAL),
    };
    let right = match from {
        SeekFrom::Current(0) => Rights::FD_TELL,
        _ => Rights::FD_SEEK,
    };
    move_to(wasi, fd, from, right, newoffset)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_tell):
/// stores the position.
///
/// # Errors
/// `ESPIPE` for pipes, sockets and terminals, `EISDIR` for directories.
pub fn fd_tell(wasi: &mut Wasi, fd: u32, offset: Ptr) -> Result<(), Errno> {
    move_to(wasi, fd, SeekFrom::Current(0), Rights::FD_TELL, offset)
}

fn move_to(
    wasi: &mut Wasi,
    fd: u32,
    from: SeekFrom,
    right: Rights,
    result: Ptr,
) -> Result<(), Errno> {
    let descriptor = wasi.fds.file(fd, Rights::NONE)?;
    descriptor.demand_position(right)?;
    wasi.memory.expect_room(result, 8)?;
    let position = seek(&descriptor.host, from)?;
    wasi.memory.write_u64(result, position)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_advise):
/// tells the kernel how the `len` bytes from `offset` on will be used (0 means all
/// bytes that follow); `advice` is 0 normal, 1 sequential, 2 random, 3 soon, 4 not
/// soon, 5 once.
///
/// # Errors
/// `EINVAL` for another advice or an offset of more than 63 bits, `ESPIPE` for
/// a pipe, `EISDIR` for a directory.
pub fn fd_advise(
    wasi: &mut Wasi,
    fd: u32,
    offset: u64,
    len: u64,
    advice: u32,
) -> Result<(), Errno> {
    let advice = match advice {
        0 => Advice::Normal,
        1 => Advice::Sequential,
        2 => Advice::Random,
        3 => Advice::WillNeed,
        4 => Advice::DontNeed,
        5 => Advice::NoReuse,
        _ => return Err(Errno::INVAL),
    };
    let descriptor = wasi.fds.file(fd, Rights::FD_ADVISE)?;
    if i64::try_from(offset).is_err() || i64::try_from(len).is_err() {
        return Err(Errno::INVAL);
    }
    Ok(fadvise(
        &descriptor.host,
        offset,
        NonZeroU64::new(len),
        advice,
    )?)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_allocate):
/// reserves room on the disk for the `len` bytes from `offset` on.
///
/// # Errors
/// `EINVAL` when `len` is 0 or a number has more than 63 bits, `EBADF` when the
/// file isn't open for writing, `EFBIG`, `ENOSPC`, `EISDIR` for a directory,
/// `ENOTSUP` where the file system can't.
pub fn fd_allocate(wasi: &mut Wasi, fd: u32, offset: u64, len: u64) -> Result<(), Errno> {
    let descriptor = wasi.fds.file(fd, Rights::FD_ALLOCATE)?;
    Ok(retry_on_intr(|| {
        fallocate(&descriptor.host, FallocateFlags::empty(), offset, len)
    })?)
}
