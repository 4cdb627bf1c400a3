//! Integer arithmetic: `i32.add` to `i64.popcnt`, and sign extension.
//!
//! CLIF's semantics are wasm's here: wrapping, shift counts modulo the width,
//! and division that traps by itself on zero and on overflow.

use super::Lowering;
use crate::ir::op::Integer;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, op: Integer) {
    macro_rules! binary {
        ($op:ident) => {{
            let (x, y) = l.pop2();
            l.builder.ins().$op(x, y)
        }};
    }
    macro_rules! unary {
        ($op:ident) => {{
            let x = l.pop();
            l.builder.ins().$op(x)
        }};
    }
    let value = match op {
        Integer::I32Add | Integer::I64Add => binary!(iadd),
        Integer::I32Sub | Integer::I64Sub => binary!(isub),
        Integer::I32Mul | Integer::I64Mul => binary!(imul),
        Integer::I32And | Integer::I64And => binary!(band),
        Integer::I32Or | Integer::I64Or => binary!(bor),
        Integer::I32Xor | Integer::I64Xor => binary!(bxor),
        Integer::I32Shl | Integer::I64Shl => binary!(ishl),
        Integer::I32ShrS | Integer::I64ShrS => binary!(sshr),
        Integer::I32ShrU | Integer::I64ShrU => binary!(ushr),
        Integer::I32Rotl | Integer::I64Rotl => binary!(rotl),
        Integer::I32Rotr | Integer::I64Rotr => binary!(rotr),
        Integer::I32DivS | Integer::I64DivS => binary!(sdiv),
        Integer::I32DivU | Integer::I64DivU => binary!(udiv),
        Integer::I32RemS | Integer::I64RemS => binary!(srem),
        Integer::I32RemU | Integer::I64RemU => binary!(urem),
        Integer::I32Clz | Integer::I64Clz => unary!(clz),
        Integer::I32Ctz | Integer::I64Ctz => unary!(ctz),
        Integer::I32Popcnt | Integer::I64Popcnt => unary!(popcnt),
        Integer::I32Extend8S => extend(l, types::I8, types::I32),
        Integer::I32Extend16S => extend(l, types::I16, types::I32),
        Integer::I64Extend8S => extend(l, types::I8, types::I64),
        Integer::I64Extend16S => extend(l, types::I16, types::I64),
        Integer::I64Extend32S => extend(l, types::I32, types::I64),
    };
    l.push(value);
}

/// The upper half of an unsigned product.
pub(super) fn product_high(l: &mut Lowering<'_, '_, '_>) {
    let (x, y) = l.pop2();
    let value = l.builder.ins().umulhi(x, y);
    l.push(value);
}

/// Sign-extends the low bits of the operand, `from` wide, `to` its own type.
fn extend(l: &mut Lowering<'_, '_, '_>, from: Type, to: Type) -> Value {
    let x = l.pop();
    let low = l.builder.ins().ireduce(from, x);
    l.builder.ins().sextend(to, low)
}
