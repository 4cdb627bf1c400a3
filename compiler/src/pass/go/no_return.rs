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

use super::dispatch;
use super::unwind::returns_one;
use crate::ir::op::{Callee, Compare};
use crate::ir::{BlockId, Const, Def, Edge, Func, Inst, Op, Terminator, Value};
use crate::pass::Cx;
use smallvec::{SmallVec, smallvec};
use wasi_aot_contract::module::TrapKind;

/// What matters of a function: its blocks, as edges that a call may close.
pub struct Summary {
    start: BlockId,
    blocks: Vec<Exit>,
}

/// How a block is left.
enum Exit {
    To(SmallVec<[BlockId; 2]>),
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

/// What is known of a number that a function tests or returns.
enum Status {
    One,
    /// The result of a call of this function at PC_B 0.
    Call(u32),
}

fn status_of(func: &Func, value: Value) -> Option<Status> {
    let value = func.resolve(value);
    let Def::Inst(id, 0) = func.values[value.index()].def else {
        return None;
    };
    let inst = func.inst(id);
    match inst.op {
        Op::Const(Const::I32(1)) => Some(Status::One),
        // throw ends in a store to nil, whose check is of a constant.
        Op::Compare(Compare::I64Eqz) if func.i64_constant(inst.args[0]) == Some(0) => {
            Some(Status::One)
        }
        Op::Call(Callee::Function(callee), _) if passes_zero(func, &inst.args) => {
            Some(Status::Call(callee))
        }
        _ => None,
    }
}

/// Whether a call with these operands is at PC_B 0.
fn passes_zero(func: &Func, args: &[Value]) -> bool {
    args.first()
        .is_some_and(|&pc_b| func.i32_constant(pc_b) == Some(0))
}

impl Summary {
    /// The summary of a function behind the passes of the first wave. `exits` are functions
    /// that end the process (the import `proc_exit`).
    #[must_use]
    pub fn new(func: &Func, exits: impl Fn(u32) -> bool) -> Self {
        let ends = |inst: &Inst| matches!(inst.op, Op::Call(Callee::Function(function), _) if exits(function));
        let blocks = func.blocks.iter().map(|block| {
            // Wherever in the block: what follows is never executed.
            if block.insts.iter().any(|&inst| ends(func.inst(inst))) {
                return Exit::Never;
            }
            exit(func, &block.terminator)
        });
        let start = func.dispatch.map_or(BlockId::ENTRY, |dispatch| {
            dispatch::target_of(func, dispatch, 0)
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

/// A block ends in a known number, or one that a call gave. Where neither is recognised, all
/// of its edges may be taken, or it may return anything: the outcome can only become less
/// exact, never wrong.
fn exit(func: &Func, terminator: &Terminator) -> Exit {
    match terminator {
        Terminator::Trap(_) => Exit::Never,
        Terminator::Return(values) => {
            match values.first().and_then(|&value| status_of(func, value)) {
                Some(Status::One) => Exit::Never,
                Some(Status::Call(callee)) => Exit::ReturnsCall { callee },
                None => Exit::ReturnsZeroOrUnknown,
            }
        }
        Terminator::TailCall(Callee::Function(callee), args) if passes_zero(func, args) => {
            Exit::ReturnsCall { callee: *callee }
        }
        Terminator::TailCall(..) | Terminator::ByteLoop { .. } => Exit::ReturnsZeroOrUnknown,
        Terminator::Branch {
            condition,
            then,
            otherwise,
        } => match status_of(func, *condition) {
            Some(Status::One) => Exit::To(smallvec![then.target]),
            Some(Status::Call(callee)) => Exit::OnCall {
                callee,
                otherwise: otherwise.target,
                then: then.target,
            },
            None => Exit::To(smallvec![then.target, otherwise.target]),
        },
        Terminator::Jump(_) | Terminator::Table { .. } | Terminator::Switch { .. } => {
            let mut targets = SmallVec::new();
            terminator.for_each_edge(|edge| targets.push(edge.target));
            Exit::To(targets)
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

/// Ends each block after a call of a function that never returns 0; returns how many.
pub fn cut(func: &mut Func, cx: &Cx<'_, '_>) -> usize {
    let imports = cx.module.import_count();
    let Some(solved) = cx.solved else {
        return 0;
    };
    cut_calls(func, |function| {
        let callee = function.checked_sub(imports);
        callee.is_some_and(|callee| solved.never_zero.get(callee as usize) == Some(&true))
    })
}

/// What follows such a call is what the code does on a result of 1, returning 1 or trapping.
pub(crate) fn cut_calls(func: &mut Func, never_zero: impl Fn(u32) -> bool) -> usize {
    let mut cuts = 0;
    for index in 0..func.blocks.len() {
        let Terminator::Branch {
            condition, then, ..
        } = &func.blocks[index].terminator
        else {
            continue;
        };
        let Some(Status::Call(callee)) = status_of(func, *condition) else {
            continue;
        };
        if !then.args.is_empty() || !never_zero(callee) {
            continue;
        }
        // The call's result, which is never 0, may be any other number. Where the other block
        // looks at none, it makes no difference that the branch no longer takes it.
        let target = then.target;
        let unwound = func.block(target);
        let (terminator, origin) = match unwound.terminator {
            Terminator::Return(_) if returns_one(func, target) => (
                Terminator::Jump(Edge::to(target)),
                func.blocks[index].origin,
            ),
            // The trap is the other block's, and so is its place in the file.
            Terminator::Trap(TrapKind::Unreachable) if unwound.insts.is_empty() => {
                (Terminator::Trap(TrapKind::Unreachable), unwound.origin)
            }
            _ => continue,
        };
        func.blocks[index].terminator = terminator;
        func.blocks[index].origin = origin;
        func.blocks[index].cold = true;
        cuts += 1;
    }
    cuts
}
