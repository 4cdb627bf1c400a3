//! What failed, for the end of `make test`: each suite says it where it ends, far above
//! the last line of a run of all.

use crate::paths;
use anyhow::Result;
use std::fs::OpenOptions;
use std::io::Write;

/// Messages may have whole outputs in them.
const LONGEST: usize = 4000;

/// Adds a failure to `target/failures`, which the Makefile clears and prints.
pub fn record(test: &str, message: &str) -> Result<()> {
    let file = paths::profile_dir()?.with_file_name("failures");
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    let end = message.floor_char_boundary(LONGEST);
    // At once: other suites' threads may write, too.
    file.write_all(format!("{test}: {}\n", &message[..end]).as_bytes())?;
    Ok(())
}
