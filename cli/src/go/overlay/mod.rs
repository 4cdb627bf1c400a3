//! The overlay of Go's library: files of `syscall`, `os`, `os/signal` and `time` for wasip1,
//! changed so that they call the host functions of `wasi_aot_os_1` (`contract/src/os.rs`).
//!
//! Invariants:
//! - The files are made from the library of the Go that compiles, by the steps of [`edits`].
//!   A library that a step doesn't fit gets no overlay; nothing is changed half.
//! - Go's own files stay as they are. Go reads the changed ones through `-overlay`.
//! - The files lie in wasi-aot's cache, which no program that `run` starts can write to, or in
//!   a temporary directory.

pub(super) mod change;
pub(super) mod edits;
mod texts;

use super::toolchain::Toolchain;
use crate::cache::Place;
use crate::usage::Usage;
use anyhow::{Context, Result, bail};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

/// An overlay on the disk.
pub struct Overlay {
    /// Go's JSON file.
    pub json: PathBuf,
    /// Another name of GOROOT, where Go refuses an overlay under the name that it has.
    pub goroot: Option<PathBuf>,
    /// Whether these files are made for the first time: then Go compiles its library.
    pub is_new: bool,
    /// Whether the toolchain's vet reads the files that only the overlay has. Before Go 1.24 vet
    /// looks for them in GOROOT.
    pub is_vetted: bool,
    /// Removes the files at the end, where there is no cache.
    temporary: Option<TempDir>,
}

impl Overlay {
    /// Makes the overlay for a toolchain. `theirs` is an overlay of the user's own.
    ///
    /// # Errors
    /// When the toolchain's library has another form, or a file can't be written.
    pub fn make(toolchain: &Toolchain, theirs: Option<&Path>) -> Result<Self> {
        let files = changed_files(toolchain)?;
        let goroot = toolchain.goroot.as_os_str().as_encoded_bytes();
        let texts = files
            .iter()
            .flat_map(|(file, text)| [file.as_bytes(), text.as_bytes()]);
        let name = name_of([goroot].into_iter().chain(texts));
        let (directory, temporary) = match kept(&name) {
            Ok(directory) => (directory, None),
            Err(_) => {
                let temporary = tempfile::Builder::new().prefix("wasi-aot-go-").tempdir();
                let temporary = temporary.context("cannot make a temporary directory")?;
                (temporary.path().to_owned(), Some(temporary))
            }
        };
        let json = directory.join("overlay.json");
        let is_new = !json.exists();
        let goroot = match toolchain.goroot.starts_with(&toolchain.modcache) {
            true => Some(other_name(&toolchain.goroot, &directory)?),
            false => None,
        };
        let root = goroot.as_deref().unwrap_or(&toolchain.goroot);
        let mut replace = Map::new();
        for (file, text) in &files {
            let path = directory.join(file);
            write(&path, text.as_bytes())?;
            let original = root.join("src").join(file);
            replace.insert(utf8(&original)?, json!(utf8(&path)?));
        }
        let mut overlay = Self {
            json,
            goroot,
            is_new,
            is_vetted: toolchain.minor().is_some_and(|minor| minor >= 24),
            temporary,
        };
        let all = json!({ "Replace": replace }).to_string();
        write(&overlay.json, all.as_bytes())?;
        if let Some(theirs) = theirs {
            overlay.join(replace, theirs)?;
        }
        Ok(overlay)
    }

    /// Adds an overlay of the user's own, in a file that only this build reads.
    fn join(&mut self, mut replace: Map<String, Value>, theirs: &Path) -> Result<()> {
        let name = theirs.display();
        let text = fs::read(theirs).with_context(|| format!("-overlay {name}"))?;
        let read: Value =
            serde_json::from_slice(&text).with_context(|| format!("-overlay {name}"))?;
        let entries = read.get("Replace").and_then(Value::as_object);
        for (file, by) in entries.into_iter().flatten() {
            if replace.insert(file.clone(), by.clone()).is_some() {
                bail!(Usage(format!(
                    "-overlay {name}: it replaces {file}, and so does wasi-aot; give \
                     --no-go-overlay"
                )));
            }
        }
        let temporary = tempfile::Builder::new().prefix("wasi-aot-go-").tempdir()?;
        self.json = temporary.path().join("overlay.json");
        write(
            &self.json,
            json!({ "Replace": replace }).to_string().as_bytes(),
        )?;
        self.temporary = Some(temporary);
        Ok(())
    }

    /// Whether the files are removed at the end.
    pub fn is_temporary(&self) -> bool {
        self.temporary.is_some()
    }

    /// Go's flag. The last one counts.
    pub fn flag(&self) -> OsString {
        let mut flag = OsString::from("-overlay=");
        flag.push(&self.json);
        flag
    }
}

/// Each file that a step changes or adds, with its text.
fn changed_files(toolchain: &Toolchain) -> Result<BTreeMap<&'static str, String>> {
    let minor = toolchain.minor();
    let minor = minor.filter(|minor| edits::VERSIONS.contains(minor));
    let minor = minor.with_context(|| {
        let (oldest, newest) = (edits::VERSIONS.start(), edits::VERSIONS.end());
        format!("its versions are Go 1.{oldest} to 1.{newest}")
    })?;
    let library = |file: &str| read(&toolchain.goroot.join("src").join(file));
    let mut files = BTreeMap::new();
    for step in edits::STEPS
        .iter()
        .filter(|step| step.minors.contains(&minor))
    {
        let before = match files.remove(step.file) {
            Some(text) => Some(text),
            None => library(step.file)?,
        };
        let text = change::changed(before.as_deref(), step.change, library);
        files.insert(step.file, text.with_context(|| step.file)?);
    }
    Ok(files)
}

fn read(path: &Path) -> Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| path.display().to_string()),
    }
}

/// A name for a directory in the cache that says what is in its files.
pub(super) fn name_of<'a>(contents: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for bytes in contents {
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(bytes);
    }
    let digest = hash.finalize();
    digest[..8]
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// The directory in the user's cache, which exists then.
pub(super) fn kept(name: &str) -> Result<PathBuf> {
    let Place::At { base, path } = Place::of_user() else {
        bail!("there is no place for a cache");
    };
    // With the checks of the cache: nobody else can write there.
    let cache = crate::cache::Cache::create(&base, path)??;
    Ok(cache.library(name)?)
}

/// Go refuses to replace files below GOMODCACHE, where the toolchains lie that Go fetches
/// itself (`cmd/go/internal/work/init.go`). Go compares names, so another name will do.
fn other_name(goroot: &Path, directory: &Path) -> Result<PathBuf> {
    let link = directory.join("goroot");
    match symlink(goroot, &link) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
            Err(error).with_context(|| link.display().to_string())
        }
        _ => Ok(link),
    }
}

/// Writes a file, unless the file has these bytes already. A reader sees all of them or none.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let write = || -> io::Result<()> {
        if fs::read(path).is_ok_and(|old| old == bytes) {
            return Ok(());
        }
        let directory = path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory)?;
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(bytes)?;
        file.persist(path)?;
        Ok(())
    };
    write().with_context(|| path.display().to_string())
}

/// JSON has no other names.
pub(super) fn utf8(path: &Path) -> Result<String> {
    let text = path.to_str().map(str::to_owned);
    text.with_context(|| format!("{}: not UTF-8", path.display()))
}
