//! The wasi-aot binary as its users meet it.

mod completions;
mod output;
mod targets;
mod terminal;
mod usage;
mod workspace;
