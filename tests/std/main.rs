//! The tests of Go's own library, compiled by wasi-aot twice: with all that it
//! knows of Go's code, and with nothing of it (`--no-go-opt`). Each top-level
//! test must end the same way in both, and none may fail but those listed in
//! `packages.rs`. One case is one package with one version of Go.
//!
//! A few packages with the newest Go run by default; `WASI_AOT_STD=all` runs
//! every package with every version. Names filter as always:
//!
//!     make test-std                                   # everything
//!     make test-std STD=go1.27.3                      # one version
//!     make test-std STD="net/http time"               # packages whose names hold one of these
//!
//! What ran is in `target/std/results.txt`, the output of each run beside it.

mod check;
mod packages;
mod table;

use anyhow::{Context, Result, ensure};
use harness::go::{NEWEST, OLDER, Toolchain};
use harness::suite::test;
use harness::tool::Tool;
use libtest_mimic::{Arguments, Trial};
use std::sync::Arc;
use table::Table;

fn main() -> Result<()> {
    let args = Arguments::from_args();
    let tool = Arc::new(Tool::new()?);
    let table = Arc::new(Table::default());
    let conclusion = libtest_mimic::run(&args, trials(&tool, &table)?);
    table.write()?;
    // `exit` runs no destructors, and the tool's directory is to be removed.
    drop(tool);
    conclusion.exit()
}

/// The cases that the environment asks for.
fn trials(tool: &Arc<Tool>, table: &Arc<Table>) -> Result<Vec<Trial>> {
    let all = match std::env::var("WASI_AOT_STD").as_deref() {
        Err(_) => false,
        Ok("all") => true,
        Ok(other) => anyhow::bail!("WASI_AOT_STD is {other:?}; it can only be all"),
    };
    let mut trials = Vec::new();
    for version in [NEWEST].into_iter().chain(OLDER) {
        if !all && version != NEWEST {
            continue;
        }
        let toolchain = Toolchain::new(version)?;
        let minor = minor(version)?;
        for &(package, since) in packages::PACKAGES {
            if minor < since || !(all || packages::QUICK.contains(&package)) {
                continue;
            }
            let case = check::Case {
                package,
                minor,
                toolchain: toolchain.clone(),
            };
            let (tool, table) = (Arc::clone(tool), Arc::clone(table));
            trials.push(test(format!("std/{package} go{version}"), move || {
                case.check(&tool, &table)
            }));
        }
    }
    ensure!(!trials.is_empty(), "BUG: the selection is empty");
    Ok(trials)
}

/// 27 of 1.27.3.
fn minor(version: &str) -> Result<u32> {
    let minor = version.split('.').nth(1).and_then(|part| part.parse().ok());
    minor.with_context(|| format!("BUG: {version} is no version of Go"))
}
