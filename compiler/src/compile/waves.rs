//! The two waves over all functions of a module.
//!
//! The first wave builds and validates every function and keeps what matters of it to others;
//! the second builds it again, without validation, and compiles it. That costs less than to
//! keep what was built: a function takes 40 times its body's bytes. A module that has nothing
//! to be solved has no first wave.

use super::report::DispatchOutcome;
use super::watch::{self, Step};
use super::worker::{Time, Worker};
use super::{Compiled, Compiler, Report, Unit, UnitKind};
use crate::error::Error;
use crate::options::Observer;
use crate::pass::{Solved, Summary, never_zero};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A unit with its text and report.
type Body = (Unit, String, Report);

impl Compiler<'_, '_, '_> {
    /// The first wave: validates all functions and summarises them, in order; `None` if nothing
    /// is to be solved.
    ///
    /// # Errors
    /// The first function, in order, that is invalid or unsupported.
    pub fn summaries(&self) -> Result<Option<Vec<Summary>>, Error> {
        if !self.summarises {
            return Ok(None);
        }
        let summary = |worker: &mut Worker<'_>, index| {
            let func = self.first_wave(worker, index, Time::First)?;
            watch::step(Step::Summarise);
            let summary = self.summary(&func, index);
            worker.spare = func;
            watch::end();
            Ok(summary)
        };
        let results: Vec<Result<Summary, Error>> = (0..self.env.module.functions.len())
            .into_par_iter()
            .map_init(|| self.worker(), summary)
            .collect();
        results.into_iter().collect::<Result<_, _>>().map(Some)
    }

    /// Finds out what needs all functions.
    #[must_use]
    pub fn solve(&self, summaries: Option<Vec<Summary>>) -> Solved {
        let imports = self.env.module.import_count();
        Solved {
            never_zero: match summaries {
                Some(summaries) => never_zero(&summaries, imports),
                None => vec![false; self.env.module.functions.len()],
            },
        }
    }

    /// The second wave: compiles the bodies of all functions, in order.
    ///
    /// # Errors
    /// The first function, in order, that is invalid or unsupported, or too large.
    pub fn bodies(&self, solved: &Solved, observer: &dyn Observer) -> Result<Compiled, Error> {
        let total = self.env.module.functions.len();
        let done = AtomicUsize::new(0);
        let results: Vec<Result<Option<Body>, Error>> = (0..total)
            .into_par_iter()
            .map_init(
                || self.worker(),
                |worker, index| {
                    let name = &self.env.names[index];
                    if !self.shows(name) {
                        return Ok(None);
                    }
                    let (code, text, report) = self.body(worker, index, solved)?;
                    observer.functions(done.fetch_add(1, Ordering::Relaxed) + 1, total);
                    let place = u32::try_from(index).expect("BUG: index over 32 bits");
                    let unit = Unit {
                        kind: UnitKind::Body(place),
                        name: name.clone(),
                        code,
                    };
                    Ok(Some((unit, text, report)))
                },
            )
            .collect();
        let mut compiled = Compiled::default();
        for result in results {
            let Some((unit, text, report)) = result? else {
                continue;
            };
            compiled.units.push(unit);
            compiled.text.push_str(&text);
            compiled.reports.push(report);
        }
        Ok(compiled)
    }

    /// Does for every function what can show that it is invalid or unsupported, and says what
    /// became of their dispatches, in order: enough to know whether the code generator gets
    /// to see the module.
    ///
    /// # Errors
    /// As [`Self::build`].
    pub fn check(&self) -> Result<Vec<DispatchOutcome>, Error> {
        let results: Vec<Result<DispatchOutcome, Error>> = (0..self.env.module.functions.len())
            .into_par_iter()
            .map_init(
                || self.worker(),
                |worker, index| {
                    let func = self.first_wave(worker, index, Time::First)?;
                    watch::end();
                    let dispatch = self.dispatch(&func);
                    worker.spare = func;
                    Ok(dispatch)
                },
            )
            .collect();
        results.into_iter().collect()
    }
}
