//! Checks that every link in the documents that `make dist` packs has its target.

use crate::{find, links};
use anyhow::{Result, ensure};
use harness::paths;
use harness::run::Run;
use std::process::Command;

/// Packs the documents and follows their links.
///
/// # Errors
/// Names the link.
pub fn check() -> Result<()> {
    let packed = tempfile::tempdir()?;
    let mut pack = Command::new(paths::root().join("cli/dist-docs.sh"));
    pack.arg(packed.path());
    let done = Run::of(pack).run()?;
    let stderr = String::from_utf8_lossy(&done.stderr);
    ensure!(
        done.ends.is_success(),
        "cli/dist-docs.sh: {}: {stderr}",
        done.ends
    );
    let documents = find::documents(&find::tree(packed.path())?);
    ensure!(
        documents.contains(&"README.md".to_owned()),
        "no README.md: {documents:?}"
    );
    for document in documents {
        links::check(packed.path(), &document)?;
    }
    Ok(())
}
