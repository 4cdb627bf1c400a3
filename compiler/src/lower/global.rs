//! Globals: cells of 8 bytes, or 16 for a v128, at [`crate::module::Global::cell`]. The
//! global that Go's SP is has none: it is a value that functions pass on ([`super::sp`]).

use super::{Lowering, clif_type};
use crate::symbol::Symbol;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value};

pub(super) fn get(l: &mut Lowering<'_, '_, '_>, index: u32) {
    let ty = clif_type(l.env.module.globals[index as usize].ty.into());
    let (cells, offset, flags) = l.global_cell(index);
    let value = l.builder.ins().load(ty, flags, cells, offset);
    l.push(value);
}

/// Pops the new value.
pub(super) fn set(l: &mut Lowering<'_, '_, '_>, index: u32) {
    let value = l.pop();
    let (cells, offset, flags) = l.global_cell(index);
    l.builder.ins().store(flags, value, cells, offset);
}

impl Lowering<'_, '_, '_> {
    fn global_cell(&mut self, index: u32) -> (Value, i32, MemFlagsData) {
        let cell = self.env.module.globals[index as usize].cell;
        let offset = i32::try_from(cell).expect("BUG: globals over 2^31 bytes");
        (
            self.symbol_address(Symbol::Globals),
            offset,
            self.regions.globals(),
        )
    }
}
