//! Arithmetic in 64 bits of which only the lower half is used.
//!
//! Go computes addresses in 64 bits and wraps them for each access. The lower half
//! of a sum, difference, product or left shift depends only on the operands' lower
//! halves, so it is computed in 32 bits instead, where the processor extends the
//! result for nothing. A value of which somebody uses more is left alone: the narrow one would
//! be computed beside it. And a conjunction with the lower half set keeps that half: no constant
//! from memory is needed for it. Exact for any module.

use crate::ir::op::{Const, Convert, Integer, Op};
use crate::ir::{BlockId, Def, Func, Inst, InstId, Origin, Type, Value};
use crate::pass::Cx;

/// How deep to follow operands: as deep as addresses usually go.
const DEPTH: u32 = 3;

/// The lower 32 bits.
const LOW: i64 = 0xffff_ffff;

/// Narrows; returns how many wraps and conjunctions were changed.
pub fn run(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    let order = func.order();
    let uses = Uses::of(func, &order.blocks);
    let mut changes = 0;
    for &block in &order.blocks {
        let may_change = |&inst: &InstId| is_candidate(func.inst(inst).op);
        if !func.block(block).insts.iter().any(may_change) {
            continue;
        }
        let insts = std::mem::take(&mut func.block_mut(block).insts);
        let mut all = Vec::with_capacity(insts.len());
        for id in insts {
            let result = func.inst(id).first_result;
            let is_used = func.inst(id).results == 1 && uses.of[result.index()] != Use::None;
            if is_used && is_candidate(func.inst(id).op) && change(func, &uses, id, &mut all) {
                changes += 1;
            }
            all.push(id);
        }
        func.block_mut(block).insts = all;
    }
    changes
}

/// Whether [`change`] may do something.
fn is_candidate(op: Op) -> bool {
    matches!(
        op,
        Op::Convert(Convert::I32WrapI64) | Op::Integer(Integer::I64And)
    )
}

/// What of a value is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Use {
    None,
    Low,
    All,
}

/// What of each value is used, as the function is before anything is narrowed.
struct Uses {
    of: Vec<Use>,
}

impl Uses {
    /// Uses come before definitions this way, but for what edges carry, of which all is used.
    fn of(func: &Func, order: &[BlockId]) -> Self {
        let mut of = vec![Use::None; func.values.len()];
        for &block in order.iter().rev() {
            let block = func.block(block);
            block
                .terminator
                .for_each_value(|value| of[func.resolve(value).index()] = Use::All);
            for &inst in block.insts.iter().rev() {
                let inst = func.inst(inst);
                let used = used_of_operands(func, inst, &of);
                for &arg in &inst.args {
                    let seen = &mut of[func.resolve(arg).index()];
                    *seen = used.max(*seen);
                }
            }
        }
        Self { of }
    }
}

/// What an instruction uses of its operands, where `of` says what is used of its result.
fn used_of_operands(func: &Func, inst: &Inst, of: &[Use]) -> Use {
    match inst.op {
        Op::Convert(Convert::I32WrapI64) => Use::Low,
        Op::Integer(Integer::I64Add | Integer::I64Sub | Integer::I64Mul) => {
            of[inst.first_result.index()]
        }
        // The count is narrowed only where it is a constant.
        Op::Integer(Integer::I64Shl) if short_shift(func, inst).is_some() => {
            of[inst.first_result.index()]
        }
        Op::Integer(Integer::I64And) if kept_half(func, inst).is_some() => Use::Low,
        _ => Use::All,
    }
}

/// The count of a left shift by a constant that is the same in 32 bits: the count is taken
/// modulo 64 there and modulo 32 here.
fn short_shift(func: &Func, inst: &Inst) -> Option<i32> {
    let count = func.i64_constant(inst.args[1])?;
    (0..32).contains(&count).then_some(count as i32)
}

/// The operand whose lower half a conjunction is.
fn kept_half(func: &Func, inst: &Inst) -> Option<Value> {
    let [x, y] = [inst.args[0], inst.args[1]];
    match (func.i64_constant(x), func.i64_constant(y)) {
        (_, Some(LOW)) => Some(x),
        (Some(LOW), _) => Some(y),
        _ => None,
    }
}

/// Changes one instruction; those that it needs more are added to `before`.
fn change(func: &mut Func, uses: &Uses, id: InstId, before: &mut Vec<InstId>) -> bool {
    let inst = func.inst(id);
    let origin = inst.origin;
    match inst.op {
        Op::Convert(Convert::I32WrapI64) => {
            let wide = inst.args[0];
            let Some(plan) = Plan::of(func, uses, wide, DEPTH) else {
                return false;
            };
            let low = plan.carry_out(func, origin, before);
            let result = func.inst(id).first_result;
            func.alias(result, low);
            true
        }
        Op::Integer(Integer::I64And) => {
            let Some(kept) = kept_half(func, inst) else {
                return false;
            };
            let wrap = Op::Convert(Convert::I32WrapI64);
            let low = add(func, before, wrap, &[kept], origin);
            let inst = func.inst_mut(id);
            inst.op = Op::Convert(Convert::I64ExtendI32U);
            inst.args.clear();
            inst.args.push(low);
            true
        }
        _ => false,
    }
}

fn add(func: &mut Func, before: &mut Vec<InstId>, op: Op, args: &[Value], origin: Origin) -> Value {
    let inst = func.new_inst(op, args, &[Type::I32], origin);
    before.push(inst);
    func.inst(inst).result()
}

/// How the lower half of a value is computed.
enum Plan {
    /// It is this i32.
    Is(Value),
    Constant(i32),
    /// Of the halves of two values.
    Two(Integer, Box<[Plan; 2]>),
    /// Of the half of a value, shifted to the left.
    Shift(Box<Plan>, i32),
    /// By a wrap.
    Wrap(Value),
}

impl Plan {
    /// `None` if a wrap of the value is all that can be done.
    fn of(func: &Func, uses: &Uses, value: Value, depth: u32) -> Option<Self> {
        let value = func.resolve(value);
        let Def::Inst(id, 0) = func.values[value.index()].def else {
            return None;
        };
        let inst = func.inst(id);
        match inst.op {
            Op::Const(Const::I64(constant)) => Some(Self::Constant(constant as i32)),
            Op::Convert(Convert::I64ExtendI32U | Convert::I64ExtendI32S) => {
                Some(Self::Is(func.resolve(inst.args[0])))
            }
            Op::Integer(op) if depth > 0 && uses.of[value.index()] != Use::All => {
                let half = |value| {
                    let plan = Self::of(func, uses, value, depth - 1);
                    plan.unwrap_or(Self::Wrap(value))
                };
                let narrow = match op {
                    Integer::I64Add => Integer::I32Add,
                    Integer::I64Sub => Integer::I32Sub,
                    Integer::I64Mul => Integer::I32Mul,
                    Integer::I64Shl => {
                        let count = short_shift(func, inst)?;
                        return Some(Self::Shift(Box::new(half(inst.args[0])), count));
                    }
                    _ => return None,
                };
                let halves = [half(inst.args[0]), half(inst.args[1])];
                Some(Self::Two(narrow, Box::new(halves)))
            }
            _ => None,
        }
    }

    fn carry_out(self, func: &mut Func, origin: Origin, before: &mut Vec<InstId>) -> Value {
        match self {
            Self::Is(value) => value,
            Self::Constant(constant) => {
                let op = Op::Const(Const::I32(constant));
                add(func, before, op, &[], origin)
            }
            Self::Two(op, halves) => {
                let halves = halves.map(|half| half.carry_out(func, origin, before));
                add(func, before, Op::Integer(op), &halves, origin)
            }
            Self::Shift(half, count) => {
                let half = half.carry_out(func, origin, before);
                let op = Op::Const(Const::I32(count));
                let count = add(func, before, op, &[], origin);
                let op = Op::Integer(Integer::I32Shl);
                add(func, before, op, &[half, count], origin)
            }
            Self::Wrap(value) => {
                let op = Op::Convert(Convert::I32WrapI64);
                add(func, before, op, &[value], origin)
            }
        }
    }
}
