//! Conversions between types of lanes: narrow, extend, truncate (saturating),
//! convert, demote, promote.

use super::super::Lowering;
use crate::ir::op::LaneConvert;
use cranelift_codegen::ir::{InstBuilder, types};

macro_rules! convert {
    ($l:ident, $from:ident, $op:ident, $to:ident) => {{
        let x = $l.pop_lanes(types::$from);
        $l.builder.ins().$op(types::$to, x)
    }};
}

pub(in crate::lower) fn lower(l: &mut Lowering<'_, '_, '_>, op: LaneConvert) {
    let value = match op {
        LaneConvert::I8x16NarrowI16x8S => binary!(l, I16X8, snarrow),
        LaneConvert::I8x16NarrowI16x8U => binary!(l, I16X8, unarrow),
        LaneConvert::I16x8NarrowI32x4S => binary!(l, I32X4, snarrow),
        LaneConvert::I16x8NarrowI32x4U => binary!(l, I32X4, unarrow),
        LaneConvert::I16x8ExtendLowI8x16S => unary!(l, I8X16, swiden_low),
        LaneConvert::I16x8ExtendHighI8x16S => unary!(l, I8X16, swiden_high),
        LaneConvert::I16x8ExtendLowI8x16U => unary!(l, I8X16, uwiden_low),
        LaneConvert::I16x8ExtendHighI8x16U => unary!(l, I8X16, uwiden_high),
        LaneConvert::I32x4ExtendLowI16x8S => unary!(l, I16X8, swiden_low),
        LaneConvert::I32x4ExtendHighI16x8S => unary!(l, I16X8, swiden_high),
        LaneConvert::I32x4ExtendLowI16x8U => unary!(l, I16X8, uwiden_low),
        LaneConvert::I32x4ExtendHighI16x8U => unary!(l, I16X8, uwiden_high),
        LaneConvert::I64x2ExtendLowI32x4S => unary!(l, I32X4, swiden_low),
        LaneConvert::I64x2ExtendHighI32x4S => unary!(l, I32X4, swiden_high),
        LaneConvert::I64x2ExtendLowI32x4U => unary!(l, I32X4, uwiden_low),
        LaneConvert::I64x2ExtendHighI32x4U => unary!(l, I32X4, uwiden_high),
        LaneConvert::I32x4TruncSatF32x4S | LaneConvert::I32x4RelaxedTruncF32x4S => {
            convert!(l, F32X4, fcvt_to_sint_sat, I32X4)
        }
        LaneConvert::I32x4TruncSatF32x4U | LaneConvert::I32x4RelaxedTruncF32x4U => {
            convert!(l, F32X4, fcvt_to_uint_sat, I32X4)
        }
        LaneConvert::I32x4TruncSatF64x2SZero | LaneConvert::I32x4RelaxedTruncF64x2SZero => {
            let wide = convert!(l, F64X2, fcvt_to_sint_sat, I64X2);
            let zeroes = l.vector_constant(types::I64X2, [0; 16]);
            l.builder.ins().snarrow(wide, zeroes)
        }
        // What CLIF has for it rounds, by a call where the machine can't.
        LaneConvert::I32x4TruncSatF64x2UZero | LaneConvert::I32x4RelaxedTruncF64x2UZero
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
        LaneConvert::I32x4TruncSatF64x2UZero | LaneConvert::I32x4RelaxedTruncF64x2UZero => {
            let wide = convert!(l, F64X2, fcvt_to_uint_sat, I64X2);
            let zeroes = l.vector_constant(types::I64X2, [0; 16]);
            l.builder.ins().uunarrow(wide, zeroes)
        }
        LaneConvert::F32x4ConvertI32x4S => convert!(l, I32X4, fcvt_from_sint, F32X4),
        LaneConvert::F32x4ConvertI32x4U => convert!(l, I32X4, fcvt_from_uint, F32X4),
        LaneConvert::F64x2ConvertLowI32x4S => {
            let wide = unary!(l, I32X4, swiden_low);
            l.builder.ins().fcvt_from_sint(types::F64X2, wide)
        }
        LaneConvert::F64x2ConvertLowI32x4U => {
            let wide = unary!(l, I32X4, uwiden_low);
            l.builder.ins().fcvt_from_uint(types::F64X2, wide)
        }
        LaneConvert::F32x4DemoteF64x2Zero => unary!(l, F64X2, fvdemote),
        LaneConvert::F64x2PromoteLowF32x4 => unary!(l, F32X4, fvpromote_low),
    };
    l.push_lanes(value);
}
