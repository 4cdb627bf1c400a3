//! The list of failures that `make test` prints at its end. A suite prints its failures
//! when it ends, far above the last line of `make test`.

use crate::paths;
use anyhow::Result;
use std::fs::OpenOptions;
use std::io::Write;

/// The most bytes of a message that are kept: some messages contain whole outputs.
const LONGEST: usize = 4000;

/// Adds a failure to `target/failures`, which the Makefile clears and prints.
pub fn record(test: &str, message: &str) -> Result<()> {
    let file = paths::profile_dir()?.with_file_name("failures");
    let mut file = OpenOptions::new().create(true).append(true).open(file)?;
    let end = message.floor_char_boundary(LONGEST);
    // In one write, since threads of other suites may write at the same time.
    file.write_all(format!("{test}: {}\n", &message[..end]).as_bytes())?;
    Ok(())
}
