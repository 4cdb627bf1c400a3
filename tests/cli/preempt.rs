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
    let mut trials = Vec::new();
    for version in versions {
        let name = format!("preempt/two goroutines that compute, go{version}");
        trials.push(test(&name, tool, move |tool| {
            says(tool, version, "preempted", "both had a turn: true\n")
        }));
        let name = format!("preempt/before a large frame, go{version}");
        trials.push(test(&name, tool, move |tool| {
            says(tool, version, "frames", "all frames were whole\n")
        }));
    }
    for flag in ["--no-preempt", "--no-go-trust", "--no-go-opt"] {
        let name = format!("preempt/not with {flag}");
        trials.push(test(&name, tool, move |tool| never_ends(tool, flag)));
    }
    trials
}

/// A command of the guest `concurrency`.
fn program(
    tool: &Tool,
    version: &'static str,
    flags: &[&str],
    argument: &str,
    seconds: u64,
) -> Result<Run> {
    let module = Toolchain::new(version)?.build("concurrency", Flavour::Plain, Goal::Wasip1)?;
    let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
    let mut command = target::command(tool.executable(&module, &flags)?);
    command.arg(argument).env_clear();
    Ok(Run::of(command).seconds(seconds))
}

fn says(tool: &Tool, version: &'static str, argument: &str, right: &str) -> Result<()> {
    let finished = program(tool, version, &[], argument, 60)?.run()?;
    let (said, error) = (text(&finished.stdout), text(&finished.stderr));
    ensure!(
        finished.ends.is_success() && said == right,
        "{}: {said} {error}",
        finished.ends
    );
    Ok(())
}

fn never_ends(tool: &Tool, flag: &str) -> Result<()> {
    let outcome = program(tool, NEWEST, &[flag], "preempted", 3)?.run();
    let error = outcome.err().context("it was preempted")?.to_string();
    ensure!(
        error.contains("did not end within") && error.contains("computing"),
        "{error}"
    );
    Ok(())
}
