//! What can go wrong in a build, as values that say what, where and what to do.
//! Each displays as one line without a final full stop.

/// The reason why a build failed. Offsets count from the start of the file.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(
        "not a WebAssembly module (no \\0asm at the start); build one with GOOS=wasip1 GOARCH=wasm go build"
    )]
    NotWasm,
    #[error("no _start is exported, so there is nothing to run; build a command, not a library")]
    NoStart,
    #[error("{0}")]
    Policy(String),
    /// The object and the shim don't fit together, or the image is too large.
    #[error("{0}")]
    Link(String),
}
