//! Which attempts of a guest succeed when the runtime is corrupted
//! (`runtime-shim/src/corrupt.rs`), with each layer of the second fence. Without any layer
//! every attempt succeeds.

/// The outcome of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Works,
    /// With this errno.
    Fails(i32),
    /// SIGSYS ends the process.
    Killed,
}

/// Which layers of the second fence are raised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fences {
    None,
    Landlock,
    Seccomp,
    /// mseal and PR_SET_MDWE.
    Memory,
    All,
}

impl Fences {
    /// The value of `WASI_AOT_WITHOUT`: the layers that the corrupted runtime leaves out.
    #[must_use]
    pub fn without(self) -> Option<&'static str> {
        match self {
            Self::Landlock => Some("seccomp,mseal,MDWE"),
            Self::Seccomp => Some("Landlock,mseal,MDWE"),
            Self::Memory => Some("Landlock,seccomp"),
            Self::None | Self::All => None,
        }
    }

    /// The outcome of an attempt with these layers, from its outcome with each layer alone.
    /// On a kernel without Landlock, `landlock` must be [`Outcome::Works`].
    #[must_use]
    pub fn expected(self, landlock: Outcome, seccomp: Outcome, memory: Outcome) -> Outcome {
        match self {
            Self::None => Outcome::Works,
            Self::Landlock => landlock,
            Self::Seccomp => seccomp,
            Self::Memory => memory,
            // seccomp comes first: a call that it refuses reaches no other layer.
            Self::All => [seccomp, landlock, memory]
                .into_iter()
                .find(|outcome| *outcome != Outcome::Works)
                .unwrap_or(Outcome::Works),
        }
    }
}

/// Whether the runtime raises Landlock of this version (0 for none). `writing` says whether
/// the program has a directory for writing.
#[must_use]
pub fn landlock_stands(version: u32, writing: bool) -> bool {
    version >= if writing { 2 } else { 1 }
}
