//! The cache of `wasi-aot run`: executables, found by a digest of their inputs.
//!
//! Invariants:
//! - An entry's name consists of two digests. The first is of the modules, the options and
//!   the compiler; the second is of the executable. So a name determines the contents.
//! - An entry appears by a rename, so it is complete whenever it is found.
//! - The file that is executed is the open descriptor whose bytes were compared with the
//!   name. The name isn't looked up a second time.
//! - Nobody else writes to the directory. The directory belongs to the user, and the
//!   programs that are run can't reach it, whatever they are granted (`Policy::hole`).
//! - Once the directory is open, only its descriptor is used.
//! - Files whose names don't have the form of the cache's names are never touched.

use anyhow::{Context, Result, bail};
use rustix::fd::OwnedFd;
use rustix::fs::{
    AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, Timespec, Timestamps, UTIME_NOW, fstat,
    futimens, mkdirat, openat, renameat, statat, unlinkat,
};
use rustix::io::Errno;
use rustix::process::geteuid;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use std::fs::{self, DirBuilder, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use wasi_aot_compiler::{Options, Preload};

/// An entry that wasn't used for this long is removed.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Hexadecimal digits of a digest.
const DIGITS: usize = 64;

/// The prefix of a file's name until the file is complete; a number follows.
const TEMPORARY: &str = ".wasi-aot-";

/// How an executable is opened: not through a symbolic link, and without waiting for the
/// writer of a FIFO.
const READING: OFlags = OFlags::RDONLY
    .union(OFlags::NOFOLLOW)
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

pub struct Cache {
    /// The path by which the directory was opened. The last component isn't a symbolic link.
    path: PathBuf,
    directory: OwnedFd,
}

impl Cache {
    /// The user's cache, created if it isn't there. `None` if neither XDG_CACHE_HOME nor HOME
    /// is an absolute path.
    ///
    /// # Errors
    /// When the directory can't be created or opened, or when others could write to it.
    pub fn of_user() -> Result<Option<Self>> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let base = variable("XDG_CACHE_HOME").map(PathBuf::from);
        let base = base.or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")));
        let Some(base) = base.filter(|base| base.is_absolute()) else {
            return Ok(None);
        };
        let path = base.join("wasi-aot");
        let opened = Self::open(&base, path.clone()).with_context(|| {
            let shown = path.display();
            format!("{shown}: cannot keep executables; set XDG_CACHE_HOME to another directory")
        });
        opened.map(Some)
    }

    fn open(base: &Path, path: PathBuf) -> Result<Self> {
        let mut builder = DirBuilder::new();
        builder.recursive(true).mode(0o700).create(base)?;
        match mkdirat(CWD, &path, Mode::RWXU) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let directory = match openat(CWD, &path, flags, Mode::empty()) {
            Err(Errno::NOTDIR | Errno::LOOP) => bail!("it is a symbolic link or not a directory"),
            opened => opened?,
        };
        let stat = fstat(&directory)?;
        if stat.st_uid != geteuid().as_raw() {
            bail!("it belongs to another user");
        }
        if Mode::from_raw_mode(stat.st_mode).intersects(Mode::WGRP | Mode::WOTH) {
            bail!("others may write to it; forbid that with chmod go-w");
        }
        Ok(Self { path, directory })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The executable for a module and options, open for reading. If there is no entry,
    /// `build` makes the executable.
    ///
    /// # Errors
    /// The errors of `build`, and those of writing the entry.
    pub fn get(
        &self,
        wasm: &[u8],
        preloads: &[Preload<'_>],
        options: &Options,
        build: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<File> {
        let made_from = made_from(wasm, preloads, options)?;
        if let Some(entry) = self.find(&made_from) {
            let now = Timespec {
                tv_sec: 0,
                tv_nsec: UTIME_NOW,
            };
            let times = Timestamps {
                last_access: now,
                last_modification: now,
            };
            // The times only show how long an entry wasn't used. A failure does no harm.
            let _ = futimens(&entry, &times);
            return Ok(entry);
        }
        let executable = build()?;
        let entry = self.put(&made_from, &executable).with_context(|| {
            let shown = self.path.display();
            format!("{shown}: cannot write there; set XDG_CACHE_HOME to another directory")
        })?;
        self.sweep();
        Ok(entry)
    }

    /// The entry made from inputs with this digest. An entry whose contents don't match its
    /// name is removed.
    fn find(&self, made_from: &str) -> Option<File> {
        for name in self.names() {
            let Some(made_into) =
                parts(&name).and_then(|(from, into)| (from == made_from).then(|| into.to_owned()))
            else {
                continue;
            };
            match self.read(&name) {
                Ok((file, digest)) if digest == made_into => return Some(file),
                // Somebody changed the entry. The caller makes the entry again.
                _ => drop(unlinkat(&self.directory, &name, AtFlags::empty())),
            }
        }
        None
    }

    /// A regular file, open for reading, and the digest of its contents.
    fn read(&self, name: &str) -> io::Result<(File, String)> {
        let mut file = File::from(openat(&self.directory, name, READING, Mode::empty())?);
        if !is_regular(&fstat(&file)?) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok((file, hexadecimal(Sha256::digest(&bytes))))
    }

    fn put(&self, made_from: &str, executable: &[u8]) -> io::Result<File> {
        let (temporary, writer) = self.temporary()?;
        let named = format!("{made_from}-{}", hexadecimal(Sha256::digest(executable)));
        let put = || {
            let mut writer = writer;
            writer.write_all(executable)?;
            let entry = File::from(openat(&self.directory, &temporary, READING, Mode::empty())?);
            if identity(&fstat(&entry)?) != identity(&fstat(&writer)?) {
                return Err(io::Error::other("somebody else writes to it"));
            }
            renameat(&self.directory, &temporary, &self.directory, &named)?;
            Ok(entry)
        };
        put().inspect_err(|_| {
            let _ = unlinkat(&self.directory, &temporary, AtFlags::empty());
        })
    }

    /// A new file, and its name.
    fn temporary(&self) -> io::Result<(String, File)> {
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
        for number in 0.. {
            let name = format!("{TEMPORARY}{}-{number}", std::process::id());
            match openat(&self.directory, &name, flags, Mode::RWXU) {
                Err(Errno::EXIST) => {}
                opened => return Ok((name, File::from(opened?))),
            }
        }
        Err(io::ErrorKind::AlreadyExists.into())
    }

    /// Removes old entries and old files that were never completed. Failures are ignored.
    fn sweep(&self) {
        let is_old = |stat: &Stat| {
            let modified = Duration::from_secs(u64::try_from(stat.st_mtime).unwrap_or(0));
            let age = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH + modified);
            age.is_ok_and(|age| age > KEPT)
        };
        for name in self.names() {
            let stat = statat(&self.directory, &name, AtFlags::SYMLINK_NOFOLLOW);
            if stat.is_ok_and(|stat| is_regular(&stat) && is_old(&stat)) {
                let _ = unlinkat(&self.directory, &name, AtFlags::empty());
            }
        }
    }

    /// The names in the directory that have the form of the cache's names.
    fn names(&self) -> Vec<String> {
        let name = |entry: rustix::fs::DirEntry| entry.file_name().to_str().ok().map(String::from);
        let entries = Dir::read_from(&self.directory).into_iter().flatten();
        let names = entries.filter_map(|entry| name(entry.ok()?));
        names.filter(|name| is_ours(name)).collect()
    }
}

fn is_regular(stat: &Stat) -> bool {
    FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile
}

fn identity(stat: &Stat) -> (u64, u64) {
    (stat.st_dev, stat.st_ino)
}

/// The two digests in an entry's name.
fn parts(name: &str) -> Option<(&str, &str)> {
    let (from, into) = name.split_once('-')?;
    (is_digest(from) && is_digest(into)).then_some((from, into))
}

fn is_digest(text: &str) -> bool {
    let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    text.len() == DIGITS && text.bytes().all(is_digit)
}

/// Whether a name has the form of this cache's names, or of the names that earlier versions of
/// wasi-aot gave (one digest).
fn is_ours(name: &str) -> bool {
    let is_temporary = name.strip_prefix(TEMPORARY).is_some_and(|rest| {
        !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    });
    parts(name).is_some() || is_digest(name) || is_temporary
}

/// The digest of everything that an executable is made from. The compiler is identified by
/// the inode, size and time of this executable, which change with every build of wasi-aot.
fn made_from(wasm: &[u8], preloads: &[Preload<'_>], options: &Options) -> Result<String> {
    let this = fs::metadata(std::env::current_exe()?)?;
    let compiler = (
        env!("CARGO_PKG_VERSION"),
        this.ino(),
        this.size(),
        this.mtime(),
    );
    let mut digest = Sha256::new();
    let (compiler, options) = (format!("{compiler:?}"), format!("{options:?}"));
    let preloads = preloads.iter().flat_map(|p| [p.name.as_bytes(), p.wasm]);
    // The lengths mark where each part ends.
    for part in [compiler.as_bytes(), options.as_bytes(), wasm]
        .into_iter()
        .chain(preloads)
    {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    Ok(hexadecimal(digest.finalize()))
}

fn hexadecimal(digest: impl AsRef<[u8]>) -> String {
    let mut digits = String::with_capacity(DIGITS);
    for byte in digest.as_ref() {
        // Writing to a string can't fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

#[cfg(test)]
#[path = "cache_tests.rs"]
mod tests;
