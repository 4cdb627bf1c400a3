//! Does every fault that the suite found stay fixed? Each fault has a module in `regressions/`,
//! named after the fault.
//!
//! Lines that begin with `;;= ` have the end of the module's first run and its first words, under
//! the reference. `WASI_AOT_BLESS` writes them. All ways to build must agree with the reference
//! in all runs.

use crate::campaign::Worker;
use crate::command::{self, Shape};
use crate::ours::{GO_WAYS, Way};
use crate::subject::{compare, expected};
use anyhow::{Context, Result, ensure};
use harness::paths;
use harness::rng::Rng;
use harness::suite::test;
use libtest_mimic::Trial;
use std::fs;
use std::path::Path;

const EXPECTED: &str = ";;= ";

/// How many words of the output a file states.
const WORDS: usize = 24;

/// One test for each file.
///
/// # Errors
/// If the directory can't be read.
pub fn trials() -> Result<Vec<Trial>> {
    let directory = paths::root().join("tests/differential/regressions");
    // Without a fault there is no directory.
    if !directory.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = fs::read_dir(&directory)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.retain(|path| path.extension().is_some_and(|extension| extension == "wat"));
    files.sort();
    let trials = files.into_iter().map(|path| {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        test(format!("regression {name}"), move || check(&path))
    });
    Ok(trials.collect())
}

fn check(path: &Path) -> Result<()> {
    let text = fs::read_to_string(path)?;
    let wasm = wat::parse_str(&text)?;
    let shape = Shape {
        fuel: None,
        observers: true,
        returns_without: None,
        digest: false,
        exports: false,
        go_table: None,
        entry: None,
    };
    let command = command::make(&wasm, shape, &mut Rng::new(1))?;
    Worker::new()?.within(|reference, bench| {
        let expected = expected(&command, reference)?;
        let (_, first) = expected.first().context("nothing was run")?;
        let found = first.summary(WORDS);
        let known = |line: &&str| line.starts_with(EXPECTED);
        let stated: Vec<&str> = text.lines().filter(known).collect();
        let lines: Vec<String> = found
            .lines()
            .map(|line| format!("{EXPECTED}{line}"))
            .collect();
        if std::env::var_os("WASI_AOT_BLESS").is_some() {
            let rest = text.lines().filter(|line| !known(line));
            let all: Vec<&str> = lines.iter().map(String::as_str).chain(rest).collect();
            fs::write(path, all.join("\n") + "\n")?;
        } else {
            ensure!(
                lines == stated,
                "the reference has now:\n{}",
                lines.join("\n")
            );
        }
        let mut executions = 0;
        GO_WAYS.iter().try_for_each(|way: &Way| {
            compare(&command.wasm, *way, &expected, bench, &mut executions)
                .map(drop)
                .with_context(|| way.to_string())
        })
    })
}
