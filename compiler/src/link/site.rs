//! One relocation: where it applies, and why it may fail. Arithmetic is exact, in 128 bits, so
//! a value that doesn't fit its field is never truncated silently.

use super::{aarch64, x86_64};
use wasi_aot_contract::target::Arch;

/// Applies one relocation of the given kind (`r_type`, the architecture's own number).
pub(super) fn relocate(arch: Arch, kind: u32, site: &mut Site<'_>) -> Result<(), Fault> {
    match arch {
        Arch::X86_64 => x86_64::relocate(kind, site),
        Arch::Aarch64 => aarch64::relocate(kind, site),
    }
}

/// Where a relocation applies, in the terms of the psABIs.
pub(super) struct Site<'a> {
    /// The section's bytes.
    pub bytes: &'a mut [u8],
    /// The offset of the place in the section.
    pub at: usize,
    /// P: the address of the place.
    pub place: u64,
    /// S: the address of the symbol.
    pub symbol: u64,
    /// A: the addend.
    pub addend: i64,
}

impl Site<'_> {
    /// S + A, exact.
    pub(super) fn target(&self) -> i128 {
        i128::from(self.symbol) + i128::from(self.addend)
    }

    /// S + A - P, exact.
    pub(super) fn distance(&self) -> i128 {
        self.target() - i128::from(self.place)
    }

    /// Stores a little-endian field at the place.
    pub(super) fn store<const N: usize>(&mut self, value: [u8; N]) -> Result<(), Fault> {
        let field = self.bytes[self.at..].first_chunk_mut();
        *field.ok_or(Fault::OutsideSection)? = value;
        Ok(())
    }

    /// Reads the 32-bit instruction at the place.
    pub(super) fn instruction(&self) -> Result<u32, Fault> {
        let bytes = self.bytes[self.at..].first_chunk();
        let bytes = bytes.ok_or(Fault::OutsideSection)?;
        Ok(u32::from_le_bytes(*bytes))
    }
}

/// Why a relocation can't be applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Fault {
    /// A kind that neither Cranelift nor rustc emits for an image at a fixed address.
    #[error("unknown relocation type")]
    UnknownKind,
    #[error("value out of range")]
    OutOfRange,
    #[error("place outside the section")]
    OutsideSection,
    /// A branch of aarch64 over more than 128 MiB. [`crate::emit`] has added veneers wherever
    /// they help, so tables or a single large function lie between the branch and its target.
    #[error(
        "a call beyond the 128 MiB that linux/arm64 reaches, over the module's tables or its \
         largest function; make them smaller, or build for linux/amd64"
    )]
    BranchTooFar,
    /// The target of a branch lies between two instructions, or data isn't at a multiple of
    /// its size.
    #[error("misaligned target")]
    Misaligned,
    #[error("undefined symbol: neither the module nor the runtime defines it")]
    UndefinedSymbol,
    #[error("the object has no symbol of this number")]
    NoSuchSymbol,
}
