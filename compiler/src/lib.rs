//! Compiles a `GOOS=wasip1` WebAssembly module into a standalone executable.
//!
//! Data flows one way: bytes -> [`module`] -> per function, in parallel: a
//! [`flow`] graph, then CLIF ([`lower`]) and machine code -> [`emit`]: a
//! relocatable object -> [`link`]: the executable. [`build`] runs it all.

pub mod error;
pub mod link;
pub mod options;
pub mod policy;
pub mod shim;

pub use error::Error;
pub use options::{Emit, Observer, OptLevel, Options, Phase, Target};

/// Compiles `wasm` as `options` say and returns the bytes of the output file
/// (for [`Emit::Clif`] and [`Emit::Asm`]: UTF-8 text).
///
/// Same input and options give the same bytes.
///
/// # Errors
/// Any [`Error`]; each displays as one line.
pub fn build(_wasm: &[u8], _options: &Options, _observer: &dyn Observer) -> Result<Vec<u8>, Error> {
    Err(Error::NoStart)
}
