//! Where the wasm stack unwinds.
//!
//! After each call a Go function tests for the result 1 and returns 1 itself
//! (`preprocess` in `cmd/internal/obj/wasm/wasmobj.go`): as many blocks that do
//! nothing else as there are calls. They become one, which is rarely executed.
//! Exact for every module: the blocks do the same.

use crate::ir::{BlockId, Const, Func, Op, Terminator};
use crate::pass::Cx;

/// Leads all edges to blocks that only return 1 to the first of those; returns how many
/// edges lead elsewhere than before.
pub fn share_return(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    let copies: Vec<bool> = (0..func.blocks.len())
        .map(|index| returns_one(func, BlockId::new(index)))
        .collect();
    let Some(first) = copies.iter().position(|&copy| copy) else {
        return 0;
    };
    func.blocks[first].cold = true;
    let shared = BlockId::new(first);
    let mut changes = 0;
    for block in &mut func.blocks {
        block.terminator.for_each_edge_mut(|edge| {
            if copies[edge.target.index()] && edge.target != shared {
                edge.target = shared;
                changes += 1;
            }
        });
    }
    changes
}

/// Whether a block is entered without operands and does nothing but return 1, and SP. Not
/// the entry, which nothing jumps to.
pub(super) fn returns_one(func: &Func, id: BlockId) -> bool {
    let block = func.block(id);
    let Terminator::Return(values) = &block.terminator else {
        return false;
    };
    if id == BlockId::ENTRY || !block.params.is_empty() || block.insts.len() > 2 {
        return false;
    }
    let [status, rest @ ..] = &values[..] else {
        return false;
    };
    let (mut ones, mut sps) = (0, 0);
    for &inst in &block.insts {
        let inst = func.inst(inst);
        match inst.op {
            Op::Const(Const::I32(1)) if inst.first_result == *status => ones += 1,
            Op::Get(sp) if Some(sp) == func.sp && rest == [inst.first_result] => sps += 1,
            _ => return false,
        }
    }
    ones == 1 && sps == usize::from(func.sp.is_some()) && rest.len() == sps
}
