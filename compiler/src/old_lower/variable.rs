//! Locals and globals.
//!
//! The global that Go's SP is lives in the pinned register ([`super::sp`]).
//! All others are cells of 8 bytes, or 16 for a v128, at [`crate::module::Global::cell`].

use super::{Lowering, clif_type};
use crate::symbol::Symbol;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    match *operator {
        Operator::LocalGet { local_index } => {
            let value = if l.is_sp_copy(local_index) {
                l.sp_get()
            } else {
                l.get(l.locals[local_index as usize])
            };
            l.push(value);
        }
        Operator::LocalSet { local_index } => {
            let value = l.pop();
            l.local_set(local_index, value);
        }
        Operator::LocalTee { local_index } => {
            let value = l.pop();
            l.local_set(local_index, value);
            l.push(value);
        }
        Operator::GlobalGet { global_index } => {
            let value = l.global_get(global_index);
            l.push(value);
        }
        Operator::GlobalSet { global_index } => {
            let value = l.pop();
            l.global_set(global_index, value);
        }
        _ => return false,
    }
    true
}

impl Lowering<'_, '_, '_> {
    fn local_set(&mut self, index: u32, value: Value) {
        // The copy is never read: the register is.
        if !self.is_sp_copy(index) {
            self.set(self.locals[index as usize], value);
        }
    }

    fn global_get(&mut self, index: u32) -> Value {
        if self.env.pinned_global == Some(index) {
            return self.sp_get();
        }
        let ty = clif_type(self.env.module.globals[index as usize].ty);
        let (cells, offset, flags) = self.global_cell(index);
        self.builder.ins().load(ty, flags, cells, offset)
    }

    fn global_set(&mut self, index: u32, value: Value) {
        if self.env.pinned_global == Some(index) {
            return self.sp_set(value);
        }
        let (cells, offset, flags) = self.global_cell(index);
        self.builder.ins().store(flags, value, cells, offset);
    }

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
