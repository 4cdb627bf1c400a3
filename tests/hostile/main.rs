//! What if a module asks for too much of the compiler? The compiler must compile each module in
//! bounded time and memory, or refuse it in one line.
//!
//! The real `wasi-aot build` runs with limits of address space and processor time ([`bounds`]).
//! The modules are small files with large numbers ([`modules`], [`bodies`], [`names`], [`go`]),
//! or small modules that are cut off and changed at every place ([`damage`]).

mod bodies;
mod bounds;
mod damage;
mod go;
mod modules;
mod names;
mod wasm;

use harness::tool::Tool;
use std::sync::Arc;

fn main() -> anyhow::Result<()> {
    let tool = Arc::new(Tool::new()?);
    let cases = [modules::CASES, bodies::CASES, names::CASES, go::CASES];
    let mut trials: Vec<_> = cases
        .into_iter()
        .flatten()
        .map(|case| bounds::trial(&tool, case))
        .collect();
    trials.extend(damage::trials());
    // Each build is timed, and may take gigabytes.
    harness::main_in_turn(trials)
}
