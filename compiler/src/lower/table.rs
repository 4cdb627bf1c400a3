//! Tables: `table.get`, `set`, `size`, `grow`, `fill`, `copy`, `init` and
//! `elem.drop`.
//!
//! !!! A missing bounds check here lets a guest write references over the process,
//! !!! or read something else as one and jump to it.
//!
//! A table's cells are an array of references ([`super::reference`]) at a
//! link-time address, as long as the table may ever be; what is behind its current
//! size is never read. The size is a constant unless some operator grows the table.
//! Ranges are compared in 64 bits, where nothing wraps, before anything is written
//! (core specification, "Table Instructions"). With `--spectre on` each comparison guards
//! the addresses and counts that depend on it ([`super::spectre`]).

use super::address::Regions;
use super::bulk::{call, pop_extended};
use super::{Lowering, REFERENCE_SIZE};
use crate::symbol::Symbol;
use crate::trap;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{InstBuilder, TrapCode, Value, types};

/// Pops the index.
pub(super) fn get(l: &mut Lowering<'_, '_, '_>, table: u32) {
    let index = pop_extended(l);
    let element = l.table_element(table, index, trap::TABLE_ACCESS_OUT_OF_BOUNDS);
    l.push(element);
}

/// Pops the reference and the index.
pub(super) fn set(l: &mut Lowering<'_, '_, '_>, table: u32) {
    let reference = l.pop();
    let index = pop_extended(l);
    let cell = l.checked_cell(table, index, trap::TABLE_ACCESS_OUT_OF_BOUNDS);
    l.builder.ins().store(Regions::state(), reference, cell, 0);
}

pub(super) fn size(l: &mut Lowering<'_, '_, '_>, table: u32) {
    let size = l.table_size(table);
    let size = l.builder.ins().ireduce(types::I32, size);
    l.push(size);
}

pub(super) fn drop(l: &mut Lowering<'_, '_, '_>, segment: u32) {
    let length = l.symbol_address(Symbol::ElementsLength(segment));
    let zero = l.builder.ins().iconst(types::I64, 0);
    l.builder.ins().store(Regions::state(), zero, length, 0);
}

impl Lowering<'_, '_, '_> {
    /// The reference at a 64-bit index; traps with `code` where the table ends
    /// before.
    pub(super) fn table_element(&mut self, table: u32, index: Value, code: TrapCode) -> Value {
        let cell = self.checked_cell(table, index, code);
        self.builder
            .ins()
            .load(types::I64, Regions::state(), cell, 0)
    }

    fn checked_cell(&mut self, table: u32, index: Value, code: TrapCode) -> Value {
        let size = self.table_size(table);
        let outside = IntCC::UnsignedGreaterThanOrEqual;
        let outside = self.builder.ins().icmp(outside, index, size);
        self.builder.ins().trapnz(outside, code);
        let cell = self.cell(Symbol::TableCells(table), index);
        self.guard(outside, cell)
    }

    /// The address of a reference in an array, by its 64-bit index.
    fn cell(&mut self, array: Symbol, index: Value) -> Value {
        let array = self.symbol_address(array);
        let offset = self.bytes(index);
        self.builder.ins().iadd(array, offset)
    }

    /// The bytes of this many references.
    fn bytes(&mut self, count: Value) -> Value {
        let shift = i64::from(REFERENCE_SIZE.trailing_zeros());
        self.builder.ins().ishl_imm_u(count, shift)
    }

    /// The current size, an i64.
    fn table_size(&mut self, index: u32) -> Value {
        let table = &self.env.module.tables[index as usize];
        if !table.grown {
            let size = i64::from(table.initial);
            return self.builder.ins().iconst(types::I64, size);
        }
        let cell = self.symbol_address(Symbol::TableSize(index));
        self.builder.ins().uload32(Regions::state(), cell, 0)
    }

    /// Traps unless `count` elements from `start` on are among the first `size`;
    /// start and count are below 2^32. Gives the comparison, by which what is used of
    /// the two is to be guarded.
    #[must_use]
    fn check_elements(&mut self, start: Value, count: Value, size: Value) -> Value {
        let end = self.builder.ins().iadd(start, count);
        let outside = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, end, size);
        self.builder
            .ins()
            .trapnz(outside, trap::TABLE_ACCESS_OUT_OF_BOUNDS);
        outside
    }

    /// Pops count and reference; pushes the size before, or -1 if the table can't
    /// have that many more.
    pub(super) fn table_grow(&mut self, table: u32) {
        let count = pop_extended(self);
        let reference = self.pop();
        let before = self.table_size(table);
        let after = self.builder.ins().iadd(before, count);
        let capacity = i64::from(self.env.module.tables[table as usize].room);
        let over = IntCC::UnsignedGreaterThan;
        let too_large = self.builder.ins().icmp_imm_u(over, after, capacity);
        let failed = i64::from(u32::MAX);
        let failed = self.builder.ins().iconst(types::I32, failed);
        let done = self.builder.create_block();
        let result = self.builder.append_block_param(done, types::I32);
        let fits = self.builder.create_block();
        let branch = self.builder.ins();
        branch.brif(too_large, done, &[failed.into()], fits, &[]);
        self.builder.switch_to_block(fits);
        let count = self.guard(too_large, count);
        self.fill_cells(table, before, count, reference);
        // Later comparisons are with this one.
        let after = self.guard(too_large, after);
        let size = self.symbol_address(Symbol::TableSize(table));
        self.builder
            .ins()
            .istore32(Regions::state(), after, size, 0);
        let before = self.builder.ins().ireduce(types::I32, before);
        self.builder.ins().jump(done, &[before.into()]);
        self.builder.switch_to_block(done);
        self.push(result);
    }

    /// Pops count, reference and the first index.
    pub(super) fn table_fill(&mut self, table: u32) {
        let count = pop_extended(self);
        let reference = self.pop();
        let start = pop_extended(self);
        let size = self.table_size(table);
        let outside = self.check_elements(start, count, size);
        let count = self.guard(outside, count);
        self.fill_cells(table, start, count, reference);
    }

    /// Puts `reference` into `count` cells from index `start` on, which are there. The
    /// loop's own comparison is guarded, since what it stores behind the last cell could
    /// be loaded as a reference of the next table.
    fn fill_cells(&mut self, table: u32, start: Value, count: Value, reference: Value) {
        let first = self.cell(Symbol::TableCells(table), start);
        let bytes = self.bytes(count);
        let end = self.builder.ins().iadd(first, bytes);
        let head = self.builder.create_block();
        let at = self.builder.append_block_param(head, types::I64);
        let (body, done) = (self.builder.create_block(), self.builder.create_block());
        self.builder.ins().jump(head, &[first.into()]);
        self.builder.switch_to_block(head);
        let more = self.builder.ins().icmp(IntCC::UnsignedLessThan, at, end);
        self.builder.ins().brif(more, body, &[], done, &[]);
        self.builder.switch_to_block(body);
        let cell = self.guard_unless(more, at);
        self.builder
            .ins()
            .store(Regions::state(), reference, cell, 0);
        let size = i64::from(REFERENCE_SIZE);
        let next = self.builder.ins().iadd_imm_u(at, size);
        self.builder.ins().jump(head, &[next.into()]);
        self.builder.switch_to_block(done);
    }

    /// Pops count, index in the source and in the destination.
    pub(super) fn table_copy(&mut self, to: u32, from: u32) {
        let (count, source, destination) = self.pop_ranges();
        let size = self.table_size(to);
        let over_to = self.check_elements(destination, count, size);
        let size = self.table_size(from);
        let over_from = self.check_elements(source, count, size);
        let source = self.cell(Symbol::TableCells(from), source);
        let (source, count) = self.guard_range(over_from, source, count);
        self.move_cells(to, over_to, destination, source, count);
    }

    /// Pops count, index in the segment and in the table.
    pub(super) fn table_init(&mut self, table: u32, segment: u32) {
        let (count, source, destination) = self.pop_ranges();
        let size = self.table_size(table);
        let over_to = self.check_elements(destination, count, size);
        let length = self.symbol_address(Symbol::ElementsLength(segment));
        let length = self
            .builder
            .ins()
            .load(types::I64, Regions::state(), length, 0);
        let over_from = self.check_elements(source, count, length);
        let source = self.cell(Symbol::Elements(segment), source);
        let (source, count) = self.guard_range(over_from, source, count);
        self.move_cells(table, over_to, destination, source, count);
    }

    fn pop_ranges(&mut self) -> (Value, Value, Value) {
        let count = pop_extended(self);
        let source = pop_extended(self);
        (count, source, pop_extended(self))
    }

    /// Copies `count` references from the address `source` to an index, which was compared
    /// with the size by `outside`.
    fn move_cells(&mut self, to: u32, outside: Value, index: Value, source: Value, count: Value) {
        let destination = self.cell(Symbol::TableCells(to), index);
        let (destination, count) = self.guard_range(outside, destination, count);
        let bytes = self.bytes(count);
        call(self, Symbol::Memmove, &[destination, source, bytes]);
    }
}
