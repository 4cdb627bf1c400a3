//! How generated code comes by the base of a memory.
//!
//! On x86-64 that of memory 0 is a constant, which becomes part of displacements. On
//! aarch64 it has to be in a register, and the optimiser would make a constant again in
//! every block, also of a loop. So it is computed: it is the pinned register without its
//! lower half ([`super::sp`]), one instruction, which the optimiser moves out of loops
//! like any other. It is computed again after each call, since to keep it over a call
//! costs a callee-saved register and with it two accesses to the native stack; the same
//! goes for the copy of the pinned register that it is computed from, which is SP's. The
//! bases of other memories are constants everywhere.

use super::{Env, Lowering};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use wasi_aot_contract::layout;
use wasi_aot_contract::target::Arch;

impl Env<'_, '_> {
    /// Whether the pinned register holds the host address that Go's SP stands for, and
    /// not SP itself. Where no global lives there, it then holds memory 0's base.
    #[must_use]
    pub fn pins_address(&self) -> bool {
        self.target.arch() == Arch::Aarch64
    }
}

impl Lowering<'_, '_, '_> {
    /// The host address of byte 0 of a memory.
    pub(super) fn memory_base(&mut self, memory: u32) -> Value {
        match self.base {
            Some(variable) if memory == 0 => self.builder.use_var(variable),
            _ => {
                let base = layout::memory_base(self.env.target, memory);
                self.builder.ins().iconst(types::I64, base.cast_signed())
            }
        }
    }

    /// At the start of a function, where the builder is: the variables and their values.
    pub(super) fn start_pinned(&mut self) {
        if self.env.pins_address() {
            self.base = Some(self.builder.declare_var(types::I64));
            if self.env.pinned_global.is_some() {
                self.pinned = Some(self.builder.declare_var(types::I64));
            }
            self.read_pinned();
        }
    }

    /// Reads the pinned register, of which neither a copy nor the base is kept over a call.
    pub(super) fn read_pinned(&mut self) {
        let Some(variable) = self.base else { return };
        let register = self.builder.ins().get_pinned_reg(types::I64);
        let base = if let Some(pinned) = self.pinned {
            self.builder.def_var(pinned, register);
            let sp = self.builder.ins().ireduce(types::I32, register);
            if !self.sp_is_unwritten() {
                self.sp_is_now(sp, register);
            }
            let sp = self.builder.ins().uextend(types::I64, sp);
            self.builder.ins().isub(register, sp)
        } else {
            register
        };
        self.builder.def_var(variable, base);
    }
}
