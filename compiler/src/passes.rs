//! The passes that functions go through: what `--pass` chooses from, and `wasi-aot passes` lists.

use crate::pass;
use std::time::Duration;

pub use crate::pass::{Choice, Scope, Tier, known};

/// A pass, for people.
#[derive(Debug, Clone, Copy)]
pub struct Description {
    /// Its name.
    pub name: &'static str,
    /// What it does, in one line.
    pub about: &'static str,
    /// What it relies on.
    pub tier: Tier,
    /// The functions that it is for.
    pub scope: Scope,
}

/// All passes, in the order in which they run.
#[must_use]
pub fn all() -> Vec<Description> {
    let passes = pass::PASSES.iter().map(|pass| Description {
        name: pass.name,
        about: pass.about,
        tier: pass.tier,
        scope: pass.scope,
    });
    passes.collect()
}

/// What a pass did to all functions of a module.
#[derive(Debug, Clone, Copy)]
pub struct PassTotal {
    /// Its name.
    pub name: &'static str,
    /// How many functions it changed.
    pub functions: usize,
    /// How many changes it made.
    pub changes: usize,
    /// How much processor time it took; zero unless that was asked for
    /// ([`Observer::times_passes`](crate::Observer::times_passes)).
    pub time: Duration,
}
