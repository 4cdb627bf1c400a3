//! Does Go's own library pass its tests as a user runs them? By `go test -short -exec 'wasi-aot
//! run --dir / ...' PACKAGE` with the newest Go. A case is one package that has tests for
//! wasip1. The tests in `known.rs` must fail; no other test may.
//!
//! By default a selection runs. `WASI_AOT_STD_EXEC` names other packages, with commas between,
//! or `all`. With `WASI_AOT_STD_EXEC_WASMTIME` they also run under wasmtime, started as by Go's
//! own script, once for each version of wasmtime:
//!
//!     make test-std-exec                      # all packages
//!     make test-std-exec STD=net/http,time    # these packages
//!     make test-std-exec WASMTIME=1           # all, wasmtime too; writes RESULTS.md
//!     cargo test --release --workspace --test std-exec   # the selection
//!
//! The results are in `target/std-exec/results.md`, with the output of each run beside it.

mod check;
mod exec;
mod known;
mod packages;
mod table;

use anyhow::Result;
use exec::Exec;
use harness::go::{NEWEST, Toolchain};
use harness::paths;
use harness::suite::test;
use libtest_mimic::Trial;
use std::sync::Arc;
use table::Table;

fn main() -> Result<()> {
    let toolchain = Toolchain::new(NEWEST)?;
    let library = packages::Library::of(&toolchain)?;
    let asked = library.asked(std::env::var("WASI_AOT_STD_EXEC").ok().as_deref())?;
    let wasmtime = std::env::var_os("WASI_AOT_STD_EXEC_WASMTIME").is_some_and(|v| !v.is_empty());
    let check = Arc::new(check::Check {
        ours: Exec::wasi_aot(&paths::product("wasi-aot", "WASI_AOT")?)?,
        wasmtime: wasmtime.then(|| Exec::wasmtime(&toolchain)).transpose()?,
        toolchain,
    });
    let table = Arc::new(Table::default());
    let mut trials = vec![known_are_there(&library)];
    for package in asked {
        let (check, table) = (Arc::clone(&check), Arc::clone(&table));
        trials.push(test(format!("std-exec/{package}"), move || {
            check.package(&package, &table)
        }));
    }
    harness::main_then(trials, |_| table.write(&library, &check))
}

/// Fails for an entry of `known.rs` whose package has no tests: the entry would never be checked.
fn known_are_there(library: &packages::Library) -> Trial {
    let unknown: Vec<_> = known::packages()
        .filter(|package| !library.tested.iter().any(|tested| tested == package))
        .collect();
    test("known.rs names packages that have tests", move || {
        anyhow::ensure!(unknown.is_empty(), "these have none: {unknown:?}");
        Ok(())
    })
}
