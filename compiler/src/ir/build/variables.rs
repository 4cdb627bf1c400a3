//! Reads and writes of variables.
//!
//! A block reads a variable once: what a block has read or written, it knows from there on, so
//! further reads are names of that value and no instructions. Writes stay where they are, each
//! one: a pass may put a read between any two instructions.

use super::super::{BlockId, Op, Type, Value, Variable};
use super::Builder;

/// What the block at hand knows of variables. Entries of other blocks count for nothing.
pub(super) struct Known {
    /// By variable: the block that knows it, and the value.
    values: Vec<(BlockId, Value)>,
    /// A value of SP, and its lower half.
    sp_low: Option<(Value, Value)>,
}

impl Known {
    pub(super) fn new(variables: usize) -> Self {
        // The exit, whose only read is made with the block, is never at hand.
        Self {
            values: vec![(super::EXIT, Value(0)); variables],
            sp_low: None,
        }
    }
}

impl Builder<'_, '_> {
    /// The value of a variable here.
    pub(super) fn read(&mut self, variable: Variable) -> Value {
        let block = self.block();
        let (known_in, value) = self.known.values[variable.index()];
        if known_in == block {
            return value;
        }
        let ty = self.func.variables[variable.index()];
        let value = self.value(Op::Get(variable), &[], ty);
        self.known.values[variable.index()] = (block, value);
        value
    }

    pub(super) fn write(&mut self, variable: Variable, value: Value) {
        self.effect(Op::Set(variable), &[value]);
        self.known.values[variable.index()] = (self.block(), value);
    }

    /// SP as an i32.
    pub(super) fn read_sp(&mut self, variable: Variable) -> Value {
        let sp = self.read(variable);
        match self.known.sp_low {
            // Made in this block: no block knows a value of another one.
            Some((of, low)) if of == sp => low,
            _ => {
                let low = self.value(Op::SpLow, &[sp], Type::I32);
                self.known.sp_low = Some((sp, low));
                low
            }
        }
    }

    /// Makes an i32 the value of SP.
    pub(super) fn write_sp(&mut self, variable: Variable, low: Value) {
        let sp = self.value(Op::SpFrom, &[low], Type::Sp);
        self.write(variable, sp);
        self.known.sp_low = Some((sp, low));
    }
}
