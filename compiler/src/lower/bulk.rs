//! Bulk memory: `memory.copy`, `memory.fill`, `memory.init` and `data.drop`.
//!
//! They trap before they write anything when a range is out of bounds (core
//! specification, "Memory Instructions"), so the checks stand before the call.
//! Short constant lengths, which are how Go moves and clears structures, are operations of
//! their own (the pass `short-copies`) and become loads and stores: an access that misses
//! memory faults like any other. Nobody sees what was written before the fault, since a trap
//! ends the process.
//!
//! A passive segment's bytes are read-only. `data.drop` stores 0 in the cell of the segment's
//! length, and nothing else of a segment is ever written.

use super::address::Regions;
use super::{Env, Lowering};
use crate::ir::op::{Addr, Short};
use crate::symbol::Symbol;
use crate::trap;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};

/// Pops length, source and destination.
pub(super) fn copy(l: &mut Lowering<'_, '_, '_>, to: u32, from: u32) {
    let length = pop_extended(l);
    let source = pop_extended(l);
    let destination = pop_extended(l);
    let length = l.checked_length(to, destination, length);
    let length = l.checked_length(from, source, length);
    let source = l.host_address(from, source);
    let destination = l.host_address(to, destination);
    call(l, Symbol::Memmove, &[destination, source, length]);
}

/// Pops length, byte and destination.
pub(super) fn fill(l: &mut Lowering<'_, '_, '_>, memory: u32) {
    let length = pop_extended(l);
    let byte = pop_extended(l);
    let destination = pop_extended(l);
    let length = l.checked_length(memory, destination, length);
    let destination = l.host_address(memory, destination);
    call(l, Symbol::Memset, &[destination, byte, length]);
}

/// Pops source and destination. All is loaded before anything is stored, so that the ranges
/// may overlap.
pub(super) fn copy_short(l: &mut Lowering<'_, '_, '_>, short: Short, to: Addr, from: Addr) {
    let length = u32::from(short.bytes);
    let (from, source) = l.pop_host_address(from, length);
    let (to, destination) = l.pop_host_address(to, length);
    let flags = l.regions.memory();
    let loaded: Vec<(i32, Value)> = pieces(length)
        .into_iter()
        .map(|(at, ty)| (at, l.builder.ins().load(ty, flags, from, source + at)))
        .collect();
    for (at, value) in loaded {
        l.builder.ins().store(flags, value, to, destination + at);
    }
}

/// Pops the destination.
pub(super) fn fill_short(l: &mut Lowering<'_, '_, '_>, short: Short, byte: u8, at: Addr) {
    let length = u32::from(short.bytes);
    let (to, destination) = l.pop_host_address(at, length);
    let flags = l.regions.memory();
    for (at, ty) in pieces(length) {
        let value = l.repeated(byte, ty);
        l.builder.ins().store(flags, value, to, destination + at);
    }
}

pub(super) fn drop(l: &mut Lowering<'_, '_, '_>, segment: u32) {
    let cell = l.symbol_address(Symbol::DataLength(segment));
    let zero = l.builder.ins().iconst(types::I64, 0);
    l.builder.ins().store(Regions::state(), zero, cell, 0);
}

/// Pops length, offset in the segment and destination.
pub(super) fn init(l: &mut Lowering<'_, '_, '_>, memory: u32, segment: u32) {
    let length = pop_extended(l);
    let source = pop_extended(l);
    let destination = pop_extended(l);
    let length = l.checked_length(memory, destination, length);
    let cell = l.symbol_address(Symbol::DataLength(segment));
    let flags = Regions::state();
    let available = l.builder.ins().load(types::I64, flags, cell, 0);
    let end = l.builder.ins().iadd(source, length);
    let over = IntCC::UnsignedGreaterThan;
    let outside = l.builder.ins().icmp(over, end, available);
    l.builder.ins().trapnz(outside, trap::MEMORY_OUT_OF_BOUNDS);
    let bytes = l.symbol_address(Symbol::Data(segment));
    let source = l.builder.ins().iadd(bytes, source);
    let (source, length) = l.guard_range(outside, source, length);
    let destination = l.host_address(memory, destination);
    call(l, Symbol::Memmove, &[destination, source, length]);
}

/// Pops an i32 and gives it as an i64.
pub(super) fn pop_extended(l: &mut Lowering<'_, '_, '_>) -> Value {
    let value = l.pop();
    l.builder.ins().uextend(types::I64, value)
}

/// Calls a function of C's on memory.
pub(super) fn call(l: &mut Lowering<'_, '_, '_>, symbol: Symbol, args: &[Value]) {
    let function = l.function_ref(symbol, Env::memory_function_signature);
    l.builder.ins().call(function, args);
}

impl Lowering<'_, '_, '_> {
    /// Traps unless `[start, start + length)` lies inside a memory; gives the length
    /// guarded. The start, 32 bits, needs no guard where nothing is moved.
    fn checked_length(&mut self, memory: u32, start: Value, length: Value) -> Value {
        let outside = self.check_range(memory, start, length);
        self.guard(outside, length)
    }

    /// A value of which every byte is `byte`.
    fn repeated(&mut self, byte: u8, ty: Type) -> Value {
        if ty == types::I8X16 {
            return self.vector_constant(ty, [byte; 16]);
        }
        let word = u64::from_le_bytes([byte; 8]) >> (64 - ty.bits());
        self.builder.ins().iconst(ty, word.cast_signed())
    }
}

/// Offsets and types of accesses that make up `length` bytes; the last one may
/// overlap the one before.
fn pieces(length: u32) -> Vec<(i32, Type)> {
    let widest = [types::I8X16, types::I64, types::I32, types::I16, types::I8];
    let ty = widest.into_iter().find(|ty| ty.bytes() <= length);
    let ty = ty.expect("BUG: no bytes to move");
    let last = length - ty.bytes();
    (0..last)
        .step_by(ty.bytes() as usize)
        .chain([last])
        .map(|at| (i32::try_from(at).expect("BUG: a short length"), ty))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_cover_every_byte_and_nothing_else() {
        for length in 1..=Short::MOST {
            let mut covered = vec![false; length as usize];
            for (at, ty) in pieces(length) {
                let start = usize::try_from(at).unwrap();
                covered[start..start + ty.bytes() as usize].fill(true);
            }
            assert!(covered.iter().all(|&covered| covered), "{length}");
        }
    }
}
