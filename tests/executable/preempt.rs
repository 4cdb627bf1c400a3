//! Are goroutines that compute preempted in every version of Go, and never with
//! `--no-preempt`?

use crate::support::{test, text};
use anyhow::{Context, Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, OLDER, Toolchain};
use harness::run::{Finished, Run};
use harness::tool::Tool;
use harness::{shim, target};
use libtest_mimic::Trial;
use std::sync::Arc;
use wasi_aot_shim_images::Target;

/// The number of loops of the guest's command `tiny`.
const LOOPS: usize = 13;

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
        let name = format!("preempt/in loops that call only tiny functions, go{version}");
        trials.push(test(&name, tool, move |tool| {
            all_end(&program(tool, version, &[], "tiny", 60)?.run()?)
        }));
        let name = format!("preempt/in such loops all the time, go{version}");
        trials.push(test(&name, tool, move |tool| {
            all_end(&eager(tool, version, "tiny")?.run()?)
        }));
        let name = format!("preempt/stacks that move at tiny functions, go{version}");
        trials.push(test(&name, tool, move |tool| {
            is(&eager(tool, version, "tinystacks")?.run()?, "wrong: 0\n")
        }));
    }
    for flag in ["--no-preempt", "--no-go-trust", "--no-go-opt"] {
        let name = format!("preempt/not with {flag}");
        trials.push(test(&name, tool, move |tool| never_ends(tool, flag)));
        let name = format!("preempt/no loops that call only tiny functions with {flag}");
        trials.push(test(&name, tool, move |tool| {
            let outcome = program(tool, NEWEST, &[flag], "tiny", 3)?.run();
            let error = outcome.err().context("a loop ended")?.to_string();
            ensure!(error.contains("did not end within"), "{error}");
            Ok(())
        }));
    }
    trials
}

/// Runs a command of the guest `concurrency`.
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

/// The same with a runtime that preempts goroutines all the time.
fn eager(tool: &Tool, version: &'static str, argument: &str) -> Result<Run> {
    let module = Toolchain::new(version)?.build("concurrency", Flavour::Plain, Goal::Wasip1)?;
    let target = Target::named(target::tested().name()).context("a target without an image")?;
    let executable = shim::executable(tool, target, shim::EAGER, &module, &[])?;
    let mut command = target::command(executable);
    command.arg(argument).env_clear();
    Ok(Run::of(command).seconds(120))
}

/// Whether each loop of the guest's command `tiny` ended.
fn all_end(finished: &Finished) -> Result<()> {
    let (said, error) = (text(&finished.stdout), text(&finished.stderr));
    let ended = said.lines().filter(|line| line.starts_with("ended: "));
    ensure!(
        finished.ends.is_success() && ended.count() == LOOPS,
        "{}: {said} {error}",
        finished.ends
    );
    Ok(())
}

fn says(tool: &Tool, version: &'static str, argument: &str, right: &str) -> Result<()> {
    is(&program(tool, version, &[], argument, 60)?.run()?, right)
}

fn is(finished: &Finished, right: &str) -> Result<()> {
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
