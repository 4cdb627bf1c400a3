//! The wasi-aot binary as its users meet it.

mod completions;
mod input;
mod look;
mod names;
mod output;
mod targets;
mod terminal;
mod usage;
mod version;
mod workspace;
