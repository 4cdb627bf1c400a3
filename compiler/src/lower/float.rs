//! Floating-point arithmetic. CLIF's operations have wasm's semantics, signed
//! zeroes and NaN propagation of `min` and `max` included.

use super::Lowering;
use super::rounding::Rounding;
use crate::ir::op::Float;
use cranelift_codegen::ir::InstBuilder;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, op: Float) {
    macro_rules! unary {
        ($op:ident) => {{
            let x = l.pop();
            l.builder.ins().$op(x)
        }};
    }
    macro_rules! binary {
        ($op:ident) => {{
            let (x, y) = l.pop2();
            l.builder.ins().$op(x, y)
        }};
    }
    macro_rules! round {
        ($rounding:ident) => {{
            let x = l.pop();
            l.round(Rounding::$rounding, x)
        }};
    }
    let value = match op {
        Float::F32Add | Float::F64Add => binary!(fadd),
        Float::F32Sub | Float::F64Sub => binary!(fsub),
        Float::F32Mul | Float::F64Mul => binary!(fmul),
        Float::F32Div | Float::F64Div => binary!(fdiv),
        Float::F32Min | Float::F64Min => binary!(fmin),
        Float::F32Max | Float::F64Max => binary!(fmax),
        Float::F32Copysign | Float::F64Copysign => binary!(fcopysign),
        Float::F32Abs | Float::F64Abs => unary!(fabs),
        Float::F32Neg | Float::F64Neg => unary!(fneg),
        Float::F32Sqrt | Float::F64Sqrt => unary!(sqrt),
        Float::F32Ceil | Float::F64Ceil => round!(Up),
        Float::F32Floor | Float::F64Floor => round!(Down),
        Float::F32Trunc | Float::F64Trunc => round!(ToZero),
        Float::F32Nearest | Float::F64Nearest => round!(ToNearest),
    };
    l.push(value);
}
