//! Does the compiled code compute what the module says?
//!
//! WebAssembly's own testsuite (`tests/spec`) doesn't have these cases: programs of several
//! functions, code whose faults depend on its layout or the processor, and Go's own code.
//! `tests/edges` has the limits of numbers, memory and stacks.
//!
//! - [`bulk`], [`memories`], [`tables`], [`tail_calls`], [`simd`]: parts of the language;
//! - [`preload`]: several modules in one executable;
//! - [`far_calls`]: more code than a branch of aarch64 reaches;
//! - [`cpu`]: `--cpu`, features of processors;
//! - [`recovery`], [`byte_loops`]: the compiler's knowledge of Go's code.

mod bulk;
mod byte_loops;
mod cpu;
mod far_calls;
mod memories;
mod preload;
mod recovery;
mod simd;
mod tables;
mod tail_calls;

use harness::support;
use harness::tool::Tool;
use std::sync::Arc;

fn main() -> anyhow::Result<()> {
    let tool = Arc::new(Tool::new()?);
    let groups = [
        bulk::trials,
        byte_loops::trials,
        cpu::trials,
        far_calls::trials,
        memories::trials,
        preload::trials,
        recovery::trials,
        simd::trials,
        tables::trials,
        tail_calls::trials,
    ];
    harness::main(groups.iter().flat_map(|group| group(&tool)).collect())
}
