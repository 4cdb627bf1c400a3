//! Are numbers, memory and stacks right at their limits?
//!
//! The specification's own testsuite has no such cases: the limits are those of our address
//! layout (`contract`), or only a whole program shows them.
//!
//! - [`float`]: bits of NaNs, rounding, minima and maxima;
//! - [`integer`]: division, shifts, counts; conversions from floats;
//! - [`access`]: loads and stores across pages, at the end of memory and beyond;
//! - [`growth`]: `memory.grow` to its limits, 4 GiB of memory;
//! - [`sweep`]: every load and store at every boundary;
//! - [`ranges`]: bulk operators and tables, whose ranges wrap; the native stack.
//!
//! The expected numbers follow from the specification and are written in the tests. wasmtime
//! must print them, too. Each program is built in all of [`harness::ways`].

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
