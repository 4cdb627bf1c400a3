//! What happens to a function between its wasm body and CLIF: a table of passes.
//!
//! Every pass is exact, or says on what it relies ([`Tier`]), and can be left out alone: the
//! table has no pass that another one needs to be correct. A pass leaves a function valid
//! ([`crate::ir::verify`]), and says how many changes it made.

mod choice;
mod generic;
mod go;
mod run;
mod table;
#[cfg(test)]
mod testing;

pub use choice::{Choice, Selection, Switches, known};
#[cfg(test)]
pub use generic::values::promote;
pub use go::give_way::entry as give_way_entry;
pub use go::no_return::{Summary, never_zero};
pub use go::traces::traces;
pub use run::{Runner, Stats};
pub use table::{BYTE_LOOP, GIVE_WAY, NO_RETURN, PASSES, TRANSFORM, WIDEN_CHECK, named, values};

use crate::go::Knowledge;
use crate::ir::{ByteLoop, Func};
use crate::module::Module;
use std::fmt;

/// On what a pass relies, beside the meaning of wasm (the two tiers of facts about Go, and
/// none).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// On nothing: for every module the function does what it did.
    Exact,
    /// On facts that are verified on the module at hand.
    Verified,
    /// On facts that are trusted: what Go's toolchain and runtime do. A module that lies can
    /// make its own results wrong, and nothing else.
    Trusted,
}

/// For which functions a pass is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// For all functions.
    Any,
    /// For functions that Go's linker made.
    Go,
}

/// When a pass runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Wave {
    /// Before anything is known of other functions ([`Cx::solved`] is `None`).
    Build,
    /// With what is known of all functions.
    Transform,
}

/// What a pass does to the edges between blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edges {
    /// Blocks or edges may come, go, or lead elsewhere.
    Change,
    /// The order of the blocks stays what it is; edges may carry more.
    Stay,
}

/// Lower case, as reports show them.
impl fmt::Display for Tier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Exact => "exact",
            Self::Verified => "verified",
            Self::Trusted => "trusted",
        })
    }
}

/// Lower case, as reports show them.
impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Any => "any",
            Self::Go => "go",
        })
    }
}

/// A pass.
pub struct Pass {
    /// Its name, for `--pass`, `--emit ir=AFTER`, and the documents.
    pub name: &'static str,
    /// One line about it.
    pub about: &'static str,
    pub tier: Tier,
    pub scope: Scope,
    pub wave: Wave,
    pub edges: Edges,
    /// Transforms a function; returns the number of changes.
    pub run: fn(&mut Func, &Cx<'_, '_>) -> usize,
}

/// What a pass may know beside the function.
pub struct Cx<'c, 'w> {
    pub module: &'c Module<'w>,
    /// Place of the function among the defined ones.
    pub function: usize,
    /// What is known of a Go module; `None` for functions that Go's linker didn't make.
    pub go: Option<&'c Knowledge>,
    /// What was found out about all functions, after the first wave.
    pub solved: Option<&'c Solved>,
    /// The loop over bytes that the function is, if it is one.
    pub byte_loop: Option<ByteLoop>,
    /// Whether goroutines are preempted: `stackPreempt` may be in `stackguard0`.
    pub preempted: bool,
    /// Whether the target has a value of SP as a host address ([`crate::lower`]'s `sp`).
    pub sp_is_address: bool,
}

/// What is found out about all functions of a module between the two waves.
#[derive(Debug, Default)]
pub struct Solved {
    /// Whether each defined function never returns 0 ([`go::no_return`]).
    pub never_zero: Vec<bool>,
}

/// Counts, for `--verbose`.
impl fmt::Display for Solved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.never_zero.iter().filter(|&&never| never).count();
        write!(f, "{count} functions without normal return")
    }
}
