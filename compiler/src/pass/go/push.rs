//! SP moves to where something has just been stored.
//!
//! A call of Go's moves SP down and stores the return address there. SP plus a constant in 32
//! bits, as a host address, takes two operations and memory's base; a place that the block has
//! accessed takes one, since the place is known to be in memory. So the store comes first, off
//! the value of SP as it was, and the move behind it.
//!
//! Only where a value of SP is a host address: elsewhere the sum is one operation anyway, and a
//! store off SP as it was keeps that value for longer.
//!
//! Trusted: that SP minus a small constant doesn't wrap around 2^32, as for accesses
//! ([`super::frame::slots`]). Where it does, the store traps.

use crate::ir::op::{Addr, Op};
use crate::ir::{BlockId, Effect, Func, Inst, InstId, Value};
use crate::pass::Cx;

/// How far below SP a store costs nothing more (aarch64's `stur`).
const FURTHEST: i32 = -256;

/// Turns moves into pushes; returns how many.
pub fn run(func: &mut Func, cx: &Cx<'_, '_>) -> usize {
    match cx.sp_is_address && cx.go.is_some() && func.dispatch.is_some() {
        true => push(func),
        false => 0,
    }
}

/// As [`run`].
pub(crate) fn push(func: &mut Func) -> usize {
    let order = func.order();
    let mut changes = 0;
    for &block in &order.blocks {
        let mut next = 0;
        while let Some((from, to)) = find(func, &func.block(block).insts, next) {
            change(func, block, from, to);
            changes += 1;
            next = to + 1;
        }
    }
    changes
}

/// The places, from `start` on, of a move and of the store at the moved SP, with no use between
/// and no call.
fn find(func: &Func, insts: &[InstId], start: usize) -> Option<(usize, usize)> {
    let mut pending: Option<(usize, Value)> = None;
    for (place, &id) in insts.iter().enumerate().skip(start) {
        let inst = func.inst(id);
        if let Some((from, value)) = pending {
            if stores_at(func, inst, value) {
                return Some((from, place));
            }
            let mut args = inst.args.iter();
            let uses = args.any(|&arg| func.resolve(arg) == value);
            if uses || inst.op.effect() == Effect::Calls {
                pending = None;
            }
        }
        if matches!(inst.op, Op::SpAdd(FURTHEST..0)) {
            pending = Some((place, inst.first_result));
        }
    }
    None
}

/// Whether an instruction stores at a value of SP, which is no operand of it otherwise.
fn stores_at(func: &Func, inst: &Inst, value: Value) -> bool {
    let at = Addr::Frame { slot: 0 };
    matches!(inst.op, Op::Store(_, to) if to == at) && func.resolve(inst.args[0]) == value
}

/// Puts the move at `from` of a block behind the store at `to`.
fn change(func: &mut Func, block: BlockId, from: usize, to: usize) {
    let insts = &mut func.block_mut(block).insts;
    let (moves, stores) = (insts[from], insts[to]);
    insts[from..=to].rotate_left(1);
    let inst = func.inst_mut(moves);
    let Op::SpAdd(constant) = inst.op else {
        panic!("BUG: a push that moves nothing");
    };
    inst.op = Op::SpPush(constant);
    let sp = inst.args[0];
    let store = func.inst_mut(stores);
    store.args[0] = sp;
    *store.op.address_mut(0) = Addr::Frame { slot: constant };
}
