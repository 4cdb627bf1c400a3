//! Does the binary `wasi-aot` treat its arguments, inputs and outputs right?
//!
//! These tests need nothing but cargo: no Go, no wasmtime, no `make build`. Cargo builds the
//! binary for them. Tests of the command line that need Go programs are in `tests/command`.

mod completions;
mod input;
mod look;
mod names;
mod output;
mod passes;
mod targets;
mod terminal;
mod usage;
mod version;
mod workspace;
