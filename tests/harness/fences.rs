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
    Both,
}

impl Fences {
    /// The layer that the corrupted runtime is told to leave out, by `WASI_AOT_WITHOUT`.
    #[must_use]
    pub fn without(self) -> Option<&'static str> {
        match self {
            Self::Landlock => Some("seccomp"),
            Self::Seccomp => Some("Landlock"),
            Self::None | Self::Both => None,
        }
    }

    /// What becomes of an attempt of which Landlock and seccomp make this, on a kernel
    /// with this version of Landlock, 0 for none.
    #[must_use]
    pub fn expected(self, version: u32, landlock: Outcome, seccomp: Outcome) -> Outcome {
        let landlock = match version {
            // Left out, as the executable does.
            ..2 => Outcome::Works,
            _ => landlock,
        };
        match self {
            Self::None => Outcome::Works,
            Self::Landlock => landlock,
            Self::Seccomp => seccomp,
            Self::Both if seccomp == Outcome::Killed => Outcome::Killed,
            Self::Both => landlock,
        }
    }
}
