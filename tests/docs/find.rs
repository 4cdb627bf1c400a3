//! Which files are documents.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// Results, logs and the history of changes: what they show was true on a day.
fn is_record(document: &str) -> bool {
    let results = document.starts_with("tests/") && document.ends_with("/RESULTS.md");
    let bench = document.starts_with("bench/") && document != "bench/README.md";
    results || bench || document == "CHANGELOG.md"
}

/// All `*.md` below `root`, relative to it, sorted. Directories that aren't part of the
/// repository are left out: hidden ones, and `target` of any workspace; and so are the
/// files that the examples work with.
///
/// # Errors
/// If a directory can't be read, or a name isn't UTF-8.
pub fn documents(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut directories = vec![String::new()];
    while let Some(directory) = directories.pop() {
        let path = root.join(&directory);
        let entries = fs::read_dir(&path).with_context(|| format!("{}", path.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_str().with_context(|| format!("{name:?}"))?;
            let path = format!("{directory}{name}");
            let is_data = path.starts_with("examples/") && path.matches('/').count() > 2;
            if is_data {
                continue;
            }
            if entry.file_type()?.is_dir() {
                if !name.starts_with('.') && name != "target" {
                    directories.push(path + "/");
                }
            } else if name.ends_with(".md") {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether the commands of `document`, a name of [`documents`], are to be run.
pub fn has_commands(document: &str) -> bool {
    !is_record(document)
}
