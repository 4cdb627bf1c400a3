//! Checks for stack space that see a request to give way.
//!
//! A function whose frame isn't small compares SP with `stackguard0 + (framesize -
//! StackSmall)`, in 32 bits, and so on wasm only: with `stackPreempt` in `stackguard0`
//! ([`crate::go::preempt`]) and a frame of some 1,400 bytes or more the sum wraps around, and
//! the function runs on a stack that may have no room for it. The toolchain knows ("TODO:
//! handle wraparound case", `preprocess` in `cmd/internal/obj/wasm/wasmobj.go`), and it
//! does no harm where nobody preempts.
//!
//! Trusted: that such a sum is nothing but the check's. It is computed in 64 bits here,
//! which differs only where it wraps around.

use crate::go::preempt::{G_GLOBAL, G_STACKGUARD0};
use crate::ir::op::{Addr, Compare, Convert, Integer, Load};
use crate::ir::{BlockId, Const, Def, Func, InstId, Op, Terminator, Type, Value};
use crate::pass::Cx;
use wasi_aot_contract::module::Preemption;

/// Widens the checks whose sums wrap around with `stackPreempt`; returns how many.
pub fn widen(func: &mut Func, cx: &Cx<'_, '_>) -> usize {
    if cx.preempted { widen_all(func) } else { 0 }
}

/// As [`widen`].
pub(crate) fn widen_all(func: &mut Func) -> usize {
    let blocks = (0..func.blocks.len()).map(BlockId::new);
    let checks: Vec<(BlockId, Check)> = blocks
        .filter_map(|block| Some((block, Check::of(func, block)?)))
        .collect();
    if checks.is_empty() {
        return 0;
    }
    let uses = func.use_counts();
    let mut widened = 0;
    for (block, check) in checks {
        let only_the_checks = [check.load, check.sum]
            .iter()
            .all(|&inst| uses[func.inst(inst).first_result.index()] == 1);
        if only_the_checks {
            check.widen(func, block);
            widened += 1;
        }
    }
    widened
}

/// The comparison that a block branches on.
struct Check {
    /// SP, an i32.
    sp: Value,
    /// Of `stackguard0`.
    load: InstId,
    sum: InstId,
    excess: u32,
    comparison: InstId,
}

impl Check {
    fn of(func: &Func, block: BlockId) -> Option<Self> {
        let Terminator::Branch { condition, .. } = func.block(block).terminator else {
            return None;
        };
        let made = |value: Value| match func.values[value.index()].def {
            Def::Inst(inst, 0) => Some((inst, func.inst(inst))),
            _ => None,
        };
        let (comparison, inst) = made(condition)?;
        if inst.op != Op::Compare(Compare::I32LeU) {
            return None;
        }
        let sp = inst.args[0];
        let (sum, inst) = made(inst.args[1])?;
        if inst.op != Op::Integer(Integer::I32Add) {
            return None;
        }
        let excess = func.i32_constant(inst.args[1])?.cast_unsigned();
        let (load, inst) = made(inst.args[0])?;
        let guard = Addr::Linear {
            memory: 0,
            offset: G_STACKGUARD0,
        };
        if inst.op != Op::Load(Load::I32Load, guard) || !wraps(excess) {
            return None;
        }
        let (_, wrap) = made(inst.args[0])?;
        let (_, g) =
            (wrap.op == Op::Convert(Convert::I32WrapI64)).then(|| made(wrap.args[0]))??;
        let insts = &func.block(block).insts;
        let is_here = [load, sum, comparison]
            .iter()
            .all(|inst| insts.contains(inst));
        (g.op == Op::GlobalGet(G_GLOBAL) && is_here).then_some(Self {
            sp,
            load,
            sum,
            excess,
            comparison,
        })
    }

    fn widen(self, func: &mut Func, block: BlockId) {
        let Op::Load(_, at) = func.inst(self.load).op else {
            panic!("BUG: a check without a load");
        };
        func.change(self.load, Op::Load(Load::I64Load32U, at), Type::I64);
        func.change(self.sum, Op::Integer(Integer::I64Add), Type::I64);
        let origin = func.inst(self.sum).origin;
        let excess = Op::Const(Const::I64(i64::from(self.excess)));
        let excess = func.new_inst(excess, &[], &[Type::I64], origin);
        let extend = Op::Convert(Convert::I64ExtendI32U);
        let sp = func.new_inst(extend, &[self.sp], &[Type::I64], origin);
        let (excess_value, sp_value) = (func.inst(excess).result(), func.inst(sp).result());
        func.inst_mut(self.sum).args[1] = excess_value;
        let comparison = func.inst_mut(self.comparison);
        comparison.op = Op::Compare(Compare::I64LeU);
        comparison.args[0] = sp_value;
        let insts = &mut func.block_mut(block).insts;
        let place = |insts: &Vec<InstId>, inst| {
            let place = insts.iter().position(|&other| other == inst);
            place.expect("BUG: a check outside of its block")
        };
        insts.insert(place(insts, self.sum), excess);
        insts.insert(place(insts, self.comparison), sp);
    }
}

/// Whether the lower half of `stackPreempt`, which is what a check loads, wraps around.
fn wraps(excess: u32) -> bool {
    let guard = Preemption::STACK_PREEMPT as u32;
    guard.checked_add(excess).is_none()
}
