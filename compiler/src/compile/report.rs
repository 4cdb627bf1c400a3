//! What became of a function, for `--verbose` and for facts about a module.

use crate::ir::{Func, Terminator};
use crate::weight::Weight;

/// The outcome of compiling a function of the module.
#[derive(Debug, Clone, Copy)]
pub struct Report {
    /// Whether it was too large, or too heavy, for the optimiser.
    pub unoptimised: bool,
    /// The function's cost to the code generator; zero if the function is unoptimised.
    pub weight: Weight,
    /// What became of its dispatch.
    pub dispatch: DispatchOutcome,
}

/// The outcome of the search for a function's dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DispatchOutcome {
    /// The function has no `br_table`; Go's compiler makes none but the dispatch.
    Absent,
    Removed,
    /// There is a `br_table` that is not Go's dispatch, or not certainly.
    NotRecognised,
}

impl DispatchOutcome {
    /// Of a function of a Go module behind the passes of the first wave.
    #[must_use]
    pub fn of(func: &Func) -> Self {
        let is_table =
            |block: &crate::ir::Block| matches!(block.terminator, Terminator::Table { .. });
        if func.dispatch.is_some() {
            Self::Removed
        } else if func.blocks.iter().any(is_table) {
            Self::NotRecognised
        } else {
            Self::Absent
        }
    }
}
