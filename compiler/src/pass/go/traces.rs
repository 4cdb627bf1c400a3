//! The function that prints the traces of all goroutines, on the scheduler's stack
//! ([`crate::go::quitting`] has what is trusted).
//!
//! It is a function as a module could have one, of Go's type: it stores a word of linear memory
//! and calls a function of the module at its beginning. So it reaches nothing that the module
//! couldn't reach.

use crate::go::quitting::Quitting;
use crate::ir::op::{Addr, Callee, Store};
use crate::ir::{Const, Func, Op, Origin, Terminator, Type, Variable};

/// Where Go's functions find their first argument: above the return address, at SP.
const ARGUMENT: u32 = 8;

/// Prints the traces in place of a function that has just been called. SP stays what it is: the
/// return address says where that function was called, and a trace of the scheduler's own stack
/// begins there.
#[must_use]
pub fn traces(quitting: Quitting) -> Func {
    let none = Origin::NONE;
    let types = [Type::I32, Type::Sp];
    let mut func = Func::new(types.to_vec(), types.to_vec());
    func.sp = Some(Variable(1));
    let block = func.new_block(none);
    let [_, sp] = types.map(|ty| func.new_param(block, ty));
    let mut push = |op, args: &[_], ty| func.push(block, op, args, ty, none);
    let low = push(Op::SpLow, &[sp], Type::I32);
    let kind = push(Op::Const(Const::I64(Quitting::THROW_TYPE)), &[], Type::I64);
    let pc_b = push(Op::Const(Const::I32(0)), &[], Type::I32);
    let at = Addr::Linear {
        memory: 0,
        offset: ARGUMENT,
    };
    func.push_effect(block, Op::Store(Store::I64Store, at), &[low, kind], none);
    let callee = Callee::Function(quitting.fatal);
    func.block_mut(block).terminator = Terminator::TailCall(callee, vec![pc_b, sp]);
    func
}
