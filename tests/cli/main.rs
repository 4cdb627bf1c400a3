//! wasi-aot as a command: what it refuses, what its output is made of, and what
//! its executables do before and after Go's part.

mod agree;
mod bulk;
mod byte_loops;
mod cpu;
mod cpu_limit;
mod errors;
mod far_calls;
mod harden;
mod image;
mod inherited;
mod inspect;
mod isolation;
mod keys;
mod ld;
mod listen;
mod memories;
mod output;
mod own;
mod policy;
mod preempt;
mod preload;
mod recovery;
mod repeat;
mod run;
mod run_cache;
mod simd;
mod starting;
mod streams;
mod support;
mod tables;
mod tail_calls;
mod traps;

use harness::tool::Tool;
use libtest_mimic::Arguments;
use std::sync::Arc;

fn main() -> anyhow::Result<()> {
    let args = Arguments::from_args();
    let tool = Arc::new(Tool::new()?);
    let suites = [
        bulk::trials,
        byte_loops::trials,
        cpu::trials,
        cpu_limit::trials,
        errors::trials,
        far_calls::trials,
        harden::trials,
        inherited::trials,
        image::trials,
        inspect::trials,
        policy::trials,
        output::trials,
        own::trials,
        repeat::trials,
        recovery::trials,
        preempt::trials,
        preload::trials,
        run::trials,
        run_cache::trials,
        simd::trials,
        starting::trials,
        streams::trials,
        listen::trials,
        memories::trials,
        tables::trials,
        tail_calls::trials,
        traps::trials,
        isolation::trials,
        keys::trials,
        ld::trials,
    ];
    let trials = suites.iter().flat_map(|suite| suite(&tool)).collect();
    let conclusion = libtest_mimic::run(&args, trials);
    // `exit` runs no destructors, and the tool's directory is to be removed.
    drop(tool);
    conclusion.exit()
}
