//! The changes in Go's test files for which the tests run on wasip1 that Go leaves out there.
//! Nothing else of a test changes, and the library is as `wasi-aot test` has it.

use anyhow::{Context, Result, ensure};
use serde_json::{Map, json};
use std::fs;
use std::path::{Path, PathBuf};

/// A change of a test file.
#[derive(Debug, Clone, Copy)]
enum Change {
    /// The file is compiled for wasip1, too.
    On,
    /// Each of the texts that is there is another one. One of them is.
    Replace(&'static [(&'static str, &'static str)]),
}

/// No test treats wasip1 or wasm in another way than Linux: what a test compares the names with
/// is no system.
const AS_LINUX: Change = Change::Replace(&[
    ("\"wasip1\"", "\"no system\""),
    ("GOARCH == \"wasm\"", "GOARCH == \"no processor\""),
]);

/// A file below `src`, and the first minor version of Go 1 whose file the change is for.
const EDITS: &[(&str, u32, Change)] = &[
    ("os/signal/signal_test.go", 21, Change::On),
    ("os/signal/example_unix_test.go", 21, Change::On),
    ("time/zoneinfo_unix_test.go", 21, Change::On),
    ("os/env_unix_test.go", 21, Change::On),
    ("os/getwd_unix_test.go", 24, Change::On),
    ("os/exec_test.go", 24, AS_LINUX),
    ("os/os_test.go", 21, AS_LINUX),
    ("os/os_unix_test.go", 21, AS_LINUX),
    ("os/read_test.go", 21, AS_LINUX),
    ("os/removeall_test.go", 21, AS_LINUX),
    ("os/root_test.go", 24, AS_LINUX),
    ("os/root_unix_test.go", 25, AS_LINUX),
    ("path/filepath/path_test.go", 21, AS_LINUX),
    ("io/ioutil/ioutil_test.go", 21, AS_LINUX),
];

/// Writes the changed files of a GOROOT into `directory`, and the JSON file for Go's `-overlay`.
///
/// # Errors
/// For a file that a change doesn't fit, so that no test is left out silently.
pub fn overlay(goroot: &Path, minor: u32, directory: &Path) -> Result<PathBuf> {
    let mut replace = Map::new();
    for (file, _, change) in EDITS.iter().filter(|(_, since, _)| *since <= minor) {
        let original = goroot.join("src").join(file);
        let text = fs::read_to_string(&original);
        let text = text.with_context(|| original.display().to_string())?;
        let changed = directory.join(file.replace('/', "_"));
        fs::write(&changed, changed_text(&text, *change).context(*file)?)?;
        let original = original.to_str().context("a path that isn't UTF-8")?;
        replace.insert(original.to_owned(), json!(changed));
    }
    let overlay = directory.join("tests.json");
    fs::write(&overlay, json!({ "Replace": replace }).to_string())?;
    Ok(overlay)
}

fn changed_text(text: &str, change: Change) -> Result<String> {
    match change {
        Change::On => {
            let lines = text.lines();
            let mut constraints = lines.filter_map(|line| line.strip_prefix("//go:build "));
            let was = constraints.next().context("there is no constraint")?;
            ensure!(!was.contains("wasip1"), "the constraint names wasip1");
            Ok(text.replacen(was, &format!("({was}) || wasip1"), 1))
        }
        Change::Replace(texts) => {
            let changed = texts
                .iter()
                .fold(text.to_owned(), |text, (old, new)| text.replace(old, new));
            ensure!(changed != text, "none of the texts is there");
            Ok(changed)
        }
    }
}
