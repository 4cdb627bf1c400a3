//! Which kind of program a module is, by its exports.

/// How a host uses a module (WASI, "Application ABI": commands and reactors).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Entry {
    /// A program: its host calls `_start` once.
    Command,
    /// A library with state: its host calls `_initialize`, then other exports.
    Reactor,
    /// Neither.
    Library,
}

impl Entry {
    /// The function that runs a command.
    pub const START: &str = "_start";
    const INITIALIZE: &str = "_initialize";

    /// Classifies a module. `exports` says whether it exports a function of that name.
    pub fn of(exports: impl Fn(&str) -> bool) -> Self {
        if exports(Self::START) {
            Self::Command
        } else if exports(Self::INITIALIZE) {
            Self::Reactor
        } else {
            Self::Library
        }
    }
}
