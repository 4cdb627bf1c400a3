//! Go's SP, which a Go function has twice: in global 0 and in local 1.
//!
//! The assembler keeps a copy of SP in local 1: it is read back at the start and
//! after each call, and both are written when SP moves (`assemble` in
//! `cmd/internal/obj/wasm/wasmobj.go`). Where the copy is equal to the original at
//! each of its reads, which is proved here on the function at hand, each read of the copy
//! becomes one of the original, and the copy is never read.

use crate::ir::{BlockId, Def, Func, InstId, Op, Type, Value, Variable};
use crate::pass::Cx;

/// The local that holds SP's copy.
const COPY: Variable = Variable(1);

/// What a block makes of "the copy is equal to SP".
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Keeps,
    Sets(bool),
}

/// Replaces reads of the copy; returns how many.
pub fn run(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    mirror(func)
}

/// As [`run`].
pub(crate) fn mirror(func: &mut Func) -> usize {
    let Some(sp) = func.sp else {
        return 0;
    };
    if func.variables.get(COPY.index()) != Some(&Type::I32) {
        return 0;
    }
    let order = func.order();
    if !is_mirror(func, sp, &order.blocks) {
        return 0;
    }
    let mut replaced = 0;
    for &block in &order.blocks {
        let is_read = |&inst: &InstId| matches!(func.inst(inst).op, Op::Get(COPY));
        if !func.block(block).insts.iter().any(is_read) {
            continue;
        }
        let insts = std::mem::take(&mut func.block_mut(block).insts);
        let mut all = Vec::with_capacity(2 * insts.len());
        for id in insts {
            if matches!(func.inst(id).op, Op::Get(COPY)) {
                let origin = func.inst(id).origin;
                let get = func.new_inst(Op::Get(sp), &[], &[Type::Sp], origin);
                let value = func.inst(get).result();
                all.push(get);
                let inst = func.inst_mut(id);
                inst.op = Op::SpLow;
                inst.args.push(value);
                replaced += 1;
            }
            all.push(id);
        }
        func.block_mut(block).insts = all;
    }
    replaced
}

/// Whether the copy is equal to SP wherever the copy is read.
fn is_mirror(func: &Func, sp: Variable, order: &[BlockId]) -> bool {
    let mut reads = Vec::new();
    let mut effects = vec![Effect::Keeps; func.blocks.len()];
    for &block in order {
        let Some((effect, reads_first)) = effect_of(func, sp, &func.block(block).insts) else {
            return false;
        };
        effects[block.index()] = effect;
        if reads_first {
            reads.push(block);
        }
    }
    let equal = equal_on_entry(func, order, &effects);
    reads.iter().all(|block| equal[block.index()])
}

/// A block's effect, and whether it reads the copy as it was on entry; `None` if it
/// reads the copy when it differs.
fn effect_of(func: &Func, sp: Variable, insts: &[InstId]) -> Option<(Effect, bool)> {
    let mut effect = Effect::Keeps;
    let mut reads_first = false;
    // The values that the two have, once the block has read or written them.
    let (mut original, mut copy) = (None, None);
    for &inst in insts {
        let inst = func.inst(inst);
        match inst.op {
            Op::Get(variable) if variable == sp => original = Some(inst.first_result),
            Op::Get(COPY) => match effect {
                Effect::Keeps => reads_first = true,
                Effect::Sets(true) => {}
                Effect::Sets(false) => return None,
            },
            Op::Set(variable) if variable == sp => {
                original = Some(inst.args[0]);
                effect = Effect::Sets(are_equal(func, original, copy));
            }
            Op::Set(COPY) => {
                copy = Some(inst.args[0]);
                effect = Effect::Sets(are_equal(func, original, copy));
            }
            _ => {}
        }
    }
    Some((effect, reads_first))
}

/// Whether an i32 is certainly what a value of SP is.
fn are_equal(func: &Func, original: Option<Value>, copy: Option<Value>) -> bool {
    let (Some(original), Some(copy)) = (original, copy) else {
        return false;
    };
    let is = |of: Value, op: Op, operand: Value| match func.values[of.index()].def {
        Def::Inst(inst, 0) => func.inst(inst).op == op && func.inst(inst).args[0] == operand,
        _ => false,
    };
    is(copy, Op::SpLow, original) || is(original, Op::SpFrom, copy)
}

/// For each block whether the two are equal on all ways to it: the greatest
/// fixed point. The cost is linear in the edges.
fn equal_on_entry(func: &Func, order: &[BlockId], effects: &[Effect]) -> Vec<bool> {
    let mut equal = vec![true; func.blocks.len()];
    equal[BlockId::ENTRY.index()] = false;
    // Blocks after which the two may differ, each once: as it sets it, or when they
    // turn out to differ before it.
    let differs = |block: &BlockId| effects[block.index()] == Effect::Sets(false);
    let mut pending: Vec<BlockId> = order.iter().copied().filter(differs).collect();
    if effects[BlockId::ENTRY.index()] == Effect::Keeps {
        pending.push(BlockId::ENTRY);
    }
    while let Some(block) = pending.pop() {
        let terminator = &func.block(block).terminator;
        terminator.for_each_edge(|edge| {
            let target = edge.target.index();
            if std::mem::replace(&mut equal[target], false) && effects[target] == Effect::Keeps {
                pending.push(edge.target);
            }
        });
    }
    equal
}
