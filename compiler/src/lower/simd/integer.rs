//! Integer arithmetic lane by lane, wrapping and saturating.

use super::super::Lowering;
use crate::ir::op::LaneInteger;
use cranelift_codegen::ir::{InstBuilder, types};

pub(in crate::lower) fn lower(l: &mut Lowering<'_, '_, '_>, op: LaneInteger) {
    let value = match op {
        LaneInteger::I8x16Add => binary!(l, I8X16, iadd),
        LaneInteger::I16x8Add => binary!(l, I16X8, iadd),
        LaneInteger::I32x4Add => binary!(l, I32X4, iadd),
        LaneInteger::I64x2Add => binary!(l, I64X2, iadd),
        LaneInteger::I8x16Sub => binary!(l, I8X16, isub),
        LaneInteger::I16x8Sub => binary!(l, I16X8, isub),
        LaneInteger::I32x4Sub => binary!(l, I32X4, isub),
        LaneInteger::I64x2Sub => binary!(l, I64X2, isub),
        LaneInteger::I16x8Mul => binary!(l, I16X8, imul),
        LaneInteger::I32x4Mul => binary!(l, I32X4, imul),
        LaneInteger::I64x2Mul => binary!(l, I64X2, imul),
        LaneInteger::I8x16AddSatS => binary!(l, I8X16, sadd_sat),
        LaneInteger::I8x16AddSatU => binary!(l, I8X16, uadd_sat),
        LaneInteger::I16x8AddSatS => binary!(l, I16X8, sadd_sat),
        LaneInteger::I16x8AddSatU => binary!(l, I16X8, uadd_sat),
        LaneInteger::I8x16SubSatS => binary!(l, I8X16, ssub_sat),
        LaneInteger::I8x16SubSatU => binary!(l, I8X16, usub_sat),
        LaneInteger::I16x8SubSatS => binary!(l, I16X8, ssub_sat),
        LaneInteger::I16x8SubSatU => binary!(l, I16X8, usub_sat),
        LaneInteger::I16x8Q15MulrSatS | LaneInteger::I16x8RelaxedQ15mulrS => {
            binary!(l, I16X8, sqmul_round_sat)
        }
        LaneInteger::I8x16MinS => binary!(l, I8X16, smin),
        LaneInteger::I8x16MinU => binary!(l, I8X16, umin),
        LaneInteger::I8x16MaxS => binary!(l, I8X16, smax),
        LaneInteger::I8x16MaxU => binary!(l, I8X16, umax),
        LaneInteger::I16x8MinS => binary!(l, I16X8, smin),
        LaneInteger::I16x8MinU => binary!(l, I16X8, umin),
        LaneInteger::I16x8MaxS => binary!(l, I16X8, smax),
        LaneInteger::I16x8MaxU => binary!(l, I16X8, umax),
        LaneInteger::I32x4MinS => binary!(l, I32X4, smin),
        LaneInteger::I32x4MinU => binary!(l, I32X4, umin),
        LaneInteger::I32x4MaxS => binary!(l, I32X4, smax),
        LaneInteger::I32x4MaxU => binary!(l, I32X4, umax),
        LaneInteger::I8x16AvgrU => binary!(l, I8X16, avg_round),
        LaneInteger::I16x8AvgrU => binary!(l, I16X8, avg_round),
        LaneInteger::I8x16Neg => unary!(l, I8X16, ineg),
        LaneInteger::I16x8Neg => unary!(l, I16X8, ineg),
        LaneInteger::I32x4Neg => unary!(l, I32X4, ineg),
        LaneInteger::I64x2Neg => unary!(l, I64X2, ineg),
        LaneInteger::I8x16Abs => unary!(l, I8X16, iabs),
        LaneInteger::I16x8Abs => unary!(l, I16X8, iabs),
        LaneInteger::I32x4Abs => unary!(l, I32X4, iabs),
        LaneInteger::I64x2Abs => unary!(l, I64X2, iabs),
        LaneInteger::I8x16Popcnt => unary!(l, I8X16, popcnt),
    };
    l.push_lanes(value);
}
