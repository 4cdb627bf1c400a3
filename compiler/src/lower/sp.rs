//! Values of SP, the global that Go's SP is ([`Type::Sp`](crate::ir::Type::Sp)).
//!
//! On x86-64 such a value is SP's zero extension to 64 bits. On aarch64, where an access
//! through a register costs nothing more only if that register has the whole address, it is
//! the address in memory 0 that SP stands for: SP plus memory 0's base, whose lower half is
//! zero. Functions of the module pass it as their last parameter and result; C functions of
//! the shim never get it.
//!
//! **Confinement.** Every value of SP has zeroes, or the base's upper half, in its upper half,
//! whatever the module does: the operations of this file make it by a zero extension from 32
//! bits, the entry by a constant ([`super::entry`]), and a parameter or a call's result is
//! what other code from here has made, since nothing else calls a function of the module or is
//! called in its convention, but thunks, which hand SP through. A block's parameter, a
//! `select` and a variable have what edges, operands and stores give them, and that is a value
//! of SP again; no variable of this type begins with zero ([`super::variable`]), and the stack
//! slot of such a variable is out of the module's reach. So an address formed from a value of
//! SP plus a small displacement stays inside memory 0's reserve ([`super::address`]), its lower
//! half is SP's value, exactly, and its upper half is the base ([`super::memory_base`]).
//!
//! A push ([`Op::SpPush`](crate::ir::Op::SpPush)) on aarch64 is a sum of 64 bits: the store
//! before it in the block went to the same address, which therefore lies in memory 0.

use super::Lowering;
use cranelift_codegen::ir::{InstBuilder, Value, types};

/// Of an i32.
pub(super) fn from(l: &mut Lowering<'_, '_, '_>) {
    let value = l.pop();
    let value = l.sp_of(value);
    l.push(value);
}

/// As an i32.
pub(super) fn low(l: &mut Lowering<'_, '_, '_>) {
    let value = l.pop();
    let value = l.builder.ins().ireduce(types::I32, value);
    l.push(value);
}

/// Plus a constant, in 32 bits.
pub(super) fn add(l: &mut Lowering<'_, '_, '_>, constant: i32) {
    let value = l.pop();
    let low = l.builder.ins().ireduce(types::I32, value);
    let sum = l.builder.ins().iadd_imm_s(low, i64::from(constant));
    let value = l.sp_of(sum);
    l.push(value);
}

/// Plus a constant, where the sum is known to be in memory. So as a host address it is one
/// operation.
pub(super) fn push(l: &mut Lowering<'_, '_, '_>, constant: i32) {
    if !l.env.sp_is_address() {
        return add(l, constant);
    }
    let value = l.pop();
    let value = l.builder.ins().iadd_imm_s(value, i64::from(constant));
    l.push(value);
}

impl Lowering<'_, '_, '_> {
    fn sp_of(&mut self, value: Value) -> Value {
        let wide = self.builder.ins().uextend(types::I64, value);
        if self.env.sp_is_address() {
            self.host_address(0, wide)
        } else {
            wide
        }
    }
}
