//! Goroutines that compute are preempted, in every version of Go, and not where
//! that is switched off.

use crate::support::{test, text};
use anyhow::{Context, Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, OLDER, Toolchain};
use harness::run::Run;
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let versions = OLDER.into_iter().chain([NEWEST]);
    let mut trials: Vec<Trial> = versions
        .map(|version| {
            let name = format!("preempt/two goroutines that compute, go{version}");
            test(&name, tool, move |tool| ends(tool, version))
        })
        .collect();
    for flag in ["--no-preempt", "--no-go-trust", "--no-go-opt"] {
        let name = format!("preempt/not with {flag}");
        trials.push(test(&name, tool, move |tool| never_ends(tool, flag)));
    }
    trials
}

/// The command of the guest `concurrency` that ends only by preemption.
fn program(tool: &Tool, version: &'static str, flags: &[&str], seconds: u64) -> Result<Run> {
    let module = Toolchain::new(version)?.build("concurrency", Flavour::Plain, Goal::Wasip1)?;
    let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
    let mut command = target::command(tool.executable(&module, &flags)?);
    command.arg("preempted").env_clear();
    Ok(Run::of(command).seconds(seconds))
}

fn ends(tool: &Tool, version: &'static str) -> Result<()> {
    let finished = program(tool, version, &[], 60)?.run()?;
    let said = text(&finished.stdout);
    ensure!(
        finished.ends.is_success() && said == "both had a turn: true\n",
        "{}: {said}",
        finished.ends
    );
    Ok(())
}

fn never_ends(tool: &Tool, flag: &str) -> Result<()> {
    let outcome = program(tool, NEWEST, &[flag], 3)?.run();
    let error = outcome.err().context("it was preempted")?.to_string();
    ensure!(
        error.contains("did not end within") && error.contains("computing"),
        "{error}"
    );
    Ok(())
}
