//! Variables, in functions that have kept them.
//!
//! As values they would be registers and block parameters. That costs more than it is worth
//! where there are very many in very many blocks ([`crate::weight`]): then each has a place in
//! the frame, is stored and loaded, and nothing has to be known of it from block to block.

use super::{Lowering, clif_type, simd};
use crate::ir::{BlockId, Op, Type, Variable};
use cranelift_codegen::ir::{self, InstBuilder, StackSlot, StackSlotData, StackSlotKind};

/// Reads a variable.
pub(super) fn get(l: &mut Lowering<'_, '_, '_>, variable: Variable) {
    let (slot, ty) = l.variable(variable);
    let value = l.builder.ins().stack_load(ir::types::I64, ty, slot, 0);
    l.push(value);
}

/// Pops the variable's new value.
pub(super) fn set(l: &mut Lowering<'_, '_, '_>, variable: Variable) {
    let value = l.pop();
    let (slot, _) = l.variable(variable);
    l.builder.ins().stack_store(ir::types::I64, value, slot, 0);
}

impl Lowering<'_, '_, '_> {
    fn variable(&self, variable: Variable) -> (StackSlot, ir::Type) {
        let slot = self.variables[variable.index()].expand();
        let slot = slot.expect("BUG: a variable without a place");
        (slot, clif_type(self.func.variables[variable.index()]))
    }

    /// Makes a place for each variable that an instruction names, with its first value; the
    /// builder is in the entry.
    pub(super) fn start_variables(&mut self, order: &[BlockId]) {
        let func = self.func;
        let blocks = order.iter().map(|&block| func.block(block));
        let insts = blocks.flat_map(|block| &block.insts);
        for &inst in insts {
            if let Op::Get(variable) | Op::Set(variable) = func.inst(inst).op {
                if self.variables.is_empty() {
                    self.variables = vec![None.into(); func.variables.len()];
                }
                if self.variables[variable.index()].is_none() {
                    self.start_variable(variable);
                }
            }
        }
    }

    fn start_variable(&mut self, variable: Variable) {
        let ty = self.func.variables[variable.index()];
        let bytes = clif_type(ty).bytes();
        let shift = bytes.trailing_zeros() as u8;
        let data = StackSlotData::new(StackSlotKind::ExplicitSlot, bytes, shift);
        let slot = self.builder.create_sized_stack_slot(data);
        self.variables[variable.index()] = slot.into();
        let value = match self.func.initial(variable) {
            Some(param) => self.value(param),
            None => self.zero(ty),
        };
        self.builder
            .ins()
            .stack_store(ir::types::I64, value, slot, 0);
    }

    fn zero(&mut self, ty: Type) -> ir::Value {
        match ty {
            Type::F32 => self.builder.ins().f32const(0.0),
            Type::F64 => self.builder.ins().f64const(0.0),
            Type::V128 => self.vector_constant(simd::VECTOR, [0; 16]),
            // Zero would be an address outside of memory ([`super::sp`]).
            Type::Sp => panic!("BUG: SP begins with a parameter"),
            Type::I32 | Type::I64 | Type::Ref => self.builder.ins().iconst(clif_type(ty), 0),
        }
    }
}
