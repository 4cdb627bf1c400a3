//! What the two fences around a corrupted runtime (`runtime-shim/src/corrupt.rs`) make
//! of what its guest attempts. Without them every attempt works.

/// What becomes of an attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Works,
    /// With this errno.
    Fails(i32),
    /// By SIGSYS.
    Killed,
}

/// Which fences are up.
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
    /// The layers that the corrupted runtime is told to leave out, by `WASI_AOT_WITHOUT`.
    #[must_use]
    pub fn without(self) -> Option<&'static str> {
        match self {
            Self::Landlock => Some("seccomp,mseal,MDWE"),
            Self::Seccomp => Some("Landlock,mseal,MDWE"),
            Self::Memory => Some("Landlock,seccomp"),
            Self::None | Self::All => None,
        }
    }

    /// What becomes of an attempt of which each fence by itself makes this. Landlock
    /// makes nothing of any where it doesn't stand.
    #[must_use]
    pub fn expected(self, landlock: Outcome, seccomp: Outcome, memory: Outcome) -> Outcome {
        match self {
            Self::None => Outcome::Works,
            Self::Landlock => landlock,
            Self::Seccomp => seccomp,
            Self::Memory => memory,
            // A call that is not made is seen by none of the others.
            Self::All => [seccomp, landlock, memory]
                .into_iter()
                .find(|outcome| *outcome != Outcome::Works)
                .unwrap_or(Outcome::Works),
        }
    }
}

/// Whether the runtime puts up this version of Landlock, 0 for none, around a program
/// that has a directory for writing, or none.
#[must_use]
pub fn landlock_stands(version: u32, writing: bool) -> bool {
    version >= if writing { 2 } else { 1 }
}
