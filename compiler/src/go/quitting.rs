//! What SIGQUIT needs of a Go module to show where its goroutines are.
//!
//! Native Go's handler of SIGQUIT prints the traces of all goroutines and exits with 2
//! (`sighandler` in `runtime/signal_unix.go`). On wasm that file isn't compiled, but the function
//! behind a fatal error prints such traces and exits with 2, too: `fatalthrow`. Two functions that
//! the scheduler calls on its own stack ask first whether SIGQUIT has come, and if so,
//! `fatalthrow` is called in their place:
//!
//! - `goschedImpl`, which a goroutine comes to that gives way. It is still the running one.
//! - `poll_oneoff`, the wrapper around the import, which the scheduler calls when no goroutine
//!   can run.
//!
//! Trusted facts: what these functions do, that `fatalthrow` has one argument, and that the other
//! two have one at least. A module that lies gets a word above SP overwritten and a function of
//! its own called, and then the process ends.

use super::giving_way::is_go_type;
use super::pclntab::Pclntab;
use crate::module::Module;

/// The functions, by index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quitting {
    /// `runtime.fatalthrow`.
    pub fatal: u32,
    /// The functions that ask first.
    pub asking: [u32; 2],
}

impl Quitting {
    /// `throwTypeUser` in `runtime/panic.go`, since Go 1.19: GOTRACEBACK alone says whether
    /// frames of the runtime are shown. `sighandler` sets `throwTypeRuntime`, which shows these in
    /// any case; but the walk of the scheduler's own stack, which comes first then, ends in an error
    /// on wasm ("unexpected return pc for runtime.mcall").
    pub const THROW_TYPE: i64 = 1;

    /// Reads them off a module; `None` if it hasn't what it takes.
    #[must_use]
    pub fn of(module: &Module<'_>, table: &Pclntab<'_>) -> Option<Self> {
        let named = |name| {
            let function = table.functions().find(|f| f.name == name)?;
            is_go_type(module, function.index).then(|| module.function_index(function.index))
        };
        Some(Self {
            fatal: named("runtime.fatalthrow")?,
            asking: [named("runtime.goschedImpl")?, named("runtime.poll_oneoff")?],
        })
    }
}
