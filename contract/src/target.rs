//! The targets that executables are built for: one row each.
//!
//! A row has everything that is a number or a name. Everything that has to be code is a
//! `match` over [`Target`] or [`Arch`], which doesn't compile until it handles a new variant:
//! relocations (`compiler/src/link/`), the reach of calls (`compiler/src/emit/veneers.rs`),
//! the code generator (`compiler/src/target.rs`), the runtime's image
//! (`compiler/src/shim_image.rs`), flags of rustc (`runtime-shim/images/src/flags.rs`) and
//! `runtime-shim/src/arch/`.

use crate::cpu::{self, aarch64, x86_64};

/// A processor architecture.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Arch {
    /// x86-64, also called amd64.
    X86_64,
    /// aarch64, also called arm64.
    Aarch64,
}

/// Everything about a target that is data.
#[derive(Debug)]
struct Row {
    arch: Arch,
    names: &'static [&'static str],
    triple: &'static str,
    image: &'static str,
    elf_machine: u16,
    audit_arch: u32,
    page_size: u64,
    memory_base: u64,
    cpu: &'static cpu::Architecture,
    is_host: bool,
}

macro_rules! targets {
    ($($(#[$doc:meta])* $target:ident: $row:expr;)*) => {
        /// Operating system and architecture of an executable.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Target {
            $($(#[$doc])* $target,)*
        }

        impl Target {
            /// All targets, in the order in which they are listed.
            pub const ALL: [Self; [$(stringify!($target)),*].len()] = [$(Self::$target),*];

            const fn row(self) -> &'static Row {
                match self {
                    $(Self::$target => const { &$row },)*
                }
            }
        }
    };
}

targets! {
    /// Linux on x86-64.
    LinuxAmd64: Row {
        arch: Arch::X86_64,
        names: &[
            "linux/amd64",
            "amd64",
            "x86_64",
            "x86-64",
            "x86_64-unknown-linux-gnu",
            "x86_64-unknown-linux-musl",
        ],
        triple: "x86_64-unknown-linux-gnu",
        image: "linux-amd64",
        elf_machine: 62,
        audit_arch: 0xc000_003e,
        page_size: 0x1000,
        // Low enough that base plus a static offset is a positive 32-bit displacement.
        memory_base: 0x1000_0000,
        cpu: &x86_64::CPU,
        is_host: cfg!(all(target_os = "linux", target_arch = "x86_64")),
    };
    /// Linux on aarch64.
    LinuxArm64: Row {
        arch: Arch::Aarch64,
        names: &[
            "linux/arm64",
            "arm64",
            "aarch64",
            "aarch64-unknown-linux-gnu",
            "aarch64-unknown-linux-musl",
        ],
        triple: "aarch64-unknown-linux-gnu",
        image: "linux-arm64",
        elf_machine: 183,
        audit_arch: 0xc000_00b7,
        // Kernels have pages of 4, 16 or 64 KiB.
        page_size: 0x1_0000,
        // There are no displacements of 32 bits. The lower half is zero, so that base plus
        // index has the index for its lower half.
        memory_base: 1 << 32,
        cpu: &aarch64::CPU,
        is_host: cfg!(all(target_os = "linux", target_arch = "aarch64")),
    };
}

impl Target {
    /// The target for which this crate is itself compiled, if it is compiled for a target of
    /// this table.
    pub const HOST: Option<Self> = {
        let mut host = None;
        let mut index = 0;
        while index < Self::ALL.len() {
            if Self::ALL[index].row().is_host {
                host = Some(Self::ALL[index]);
            }
            index += 1;
        }
        host
    };

    /// [`Self::HOST`], else the first target. For the shim this is the target that the shim
    /// runs on; for the compiler it is only the default of `--target`.
    pub const NATIVE: Self = match Self::HOST {
        Some(host) => host,
        None => Self::ALL[0],
    };

    /// The target with this name, which may be any of [`Self::names`].
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|target| target.names().contains(&name))
    }

    /// The target whose ELF files have this `e_machine`.
    #[must_use]
    pub fn with_elf_machine(machine: u16) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|target| target.elf_machine() == machine)
    }

    /// The architecture of its processors.
    #[must_use]
    pub const fn arch(self) -> Arch {
        self.row().arch
    }

    /// Go's name (`GOOS/GOARCH`), the first of [`Self::names`].
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().names[0]
    }

    /// All names that `--target` takes: Go's, short ones, and Rust's triples. Executables
    /// are static and have no C library, so a triple may name any C library.
    #[must_use]
    pub const fn names(self) -> &'static [&'static str] {
        self.row().names
    }

    /// The Rust target that the runtime shim is built for, and that Cranelift knows.
    #[must_use]
    pub const fn triple(self) -> &'static str {
        self.row().triple
    }

    /// File name of the runtime's image in `runtime-shim/images/`.
    #[must_use]
    pub const fn image(self) -> &'static str {
        self.row().image
    }

    /// `e_machine` of ELF files (`EM_X86_64`, `EM_AARCH64`).
    #[must_use]
    pub const fn elf_machine(self) -> u16 {
        self.row().elf_machine
    }

    /// `AUDIT_ARCH_*` (uapi `linux/audit.h`): the architecture whose system call numbers a
    /// seccomp filter sees.
    #[must_use]
    pub const fn audit_arch(self) -> u32 {
        self.row().audit_arch
    }

    /// Largest page size of its kernels, in bytes. Segments with different rights must not
    /// share a page of that size (psABI, "Program Loading").
    #[must_use]
    pub const fn page_size(self) -> u64 {
        self.row().page_size
    }

    /// Virtual address of byte 0 of memory 0 ([`crate::layout::memory_base`]).
    #[must_use]
    pub const fn first_memory_base(self) -> u64 {
        self.row().memory_base
    }

    /// The features and levels of its processors.
    #[must_use]
    pub const fn cpu(self) -> &'static cpu::Architecture {
        self.row().cpu
    }
}

/// [`Target::NATIVE`].
impl Default for Target {
    fn default() -> Self {
        Self::NATIVE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_for_one_target() {
        for target in Target::ALL {
            for name in target.names() {
                assert_eq!(Target::named(name), Some(target), "{name}");
            }
            assert!(target.names().contains(&target.triple()));
            assert_eq!(
                Target::with_elf_machine(target.elf_machine()),
                Some(target),
                "{}",
                target.name()
            );
        }
        assert_eq!(Target::named("linux"), None);
        assert_eq!(Target::with_elf_machine(0), None);
    }

    #[test]
    fn images_have_names_of_their_own() {
        for (index, target) in Target::ALL.iter().enumerate() {
            let mut others = Target::ALL[..index].iter();
            assert!(others.all(|other| other.image() != target.image()));
        }
    }

    /// `AUDIT_ARCH_*` is the ELF machine with two flags (uapi `linux/audit.h`).
    #[test]
    fn audit_architectures_are_64_bit_and_little_endian() {
        const AUDIT_ARCH_64BIT: u32 = 0x8000_0000;
        const AUDIT_ARCH_LE: u32 = 0x4000_0000;
        for target in Target::ALL {
            let machine = u32::from(target.elf_machine());
            assert_eq!(
                target.audit_arch(),
                machine | AUDIT_ARCH_64BIT | AUDIT_ARCH_LE
            );
        }
    }
}
