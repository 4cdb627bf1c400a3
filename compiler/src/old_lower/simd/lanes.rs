//! Vectors from bytes and scalars, and single lanes: `v128.const`, splats,
//! `extract_lane` and `replace_lane`.

use super::super::Lowering;
use super::VECTOR;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    constant(l, operator) || splat(l, operator) || extract(l, operator) || replace(l, operator)
}

fn constant(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let Operator::V128Const { value } = operator else {
        return false;
    };
    let value = l.vector_constant(VECTOR, *value.bytes());
    l.push(value);
    true
}

fn splat(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let ty = match operator {
        Operator::I8x16Splat => types::I8X16,
        Operator::I16x8Splat => types::I16X8,
        Operator::I32x4Splat => types::I32X4,
        Operator::I64x2Splat => types::I64X2,
        Operator::F32x4Splat => types::F32X4,
        Operator::F64x2Splat => types::F64X2,
        _ => return false,
    };
    let lane = pop_lane(l, ty);
    let value = l.builder.ins().splat(ty, lane);
    l.push_lanes(value);
    true
}

fn extract(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
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
    let value = match *operator {
        Operator::I8x16ExtractLaneS { lane } => extract!(I8X16, lane, sextend),
        Operator::I8x16ExtractLaneU { lane } => extract!(I8X16, lane, uextend),
        Operator::I16x8ExtractLaneS { lane } => extract!(I16X8, lane, sextend),
        Operator::I16x8ExtractLaneU { lane } => extract!(I16X8, lane, uextend),
        Operator::I32x4ExtractLane { lane } => extract!(I32X4, lane),
        Operator::I64x2ExtractLane { lane } => extract!(I64X2, lane),
        Operator::F32x4ExtractLane { lane } => extract!(F32X4, lane),
        Operator::F64x2ExtractLane { lane } => extract!(F64X2, lane),
        _ => return false,
    };
    l.push(value);
    true
}

fn replace(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let (ty, lane) = match *operator {
        Operator::I8x16ReplaceLane { lane } => (types::I8X16, lane),
        Operator::I16x8ReplaceLane { lane } => (types::I16X8, lane),
        Operator::I32x4ReplaceLane { lane } => (types::I32X4, lane),
        Operator::I64x2ReplaceLane { lane } => (types::I64X2, lane),
        Operator::F32x4ReplaceLane { lane } => (types::F32X4, lane),
        Operator::F64x2ReplaceLane { lane } => (types::F64X2, lane),
        _ => return false,
    };
    let value = pop_lane(l, ty);
    let vector = l.pop_lanes(ty);
    let value = l.builder.ins().insertlane(vector, value, lane);
    l.push_lanes(value);
    true
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
