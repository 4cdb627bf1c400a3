//! Runs one package's tests, adds them to the table, and compares them with the expectation.

use crate::exec::Exec;
use crate::known::{BROKEN, FAILING};
use crate::table::{Row, Table};
use anyhow::{Result, bail};
use harness::go::Toolchain;
use harness::gojson::Tested;
use harness::gotest::{self, Verdict};
use harness::paths;
use std::path::PathBuf;

/// The state that all cases share.
pub struct Check {
    pub toolchain: Toolchain,
    pub ours: Exec,
    pub wasmtime: Option<Exec>,
}

impl Check {
    pub fn package(&self, package: &str, table: &Table) -> Result<()> {
        let ours = self.ours.test(&self.toolchain, package)?;
        let wasmtime = self.wasmtime.as_ref();
        let wasmtime = wasmtime.map(|exec| exec.test_once(&self.toolchain, package));
        let wrong = judge(package, &ours.tested);
        let causes = gotest::causes(&ours.tested.output);
        table.add(Row {
            package: package.to_owned(),
            ours,
            wasmtime: wasmtime.transpose()?,
        });
        if !wrong.is_empty() {
            let log = Exec::log(self.ours.name, package)?;
            bail!("{}\n{causes}see {}", wrong.join("\n"), log.display());
        }
        Ok(())
    }
}

/// One line for each thing that isn't as it should be.
fn judge(package: &str, tested: &Tested) -> Vec<String> {
    let broken = BROKEN.iter().any(|(listed, _)| *listed == package);
    match (broken, tested.complete) {
        (true, true) => return vec!["came to its end, but in BROKEN".into()],
        (true, false) => return Vec::new(),
        (false, false) => return vec!["the program ended before all tests had run".into()],
        (false, true) => {}
    }
    let known = |name: &str| {
        let listed = |&&(of, test, _): &&(&str, &str, &str)| of == package && test == name;
        FAILING.iter().any(|entry| listed(&entry))
    };
    let mut wrong = gotest::surprises(&tested.report, known);
    for (_, name, _) in FAILING.iter().filter(|(of, ..)| *of == package) {
        if !tested.report.contains_key(*name) {
            wrong.push(format!("{name}: in FAILING, but there is no such test"));
        }
    }
    let any = tested.report.values().any(|verdict| verdict.failed());
    if tested.package != Some(if any { Verdict::Fail } else { Verdict::Pass }) {
        wrong.push(format!("the package as a whole: {:?}", tested.package));
    }
    wrong
}

/// The directory for outputs and results, made if needed.
pub fn results_dir() -> Result<PathBuf> {
    let dir = paths::profile_dir()?.with_file_name("std-exec");
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}
