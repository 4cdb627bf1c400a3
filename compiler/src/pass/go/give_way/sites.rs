//! Calls that may cut a loop.

use crate::go::giving_way::{Entry, Facts};
use crate::ir::op::Callee;
use crate::ir::{BlockId, Def, Func, Inst, Op, Terminator, Value};

/// `UnsafePointUnsafe` in `internal/abi/symtab.go`.
const UNSAFE: i32 = -2;

/// A call of Go's at the end of a block, which branches on the result.
#[derive(Debug, Clone, Copy)]
pub enum Site {
    /// Gives way before the instruction at this place of the block, which is part of the call,
    /// and goes on at the beginning of the defined function `resume`.
    Before {
        at: usize,
        resume: usize,
        closure: bool,
    },
    /// Gives way after the call has returned, and goes on at `pc_b`.
    After { pc_b: u32 },
    /// Goes through the table: the call is the instruction at this place of the block.
    Table { at: usize },
}

/// The call that a block ends with, if it may cut a loop. `points` is the function's.
pub(super) fn site(
    func: &Func,
    block: BlockId,
    facts: &Facts,
    points: &[(u32, i32)],
) -> Option<Site> {
    let block = func.block(block);
    let Terminator::Branch {
        condition,
        otherwise,
        ..
    } = &block.terminator
    else {
        return None;
    };
    let Def::Inst(call, 0) = func.values[condition.index()].def else {
        return None;
    };
    let at = block.insts.iter().rposition(|&inst| inst == call)?;
    let (before, behind) = block.insts.split_at(at);
    // Behind the call SP is read back, and nothing else happens.
    let reads_back = |inst: &Inst| matches!(inst.op, Op::Get(_) | Op::Set(_) | Op::SpLow);
    if !behind[1..].iter().all(|&inst| reads_back(func.inst(inst))) {
        return None;
    }
    let before: Vec<&Inst> = before.iter().map(|&inst| func.inst(inst)).collect();
    let call = func.inst(call);
    let Op::Call(callee, Some(go)) = call.op else {
        return None;
    };
    let pc_b = u32::from(go.returns_to);
    if !is_safe(points, pc_b.checked_sub(1)?) {
        return None;
    }
    // Who gives way at a callee's beginning goes on there.
    if func.i32_constant(*call.args.first()?) != Some(0) {
        return None;
    }
    let function = match callee {
        Callee::Element { table: 0, .. } => return Some(Site::Table { at }),
        Callee::Function(function) => function,
        Callee::Element { .. } | Callee::Os(_) => return None,
    };
    match facts.entry_of(function)? {
        Entry::GivesWay { resume, closure } => Some(Site::Before {
            at: at - operands(&before, &call.args),
            resume,
            closure,
        }),
        Entry::Returns if carries_nothing(func, otherwise) => Some(Site::After { pc_b }),
        Entry::Returns | Entry::Polls | Entry::Unknown => None,
    }
}

/// How many instructions right before a call only make operands of it: PC_B and SP.
fn operands(before: &[&Inst], args: &[Value]) -> usize {
    let makes = |inst: &&&Inst| inst.results == 1 && args.contains(&inst.first_result);
    before.iter().rev().take(2).take_while(makes).count()
}

fn carries_nothing(func: &Func, edge: &crate::ir::Edge) -> bool {
    edge.args.is_empty() && func.block(edge.target).params.is_empty()
}

/// Whether `pc_b` is no unsafe point. A function without values has none.
fn is_safe(points: &[(u32, i32)], pc_b: u32) -> bool {
    let next = points.partition_point(|&(end, _)| end <= pc_b);
    points.is_empty() || points.get(next).is_some_and(|&(_, value)| value != UNSAFE)
}
