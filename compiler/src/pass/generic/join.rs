//! Straight lines of blocks become one block.
//!
//! Structure of wasm, and Go's dispatch where jumps no longer go through it, leave blocks that
//! end in a jump to a block which nothing else leads to: the two become one. An edge to a block
//! that does nothing but jump on leads where that block jumps. Exact for any function. What
//! comes later has fewer blocks to look at, and so has Cranelift, which joins none.

use crate::ir::{BlockId, Edge, Func, Terminator};
use crate::pass::Cx;

/// The most blocks that an edge is led through.
const LONGEST: usize = 16;

/// Joins blocks and shortens edges; returns how many.
pub fn run(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    let shortened = shorten(func);
    shortened + join(func)
}

/// Leads edges past blocks that only jump on.
fn shorten(func: &mut Func) -> usize {
    let next: Vec<Option<BlockId>> = func
        .blocks
        .iter()
        .map(|block| {
            let only_jumps = block.insts.is_empty() && block.params.is_empty();
            match &block.terminator {
                Terminator::Jump(edge) if only_jumps && edge.args.is_empty() => Some(edge.target),
                _ => None,
            }
        })
        .collect();
    let mut changes = 0;
    for block in &mut func.blocks {
        block.terminator.for_each_edge_mut(|edge| {
            // Blocks that jump on in a circle are an endless loop: any of them is as good.
            for _ in 0..LONGEST {
                let Some(target) = next[edge.target.index()] else {
                    break;
                };
                edge.target = target;
                changes += 1;
            }
        });
    }
    changes
}

/// Joins each block with the one that only it leads to, by a jump.
fn join(func: &mut Func) -> usize {
    let order = func.find_order();
    let mut joined = 0;
    for block in order.blocks {
        while let Terminator::Jump(edge) = &func.block(block).terminator
            && edge.target != block
            && edge.target != BlockId::ENTRY
            && order.predecessors[edge.target.index()] == 1
        {
            append(func, block);
            joined += 1;
        }
    }
    joined
}

/// Appends to a block the block that it jumps to, which is left empty, for nothing leads to it.
fn append(func: &mut Func, block: BlockId) {
    let first = func.block_mut(block);
    let jump = std::mem::replace(&mut first.terminator, Terminator::NOT_YET);
    let Terminator::Jump(Edge { target, args }) = jump else {
        panic!("BUG: {block:?} ends in no jump");
    };
    let next = func.block_mut(target);
    let insts = std::mem::take(&mut next.insts);
    let params = std::mem::take(&mut next.params);
    let terminator = std::mem::replace(&mut next.terminator, Terminator::NOT_YET);
    let (origin, cold) = (next.origin, next.cold);
    let first = func.block_mut(block);
    if first.insts.is_empty() {
        first.insts = insts;
    } else {
        first.insts.extend(insts);
    }
    first.terminator = terminator;
    first.origin = origin;
    first.cold |= cold;
    for (param, arg) in params.into_iter().zip(args) {
        func.alias(param, arg);
    }
    if func.dispatch == Some(target) {
        func.dispatch = Some(block);
    }
}
