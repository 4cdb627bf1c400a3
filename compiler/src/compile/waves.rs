//! The two waves over all functions of a module.
//!
//! What the first wave builds is kept for the second, as far as memory allows; the second
//! builds the rest again. A module that has nothing to be solved has no first wave.
//!
//! Invariant: what is kept depends on which thread came first, and nothing else does: a
//! function that is built again is the same as one that was kept.

use super::report::DispatchOutcome;
use super::watch::{self, Step};
use super::{Compiled, Compiler, Report, Unit, UnitKind};
use crate::error::Error;
use crate::ir::{Block, Func, Inst, ValueData};
use crate::options::Observer;
use crate::pass::{Solved, Summary, never_zero};
use rayon::prelude::*;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Bytes that functions may take between the waves, all together: a fifth of what compiling a
/// large module takes at its peak.
const KEPT: usize = 96 << 20;

/// A unit with its text and report.
type Body = (Unit, String, Report);

/// A function between the waves.
#[derive(Default)]
pub struct Built {
    /// As the first wave's passes left it, if there was room to keep it.
    func: Option<Func>,
    summary: Option<Summary>,
}

impl Built {
    /// Whether the function is kept for the second wave.
    #[must_use]
    pub fn is_kept(&self) -> bool {
        self.func.is_some()
    }
}

impl Compiler<'_, '_, '_> {
    /// The first wave: builds all functions, in order.
    ///
    /// # Errors
    /// The first function, in order, that is invalid or unsupported.
    pub fn build(&self) -> Result<Vec<Built>, Error> {
        let total = self.env.module.functions.len();
        if !self.summarises {
            return Ok((0..total).map(|_| Built::default()).collect());
        }
        let kept = AtomicUsize::new(0);
        let results: Vec<Result<Built, Error>> = (0..total)
            .into_par_iter()
            .map_init(
                || self.worker(),
                |worker, index| {
                    let func = self.first_wave(worker, index)?;
                    watch::step(Step::Summarise);
                    let summary = Some(self.summary(&func, index));
                    watch::end();
                    let size = size(&func);
                    let fits = kept.fetch_add(size, Ordering::Relaxed) + size <= KEPT;
                    if !fits {
                        kept.fetch_sub(size, Ordering::Relaxed);
                    }
                    let func = fits.then_some(func);
                    Ok(Built { func, summary })
                },
            )
            .collect();
        results.into_iter().collect()
    }

    /// Finds out what needs all functions.
    #[must_use]
    pub fn solve(&self, built: &mut [Built]) -> Solved {
        let summaries = built.iter_mut().map(|built| built.summary.take());
        let summaries: Option<Vec<Summary>> = summaries.collect();
        let imports = self.env.module.import_count();
        Solved {
            never_zero: match summaries {
                Some(summaries) => never_zero(&summaries, imports),
                None => vec![false; built.len()],
            },
        }
    }

    /// The second wave: compiles the bodies of all functions, in order.
    ///
    /// # Errors
    /// The first function, in order, that is invalid or unsupported, or too large.
    pub fn bodies(
        &self,
        built: Vec<Built>,
        solved: &Solved,
        observer: &dyn Observer,
    ) -> Result<Compiled, Error> {
        let total = built.len();
        let done = AtomicUsize::new(0);
        let results: Vec<Result<Option<Body>, Error>> = built
            .into_par_iter()
            .enumerate()
            .map_init(
                || self.worker(),
                |worker, (index, built)| {
                    let name = &self.env.names[index];
                    if !self.shows(name) {
                        return Ok(None);
                    }
                    let (code, text, report) = self.body(worker, index, built.func, solved)?;
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
                    let func = self.first_wave(worker, index)?;
                    watch::end();
                    Ok(self.dispatch(&func))
                },
            )
            .collect();
        results.into_iter().collect()
    }
}

/// About how many bytes a function takes.
fn size(func: &Func) -> usize {
    let mut size = func.insts.capacity() * size_of::<Inst>()
        + func.values.capacity() * size_of::<ValueData>()
        + func.blocks.capacity() * size_of::<Block>()
        + func.bytes.capacity() * size_of::<[u8; 16]>();
    for block in &func.blocks {
        let mut places = block.params.capacity() + block.insts.capacity();
        block.terminator.for_each_edge(|edge| {
            // A table has an edge of three words for each of its targets.
            places += edge.args.capacity() + 8;
        });
        size += places * size_of::<u32>();
    }
    size
}
