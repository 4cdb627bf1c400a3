//! Is there a module whose build costs more than its size lets expect?
//!
//! The real `wasi-aot build` runs on random modules: sections with extreme counts and sizes
//! ([`sections`]), shapes of control flow and data flow that a code generator may find hard
//! ([`shapes`]), and mixtures of both ([`random`]). No build may take more processor time and
//! memory than [`cost::Cost::limit`]. Each must give an executable or one line of error.
//!
//! The tests run fixed seeds, among them the seeds of modules that once were too expensive.
//! `make cost` runs other seeds for as long as it is told to, and keeps too expensive modules
//! in `target/cost`.

mod cost;
mod random;
mod sections;
mod shapes;

use anyhow::{Context, Result, bail, ensure};
use cost::{Cost, measure};
use harness::rng::Rng;
use harness::suite::test;
use harness::tool::Tool;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How many modules of each kind the tests build.
const SAMPLE: u64 = 12;

/// (kind, seed) of modules that once were too expensive.
const FOUND: &[(&str, u64)] = &[
    // Thousands of nested loops. For each instruction the optimiser looked at all loops around
    // it, which took two minutes.
    ("one shape", 777_152),
];

fn main() -> Result<()> {
    let tool = Arc::new(Tool::new()?);
    if let Some(seconds) = number("WASI_AOT_COST_SECONDS")? {
        let seed = number("WASI_AOT_COST_SEED")?.unwrap_or(1);
        return long(&tool, seed, Duration::from_secs(seconds));
    }
    let trials = random::KINDS.iter().map(|kind| {
        let tool = Arc::clone(&tool);
        test(kind.name, move || {
            let mut worst = Worst::default();
            let found = FOUND.iter().filter(|(name, _)| *name == kind.name);
            for seed in (0..SAMPLE).chain(found.map(|&(_, seed)| seed)) {
                worst.add(&tool, kind, seed)?;
            }
            worst.check()
        })
    });
    // Each build is timed.
    harness::main_in_turn(trials.collect())
}

/// A variable of `make cost`. An empty one counts as missing.
fn number(variable: &str) -> Result<Option<u64>> {
    match std::env::var(variable) {
        Ok(text) if !text.is_empty() => {
            let number = text.parse();
            Ok(Some(number.with_context(|| format!("{variable}={text}"))?))
        }
        _ => Ok(None),
    }
}

/// Builds modules of all kinds in turn until the time is over.
fn long(tool: &Tool, seed: u64, time: Duration) -> Result<()> {
    let started = Instant::now();
    let mut worst = Worst::default();
    let mut tried = 0u64;
    for seed in seed.. {
        for kind in random::KINDS {
            if started.elapsed() > time {
                println!("{tried} modules, seeds up to {seed}; worst: {worst}");
                return worst.check();
            }
            worst.add(tool, kind, seed)?;
            tried += 1;
        }
    }
    unreachable!("BUG: seeds end")
}

/// The module that comes nearest to its limit, and all modules above their limits.
#[derive(Default)]
struct Worst {
    share: f64,
    what: String,
    above: Vec<String>,
}

impl Worst {
    fn add(&mut self, tool: &Tool, kind: &random::Kind, seed: u64) -> Result<()> {
        let wasm = (kind.make)(&mut Rng::new(seed));
        let name = format!("{} seed {seed}", kind.name);
        let cost = measure(tool, &wasm).with_context(|| name.clone())?;
        let share = cost.share(wasm.len());
        let what = format!("{name}: {} bytes cost {cost}", wasm.len());
        ensure!(cost.is_clean(), "{what}: {}", cost.message);
        if share > 1.0 {
            let kept = keep(kind, seed, &wasm)?;
            self.above.push(format!(
                "{what}; limit {} ({kept})",
                Cost::limit(wasm.len())
            ));
        }
        if share > self.share {
            (self.share, self.what) = (share, what);
        }
        Ok(())
    }

    fn check(&self) -> Result<()> {
        if self.above.is_empty() {
            return Ok(());
        }
        bail!("too expensive:\n{}", self.above.join("\n"))
    }
}

impl std::fmt::Display for Worst {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0}% of its limit, {}", self.share * 100.0, self.what)
    }
}

/// Keeps a module in `target/cost`.
fn keep(kind: &random::Kind, seed: u64, wasm: &[u8]) -> Result<String> {
    let directory = harness::paths::profile_dir()?.with_file_name("cost");
    std::fs::create_dir_all(&directory)?;
    let path = directory.join(format!("{}-{seed}.wasm", kind.name.replace(' ', "-")));
    std::fs::write(&path, wasm)?;
    Ok(path.display().to_string())
}
