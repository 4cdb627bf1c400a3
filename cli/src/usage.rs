//! Faults of the command line that clap doesn't find: flags that contradict each other, and
//! flags that are missing.

use std::fmt;

/// The message about a wrong command line, in one line.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Whether the command line is wrong, so that the exit code is 2.
pub fn is_usage(error: &anyhow::Error) -> bool {
    error.root_cause().is::<Usage>()
}
