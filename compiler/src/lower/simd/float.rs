//! Floating-point arithmetic lane by lane. As for scalars CLIF's operations have
//! wasm's semantics; `pmin` and `pmax` are a comparison and a choice. Relaxed SIMD's
//! minima and maxima may be the ordinary ones, and are.

use super::super::Lowering;
use super::super::rounding::Rounding;
use crate::ir::op::LaneFloat;
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};

pub(in crate::lower) fn lower(l: &mut Lowering<'_, '_, '_>, op: LaneFloat) {
    let value = match op {
        LaneFloat::F32x4Add => binary!(l, F32X4, fadd),
        LaneFloat::F32x4Sub => binary!(l, F32X4, fsub),
        LaneFloat::F32x4Mul => binary!(l, F32X4, fmul),
        LaneFloat::F32x4Div => binary!(l, F32X4, fdiv),
        LaneFloat::F32x4Min | LaneFloat::F32x4RelaxedMin => binary!(l, F32X4, fmin),
        LaneFloat::F32x4Max | LaneFloat::F32x4RelaxedMax => binary!(l, F32X4, fmax),
        LaneFloat::F64x2Add => binary!(l, F64X2, fadd),
        LaneFloat::F64x2Sub => binary!(l, F64X2, fsub),
        LaneFloat::F64x2Mul => binary!(l, F64X2, fmul),
        LaneFloat::F64x2Div => binary!(l, F64X2, fdiv),
        LaneFloat::F64x2Min | LaneFloat::F64x2RelaxedMin => binary!(l, F64X2, fmin),
        LaneFloat::F64x2Max | LaneFloat::F64x2RelaxedMax => binary!(l, F64X2, fmax),
        LaneFloat::F32x4PMin => pseudo(l, types::F32X4, true),
        LaneFloat::F32x4PMax => pseudo(l, types::F32X4, false),
        LaneFloat::F64x2PMin => pseudo(l, types::F64X2, true),
        LaneFloat::F64x2PMax => pseudo(l, types::F64X2, false),
        LaneFloat::F32x4Abs => unary!(l, F32X4, fabs),
        LaneFloat::F32x4Neg => unary!(l, F32X4, fneg),
        LaneFloat::F32x4Sqrt => unary!(l, F32X4, sqrt),
        LaneFloat::F64x2Abs => unary!(l, F64X2, fabs),
        LaneFloat::F64x2Neg => unary!(l, F64X2, fneg),
        LaneFloat::F64x2Sqrt => unary!(l, F64X2, sqrt),
        LaneFloat::F32x4Ceil => round(l, types::F32X4, Rounding::Up),
        LaneFloat::F32x4Floor => round(l, types::F32X4, Rounding::Down),
        LaneFloat::F32x4Trunc => round(l, types::F32X4, Rounding::ToZero),
        LaneFloat::F32x4Nearest => round(l, types::F32X4, Rounding::ToNearest),
        LaneFloat::F64x2Ceil => round(l, types::F64X2, Rounding::Up),
        LaneFloat::F64x2Floor => round(l, types::F64X2, Rounding::Down),
        LaneFloat::F64x2Trunc => round(l, types::F64X2, Rounding::ToZero),
        LaneFloat::F64x2Nearest => round(l, types::F64X2, Rounding::ToNearest),
    };
    l.push_lanes(value);
}

/// The second operand where it is less (or the first is), else the first.
fn pseudo(l: &mut Lowering<'_, '_, '_>, ty: Type, minimum: bool) -> Value {
    let (x, y) = l.pop2_lanes(ty);
    let (less, than): (Value, Value) = if minimum { (y, x) } else { (x, y) };
    let second = l.builder.ins().fcmp(FloatCC::LessThan, less, than);
    let second = l.lanes(second, ty);
    l.builder.ins().bitselect(second, y, x)
}

fn round(l: &mut Lowering<'_, '_, '_>, ty: Type, rounding: Rounding) -> Value {
    let x = l.pop_lanes(ty);
    l.round(rounding, x)
}
