//! What a program shows to its caller: its output and its end.
//!
//! wasmtime's message for a trap has other words than wasi-aot's. `TRAPS` translates.

use crate::run::{Ends, Finished};
use anyhow::{Context, Result};

/// wasi-aot's words for a trap and wasmtime's.
const TRAPS: [(&str, &str); 11] = [
    ("unreachable", "wasm `unreachable` instruction executed"),
    ("out of bounds memory access", "out of bounds memory access"),
    (
        "undefined element",
        "undefined element: out of bounds table access",
    ),
    (
        "out of bounds table access",
        "undefined element: out of bounds table access",
    ),
    ("uninitialized element", "uninitialized element"),
    ("indirect call type mismatch", "indirect call type mismatch"),
    ("integer divide by zero", "integer divide by zero"),
    ("integer overflow", "integer overflow"),
    (
        "invalid conversion to integer",
        "invalid conversion to integer",
    ),
    ("native stack overflow", "call stack exhausted"),
    // wasmtime has no such trap: a fact that wasi-aot trusts does not hold.
    ("resumed where Go never resumes", "resumed where Go never"),
];

/// How a program ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Normal(Ends),
    /// By a trap, in wasmtime's words.
    Trap(&'static str),
}

impl End {
    /// The end by the trap that wasi-aot describes with these words; exit code 0 if they
    /// are empty.
    ///
    /// # Errors
    /// If wasi-aot has no such trap.
    pub fn by(trap: &str) -> Result<Self> {
        if trap.is_empty() {
            return Ok(Self::Normal(Ends::Exit(0)));
        }
        let found = TRAPS.iter().find(|(ours, _)| *ours == trap);
        let (_, wasmtimes) = found.with_context(|| format!("no trap is called {trap:?}"))?;
        Ok(Self::Trap(wasmtimes))
    }
}

/// What a program shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub end: End,
    pub stdout: Vec<u8>,
}

impl Seen {
    /// What an executable of ours showed.
    ///
    /// # Errors
    /// If it ended by a trap with words that are not in [`TRAPS`].
    pub fn ours(finished: Finished) -> Result<Self> {
        Self::of(finished, |(ours, _)| ours)
    }

    /// What a module showed under wasmtime.
    ///
    /// # Errors
    /// As [`Self::ours`].
    pub fn wasmtimes(finished: Finished) -> Result<Self> {
        Self::of(finished, |(_, wasmtimes)| wasmtimes)
    }

    fn of(
        finished: Finished,
        words: impl Fn((&'static str, &'static str)) -> &'static str,
    ) -> Result<Self> {
        // Both end with exit code 134 after a trap.
        let end = if finished.ends == Ends::Exit(134) {
            let stderr = String::from_utf8_lossy(&finished.stderr);
            let (_, message) = stderr
                .split_once("trap: ")
                .with_context(|| format!("exit 134 without a message about a trap: {stderr}"))?;
            let mut traps = TRAPS.into_iter();
            let found = traps.find(|&trap| message.starts_with(words(trap)));
            let (_, wasmtimes) = found.with_context(|| format!("an unknown trap: {stderr}"))?;
            End::Trap(wasmtimes)
        } else {
            End::Normal(finished.ends)
        };
        Ok(Self {
            end,
            stdout: finished.stdout,
        })
    }

    /// The output as text.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }
}
