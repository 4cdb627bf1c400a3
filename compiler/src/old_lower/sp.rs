//! The pinned register (r15 / x21), which holds the global that Go's SP is.
//!
//! On x86-64 it holds SP itself, on aarch64, where an access through a register costs
//! nothing more only if that register has the whole address, the address in memory 0
//! that SP stands for ([`Env::pins_address`](super::Env::pins_address)).
//!
//! It is only ever written by a zero extension from 32 bits, on aarch64 plus memory 0's
//! base, whose lower half is zero: so its upper half is always zero, or the base's. An
//! address formed from it stays inside the reserve whatever the module does, its lower
//! half is SP's value, exactly, and its upper half is the base ([`super::memory_base`]) for all
//! code of the module; the entry writes it first, and C code gives it back as it was.
//!
//! Inside a block its value is an SSA value; it is read at most once from one
//! call to the next, and written right before whatever can see it: a call of the
//! module's code, or the end of the block. On aarch64, which has registers to spare,
//! what it holds is kept in a variable from block to block, too, so that it is read once
//! after each call.

use super::Lowering;
use crate::go::sp::SP_LOCAL;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use std::collections::HashMap;

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
    /// The global's value, as an i32.
    current: Option<Value>,
    /// Whether the register doesn't have that value yet.
    unwritten: bool,
    /// What the register holds for each value that it had or gets.
    held: HashMap<Value, Value>,
    /// `wide[v]`: the i64 zero extension of the i32 `v`, once there is one.
    wide: HashMap<Value, Value>,
    /// The inverse of `wide`.
    of_wide: HashMap<Value, Value>,
}

impl Lowering<'_, '_, '_> {
    /// Whether a local is nothing but a copy of the register.
    pub(super) fn is_sp_copy(&self, local: u32) -> bool {
        self.sp_facts.mirrored && local == SP_LOCAL
    }

    /// The global's value, an i32.
    pub(super) fn sp_get(&mut self) -> Value {
        if let Some(value) = self.sp.current {
            return value;
        }
        let register = match self.pinned {
            Some(variable) => self.builder.use_var(variable),
            None => self.builder.ins().get_pinned_reg(types::I64),
        };
        let value = self.builder.ins().ireduce(types::I32, register);
        self.sp_is_now(value, register);
        value
    }

    /// Gives the global a value, an i32.
    pub(super) fn sp_set(&mut self, value: Value) {
        let register = match self.sp.held.get(&value) {
            Some(&register) => register,
            None => {
                let wide = self.zero_extend(value);
                if self.env.pins_address() {
                    self.host_address(0, wide)
                } else {
                    wide
                }
            }
        };
        self.sp_is_now(value, register);
        self.sp.unwritten = true;
    }

    /// The global has or gets `value`, for which the register holds `register`.
    pub(super) fn sp_is_now(&mut self, value: Value, register: Value) {
        self.sp.held.insert(value, register);
        if !self.env.pins_address() {
            self.sp.wide.insert(value, register);
            self.sp.of_wide.insert(register, value);
        }
        self.sp.current = Some(value);
    }

    /// Whether the register doesn't have the global's value yet.
    pub(super) fn sp_is_unwritten(&self) -> bool {
        self.sp.unwritten
    }

    /// Writes what is not written yet, before something that can see it.
    pub(super) fn settle_sp(&mut self) {
        if std::mem::take(&mut self.sp.unwritten) {
            let value = self
                .sp
                .current
                .expect("BUG: no value to write to the register");
            let register = self.sp.held[&value];
            self.builder.ins().set_pinned_reg(register);
            if let Some(variable) = self.pinned {
                self.builder.def_var(variable, register);
            }
        }
    }

    /// After a call, which may have changed it and linear memory.
    pub(super) fn after_call(&mut self) {
        assert!(!self.sp.unwritten, "BUG: a call that sees an old SP");
        self.sp.current = None;
        self.known.clear();
        self.read_pinned();
    }

    /// An i32 as an i64.
    pub(super) fn zero_extend(&mut self, value: Value) -> Value {
        if let Some(&wide) = self.sp.wide.get(&value) {
            return wide;
        }
        let wide = self.builder.ins().uextend(types::I64, value);
        if self.sp.held.contains_key(&value) {
            self.sp.wide.insert(value, wide);
            self.sp.of_wide.insert(wide, value);
        }
        wide
    }

    /// The host address in memory 0 that an i32 stands for, if the register had it.
    pub(super) fn sp_address(&self, value: Value) -> Option<Value> {
        let held = self.sp.held.get(&value).copied();
        held.filter(|_| self.env.pins_address())
    }

    /// For a 64-bit value that is, zero-extended, one that the register had, where SP
    /// is trusted not to wrap: that one.
    pub(super) fn trusted_sp(&self, wide: Value) -> Option<Value> {
        let value = self.sp.of_wide.get(&wide).copied();
        value.filter(|_| self.sp_facts.never_wraps)
    }
}
