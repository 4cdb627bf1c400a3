//! Addresses in linear memory.
//!
//! !!! This file is the sandbox of generated code. A mistake here lets a guest
//! !!! read or write the process around it.
//!
//! Each memory begins at a fixed address, its base
//! ([`layout::memory_base`]; how code comes by it: [`super::memory_base`]), and
//! everything from 64 KiB below that to
//! [`layout::MEMORY_RESERVE`] above is either this memory or PROT_NONE: the reserves
//! of two memories don't overlap ([`layout::MEMORY_STRIDE`]). So what holds of one
//! memory holds of each, and an access by one's base never reaches another. Which
//! memory an operator names is validated to be one of the module's, and the shim
//! reserves all of those. An address is formed in one of three ways:
//!
//! - *unchecked*: `base + zext64(index) + offset` with `offset` at most
//!   [`layout::MAX_UNCHECKED_OFFSET`]. The index is a zero extension of an
//!   i32 value, made in [`Lowering::linear`], so the sum is below
//!   `base + 2^32 + MAX_UNCHECKED_OFFSET` and a wide access past it, or a
//!   short copy's last piece ([`super::bulk`]), still ends inside the reserve. Where the
//!   index is a value of SP as an i32 ([`Op::SpLow`]) and a value of SP is an address, that
//!   address is `base + zext64(index)` already ([`super::sp`]);
//! - *from a value of SP* ([`Addr::Frame`]): `base + zext64(SP) + slot` with a slot from
//!   -[`layout::GUARD_BELOW`], which the guard below memory absorbs, to
//!   [`layout::MAX_UNCHECKED_OFFSET`]; where the specification would wrap around 2^32, this
//!   traps instead. On aarch64 the first two terms are the value of SP itself
//!   ([`super::sp`]);
//! - *checked*: any other offset. The end of the access, computed in 64 bits
//!   where it can't wrap, is compared with the memory's current size first, and the
//!   index guarded ([`super::spectre`]).
//!
//! Base and index are added before the displacement, so that the first memory's base
//! becomes part of an instruction's displacement on x86-64, where it is low enough, and
//! base and index one operand on aarch64.

use super::Lowering;
use crate::ir::{Addr, Op};
use crate::symbol::Symbol;
use crate::trap;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{
    self, AliasRegion, AliasRegionData, InstBuilder, MemFlagsData, Value, types,
};
use wasi_aot_contract::layout;

/// Kinds of memory that can't alias one another, for Cranelift's alias analysis.
/// The module's memories are one kind: few modules have several.
pub(super) struct Regions {
    memory: AliasRegion,
    globals: AliasRegion,
    runtime: AliasRegion,
}

impl Regions {
    pub(super) fn new(function: &mut ir::Function) -> Self {
        let mut region = |user_id, description: &'static str| {
            function.dfg.alias_regions.insert(AliasRegionData {
                user_id,
                description: description.into(),
            })
        };
        Self {
            memory: region(0, "linear memory"),
            globals: region(1, "globals"),
            runtime: region(2, "memory size"),
        }
    }

    /// Flags of an access to linear memory: it may trap, and may be misaligned.
    pub(super) fn memory(&self) -> MemFlagsData {
        MemFlagsData::new()
            .with_endianness(ir::Endianness::Little)
            .with_alias_region(Some(self.memory))
    }

    /// Flags of an access to a global's cell.
    pub(super) fn globals(&self) -> MemFlagsData {
        MemFlagsData::trusted().with_alias_region(Some(self.globals))
    }

    /// Flags of reading a memory's size, which only the shim writes.
    fn runtime(&self) -> MemFlagsData {
        MemFlagsData::trusted().with_alias_region(Some(self.runtime))
    }

    /// Flags of an access to what tables and segments are at the moment: in no
    /// region, and nothing else that is written is in none.
    pub(super) fn state() -> MemFlagsData {
        MemFlagsData::trusted()
    }

    /// Flags of reading a typed table, which nothing writes.
    pub(super) fn table() -> MemFlagsData {
        MemFlagsData::trusted().with_readonly()
    }
}

impl Lowering<'_, '_, '_> {
    /// Pops a base and gives host address and displacement of an access of `size` bytes.
    pub(super) fn pop_host_address(&mut self, at: Addr, size: u32) -> (Value, i32) {
        let same = self.last_operand();
        let base = self.pop();
        match at {
            Addr::Linear { memory: 0, offset }
                if u64::from(offset) <= layout::MAX_UNCHECKED_OFFSET
                    && let Some(address) = self.address_of_sp(same) =>
            {
                (address, unchecked(offset))
            }
            Addr::Linear { memory, offset } => self.linear(u32::from(memory), base, offset, size),
            Addr::Frame { slot } => (self.frame(base, slot), slot),
        }
    }

    /// The host address in memory 0 of an index that is a value of SP as an i32, where that
    /// value of SP is the address.
    fn address_of_sp(&self, index: crate::ir::Value) -> Option<Value> {
        let low = self.func.def(index)?;
        let is_address = low.op == Op::SpLow && self.env.sp_is_address();
        is_address.then(|| self.value(low.args[0]))
    }

    /// Of an access at an index, an i32, plus an offset.
    fn linear(&mut self, memory: u32, index: Value, offset: u32, size: u32) -> (Value, i32) {
        let index = self.builder.ins().uextend(types::I64, index);
        if u64::from(offset) <= layout::MAX_UNCHECKED_OFFSET {
            return (self.host_address(memory, index), unchecked(offset));
        }
        // Offsets of a 32-bit memory are below 2^32: no sum here can wrap.
        let start = self.builder.ins().iadd_imm_u(index, i64::from(offset));
        let length = self.builder.ins().iconst(types::I64, i64::from(size));
        let outside = self.check_range(memory, start, length);
        let index = self.guard(outside, start);
        (self.host_address(memory, index), 0)
    }

    /// What the slot of an access off a value of SP is added to.
    fn frame(&mut self, sp: Value, slot: i32) -> Value {
        let least = -layout::GUARD_BELOW.cast_signed();
        let most = layout::MAX_UNCHECKED_OFFSET.cast_signed();
        let inside = (least..=most).contains(&i64::from(slot));
        assert!(inside, "BUG: a slot outside of memory's reserve: {slot}");
        if self.env.sp_is_address() {
            sp
        } else {
            self.host_address(0, sp)
        }
    }

    /// The host address of a 64-bit index into a memory that is known to be below
    /// 2^32, or checked.
    pub(super) fn host_address(&mut self, memory: u32, index: Value) -> Value {
        let base = self.memory_base(memory);
        self.builder.ins().iadd(index, base)
    }

    /// Traps unless `[start, start + length)` lies inside a memory. Both are 64-bit
    /// values below 2^33. Gives the comparison: what is used of the two is to be
    /// guarded by it ([`Self::guard`]).
    #[must_use]
    pub(super) fn check_range(&mut self, memory: u32, start: Value, length: Value) -> Value {
        let end = self.builder.ins().iadd(start, length);
        let bytes = self.memory_bytes(memory);
        let outside = self
            .builder
            .ins()
            .icmp(IntCC::UnsignedGreaterThan, end, bytes);
        self.builder
            .ins()
            .trapnz(outside, trap::MEMORY_OUT_OF_BOUNDS);
        outside
    }

    /// The host addresses of the ranges of `length` bytes, a 64-bit value, from
    /// each of the indices `starts`, i32 values, in memory 0, and that length, guarded.
    /// Branches to `outside`, before any access, unless all of them lie inside it.
    pub(super) fn host_ranges<const N: usize>(
        &mut self,
        starts: [Value; N],
        length: Value,
        outside: ir::Block,
    ) -> ([Value; N], Value) {
        let bytes = self.memory_bytes(0);
        let over = IntCC::UnsignedGreaterThan;
        let too_long = self.builder.ins().icmp(over, length, bytes);
        self.leave_if(too_long, outside);
        let mut length = self.guard(too_long, length);
        // From here on this can't wrap.
        let last = self.builder.ins().isub(bytes, length);
        let addresses = starts.map(|start| {
            let start = self.builder.ins().uextend(types::I64, start);
            let too_far = self.builder.ins().icmp(over, start, last);
            self.leave_if(too_far, outside);
            length = self.guard(too_far, length);
            self.host_address(0, start)
        });
        (addresses, length)
    }

    /// Branches to `target` if `condition` holds, and else goes on.
    pub(super) fn leave_if(&mut self, condition: Value, target: ir::Block) {
        let next = self.builder.create_block();
        self.builder.ins().brif(condition, target, &[], next, &[]);
        self.builder.switch_to_block(next);
    }

    /// The current size of a memory in bytes, an i64.
    fn memory_bytes(&mut self, memory: u32) -> Value {
        let pages = self.memory_pages(memory);
        let pages = self.builder.ins().uextend(types::I64, pages);
        self.builder
            .ins()
            .ishl_imm_u(pages, i64::from(layout::WASM_PAGE_SIZE.trailing_zeros()))
    }

    /// The current size of a memory in pages, an i32.
    pub(super) fn memory_pages(&mut self, memory: u32) -> Value {
        let sizes = self.symbol_address(Symbol::MemoryPages);
        let flags = self.regions.runtime();
        let at =
            i32::try_from(4 * memory).expect("BUG: more memories than the parser lets through");
        self.builder.ins().load(types::I32, flags, sizes, at)
    }
}

/// The displacement of an access with an offset that needs no check.
fn unchecked(offset: u32) -> i32 {
    i32::try_from(offset).expect("BUG: an unchecked offset over 31 bits")
}
