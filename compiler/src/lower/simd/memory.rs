//! Loads and stores of vectors and of their lanes.

use super::super::Lowering;
use super::VECTOR;
use crate::ir::op::{Addr, LoadLane, StoreLane, VectorLoad};
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Type, Value, types};

/// Pops a base, and gives address, displacement and flags of an access of `size` bytes: all
/// of this file go through here.
fn access(l: &mut Lowering<'_, '_, '_>, at: Addr, size: u32) -> (Value, i32, MemFlagsData) {
    let (address, displacement) = l.pop_host_address(at, size);
    (address, displacement, l.regions.memory())
}

fn load_as(l: &mut Lowering<'_, '_, '_>, at: Addr, ty: Type) -> Value {
    let (address, displacement, flags) = access(l, at, ty.bytes());
    l.builder.ins().load(ty, flags, address, displacement)
}

/// Whole vectors; halves, each lane made twice as wide; and one lane, in all of the vector's
/// or in the first of otherwise zeroes.
pub(in crate::lower) fn load(l: &mut Lowering<'_, '_, '_>, op: VectorLoad, at: Addr) {
    macro_rules! extending {
        ($op:ident) => {{
            let (address, displacement, flags) = access(l, at, op.bytes());
            l.builder.ins().$op(flags, address, displacement)
        }};
    }
    macro_rules! filling {
        ($op:ident, $lanes:ident) => {{
            let lane = load_as(l, at, types::$lanes.lane_type());
            l.builder.ins().$op(types::$lanes, lane)
        }};
    }
    let value = match op {
        VectorLoad::V128Load => load_as(l, at, VECTOR),
        VectorLoad::V128Load8x8S => extending!(sload8x8),
        VectorLoad::V128Load8x8U => extending!(uload8x8),
        VectorLoad::V128Load16x4S => extending!(sload16x4),
        VectorLoad::V128Load16x4U => extending!(uload16x4),
        VectorLoad::V128Load32x2S => extending!(sload32x2),
        VectorLoad::V128Load32x2U => extending!(uload32x2),
        VectorLoad::V128Load8Splat => filling!(splat, I8X16),
        VectorLoad::V128Load16Splat => filling!(splat, I16X8),
        VectorLoad::V128Load32Splat => filling!(splat, I32X4),
        VectorLoad::V128Load64Splat => filling!(splat, I64X2),
        VectorLoad::V128Load32Zero => filling!(scalar_to_vector, I32X4),
        VectorLoad::V128Load64Zero => filling!(scalar_to_vector, I64X2),
    };
    l.push_lanes(value);
}

/// Pops the value and the base.
pub(in crate::lower) fn store(l: &mut Lowering<'_, '_, '_>, at: Addr) {
    let value = l.pop();
    store_value(l, at, value);
}

fn store_value(l: &mut Lowering<'_, '_, '_>, at: Addr, value: Value) {
    let size = l.builder.func.dfg.value_type(value).bytes();
    let (address, displacement, flags) = access(l, at, size);
    l.builder.ins().store(flags, value, address, displacement);
}

pub(in crate::lower) fn load_lane(l: &mut Lowering<'_, '_, '_>, op: LoadLane, lane: u8, at: Addr) {
    let ty = match op {
        LoadLane::V128Load8Lane => types::I8X16,
        LoadLane::V128Load16Lane => types::I16X8,
        LoadLane::V128Load32Lane => types::I32X4,
        LoadLane::V128Load64Lane => types::I64X2,
    };
    let vector = l.pop_lanes(ty);
    let loaded = load_as(l, at, ty.lane_type());
    let value = l.builder.ins().insertlane(vector, loaded, lane);
    l.push_lanes(value);
}

pub(in crate::lower) fn store_lane(
    l: &mut Lowering<'_, '_, '_>,
    op: StoreLane,
    lane: u8,
    at: Addr,
) {
    let ty = match op {
        StoreLane::V128Store8Lane => types::I8X16,
        StoreLane::V128Store16Lane => types::I16X8,
        StoreLane::V128Store32Lane => types::I32X4,
        StoreLane::V128Store64Lane => types::I64X2,
    };
    let vector = l.pop_lanes(ty);
    let value = l.builder.ins().extractlane(vector, lane);
    store_value(l, at, value);
}
