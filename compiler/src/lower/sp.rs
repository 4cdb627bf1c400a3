//! The pinned register (r15 / x21), which holds the global that Go's SP is.
//!
//! It is only ever written by a zero extension from 32 bits, so its upper half is
//! zero, and an address formed from it stays inside the reserve whatever the module
//! does. Inside a block its value is an SSA value; it is read at most once from one
//! call to the next, and written right before whatever can see it: a call of the
//! module's code, or the end of the block.

use super::Lowering;
use crate::go::sp::SP_LOCAL;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use std::collections::{HashMap, HashSet};

/// What is known of Go's SP in a function ([`crate::go::sp`]).
#[derive(Debug, Clone, Copy)]
pub struct SpFacts {
    /// Local 1 is equal to SP wherever it is read: verified.
    pub mirrored: bool,
    /// SP plus a small constant doesn't wrap around 2^32: trusted.
    pub never_wraps: bool,
}

/// What is known of the pinned register in the block being lowered.
#[derive(Default)]
pub(super) struct StackPointer {
    /// Its value, as an i32.
    current: Option<Value>,
    /// Whether the register doesn't have that value yet.
    unwritten: bool,
    /// The zero extensions of all values it had, by value.
    wide: HashMap<Value, Value>,
    /// The same without the values.
    all_wide: HashSet<Value>,
}

impl StackPointer {
    /// It has or gets `value`, of which `wide` is the zero extension.
    fn is_now(&mut self, value: Value, wide: Value) {
        self.wide.insert(value, wide);
        self.all_wide.insert(wide);
        self.current = Some(value);
    }
}

impl Lowering<'_, '_, '_> {
    /// Whether a local is nothing but a copy of the register.
    pub(super) fn is_sp_copy(&self, local: u32) -> bool {
        self.sp_facts.mirrored && local == SP_LOCAL
    }

    /// The register's value, an i32.
    pub(super) fn sp_get(&mut self) -> Value {
        if let Some(value) = self.sp.current {
            return value;
        }
        let register = self.builder.ins().get_pinned_reg(types::I64);
        let value = self.builder.ins().ireduce(types::I32, register);
        self.sp.is_now(value, register);
        value
    }

    /// Gives the register a value, an i32.
    pub(super) fn sp_set(&mut self, value: Value) {
        let wide = self.zero_extend(value);
        self.sp.is_now(value, wide);
        self.sp.unwritten = true;
    }

    /// Writes what is not written yet, before something that can see it.
    pub(super) fn settle_sp(&mut self) {
        if std::mem::take(&mut self.sp.unwritten) {
            let value = self
                .sp
                .current
                .expect("BUG: no value to write to the register");
            let wide = self.sp.wide[&value];
            self.builder.ins().set_pinned_reg(wide);
        }
    }

    /// After a call, which may have changed it and linear memory.
    pub(super) fn after_call(&mut self) {
        assert!(!self.sp.unwritten, "BUG: a call that sees an old SP");
        self.sp.current = None;
        self.known.clear();
    }

    /// An i32 as an i64.
    pub(super) fn zero_extend(&mut self, value: Value) -> Value {
        match self.sp.wide.get(&value) {
            Some(&wide) => wide,
            None => self.builder.ins().uextend(types::I64, value),
        }
    }

    /// Whether a 64-bit value is, zero-extended, one that the register had, and SP
    /// is trusted not to wrap.
    pub(super) fn is_trusted_sp(&self, wide: Value) -> bool {
        self.sp_facts.never_wraps && self.sp.all_wide.contains(&wide)
    }
}
