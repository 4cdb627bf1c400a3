//! The operand stack.
//!
//! Inside a block operands are SSA values. Between blocks they live in slot
//! variables, one per depth and type, which the SSA construction turns into
//! block parameters only where paths meet with different values. An operand that
//! a block got from its predecessor and never touched costs nothing.

use super::kept::Kept;
use super::{Lowering, clif_type};
use cranelift_codegen::ir::{self, Value};
use wasmparser::ValType;

/// One operand of the current block.
#[derive(Debug, Clone, Copy)]
pub(super) enum Operand {
    Value(Value),
    /// Still in the slot variable of its depth, as on entry to the block.
    Slot(ir::Type),
}

impl Lowering<'_, '_, '_> {
    pub(super) fn push(&mut self, value: Value) {
        self.stack.push(Operand::Value(value));
    }

    pub(super) fn pop(&mut self) -> Value {
        let operand = self
            .stack
            .pop()
            .expect("BUG: operand stack underflow in validated code");
        self.read(self.stack.len(), operand)
    }

    /// The two topmost operands, the deeper one first.
    pub(super) fn pop2(&mut self) -> (Value, Value) {
        let right = self.pop();
        (self.pop(), right)
    }

    /// The `count` topmost operands, deepest first.
    pub(super) fn pop_many(&mut self, count: usize) -> Vec<Value> {
        let mut values: Vec<Value> = (0..count).map(|_| self.pop()).collect();
        values.reverse();
        values
    }

    /// The stack of a block that is entered with operands of these types.
    pub(super) fn enter_stack(&mut self, types: &[ValType]) {
        self.stack.clear();
        self.stack
            .extend(types.iter().map(|&ty| Operand::Slot(clif_type(ty))));
    }

    /// The operand at `depth` from the bottom.
    pub(super) fn operand(&mut self, depth: usize) -> Value {
        self.read(depth, self.stack[depth])
    }

    /// Puts `value` into the slot variable of `depth`.
    pub(super) fn write_slot(&mut self, depth: usize, value: Value) {
        let ty = self.builder.func.dfg.value_type(value);
        let variable = self.slot(depth, ty);
        self.set(variable, value);
    }

    /// Puts all operands into their slots.
    pub(super) fn flush(&mut self) {
        for depth in 0..self.stack.len() {
            if let Operand::Value(value) = self.stack[depth] {
                self.write_slot(depth, value);
            }
        }
    }

    fn read(&mut self, depth: usize, operand: Operand) -> Value {
        match operand {
            Operand::Value(value) => value,
            Operand::Slot(ty) => {
                let variable = self.slot(depth, ty);
                self.get(variable)
            }
        }
    }

    fn slot(&mut self, depth: usize, ty: ir::Type) -> Kept {
        if let Some(&kept) = self.slots.get(&(depth, ty)) {
            return kept;
        }
        let kept = self.keep(ty);
        self.slots.insert((depth, ty), kept);
        kept
    }
}
