//! The command of a kind and seed, and its comparison with the reference.

use crate::command::{self, Command, Shape};
use crate::config::Kind;
use crate::dense;
use crate::golike;
use crate::ours::{BOUNDS_WAYS, Bench, GO_WAYS, WAYS, Way};
use crate::outcome::{End, Outcome, difference};
use crate::reference::Reference;
use crate::smith;
use anyhow::{Context, Result, ensure};
use harness::facts::Observed;
use harness::passes;
use harness::rng::Rng;
use wasi_aot_compiler::Facts;

/// The largest number of runs of a command. After each run that traps there is one more.
const RUNS: usize = 3;

/// A command that both sides run.
pub struct Subject {
    pub command: Command,
    pub kind: Kind,
    /// The number of functions in which a build must recognise Go's dispatch.
    pub dispatches: usize,
}

/// The command of this kind and seed. `None` if the seed gives no module.
///
/// # Errors
/// If the module can't become a command.
pub fn subject(kind: Kind, seed: u64) -> Result<Option<Subject>> {
    let mut rng = Rng::new(seed);
    if kind == Kind::Go {
        let module = golike::module(&mut rng);
        let shape = Shape {
            fuel: None,
            observers: true,
            returns_without: None,
            digest: false,
            exports: false,
            go_table: Some(golike::FIRST_ELEMENT),
            entry: Some(module.entry),
        };
        let command = command::make(&module.wasm, shape, &mut rng)?;
        return Ok(Some(Subject {
            command,
            kind,
            dispatches: module.dispatches,
        }));
    }
    if kind == Kind::Dense {
        let wasm = dense::module(&mut rng);
        let shape = Shape {
            fuel: None,
            observers: true,
            returns_without: None,
            digest: true,
            exports: false,
            go_table: None,
            entry: None,
        };
        let command = command::make(&wasm, shape, &mut rng)?;
        return Ok(Some(Subject {
            command,
            kind,
            dispatches: 0,
        }));
    }
    let Ok(module) = smith::generate(kind, &mut rng) else {
        return Ok(None);
    };
    let shape = Shape {
        fuel: Some(module.fuel),
        observers: kind == Kind::Floats,
        returns_without: (kind != Kind::Traps).then_some(module.fuel),
        digest: rng.chance(80),
        exports: rng.chance(30),
        go_table: None,
        entry: None,
    };
    let command = command::make(&module.wasm, shape, &mut rng)?;
    Ok(Some(Subject {
        command,
        kind,
        dispatches: 0,
    }))
}

/// The runs of the reference: the first call and the outcome of each.
///
/// # Errors
/// If the reference can't run it.
pub fn expected(command: &Command, reference: &mut Reference) -> Result<Vec<(u64, Outcome)>> {
    let runs = reference.runs(&command.wasm)?;
    let mut outcomes = Vec::new();
    let mut first = 0;
    while first < command.calls && outcomes.len() < RUNS {
        let outcome = runs.run(first)?;
        let next = match outcome.end {
            End::Trapped(_) => outcome.last_call().map(|call| call + 1),
            End::Returned => None,
        };
        outcomes.push((first, outcome));
        match next {
            Some(next) => first = next,
            None => break,
        }
    }
    Ok(outcomes)
}

/// Compares our runs, built in this way, with the expected runs, and adds to the number of
/// executions. Returns the facts that the build knew of Go's code.
///
/// # Errors
/// The first difference, as [`difference`] says it, or why ours can't be built or run.
pub fn compare(
    wasm: &[u8],
    way: Way,
    expected: &[(u64, Outcome)],
    bench: &Bench,
    executions: &mut u64,
) -> Result<Facts> {
    let observed = Observed::default();
    bench.build(wasm, way, &observed)?;
    for (first, reference) in expected {
        let ours = bench.run(*first)?;
        *executions += 1;
        if let Some(what) = difference(&ours, reference) {
            anyhow::bail!("from call {first} on: {what}");
        }
    }
    observed.get()
}

impl Subject {
    pub fn ways(&self) -> &'static [Way] {
        match self.kind {
            Kind::Go => &GO_WAYS,
            Kind::Traps | Kind::Memory | Kind::Tables | Kind::Dense => &BOUNDS_WAYS,
            _ => &WAYS,
        }
    }

    /// Compares all ways.
    ///
    /// # Errors
    /// The first way that differs, and how.
    pub fn check(
        &self,
        expected: &[(u64, Outcome)],
        bench: &Bench,
        executions: &mut u64,
    ) -> Result<()> {
        for way in self.ways() {
            let facts = compare(&self.command.wasm, *way, expected, bench, executions);
            let facts = facts.with_context(|| way.to_string())?;
            if self.kind == Kind::Go && passes::all_run() {
                let wanted = match way.go {
                    crate::ours::Go::None => (0, 0),
                    _ => (self.dispatches, self.dispatches),
                };
                let found = (facts.dispatches_removed, facts.dispatches);
                ensure!(
                    found == wanted,
                    "{way}: {} of {} dispatches removed, not {} of {}",
                    found.0,
                    found.1,
                    wanted.0,
                    wanted.1
                );
            }
        }
        Ok(())
    }
}
