//! Does Go's own library pass its tests, and does knowledge of Go's code change a result? Each
//! package is compiled with that knowledge and without it (`--no-go-opt`). Each top-level test
//! must have the same verdict in both ways. Only the tests in `packages.rs` may fail. A case is
//! one package with one version of Go.
//!
//! By default a few packages run with the newest Go. `WASI_AOT_STD` names packages, with commas
//! between, or `all`; they run with every version:
//!
//!     make test-std                                         # all packages, all versions
//!     make test-std STD=net/http,time                       # these packages
//!     make test-std FILTER=go1.27.3                         # one version
//!     cargo test --release --workspace --test std           # the default
//!
//! The results are in `target/std/results.txt`, with the output of each run beside it.

mod check;
mod packages;
mod table;

use anyhow::{Context, Result};
use harness::go::{NEWEST, OLDER, Toolchain};
use harness::suite::test;
use harness::tool::Tool;
use libtest_mimic::Trial;
use packages::{PACKAGES, QUICK};
use std::sync::Arc;
use table::Table;

fn main() -> Result<()> {
    let tool = Arc::new(Tool::new()?);
    let table = Arc::new(Table::default());
    harness::main_then(trials(&tool, &table)?, |_| table.write())
}

/// The cases that `WASI_AOT_STD` chooses.
fn trials(tool: &Arc<Tool>, table: &Arc<Table>) -> Result<Vec<Trial>> {
    let (versions, packages) = match std::env::var("WASI_AOT_STD") {
        Err(_) => (vec![NEWEST], named(QUICK.iter().copied())?),
        Ok(all) if all == "all" => (every_version(), PACKAGES.to_vec()),
        Ok(list) => (
            every_version(),
            named(list.split(',')).context("WASI_AOT_STD")?,
        ),
    };
    let mut trials = Vec::new();
    for version in versions {
        let toolchain = Toolchain::new(version)?;
        let minor = minor(version)?;
        for &(package, _) in packages.iter().filter(|(_, since)| *since <= minor) {
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
    Ok(trials)
}

fn every_version() -> Vec<&'static str> {
    [NEWEST].into_iter().chain(OLDER).collect()
}

/// The entries of [`PACKAGES`] with these names.
fn named<'a>(names: impl IntoIterator<Item = &'a str>) -> Result<Vec<(&'static str, u32)>> {
    let find = |name| {
        let found = PACKAGES.iter().find(|(package, _)| *package == name);
        let known = || format!("{name:?} is not among the packages in tests/std/packages.rs");
        found.copied().with_context(known)
    };
    names.into_iter().map(find).collect()
}

/// The minor version: 27 of 1.27.3.
fn minor(version: &str) -> Result<u32> {
    let minor = version.split('.').nth(1).and_then(|part| part.parse().ok());
    minor.with_context(|| format!("BUG: {version} is no version of Go"))
}
