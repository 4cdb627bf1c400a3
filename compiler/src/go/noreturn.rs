//! Functions that never return 0.
//!
//! A Go function returns 1 to say that the wasm stack unwinds, and each caller
//! tests for it: `call f; if; i32.const 1; return; end`. After panicIndex, throw,
//! gopark or morestack that test never fails, but the edge of its failing is
//! there: it makes cold code look as if it rejoined hot code. Here those calls
//! are found by what the callees do, whatever they are called, and the edge goes.
//!
//! A verified fact, exact for every module: *may return 0* is the least fixed
//! point over the call graph, from the functions whose result isn't known. Only
//! entry at PC_B 0 counts, and a direct call only where it passes that constant, as
//! all of Go's do; code that is resumed later is entered through the dispatch, which
//! keeps its targets.

use crate::flow::{BlockId, Callee, Graph, Terminator};
use std::collections::BTreeSet;
use wasi_aot_contract::module::TrapKind;
use wasmparser::Operator;

/// What matters of a function: its blocks, as edges that a call may close.
pub struct Summary {
    start: BlockId,
    blocks: Vec<Exit>,
}

/// How a block is left.
enum Exit {
    To(Vec<BlockId>),
    /// On the result of a call of this function at 0: to the first block if it isn't
    /// 0, to the second if it is.
    OnCall {
        callee: u32,
        otherwise: BlockId,
        then: BlockId,
    },
    ReturnsZeroOrUnknown,
    /// Returns the result of a call of this function at 0.
    ReturnsCall {
        callee: u32,
    },
    /// Returns 1, traps, or ends the process.
    Never,
}

/// What is on top of the operand stack where a block ends.
enum Status {
    One,
    /// The result of a call of this function at PC_B 0.
    Call(u32),
}

/// Finds it by the shapes that Go's assembler emits: right before the end, or
/// before SP is read back into local 1.
fn status_of(operators: &[(Operator<'_>, u32)]) -> Option<Status> {
    let operators = match operators {
        [
            before @ ..,
            (Operator::GlobalGet { .. }, _),
            (Operator::LocalSet { .. }, _),
        ] => before,
        all => all,
    };
    if let [
        ..,
        (Operator::I64Const { value: 0 }, _),
        (Operator::I64Eqz, _),
    ] = operators
    {
        return Some(Status::One);
    }
    match operators {
        [.., (Operator::I32Const { value: 1 }, _)] => Some(Status::One),
        [
            ..,
            (Operator::I32Const { value: 0 }, _),
            (Operator::Call { function_index }, _),
        ] => Some(Status::Call(*function_index)),
        _ => None,
    }
}

/// Whether a tail call behind these operators is at PC_B 0.
fn passes_zero(operators: &[(Operator<'_>, u32)]) -> bool {
    matches!(operators.last(), Some((Operator::I32Const { value: 0 }, _)))
}

impl Summary {
    /// The summary of a graph; `start` is where a direct call begins. `exits`
    /// are functions that end the process (the import `proc_exit`).
    #[must_use]
    pub fn new(graph: &Graph<'_>, start: BlockId, exits: impl Fn(u32) -> bool) -> Self {
        let blocks = graph.blocks.iter().map(|block| {
            let operators = &graph.operators[block.operators.clone()];
            if operators.iter().any(
                |(op, _)| matches!(op, Operator::Call { function_index } if exits(*function_index)),
            ) {
                return Exit::Never;
            }
            match (&block.terminator, status_of(operators)) {
                (Terminator::Trap(_), _) | (Terminator::Return, Some(Status::One)) => Exit::Never,
                (Terminator::Return, Some(Status::Call(callee))) => Exit::ReturnsCall { callee },
                (&Terminator::TailCall(Callee::Function(callee)), _) if passes_zero(operators) => {
                    Exit::ReturnsCall { callee }
                }
                (Terminator::Return | Terminator::TailCall(_), _) => Exit::ReturnsZeroOrUnknown,
                // throw ends in a store to nil, whose check is of a constant.
                (Terminator::Branch { then, .. }, Some(Status::One)) => Exit::To(vec![then.target]),
                (Terminator::Branch { then, otherwise }, Some(Status::Call(callee))) => {
                    Exit::OnCall {
                        callee,
                        otherwise: otherwise.target,
                        then: then.target,
                    }
                }
                (terminator, _) => {
                    let mut targets = Vec::new();
                    terminator.for_each_edge(|edge| targets.push(edge.target));
                    Exit::To(targets)
                }
            }
        });
        Self {
            start,
            blocks: blocks.collect(),
        }
    }

    /// A function of which nothing is known.
    #[must_use]
    pub fn unknown() -> Self {
        Self {
            start: BlockId::ENTRY,
            blocks: vec![Exit::ReturnsZeroOrUnknown],
        }
    }

    /// Whether it may return 0, when the functions for which `may` holds do;
    /// adds to `waits_for` the others whose returning 0 could change the answer.
    fn may_return_zero(&self, may: impl Fn(u32) -> bool, waits_for: &mut Vec<u32>) -> bool {
        let mut seen = vec![false; self.blocks.len()];
        let mut pending = vec![self.start];
        while let Some(block) = pending.pop() {
            if std::mem::replace(&mut seen[block.index()], true) {
                continue;
            }
            match &self.blocks[block.index()] {
                Exit::Never => {}
                Exit::To(targets) => pending.extend(targets),
                Exit::OnCall {
                    callee,
                    otherwise,
                    then,
                } => {
                    pending.push(*then);
                    if may(*callee) {
                        pending.push(*otherwise);
                    } else {
                        waits_for.push(*callee);
                    }
                }
                Exit::ReturnsCall { callee } if !may(*callee) => waits_for.push(*callee),
                Exit::ReturnsCall { .. } | Exit::ReturnsZeroOrUnknown => return true,
            }
        }
        false
    }
}

/// For each defined function whether it never returns 0; `imports` functions
/// come before them in the index space and may all return anything.
#[must_use]
pub fn never_zero(summaries: &[Summary], imports: u32) -> Vec<bool> {
    let mut may = vec![false; summaries.len()];
    // Who is to be looked at again when a function turns out to return 0: sets,
    // since a function is looked at once for each such callee.
    let mut dependents: Vec<BTreeSet<usize>> = vec![BTreeSet::new(); summaries.len()];
    let mut pending: BTreeSet<usize> = (0..summaries.len()).collect();
    let defined = |function: u32| function.checked_sub(imports).map(|index| index as usize);
    while let Some(index) = pending.pop_first() {
        if may[index] {
            continue;
        }
        let mut waits_for = Vec::new();
        let known = |function| defined(function).is_none_or(|callee| may[callee]);
        if summaries[index].may_return_zero(known, &mut waits_for) {
            may[index] = true;
            pending.append(&mut dependents[index]);
        } else {
            for callee in waits_for.into_iter().filter_map(defined) {
                dependents[callee].insert(index);
            }
        }
    }
    may.into_iter().map(|may| !may).collect()
}

/// Ends each block after a call of a function for which `never_zero` holds: what
/// follows is what the code does on a result of 1, returning 1 or trapping.
pub fn cut(graph: &mut Graph<'_>, never_zero: impl Fn(u32) -> bool) {
    for index in 0..graph.blocks.len() {
        let block = &graph.blocks[index];
        let Some(Status::Call(callee)) = status_of(&graph.operators[block.operators.clone()])
        else {
            continue;
        };
        let Terminator::Branch { then, .. } = &block.terminator else {
            continue;
        };
        // Without the branch the call's result stays on the stack, below whatever
        // an edge with operands carries.
        if then.arity > 0 || !never_zero(callee) {
            continue;
        }
        let unwound = &graph.blocks[then.target.index()];
        let operators = &graph.operators[unwound.operators.clone()];
        let terminator = match (&unwound.terminator, operators) {
            (Terminator::Return, [(Operator::I32Const { value: 1 }, _)]) => Terminator::Jump(*then),
            (Terminator::Trap(TrapKind::Unreachable), []) => {
                Terminator::Trap(TrapKind::Unreachable)
            }
            _ => continue,
        };
        graph.blocks[index].terminator = terminator;
        graph.blocks[index].cold = true;
    }
}
