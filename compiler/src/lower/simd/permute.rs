//! Bytes of vectors put elsewhere: shuffle and swizzle.
//!
//! Where the machine has no instruction that picks bytes (x86-64 before SSSE3, for which
//! CLIF's operations would be calls of a C library) they go through the function's frame.
//! Each index into it is a constant, or at most 16.

use super::super::Lowering;
use super::VECTOR;
use crate::ir::op::{Bytes, Swizzle};
use cranelift_codegen::ir::{
    ConstantData, InstBuilder, MemFlagsData, StackSlot, StackSlotData, StackSlotKind, Type, Value,
    types,
};

/// Bytes of a vector.
const SIZE: u8 = 16;

pub(in crate::lower) fn shuffle(l: &mut Lowering<'_, '_, '_>, bytes: Bytes) {
    let lanes = l.func.bytes[bytes.0 as usize];
    let (x, y) = l.pop2();
    let value = if l.env.permutes {
        let lanes = ConstantData::from(&lanes[..]);
        let lanes = l.builder.func.dfg.immediates.push(lanes);
        l.builder.ins().shuffle(x, y, lanes)
    } else {
        shuffle_in_frame(l, x, y, lanes)
    };
    l.push(value);
}

pub(in crate::lower) fn swizzle(l: &mut Lowering<'_, '_, '_>, op: Swizzle) {
    let (x, lanes) = l.pop2();
    let value = match op {
        Swizzle::I8x16Swizzle | Swizzle::I8x16RelaxedSwizzle if l.env.permutes => {
            l.builder.ins().swizzle(x, lanes)
        }
        Swizzle::I8x16Swizzle | Swizzle::I8x16RelaxedSwizzle => swizzle_in_frame(l, x, lanes),
    };
    l.push(value);
}

/// Lane by lane, in the widest ones of which the bytes stay together.
fn shuffle_in_frame(l: &mut Lowering<'_, '_, '_>, x: Value, y: Value, lanes: [u8; 16]) -> Value {
    let frame = Frame::of(l);
    frame.store(l, x, FIRST);
    frame.store(l, y, SECOND);
    let lane = together(&lanes);
    for at in (0..SIZE).step_by(lane.bytes() as usize) {
        let value = frame.load(l, lane, FIRST + lanes[usize::from(at)]);
        frame.store(l, value, RESULT + at);
    }
    frame.load(l, VECTOR, RESULT)
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
fn swizzle_in_frame(l: &mut Lowering<'_, '_, '_>, x: Value, lanes: Value) -> Value {
    let frame = Frame::of(l);
    frame.store(l, x, FIRST);
    let zero = l.vector_constant(VECTOR, [0; 16]);
    frame.store(l, zero, SECOND);
    let beyond = l.vector_constant(VECTOR, [SIZE; 16]);
    let lanes = l.builder.ins().umin(lanes, beyond);
    frame.store(l, lanes, INDICES);
    let start = l
        .builder
        .ins()
        .stack_addr(types::I64, frame.0, i32::from(FIRST));
    // Of the function's own frame, and within it.
    let flags = MemFlagsData::trusted();
    for at in 0..SIZE {
        let index = frame.load(l, types::I8, INDICES + at);
        let index = l.builder.ins().uextend(types::I64, index);
        let address = l.builder.ins().iadd(start, index);
        let value = l.builder.ins().load(types::I8, flags, address, 0);
        frame.store(l, value, RESULT + at);
    }
    frame.load(l, VECTOR, RESULT)
}

/// What is where in the frame: two vectors that are one array of bytes, and two others.
const FIRST: u8 = 0;
const SECOND: u8 = SIZE;
const INDICES: u8 = 2 * SIZE;
const RESULT: u8 = 3 * SIZE;

/// A place in the function's frame for one permutation at a time.
#[derive(Clone, Copy)]
struct Frame(StackSlot);

impl Frame {
    /// The same for all of a function.
    fn of(l: &mut Lowering<'_, '_, '_>) -> Self {
        Self(*l.permutation.get_or_insert_with(|| {
            let (size, align_shift) = (u32::from(4 * SIZE), 4);
            let data = StackSlotData::new(StackSlotKind::ExplicitSlot, size, align_shift);
            l.builder.create_sized_stack_slot(data)
        }))
    }

    fn load(self, l: &mut Lowering<'_, '_, '_>, ty: Type, at: u8) -> Value {
        let at = i32::from(at);
        l.builder.ins().stack_load(types::I64, ty, self.0, at)
    }

    fn store(self, l: &mut Lowering<'_, '_, '_>, value: Value, at: u8) {
        let at = i32::from(at);
        l.builder.ins().stack_store(types::I64, value, self.0, at);
    }
}
