//! How generated code comes by the base of a memory.
//!
//! On x86-64 that of memory 0 is a constant, which becomes part of displacements. On
//! aarch64 it has to be in a register, and the optimiser would make a constant again in
//! every block, also of a loop. So it is computed where there is a value of SP: it is the
//! value's upper half ([`super::sp`]), one instruction, which the optimiser moves out of loops
//! like any other. It is computed at the function's begin and again after each call, of the SP
//! that the call returns: to keep it over a call costs a callee-saved register and with it two
//! accesses to the native stack. The bases of other memories are constants everywhere.

use super::{Env, Lowering};
use crate::ir::{BlockId, Type};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use wasi_aot_contract::layout;
use wasi_aot_contract::target::Arch;

impl Env<'_, '_> {
    /// Whether a value of SP is the host address that SP stands for, and not SP itself.
    #[must_use]
    pub fn sp_is_address(&self) -> bool {
        self.target.arch() == Arch::Aarch64
    }
}

impl Lowering<'_, '_, '_> {
    /// The host address of byte 0 of a memory.
    pub(super) fn memory_base(&mut self, memory: u32) -> Value {
        match self.base {
            Some(base) if memory == 0 => self.builder.use_var(base),
            _ => {
                let base = layout::memory_base(self.env.target, memory);
                self.builder.ins().iconst(types::I64, base.cast_signed())
            }
        }
    }

    /// At the function's begin.
    pub(super) fn start_memory_base(&mut self) {
        if !self.env.sp_is_address() {
            return;
        }
        let params = &self.func.block(BlockId::ENTRY).params;
        if let Some(&sp) = params.last().filter(|&&sp| self.func.ty(sp) == Type::Sp) {
            self.base = Some(self.builder.declare_var(types::I64));
            let sp = self.value(sp);
            self.find_memory_base(sp);
        }
    }

    /// From now on the base is computed of this value of SP, which a call has returned.
    pub(super) fn find_memory_base(&mut self, sp: Value) {
        if let Some(base) = self.base {
            // Not by a mask: the optimiser repeats operations with a constant in each block,
            // also of a loop.
            let low = self.builder.ins().ireduce(types::I32, sp);
            let low = self.builder.ins().uextend(types::I64, low);
            let upper = self.builder.ins().isub(sp, low);
            self.builder.def_var(base, upper);
        }
    }
}
