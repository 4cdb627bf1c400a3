//! What is known about modules that Go's toolchain built.
//!
//! Everything here is read from the module at hand and checked against it; a
//! module of another origin, or one that lies, gives no facts, and a function
//! that doesn't have Go's shape is left as it is.

pub mod byte_loops;
pub mod giving_way;
pub mod modes;
pub mod pclntab;
pub mod preempt;
pub mod quitting;
pub mod resume;
pub mod sp;

use crate::module::Module;
use pclntab::Pclntab;
use std::collections::{BTreeMap, BTreeSet};
use wasi_aot_contract::module::Preemption;

/// What is trusted of a function, beside what is verified.
#[derive(Debug, Clone, Copy, Default)]
pub struct Trust {
    /// It is entered at PC_B 0 and its resume points only, and SP plus a small constant
    /// doesn't wrap around.
    pub shape: bool,
    /// `stackPreempt` may be in the `stackguard0` that it checks for stack space by.
    pub preempted: bool,
}

/// The facts that graphs are rewritten by.
pub struct Knowledge {
    /// PC_Bs at which each defined function is resumed, 0 not among them.
    pub resume_points: Vec<BTreeSet<u32>>,
    /// How goroutines can be preempted.
    pub preemption: Option<Preemption>,
    /// What loops without stack checks can give way by.
    pub giving_way: Option<giving_way::Facts>,
    /// What SIGQUIT shows goroutines by.
    pub quitting: Option<quitting::Quitting>,
    /// The calls of functions that call imports, by callers that have a mode.
    modes: BTreeMap<usize, Vec<modes::Site>>,
    /// How many of the defined functions Go's linker made; they come first.
    functions: usize,
    /// Bytes that the arguments and results of each of these take in a frame, by pclntab.
    arguments: Vec<Option<u32>>,
}

impl Knowledge {
    /// Reads the facts off a module whose function table is `table`; `None` if Go's linker
    /// didn't make it.
    #[must_use]
    pub fn of(module: &Module<'_>, table: &Pclntab<'_>) -> Option<Self> {
        let resume_points = resume::resume_points(module, table)?;
        let preemption = preempt::preemption(module, table);
        let mut arguments = vec![None; module.functions.len()];
        for (function, record) in table.records() {
            arguments[function.index] = record.arguments();
        }
        Some(Self {
            resume_points,
            preemption,
            giving_way: preemption.and_then(|_| giving_way::Facts::of(module, table)),
            quitting: preemption.and_then(|_| quitting::Quitting::of(module, table)),
            modes: modes::sites(module, table),
            functions: resume::go_functions(module)?,
            arguments,
        })
    }

    /// What a test says of a module's only function, which Go's linker made.
    #[cfg(test)]
    pub fn told(resume_points: BTreeSet<u32>) -> Self {
        Self {
            resume_points: vec![resume_points],
            preemption: None,
            giving_way: None,
            quitting: None,
            modes: BTreeMap::new(),
            functions: 1,
            arguments: vec![None],
        }
    }

    /// Slots of 8 bytes that the arguments and results of a defined function take above its
    /// return address, if pclntab says so.
    #[must_use]
    pub fn slots_of(&self, index: usize) -> Option<u16> {
        let bytes = self.arguments.get(index).copied().flatten()?;
        u16::try_from(bytes.div_ceil(8)).ok()
    }

    /// The calls of a defined function by callers that have a mode among their arguments.
    #[must_use]
    pub fn modes_at(&self, index: usize) -> &[modes::Site] {
        self.modes.get(&index).map_or(&[], Vec::as_slice)
    }

    /// Whether Go's linker made the defined function `index`: what is only trusted holds
    /// for those alone.
    #[must_use]
    pub fn is_gos(&self, index: usize) -> bool {
        index < self.functions
    }
}
