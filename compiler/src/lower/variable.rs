//! Locals and globals.
//!
//! The pinned register (r15 / x21) holds the global that Go's SP is. It is only
//! ever written by a zero extension from 32 bits, so its upper half is zero, and
//! an address formed from it stays inside the reserve whatever the module does.
//! All other globals are 8-byte cells.

use super::{Lowering, clif_type};
use crate::go::sp::SP_LOCAL;
use crate::symbol::Symbol;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, Value, types};
use wasmparser::Operator;

/// Bytes of a global's cell.
pub const CELL_SIZE: u32 = 8;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    match *operator {
        Operator::LocalGet { local_index } => {
            let value = l.builder.use_var(l.locals[local_index as usize]);
            if local_index == SP_LOCAL
                && let Some(sp_values) = &mut l.sp_values
            {
                sp_values.insert(value);
            }
            l.push(value);
        }
        Operator::LocalSet { local_index } => {
            let value = l.pop();
            l.builder.def_var(l.locals[local_index as usize], value);
        }
        Operator::LocalTee { local_index } => {
            let value = l.pop();
            l.builder.def_var(l.locals[local_index as usize], value);
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
    fn global_get(&mut self, index: u32) -> Value {
        if self.env.pinned_global == Some(index) {
            let register = self.builder.ins().get_pinned_reg(types::I64);
            return self.builder.ins().ireduce(types::I32, register);
        }
        let ty = clif_type(self.env.module.globals[index as usize].ty);
        let (cells, offset, flags) = self.global_cell(index);
        self.builder.ins().load(ty, flags, cells, offset)
    }

    fn global_set(&mut self, index: u32, value: Value) {
        if self.env.pinned_global == Some(index) {
            let register = self.builder.ins().uextend(types::I64, value);
            self.builder.ins().set_pinned_reg(register);
            return;
        }
        let (cells, offset, flags) = self.global_cell(index);
        self.builder.ins().store(flags, value, cells, offset);
    }

    fn global_cell(&mut self, index: u32) -> (Value, i32, MemFlagsData) {
        let offset = i32::try_from(index * CELL_SIZE).expect("BUG: over 2^28 globals");
        (
            self.symbol_address(Symbol::Globals),
            offset,
            self.regions.globals(),
        )
    }
}
