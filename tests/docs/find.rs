//! Lists the repository's files, and the documents among them.

use anyhow::{Context, Result};
use std::fs;
use std::path::Path;

/// All files and directories below `root`, relative to it, sorted; a directory's name ends in
/// `/`. Directories that aren't part of the repository are left out: hidden ones, and
/// `target` of any workspace.
///
/// # Errors
/// If a directory can't be read, or a name isn't UTF-8.
pub fn tree(root: &Path) -> Result<Vec<String>> {
    let mut found = Vec::new();
    let mut directories = vec![String::new()];
    while let Some(directory) = directories.pop() {
        let path = root.join(&directory);
        let entries = fs::read_dir(&path).with_context(|| format!("{}", path.display()))?;
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_str().with_context(|| format!("{name:?}"))?;
            if !entry.file_type()?.is_dir() {
                found.push(format!("{directory}{name}"));
            } else if !name.starts_with('.') && name != "target" {
                directories.push(format!("{directory}{name}/"));
            }
        }
        found.push(directory);
    }
    found.sort();
    Ok(found)
}

/// The documents of a [`tree`]: all `*.md` but those that the examples work with.
pub fn documents(tree: &[String]) -> Vec<String> {
    let is_data = |path: &str| path.starts_with("examples/") && path.matches('/').count() > 2;
    let is_document = |path: &&String| path.ends_with(".md") && !is_data(path);
    tree.iter().filter(is_document).cloned().collect()
}

/// Whether `document` describes the present state: its commands are run, and the files that
/// it names exist. Results, logs and the history of changes say what was true on a day.
pub fn is_current(document: &str) -> bool {
    let results = document.starts_with("tests/") && document.ends_with("/RESULTS.md");
    let bench = document.starts_with("bench/") && document != "bench/README.md";
    !results && !bench && document != "CHANGELOG.md"
}
