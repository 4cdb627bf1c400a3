//! Do random modules do what an interpreter does, and would wrong code be found?
//!
//! A seed gives a module: [`smith`] uses wasm-smith, [`dense`] all operators, [`golike`] Go's
//! shape. The module becomes a command that calls its functions and writes all results
//! ([`command`], [`driver`]). The command runs in each way to build it ([`ours`]) and under wasmi
//! ([`reference`]). Output, end and kind of trap must be the same ([`outcome`]).
//!
//! WebAssembly leaves some results open. So NaNs are made canonical ([`nan`], [`body`]), memories
//! and tables have maxima that both sides reach, and runs are too short to use up a stack.
//!
//! The tests run fixed seeds. `make differential` runs other seeds for as long as it is told to.
//! [`mutants`] shows that wrong code would be found.

mod body;
mod campaign;
mod command;
mod config;
mod dense;
mod driver;
mod families;
mod golike;
mod mutants;
mod nan;
mod ours;
mod outcome;
mod reference;
mod regressions;
mod smith;
mod subject;
mod vectors;

use anyhow::{Context, Result, bail, ensure};
use campaign::Plan;
use config::Kind;
use harness::suite::test;
use std::time::Duration;

/// The number of modules of each kind that the tests run.
const SAMPLE: u64 = 60;

fn main() -> Result<()> {
    if std::env::var_os("WASI_AOT_DIFFERENTIAL").is_some() {
        return long();
    }
    let samples = Kind::EVERY.map(|kind| test(kind.name(), move || sample(kind)));
    let mut trials = Vec::from(samples);
    trials.extend(regressions::trials()?);
    let every = families::ALL.iter().chain(vectors::ALL);
    for family in every {
        trials.push(test(format!("mutants of {}", family.name), move || {
            eprint!("{}", mutants::hunt(family)?);
            Ok(())
        }));
    }
    harness::main(trials)
}

/// Runs the first seeds of a kind.
fn sample(kind: Kind) -> Result<()> {
    let report = campaign::run(&Plan {
        kinds: vec![kind],
        seed: 1,
        modules: SAMPLE,
        time: Duration::MAX,
        threads: 1,
    })?;
    let text = campaign::render(&report);
    let counts = report.get(&kind).context("nothing was run")?;
    ensure!(counts.mismatches.is_empty(), "{text}");
    ensure!(counts.modules > SAMPLE / 2, "few modules: {text}");
    eprint!("{text}");
    Ok(())
}

/// Runs what the variables of `make differential` say.
fn long() -> Result<()> {
    let number = |name: &str| -> Result<Option<u64>> {
        match std::env::var(format!("WASI_AOT_DIFFERENTIAL_{name}")) {
            Ok(text) if !text.is_empty() => {
                let number = text.parse().with_context(|| format!("{name}={text}"))?;
                Ok(Some(number))
            }
            _ => Ok(None),
        }
    };
    let kinds = match std::env::var("WASI_AOT_DIFFERENTIAL_CONFIG") {
        Ok(names) if !names.is_empty() => {
            let named = |name: &str| Kind::EVERY.into_iter().find(|kind| kind.name() == name);
            let kind = |name| named(name).with_context(|| format!("no CONFIG is called {name}"));
            names.split(',').map(kind).collect::<Result<_>>()?
        }
        _ => Kind::EVERY.to_vec(),
    };
    let (seconds, modules) = (number("SECONDS")?, number("MODULES")?);
    let plan = Plan {
        kinds,
        seed: number("SEED")?.unwrap_or(1),
        modules: modules.unwrap_or(u64::MAX),
        time: match (seconds, modules) {
            (Some(seconds), _) => Duration::from_secs(seconds),
            (None, Some(_)) => Duration::MAX,
            (None, None) => Duration::from_secs(600),
        },
        threads: std::thread::available_parallelism()?.get(),
    };
    let started = std::time::Instant::now();
    let report = campaign::run(&plan)?;
    print!("{}", campaign::render(&report));
    println!(
        "seed {}, {:.0} s",
        plan.seed,
        started.elapsed().as_secs_f64()
    );
    if report.values().any(|counts| !counts.mismatches.is_empty()) {
        bail!("there are mismatches");
    }
    Ok(())
}
