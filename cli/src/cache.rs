//! Executables that `wasi-aot run` has made, by what they were made from.
//!
//! An entry's name is a digest of the modules, the options and the compiler, so it
//! never changes what it is; it appears by a rename, so whoever finds it finds it
//! whole.

use crate::output::Output;
use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};
use wasi_aot_compiler::{Options, Preload};

/// An entry that wasn't used for so long is removed.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);

pub struct Cache {
    directory: PathBuf,
}

impl Cache {
    /// The user's cache, made if need be, for nobody else to write to.
    ///
    /// # Errors
    /// When no variable says where it is, or it can't be made.
    pub fn of_user() -> Result<Self> {
        let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
        let base = variable("XDG_CACHE_HOME").map(PathBuf::from);
        let base = base.or_else(|| variable("HOME").map(|home| Path::new(&home).join(".cache")));
        let Some(base) = base.filter(|base| base.is_absolute()) else {
            bail!("nowhere to keep executables; set XDG_CACHE_HOME to a directory");
        };
        let directory = base.join("wasi-aot");
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&directory)
            .with_context(|| {
                let shown = directory.display();
                format!("{shown}: cannot keep executables; set XDG_CACHE_HOME to another directory")
            })?;
        Ok(Self { directory })
    }

    /// The path of the executable for a module and options; `build` makes it if it
    /// isn't there.
    ///
    /// # Errors
    /// Those of `build`, and of writing the entry.
    pub fn get(
        &self,
        wasm: &[u8],
        preloads: &[Preload<'_>],
        options: &Options,
        build: impl FnOnce() -> Result<Vec<u8>>,
    ) -> Result<PathBuf> {
        let path = self.directory.join(name(wasm, preloads, options)?);
        if let Ok(entry) = File::open(&path) {
            // Only what tells how long it wasn't used: not worth failing for.
            let _ = entry.set_modified(SystemTime::now());
            return Ok(path);
        }
        let executable = build()?;
        Output::new(&path, None, true)?.write(&executable)?;
        self.sweep();
        Ok(path)
    }

    /// Removes old entries. What can't be removed stays.
    fn sweep(&self) {
        let is_old = |path: &Path| -> io::Result<bool> {
            let modified = fs::metadata(path)?.modified()?;
            Ok(modified.elapsed().is_ok_and(|age| age > KEPT))
        };
        for entry in fs::read_dir(&self.directory)
            .into_iter()
            .flatten()
            .flatten()
        {
            if is_old(&entry.path()).unwrap_or(false) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// The entry's name: hexadecimal SHA-256. The compiler is this executable, told by
/// inode, size and time, which every build of it changes.
fn name(wasm: &[u8], preloads: &[Preload<'_>], options: &Options) -> Result<String> {
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
    // Lengths keep the parts apart.
    for part in [compiler.as_bytes(), options.as_bytes(), wasm]
        .into_iter()
        .chain(preloads)
    {
        digest.update(part.len().to_le_bytes());
        digest.update(part);
    }
    let mut name = String::new();
    for byte in digest.finalize() {
        write!(name, "{byte:02x}").context("BUG: writing to a string failed")?;
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    fn cache() -> (tempfile::TempDir, Cache) {
        let directory = tempfile::tempdir().unwrap();
        let cache = Cache {
            directory: directory.path().to_path_buf(),
        };
        (directory, cache)
    }

    #[test]
    fn an_entry_is_made_once_for_the_same_input() {
        let (_directory, cache) = cache();
        let made = Cell::new(0);
        let get = |wasm: &[u8], options: &Options| {
            let build = || {
                made.set(made.get() + 1);
                Ok(b"executable".to_vec())
            };
            cache.get(wasm, &[], options, build).unwrap()
        };
        let plain = Options::default();
        let strip = Options {
            strip: true,
            ..Options::default()
        };
        let spectre = Options {
            spectre: true,
            ..Options::default()
        };
        let first = get(b"a", &plain);
        assert_eq!(first, get(b"a", &plain));
        assert_eq!(made.get(), 1);
        assert_ne!(first, get(b"b", &plain));
        assert_ne!(first, get(b"a", &strip));
        assert_ne!(first, get(b"a", &spectre));
        assert_eq!(made.get(), 4);
        assert_eq!(fs::read(first).unwrap(), b"executable");
    }

    #[test]
    fn a_failed_build_leaves_nothing() {
        let (directory, cache) = cache();
        assert!(
            cache
                .get(b"a", &[], &Options::default(), || bail!("no"))
                .is_err()
        );
        assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
    }

    #[test]
    fn entries_that_are_not_used_go() {
        let (directory, cache) = cache();
        let old = directory.path().join("old");
        let file = File::create(&old).unwrap();
        let long_ago = SystemTime::now() - KEPT - Duration::from_secs(60);
        file.set_modified(long_ago).unwrap();
        let build = || Ok(b"x".to_vec());
        let new = cache.get(b"a", &[], &Options::default(), build).unwrap();
        assert!(!old.exists() && new.exists());
    }
}
