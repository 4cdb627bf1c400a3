//! What can go wrong in a build, as values that say what, where and what to do.
//! Each displays as one line without a final full stop. Offsets count from the
//! start of the wasm file.

use std::fmt;

/// The reason why a build failed.
#[derive(Debug, thiserror::Error)]
#[expect(
    missing_docs,
    reason = "each variant's message says what it is, and names its fields"
)]
pub enum Error {
    #[error(
        "not a WebAssembly module (no \\0asm at the start); build one with GOOS=wasip1 GOARCH=wasm go build"
    )]
    NotWasm,
    #[error(
        "a WebAssembly component, not a core module; compile the core module inside it (wasm-tools component unbundle)"
    )]
    Component,
    #[error("truncated at offset {offset:#x}; copy or build the module again")]
    Truncated { offset: u64 },
    #[error("invalid module{}: {message} (offset {offset:#x})", InFunction(function.as_deref()))]
    Invalid {
        function: Option<String>,
        offset: u64,
        message: String,
    },
    #[error("{feature} is not supported yet{} (offset {offset:#x}); rebuild without it", InFunction(function.as_deref()))]
    Unsupported {
        feature: String,
        function: Option<String>,
        offset: u64,
    },
    #[error("built for GOOS=js; rebuild with GOOS=wasip1")]
    GoJs,
    #[error("unknown import {module}.{name}, {wanted}; {hint}")]
    UnknownImport {
        module: String,
        name: String,
        wanted: String,
        /// What to do about it.
        hint: String,
    },
    #[error(
        "import {module}.{name} is of a later preload; give --preload {module}=FILE before the one that imports it"
    )]
    LateImport { module: String, name: String },
    #[error(
        "import {module}.{name} is {wanted}, but the preload {module} exports {exports} and no {name}; give the right --preload {module}=FILE"
    )]
    NotExported {
        module: String,
        name: String,
        wanted: String,
        exports: String,
    },
    #[error(
        "import {module}.{name} is {wanted}, but the preload {module} exports {found}; give the --preload {module}=FILE that it was built for"
    )]
    ImportMismatch {
        module: String,
        name: String,
        wanted: String,
        found: String,
    },
    #[error("preload {name}: {error}")]
    InPreload { name: String, error: Box<Error> },
    #[error(
        "it calls wasi_snapshot_preview1.{function} and has a memory of its own, but preview 1 acts on the main module's memory; import that one in it"
    )]
    OtherMemory { function: &'static str },
    #[error("--preload {name}=FILE: {name} is part of every executable; leave it out")]
    ReservedPreload { name: String },
    #[error("--preload {name}=FILE is there twice; give the second one another name")]
    TwicePreloaded { name: String },
    #[error(
        "import {module}.{name} has signature {found}, but preview 1 defines {expected}; the module was built against another interface"
    )]
    ImportSignature {
        module: String,
        name: String,
        found: String,
        expected: String,
    },
    #[error(
        "a reactor (_initialize and no _start) is not supported yet; it exports {exports}; build it without -buildmode=c-shared"
    )]
    Reactor { exports: String },
    #[error("no _start is exported, so there is nothing to run; build a command (package main)")]
    NoStart,
    #[error("_start has signature {found} instead of () -> (); build a command (package main)")]
    StartSignature { found: String },
    #[error(
        "the module starts with {initial} of memory and needs {stack} of native stack, but --max-memory allows {maximum} for both; raise --max-memory to {needed}"
    )]
    InitialMemory {
        initial: String,
        stack: String,
        needed: String,
        maximum: String,
    },
    /// More than the compiler or the code generator takes: what, and what to do.
    #[error("{0}")]
    Limit(String),
    /// A policy that contradicts itself or can't be kept.
    #[error("{0}")]
    Policy(String),
    /// The object and the shim don't fit together, or the image is too large.
    #[error("{0}")]
    Link(String),
}

/// Displays ` in NAME`, or nothing.
struct InFunction<'a>(Option<&'a str>);

impl fmt::Display for InFunction<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(name) => write!(f, " in {name}"),
            None => Ok(()),
        }
    }
}

impl Error {
    /// What the validator found, outside any function.
    #[must_use]
    pub fn from_validator(error: &wasmparser::Error) -> Self {
        Self::from_validator_in(None, error)
    }

    /// What the validator found in `function`.
    #[must_use]
    pub fn from_validator_in(function: Option<String>, error: &wasmparser::Error) -> Self {
        // wasmparser says this for every way in which the bytes can end too early.
        if function.is_none() && error.message().starts_with("unexpected end") {
            return Self::Truncated {
                offset: error.offset(),
            };
        }
        let message = error.message().lines().collect::<Vec<_>>().join(" ");
        Self::Invalid {
            function,
            offset: error.offset(),
            message: printable(&message),
        }
    }
}

/// The most characters of a module's text in a message: names may be megabytes long.
const MAX_TEXT: usize = 300;

/// Text from a module as it can stand in a message of one line: what a terminal
/// wouldn't show is escaped, what is too long is cut off.
#[must_use]
pub fn printable(text: &str) -> String {
    let mut shown = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == MAX_TEXT {
            shown.push_str("...");
            break;
        }
        match c {
            '"' | '\'' | '\\' => shown.push(c),
            _ => shown.extend(c.escape_debug()),
        }
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasi_aot_contract::text::steers;

    /// So that messages of the compiler and of executables agree on what is harmless.
    #[test]
    fn whatever_steers_a_terminal_is_escaped() {
        for c in ('\0'..=char::MAX).filter(|&c| steers(c)) {
            let shown = printable(&format!("a{c}b"));
            assert!(shown.is_ascii() && !shown.contains(c), "{c:?}: {shown:?}");
        }
    }

    #[test]
    fn text_of_a_module_stays_on_one_line_of_bounded_length() {
        assert_eq!(
            printable("main.(*T\u{2022}).\"x\\y\""),
            "main.(*T\u{2022}).\"x\\y\""
        );
        assert_eq!(
            printable("a\nb\u{1b}[2J\u{2028}"),
            "a\\nb\\u{1b}[2J\\u{2028}"
        );
        let long = printable(&"n".repeat(100_000));
        assert_eq!(long.len(), MAX_TEXT + "...".len());
    }
}
