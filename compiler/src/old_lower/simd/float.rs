//! Floating-point arithmetic lane by lane. As for scalars CLIF's operations have
//! wasm's semantics; `pmin` and `pmax` are a comparison and a choice. Relaxed SIMD's
//! minima and maxima may be the ordinary ones, and are.

use super::super::Lowering;
use super::super::rounding::Rounding;
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    binary(l, operator) || pseudo(l, operator) || unary(l, operator) || rounding(l, operator)
}

fn binary(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::F32x4Add => binary!(l, F32X4, fadd),
        Operator::F32x4Sub => binary!(l, F32X4, fsub),
        Operator::F32x4Mul => binary!(l, F32X4, fmul),
        Operator::F32x4Div => binary!(l, F32X4, fdiv),
        Operator::F32x4Min | Operator::F32x4RelaxedMin => binary!(l, F32X4, fmin),
        Operator::F32x4Max | Operator::F32x4RelaxedMax => binary!(l, F32X4, fmax),
        Operator::F64x2Add => binary!(l, F64X2, fadd),
        Operator::F64x2Sub => binary!(l, F64X2, fsub),
        Operator::F64x2Mul => binary!(l, F64X2, fmul),
        Operator::F64x2Div => binary!(l, F64X2, fdiv),
        Operator::F64x2Min | Operator::F64x2RelaxedMin => binary!(l, F64X2, fmin),
        Operator::F64x2Max | Operator::F64x2RelaxedMax => binary!(l, F64X2, fmax),
        _ => return false,
    };
    l.push_lanes(value);
    true
}

/// The second operand where it is less (or the first is), else the first.
fn pseudo(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let (ty, minimum): (Type, bool) = match operator {
        Operator::F32x4PMin => (types::F32X4, true),
        Operator::F32x4PMax => (types::F32X4, false),
        Operator::F64x2PMin => (types::F64X2, true),
        Operator::F64x2PMax => (types::F64X2, false),
        _ => return false,
    };
    let (x, y) = l.pop2_lanes(ty);
    let (less, than): (Value, Value) = if minimum { (y, x) } else { (x, y) };
    let second = l.builder.ins().fcmp(FloatCC::LessThan, less, than);
    let second = l.lanes(second, ty);
    let value = l.builder.ins().bitselect(second, y, x);
    l.push_lanes(value);
    true
}

fn unary(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::F32x4Abs => unary!(l, F32X4, fabs),
        Operator::F32x4Neg => unary!(l, F32X4, fneg),
        Operator::F32x4Sqrt => unary!(l, F32X4, sqrt),
        Operator::F64x2Abs => unary!(l, F64X2, fabs),
        Operator::F64x2Neg => unary!(l, F64X2, fneg),
        Operator::F64x2Sqrt => unary!(l, F64X2, sqrt),
        _ => return false,
    };
    l.push_lanes(value);
    true
}

fn rounding(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let (ty, rounding): (Type, Rounding) = match operator {
        Operator::F32x4Ceil => (types::F32X4, Rounding::Up),
        Operator::F32x4Floor => (types::F32X4, Rounding::Down),
        Operator::F32x4Trunc => (types::F32X4, Rounding::ToZero),
        Operator::F32x4Nearest => (types::F32X4, Rounding::ToNearest),
        Operator::F64x2Ceil => (types::F64X2, Rounding::Up),
        Operator::F64x2Floor => (types::F64X2, Rounding::Down),
        Operator::F64x2Trunc => (types::F64X2, Rounding::ToZero),
        Operator::F64x2Nearest => (types::F64X2, Rounding::ToNearest),
        _ => return false,
    };
    let x = l.pop_lanes(ty);
    let value = l.round(rounding, x);
    l.push_lanes(value);
    true
}
