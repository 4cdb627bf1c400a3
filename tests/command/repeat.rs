//! Do the same input and options always give the same bytes?

use crate::support::{guest, test, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::run::Run;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::path::Path;
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let same = ["exe", "obj", "asm"].map(|emit| {
        test(&format!("repeat/--emit {emit}"), tool, move |tool| {
            repeats(tool, emit)
        })
    });
    let mut trials: Vec<_> = same.into();
    trials.push(test("repeat/other options, other bytes", tool, |tool| {
        let module = guest("empty", Goal::Wasip1)?;
        let plain = one(tool, &module, &[], None)?;
        for flags in [
            &["--env", "A=1"][..],
            &["--dir", "x"],
            &["-O0"],
            &["--no-go-opt"],
            &["--no-go-trust"],
            &["--strip"],
            &["--stack-size", "1MiB"],
            &["--max-memory", "64MiB"],
        ] {
            ensure!(
                one(tool, &module, flags, None)? != plain,
                "{flags:?} changes nothing"
            );
        }
        Ok(())
    }));
    trials
}

fn repeats(tool: &Tool, emit: &str) -> Result<()> {
    let module = guest("hello", Goal::Wasip1)?;
    let flags = ["--dir", ".", "--env", "A=1", "--emit", emit];
    let first = one(tool, &module, &flags, None)?;
    ensure!(
        one(tool, &module, &flags, None)? == first,
        "two builds differ"
    );
    ensure!(
        one(tool, &module, &flags, Some("1"))? == first,
        "with one thread it differs"
    );
    ensure!(
        one(tool, &module, &flags, Some("7"))? == first,
        "with seven threads it differs"
    );
    Ok(())
}

/// Builds the module in a fresh directory, under another name of the input.
fn one(tool: &Tool, module: &Path, flags: &[&str], threads: Option<&str>) -> Result<Vec<u8>> {
    let dir = tempfile::tempdir()?;
    let copy = dir.path().join("copy.wasm");
    std::fs::copy(module, &copy)?;
    let mut command = tool.command(["build", "copy.wasm", "-o", "output"]);
    command.args(flags).current_dir(dir.path());
    if let Some(threads) = threads {
        command.env("RAYON_NUM_THREADS", threads);
    }
    let built = Run::of(command).seconds(300).run()?;
    ensure!(built.ends.is_success(), "{}", text(&built.stderr));
    Ok(std::fs::read(dir.path().join("output"))?)
}
