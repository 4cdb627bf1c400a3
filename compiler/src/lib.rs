//! Compiles a `GOOS=wasip1` WebAssembly module into a standalone executable.
//!
//! Data flows one way: bytes -> [`merge`]: those of one module -> [`module`] -> per function, in parallel
//! ([`compile`]): a [`flow`] graph, then CLIF ([`lower`]) and machine code ->
//! [`emit`]: a relocatable object -> [`link`]: the executable. [`build`] runs it
//! all; [`inspect`] tells what a module or an executable is.

pub mod analysis;
pub mod build;
pub mod compile;
pub mod cpu;
pub mod emit;
pub mod error;
pub mod flow;
pub mod go;
pub mod inspect;
pub mod link;
pub mod lower;
pub mod merge;
pub mod module;
pub mod names;
pub mod options;
pub mod policy;
pub mod shim_image;
pub mod symbol;
pub mod target;
pub mod trap;
pub mod version;
mod wasm;
pub mod weight;

pub use build::{build, build_with};
pub use error::Error;
pub use inspect::inspect;
pub use merge::Preload;
pub use options::{Emit, Facts, Observer, OptLevel, Options, Phase, Target};
