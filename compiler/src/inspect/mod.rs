//! Reports what a file is and what the file may do, for people, and for tools that decide
//! about a file before it runs. This module collects data; it prints nothing.
//!
//! A WebAssembly module is described by an inventory, which only needs whole sections
//! ([`outline`]), and by the compiler, which says whether the module can be built and which
//! properties of Go's code it recognises ([`module`]). An executable is described by the data
//! that it reads when it starts ([`elf`], [`executable`]).
//!
//! The bytes may hold anything. Every read of them is bounds-checked. Memory use is bounded by
//! the file's size and by the memory use of a build.

pub mod asks;
pub mod buildinfo;
mod elf;
pub mod executable;
pub mod module;
mod outline;
#[cfg(test)]
mod tests;

pub use buildinfo::BuildInfo;
pub use executable::Executable;
pub use module::ModuleReport;

/// A described file.
pub enum Inspected {
    /// A WebAssembly module or component.
    Module(Box<ModuleReport>),
    /// An executable or object of wasi-aot.
    Executable(Box<Executable>),
}

/// Why a file can't be described. Each displays as one line.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// Neither a module nor made by wasi-aot; the text says what it is.
    #[error("{0}; inspect reads WebAssembly modules, and what wasi-aot builds from them")]
    Foreign(&'static str),
    /// A file that can't be read in whole; the text says why.
    #[error("damaged: {0}; copy or build it again")]
    Damaged(String),
    /// Made by a wasi-aot with other formats.
    #[error(
        "made by another version of wasi-aot (its contract is {found}, this one's is {ours}); inspect it with that version"
    )]
    OtherVersion {
        /// The file's contract version.
        found: u32,
        /// This wasi-aot's contract version.
        ours: u32,
    },
}

/// The first bytes of everything that [`inspect`] reads.
const WASM: &[u8] = b"\0asm";
const ELF: &[u8] = b"\x7fELF";

/// The number of bytes that [`is_readable`] needs.
pub const MAGIC_SIZE: usize = 4;

/// Whether a file with this beginning may be of a kind that is read. Callers can refuse an
/// endless stream after its first [`MAGIC_SIZE`] bytes.
///
/// # Errors
/// [`InspectError`] with what the file is instead.
pub fn is_readable(start: &[u8]) -> Result<(), InspectError> {
    match start {
        [] => Err(InspectError::Foreign("an empty file")),
        _ if start.starts_with(WASM) || start.starts_with(ELF) => Ok(()),
        _ if WASM.starts_with(start) || ELF.starts_with(start) => Err(InspectError::Damaged(
            "it ends within its first bytes".into(),
        )),
        _ => Err(InspectError::Foreign(
            "neither a WebAssembly module nor an ELF file",
        )),
    }
}

/// Describes a file by its bytes.
///
/// # Errors
/// [`InspectError`] for a file that can't be read. A module that can be read but not built is
/// no error; [`ModuleReport::build`] says why it can't.
pub fn inspect(bytes: &[u8]) -> Result<Inspected, InspectError> {
    is_readable(bytes)?;
    Ok(if bytes.starts_with(WASM) {
        Inspected::Module(Box::new(module::report(bytes)?))
    } else {
        Inspected::Executable(Box::new(executable::report(bytes)?))
    })
}
