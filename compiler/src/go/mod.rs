//! What is known about modules that Go's toolchain built.
//!
//! Everything here is read from the module at hand and checked against it; a
//! module of another origin, or one that lies, gives no facts, and a function
//! that doesn't have Go's shape is left as it is.

pub mod byte_loops;
pub mod dispatch;
pub mod giving_way;
pub mod noreturn;
pub mod pclntab;
pub mod preempt;
pub mod resume;
pub mod sp;
mod stack_check;
#[cfg(test)]
mod tests;
mod unwind;

use crate::flow::{self, BlockId, Graph, Terminator};
use crate::module::Module;
use dispatch::Dispatch;
use noreturn::Summary;
use pclntab::Pclntab;
use rayon::prelude::*;
use std::collections::BTreeSet;
use wasi_aot_contract::module::Preemption;
use wasmparser::{FuncValidatorAllocations, ValType};

/// The outcome of the search for a function's dispatch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DispatchOutcome {
    /// The function has no `br_table`; Go's compiler makes none but the dispatch.
    Absent,
    Removed,
    /// There is a `br_table` that is not Go's dispatch, or not certainly.
    NotRecognised,
}

/// The outcome of the rewrites of a function.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rewritten {
    pub dispatch: DispatchOutcome,
    /// Calls before which loops give way.
    pub giving_way: usize,
}

impl Rewritten {
    /// By somebody who knows nothing of Go.
    pub const NOT: Self = Self {
        dispatch: DispatchOutcome::Absent,
        giving_way: 0,
    };
}

/// What is trusted of a function, beside what is verified.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trust {
    /// It is entered at PC_B 0 and its resume points only, and SP plus a small constant
    /// doesn't wrap around.
    pub shape: bool,
    /// `stackPreempt` may be in the `stackguard0` that it checks for stack space by.
    pub preempted: bool,
}

/// The facts that graphs are rewritten by.
pub struct Knowledge {
    /// PC_Bs at which each defined function is resumed, 0 not among them.
    pub resume_points: Vec<BTreeSet<u32>>,
    /// Whether each defined function never returns 0.
    pub never_zero: Vec<bool>,
    /// How goroutines can be preempted.
    pub preemption: Option<Preemption>,
    /// What loops without stack checks can give way by.
    pub giving_way: Option<giving_way::Facts>,
    imports: u32,
    /// How many of the defined functions Go's linker made; they come first.
    functions: usize,
}

impl Knowledge {
    /// Reads the facts off a module whose function table is `table`; `None` if Go's linker
    /// didn't make it. The search for functions without normal return, which reads every body, is
    /// only made if `thorough`.
    #[must_use]
    pub fn of(module: &Module<'_>, table: &Pclntab<'_>, thorough: bool) -> Option<Self> {
        let resume_points = resume::resume_points(module, table)?;
        let never_zero = if thorough {
            never_zero(module)
        } else {
            vec![false; module.functions.len()]
        };
        let preemption = preempt::preemption(module, table);
        Some(Self {
            resume_points,
            never_zero,
            preemption,
            giving_way: preemption.and_then(|_| giving_way::Facts::of(module, table)),
            imports: module.import_count(),
            functions: resume::go_functions(module)?,
        })
    }

    /// Whether Go's linker made the defined function `index`: what is only trusted holds
    /// for those alone.
    #[must_use]
    pub fn is_gos(&self, index: usize) -> bool {
        index < self.functions
    }

    /// Rewrites the graph of the defined function `index`.
    pub fn rewrite(&self, graph: &mut Graph<'_>, index: usize, trust: Trust) -> Rewritten {
        let has_table = graph
            .blocks
            .iter()
            .any(|block| matches!(block.terminator, Terminator::Table { .. }));
        let dispatch = Dispatch::find(graph);
        if let Some(dispatch) = &dispatch {
            dispatch.thread(graph);
            if trust.shape {
                dispatch.prune(graph, &self.resume_points[index]);
            }
        }
        noreturn::cut(graph, |function| {
            function
                .checked_sub(self.imports)
                .is_some_and(|callee| self.never_zero[callee as usize])
        });
        unwind::share_return(graph);
        if trust.preempted {
            stack_check::widen(graph);
        }
        // Other modules' loops are rotated already by the compilers that made them.
        graph.rotate_loops();
        let giving_way = match (&self.giving_way, &dispatch) {
            (Some(facts), Some(_)) if trust.preempted => facts.rewrite(graph, index),
            _ => 0,
        };
        let dispatch = match (dispatch, has_table) {
            (Some(_), _) => DispatchOutcome::Removed,
            (None, true) => DispatchOutcome::NotRecognised,
            (None, false) => DispatchOutcome::Absent,
        };
        Rewritten {
            dispatch,
            giving_way,
        }
    }
}

/// For each defined function whether it never returns 0.
fn never_zero(module: &Module<'_>) -> Vec<bool> {
    let summaries: Vec<Summary> = (0..module.functions.len())
        .into_par_iter()
        .map_init(FuncValidatorAllocations::default, |validator, index| {
            summary(module, index, validator)
        })
        .collect();
    noreturn::never_zero(&summaries, module.import_count())
}

/// What a body can return. One that is invalid is unknown: compiling it reports
/// why.
fn summary(module: &Module<'_>, index: usize, validator: &mut FuncValidatorAllocations) -> Summary {
    let function = &module.functions[index];
    let ty = &module.types[function.type_index as usize];
    if ty.params() != [ValType::I32] || ty.results() != [ValType::I32] {
        return Summary::unknown();
    }
    let graph = flow::build(
        &function.body,
        &function.validation,
        &module.types,
        validator,
        String::new,
    );
    let Ok(mut graph) = graph else {
        return Summary::unknown();
    };
    let start = match Dispatch::find(&graph) {
        Some(dispatch) => {
            dispatch.thread(&mut graph);
            dispatch.first()
        }
        None => BlockId::ENTRY,
    };
    let exits = |function: u32| {
        module
            .imports
            .get(function as usize)
            .is_some_and(|import| import.function.name == "proc_exit")
    };
    Summary::new(&graph, start, exits)
}
