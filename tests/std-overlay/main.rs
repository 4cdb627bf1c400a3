//! Do Go's own tests of what the overlay changes pass with the overlay of Go's library? By
//! `wasi-aot test PACKAGE`, with an overlay of this suite's own that has the tests run which Go
//! leaves out on wasip1 (`edits.rs`). A case is one package with one version of Go, or one
//! process that a test of `os/signal` would start (`children.rs`).
//!
//! The tests in `known.rs` must fail or be skipped as it says; all others must pass.
//!
//! By default the packages that the overlay changes most run with the newest Go.
//! `WASI_AOT_TEST_MATRIX=all` runs all packages with all versions. So does `WASI_AOT_STD_EXEC`,
//! which may name packages, with commas between:
//!
//!     make test-std-exec STD=os,os/signal                    # these, in std-exec too
//!     cargo test --release --workspace --test std-overlay    # the default
//!
//! The results are in `target/std-overlay/results.md`, with the output of each run beside it.

mod check;
mod children;
mod edits;
mod exec;
mod known;
mod packages;
mod table;

use anyhow::{Context, Result};
use harness::go::{NEWEST, OLDER};
use harness::suite::test;
use harness::target;
use libtest_mimic::Trial;
use std::sync::Arc;
use table::Table;

fn main() -> Result<()> {
    let table = Arc::new(Table::default());
    harness::main_then(trials(&table)?, |_| table.write())
}

/// The cases that the variables choose.
fn trials(table: &Arc<Table>) -> Result<Vec<Trial>> {
    let asked = std::env::var("WASI_AOT_STD_EXEC").ok();
    let matrix = std::env::var("WASI_AOT_TEST_MATRIX").is_ok_and(|value| value == "all");
    let all = matrix || asked.is_some();
    let mut trials = Vec::new();
    for version in [NEWEST]
        .into_iter()
        .chain(OLDER.into_iter().filter(|_| all))
    {
        let go = Arc::new(exec::Go::new(version)?);
        for package in packages::PACKAGES {
            if !packages::is_asked(package, asked.as_deref(), all) {
                continue;
            }
            let (go, table) = (Arc::clone(&go), Arc::clone(table));
            let name = format!("std-overlay/{} go{version}", package.name);
            trials.push(test(name, move || check::package(package, &go, &table)));
        }
        if packages::is_asked(&packages::SIGNAL, asked.as_deref(), all) {
            for child in children::CHILDREN {
                let go = Arc::clone(&go);
                let name = format!("std-overlay/os/signal {} go{version}", child.name);
                trials.push(test(name, move || child.check(&go)));
            }
        }
    }
    Ok(trials)
}

/// The minor version: 27 of 1.27.3.
fn minor(version: &str) -> Result<u32> {
    let minor = version.split('.').nth(1).and_then(|part| part.parse().ok());
    minor.with_context(|| format!("BUG: {version} is no version of Go"))
}

/// The tested target, as results name it.
fn target() -> &'static str {
    target::tested().name()
}
