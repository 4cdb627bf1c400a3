//! Writes `results.md`.

use crate::exec::results_dir;
use crate::known;
use anyhow::Result;
use harness::gotest::{self, Report, Verdict};
use std::fmt::Write as _;
use std::process::Command;
use std::sync::Mutex;

/// One package that ran with one version of Go.
#[derive(Debug)]
pub struct Row {
    pub package: &'static str,
    pub version: &'static str,
    pub report: Report,
}

#[derive(Debug, Default)]
pub struct Table(Mutex<Vec<Row>>);

impl Table {
    pub fn add(&self, row: Row) {
        self.0.lock().expect("no panic while held").push(row);
    }

    /// Writes `results.md`, unless nothing ran.
    pub fn write(&self) -> Result<()> {
        let mut rows = self.0.lock().expect("no panic while held");
        if rows.is_empty() {
            return Ok(());
        }
        rows.sort_by_key(|row| (row.package, std::cmp::Reverse(row.version)));
        let date = Command::new("date").args(["-u", "+%F"]).output()?.stdout;
        let text = format!(
            "# Go's own tests with the overlay\n\n\
             Written by `make test-std-exec` on {}, for {}. Each package is tested by\n\n    \
             wasi-aot test --dir / --hostname -overlay=TESTS PACKAGE\n\n\
             where TESTS has the tests run that Go leaves out on wasip1 \
             ([edits.rs](edits.rs)). Tests are top-level ones. `time` and `runtime` run with \
             `-short`.\n\n{}\n{}",
            String::from_utf8(date)?.trim_end(),
            crate::target(),
            counts(&rows),
            known::table(),
        );
        let path = results_dir()?.join("results.md");
        std::fs::write(&path, text)?;
        println!("each package: {}", path.display());
        Ok(())
    }
}

fn counts(rows: &[Row]) -> String {
    let mut text =
        String::from("| package | Go | pass | skip | fail |\n|---|---|---:|---:|---:|\n");
    for row in rows {
        let count = |verdict| gotest::count(&row.report, verdict);
        let failed = row.report.values().filter(|v| v.failed()).count();
        let (pass, skip) = (count(Verdict::Pass), count(Verdict::Skip));
        let (package, version) = (row.package, row.version);
        writeln!(
            text,
            "| {package} | {version} | {pass} | {skip} | {failed} |"
        )
        .expect("a string takes everything");
    }
    text
}
