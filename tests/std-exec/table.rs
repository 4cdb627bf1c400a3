//! Writes `results.md`.

use crate::check::{Check, results_dir};
use crate::exec::Timed;
use crate::known;
use crate::packages::Library;
use anyhow::Result;
use harness::go::NEWEST;
use harness::gotest::{self, Verdict};
use std::collections::BTreeSet;
use std::fmt::{self, Write as _};
use std::process::Command;
use std::sync::Mutex;
use std::thread::available_parallelism;

/// One package that ran.
#[derive(Debug)]
pub struct Row {
    pub package: String,
    pub ours: Timed,
    pub wasmtime: Option<Timed>,
}

#[derive(Debug, Default)]
pub struct Table(Mutex<Vec<Row>>);

impl Table {
    pub fn add(&self, row: Row) {
        self.0.lock().expect("no panic while held").push(row);
    }

    /// Writes `results.md` and prints the totals, unless nothing ran.
    pub fn write(&self, library: &Library, check: &Check) -> Result<()> {
        let mut rows = self.0.lock().expect("no panic while held");
        if rows.is_empty() {
            return Ok(());
        }
        rows.sort_by(|a, b| a.package.cmp(&b.package));
        let totals = totals(&rows);
        let text = [
            head(library, check)?,
            totals.clone(),
            exceptions(&rows),
            packages(&rows),
            without(library),
        ];
        let path = results_dir()?.join("results.md");
        std::fs::write(&path, text.join("\n"))?;
        println!("{totals}\neach package: {}", path.display());
        Ok(())
    }
}

fn head(library: &Library, check: &Check) -> Result<String> {
    let date = Command::new("date").args(["-u", "+%F"]).output()?.stdout;
    let date = String::from_utf8(date)?;
    let wasmtime = check.wasmtime.as_ref();
    let wasmtime = wasmtime.map_or(String::new(), |exec| format!(", {}", exec.version));
    Ok(format!(
        "# Go's own tests\n\n\
        Written by `make test-std-exec` on {}: Go {NEWEST}, {}{wasmtime}, {} processors.\n\
        Of {} packages {} have tests for wasip1. Each is tested by\n\n    \
        GOOS=wasip1 GOARCH=wasm go test -short -exec 'wasi-aot run --dir / --env PWD --env PATH' \
        PACKAGE\n\n\
        under wasmtime by Go's own `go_wasip1_wasm_exec`, which grants the same. Tests are \
        top-level ones.\nSeconds are processor time of what `-exec` starts, compiling the module \
        every time included.\n",
        date.trim_end(),
        check.ours.version,
        available_parallelism()?,
        library.len(),
        library.tested.len(),
    ))
}

/// The verdicts on the tests of some packages.
#[derive(Debug, Default, Clone, Copy)]
struct Sum {
    packages: usize,
    passed: usize,
    pass: usize,
    skip: usize,
    fail: usize,
    seconds: f64,
}

impl Sum {
    fn of<'a>(all: impl IntoIterator<Item = &'a Timed>) -> Self {
        let mut sum = Self::default();
        for Timed { tested, seconds } in all {
            let count = |verdict| gotest::count(&tested.report, verdict);
            sum.packages += 1;
            sum.passed += usize::from(tested.package == Some(Verdict::Pass));
            sum.pass += count(Verdict::Pass);
            sum.skip += count(Verdict::Skip);
            sum.fail += tested.report.values().filter(|v| v.failed()).count();
            sum.seconds += seconds;
        }
        sum
    }
}

/// The last four cells of a line.
impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            pass, skip, fail, ..
        } = self;
        write!(f, "{pass} | {skip} | {fail} | {:.1}", self.seconds)
    }
}

fn totals(rows: &[Row]) -> String {
    let mut text = String::from(
        "| | packages | of which pass | pass | skip | fail | CPU seconds |\n\
        |---|---:|---:|---:|---:|---:|---:|\n",
    );
    let ours = Sum::of(rows.iter().map(|row| &row.ours));
    let wasmtime = Sum::of(rows.iter().filter_map(|row| row.wasmtime.as_ref()));
    for (name, sum) in [("wasi-aot", ours), ("wasmtime", wasmtime)] {
        let Sum {
            packages, passed, ..
        } = sum;
        if packages > 0 {
            line(
                &mut text,
                format_args!("{name} | {packages} | {passed} | {sum}"),
            );
        }
    }
    text
}

/// Tests that fail, or have another verdict under wasmtime.
fn exceptions(rows: &[Row]) -> String {
    let mut text = String::from(
        "## Failures and differences\n\n\
        | package | test | wasi-aot | wasmtime | why |\n|---|---|---|---|---|\n",
    );
    let shown =
        |verdict: Option<&Verdict>| verdict.map_or("did not run".into(), ToString::to_string);
    for row in rows {
        let package = &row.package;
        if !row.ours.tested.complete {
            let why = known::why_broken(package).unwrap_or_default();
            line(
                &mut text,
                format_args!("{package} | | ended early | | {why}"),
            );
        }
        let theirs = row.wasmtime.as_ref().map(|timed| &timed.tested.report);
        let names: BTreeSet<_> = [Some(&row.ours.tested.report), theirs]
            .into_iter()
            .flatten()
            .flat_map(|report| report.keys())
            .collect();
        for name in names {
            let verdict = row.ours.tested.report.get(name);
            let other = theirs.map(|report| report.get(name));
            let same = other.is_none_or(|other| other == verdict);
            if same && !verdict.is_some_and(|verdict| verdict.failed()) {
                continue;
            }
            let other = other.map_or(String::new(), shown);
            let why = known::why_failing(package, name).unwrap_or_default();
            let verdict = shown(verdict);
            line(
                &mut text,
                format_args!("{package} | {name} | {verdict} | {other} | {why}"),
            );
        }
    }
    text
}

fn packages(rows: &[Row]) -> String {
    let mut text = String::from(
        "## Packages\n\n\
        | package | pass | skip | fail | CPU s | wasmtime: pass | skip | fail | CPU s |\n\
        |---|---:|---:|---:|---:|---:|---:|---:|---:|\n",
    );
    for row in rows {
        let ours = Sum::of([&row.ours]);
        let package = &row.package;
        match &row.wasmtime {
            Some(tested) => {
                let theirs = Sum::of([tested]);
                line(&mut text, format_args!("{package} | {ours} | {theirs}"));
            }
            None => line(&mut text, format_args!("{package} | {ours} | | | |")),
        }
    }
    text
}

/// The packages that aren't in the table, listed so that no package is missing silently.
fn without(library: &Library) -> String {
    let list = |packages: &[String]| format!("{}: {}", packages.len(), packages.join(", "));
    format!(
        "## Without tests for wasip1\n\nTests for other systems only, {}.\n\nNo tests, {}.\n",
        list(&library.elsewhere),
        list(&library.untested)
    )
}

fn line(text: &mut String, cells: fmt::Arguments<'_>) {
    writeln!(text, "| {cells} |").expect("a string takes everything");
}
