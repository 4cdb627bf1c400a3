//! A descriptor's kind, flags and rights, and the names of the granted directories.

use super::Wasi;
use crate::abi::errno::Errno;
use crate::abi::fdtable::Preopen;
use crate::abi::guest_memory::Ptr;
use crate::abi::rights::Rights;
use crate::abi::types::{checked_flags, fdflags};
use rustix::fs::{OFlags, fcntl_setfl};

/// A `preopentype` that the specification doesn't have: see [`fd_prestat_get`].
const PREOPENTYPE_LISTENER: u64 = 1;

/// Size of an `fdstat` in bytes.
const FDSTAT_SIZE: usize = 24;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_fdstat_get):
/// stores type, flags and rights of `fd`, 24 bytes.
///
/// # Errors
/// `EBADF`.
pub fn fd_fdstat_get(wasi: &mut Wasi, fd: u32, stat: Ptr) -> Result<(), Errno> {
    let descriptor = wasi.fds.get(fd)?;
    let mut record = [0; FDSTAT_SIZE];
    record[0] = descriptor.filetype as u8;
    record[2..4].copy_from_slice(&descriptor.flags.to_le_bytes());
    record[8..16].copy_from_slice(&descriptor.rights.0.to_le_bytes());
    record[16..24].copy_from_slice(&descriptor.inheriting.0.to_le_bytes());
    wasi.memory.write(stat, &record)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_fdstat_set_flags):
/// changes APPEND and NONBLOCK. The process may share the open file descriptions of 0, 1
/// and 2 with others. So NONBLOCK of 0, 1 and 2 is kept in the table and emulated. The same
/// holds for FIFOs that are read.
///
/// # Errors
/// `EINVAL` for a flag that the specification doesn't have; `ENOTSUP` to change a
/// synchronising flag, which Linux can't change, or APPEND on 0, 1 or 2.
pub fn fd_fdstat_set_flags(wasi: &mut Wasi, fd: u32, flags: u32) -> Result<(), Errno> {
    let flags = checked_flags(flags, fdflags::ALL.into())? as u16;
    let descriptor = wasi.fds.get_mut(fd)?;
    descriptor.demand(Rights::FD_FDSTAT_SET_FLAGS)?;
    let changed = flags ^ descriptor.flags;
    if changed & !descriptor.changeable_flags() != 0 {
        return Err(Errno::NOTSUP);
    }
    // Go sets NONBLOCK on every file that it opens. It makes no difference to a file that
    // never blocks, and a FIFO that is read has it already: no system call is needed.
    let idle = if descriptor.never_waits || descriptor.filetype.never_blocks() {
        fdflags::NONBLOCK
    } else {
        0
    };
    if descriptor.stdio.is_none() && changed & !idle != 0 {
        let mut host = OFlags::empty();
        host.set(OFlags::APPEND, flags & fdflags::APPEND != 0);
        let nonblock = descriptor.never_waits || flags & fdflags::NONBLOCK != 0;
        host.set(OFlags::NONBLOCK, nonblock);
        fcntl_setfl(&descriptor.host, host)?;
    }
    descriptor.flags = flags;
    Ok(())
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_fdstat_set_rights):
/// gives up all rights of `fd` but these.
///
/// # Errors
/// `ENOTCAPABLE` when `fd` lacks one of them.
pub fn fd_fdstat_set_rights(
    wasi: &mut Wasi,
    fd: u32,
    base: u64,
    inheriting: u64,
) -> Result<(), Errno> {
    let descriptor = wasi.fds.get_mut(fd)?;
    descriptor.give_up(Rights(base), Rights(inheriting))
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_prestat_get):
/// stores the kind of a granted resource, 0 for a directory and 1 for a listening
/// socket, and the length of a directory's name, 8 bytes.
///
/// The specification has no kind but directories. Programs ask about one number after
/// the other until they get `EBADF`, and all of them skip a kind that they don't know: Go
/// (`syscall/fs_wasip1.go`, 1.21 to 1.27) and wasi-libc
/// (`libc-bottom-half/sources/preopens.c`). An errno would not do: wasi-libc exits for
/// any errno but `EBADF`, for instance `ENOTDIR`.
///
/// # Errors
/// `EBADF` when `fd` isn't open or wasn't granted.
pub fn fd_prestat_get(wasi: &mut Wasi, fd: u32, prestat: Ptr) -> Result<(), Errno> {
    let record = match wasi.fds.get(fd)?.preopen {
        Some(Preopen::Listener) => PREOPENTYPE_LISTENER,
        Some(preopen) => (preopen.name().ok_or(Errno::BADF)?.len() as u64) << 32,
        None => return Err(Errno::BADF),
    };
    wasi.memory.write_u64(prestat, record)
}

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_prestat_dir_name):
/// writes the name of a granted directory, without a NUL.
///
/// # Errors
/// `ENAMETOOLONG` when it is longer than `path_len`; `EBADF` when `fd` isn't
/// open or isn't a granted directory.
pub fn fd_prestat_dir_name(
    wasi: &mut Wasi,
    fd: u32,
    path: Ptr,
    path_len: u32,
) -> Result<(), Errno> {
    let preopen = wasi.fds.get(fd)?.preopen;
    let name = preopen.and_then(Preopen::name).ok_or(Errno::BADF)?;
    wasi.memory.expect_room(path, path_len)?;
    if name.len() > path_len as usize {
        return Err(Errno::NAMETOOLONG);
    }
    wasi.memory.write(path, name)
}
