//! A failure about which another program has said everything.

use std::fmt;

/// The exit code. There is nothing more to say.
#[derive(Debug)]
pub struct Told(pub u8);

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "failed with exit code {}", self.0)
    }
}

impl std::error::Error for Told {}
