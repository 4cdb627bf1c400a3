//! Values of SP: what Go's and C's functions do with their stack pointer.
//!
//! [`values`] is exact for any module: SP plus a constant is one operation, and what is written
//! to SP and read back needs none. [`slots`] is about accesses in a frame: an address that is
//! SP plus a constant becomes a place off the value of SP, which costs an access nothing.
//! Trusted: that SP plus a small constant doesn't wrap around 2^32. Where it does, the access
//! misses memory by less than the guard around it, and traps.

use crate::ir::op::{Addr, Convert, Integer};
use crate::ir::{Def, Func, Inst, InstId, Op, Type, Value};
use crate::pass::Cx;
use wasi_aot_contract::layout;

/// Simplifies operations on SP; returns how many.
pub fn values(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    // Twice: what SP is moved back by is a sum of a sum.
    let mut changes = sums(func);
    changes += sums(func);
    for_each_inst(func, |func, id| {
        let inst = func.inst(id);
        let change = match inst.op {
            Op::SpFrom => match func.def(inst.args[0]).map(|of| (of.op, of.args.first())) {
                Some((Op::SpLow, Some(&value))) => Some(Change::Is(value)),
                _ => None,
            },
            Op::SpLow => match func.def(inst.args[0]).map(|of| (of.op, of.args.first())) {
                Some((Op::SpFrom, Some(&low))) => Some(Change::Is(low)),
                _ => None,
            },
            Op::SpAdd(constant) => {
                match func.def(inst.args[0]).map(|of| (of.op, of.args.first())) {
                    Some((Op::SpAdd(before), Some(&base))) => {
                        Some(Change::Add(base, before.wrapping_add(constant)))
                    }
                    _ => None,
                }
            }
            _ => None,
        };
        changes += usize::from(change.is_some());
        match change {
            Some(Change::Is(value)) => {
                let result = func.inst(id).result();
                func.alias(result, value);
            }
            Some(Change::Add(base, constant)) => {
                let inst = func.inst_mut(id);
                inst.op = Op::SpAdd(constant);
                inst.args[0] = base;
            }
            None => {}
        }
    });
    changes
}

enum Change {
    /// The result is another value.
    Is(Value),
    /// The result is a value of SP plus a constant.
    Add(Value, i32),
}

/// An i32 that is SP plus a constant, and that becomes a value of SP, is the lower half of that
/// value from the start: so are the addresses that are made of it.
fn sums(func: &mut Func) -> usize {
    let mut is_sum = vec![None; func.insts.len()];
    let mut count = 0;
    for inst in &func.insts {
        if matches!(inst.op, Op::SpFrom)
            && let Def::Inst(sum, 0) = func.values[func.resolve(inst.args[0]).index()].def
            && is_sum[sum.index()].is_none()
        {
            is_sum[sum.index()] = sum_of(func, sum);
            count += usize::from(is_sum[sum.index()].is_some());
        }
    }
    if count == 0 {
        return 0;
    }
    for index in 0..func.blocks.len() {
        let is_here = |inst: &InstId| is_sum[inst.index()].is_some();
        if !func.blocks[index].insts.iter().any(is_here) {
            continue;
        }
        let insts = std::mem::take(&mut func.blocks[index].insts);
        let mut all = Vec::with_capacity(insts.len() + count);
        for id in insts {
            if let Some((base, constant)) = is_sum[id.index()] {
                let origin = func.inst(id).origin;
                let sum = func.new_inst(Op::SpAdd(constant), &[base], &[Type::Sp], origin);
                let value = func.inst(sum).result();
                all.push(sum);
                let inst = func.inst_mut(id);
                inst.op = Op::SpLow;
                inst.args.clear();
                inst.args.push(value);
            }
            all.push(id);
        }
        func.blocks[index].insts = all;
    }
    count
}

/// For an instruction that adds a constant to SP, or subtracts one: SP's value, and what is
/// added.
fn sum_of(func: &Func, sum: InstId) -> Option<(Value, i32)> {
    let inst = func.inst(sum);
    let Op::Integer(op @ (Integer::I32Add | Integer::I32Sub)) = inst.op else {
        return None;
    };
    let constant = func.i32_constant(inst.args[1])?;
    let base = func.def(inst.args[0]).filter(|base| is_low(base))?;
    let constant = match op {
        Integer::I32Add => constant,
        _ => constant.wrapping_neg(),
    };
    Some((base.args[0], constant))
}

fn is_low(inst: &Inst) -> bool {
    matches!(inst.op, Op::SpLow)
}

/// Accesses at an index that is SP, as it is, become accesses off the value of SP: exact.
/// Returns how many.
pub fn bases(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    rebase(func, |func, index| {
        let inst = func.def(index)?;
        is_low(inst).then(|| (inst.args[0], 0))
    })
}

/// Accesses at SP plus a constant become accesses off the value of SP; returns how many.
pub fn slots(func: &mut Func, cx: &Cx<'_, '_>) -> usize {
    if cx.go.is_none() || func.dispatch.is_none() {
        return 0;
    }
    rebase(func, |func, index| {
        let inst = func.def(index)?;
        match inst.op {
            Op::Convert(Convert::I32WrapI64) => {
                let sum = func.def(inst.args[0])?;
                let constant = func.i64_constant(*sum.args.get(1)?)?;
                let wide = func.def(sum.args[0])?;
                let is_sum = matches!(sum.op, Op::Integer(Integer::I64Add))
                    && matches!(wide.op, Op::Convert(Convert::I64ExtendI32U));
                let low = is_sum.then(|| func.def(wide.args[0]))??;
                is_low(low).then(|| (low.args[0], constant))
            }
            Op::Integer(Integer::I32Add) => {
                let constant = func.i32_constant(inst.args[1])?;
                let low = func.def(inst.args[0])?;
                is_low(low).then(|| (low.args[0], i64::from(constant)))
            }
            _ => None,
        }
    })
}

/// Gives accesses in memory 0 another base where `base_of` finds one for their index: a value
/// of SP, and what the index has more.
fn rebase(func: &mut Func, base_of: impl Fn(&Func, Value) -> Option<(Value, i64)>) -> usize {
    let mut changes = 0;
    for_each_inst(func, |func, id| {
        for number in 0..func.inst(id).op.address_count() {
            let inst = func.inst(id);
            let Some((sp, slot)) = based(func, inst, number, &base_of) else {
                continue;
            };
            let inst = func.inst_mut(id);
            inst.args[number] = sp;
            *inst.op.address_mut(number) = Addr::Frame { slot };
            changes += 1;
        }
    });
    changes
}

/// The value of SP and the slot of the instruction's access with this number.
fn based(
    func: &Func,
    inst: &Inst,
    number: usize,
    base_of: &impl Fn(&Func, Value) -> Option<(Value, i64)>,
) -> Option<(Value, i32)> {
    let Addr::Linear { memory: 0, offset } = inst.op.address(number) else {
        return None;
    };
    let (sp, constant) = base_of(func, inst.args[number])?;
    let guard = layout::GUARD_BELOW.cast_signed();
    let slot = i64::from(offset) + constant;
    let fits =
        (-guard..guard).contains(&constant) && slot <= layout::MAX_UNCHECKED_OFFSET.cast_signed();
    let slot = fits.then(|| i32::try_from(slot).ok())??;
    Some((func.resolve(sp), slot))
}

/// Calls `f` with each instruction of each reachable block, in an order in which definitions
/// come before their uses.
fn for_each_inst(func: &mut Func, mut f: impl FnMut(&mut Func, InstId)) {
    let order = func.order();
    for &block in &order.blocks {
        let insts = std::mem::take(&mut func.block_mut(block).insts);
        for &inst in &insts {
            f(func, inst);
        }
        func.block_mut(block).insts = insts;
    }
}
