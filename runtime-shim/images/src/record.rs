//! `images.json`: for each image its sources, its tools and its digest.

use crate::flags;
use crate::paths::root;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use wasi_aot_contract::target::Target;

/// The files and directories that an image's build depends on, relative to the repository's
/// root.
const SOURCES: [&str; 8] = [
    "contract/Cargo.toml",
    "contract/src",
    "runtime-shim/Cargo.lock",
    "runtime-shim/Cargo.toml",
    "runtime-shim/images/rustc.sh",
    "runtime-shim/images/src",
    "runtime-shim/shim.ld",
    "runtime-shim/src",
];

/// How an image was built.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// The line that `rustc --version` prints.
    pub compiler: String,
    pub linker: String,
    pub flags: String,
    /// SHA-256 of the image, in hexadecimal.
    pub image: String,
    /// The result of [`sources`] when the image was built.
    pub sources: String,
}

impl Record {
    pub(crate) fn of(target: Target, tools: &Toolchain, image: &[u8]) -> Result<Self> {
        let flags: Vec<_> = flags::flags(target).collect();
        Ok(Self {
            compiler: tools.compiler.clone(),
            linker: tools.linker_version.clone(),
            flags: flags.join(" "),
            image: digest(image),
            sources: sources()?,
        })
    }

    /// The committed record of a target's image.
    ///
    /// # Errors
    /// If it can't be read, or lacks the target or a field.
    pub fn read(target: Target) -> Result<Self> {
        let path = path();
        let all: Value = serde_json::from_slice(&fs::read(&path)?)
            .with_context(|| path.display().to_string())?;
        let field = |name: &str| {
            let value = all[target.image()][name].as_str().map(str::to_owned);
            value.with_context(|| {
                let shown = path.display();
                format!(
                    "{shown} has no {name} of {}; run make shims",
                    target.image()
                )
            })
        };
        Ok(Self {
            compiler: field("compiler")?,
            linker: field("linker")?,
            flags: field("flags")?,
            image: field("image")?,
            sources: field("sources")?,
        })
    }

    fn to_json(&self) -> Value {
        json!({
            "compiler": self.compiler,
            "linker": self.linker,
            "flags": self.flags,
            "image": self.image,
            "sources": self.sources,
        })
    }
}

/// Writes the records of all images.
///
/// # Errors
/// If the file can't be written.
pub fn write(records: &[(Target, Record)]) -> Result<()> {
    let all: Map<_, _> = records
        .iter()
        .map(|(target, record)| (target.image().to_owned(), record.to_json()))
        .collect();
    let text = serde_json::to_string_pretty(&all)? + "\n";
    let path = path();
    fs::write(&path, text).with_context(|| path.display().to_string())
}

fn path() -> PathBuf {
    root().join("runtime-shim/images/images.json")
}

/// SHA-256 of the names and contents of all files that an image is built from.
///
/// # Errors
/// If something can't be read.
pub fn sources() -> Result<String> {
    let root = root();
    let mut files = Vec::new();
    for source in SOURCES {
        collect(&root, Path::new(source), &mut files)?;
    }
    let mut hash = Sha256::new();
    for file in files {
        let content = fs::read(root.join(&file))?;
        hash.update(file.to_string_lossy().as_bytes());
        hash.update([0]);
        hash.update(content.len().to_le_bytes());
        hash.update(content);
    }
    Ok(hexadecimal(&hash.finalize()))
}

/// Adds a file, or the files below a directory in the order of their names.
fn collect(root: &Path, path: &Path, files: &mut Vec<PathBuf>) -> Result<()> {
    let full = root.join(path);
    let shown = || full.display().to_string();
    if !full.is_dir() {
        files.push(path.to_owned());
        return Ok(());
    }
    let entries = fs::read_dir(&full).with_context(shown)?;
    let mut names = entries
        .map(|entry| Ok(entry?.file_name()))
        .collect::<Result<Vec<_>>>()
        .with_context(shown)?;
    names.sort();
    for name in names {
        collect(root, &path.join(name), files)?;
    }
    Ok(())
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
