//! What a worker thread keeps from one function to the next.

use crate::ir::Func;
use crate::pass::{Runner, Stats};
use cranelift_codegen::Context;
use cranelift_frontend::FunctionBuilderContext;
use std::sync::Mutex;
use wasmparser::FuncValidatorAllocations;

/// Which time a function is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Time {
    /// It is validated, and what the passes of the first wave do is counted.
    First,
    Again,
}

/// Scratch of one worker. What its passes did is added to everybody's when the worker ends.
pub(super) struct Worker<'s> {
    pub context: Context,
    pub builder: FunctionBuilderContext,
    pub validator: FuncValidatorAllocations,
    pub runner: Runner<'s>,
    /// The last function, for its allocations.
    pub spare: Func,
    everybodys: &'s Mutex<Stats>,
}

impl<'s> Worker<'s> {
    pub(super) fn new(runner: Runner<'s>, everybodys: &'s Mutex<Stats>) -> Self {
        Self {
            context: Context::new(),
            builder: FunctionBuilderContext::new(),
            validator: FuncValidatorAllocations::default(),
            runner,
            spare: Func::default(),
            everybodys,
        }
    }
}

impl Drop for Worker<'_> {
    fn drop(&mut self) {
        // Poisoned only where a worker panicked; then nobody reads it.
        if let Ok(mut stats) = self.everybodys.lock() {
            stats.add(&self.runner.stats);
        }
    }
}
