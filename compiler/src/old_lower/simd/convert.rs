//! Conversions between types of lanes: narrow, extend, truncate (saturating),
//! convert, demote, promote.

use super::super::Lowering;
use cranelift_codegen::ir::{InstBuilder, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    narrow(l, operator) || extend(l, operator) || truncate(l, operator) || to_float(l, operator)
}

macro_rules! convert {
    ($l:ident, $from:ident, $op:ident, $to:ident) => {{
        let x = $l.pop_lanes(types::$from);
        $l.builder.ins().$op(types::$to, x)
    }};
}

fn narrow(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I8x16NarrowI16x8S => binary!(l, I16X8, snarrow),
        Operator::I8x16NarrowI16x8U => binary!(l, I16X8, unarrow),
        Operator::I16x8NarrowI32x4S => binary!(l, I32X4, snarrow),
        Operator::I16x8NarrowI32x4U => binary!(l, I32X4, unarrow),
        _ => return false,
    };
    l.push_lanes(value);
    true
}

fn extend(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I16x8ExtendLowI8x16S => unary!(l, I8X16, swiden_low),
        Operator::I16x8ExtendHighI8x16S => unary!(l, I8X16, swiden_high),
        Operator::I16x8ExtendLowI8x16U => unary!(l, I8X16, uwiden_low),
        Operator::I16x8ExtendHighI8x16U => unary!(l, I8X16, uwiden_high),
        Operator::I32x4ExtendLowI16x8S => unary!(l, I16X8, swiden_low),
        Operator::I32x4ExtendHighI16x8S => unary!(l, I16X8, swiden_high),
        Operator::I32x4ExtendLowI16x8U => unary!(l, I16X8, uwiden_low),
        Operator::I32x4ExtendHighI16x8U => unary!(l, I16X8, uwiden_high),
        Operator::I64x2ExtendLowI32x4S => unary!(l, I32X4, swiden_low),
        Operator::I64x2ExtendHighI32x4S => unary!(l, I32X4, swiden_high),
        Operator::I64x2ExtendLowI32x4U => unary!(l, I32X4, uwiden_low),
        Operator::I64x2ExtendHighI32x4U => unary!(l, I32X4, uwiden_high),
        _ => return false,
    };
    l.push_lanes(value);
    true
}

/// Of which relaxed SIMD may do the same, and does.
fn truncate(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I32x4TruncSatF32x4S | Operator::I32x4RelaxedTruncF32x4S => {
            convert!(l, F32X4, fcvt_to_sint_sat, I32X4)
        }
        Operator::I32x4TruncSatF32x4U | Operator::I32x4RelaxedTruncF32x4U => {
            convert!(l, F32X4, fcvt_to_uint_sat, I32X4)
        }
        Operator::I32x4TruncSatF64x2SZero | Operator::I32x4RelaxedTruncF64x2SZero => {
            let wide = convert!(l, F64X2, fcvt_to_sint_sat, I64X2);
            let zeroes = l.vector_constant(types::I64X2, [0; 16]);
            l.builder.ins().snarrow(wide, zeroes)
        }
        // What CLIF has for it rounds, by a call where the machine can't.
        Operator::I32x4TruncSatF64x2UZero | Operator::I32x4RelaxedTruncF64x2UZero
            if !l.env.rounds =>
        {
            let x = l.pop_lanes(types::F64X2);
            [0, 1]
                .into_iter()
                .fold(l.vector_constant(types::I32X4, [0; 16]), |lanes, lane| {
                    let value = l.builder.ins().extractlane(x, lane);
                    let value = l.builder.ins().fcvt_to_uint_sat(types::I32, value);
                    l.builder.ins().insertlane(lanes, value, lane)
                })
        }
        Operator::I32x4TruncSatF64x2UZero | Operator::I32x4RelaxedTruncF64x2UZero => {
            let wide = convert!(l, F64X2, fcvt_to_uint_sat, I64X2);
            let zeroes = l.vector_constant(types::I64X2, [0; 16]);
            l.builder.ins().uunarrow(wide, zeroes)
        }
        _ => return false,
    };
    l.push_lanes(value);
    true
}

fn to_float(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::F32x4ConvertI32x4S => convert!(l, I32X4, fcvt_from_sint, F32X4),
        Operator::F32x4ConvertI32x4U => convert!(l, I32X4, fcvt_from_uint, F32X4),
        Operator::F64x2ConvertLowI32x4S => {
            let wide = unary!(l, I32X4, swiden_low);
            l.builder.ins().fcvt_from_sint(types::F64X2, wide)
        }
        Operator::F64x2ConvertLowI32x4U => {
            let wide = unary!(l, I32X4, uwiden_low);
            l.builder.ins().fcvt_from_uint(types::F64X2, wide)
        }
        Operator::F32x4DemoteF64x2Zero => unary!(l, F64X2, fvdemote),
        Operator::F64x2PromoteLowF32x4 => unary!(l, F32X4, fvpromote_low),
        _ => return false,
    };
    l.push_lanes(value);
    true
}
