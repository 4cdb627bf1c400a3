//! Writes `results.txt`: a line for each package and version, and totals.

use crate::check::{self, Outcome, Way};
use anyhow::Result;
use harness::gotest::{self, Verdict};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;

/// One case that ran in both ways.
#[derive(Debug)]
pub struct Row {
    pub package: &'static str,
    pub version: &'static str,
    /// In the order of [`Way::BOTH`].
    pub outcomes: [Outcome; 2],
}

#[derive(Debug, Default)]
pub struct Table(Mutex<Vec<Row>>);

/// How many tests ended in each way of [`Verdict::ALL`].
type Counts = [usize; Verdict::ALL.len()];

impl Table {
    pub fn add(&self, row: Row) {
        self.0.lock().expect("no panic while held").push(row);
    }

    /// Writes `results.txt` and prints the totals, unless nothing ran.
    pub fn write(&self) -> Result<()> {
        let mut rows = self.0.lock().expect("no panic while held");
        if rows.is_empty() {
            return Ok(());
        }
        rows.sort_by_key(|row| (row.version, row.package));
        let totals = totals(&rows);
        let path = check::logs()?.join("results.txt");
        std::fs::write(&path, format!("{}\n{totals}", lines(&rows)))?;
        println!("{totals}each package: {}", path.display());
        Ok(())
    }
}

/// A line for each row and way.
fn lines(rows: &[Row]) -> String {
    let mut text = format!("{:<10}{:<24}{:<12}", "go", "package", "compiled");
    head(&mut text);
    text.push_str("   seconds  ended\n");
    for row in rows {
        for (way, outcome) in Way::BOTH.into_iter().zip(&row.outcomes) {
            line(&mut text, row.version, row.package, way, counts(outcome));
            let seconds = outcome.took.as_secs_f64();
            writeln!(text, "{seconds:>10.2}  {}", outcome.ends).expect("a string takes everything");
        }
    }
    text
}

/// A line for each version and way.
fn totals(rows: &[Row]) -> String {
    let mut sums = BTreeMap::<&str, (usize, [Counts; 2])>::new();
    for row in rows {
        let (packages, sums) = sums.entry(row.version).or_default();
        *packages += 1;
        for (sum, outcome) in sums.iter_mut().zip(&row.outcomes) {
            for (total, count) in sum.iter_mut().zip(counts(outcome)) {
                *total += count;
            }
        }
    }
    let mut text = format!("{:<10}{:<24}{:<12}", "go", "in all", "compiled");
    head(&mut text);
    text.push('\n');
    for (version, (packages, sums)) in sums {
        for (way, sum) in Way::BOTH.into_iter().zip(sums) {
            line(
                &mut text,
                version,
                &format!("{packages} packages"),
                way,
                sum,
            );
            text.push('\n');
        }
    }
    text
}

fn counts(outcome: &Outcome) -> Counts {
    Verdict::ALL.map(|verdict| gotest::count(&outcome.report, verdict))
}

fn head(text: &mut String) {
    for verdict in Verdict::ALL {
        write!(text, "{verdict:>12}").expect("a string takes everything");
    }
}

fn line(text: &mut String, version: &str, what: &str, way: Way, counts: Counts) {
    write!(text, "{version:<10}{what:<24}{:<12}", way.name()).expect("a string takes everything");
    for count in counts {
        write!(text, "{count:>12}").expect("a string takes everything");
    }
}
