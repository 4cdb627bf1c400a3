//! The wasi-aot binary as its users meet it.

mod output;
mod targets;
mod usage;
mod workspace;
