//! The wasi-aot binary as its users meet it.

mod output;
mod usage;
mod workspace;
