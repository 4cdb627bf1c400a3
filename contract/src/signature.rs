//! What the compiler and the runtime must agree on about a function that the runtime offers to
//! modules: the module name that it is imported from, its name and its types.

/// Core types that occur in the signatures.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Type {
    /// A 32-bit integer or pointer.
    I32,
    /// A 64-bit integer.
    I64,
}

/// The name and types of one function. All functions but preview 1's `proc_exit` return an errno
/// of preview 1 as i32.
#[derive(Debug, Clone, Copy)]
pub struct Signature {
    /// The module that it is imported from.
    pub module: HostModule,
    /// The import's name: `fd_read`.
    pub name: &'static str,
    /// Types of the parameters.
    pub params: &'static [Type],
    /// Types of the results, at most one.
    pub results: &'static [Type],
}

/// A module of functions that the runtime offers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HostModule {
    /// WASI preview 1.
    Preview1,
    /// What Go programs need of an operating system and preview 1 lacks (`os.rs`).
    Os,
}

impl HostModule {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Preview1, Self::Os];

    /// The name that modules import from.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Preview1 => "wasi_snapshot_preview1",
            Self::Os => "wasi_aot_os_1",
        }
    }

    /// The module with this name, if there is one.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|module| module.name() == name)
    }
}
