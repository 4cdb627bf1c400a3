//! Integer arithmetic: `i32.add` to `i64.popcnt`, and sign extension.
//!
//! CLIF's semantics are wasm's here: wrapping, shift counts modulo the width,
//! and division that traps by itself on zero and on overflow.

use super::Lowering;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    arithmetic(l, operator) || division(l, operator) || unary(l, operator)
}

fn arithmetic(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! binary {
        ($op:ident) => {{
            let (x, y) = l.pop2();
            l.builder.ins().$op(x, y)
        }};
    }
    let value = match operator {
        Operator::I64Add if l.env.idioms => {
            let (x, y) = l.pop2();
            l.product_high(x, y)
                .unwrap_or_else(|| l.builder.ins().iadd(x, y))
        }
        Operator::I64And if l.env.idioms => {
            let (x, y) = l.pop2();
            l.and(x, y)
        }
        Operator::I32Add | Operator::I64Add => binary!(iadd),
        Operator::I32Sub | Operator::I64Sub => binary!(isub),
        Operator::I32Mul | Operator::I64Mul => binary!(imul),
        Operator::I32And | Operator::I64And => binary!(band),
        Operator::I32Or | Operator::I64Or => binary!(bor),
        Operator::I32Xor | Operator::I64Xor => binary!(bxor),
        Operator::I32Shl | Operator::I64Shl => binary!(ishl),
        Operator::I32ShrS | Operator::I64ShrS => binary!(sshr),
        Operator::I32ShrU | Operator::I64ShrU => binary!(ushr),
        Operator::I32Rotl | Operator::I64Rotl => binary!(rotl),
        Operator::I32Rotr | Operator::I64Rotr => binary!(rotr),
        _ => return false,
    };
    l.push(value);
    true
}

impl Lowering<'_, '_, '_> {
    /// A conjunction with the lower half set keeps that half: no constant from
    /// memory is needed for it.
    fn and(&mut self, x: Value, y: Value) -> Value {
        const LOW: i64 = 0xffff_ffff;
        let kept = match (self.constant(x), self.constant(y)) {
            (_, Some(LOW)) => x,
            (Some(LOW), _) => y,
            _ => return self.builder.ins().band(x, y),
        };
        let low = self.builder.ins().ireduce(types::I32, kept);
        self.builder.ins().uextend(types::I64, low)
    }
}

fn division(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! binary {
        ($op:ident) => {{
            let (x, y) = l.pop2();
            l.builder.ins().$op(x, y)
        }};
    }
    let value = match operator {
        Operator::I32DivS | Operator::I64DivS => binary!(sdiv),
        Operator::I32DivU | Operator::I64DivU => binary!(udiv),
        Operator::I32RemS | Operator::I64RemS => binary!(srem),
        Operator::I32RemU | Operator::I64RemU => binary!(urem),
        _ => return false,
    };
    l.push(value);
    true
}

fn unary(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! unary {
        ($op:ident) => {{
            let x = l.pop();
            l.builder.ins().$op(x)
        }};
    }
    let value = match operator {
        Operator::I32Clz | Operator::I64Clz => unary!(clz),
        Operator::I32Ctz | Operator::I64Ctz => unary!(ctz),
        Operator::I32Popcnt | Operator::I64Popcnt => unary!(popcnt),
        Operator::I32Extend8S => return extend(l, types::I8, types::I32),
        Operator::I32Extend16S => return extend(l, types::I16, types::I32),
        Operator::I64Extend8S => return extend(l, types::I8, types::I64),
        Operator::I64Extend16S => return extend(l, types::I16, types::I64),
        Operator::I64Extend32S => return extend(l, types::I32, types::I64),
        _ => return false,
    };
    l.push(value);
    true
}

/// Sign-extends the low bits of the operand, `from` wide, `to` its own type.
fn extend(l: &mut Lowering<'_, '_, '_>, from: Type, to: Type) -> bool {
    let x = l.pop();
    let low = l.builder.ins().ireduce(from, x);
    let value = l.builder.ins().sextend(to, low);
    l.push(value);
    true
}
