//! What the end-to-end suites share. Data goes one way:
//!
//! - [`case`]: a test as data: a guest, its input, and what it is measured by;
//! - [`go`]: the pinned Go toolchains, and guests built with them (cached);
//! - [`tool`]: wasi-aot itself, and executables made by it;
//! - [`run`]: starts a program, feeds and reads it, never waits forever;
//! - [`address`]: addresses for listeners;
//! - [`live`]: one that a test talks to while it runs, or that may fall silent;
//! - [`daemon`]: a program that runs until it is told to end;
//! - [`tree`]: what a directory holds;
//! - [`fences`]: what the kernel's fences make of attempts to break out;
//! - [`agree`]: hand-written modules that must do the same here and under wasmtime;
//! - [`facts`]: what a build knows of Go's code;
//! - [`compare`]: the differences between two outcomes;
//! - [`gotest`]: what a test binary of Go's reports, [`gojson`]: what `go test` does;
//! - [`rng`]: numbers from a seed, for what is generated;
//! - [`shim`]: the runtime's library, and linking with `ld`;
//! - [`target`]: what executables are built for, and how they are started here;
//! - [`suite`]: cases times Go versions times build flavours, as named tests;
//! - [`support`]: short forms for tests that build and run one module;
//! - [`ways`]: flags of `wasi-aot build` that must make no difference;
//! - [`main`]: the `main` function of a suite.
//!
//! `tests/setup.sh matrix` puts the tools in place first.

pub mod address;
pub mod agree;
pub mod case;
pub mod compare;
pub mod daemon;
pub mod facts;
pub mod failures;
pub mod fences;
pub mod go;
pub mod gojson;
pub mod gotest;
pub mod live;
pub mod paths;
pub mod rng;
pub mod run;
pub mod shim;
mod start;
pub mod suite;
pub mod support;
pub mod target;
pub mod tool;
pub mod tree;
pub mod ways;

pub use start::{main, main_in_turn, main_then};
