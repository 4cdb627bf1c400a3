//! Counts the outcomes of assertions, and writes them as rows of a table.

use crate::script::Script;
use crate::value::Why;
use crate::{refusal, unit};
use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::ops::AddAssign;
use wasi_aot_compiler::Options;

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    Passed,
    Failed(String),
    /// The compiler refuses a feature by name.
    Refused(String),
    Skipped(Why),
}

impl Outcome {
    /// Operators are reduced to their feature: `i32x4.add (simd)` becomes `simd`.
    pub fn refused(feature: &str) -> Self {
        let proposal = feature.strip_suffix(')').and_then(|f| f.rsplit_once(" ("));
        Self::Refused(match proposal {
            Some((_, proposal)) => proposal.to_owned(),
            None => feature.to_owned(),
        })
    }
}

/// Counts of a file, or of several.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    pub passed: usize,
    pub refused: usize,
    pub skipped: usize,
    pub text: usize,
    /// How often an assertion was not carried out, by reason.
    reasons: BTreeMap<String, usize>,
    /// (line, what is wrong there).
    pub failed: Vec<(usize, String)>,
}

impl Counts {
    /// Carries out all assertions of a file. Modules are built with `options`.
    ///
    /// # Errors
    /// If the tests can't be carried out.
    pub fn of(script: &Script, options: &Options) -> Result<Self> {
        let mut counts = Self {
            text: script.text,
            ..Self::default()
        };
        for why in &script.skipped {
            counts.add(0, Outcome::Skipped(why));
        }
        for (line, wasm) in &script.invalid {
            counts.add(*line, refusal::check(wasm, options));
        }
        for unit in &script.units {
            for (line, outcome) in unit::run(unit, options)? {
                counts.add(line, outcome);
            }
        }
        counts.failed.sort();
        Ok(counts)
    }

    fn add(&mut self, line: usize, outcome: Outcome) {
        let reason = match outcome {
            Outcome::Passed => {
                self.passed += 1;
                return;
            }
            Outcome::Failed(what) => {
                self.failed.push((line, what));
                return;
            }
            Outcome::Refused(feature) => {
                self.refused += 1;
                format!("refused: {feature}")
            }
            Outcome::Skipped(why) => {
                self.skipped += 1;
                why.to_owned()
            }
        };
        *self.reasons.entry(reason).or_default() += 1;
    }

    /// A row of the table, with a newline.
    pub fn row(&self, name: &str) -> String {
        let reasons: Vec<_> = self
            .reasons
            .iter()
            .map(|(why, n)| format!("{n} {why}"))
            .collect();
        format!(
            "| {name} | {} | {} | {} | {} | {} | {} |\n",
            self.passed,
            self.failed.len(),
            self.refused,
            self.skipped,
            self.text,
            reasons.join("; ")
        )
    }

    /// An item of a list for each failure.
    pub fn failures(&self, file: &str) -> String {
        let mut text = String::new();
        for (line, what) in &self.failed {
            writeln!(text, "- {file}:{line}: {what}").expect("a string takes everything");
        }
        text
    }
}

impl AddAssign<&Counts> for Counts {
    fn add_assign(&mut self, other: &Counts) {
        self.passed += other.passed;
        self.refused += other.refused;
        self.skipped += other.skipped;
        self.text += other.text;
        self.failed.extend_from_slice(&other.failed);
        for (reason, count) in &other.reasons {
            *self.reasons.entry(reason.clone()).or_default() += count;
        }
    }
}
