//! Calls of Go's: those that have stored a return address, where they go on when the callee is
//! resumed by itself and returns later.
//!
//! Verified: the address, which is a constant, is stored at SP in the same block before the call,
//! and names this function. What it is good for: others see where a call returns to without a
//! search ([`GoCall`]).

use crate::go::pclntab::FUNC_VALUE_OFFSET;
use crate::ir::op::{Addr, GoCall, Op, Store};
use crate::ir::{BlockId, Func, Inst};
use crate::pass::Cx;

/// Marks the calls; returns how many.
pub fn run(func: &mut Func, cx: &Cx<'_, '_>) -> usize {
    let mut marked = 0;
    for index in 0..func.blocks.len() {
        let mut stored = None;
        for place in 0..func.blocks[index].insts.len() {
            let id = func.block(BlockId::new(index)).insts[place];
            let inst = func.inst(id);
            if let Op::Call(callee, None) = inst.op {
                if let Some(returns_to) = stored.take() {
                    let go = GoCall { returns_to };
                    func.inst_mut(id).op = Op::Call(callee, Some(go));
                    marked += 1;
                }
            } else {
                stored = return_address(func, inst, cx.function).or(stored);
            }
        }
    }
    marked
}

/// The PC_B of the return address that an instruction stores, if it is one in `caller`.
fn return_address(func: &Func, inst: &Inst, caller: usize) -> Option<u16> {
    let at = Addr::Linear {
        memory: 0,
        offset: 0,
    };
    match inst.op {
        Op::Store(Store::I64Store, to) if to == at => {}
        _ => return None,
    }
    let address = func.i64_constant(inst.args[1])?;
    let pc_f = usize::try_from(address >> 16).ok()?;
    (pc_f == FUNC_VALUE_OFFSET + caller).then_some((address & 0xffff) as u16)
}
