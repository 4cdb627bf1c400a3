//! Origins: where one instruction of a function has an offset, all have, and so it is with
//! PC_Bs.
//!
//! A function that was written down, or that no body stands for, has none at all. A constant
//! may be one that no operator stands for: the zero that a local begins with.

use super::super::{BlockId, Func, Op, Origin};

/// Checks the instructions and terminators of these blocks.
pub(super) fn check(func: &Func, order: &[BlockId]) -> Result<(), String> {
    let offset = |origin: Origin| origin.wasm != Origin::NO_OFFSET;
    let pc_b = |origin: Origin| origin.pc_b != Origin::NO_PC_B;
    all_or_none(func, order, "offset", offset)?;
    all_or_none(func, order, "PC_B", pc_b)
}

fn all_or_none(
    func: &Func,
    order: &[BlockId],
    what: &str,
    has: impl Fn(Origin) -> bool,
) -> Result<(), String> {
    let (mut with, mut without) = (false, None);
    for &id in order {
        let block = func.block(id);
        for &inst in &block.insts {
            let inst = func.inst(inst);
            match (has(inst.origin), inst.op) {
                (true, _) => with = true,
                (false, Op::Const(_)) => {}
                (false, _) => without = Some(format!("b{}: {:?} has no {what}", id.0, inst.op)),
            }
        }
        match has(block.origin) {
            true => with = true,
            false => without = Some(format!("b{}: the terminator has no {what}", id.0)),
        }
    }
    match without.filter(|_| with) {
        Some(why) => Err(why),
        None => Ok(()),
    }
}
