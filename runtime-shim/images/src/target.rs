//! The targets that there are shims for, and how rustc is told of each.

/// A target of the shim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Target {
    /// Go's name for it, as `--target` has it.
    pub name: &'static str,
    /// The file with its image, and its name in [`crate::record`].
    pub file: &'static str,
    /// Rust's name for it.
    pub triple: &'static str,
    /// Flags for rustc beside [`FLAGS`].
    flags: &'static [&'static str],
    /// Largest page size of its kernels, in bytes: segments never share one.
    pub page_size: u32,
}

/// Frame pointers carry the backtraces of traps; the image is linked at a fixed
/// address; nothing unwinds.
const FLAGS: [&str; 3] = [
    "-Crelocation-model=static",
    "-Cforce-frame-pointers=yes",
    "-Cforce-unwind-tables=no",
];

pub const LINUX_AMD64: Target = Target {
    name: "linux/amd64",
    file: "linux-amd64",
    triple: "x86_64-unknown-linux-gnu",
    flags: &[],
    page_size: 0x1000,
};

/// Atomics are instructions of Armv8.0: the calls that choose between those and LSE's
/// are defined by a C library that isn't there.
pub const LINUX_ARM64: Target = Target {
    name: "linux/arm64",
    file: "linux-arm64",
    triple: "aarch64-unknown-linux-gnu",
    flags: &["-Ctarget-feature=-outline-atomics"],
    page_size: 0x1_0000,
};

impl Target {
    pub const ALL: [Self; 2] = [LINUX_AMD64, LINUX_ARM64];

    /// The target with this name of Go's.
    #[must_use]
    pub fn named(name: &str) -> Option<&'static Self> {
        const ALL: &[Target] = &Target::ALL;
        ALL.iter().find(|target| target.name == name)
    }

    /// What rustc is told, on every machine the same.
    pub fn flags(&self) -> impl Iterator<Item = &'static str> {
        FLAGS.into_iter().chain(self.flags.iter().copied())
    }
}
