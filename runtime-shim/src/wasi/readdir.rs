//! Directory entries.

use super::Wasi;
use super::errno::Errno;
use super::types::{FileType, Rights};
use crate::guest::Ptr;
use core::mem::MaybeUninit;
use rustix::fd::AsFd;
use rustix::fs::{
    AtFlags, FileType as HostType, RawDir, RawDirEntry, SeekFrom, fstat, seek, statat,
};

/// Size of a `dirent` in bytes; the name follows it.
const DIRENT_SIZE: usize = 24;

/// Entries are fetched from the kernel in portions of at most this many bytes,
/// which is what Go asks for at a time.
const PORTION: usize = 8192;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_readdir):
/// writes entries from the one with `cookie` on (0: the first), `.` and `..`
/// among them, each a 24-byte record and its name, and stores the bytes used.
/// The last may be cut off; when fewer than `buf_len` bytes are used, the
/// directory has ended. Cookies are the host's positions, so they survive what
/// others do to the directory as well as those do. The inode of `..` is the
/// directory's own: what is above it may not be the guest's to know.
///
/// # Errors
/// `ENOTDIR`, `EINVAL` for a cookie that isn't one, `EIO`.
pub fn fd_readdir(
    wasi: &mut Wasi,
    fd: u32,
    buf: Ptr,
    buf_len: u32,
    cookie: u64,
    bufused: Ptr,
) -> Result<(), Errno> {
    wasi.fds.directory(fd, Rights::FD_READDIR)?;
    let dir = wasi.fds.get_mut(fd)?;
    wasi.memory.expect_room(bufused, 4)?;
    let mut out = Buffer {
        bytes: wasi.memory.bytes_mut(buf, buf_len)?,
        used: 0,
    };
    let position = dir.dir_position.take();
    if position != Some(cookie) {
        seek(&dir.host, SeekFrom::Start(cookie))?;
    }
    let mut portion = [MaybeUninit::uninit(); PORTION];
    // No more than fits, so that little is fetched twice; but one entry always.
    let wanted = (buf_len as usize).clamp(512, PORTION);
    let mut entries = RawDir::new(&dir.host, &mut portion[..wanted]);
    let mut reached = cookie;
    while !out.is_full() {
        let Some(entry) = entries.next() else { break };
        let entry = entry?;
        out.push(&dir.host, &entry);
        reached = entry.next_entry_cookie();
    }
    // The host's position, if all that was fetched has been used.
    if entries.is_buffer_empty() {
        dir.dir_position = Some(reached);
    }
    let used = out.used as u32;
    wasi.memory.write_u32(bufused, used)
}

/// The guest's buffer.
struct Buffer<'a> {
    bytes: &'a mut [u8],
    used: usize,
}

impl Buffer<'_> {
    fn is_full(&self) -> bool {
        self.used == self.bytes.len()
    }

    /// Appends an entry, or as much of it as fits.
    fn push(&mut self, dir: &impl AsFd, entry: &RawDirEntry<'_>) {
        let name = entry.file_name().to_bytes();
        let mut record = [0; DIRENT_SIZE];
        record[0..8].copy_from_slice(&entry.next_entry_cookie().to_le_bytes());
        let ino = match name {
            b".." => fstat(dir).map_or(0, |stat| stat.st_ino),
            _ => entry.ino(),
        };
        record[8..16].copy_from_slice(&ino.to_le_bytes());
        record[16..20].copy_from_slice(&(name.len() as u32).to_le_bytes());
        record[20] = filetype(dir, entry) as u8;
        self.append(&record);
        self.append(name);
    }

    fn append(&mut self, bytes: &[u8]) {
        let room = &mut self.bytes[self.used..];
        let count = room.len().min(bytes.len());
        room[..count].copy_from_slice(&bytes[..count]);
        self.used += count;
    }
}

/// The type of an entry, asked of the file where the file system doesn't say.
fn filetype(dir: &impl AsFd, entry: &RawDirEntry<'_>) -> FileType {
    match entry.file_type() {
        HostType::Unknown => statat(dir, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)
            .map_or(FileType::Unknown, |stat| FileType::of(&stat)),
        known => known.into(),
    }
}

#[cfg(test)]
#[path = "readdir_tests.rs"]
mod tests;
