//! References: `ref.null`, `ref.is_null`, `ref.func`.
//!
//! A reference is 64 bits. 0 is null; one to a function has its code address in
//! the lower half (images lie below 4 GiB) and the tag of its type in the upper, so
//! that a call through a table loads and compares one word and follows no pointer.
//! Tags are canonical type indices plus 1: none is null's. The function of an
//! import is its thunk, in the calling convention of the module.
//!
//! No operator makes a reference out of a number, and cells of tables and globals
//! lie outside linear memory: what is called is always a function of the module. An
//! `externref` is never anything but null, since no import gives one.

use super::Lowering;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Value, types};

/// Bytes of a reference.
pub const REFERENCE_SIZE: u32 = 8;

/// The upper half of a reference to a function of a canonical type.
#[must_use]
pub fn type_tag(type_index: u32) -> u32 {
    type_index + 1
}

/// Pops the reference.
pub(super) fn is_null(l: &mut Lowering<'_, '_, '_>) {
    let reference = l.pop();
    let flag = l.builder.ins().icmp_imm_u(IntCC::Equal, reference, 0);
    let value = l.builder.ins().uextend(types::I32, flag);
    l.push(value);
}

pub(super) fn function(l: &mut Lowering<'_, '_, '_>, function: u32) {
    let value = l.reference(function);
    l.push(value);
}

impl Lowering<'_, '_, '_> {
    fn reference(&mut self, function: u32) -> Value {
        let module = self.env.module;
        let tag = type_tag(module.canonical_type(module.type_of_function(function)));
        let code = self.symbol_address(self.env.reference_symbol(function));
        let tag = self
            .builder
            .ins()
            .iconst(types::I64, (u64::from(tag) << 32).cast_signed());
        self.builder.ins().bor(code, tag)
    }
}
