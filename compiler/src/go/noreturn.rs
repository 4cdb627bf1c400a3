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
}

/// For each defined function whether it never returns 0; `imports` functions
/// come before them in the index space and may all return anything.
///
/// Each block is looked at once, and each call of a function that may yet turn out to
/// return 0 a second time: the cost is linear in the module.
#[must_use]
pub fn never_zero(summaries: &[Summary], imports: u32) -> Vec<bool> {
    let mut search = Search {
        summaries,
        imports,
        may: vec![false; summaries.len()],
        seen: summaries
            .iter()
            .map(|s| vec![false; s.blocks.len()])
            .collect(),
        waiting: vec![Vec::new(); summaries.len()],
        pending: Vec::new(),
    };
    for (function, summary) in summaries.iter().enumerate() {
        search.pending.push((function, Next::Block(summary.start)));
        search.run();
    }
    search.may.into_iter().map(|may| !may).collect()
}

/// Where control gets to in a function, once a callee may return 0.
#[derive(Clone, Copy)]
enum Next {
    Block(BlockId),
    ReturnsZero,
}

/// The state of [`never_zero`].
struct Search<'s> {
    summaries: &'s [Summary],
    imports: u32,
    /// Whether each function may return 0, as far as is known.
    may: Vec<bool>,
    /// The blocks that are reached in each function.
    seen: Vec<Vec<bool>>,
    /// What is reached, and in which function, if this one may return 0.
    waiting: Vec<Vec<(usize, Next)>>,
    /// What is reached and was not followed yet.
    pending: Vec<(usize, Next)>,
}

impl Search<'_> {
    fn run(&mut self) {
        while let Some((function, next)) = self.pending.pop() {
            match next {
                Next::Block(block) => self.block(function, block),
                Next::ReturnsZero => {
                    self.may[function] = true;
                    self.pending.append(&mut self.waiting[function]);
                }
            }
        }
    }

    fn block(&mut self, function: usize, block: BlockId) {
        // What a function that may return 0 does beside makes no difference.
        if self.may[function] || std::mem::replace(&mut self.seen[function][block.index()], true) {
            return;
        }
        match &self.summaries[function].blocks[block.index()] {
            Exit::Never => {}
            Exit::To(targets) => {
                let targets = targets
                    .iter()
                    .map(|&target| (function, Next::Block(target)));
                self.pending.extend(targets);
            }
            Exit::OnCall {
                callee,
                otherwise,
                then,
            } => {
                self.pending.push((function, Next::Block(*then)));
                self.after(*callee, function, Next::Block(*otherwise));
            }
            Exit::ReturnsCall { callee } => self.after(*callee, function, Next::ReturnsZero),
            Exit::ReturnsZeroOrUnknown => self.pending.push((function, Next::ReturnsZero)),
        }
    }

    /// Reaches `next` in `function` now or when it turns out that `callee` may return
    /// 0.
    fn after(&mut self, callee: u32, function: usize, next: Next) {
        let defined = callee.checked_sub(self.imports);
        match defined.map(|callee| callee as usize) {
            Some(callee) if !self.may[callee] => self.waiting[callee].push((function, next)),
            _ => self.pending.push((function, next)),
        }
    }
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
        let (terminator, offset) = match (&unwound.terminator, operators) {
            (Terminator::Return, [(Operator::I32Const { value: 1 }, _)]) => {
                (Terminator::Jump(*then), block.terminator_offset)
            }
            // The trap is the other block's, and so is its place in the file.
            (Terminator::Trap(TrapKind::Unreachable), []) => (
                Terminator::Trap(TrapKind::Unreachable),
                unwound.terminator_offset,
            ),
            _ => continue,
        };
        graph.blocks[index].terminator = terminator;
        graph.blocks[index].terminator_offset = offset;
        graph.blocks[index].cold = true;
    }
}
