//! All functions that the runtime offers to modules.

use crate::signature::{HostModule, Signature};
use crate::{os, preview1};

impl HostModule {
    /// All of the module's functions.
    #[must_use]
    pub const fn functions(self) -> &'static [Signature] {
        match self {
            Self::Preview1 => preview1::FUNCTIONS,
            Self::Os => os::FUNCTIONS,
        }
    }

    /// The function with this name, if the module has it.
    #[must_use]
    pub fn function(self, name: &str) -> Option<&'static Signature> {
        self.functions().iter().find(|f| f.name == name)
    }
}

/// The functions of both modules.
pub fn all() -> impl Iterator<Item = &'static Signature> {
    HostModule::ALL.into_iter().flat_map(HostModule::functions)
}
