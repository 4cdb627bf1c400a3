//! Execution at its edges: what the specification's own testsuite doesn't come to,
//! because it lies at limits of ours (the layout in `contract`), or because only a
//! whole program can show it.
//!
//! - [`float`]: bits of NaNs, rounding, minima and maxima;
//! - [`integer`]: division, shifts, counts; conversions from floats;
//! - [`access`]: loads and stores across pages, at the end of memory and beyond;
//! - [`growth`]: `memory.grow` to its limits, 4 GiB of memory;
//! - [`sweep`]: every load and store at every boundary;
//! - [`ranges`]: bulk operations of lengths that wrap; tables; the native stack.
//!
//! What is expected is written here, as it follows from the specification, and
//! holds for wasmtime, too. Each program is built in all of [`harness::ways`].

mod access;
mod float;
mod growth;
mod integer;
mod ranges;
mod sweep;

use harness::tool::Tool;
use std::sync::Arc;

fn main() -> anyhow::Result<()> {
    let tool = Arc::new(Tool::new()?);
    let suites = [
        access::trials,
        float::trials,
        growth::trials,
        integer::trials,
        ranges::trials,
        sweep::trials,
    ];
    let trials = suites.iter().flat_map(|suite| suite(&tool)).collect();
    harness::main(trials)
}
