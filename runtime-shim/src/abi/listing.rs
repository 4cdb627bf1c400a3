//! How far a directory has been listed, and its entries as the guest gets them.
//!
//! The kernel hands out entries in portions, and the last entries of a portion may not fit
//! into the guest's buffer. The runtime keeps these entries for the next call. So a listing
//! that continues where it stopped never moves the host's position. This matters on file
//! systems whose positions are counts (tmpfs before Linux 6.6, ramfs): there a listing that
//! goes back to a position would skip entries if a file has been removed meanwhile.

use super::errno::Errno;
use super::types::FileType;
use crate::shim_memory::PageArray;
use core::mem::MaybeUninit;
use core::ops::Range;
use rustix::fd::AsFd;
use rustix::fs::{
    AtFlags, FileType as HostType, RawDir, RawDirEntry, SeekFrom, fstat, seek, statat,
};

/// Size of a `dirent` in bytes; the name follows it.
const DIRENT_SIZE: usize = 24;

/// Most bytes of entries to fetch from the kernel at a time: as many as Go asks for.
const PORTION: usize = 8192;

/// Most bytes that the entries of a portion take in the guest's format. A record of Linux
/// has a header of 19 bytes, the name, a NUL and padding to a multiple of 8, so at least
/// 24 bytes. A record of preview 1 is at most 4 bytes longer.
const RECORDS: usize = PORTION + PORTION / 24 * 4;

/// How far a directory has been listed.
pub struct Listing {
    /// The cookie that follows the last entry that the guest has got whole. `None` after a
    /// call that failed halfway.
    reached: Option<u64>,
    /// The entries from `reached` on that the host has handed out already, in the bytes
    /// `kept`.
    records: PageArray<u8>,
    kept: Range<usize>,
}

impl Listing {
    /// The listing of a directory that was just opened.
    pub const fn new() -> Self {
        Self {
            reached: Some(0),
            records: PageArray::new(),
            kept: 0..0,
        }
    }

    /// Writes the entries of `dir` from `cookie` on to `bytes`, the last one perhaps cut
    /// off, and returns the number of bytes written.
    ///
    /// # Errors
    /// `EINVAL` for a number that isn't a cookie, `EIO`, `ENOMEM`.
    pub fn list(&mut self, dir: &impl AsFd, cookie: u64, bytes: &mut [u8]) -> Result<usize, Errno> {
        let out = &mut Buffer { bytes, used: 0 };
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
        Ok(out.used)
    }

    /// Fills `out` with entries from the host. Returns the cookie that follows the last
    /// entry that fits whole, if one does; the entries that don't fit are kept.
    fn fetch(&mut self, dir: &impl AsFd, out: &mut Buffer<'_>) -> Result<Option<u64>, Errno> {
        let mut portion = [MaybeUninit::uninit(); PORTION];
        // Ask for no more than fits, so that few entries are kept, but for at least one.
        // The longest record takes 280 bytes.
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

    /// Keeps an entry for the next call.
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

    /// Whether the host's position is ahead of the guest's.
    #[cfg(test)]
    pub fn keeps_entries(&self) -> bool {
        !self.kept.is_empty()
    }

    fn kept_bytes(&self) -> &[u8] {
        let bytes = &self.records.as_slice()[self.kept.clone()];
        // SAFETY: `keep` wrote all bytes in `kept`.
        unsafe { bytes.assume_init_ref() }
    }
}

/// Writes `entries` to `bytes`, the last one perhaps cut off, and returns the number of bytes
/// written.
pub fn write<'a>(bytes: &mut [u8], entries: impl Iterator<Item = Record<'a>>) -> usize {
    let mut out = Buffer { bytes, used: 0 };
    for entry in entries {
        if !out.push(&entry) {
            break;
        }
    }
    out.used
}

/// A directory entry.
pub struct Record<'a> {
    /// The position of the next entry.
    pub cookie: u64,
    pub ino: u64,
    pub filetype: u8,
    pub name: &'a [u8],
}

impl<'a> Record<'a> {
    fn of(dir: &impl AsFd, entry: &'a RawDirEntry<'_>) -> Self {
        let name = entry.file_name().to_bytes();
        let ino = match name {
            // See `fd_readdir`.
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

    /// The first record in `bytes`, which hold [`Record::header`] and the name.
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

    /// Appends an entry, or as much of it as fits. Returns whether all of it fits.
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

/// The type of an entry. If the file system doesn't report it, the file's attributes say it.
fn filetype(dir: &impl AsFd, entry: &RawDirEntry<'_>) -> FileType {
    match entry.file_type() {
        HostType::Unknown => statat(dir, entry.file_name(), AtFlags::SYMLINK_NOFOLLOW)
            .map_or(FileType::Unknown, |stat| FileType::of(&stat)),
        known => known.into(),
    }
}
