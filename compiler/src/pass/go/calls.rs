//! Calls of Go's: those that have stored a return address, where they go on when the callee is
//! resumed by itself and returns later; and how much of the frame the callee's arguments and
//! results take.
//!
//! Verified: the address, which is a constant, is stored in the same block before the call,
//! and names this function; the callee has the type of Go's functions. What it is good for:
//! others see where a call returns to, and which slots are the callee's, without a search
//! ([`GoCall`]). The size of arguments and results is what pclntab says of the callee
//! (`_func.args`): a pass that relies on the size trusts it.

use crate::go::pclntab::FUNC_VALUE_OFFSET;
use crate::ir::op::{Addr, Callee, GoCall, Op, Store};
use crate::ir::{BlockId, Func, Inst, Type, Value};
use crate::pass::Cx;

/// Marks the calls; returns how many.
pub fn run(func: &mut Func, cx: &Cx<'_, '_>) -> usize {
    let imports = cx.module.import_count();
    mark(func, cx.function, |callee| {
        let defined = callee.checked_sub(imports)? as usize;
        cx.go.and_then(|go| go.slots_of(defined))
    })
}

/// As [`run`]; `caller` is the function's place among the defined ones, and `slots` says of
/// a function, by index, how many slots its arguments and results take.
pub(super) fn mark(func: &mut Func, caller: usize, slots: impl Fn(u32) -> Option<u16>) -> usize {
    let mut marked = 0;
    for index in 0..func.blocks.len() {
        let mut stored = None;
        for place in 0..func.blocks[index].insts.len() {
            let id = func.block(BlockId::new(index)).insts[place];
            let inst = func.inst(id);
            if let Op::Call(callee, None) = inst.op {
                let returns_to = stored.take();
                if let Some(returns_to) = returns_to.filter(|_| has_gos_type(func, inst)) {
                    let slots = match callee {
                        Callee::Function(function) => slots(function),
                        Callee::Element { .. } | Callee::Os(_) => None,
                    };
                    let go = GoCall { returns_to, slots };
                    func.inst_mut(id).op = Op::Call(callee, Some(go));
                    marked += 1;
                }
            } else {
                stored = return_address(func, inst, caller).or(stored);
            }
        }
    }
    marked
}

/// Whether a call is of a function with the type of Go's: PC_B in, 0 or 1 out.
fn has_gos_type(func: &Func, call: &Inst) -> bool {
    let index = matches!(call.op, Op::Call(Callee::Element { .. }, _)).then_some(Type::I32);
    let sp = func.sp.map(|_| Type::Sp);
    let ty = |value: Value| func.ty(func.resolve(value));
    let params = [Type::I32].into_iter().chain(index).chain(sp);
    let results = [Type::I32].into_iter().chain(sp);
    call.args.iter().map(|&arg| ty(arg)).eq(params) && call.all_results().map(ty).eq(results)
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
