//! Do random Go programs do what native Go does?
//!
//! A seed gives a program ([`program`]), which prints a digest of each function's results. Its
//! output and its end must equal those of the same source built for this machine, in each of
//! [`WAYS`].
//!
//! The tests run fixed seeds. `make differential-go` runs other seeds for as long as it is told
//! to.

mod calls;
mod compute;
mod data;
mod expr;
mod program;

use anyhow::{Context, Result, bail, ensure};
use harness::go::{Goal, NEWEST, Toolchain};
use harness::run::{Finished, Run};
use harness::suite::test;
use harness::tool::Tool;
use harness::{paths, target};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Flags of `wasi-aot build` that must make no difference.
const WAYS: [&[&str]; 4] = [&["-O0"], &[], &["--no-go-trust"], &["--no-go-opt"]];

/// The number of functions of a program. Building a program takes seconds in any case.
const FUNCTIONS: usize = 60;

/// The number of programs that the tests run.
const SAMPLE: u64 = 3;

fn main() -> Result<()> {
    let tool = Arc::new(Tool::new()?);
    if std::env::var_os("WASI_AOT_DIFFERENTIAL").is_some() {
        return long(&tool);
    }
    let trials = (1..=SAMPLE).map(|seed| {
        let tool = Arc::clone(&tool);
        test(format!("program {seed}"), move || {
            check(&tool, &Toolchain::new(NEWEST)?, seed).map(drop)
        })
    });
    harness::main(trials.collect())
}

/// Compares the program of a seed. Returns the number of executions of ours.
fn check(tool: &Tool, toolchain: &Toolchain, seed: u64) -> Result<usize> {
    let directory = tempfile::tempdir()?;
    let at = |name: &str| directory.path().join(name);
    let source = program::source(seed, FUNCTIONS);
    fs::write(at("go.mod"), "module main\n\ngo 1.27\n")?;
    fs::write(at("main.go"), &source)?;
    let checked = (|| {
        let native = at("native");
        build(toolchain, directory.path(), &native, Goal::Native)?;
        let module = at("main.wasm");
        build(toolchain, directory.path(), &module, Goal::Wasip1)?;
        let reference = run(Command::new(&native)).context("the native program")?;
        for flags in WAYS {
            let ours = at("ours");
            let built = tool.build(&module, &ours, flags)?;
            let said = String::from_utf8_lossy(&built.stderr);
            ensure!(built.ends.is_success(), "wasi-aot build {flags:?}: {said}");
            let ours = run(target::command(&ours)).with_context(|| format!("{flags:?}"))?;
            if let Some(what) = difference(&ours, &reference) {
                bail!("{flags:?}: {what}");
            }
        }
        Ok(WAYS.len())
    })();
    checked.or_else(|error| {
        let path = keep(seed, &source)?;
        Err(error.context(format!("{}", path.display())))
    })
}

fn build(toolchain: &Toolchain, directory: &Path, output: &Path, goal: Goal) -> Result<()> {
    let mut command = toolchain.command(goal)?;
    command.args(["build", "-o"]).arg(output).arg(".");
    command.current_dir(directory);
    let built = Run::of(command).seconds(600).run()?;
    let said = String::from_utf8_lossy(&built.stderr);
    ensure!(built.ends.is_success(), "go build ({goal:?}): {said}");
    Ok(())
}

fn run(mut command: Command) -> Result<Finished> {
    command.env_clear();
    Run::of(command).seconds(120).run()
}

/// The first difference of the outputs, or else of the ends.
fn difference(ours: &Finished, reference: &Finished) -> Option<String> {
    let (a, b) = (&ours.stdout, &reference.stdout);
    if a != b {
        let lines = |bytes: &[u8]| -> Vec<String> {
            String::from_utf8_lossy(bytes)
                .lines()
                .map(str::to_owned)
                .collect()
        };
        let (a, b) = (lines(a), lines(b));
        let first = a.iter().zip(&b).find(|(a, b)| a != b);
        return Some(match first {
            Some((a, b)) => format!("prints {a:?}, natively {b:?}"),
            None => format!("prints {} lines, natively {}", a.len(), b.len()),
        });
    }
    (ours.ends != reference.ends)
        .then(|| format!("ends with {}, natively {}", ours.ends, reference.ends))
}

/// Keeps a program that differs.
fn keep(seed: u64, source: &str) -> Result<PathBuf> {
    let directory = paths::profile_dir()?.with_file_name("differential");
    fs::create_dir_all(&directory)?;
    let path = directory.join(format!("program-{seed}.go"));
    fs::write(&path, source)?;
    Ok(path)
}

/// Runs one seed after the other, as the variables of `make differential-go` say.
fn long(tool: &Tool) -> Result<()> {
    let number = |name: &str, default: u64| -> Result<u64> {
        match std::env::var(format!("WASI_AOT_DIFFERENTIAL_{name}")) {
            Ok(text) if !text.is_empty() => text.parse().with_context(|| format!("{name}={text}")),
            _ => Ok(default),
        }
    };
    let first = number("SEED", 1)?;
    let programs = number("MODULES", u64::MAX)?;
    let default = if programs == u64::MAX { 600 } else { u64::MAX };
    let time = Duration::from_secs(number("SECONDS", default)?);
    let toolchain = Toolchain::new(NEWEST)?;
    let started = Instant::now();
    let (mut done, mut executions, mut mismatches) = (0, 0, 0);
    while done < programs && started.elapsed() < time {
        let seed = first.wrapping_add(done);
        match check(tool, &toolchain, seed) {
            Ok(more) => executions += more,
            Err(error) => {
                mismatches += 1;
                println!("MISMATCH {error:#}\n  again: make differential-go SEED={seed} MODULES=1");
            }
        }
        done += 1;
    }
    println!(
        "go programs: {done} programs of {FUNCTIONS} functions, {executions} executions, {mismatches} mismatches, first seed {first}, {:.0} s",
        started.elapsed().as_secs_f64()
    );
    ensure!(mismatches == 0, "there are mismatches");
    Ok(())
}
