//! Integer arithmetic lane by lane, wrapping and saturating.

use super::super::Lowering;
use cranelift_codegen::ir::{InstBuilder, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    wrapping(l, operator) || saturating(l, operator) || choosing(l, operator) || unary(l, operator)
}

fn wrapping(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I8x16Add => binary!(l, I8X16, iadd),
        Operator::I16x8Add => binary!(l, I16X8, iadd),
        Operator::I32x4Add => binary!(l, I32X4, iadd),
        Operator::I64x2Add => binary!(l, I64X2, iadd),
        Operator::I8x16Sub => binary!(l, I8X16, isub),
        Operator::I16x8Sub => binary!(l, I16X8, isub),
        Operator::I32x4Sub => binary!(l, I32X4, isub),
        Operator::I64x2Sub => binary!(l, I64X2, isub),
        Operator::I16x8Mul => binary!(l, I16X8, imul),
        Operator::I32x4Mul => binary!(l, I32X4, imul),
        Operator::I64x2Mul => binary!(l, I64X2, imul),
        _ => return false,
    };
    l.push_lanes(value);
    true
}

fn saturating(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I8x16AddSatS => binary!(l, I8X16, sadd_sat),
        Operator::I8x16AddSatU => binary!(l, I8X16, uadd_sat),
        Operator::I16x8AddSatS => binary!(l, I16X8, sadd_sat),
        Operator::I16x8AddSatU => binary!(l, I16X8, uadd_sat),
        Operator::I8x16SubSatS => binary!(l, I8X16, ssub_sat),
        Operator::I8x16SubSatU => binary!(l, I8X16, usub_sat),
        Operator::I16x8SubSatS => binary!(l, I16X8, ssub_sat),
        Operator::I16x8SubSatU => binary!(l, I16X8, usub_sat),
        Operator::I16x8Q15MulrSatS | Operator::I16x8RelaxedQ15mulrS => {
            binary!(l, I16X8, sqmul_round_sat)
        }
        _ => return false,
    };
    l.push_lanes(value);
    true
}

/// Minima, maxima and averages.
fn choosing(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I8x16MinS => binary!(l, I8X16, smin),
        Operator::I8x16MinU => binary!(l, I8X16, umin),
        Operator::I8x16MaxS => binary!(l, I8X16, smax),
        Operator::I8x16MaxU => binary!(l, I8X16, umax),
        Operator::I16x8MinS => binary!(l, I16X8, smin),
        Operator::I16x8MinU => binary!(l, I16X8, umin),
        Operator::I16x8MaxS => binary!(l, I16X8, smax),
        Operator::I16x8MaxU => binary!(l, I16X8, umax),
        Operator::I32x4MinS => binary!(l, I32X4, smin),
        Operator::I32x4MinU => binary!(l, I32X4, umin),
        Operator::I32x4MaxS => binary!(l, I32X4, smax),
        Operator::I32x4MaxU => binary!(l, I32X4, umax),
        Operator::I8x16AvgrU => binary!(l, I8X16, avg_round),
        Operator::I16x8AvgrU => binary!(l, I16X8, avg_round),
        _ => return false,
    };
    l.push_lanes(value);
    true
}

fn unary(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I8x16Neg => unary!(l, I8X16, ineg),
        Operator::I16x8Neg => unary!(l, I16X8, ineg),
        Operator::I32x4Neg => unary!(l, I32X4, ineg),
        Operator::I64x2Neg => unary!(l, I64X2, ineg),
        Operator::I8x16Abs => unary!(l, I8X16, iabs),
        Operator::I16x8Abs => unary!(l, I16X8, iabs),
        Operator::I32x4Abs => unary!(l, I32X4, iabs),
        Operator::I64x2Abs => unary!(l, I64X2, iabs),
        Operator::I8x16Popcnt => unary!(l, I8X16, popcnt),
        _ => return false,
    };
    l.push_lanes(value);
    true
}
