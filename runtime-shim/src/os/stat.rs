//! Attributes of files with mode and owner.

use crate::abi::errno::Errno;
use crate::abi::guest_memory::Ptr;
use crate::abi::types::FileType;
use crate::wasi::Wasi;
use crate::wasi::filestat::{FILESTAT_SIZE, filestat, look, look_at};
use rustix::fs::Stat;
use wasi_aot_contract::os::{SEEN_MODE_BITS, STAT_MODE, STAT_SIZE};

/// Stores the attributes of an open file, 80 bytes ([`STAT_SIZE`]).
///
/// # Errors
/// Those of [`fd_filestat_get`](crate::wasi::filestat::fd_filestat_get).
pub fn fd_stat(wasi: &mut Wasi, fd: u32, stat: Ptr) -> Result<(), Errno> {
    let (found, filetype) = look(wasi, fd)?;
    wasi.memory.write(stat, &record(&found, filetype))
}

/// Stores the attributes of the file at a path, 80 bytes ([`STAT_SIZE`]). If the path ends in a
/// symbolic link, these are the link's own attributes unless `flags` says to follow the link.
///
/// # Errors
/// Those of [`path_filestat_get`](crate::wasi::filestat::path_filestat_get).
pub fn path_stat(
    wasi: &mut Wasi,
    fd: u32,
    flags: u32,
    path: Ptr,
    path_len: u32,
    stat: Ptr,
) -> Result<(), Errno> {
    let found = look_at(wasi, fd, flags, path, path_len)?;
    let record = record(&found, FileType::of(&found));
    wasi.memory.write(stat, &record)
}

fn record(stat: &Stat, filetype: FileType) -> [u8; STAT_SIZE] {
    let mut record = [0; STAT_SIZE];
    record[..FILESTAT_SIZE].copy_from_slice(&filestat(stat, filetype));
    let more = [stat.st_mode & SEEN_MODE_BITS, stat.st_uid, stat.st_gid];
    for (at, number) in (STAT_MODE..).step_by(4).zip(more) {
        record[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    record
}

const _: () = assert!(FILESTAT_SIZE == STAT_MODE);
