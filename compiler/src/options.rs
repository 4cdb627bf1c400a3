//! The options of a build, and the observer that receives its progress.

use crate::error::printable;
use crate::passes::{Choice, PassTotal};
use crate::policy::Policy;
use std::fmt;
use std::time::Duration;
use wasi_aot_contract::cpu::Features;

pub use wasi_aot_contract::target::{Arch, Target};

/// Everything that a build depends on, apart from the modules.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Operating system and architecture of the output.
    pub target: Target,
    /// The features that the processor must have. The executable checks them at its start.
    /// `None` means the target's default level ([`Self::features`]).
    pub cpu: Option<Features>,
    /// How much work the code generator does.
    pub opt_level: OptLevel,
    /// What the output file holds.
    pub emit: Emit,
    /// With [`Emit::Ir`]: the pass behind which functions are shown; `None` means the last one.
    pub ir_after: Option<String>,
    /// With a kind of output that is text: the functions to show. `None` means all.
    pub functions: Option<Pattern>,
    /// What the program may touch, and its limits.
    pub policy: Policy,
    /// Leave out the executable's symbol table.
    pub strip: bool,
    /// Compile as if nothing were known of Go.
    pub no_go_opt: bool,
    /// Use only facts about Go's code that are verified on the module.
    pub no_go_trust: bool,
    /// The passes that run on functions.
    pub passes: Choice,
    /// Run only so many passes, counted over all functions: to find the pass and the function
    /// that a fault comes from.
    pub pass_limit: Option<u64>,
    /// Leave Go's scheduling to the goroutines, as it is on wasm.
    pub no_preempt: bool,
    /// Guard every comparison of bounds in code against speculative execution.
    pub spectre: bool,
    /// For tests: act as if this function had no resume points, so that an entry at a resume
    /// point shows the effect of a missing one.
    pub forget_resume_points: Option<String>,
    /// For tests: a pass, and a function that the pass breaks, by their names.
    pub break_function: Option<(String, String)>,
    /// For tests: verify functions behind each pass. Builds with debug assertions always do.
    pub verify: bool,
}

impl Options {
    /// The features that code may use, with all features that they imply.
    #[must_use]
    pub fn features(&self) -> Features {
        let cpu = self.target.cpu();
        cpu.closed(self.cpu.unwrap_or(cpu.default.features))
    }
}

/// How much work the code generator does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum OptLevel {
    /// Fastest to compile: no optimiser, and a register allocator with a single pass.
    O0,
    /// No optimiser, but the slower register allocator, which gives better code.
    O1,
    /// The optimiser and the slower register allocator.
    #[default]
    O2,
}

/// What the names of functions match: a regular expression, which may match any part of a name.
#[derive(Clone)]
pub struct Pattern(regex_lite::Regex);

impl Pattern {
    /// # Errors
    /// A line without full stop, if `text` isn't a regular expression.
    pub fn parse(text: &str) -> Result<Self, String> {
        let pattern = regex_lite::Regex::new(text).map_err(|error| {
            let text = printable(text);
            format!("{text} isn't a regular expression: {error}")
        });
        pattern.map(Self)
    }

    /// Whether a function with this name is shown.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        self.0.is_match(name)
    }
}

/// The regular expression.
impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl fmt::Debug for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.0.as_str())
    }
}

/// What the output file holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Emit {
    /// A static executable.
    #[default]
    Exe,
    /// A relocatable ELF object, to be linked with the shim's static library.
    Obj,
    /// The compiler's own intermediate representation, as text, in function order.
    Ir,
    /// Cranelift's intermediate representation, as text, in function order.
    Clif,
    /// Disassembled machine code, as text, in function order.
    Asm,
}

impl Emit {
    /// Whether the output is text about functions.
    #[must_use]
    pub fn is_text(self) -> bool {
        matches!(self, Self::Ir | Self::Clif | Self::Asm)
    }
}

/// Receives the progress of a build. Methods may be called from worker threads.
pub trait Observer: Sync {
    /// A phase has ended.
    fn phase(&self, _phase: &Phase) {}
    /// `done` of `total` functions have been compiled.
    fn functions(&self, _done: usize, _total: usize) {}
    /// A fact that a user should know and that isn't an error, in one line.
    fn note(&self, _message: &str) {}
    /// All functions have been compiled, with these facts.
    fn facts(&self, _facts: &Facts) {}
    /// Whether [`Self::passes`] wants to know how long passes took.
    fn times_passes(&self) -> bool {
        false
    }
    /// All passes have run, in this order, and did this.
    fn passes(&self, _totals: &[PassTotal]) {}
}

/// Facts about a module's Go code, and counts of the changes based on them. All are 0 or false
/// with `no_go_opt`. For a module that isn't Go's, all but `byte_loops` are 0 or false.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts {
    /// Whether the module has Go's function table.
    pub is_go: bool,
    /// Points at which functions are resumed.
    pub resume_points: usize,
    /// Functions that never return normally.
    pub never_return: usize,
    /// Whether there is a way to preempt goroutines.
    pub preemptible: bool,
    /// Loops over bytes that the runtime does in larger steps.
    pub byte_loops: usize,
    /// Functions with a `br_table`, which is a dispatch in Go's code.
    pub dispatches: usize,
    /// Functions whose dispatch was removed.
    pub dispatches_removed: usize,
    /// Calls before which a loop gives way to other goroutines.
    pub giving_way: usize,
}

/// A phase of a build that has ended, for `--verbose`.
#[derive(Debug, Clone)]
pub struct Phase {
    /// Its name.
    pub name: &'static str,
    /// How long it took.
    pub duration: Duration,
    /// Counts and sizes, for people.
    pub detail: String,
}

/// Receives nothing.
impl Observer for () {}
