//! The errors of a build. Each says what is wrong, where, and what to do, in one line without
//! a final full stop. Offsets count from the start of the wasm file.
//!
//! Invariant: text of a module or of the command line is in an error only as [`printable`]
//! makes it, short and without characters that steer a terminal.

use std::fmt;

/// The reason why a build failed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file has no bytes.
    #[error(
        "an empty file, not a WebAssembly module; build one with GOOS=wasip1 GOARCH=wasm go build"
    )]
    Empty,
    /// The file is an executable or an object.
    #[error(
        "an ELF file, which is compiled already; give the WebAssembly module or the Go package that it is made from"
    )]
    Elf,
    /// The file has no `\0asm` at the start.
    #[error(
        "not a WebAssembly module (no \\0asm at the start); build one with GOOS=wasip1 GOARCH=wasm go build"
    )]
    NotWasm,
    /// The file is a component.
    #[error(
        "a WebAssembly component, not a core module; compile the core module inside it (wasm-tools component unbundle)"
    )]
    Component,
    /// The file ends too early.
    #[error("truncated at offset {offset:#x}; copy or build the module again")]
    Truncated {
        /// Offset in the file.
        offset: u64,
    },
    /// The validator refuses the module.
    #[error("invalid module{}: {message} (offset {offset:#x})", InFunction(function.as_deref()))]
    Invalid {
        /// The function's name, if it is in a function.
        function: Option<String>,
        /// Offset in the file.
        offset: u64,
        /// The validator's message.
        message: String,
    },
    /// The module is valid, but a feature that it uses can't be compiled yet.
    #[error("{feature} is not supported yet{} (offset {offset:#x}); rebuild without it", InFunction(function.as_deref()))]
    Unsupported {
        /// The feature's name.
        feature: String,
        /// The function's name, if it is in a function.
        function: Option<String>,
        /// Offset in the file.
        offset: u64,
    },
    /// The module imports functions of JavaScript.
    #[error("built for GOOS=js; rebuild with GOOS=wasip1")]
    GoJs,
    /// `--function` chooses no function.
    #[error("no function has a name that matches {0}; leave --function out to see all names")]
    NotShown(String),
    /// Nobody provides an import.
    #[error("unknown import {module}.{name}, {wanted}; {hint}")]
    UnknownImport {
        /// The import's module name.
        module: String,
        /// The import's name.
        name: String,
        /// The type that is imported.
        wanted: String,
        /// The advice to the user.
        hint: String,
    },
    /// An import names a preload that is instantiated later.
    #[error(
        "import {module}.{name} comes from a later preload; give --preload {module}=FILE before the module that imports it"
    )]
    LateImport {
        /// The import's module name.
        module: String,
        /// The import's name.
        name: String,
    },
    /// A preload lacks an export that a module imports.
    #[error(
        "import {module}.{name} is {wanted}, but the preload {module} exports {exports} and no {name}; give the right --preload {module}=FILE"
    )]
    NotExported {
        /// The import's module name.
        module: String,
        /// The import's name.
        name: String,
        /// The type that is imported.
        wanted: String,
        /// The first exports.
        exports: String,
    },
    /// A preload exports something of another type.
    #[error(
        "import {module}.{name} is {wanted}, but the preload {module} exports {found}; give the --preload {module}=FILE that it was built for"
    )]
    ImportMismatch {
        /// The import's module name.
        module: String,
        /// The import's name.
        name: String,
        /// The type that is imported.
        wanted: String,
        /// The type that was found.
        found: String,
    },
    /// An error in a preload.
    #[error("preload {name}: {error}")]
    InPreload {
        /// The preload's name.
        name: String,
        /// The error in the preload.
        error: Box<Error>,
    },
    /// A preload calls the runtime and has another memory than the main module's.
    #[error(
        "it calls {module}.{function} and has a memory of its own, but {module} acts on the main module's memory; import the main module's memory instead"
    )]
    OtherMemory {
        /// The runtime's module.
        module: &'static str,
        /// The function of that module.
        function: &'static str,
    },
    /// A preload has the name of a module that the runtime provides.
    #[error(
        "--preload {name}=FILE: every executable already provides {name}; leave this preload out"
    )]
    ReservedPreload {
        /// The preload's name.
        name: String,
    },
    /// Two preloads have one name.
    #[error("--preload {name}=FILE is given twice; give the second preload another name")]
    TwicePreloaded {
        /// The preload's name.
        name: String,
    },
    /// An import from the runtime has another signature.
    #[error(
        "import {module}.{name} has signature {found}, but {module} defines {expected}; the module was built against another interface"
    )]
    ImportSignature {
        /// The import's module name.
        module: String,
        /// The import's name.
        name: String,
        /// The type that was found.
        found: String,
        /// Preview 1's signature.
        expected: String,
    },
    /// The module is a reactor.
    #[error(
        "a reactor (_initialize and no _start) is not supported yet; it exports {exports}; build it without -buildmode=c-shared"
    )]
    Reactor {
        /// Its exported functions.
        exports: String,
    },
    /// The module exports no `_start`.
    #[error("no _start is exported, so there is nothing to run; build a command (package main)")]
    NoStart,
    /// `_start` isn't `() -> ()`.
    #[error("_start has signature {found} instead of () -> (); build a command (package main)")]
    StartSignature {
        /// Its type.
        found: String,
    },
    /// `--max-memory` is too small for the initial memories and the native stack.
    #[error(
        "the module starts with {initial} of memory and needs {stack} of native stack, but --max-memory allows {maximum} for both; raise --max-memory to {needed}"
    )]
    InitialMemory {
        /// The memories' initial size, with its unit.
        initial: String,
        /// The native stack's size, with its unit.
        stack: String,
        /// The smallest `--max-memory` that is enough, with its unit.
        needed: String,
        /// The `--max-memory` that was given, with its unit.
        maximum: String,
    },
    /// The module asks for more than a limit allows.
    #[error("{0}")]
    Limit(String),
    /// Flags of the policy contradict each other or have a bad value.
    #[error("{0}")]
    Policy(String),
    /// The file that should get another policy isn't an executable of wasi-aot.
    #[error("{0}")]
    NoExecutable(String),
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
    /// An error that the validator found outside of functions.
    #[must_use]
    pub fn from_validator(error: &wasmparser::Error) -> Self {
        Self::from_validator_in(None, error)
    }

    /// An error that the validator found in `function`, or outside of functions.
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

/// The most characters of a module's text in a message. Names may be megabytes long.
const MAX_TEXT: usize = 300;

/// Text from a module for a message of one line: characters that a terminal wouldn't show are
/// escaped, and long text is cut off.
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

    /// Messages of the compiler and of executables must escape the same characters.
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
