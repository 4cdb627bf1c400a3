//! Bulk memory: `memory.copy`, `memory.fill`, `memory.init` and `data.drop`.
//!
//! They trap before they write anything when a range is out of bounds (core
//! specification, "Memory Instructions"), so the checks stand before the call.
//! Short constant lengths, which are how Go moves and clears structures, are loads
//! and stores instead: an access that misses memory faults like any other. Nobody sees
//! what was written before the fault, since a trap ends the process.
//!
//! A passive segment's bytes are read-only. `data.drop` stores 0 in the cell of the segment's
//! length, and nothing else of a segment is ever written.

use super::address::Regions;
use super::operands::Operand;
use super::{Env, Lowering};
use crate::symbol::Symbol;
use crate::trap;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use wasmparser::Operator;

/// Bytes up to which copying keeps all of them in vector registers.
const SHORT: u32 = 128;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    match operator {
        Operator::MemoryCopy { dst_mem, src_mem } => l.memory_copy(*dst_mem, *src_mem),
        Operator::MemoryFill { mem } => l.memory_fill(*mem),
        Operator::MemoryInit { data_index, mem } => l.memory_init(*mem, *data_index),
        Operator::DataDrop { data_index } => {
            let cell = l.symbol_address(Symbol::DataLength(*data_index));
            let zero = l.builder.ins().iconst(types::I64, 0);
            l.builder.ins().store(Regions::state(), zero, cell, 0);
        }
        _ => return false,
    }
    true
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
    l.read_pinned();
    l.known.clear();
}

impl Lowering<'_, '_, '_> {
    /// Traps unless `[start, start + length)` lies inside a memory; gives the length
    /// guarded. The start, 32 bits, needs no guard where nothing is moved.
    fn checked_length(&mut self, memory: u32, start: Value, length: Value) -> Value {
        let outside = self.check_range(memory, start, length);
        self.guard(outside, length)
    }

    /// The length on top of the stack, if it is a short constant.
    fn short_length(&self) -> Option<u32> {
        let length = u32::try_from(self.constant_below(0)?).ok()?;
        (self.env.idioms && (1..=SHORT).contains(&length)).then_some(length)
    }

    /// The constant that is this many operands below the top of the stack.
    fn constant_below(&self, depth: usize) -> Option<i64> {
        match self.stack[self.stack.len() - 1 - depth] {
            Operand::Value(value) => self.constant(value),
            Operand::Slot(_) => None,
        }
    }

    /// Pops length, source and destination.
    fn memory_copy(&mut self, to: u32, from: u32) {
        if let Some(length) = self.short_length() {
            return self.copy_short(to, from, length);
        }
        let length = pop_extended(self);
        let source = pop_extended(self);
        let destination = pop_extended(self);
        let length = self.checked_length(to, destination, length);
        let length = self.checked_length(from, source, length);
        let source = self.host_address(from, source);
        let destination = self.host_address(to, destination);
        call(self, Symbol::Memmove, &[destination, source, length]);
    }

    /// Pops length, byte and destination.
    fn memory_fill(&mut self, memory: u32) {
        if let Some(length) = self.short_length()
            && let Some(byte) = self.constant_below(1)
        {
            return self.fill_short(memory, byte.to_le_bytes()[0], length);
        }
        let length = pop_extended(self);
        let byte = pop_extended(self);
        let destination = pop_extended(self);
        let length = self.checked_length(memory, destination, length);
        let destination = self.host_address(memory, destination);
        call(self, Symbol::Memset, &[destination, byte, length]);
    }

    /// Pops length, source and destination. All is loaded before anything is
    /// stored, so that the ranges may overlap.
    fn copy_short(&mut self, to: u32, from: u32, length: u32) {
        self.pop();
        let source = self.pop_address(from, 0, length);
        let destination = self.pop_address(to, 0, length);
        let flags = self.regions.memory();
        let from = self.host_address_of(source);
        let loaded: Vec<(i32, Value)> = pieces(length)
            .into_iter()
            .map(|(at, ty)| {
                let displacement = source.displacement + at;
                let value = self.builder.ins().load(ty, flags, from, displacement);
                (at, value)
            })
            .collect();
        let to = self.host_address_of(destination);
        for (at, value) in loaded {
            let displacement = destination.displacement + at;
            self.builder.ins().store(flags, value, to, displacement);
        }
        self.known.clear();
    }

    /// Pops length, byte and destination.
    fn fill_short(&mut self, memory: u32, byte: u8, length: u32) {
        self.pop();
        self.pop();
        let destination = self.pop_address(memory, 0, length);
        let flags = self.regions.memory();
        let to = self.host_address_of(destination);
        for (at, ty) in pieces(length) {
            let value = self.repeated(byte, ty);
            let displacement = destination.displacement + at;
            self.builder.ins().store(flags, value, to, displacement);
        }
        self.known.clear();
    }

    /// Pops length, offset in the segment and destination.
    fn memory_init(&mut self, memory: u32, segment: u32) {
        let length = pop_extended(self);
        let source = pop_extended(self);
        let destination = pop_extended(self);
        let length = self.checked_length(memory, destination, length);
        let cell = self.symbol_address(Symbol::DataLength(segment));
        let available = self
            .builder
            .ins()
            .load(types::I64, Regions::state(), cell, 0);
        let end = self.builder.ins().iadd(source, length);
        let over = IntCC::UnsignedGreaterThan;
        let outside = self.builder.ins().icmp(over, end, available);
        self.builder
            .ins()
            .trapnz(outside, trap::MEMORY_OUT_OF_BOUNDS);
        let bytes = self.symbol_address(Symbol::Data(segment));
        let source = self.builder.ins().iadd(bytes, source);
        let (source, length) = self.guard_range(outside, source, length);
        let destination = self.host_address(memory, destination);
        call(self, Symbol::Memmove, &[destination, source, length]);
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
        for length in 1..=SHORT {
            let mut covered = vec![false; length as usize];
            for (at, ty) in pieces(length) {
                let start = usize::try_from(at).unwrap();
                covered[start..start + ty.bytes() as usize].fill(true);
            }
            assert!(covered.iter().all(|&covered| covered), "{length}");
        }
    }
}
