//! Compiles a `GOOS=wasip1` WebAssembly module into a standalone executable.
//!
//! ```
//! use wasi_aot_compiler::{Options, build};
//!
//! let wasm = wat::parse_str(
//!     r#"(module
//!         (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
//!         (memory (export "memory") 1)
//!         (func (export "_start") (call $exit (i32.const 7))))"#,
//! )?;
//! // `()` is an observer that does nothing.
//! let executable = build(&wasm, &Options::default(), &())?;
//! assert!(executable.starts_with(b"\x7fELF"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Options`] say for which [`Target`], what the program may touch ([`policy::Policy`]), and
//! what comes out ([`Emit`]). [`build_with`] takes further modules that the main one imports
//! from. [`inspect()`] tells what a module or an executable is.
//!
//! Inside, data flows one way: bytes -> `merge`: the bytes of one module -> `module` -> per
//! function, in parallel (`compile`): values (`ir`), transformed by `pass`, then CLIF (`lower`)
//! and machine code -> `emit`: a relocatable object -> `link`: the executable. `build` runs
//! all of it.
//!
//! Whoever calls this crate may rely on what is documented here, and on nothing in
//! `internals`, which is for this repository's own tests.

#![forbid(unsafe_code)]
#![deny(missing_docs)]

mod analysis;
mod build;
mod compile;
pub mod cpu;
mod emit;
mod error;
mod go;
mod grant;
pub mod inspect;
mod ir;
mod link;
mod lower;
mod manifest;
mod merge;
mod module;
mod naming;
mod options;
mod pass;
pub mod passes;
pub mod policy;
mod shim_image;
mod symbol;
mod target;
mod trap;
pub mod version;
mod wasm;
mod weight;

pub use build::{build, build_with};
pub use compile::name_function_in_panics;
pub use error::Error;
pub use grant::grant;
pub use inspect::inspect;
pub use merge::Preload;
pub use options::{Emit, Facts, Observer, OptLevel, Options, Pattern, Phase, Target};

/// What this repository's tests look at inside; it may change at any time.
#[doc(hidden)]
pub mod internals {
    pub use crate::analysis::Analysis;
    pub use crate::merge::merge;
    pub use crate::module::{Module, parse};
    pub use crate::shim_image::of as shim_image;
    pub use crate::wasm::{Gaps, feature_of, proposal_of};
}
