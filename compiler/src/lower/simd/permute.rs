//! Bytes of vectors put elsewhere: shuffle and swizzle.
//!
//! Where the machine has no instruction that picks bytes (x86-64 before SSSE3, for which
//! CLIF's operations would be calls of a C library) they go through the function's frame.
//! Each index into it is a constant, or at most 16.

use super::super::Lowering;
use super::VECTOR;
use cranelift_codegen::ir::{
    ConstantData, InstBuilder, MemFlagsData, StackSlot, StackSlotData, StackSlotKind, Type, Value,
    types,
};
use wasmparser::Operator;

/// Bytes of a vector.
const SIZE: u8 = 16;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I8x16Shuffle { lanes } => {
            let (x, y) = l.pop2();
            if l.env.permutes {
                let lanes = ConstantData::from(&lanes[..]);
                let lanes = l.builder.func.dfg.immediates.push(lanes);
                l.builder.ins().shuffle(x, y, lanes)
            } else {
                shuffle(l, x, y, *lanes)
            }
        }
        Operator::I8x16Swizzle | Operator::I8x16RelaxedSwizzle => {
            let (x, lanes) = l.pop2();
            if l.env.permutes {
                l.builder.ins().swizzle(x, lanes)
            } else {
                swizzle(l, x, lanes)
            }
        }
        _ => return false,
    };
    l.push(value);
    true
}

/// Lane by lane, in the widest ones of which the bytes stay together.
fn shuffle(l: &mut Lowering<'_, '_, '_>, x: Value, y: Value, lanes: [u8; 16]) -> Value {
    let from = vectors(l, &[x, y]);
    let to = frame(l, SIZE);
    let lane = together(&lanes);
    for at in (0..SIZE).step_by(lane.bytes() as usize) {
        let picked = lanes[usize::from(at)];
        let value = load(l, lane, from, picked);
        store(l, value, to, at);
    }
    load(l, VECTOR, to, 0)
}

/// The widest type of lane of which these indices of bytes pick whole ones.
fn together(lanes: &[u8; 16]) -> Type {
    let whole = |width: usize| {
        let mut lanes = lanes.chunks_exact(width);
        lanes.all(|lane| (lane[0]..).zip(lane).all(|(next, &index)| index == next))
    };
    match () {
        () if whole(8) => types::I64,
        () if whole(4) => types::I32,
        () if whole(2) => types::I16,
        () => types::I8,
    }
}

/// Byte by byte; behind the vector is the 0 that an index over 15 picks.
fn swizzle(l: &mut Lowering<'_, '_, '_>, x: Value, lanes: Value) -> Value {
    let zero = l.vector_constant(VECTOR, [0; 16]);
    let from = vectors(l, &[x, zero]);
    let beyond = l.vector_constant(VECTOR, [SIZE; 16]);
    let lanes = l.builder.ins().umin(lanes, beyond);
    let lanes = vectors(l, &[lanes]);
    let to = frame(l, SIZE);
    let start = l.builder.ins().stack_addr(types::I64, from, 0);
    // Of the function's own frame, and within it.
    let flags = MemFlagsData::trusted();
    for at in 0..SIZE {
        let index = load(l, types::I8, lanes, at);
        let index = l.builder.ins().uextend(types::I64, index);
        let address = l.builder.ins().iadd(start, index);
        let value = l.builder.ins().load(types::I8, flags, address, 0);
        store(l, value, to, at);
    }
    load(l, VECTOR, to, 0)
}

fn load(l: &mut Lowering<'_, '_, '_>, ty: Type, from: StackSlot, at: u8) -> Value {
    l.builder
        .ins()
        .stack_load(types::I64, ty, from, i32::from(at))
}

fn store(l: &mut Lowering<'_, '_, '_>, value: Value, to: StackSlot, at: u8) {
    l.builder
        .ins()
        .stack_store(types::I64, value, to, i32::from(at));
}

/// A place in the frame, of so many bytes.
fn frame(l: &mut Lowering<'_, '_, '_>, size: u8) -> StackSlot {
    let align_shift = 4;
    let data = StackSlotData::new(StackSlotKind::ExplicitSlot, size.into(), align_shift);
    l.builder.create_sized_stack_slot(data)
}

/// A place in the frame that holds these vectors, one after the other.
fn vectors(l: &mut Lowering<'_, '_, '_>, values: &[Value]) -> StackSlot {
    let starts = (0..).step_by(usize::from(SIZE)).zip(values);
    let slot = frame(
        l,
        SIZE * u8::try_from(values.len()).expect("BUG: many vectors"),
    );
    for (start, &value) in starts {
        store(l, value, slot, start);
    }
    slot
}
