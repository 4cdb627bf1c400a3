//! The library that the end-to-end suites share. `tests/README.md` says how a case is written.
//!
//! Tests as data, and their judgement:
//!
//! - [`case`]: a Go program, its input, and what its outcome is compared with;
//!   [`suite`]: a case with Go versions and flavours, as named tests;
//!   [`compare`]: the differences between two outcomes; [`tree`]: the contents of a directory;
//! - [`agree`]: hand-written modules that must do the same here and under wasmtime;
//!   [`ways`]: flags of `wasi-aot build` that must not change what a program does;
//! - [`facts`]: what a build knows of Go's code;
//! - [`fences`]: which attempts to break out the second fence stops;
//! - [`gotest`], [`gojson`]: reports of Go's tests;
//! - [`main`]: the `main` function of a suite; [`failures`]: the failed tests of all suites.
//!
//! Programs that are built and run:
//!
//! - [`go`]: the pinned Go toolchains, and guests that they build;
//! - [`tool`]: `wasi-aot` itself; [`policy_flags`]: its flags that don't change code;
//!   [`shim`]: runtimes with features for tests;
//! - [`target`]: what executables are built for, and how they are started; [`passes`]: the passes
//!   that a run of the tests leaves out;
//! - [`run`]: runs a program to its end; [`live`]: talks to a running program;
//!   [`terminal`]: a terminal that a test types at;
//!   [`daemon`]: runs a program until its standard input ends;
//! - [`support`]: short forms for tests that build and run one module;
//! - [`paths`]: where tools and products are; [`address`]: addresses to listen on;
//! - [`rng`]: random numbers from a seed.
//!
//! `make build tools` must have run.

#![deny(unsafe_code)]

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
pub mod passes;
pub mod paths;
pub mod policy_flags;
pub mod rng;
pub mod run;
pub mod shim;
mod start;
pub mod suite;
pub mod support;
pub mod target;
pub mod terminal;
pub mod tool;
pub mod tree;
pub mod ways;

pub use start::{main, main_in_turn, main_then};
