//! Loads and stores of vectors and of their lanes.

use super::super::Lowering;
use super::VECTOR;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, types};
use wasmparser::{MemArg, Operator};

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    whole(l, operator)
        || extending(l, operator)
        || filling(l, operator)
        || load_lane(l, operator)
        || store_lane(l, operator)
}

/// Pops an index, and gives address, displacement and flags of an access of `size`
/// bytes: all of this file go through here.
fn access(l: &mut Lowering<'_, '_, '_>, memarg: &MemArg, size: u32) -> (Value, i32, MemFlagsData) {
    let (address, displacement) = l.pop_host_address(memarg, size);
    (address, displacement, l.regions.memory())
}

fn load(l: &mut Lowering<'_, '_, '_>, memarg: &MemArg, ty: Type) -> Value {
    let (address, displacement, flags) = access(l, memarg, ty.bytes());
    l.builder.ins().load(ty, flags, address, displacement)
}

fn store(l: &mut Lowering<'_, '_, '_>, memarg: &MemArg, value: Value) {
    let size = l.builder.func.dfg.value_type(value).bytes();
    let (address, displacement, flags) = access(l, memarg, size);
    l.builder.ins().store(flags, value, address, displacement);
    l.known.clear();
}

fn whole(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    match operator {
        Operator::V128Load { memarg } => {
            let value = load(l, memarg, VECTOR);
            l.push(value);
        }
        Operator::V128Store { memarg } => {
            let value = l.pop();
            store(l, memarg, value);
        }
        _ => return false,
    }
    true
}

/// Half a vector, each lane made twice as wide.
fn extending(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! load {
        ($op:ident, $memarg:ident) => {{
            let (address, displacement, flags) = access(l, $memarg, 8);
            l.builder.ins().$op(flags, address, displacement)
        }};
    }
    let value = match operator {
        Operator::V128Load8x8S { memarg } => load!(sload8x8, memarg),
        Operator::V128Load8x8U { memarg } => load!(uload8x8, memarg),
        Operator::V128Load16x4S { memarg } => load!(sload16x4, memarg),
        Operator::V128Load16x4U { memarg } => load!(uload16x4, memarg),
        Operator::V128Load32x2S { memarg } => load!(sload32x2, memarg),
        Operator::V128Load32x2U { memarg } => load!(uload32x2, memarg),
        _ => return false,
    };
    l.push_lanes(value);
    true
}

/// One lane, in all of the vector's or in the first of otherwise zeroes.
fn filling(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! load {
        ($op:ident, $memarg:ident, $lanes:ident) => {{
            let lane = load(l, $memarg, types::$lanes.lane_type());
            l.builder.ins().$op(types::$lanes, lane)
        }};
    }
    let value = match operator {
        Operator::V128Load8Splat { memarg } => load!(splat, memarg, I8X16),
        Operator::V128Load16Splat { memarg } => load!(splat, memarg, I16X8),
        Operator::V128Load32Splat { memarg } => load!(splat, memarg, I32X4),
        Operator::V128Load64Splat { memarg } => load!(splat, memarg, I64X2),
        Operator::V128Load32Zero { memarg } => load!(scalar_to_vector, memarg, I32X4),
        Operator::V128Load64Zero { memarg } => load!(scalar_to_vector, memarg, I64X2),
        _ => return false,
    };
    l.push_lanes(value);
    true
}

fn load_lane(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let (memarg, lane, ty) = match operator {
        Operator::V128Load8Lane { memarg, lane } => (memarg, *lane, types::I8X16),
        Operator::V128Load16Lane { memarg, lane } => (memarg, *lane, types::I16X8),
        Operator::V128Load32Lane { memarg, lane } => (memarg, *lane, types::I32X4),
        Operator::V128Load64Lane { memarg, lane } => (memarg, *lane, types::I64X2),
        _ => return false,
    };
    let vector = l.pop_lanes(ty);
    let loaded = load(l, memarg, ty.lane_type());
    let value = l.builder.ins().insertlane(vector, loaded, lane);
    l.push_lanes(value);
    true
}

fn store_lane(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let (memarg, lane, ty) = match operator {
        Operator::V128Store8Lane { memarg, lane } => (memarg, *lane, types::I8X16),
        Operator::V128Store16Lane { memarg, lane } => (memarg, *lane, types::I16X8),
        Operator::V128Store32Lane { memarg, lane } => (memarg, *lane, types::I32X4),
        Operator::V128Store64Lane { memarg, lane } => (memarg, *lane, types::I64X2),
        _ => return false,
    };
    let vector = l.pop_lanes(ty);
    let value = l.builder.ins().extractlane(vector, lane);
    store(l, memarg, value);
    true
}
