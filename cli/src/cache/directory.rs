//! The cache's directory and the files in it. Once the directory is open, only its descriptor
//! is used.

use super::name::{TEMPORARY, is_ours};
use anyhow::{Context, Result, bail};
use rustix::fd::OwnedFd;
use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, Timespec, Timestamps, UTIME_NOW, fstat,
    futimens, mkdirat, openat, renameat, statat, unlinkat,
};
use rustix::io::Errno;
use rustix::process::geteuid;
use std::fs::{DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// How an executable is opened: not through a symbolic link, and without waiting for the
/// writer of a FIFO.
const READING: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

pub(super) struct Directory {
    /// The path by which the directory was opened. The last component isn't a symbolic link.
    path: PathBuf,
    descriptor: OwnedFd,
}

/// A file of the cache.
#[derive(Debug, Clone, Copy)]
pub(super) struct Meta {
    pub size: u64,
    /// When the file was written or executed last.
    pub used: SystemTime,
}

impl Directory {
    /// Opens the directory, which is created if it isn't there.
    ///
    /// # Errors
    /// As [`super::Cache::create`].
    pub(super) fn create(base: &Path, path: PathBuf) -> Result<Result<Self>> {
        let mut builder = DirBuilder::new();
        if let Err(error) = builder.recursive(true).mode(0o700).create(base) {
            return Ok(Err(error.into()));
        }
        match mkdirat(CWD, &path, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Ok(Err(error.into())),
        }
        match Self::open(path.clone()) {
            Ok(None) => Ok(Err(Errno::NOENT.into())),
            Ok(Some(directory)) => Ok(Ok(directory)),
            Err(error) => Err(error).with_context(|| {
                let shown = path.display();
                format!("{shown}: cannot keep executables; set XDG_CACHE_HOME to another directory")
            }),
        }
    }

    /// Opens the directory if it is there.
    ///
    /// # Errors
    /// As [`super::Cache::existing`].
    pub(super) fn existing(path: PathBuf) -> Result<Option<Self>> {
        Self::open(path.clone()).with_context(|| path.display().to_string())
    }

    fn open(path: PathBuf) -> Result<Option<Self>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let descriptor = match openat(CWD, &path, flags, Mode::empty()) {
            Err(Errno::NOENT) => return Ok(None),
            Err(Errno::NOTDIR | Errno::LOOP) => bail!("it is a symbolic link or not a directory"),
            opened => opened?,
        };
        let stat = fstat(&descriptor)?;
        if stat.st_uid != geteuid().as_raw() {
            bail!("it belongs to another user");
        }
        if Mode::from_raw_mode(stat.st_mode).intersects(Mode::WGRP | Mode::WOTH) {
            bail!("others may write to it; forbid that with chmod go-w");
        }
        Ok(Some(Self { path, descriptor }))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// A regular file, open for reading, and its contents.
    pub(super) fn read(&self, name: &str) -> io::Result<(File, Vec<u8>)> {
        let mut file = File::from(openat(&self.descriptor, name, READING, Mode::empty())?);
        if !is_regular(&fstat(&file)?) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok((file, bytes))
    }

    /// Notes that a file is used now. The time only shows how long an entry wasn't used, so a
    /// failure does no harm.
    pub(super) fn touch(&self, file: &File) {
        let now = Timespec {
            tv_sec: 0,
            tv_nsec: UTIME_NOW,
        };
        let times = Timestamps {
            last_access: now,
            last_modification: now,
        };
        let _ = futimens(file, &times);
    }

    /// Writes an entry, and opens it for reading.
    pub(super) fn put(&self, name: &str, executable: &[u8]) -> io::Result<File> {
        let (temporary, writer) = self.temporary()?;
        let put = || {
            let mut writer = writer;
            writer.write_all(executable)?;
            let entry = openat(&self.descriptor, &temporary, READING, Mode::empty())?;
            let entry = File::from(entry);
            if identity(&fstat(&entry)?) != identity(&fstat(&writer)?) {
                return Err(io::Error::other("somebody else writes to it"));
            }
            renameat(&self.descriptor, &temporary, &self.descriptor, name)?;
            Ok(entry)
        };
        put().inspect_err(|_| self.remove(&temporary))
    }

    /// A new file, and its name.
    fn temporary(&self) -> io::Result<(String, File)> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        for number in 0.. {
            let name = format!("{TEMPORARY}{}-{number}", std::process::id());
            match openat(&self.descriptor, &name, flags, Mode::RWXU) {
                Err(Errno::EXIST) => {}
                opened => return Ok((name, File::from(opened?))),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Removes a file. A failure is ignored.
    pub(super) fn remove(&self, name: &str) {
        let _ = unlinkat(&self.descriptor, name, AtFlags::empty());
    }

    /// The names in the directory that have the form of the cache's names.
    pub(super) fn names(&self) -> Vec<String> {
        let name = |entry: rustix::fs::DirEntry| entry.file_name().to_str().ok().map(String::from);
        let entries = Dir::read_from(&self.descriptor).into_iter().flatten();
        let names = entries.filter_map(|entry| name(entry.ok()?));
        names.filter(|name| is_ours(name)).collect()
    }

    /// The regular files with such names.
    pub(super) fn files(&self) -> Vec<(String, Meta)> {
        let names = self.names().into_iter();
        let files = names.filter_map(|name| {
            let stat = statat(&self.descriptor, &name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
            let since = Duration::from_secs(u64::try_from(stat.st_mtime).unwrap_or(0));
            let meta = Meta {
                size: u64::try_from(stat.st_size).unwrap_or(0),
                used: SystemTime::UNIX_EPOCH + since,
            };
            is_regular(&stat).then_some((name, meta))
        });
        files.collect()
    }
}

fn is_regular(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
}

fn identity(stat: &Stat) -> (u64, u64) {
    (stat.st_dev, stat.st_ino)
}
