//! Every import of preview 1, called with random arguments by a module in an
//! executable that wasi-aot has built, with one directory to write and one to
//! read.
//!
//! Whatever it calls, the process ends as the module ends it, and neither what
//! it may only read nor what lies beside its directories changes. The shim's
//! own tests do the same with bytes around linear memory that they can look at.
//! `WASI_AOT_FUZZ_CALLS` makes the run longer, `WASI_AOT_FUZZ_SEED` repeats one;
//! a failure says which.

mod module;
mod surroundings;

use anyhow::{Context, Result, ensure};
use harness::run::{Ends, Finished, Run};
use harness::suite::test;
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::path::Path;
use std::sync::Arc;
use surroundings::Surroundings;
use wasi_aot_contract::preview1;

/// Ways to build the executable. The shim's checks must do alone, so whatever
/// is built with more than them is built without it, too; and with the least native stack.
const FLAGS: &[&[&str]] = &[&[], &["--no-harden", "--stack-size", "256KiB"]];

/// Calls in all, unless the environment says otherwise.
const CALLS: u64 = 250_000;
/// Calls of one process: one that has closed or removed all it had finds
/// nothing more.
const CALLS_OF_PROCESS: u64 = 5_000;

fn main() -> Result<()> {
    let tool = Arc::new(Tool::new()?);
    harness::main(FLAGS.iter().map(|flags| trial(&tool, flags)).collect())
}

fn trial(tool: &Arc<Tool>, flags: &'static [&'static str]) -> Trial {
    let tool = Arc::clone(tool);
    let name = format!("imports/random arguments {}", flags.join(" "));
    test(name.trim_end(), move || fuzz(&tool, flags))
}

fn setting(name: &str, default: u64) -> Result<u64> {
    match std::env::var(name) {
        Ok(value) => value.parse().with_context(|| format!("{name}={value}")),
        Err(_) => Ok(default),
    }
}

fn fuzz(tool: &Tool, flags: &[&str]) -> Result<()> {
    let calls = setting("WASI_AOT_FUZZ_CALLS", CALLS)?;
    let first = setting("WASI_AOT_FUZZ_SEED", 1)?;
    let program = build(tool, flags)?;
    let mut succeeded = [0; preview1::FUNCTIONS.len()];
    for seed in first..first + calls.div_ceil(CALLS_OF_PROCESS) {
        let counts = one(&program, seed).with_context(|| {
            format!("seed {seed}; WASI_AOT_FUZZ_SEED={seed} WASI_AOT_FUZZ_CALLS=1 repeats it")
        })?;
        for (sum, count) in succeeded.iter_mut().zip(counts) {
            *sum += count;
        }
    }
    report(calls, &succeeded)
}

/// Says how often calls succeeded: a module that is always refused at once shows
/// little.
fn report(calls: u64, succeeded: &[u64]) -> Result<()> {
    let all: u64 = succeeded.iter().sum();
    println!("{calls} calls, of which {all} succeeded");
    for (function, &count) in preview1::FUNCTIONS.iter().zip(succeeded) {
        // There are no sockets, and signals can't be raised.
        let never = function.name.starts_with("sock_") || function.name.starts_with("proc_");
        ensure!(
            never || count > 0 || calls < CALLS,
            "no {} ever succeeded",
            function.name
        );
    }
    Ok(())
}

/// The program, in a directory of its own.
fn build(tool: &Tool, flags: &[&str]) -> Result<std::path::PathBuf> {
    let directory = tempfile::tempdir()?;
    let module = directory.path().join("random.wasm");
    std::fs::write(&module, wat::parse_str(module::text())?)?;
    let grants = [
        "--dir",
        "writable::/writable",
        "--dir-ro",
        "readable::/readable",
    ];
    let flags: Vec<String> = (grants.iter().chain(flags))
        .map(|flag| (*flag).to_owned())
        .collect();
    tool.executable(&module, &flags)
}

/// Runs the program once in surroundings of its own; how often each import
/// succeeded.
fn one(program: &Path, seed: u64) -> Result<Vec<u64>> {
    let surroundings = Surroundings::new()?;
    let mut command = target::command(program);
    command
        .args([seed.to_string(), CALLS_OF_PROCESS.to_string()])
        .current_dir(surroundings.path())
        .env_clear();
    let finished = Run::of(command).seconds(300).run()?;
    surroundings.check()?;
    ended(&finished)
}

fn ended(finished: &Finished) -> Result<Vec<u64>> {
    ensure!(
        finished.ends == Ends::Exit(module::DONE),
        "{}: {}",
        finished.ends,
        String::from_utf8_lossy(&finished.stderr)
    );
    let (counts, rest) = finished.stderr.as_chunks::<8>();
    ensure!(
        counts.len() == preview1::FUNCTIONS.len() && rest.is_empty(),
        "standard error holds {} bytes",
        finished.stderr.len()
    );
    Ok(counts
        .iter()
        .map(|&count| u64::from_le_bytes(count))
        .collect())
}
