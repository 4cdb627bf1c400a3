//! Where a function's variables are kept: its locals, and the operands that cross blocks.
//!
//! As variables of the SSA construction they become registers and block parameters. That
//! costs more than it is worth where there are very many in very many blocks
//! ([`crate::weight`]): then each has a place in the frame, is stored and loaded, and
//! nothing has to be known of it from block to block.

use super::{Lowering, clif_type};
use cranelift_codegen::ir::{self, InstBuilder, StackSlotData, StackSlotKind, Value};
use cranelift_frontend::Variable;
use wasmparser::Operator;

/// How all variables of a function are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Variables {
    Ssa,
    InMemory,
}

/// One variable.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kept {
    Variable(Variable),
    Memory(ir::StackSlot, ir::Type),
    /// A local that no operator names.
    Nowhere,
}

impl Lowering<'_, '_, '_> {
    /// Makes the locals, parameters first, with their first values; the builder is in the
    /// entry.
    pub(super) fn start_locals(&mut self, params: &[Value]) {
        let named = self.named_locals();
        for (i, &ty) in self.graph.locals.iter().enumerate() {
            if named.as_ref().is_some_and(|named| !named[i]) {
                self.locals.push(Kept::Nowhere);
                continue;
            }
            let kept = self.keep(clif_type(ty));
            let value = match params.get(i) {
                Some(&param) => param,
                None => self.zero(ty),
            };
            self.set(kept, value);
            self.locals.push(kept);
        }
    }

    /// The locals that operators name, where only those are made.
    fn named_locals(&self) -> Option<Vec<bool>> {
        if self.variables == Variables::Ssa {
            return None;
        }
        let mut named = vec![false; self.graph.locals.len()];
        for (operator, _) in &self.graph.operators {
            if let Operator::LocalGet { local_index }
            | Operator::LocalSet { local_index }
            | Operator::LocalTee { local_index } = *operator
            {
                named[local_index as usize] = true;
            }
        }
        Some(named)
    }

    /// A new variable.
    pub(super) fn keep(&mut self, ty: ir::Type) -> Kept {
        match self.variables {
            Variables::Ssa => Kept::Variable(self.builder.declare_var(ty)),
            Variables::InMemory => {
                let shift = ty.bytes().trailing_zeros() as u8;
                let data = StackSlotData::new(StackSlotKind::ExplicitSlot, ty.bytes(), shift);
                Kept::Memory(self.builder.create_sized_stack_slot(data), ty)
            }
        }
    }

    pub(super) fn get(&mut self, kept: Kept) -> Value {
        match kept {
            Kept::Variable(variable) => self.builder.use_var(variable),
            Kept::Memory(slot, ty) => self.builder.ins().stack_load(ir::types::I64, ty, slot, 0),
            Kept::Nowhere => panic!("BUG: a local that no operator names is read"),
        }
    }

    pub(super) fn set(&mut self, kept: Kept, value: Value) {
        match kept {
            Kept::Variable(variable) => self.builder.def_var(variable, value),
            Kept::Memory(slot, _) => {
                self.builder
                    .ins()
                    .stack_store(ir::types::I64, value, slot, 0);
            }
            Kept::Nowhere => panic!("BUG: a local that no operator names is written"),
        }
    }
}
