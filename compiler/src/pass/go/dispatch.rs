//! Go's dispatch, and its removal.
//!
//! Every jump between basic blocks of a Go function is `i32.const k; local.set 0
//! (PC_B); br` to a loop that begins with `br_table (local.get 0)`
//! (`preprocess` in `cmd/internal/obj/wasm/wasmobj.go`). Here such an edge becomes
//! one to the table's target, and the table keeps only what can be entered from
//! outside: PC_B 0 and the function's resume points.
//!
//! What is checked on the function at hand: each edge to the dispatch, but the
//! entry's, comes from a block that ends in a constant for local 0; the entry
//! leaves local 0 to the caller; no operand goes through the dispatch. What is
//! trusted, by [`prune`] alone: that nobody enters at another point. An entry that the
//! compiler ruled out traps with a message of its own; it can't go on anywhere.

use crate::ir::{BlockId, Edge, Func, Op, Origin, Terminator, Type, Variable};
use crate::pass::Cx;
use std::collections::{BTreeMap, BTreeSet};
use wasi_aot_contract::module::TrapKind;

/// The variable that PC_B is: the only parameter of a Go function.
const PC_B: Variable = Variable(0);

/// Turns each jump through the dispatch into a jump to its target; returns how many there
/// were.
pub fn thread(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    let Some(dispatch) = Dispatch::find(func) else {
        return 0;
    };
    for &(block, pc_b) in &dispatch.jumps {
        let target = dispatch.target(func, pc_b);
        func.block_mut(block).terminator = Terminator::Jump(Edge::to(target));
    }
    func.dispatch = Some(dispatch.block);
    set_origins(func, dispatch.block);
    dispatch.jumps.len()
}

/// Keeps of the dispatch only the targets of PC_B 0 and of the function's resume points;
/// returns how many values it no longer knows.
pub fn prune(func: &mut Func, cx: &Cx<'_, '_>) -> usize {
    let (Some(dispatch), Some(go)) = (func.dispatch, cx.go) else {
        return 0;
    };
    prune_to(func, dispatch, &go.resume_points[cx.function])
}

/// Other values than those of resume points that lead to one of their blocks stay (`goexit`
/// is entered at 1, which is no resume point but shares 0's block).
pub(crate) fn prune_to(func: &mut Func, dispatch: BlockId, resume_points: &BTreeSet<u32>) -> usize {
    let block = func.block(dispatch);
    let Terminator::Table { index, targets, .. } = &block.terminator else {
        return 0;
    };
    let (index, values) = (*index, targets.len());
    let target = |pc_b: u32| target_of(func, dispatch, pc_b);
    let first = target(0);
    let kept: BTreeSet<BlockId> = resume_points.iter().map(|&pc_b| target(pc_b)).collect();
    let count = u32::try_from(values).expect("BUG: a br_table over 32 bits");
    // The default is a target too: Go's assembler puts the last block there.
    let cases: BTreeMap<u32, BlockId> = (1..=count)
        .chain(resume_points.iter().copied())
        .map(|pc_b| (pc_b, target(pc_b)))
        .filter(|(_, block)| *block == first || kept.contains(block))
        .collect();
    let cases: Vec<(u32, Edge)> = cases
        .into_iter()
        .map(|(pc_b, block)| (pc_b, Edge::to(block)))
        .collect();
    let forgotten = (values + 1).saturating_sub(cases.len());
    let origin = block.origin;
    let ruled_out = func.new_block(origin);
    let resume = func.new_block(origin);
    for block in [ruled_out, resume] {
        func.block_mut(block).cold = true;
    }
    func.block_mut(ruled_out).terminator = Terminator::Trap(TrapKind::UnexpectedEntry);
    func.block_mut(resume).terminator = Terminator::Switch {
        value: index,
        cases,
        default: Edge::to(ruled_out),
    };
    func.block_mut(dispatch).terminator = Terminator::Branch {
        condition: index,
        then: Edge::to(resume),
        otherwise: Edge::to(first),
    };
    forgotten
}

/// The dispatch of a function that has the shape of Go's.
pub(crate) struct Dispatch {
    block: BlockId,
    /// Blocks that jump to the dispatch, with their constant.
    pub(crate) jumps: Vec<(BlockId, u32)>,
}

impl Dispatch {
    /// Finds the dispatch, or `None` where the function is not of Go's shape.
    pub(crate) fn find(func: &Func) -> Option<Self> {
        if func.variables.first() != Some(&Type::I32) {
            return None;
        }
        let block = match &func.block(BlockId::ENTRY).terminator {
            Terminator::Jump(edge) => edge.target,
            _ => BlockId::ENTRY,
        };
        let Terminator::Table {
            index,
            targets,
            default,
        } = &func.block(block).terminator
        else {
            return None;
        };
        let carries = |edge: &Edge| !edge.args.is_empty();
        let entered_with = block != BlockId::ENTRY && !func.block(block).params.is_empty();
        if entered_with || targets.iter().chain([default]).any(carries) || sets_pc_b(func) {
            return None;
        }
        let reads = func.def(*index)?;
        let is_last = func.block(block).insts.last().is_some_and(|&last| {
            func.inst(last).op == Op::Get(PC_B) && func.inst(last).first_result == *index
        });
        // A head that is jumped to must do nothing but dispatch.
        let does_nothing_else = block == BlockId::ENTRY || func.block(block).insts.len() == 1;
        if reads.op != Op::Get(PC_B) || !is_last || !does_nothing_else {
            return None;
        }
        let jumps = jumps_to(func, block)?;
        Some(Self { block, jumps })
    }

    pub(crate) fn target(&self, func: &Func, pc_b: u32) -> BlockId {
        target_of(func, self.block, pc_b)
    }
}

/// The block that a value of PC_B leads to.
pub(crate) fn target_of(func: &Func, dispatch: BlockId, pc_b: u32) -> BlockId {
    let Terminator::Table {
        targets, default, ..
    } = &func.block(dispatch).terminator
    else {
        panic!("BUG: a dispatch that isn't a table");
    };
    targets.get(pc_b as usize).unwrap_or(default).target
}

/// Whether the entry block, which comes before the dispatch or is it, changes where
/// the caller wants to enter.
fn sets_pc_b(func: &Func) -> bool {
    let entry = func.block(BlockId::ENTRY);
    let mut insts = entry.insts.iter();
    insts.any(|&inst| func.inst(inst).op == Op::Set(PC_B))
}

/// The blocks that jump to `dispatch` with the constant each puts into local 0;
/// `None` if one has no constant.
fn jumps_to(func: &Func, dispatch: BlockId) -> Option<Vec<(BlockId, u32)>> {
    let mut jumps = Vec::new();
    for (index, block) in func.blocks.iter().enumerate().skip(1) {
        let mut reaches = false;
        block
            .terminator
            .for_each_edge(|edge| reaches |= edge.target == dispatch);
        if !reaches {
            continue;
        }
        let Terminator::Jump(_) = block.terminator else {
            return None;
        };
        let last = func.inst(*block.insts.last()?);
        let constant = match last.op {
            Op::Set(PC_B) => func.i32_constant(last.args[0])?,
            _ => return None,
        };
        jumps.push((BlockId::new(index), constant.cast_unsigned()));
    }
    Some(jumps)
}

/// Gives every instruction its PC_B: Go's assembler emits the blocks in the order of their
/// PC_Bs, so an operator's is that of the last target that begins at or before it. Does
/// nothing where the targets aren't in that order. What has no offset gets no PC_B.
fn set_origins(func: &mut Func, dispatch: BlockId) {
    let Terminator::Table {
        targets, default, ..
    } = &func.block(dispatch).terminator
    else {
        return;
    };
    let begin = |edge: &Edge| {
        let block = func.block(edge.target);
        let first = block.insts.first();
        first.map_or(block.origin.wasm, |&inst| func.inst(inst).origin.wasm)
    };
    let begins: Vec<u32> = targets.iter().chain([default]).map(begin).collect();
    if !begins.is_sorted() || begins.len() >= usize::from(Origin::NO_PC_B) {
        return;
    }
    // Before the first target: the dispatch's own, 0.
    let pc_b = |passed: usize, wasm: u32| match wasm {
        Origin::NO_OFFSET => Origin::NO_PC_B,
        _ => passed.saturating_sub(1) as u16,
    };
    // Instructions are in the order of their operators, but for the one of the block that
    // returns.
    let mut passed = 0;
    for inst in &mut func.insts {
        while passed > 0 && begins[passed - 1] > inst.origin.wasm {
            passed -= 1;
        }
        while begins
            .get(passed)
            .is_some_and(|&begin| begin <= inst.origin.wasm)
        {
            passed += 1;
        }
        inst.origin.pc_b = pc_b(passed, inst.origin.wasm);
    }
    for block in &mut func.blocks {
        let passed = begins.partition_point(|&begin| begin <= block.origin.wasm);
        block.origin.pc_b = pc_b(passed, block.origin.wasm);
    }
}
