//! Is Go's control flow recovered in every function with a dispatch? Does a function report
//! an entry at a point where Go never enters it?

use crate::support::{build, guest, run, test, text};
use anyhow::{Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, OLDER, Toolchain};
use harness::tool::Tool;
use harness::{facts, suite, target};
use libtest_mimic::Trial;
use std::sync::Arc;
use wasi_aot_compiler::{OptLevel, Options};

/// Every module has more functions with a dispatch than this.
const AT_LEAST: usize = 1_000;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let newest = Flavour::ALL.map(|flavour| (NEWEST, flavour));
    let older = OLDER.map(|version| (version, Flavour::Plain));
    let mut trials: Vec<Trial> = newest
        .into_iter()
        .chain(older)
        .map(|(version, flavour)| {
            let name = format!("recovery/every dispatch of go{version} {flavour}");
            suite::test(name, move || every_dispatch(version, flavour))
        })
        .collect();
    trials.push(test(
        "recovery/a missing resume point",
        tool,
        missing_resume_point,
    ));
    trials
}

fn every_dispatch(version: &'static str, flavour: Flavour) -> Result<()> {
    let module = Toolchain::new(version)?.build("hello", flavour, Goal::Wasip1)?;
    let options = Options {
        target: target::tested(),
        opt_level: OptLevel::O0,
        ..Options::default()
    };
    let facts = facts::of(&std::fs::read(module)?, &[], options)?;
    let (recovered, all) = (facts.dispatches_removed, facts.dispatches);
    ensure!(
        recovered == all,
        "{recovered} of {all} dispatches recovered"
    );
    ensure!(all >= AT_LEAST, "only {all} dispatches in the whole module");
    Ok(())
}

/// `main.unbuffered` waits for goroutines, so it is resumed.
fn missing_resume_point(tool: &Tool) -> Result<()> {
    let module = guest("concurrency", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    build(
        tool,
        &module,
        &program,
        &["--forget-resume-points", "main.unbuffered"],
    )?;
    let ended = run(&program, &["unbuffered"], dir.path())?;
    let said = text(&ended.stderr);
    ensure!(
        said.contains(
            "trap: resumed where Go never resumes (build with --no-go-opt) in main.unbuffered"
        ),
        "{}: {said}",
        ended.ends
    );
    Ok(())
}
