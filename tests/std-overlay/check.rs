//! Runs one package's tests and compares them with the expectation.

use crate::exec::Go;
use crate::known;
use crate::packages::Package;
use crate::table::{Row, Table};
use anyhow::{Result, bail};
use harness::gojson::Tested;
use harness::gotest::{self, Verdict};

pub fn package(package: &Package, go: &Go, table: &Table) -> Result<()> {
    let tested = go.tested(package)?;
    let wrong = judge(package, go.minor, &tested);
    let causes = gotest::causes(&tested.output);
    table.add(Row {
        package: package.name,
        version: go.version(),
        report: tested.report,
    });
    if !wrong.is_empty() {
        let log = go.log(package.name)?;
        bail!("{}\n{causes}see {}", wrong.join("\n"), log.display());
    }
    Ok(())
}

/// One line for each thing that isn't as it should be.
fn judge(package: &Package, minor: u32, tested: &Tested) -> Vec<String> {
    if !tested.complete {
        return vec!["the program ended before all tests had run".into()];
    }
    let mut wrong = Vec::new();
    for (test, verdict) in &tested.report {
        let expected = known::verdict(package.name, minor, test);
        let unlisted = *verdict == Verdict::Skip && !package.skips_listed;
        if *verdict != expected && !unlisted {
            wrong.push(format!("{test}: {verdict}, and known.rs says {expected}"));
        }
    }
    for test in known::tests(package.name, minor) {
        if !tested.report.contains_key(test) && !package.left_out().contains(&test) {
            wrong.push(format!("{test}: in known.rs, but there is no such test"));
        }
    }
    let any = tested.report.values().any(|verdict| verdict.failed());
    if tested.package != Some(if any { Verdict::Fail } else { Verdict::Pass }) {
        wrong.push(format!("the package as a whole: {:?}", tested.package));
    }
    wrong
}
