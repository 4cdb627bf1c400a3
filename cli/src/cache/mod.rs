//! The cache of `wasi-aot run`: executables, found by what they are made from.
//!
//! An executable is made from code and a policy. The code is what takes long; an entry with the
//! same code and another policy is given the policy that is asked for.
//!
//! Invariants:
//! - An entry's name determines its contents ([`name`]).
//! - An entry appears by a rename, so it is complete whenever it is found.
//! - The file that is executed is the open descriptor whose bytes were compared with the
//!   name. The name isn't looked up a second time.
//! - Nobody else writes to the directory. The directory belongs to the user, and the
//!   programs that are run can't reach it, whatever they are granted (`Policy::hole`).
//! - Once the directory is open, only its descriptor is used ([`directory`]), but for the files that
//!   Go reads ([`library`]).
//! - Files whose names don't have the form of the cache's names are never touched.
//! - The entries and libraries together take at most [`LIMIT`] bytes, and those that weren't used for
//!   [`KEPT`] go.

mod directory;
mod library;
mod name;
#[cfg(test)]
mod tests;

use anyhow::{Context, Result};
use directory::{Directory, Meta};
use name::Name;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use wasi_aot_compiler::{Error, Options, Preload, grant};

/// An entry that wasn't used for this long is removed.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// Bytes that all entries may take. Beyond, the entries that weren't used for longest go.
const LIMIT: u64 = 2 << 30;

pub struct Cache {
    directory: Directory,
}

/// Where the user's cache is, if there is a place for it.
pub enum Place {
    /// The environment names no directory.
    Unknown,
    At {
        base: PathBuf,
        path: PathBuf,
    },
}

impl Place {
    /// In XDG_CACHE_HOME or in HOME, whichever is an absolute path.
    pub fn of_user() -> Self {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let base = variable("XDG_CACHE_HOME").map(PathBuf::from);
        let base = base.or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")));
        match base.filter(|base| base.is_absolute()) {
            None => Self::Unknown,
            Some(base) => Self::At {
                path: base.join("wasi-aot"),
                base,
            },
        }
    }
}

/// An executable of the cache.
pub enum Found {
    /// In a file of the cache.
    Kept(File),
    /// The cache couldn't be written, for this reason.
    NotKept(Vec<u8>, anyhow::Error),
}

/// What was counted, or removed.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Total {
    pub entries: usize,
    /// Directories of changed Go files.
    pub libraries: usize,
    pub bytes: u64,
}

impl Cache {
    /// Opens the cache, which is created if it isn't there.
    ///
    /// # Errors
    /// The inner ones when the directory can't be created or opened: programs run without it.
    /// The outer ones when others could write to the directory.
    pub fn create(base: &Path, path: PathBuf) -> Result<Result<Self>> {
        let created = Directory::create(base, path)?;
        Ok(created.map(|directory| Self { directory }))
    }

    /// Opens the cache if it is there.
    ///
    /// # Errors
    /// When the directory can't be opened, and when others could write to it.
    pub fn existing(path: PathBuf) -> Result<Option<Self>> {
        let directory = Directory::existing(path)?;
        Ok(directory.map(|directory| Self { directory }))
    }

    pub fn path(&self) -> &Path {
        self.directory.path()
    }

    /// The executable for a module and options. If no entry has its code, `build` makes it.
    ///
    /// # Errors
    /// The errors of `build`, and a policy that doesn't fit the module.
    pub fn get(
        &self,
        wasm: &[u8],
        preloads: &[Preload<'_>],
        options: &Options,
        build: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<Found> {
        let wanted = Name::wanted(wasm, preloads, options);
        if let Some(entry) = self.find(|name| name.is(&wanted)) {
            self.directory.touch(&entry.file);
            return Ok(Found::Kept(entry.file));
        }
        let executable = match self.find(|name| name.has_code_of(&wanted)) {
            Some(entry) => {
                self.directory.touch(&entry.file);
                match grant(&entry.bytes, &options.policy) {
                    // This isn't an executable of this wasi-aot, whatever its name says.
                    Err(Error::NoExecutable(_) | Error::Link(_)) => build()?,
                    granted => granted.context("cannot be given this policy")?,
                }
            }
            None => build()?,
        };
        let name = wanted.complete(&executable);
        match self.directory.put(&name.to_string(), &executable) {
            Err(error) => Ok(Found::NotKept(executable, error.into())),
            Ok(file) => {
                self.sweep(KEPT, LIMIT);
                Ok(Found::Kept(file))
            }
        }
    }

    /// An entry whose name fits. An entry whose contents don't match its name is removed.
    fn find(&self, fits: impl Fn(&Name) -> bool) -> Option<Entry> {
        for text in self.directory.names() {
            let Some(name) = Name::parse(&text).filter(|name| fits(name)) else {
                continue;
            };
            match self.directory.read(&text) {
                Ok((file, bytes)) if name.is_of(&bytes) => return Some(Entry { file, bytes }),
                // Somebody changed the entry. The caller makes the entry again.
                _ => self.directory.remove(&text),
            }
        }
        None
    }

    /// A directory for changed Go files, whose `name` says what is in them. It exists then.
    ///
    /// # Errors
    /// When it can't be made.
    pub fn library(&self, name: &str) -> std::io::Result<PathBuf> {
        library::make(self.path(), name)
    }

    /// All entries and libraries.
    fn items(&self) -> Vec<(Item, Meta)> {
        let entries = self.directory.files().into_iter();
        let entries = entries.map(|(name, meta)| (Item::Entry(name), meta));
        let libraries = library::all(self.path()).into_iter();
        let libraries = libraries.map(|(path, meta)| (Item::Library(path), meta));
        entries.chain(libraries).collect()
    }

    /// The number and size of all entries and libraries.
    pub fn total(&self) -> Total {
        let mut total = Total::default();
        for (item, meta) in self.items() {
            total.add(&item, meta.size);
        }
        total
    }

    /// Removes what wasn't used for longer than `kept`, and files that were never
    /// completed; then those that weren't used for longest, until the rest take at most `limit`
    /// bytes. Returns what was removed. Failures are ignored.
    pub fn sweep(&self, kept: Duration, limit: u64) -> Total {
        let mut items = self.items();
        // The latest first.
        items.sort_by_key(|(_, meta)| std::cmp::Reverse(meta.used));
        let now = SystemTime::now();
        let mut removed = Total::default();
        let mut rest = 0u64;
        for (item, meta) in items {
            let age = now.duration_since(meta.used);
            let is_old = age.is_ok_and(|age| age > kept);
            rest = rest.saturating_add(meta.size);
            if is_old || rest > limit {
                match &item {
                    Item::Entry(name) => self.directory.remove(name),
                    Item::Library(path) => library::remove(path),
                }
                rest -= meta.size;
                removed.add(&item, meta.size);
            }
        }
        removed
    }
}

/// What the cache holds.
enum Item {
    /// An executable, or a file that wasn't completed, by its name.
    Entry(String),
    /// A directory of changed Go files, by its path.
    Library(PathBuf),
}

/// An entry, its bytes compared with its name.
struct Entry {
    file: File,
    bytes: Vec<u8>,
}

impl Total {
    fn add(&mut self, item: &Item, bytes: u64) {
        match item {
            Item::Entry(_) => self.entries += 1,
            Item::Library(_) => self.libraries += 1,
        }
        self.bytes += bytes;
    }
}
