//! `return_call` and `return_call_indirect`.
//!
//! In the `tail` convention the callee removes its arguments from the stack, so a
//! function of the module leaves its frame to one with any arguments: no number of
//! tail calls needs more stack than the largest of their frames. The callee returns
//! to the caller's caller, and that is all a backtrace shows.
//!
//! An import is a C function of the shim, which can't take a frame of the module's
//! over: [`crate::ir::build`] makes a call and a return of it. It calls no function of the
//! module, so this, too, needs no more stack however often it happens.

use super::Lowering;
use super::call::Target;
use crate::ir::{Callee, Value};
use cranelift_codegen::ir::InstBuilder;

impl Lowering<'_, '_, '_> {
    /// Ends the current CLIF block with a tail call.
    pub(super) fn tail_call(&mut self, callee: Callee, operands: &[Value]) {
        let is_import = match callee {
            Callee::Function(index) => self.env.module.defined(index).is_none(),
            Callee::Os(_) => true,
            Callee::Element { .. } => false,
        };
        assert!(!is_import, "BUG: a tail call of an import");
        let operands = operands
            .iter()
            .map(|&operand| self.value(operand))
            .collect();
        match self.target(callee, operands) {
            Target::Direct(function, args) => self.builder.ins().return_call(function, &args),
            Target::Indirect(signature, code, args) => {
                let ins = self.builder.ins();
                ins.return_call_indirect(signature, code, &args)
            }
        };
    }
}
