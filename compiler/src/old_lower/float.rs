//! Floating-point arithmetic. CLIF's operations have wasm's semantics, signed
//! zeroes and NaN propagation of `min` and `max` included.

use super::Lowering;
use super::rounding::Rounding;
use cranelift_codegen::ir::InstBuilder;
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
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
    let value = match operator {
        Operator::F32Add | Operator::F64Add => binary!(fadd),
        Operator::F32Sub | Operator::F64Sub => binary!(fsub),
        Operator::F32Mul | Operator::F64Mul => binary!(fmul),
        Operator::F32Div | Operator::F64Div => binary!(fdiv),
        Operator::F32Min | Operator::F64Min => binary!(fmin),
        Operator::F32Max | Operator::F64Max => binary!(fmax),
        Operator::F32Copysign | Operator::F64Copysign => binary!(fcopysign),
        Operator::F32Abs | Operator::F64Abs => unary!(fabs),
        Operator::F32Neg | Operator::F64Neg => unary!(fneg),
        Operator::F32Sqrt | Operator::F64Sqrt => unary!(sqrt),
        Operator::F32Ceil | Operator::F64Ceil => round!(Up),
        Operator::F32Floor | Operator::F64Floor => round!(Down),
        Operator::F32Trunc | Operator::F64Trunc => round!(ToZero),
        Operator::F32Nearest | Operator::F64Nearest => round!(ToNearest),
        _ => return false,
    };
    l.push(value);
    true
}
