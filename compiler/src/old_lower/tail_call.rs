//! `return_call` and `return_call_indirect`.
//!
//! In the `tail` convention the callee removes its arguments from the stack, so a
//! function of the module leaves its frame to one with any arguments: no number of
//! tail calls needs more stack than the largest of their frames. The callee returns
//! to the caller's caller, and that is all a backtrace shows. The pinned register
//! has been written by then, as at the end of any block.
//!
//! An import is a C function of the shim, which can't take a frame of the module's
//! over: it is called and its results are returned. It calls no function of the
//! module, so this, too, needs no more stack however often it happens.

use super::Lowering;
use crate::flow::Callee;
use cranelift_codegen::ir::InstBuilder;

impl Lowering<'_, '_, '_> {
    /// Ends the current CLIF block with a tail call.
    pub(super) fn tail_call(&mut self, callee: Callee) {
        match callee {
            Callee::Function(index) => self.return_call(index),
            Callee::Element { type_index, table } => self.return_call_indirect(type_index, table),
        }
    }

    fn return_call(&mut self, index: u32) {
        let (function, args) = self.pop_direct(index);
        if self.env.module.defined(index).is_some() {
            self.builder.ins().return_call(function, &args);
        } else {
            let call = self.builder.ins().call(function, &args);
            let results = self.builder.inst_results(call).to_vec();
            self.builder.ins().return_(&results);
        }
    }

    fn return_call_indirect(&mut self, type_index: u32, table: u32) {
        let (signature, callee, args) = self.pop_indirect(type_index, table, false);
        self.builder
            .ins()
            .return_call_indirect(signature, callee, &args);
    }
}
