//! Directory entries.
//!
//! The kernel hands entries out in portions, of which the guest's buffer may not
//! take the last ones. Those are kept for the next call, so that a listing that
//! just goes on never moves the host's position: on file systems whose positions
//! are mere counts (tmpfs before Linux 6.6, ramfs) going back to one after somebody
//! has removed a file would skip others.

use super::Wasi;
use super::errno::Errno;
use super::types::{FileType, Rights};
use crate::guest::Ptr;
use crate::pages::PageArray;
use core::mem::MaybeUninit;
use core::ops::Range;
use rustix::fd::AsFd;
use rustix::fs::{
    AtFlags, FileType as HostType, RawDir, RawDirEntry, SeekFrom, fstat, seek, statat,
};

/// Size of a `dirent` in bytes; the name follows it.
const DIRENT_SIZE: usize = 24;

/// Entries are fetched from the kernel in portions of at most this many bytes,
/// which is what Go asks for at a time.
const PORTION: usize = 8192;

/// The same entries as the guest gets them. A record of Linux's takes a header of
/// 19 bytes, the name, a NUL and what makes it a multiple of 8, so at least 24
/// bytes; ours is at most 4 bytes longer.
const RECORDS: usize = PORTION + PORTION / 24 * 4;

/// [Spec](https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md#fd_readdir):
/// writes entries from the one with `cookie` on (0: the first), `.` and `..`
/// among them, each a 24-byte record and its name, and stores the bytes used.
/// The last may be cut off; when fewer than `buf_len` bytes are used, the
/// directory has ended. Cookies are the host's positions, so they survive what
/// others do to the directory as well as those do; a listing that continues
/// where the last call ended loses nothing and repeats nothing. The inode of `..` is
/// the directory's own: what is above it may not be the guest's to know.
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
    dir.listing.list(&dir.host, cookie, &mut out)?;
    let used = out.used as u32;
    wasi.memory.write_u32(bufused, used)
}

/// How far a directory has been listed.
pub struct Listing {
    /// The cookie behind the last entry that the guest has got whole. `None` when
    /// a call failed halfway.
    reached: Option<u64>,
    /// Records behind it that the host has handed out, in `kept`.
    records: PageArray<u8>,
    kept: Range<usize>,
}

impl Listing {
    /// Of a directory just opened.
    pub const fn new() -> Self {
        Self {
            reached: Some(0),
            records: PageArray::new(),
            kept: 0..0,
        }
    }

    /// Fills `out` with the entries from `cookie` on.
    fn list(&mut self, dir: &impl AsFd, cookie: u64, out: &mut Buffer<'_>) -> Result<(), Errno> {
        if self.reached.take() != Some(cookie) {
            self.kept = 0..0;
            seek(dir, SeekFrom::Start(cookie))?;
        }
        let mut reached = cookie;
        while !self.kept.is_empty() && !out.is_full() {
            let record = Record::parse(self.kept_bytes());
            let len = record.len();
            if out.push(&record) {
                reached = record.cookie;
                self.kept.start += len;
            }
        }
        if self.kept.is_empty() {
            reached = self.fetch(dir, out)?.unwrap_or(reached);
        }
        self.reached = Some(reached);
        Ok(())
    }

    /// Goes on with entries from the host; the cookie behind the last that fitted
    /// whole. The others of its portion are kept.
    fn fetch(&mut self, dir: &impl AsFd, out: &mut Buffer<'_>) -> Result<Option<u64>, Errno> {
        let mut portion = [MaybeUninit::uninit(); PORTION];
        // No more than fits, so that little is kept; but one entry always.
        let wanted = (out.bytes.len() - out.used).clamp(512, PORTION);
        let mut entries = RawDir::new(dir, &mut portion[..wanted]);
        let mut reached = None;
        while !entries.is_buffer_empty() || (self.kept.is_empty() && !out.is_full()) {
            let Some(entry) = entries.next() else { break };
            let entry = entry?;
            let record = Record::of(dir, &entry);
            if self.kept.is_empty() && out.push(&record) {
                reached = Some(record.cookie);
            } else {
                self.keep(&record)?;
            }
        }
        Ok(reached)
    }

    fn keep(&mut self, record: &Record<'_>) -> Result<(), Errno> {
        self.records.reserve(RECORDS)?;
        if self.kept.is_empty() {
            self.kept = 0..0;
        }
        let end = self.kept.end + record.len();
        let room = &mut self.records.as_mut_slice()[self.kept.end..end];
        let (header, name) = room.split_at_mut(DIRENT_SIZE);
        header.write_copy_of_slice(&record.header());
        name.write_copy_of_slice(record.name);
        self.kept.end = end;
        Ok(())
    }

    fn kept_bytes(&self) -> &[u8] {
        let bytes = &self.records.as_slice()[self.kept.clone()];
        // SAFETY: `keep` wrote all bytes in `kept`.
        unsafe { bytes.assume_init_ref() }
    }
}

/// A directory entry.
struct Record<'a> {
    /// Where the next entry is.
    cookie: u64,
    ino: u64,
    filetype: u8,
    name: &'a [u8],
}

impl<'a> Record<'a> {
    fn of(dir: &impl AsFd, entry: &'a RawDirEntry<'_>) -> Self {
        let name = entry.file_name().to_bytes();
        let ino = match name {
            b".." => fstat(dir).map_or(0, |stat| stat.st_ino),
            _ => entry.ino(),
        };
        Self {
            cookie: entry.next_entry_cookie(),
            ino,
            filetype: filetype(dir, entry) as u8,
            name,
        }
    }

    /// The first of `bytes`, as [`Record::header`] and the name make them.
    fn parse(bytes: &'a [u8]) -> Self {
        let u64_at = |at: usize| {
            let word = bytes[at..].first_chunk().expect("BUG: a record cut off");
            u64::from_le_bytes(*word)
        };
        let tail = u64_at(16);
        Self {
            cookie: u64_at(0),
            ino: u64_at(8),
            filetype: (tail >> 32) as u8,
            name: &bytes[DIRENT_SIZE..][..tail as u32 as usize],
        }
    }

    /// The specification's `dirent`.
    fn header(&self) -> [u8; DIRENT_SIZE] {
        let mut header = [0; DIRENT_SIZE];
        header[0..8].copy_from_slice(&self.cookie.to_le_bytes());
        header[8..16].copy_from_slice(&self.ino.to_le_bytes());
        header[16..20].copy_from_slice(&(self.name.len() as u32).to_le_bytes());
        header[20] = self.filetype;
        header
    }

    fn len(&self) -> usize {
        DIRENT_SIZE + self.name.len()
    }
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

    /// Appends an entry, or as much of it as fits; whether that is all of it.
    fn push(&mut self, record: &Record<'_>) -> bool {
        let fits = record.len() <= self.bytes.len() - self.used;
        self.append(&record.header());
        self.append(record.name);
        fits
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
