//! Mistakes on the command line that only show when flags are seen together.

use std::fmt;

/// A contradiction between flags, said in one line.
#[derive(Debug)]
pub struct Usage(pub String);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Usage {}

/// Whether the command line is to blame, so that the exit code is 2.
pub fn is_usage(error: &anyhow::Error) -> bool {
    error.root_cause().is::<Usage>()
}
