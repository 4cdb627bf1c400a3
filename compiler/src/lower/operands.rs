//! Operands and results of the instruction being lowered.
//!
//! Families see the operands as wasm's operand stack: the last is popped first. They push
//! results, the first first.

use super::Lowering;
use crate::ir;
use cranelift_codegen::ir::Value;

impl Lowering<'_, '_, '_> {
    /// Adds a result.
    pub(super) fn push(&mut self, value: Value) {
        self.results.push(value);
    }

    /// The last operand that is left, as the IR names the operand.
    pub(super) fn last_operand(&self) -> ir::Value {
        let place = self.operands.len().checked_sub(1);
        self.args[place.expect("BUG: an instruction without its operands")]
    }

    /// The last operand that is left.
    pub(super) fn pop(&mut self) -> Value {
        let operand = self.operands.pop();
        operand.expect("BUG: an instruction without its operands")
    }

    /// The last two, the first of them first.
    pub(super) fn pop2(&mut self) -> (Value, Value) {
        let right = self.pop();
        (self.pop(), right)
    }

    /// All that are left.
    pub(super) fn pop_all(&mut self) -> Vec<Value> {
        std::mem::take(&mut self.operands)
    }
}
