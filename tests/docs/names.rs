//! Checks that the files exist that the text of a document names.
//!
//! A name is text in backticks. One that begins with a directory of the repository's root
//! (`compiler/src/flow/`) is checked as it stands. A Rust file may be named by the end of its
//! path (`lower/sp.rs`). Anything else may be a file of the reader's.

use crate::markdown::parser;
use anyhow::{Result, bail, ensure};
use pulldown_cmark::Event;

/// Checks the names in the document `text`; `tree` is all that the repository holds.
///
/// # Errors
/// Names each file that isn't there, with its line.
pub fn check(document: &str, text: &str, tree: &[String]) -> Result<()> {
    let mut failures = String::new();
    for (event, range) in parser(text).into_offset_iter() {
        if let Event::Code(name) = event
            && !exists(&name, tree)
        {
            let line = text[..range.start].matches('\n').count() + 1;
            failures += &format!("\n{document}:{line}: {name}");
        }
    }
    ensure!(
        failures.is_empty(),
        "names of files that aren't there:{failures}"
    );
    Ok(())
}

/// Whether `name` is in `tree`, or isn't a name of a file there.
fn exists(name: &str, tree: &[String]) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | '/');
    if !name.chars().all(is_plain) {
        return true;
    }
    let has = |path: &str| {
        tree.binary_search_by(|entry| entry.as_str().cmp(path))
            .is_ok()
    };
    if let Some((top, _)) = name.split_once('/')
        && has(&format!("{top}/"))
    {
        return has(name) || has(&format!("{name}/"));
    }
    let ends = format!("/{name}");
    !name.ends_with(".rs")
        || tree
            .iter()
            .any(|path| path == name || path.ends_with(&ends))
}

type Check = (&'static str, fn() -> Result<()>);

/// Tests of this file.
pub const CHECKS: &[Check] = &[
    ("names of files that are there pass", || {
        with_tree("`a/b.rs` `a/` `a` `b.rs` `c.rs` `d/e.rs` `x/y` `a/*.rs` `main.go` `.rs.x`")
    }),
    ("names of files that aren't there fail", || {
        for name in ["a/x", "a/c/", "x.rs", "e/b.rs", "xb.rs", "a/b.rs/"] {
            match with_tree(&format!("text\n`{name}`\n")) {
                Ok(()) => bail!("{name} passes"),
                Err(error) => ensure!(
                    error.to_string().contains(&format!("t.md:2: {name}")),
                    "{name}: {error}"
                ),
            }
        }
        Ok(())
    }),
];

fn with_tree(text: &str) -> Result<()> {
    let tree = ["", "a/", "a/b.rs", "a/d/", "a/d/e.rs", "c.rs"].map(ToOwned::to_owned);
    check("t.md", text, &tree)
}
