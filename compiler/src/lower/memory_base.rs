//! How generated code comes by the base of a memory.
//!
//! On x86-64 that of memory 0 is a constant, which becomes part of displacements. On
//! aarch64 it has to be in a register, and the optimiser would make a constant again in
//! every block, also of a loop. So it is computed where there is a value of SP: it is the
//! value's upper half ([`super::sp`]), one instruction, which the optimiser moves out of loops
//! like any other. Any value of SP will do; the last one that was defined is alive anyway,
//! since the function returns it. The bases of other memories are constants everywhere.

use super::{Env, Lowering};
use crate::ir::{BlockId, Dominators, Type};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use wasi_aot_contract::layout;
use wasi_aot_contract::target::Arch;

/// The values of SP that the base can be computed from; nothing where it is a constant.
#[derive(Default)]
pub(super) struct Base {
    dominators: Option<Dominators>,
    /// The last value of SP in the block being lowered.
    sp: Option<Value>,
    /// The last value of SP at the end of each block that was lowered.
    at_end: Vec<Option<Value>>,
}

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
        match self.base.sp {
            Some(sp) if memory == 0 => {
                let upper = !i64::from(u32::MAX);
                self.builder.ins().band_imm_s(sp, upper)
            }
            _ => {
                let base = layout::memory_base(self.env.target, memory);
                self.builder.ins().iconst(types::I64, base.cast_signed())
            }
        }
    }

    /// Before the first block.
    pub(super) fn start_memory_base(&mut self) {
        if self.env.sp_is_address() && self.func.sp.is_some() {
            self.base.dominators = Some(Dominators::of(self.func));
            self.base.at_end = vec![None; self.func.blocks.len()];
        }
    }

    /// At a block's begin; its dominators have been lowered.
    pub(super) fn enter_memory_base(&mut self, block: BlockId) {
        let Some(dominators) = &self.base.dominators else {
            return;
        };
        let params = &self.func.block(block).params;
        let param = params
            .iter()
            .rfind(|&&param| self.func.ty(param) == Type::Sp);
        self.base.sp = match param {
            Some(&param) => Some(self.value(param)),
            None => dominators
                .immediate(block)
                .and_then(|dominator| self.base.at_end[dominator.index()]),
        };
    }

    /// A value of SP was defined.
    pub(super) fn note_sp(&mut self, value: Value) {
        if self.base.dominators.is_some() {
            self.base.sp = Some(value);
        }
    }

    /// At a block's end.
    pub(super) fn leave_memory_base(&mut self, block: BlockId) {
        if self.base.dominators.is_some() {
            self.base.at_end[block.index()] = self.base.sp;
        }
    }
}
