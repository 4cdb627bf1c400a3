//! Runs passes on a function: counts their changes, times them, checks what they leave.

use super::{Cx, Edges, PASSES, Scope, Selection};
use crate::ir::{BlockId, Func, Terminator, verify_in};
use std::ops::Range;
use std::time::{Duration, Instant};

/// What one pass did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Total {
    /// Functions that it changed.
    pub functions: usize,
    /// Changes in all of them.
    pub changes: usize,
    /// Processor time; zero unless it was asked for.
    pub time: Duration,
}

/// What each pass of the table did.
#[derive(Debug, Clone)]
pub struct Stats(Vec<Total>);

impl Default for Stats {
    fn default() -> Self {
        Self(vec![Total::default(); PASSES.len()])
    }
}

impl Stats {
    /// Adds what others did.
    pub fn add(&mut self, others: &Self) {
        for (total, other) in self.0.iter_mut().zip(&others.0) {
            total.functions += other.functions;
            total.changes += other.changes;
            total.time += other.time;
        }
    }

    /// What a pass did; nothing if the table has no such pass.
    #[must_use]
    pub fn of(&self, name: &str) -> Total {
        super::named(name).map_or(Total::default(), |place| self.0[place])
    }

    /// The passes in order, each with what it did.
    pub fn all(&self) -> impl Iterator<Item = (&'static str, Total)> {
        PASSES
            .iter()
            .map(|pass| pass.name)
            .zip(self.0.iter().copied())
    }
}

/// Runs passes for one worker.
pub struct Runner<'s> {
    selection: &'s Selection,
    /// Whether passes are timed: a look at the clock costs as much as a small pass.
    timed: bool,
    /// For tests: a pass by its place, and the function that it breaks.
    breaks: Option<(usize, usize)>,
    /// Whether functions are verified behind each pass.
    verifies: bool,
    /// Whether changes are counted: not in a function that is built again.
    pub counts: bool,
    /// What the passes did so far.
    pub stats: Stats,
}

impl<'s> Runner<'s> {
    #[must_use]
    pub fn new(
        selection: &'s Selection,
        timed: bool,
        breaks: Option<(usize, usize)>,
        verifies: bool,
    ) -> Self {
        Self {
            selection,
            timed,
            breaks,
            verifies: verifies || cfg!(debug_assertions) || cfg!(test),
            counts: true,
            stats: Stats::default(),
        }
    }

    /// Runs those passes at these places of the table that are selected and for this function.
    ///
    /// # Panics
    /// If a pass leaves the function invalid, and functions are verified.
    pub fn run(&mut self, func: &mut Func, cx: &Cx<'_, '_>, passes: Range<usize>) {
        for place in passes {
            let pass = &PASSES[place];
            let is_for_it = pass.scope == Scope::Any || cx.go.is_some();
            if !is_for_it || !self.selection.runs(place, cx.function) {
                continue;
            }
            let started = self.timed.then(Instant::now);
            let changes = (pass.run)(func, cx);
            if pass.edges == Edges::Change {
                func.forget_order();
            }
            let total = &mut self.stats.0[place];
            total.time += started.map_or(Duration::ZERO, |started| started.elapsed());
            if self.counts {
                total.changes += changes;
                total.functions += usize::from(changes > 0);
            }
            if self.breaks == Some((place, cx.function)) {
                func.block_mut(BlockId::ENTRY).terminator = Terminator::NOT_YET;
                func.forget_order();
            }
            self.verify(func, cx, || format!("the pass {} leaves", pass.name));
        }
    }

    /// Verifies a function, if functions are verified. `what` leaves it as it is.
    ///
    /// # Panics
    /// If the function isn't valid.
    pub fn verify(&self, func: &Func, cx: &Cx<'_, '_>, what: impl Fn() -> String) {
        if self.verifies
            && let Err(why) = verify_in(func, cx.module, cx.function)
        {
            panic!("BUG: {} function {} invalid: {why}", what(), cx.function);
        }
    }
}
