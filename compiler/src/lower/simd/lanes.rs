//! Vectors from scalars, and single lanes: splats, `extract_lane` and `replace_lane`.

use super::super::Lowering;
use crate::ir::op::{ExtractLane, ReplaceLane, Splat};
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};

pub(in crate::lower) fn splat(l: &mut Lowering<'_, '_, '_>, op: Splat) {
    let ty = match op {
        Splat::I8x16Splat => types::I8X16,
        Splat::I16x8Splat => types::I16X8,
        Splat::I32x4Splat => types::I32X4,
        Splat::I64x2Splat => types::I64X2,
        Splat::F32x4Splat => types::F32X4,
        Splat::F64x2Splat => types::F64X2,
    };
    let lane = pop_lane(l, ty);
    let value = l.builder.ins().splat(ty, lane);
    l.push_lanes(value);
}

pub(in crate::lower) fn extract(l: &mut Lowering<'_, '_, '_>, op: ExtractLane, lane: u8) {
    macro_rules! extract {
        ($lanes:ident, $lane:ident) => {{
            let vector = l.pop_lanes(types::$lanes);
            l.builder.ins().extractlane(vector, $lane)
        }};
        ($lanes:ident, $lane:ident, $extend:ident) => {{
            let lane = extract!($lanes, $lane);
            l.builder.ins().$extend(types::I32, lane)
        }};
    }
    let value = match op {
        ExtractLane::I8x16ExtractLaneS => extract!(I8X16, lane, sextend),
        ExtractLane::I8x16ExtractLaneU => extract!(I8X16, lane, uextend),
        ExtractLane::I16x8ExtractLaneS => extract!(I16X8, lane, sextend),
        ExtractLane::I16x8ExtractLaneU => extract!(I16X8, lane, uextend),
        ExtractLane::I32x4ExtractLane => extract!(I32X4, lane),
        ExtractLane::I64x2ExtractLane => extract!(I64X2, lane),
        ExtractLane::F32x4ExtractLane => extract!(F32X4, lane),
        ExtractLane::F64x2ExtractLane => extract!(F64X2, lane),
    };
    l.push(value);
}

pub(in crate::lower) fn replace(l: &mut Lowering<'_, '_, '_>, op: ReplaceLane, lane: u8) {
    let ty = match op {
        ReplaceLane::I8x16ReplaceLane => types::I8X16,
        ReplaceLane::I16x8ReplaceLane => types::I16X8,
        ReplaceLane::I32x4ReplaceLane => types::I32X4,
        ReplaceLane::I64x2ReplaceLane => types::I64X2,
        ReplaceLane::F32x4ReplaceLane => types::F32X4,
        ReplaceLane::F64x2ReplaceLane => types::F64X2,
    };
    let value = pop_lane(l, ty);
    let vector = l.pop_lanes(ty);
    let value = l.builder.ins().insertlane(vector, value, lane);
    l.push_lanes(value);
}

/// Pops the scalar that becomes a lane of a vector of type `ty`: of lanes narrower
/// than an i32 the lower bits of one.
fn pop_lane(l: &mut Lowering<'_, '_, '_>, ty: Type) -> Value {
    let value = l.pop();
    match ty.lane_type() {
        lane @ (types::I8 | types::I16) => l.builder.ins().ireduce(lane, value),
        _ => value,
    }
}
