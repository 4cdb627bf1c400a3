//! Does each import of preview 1 and of `wasi_aot_os_1` survive random arguments? A module in an executable of wasi-aot
//! calls them, with one directory for writing and one directory for reading.
//!
//! The process must end as the module ends it. Neither the directory for reading nor anything
//! beside the directories may change. The runtime's own tests do the same and also look at the
//! bytes around linear memory. `WASI_AOT_FUZZ_CALLS` sets the number of calls,
//! `WASI_AOT_FUZZ_SEED` the seed; the message of a failure has both.

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
use wasi_aot_contract::imports;

/// Ways to build the executable. The first fence must hold alone, so one way has no second
/// fence. Another has the smallest native stack.
const FLAGS: &[&[&str]] = &[
    &["--hostname"],
    &["--hostname", "--no-harden", "--stack-size", "256KiB"],
];

/// The number of calls by default.
const CALLS: u64 = 250_000;
/// Calls of one process. After more calls, the process would have closed and removed everything.
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
    let mut succeeded = vec![0; imports::all().count()];
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

/// Prints how often calls succeeded. A run in which an import never succeeds tests little, and
/// fails.
fn report(calls: u64, succeeded: &[u64]) -> Result<()> {
    let all: u64 = succeeded.iter().sum();
    println!("{calls} calls, of which {all} succeeded");
    for (function, &count) in imports::all().zip(succeeded) {
        // There are no sockets, and the end of the process isn't asked for. Terminals aren't granted:
        // the program would read what the person types who runs the tests.
        let never = ["sock_", "terminal_", "proc_exit"];
        let never = never.iter().any(|name| function.name.starts_with(name));
        ensure!(
            never || count > 0 || calls < CALLS,
            "no {} ever succeeded",
            function.name
        );
    }
    Ok(())
}

/// Builds the program in a fresh directory.
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

/// Runs the program once in fresh surroundings. Returns how often each import succeeded.
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
        counts.len() == imports::all().count() && rest.is_empty(),
        "standard error holds {} bytes",
        finished.stderr.len()
    );
    Ok(counts
        .iter()
        .map(|&count| u64::from_le_bytes(count))
        .collect())
}
