//! Loops end in their conditions.
//!
//! A loop whose condition comes first makes two jumps each time around: back to the
//! condition, and from there into the body. Where a block jumps back to a short one
//! that branches, it gets a copy of it instead, and one jump is left. Exact for any
//! function: the copy does what the jump's target would have done.
//!
//! Before variables are values: what a copy computes is seen by nobody but the copy.

use crate::ir::{BlockId, Effect, Func, Terminator, Value};
use crate::pass::Cx;
use std::collections::HashMap;

/// Instructions that are worth copying.
const SHORT: usize = 12;

/// Copies loops' conditions to where they are jumped back to; returns how many.
pub fn run(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    rotate(func)
}

/// As [`run`].
pub(crate) fn rotate(func: &mut Func) -> usize {
    let order = func.find_order().blocks;
    let mut position = vec![usize::MAX; func.blocks.len()];
    for (i, block) in order.iter().enumerate() {
        position[block.index()] = i;
    }
    // A jump to what comes before in this order goes back, in a loop. The order stays the
    // one of the function as it was: copies make no block reachable that wasn't.
    let jumps_back = |&block: &BlockId| match &func.block(block).terminator {
        Terminator::Jump(edge)
            if edge.target != block
                && edge.args.is_empty()
                && position[edge.target.index()] <= position[block.index()]
                && !func.block(block).cold
                && is_condition(func, edge.target) =>
        {
            Some((block, edge.target))
        }
        _ => None,
    };
    let jumps: Vec<(BlockId, BlockId)> = order.iter().filter_map(jumps_back).collect();
    if jumps.is_empty() {
        return 0;
    }
    let is_used_elsewhere = used_elsewhere(func, &order);
    let mut copied = 0;
    for (block, target) in jumps {
        // A copy may have made the target jump, or the block branch.
        let still_jumps = matches!(&func.block(block).terminator,
            Terminator::Jump(edge) if edge.target == target);
        if still_jumps && !is_used_elsewhere[target.index()] {
            append_copy(func, block, target);
            copied += 1;
        }
    }
    copied
}

/// Whether the block is short, calls nothing, and branches, with nothing carried at either
/// end.
fn is_condition(func: &Func, block: BlockId) -> bool {
    let block = func.block(block);
    block.insts.len() <= SHORT
        && block.params.is_empty()
        && matches!(&block.terminator, Terminator::Branch { then, otherwise, .. }
            if [then, otherwise].iter().all(|edge| edge.args.is_empty()))
        && block
            .insts
            .iter()
            .all(|&inst| func.inst(inst).op.effect() != Effect::Calls)
}

/// For each block whether a value that it defines is used in another one.
fn used_elsewhere(func: &Func, order: &[BlockId]) -> Vec<bool> {
    let mut home = vec![u32::MAX; func.values.len()];
    for &block in order {
        for &inst in &func.block(block).insts {
            for value in func.inst(inst).all_results() {
                home[value.index()] = block.0;
            }
        }
    }
    let mut used = vec![false; func.blocks.len()];
    for &block in order {
        let mut note = |value: Value| {
            let home = home[func.resolve(value).index()];
            if home != block.0 && home != u32::MAX {
                used[home as usize] = true;
            }
        };
        for &inst in &func.block(block).insts {
            func.inst(inst).args.iter().copied().for_each(&mut note);
        }
        func.block(block).terminator.for_each_value(&mut note);
    }
    used
}

/// Puts a copy of `target` in place of the block's jump to it.
fn append_copy(func: &mut Func, block: BlockId, target: BlockId) {
    let copied = func.block(target).clone();
    let mut names: HashMap<Value, Value> = HashMap::new();
    let renamed =
        |names: &HashMap<Value, Value>, value: Value| names.get(&value).copied().unwrap_or(value);
    for &id in &copied.insts {
        let inst = func.inst(id).clone();
        let args: Vec<Value> = inst
            .args
            .iter()
            .map(|&arg| renamed(&names, func.resolve(arg)))
            .collect();
        let types: Vec<_> = inst.all_results().map(|value| func.ty(value)).collect();
        let copy = func.new_inst(inst.op, &args, &types, inst.origin);
        let results: Vec<Value> = func.inst(copy).all_results().collect();
        names.extend(inst.all_results().zip(results));
        func.block_mut(block).insts.push(copy);
    }
    let mut terminator = copied.terminator;
    terminator.for_each_value_mut(|value| *value = renamed(&names, func.resolve(*value)));
    let block = func.block_mut(block);
    block.terminator = terminator;
    block.origin = copied.origin;
}
