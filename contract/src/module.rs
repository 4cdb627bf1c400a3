//! The tables that the compiler emits into a module's object for the shim.
//!
//! All are `repr(C)`, little-endian, and hold virtual addresses of a fixed-address
//! image, so 64-bit address fields are `R_*_64` relocations in the object and
//! plain numbers in the executable. Read-only at run time.

/// Bumped whenever anything in this crate changes incompatibly; the shim
/// refuses to start a module with another number (only the `ld` way of linking
/// can bring two versions together).
pub const CONTRACT_VERSION: u32 = 6;

use crate::layout::MAX_MEMORIES;

/// The root of everything the shim knows of the module, at the symbol
/// [`symbols::MODULE`](crate::symbols::MODULE).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ModuleInfo {
    /// [`CONTRACT_VERSION`] of the compiler.
    pub version: u32,
    /// The [`Features`](crate::cpu::Features) that the generated code needs.
    pub cpu_features: u32,
    /// `extern "C" fn()` that runs the module's start function and `_start`. It
    /// destroys the pinned register (r15 / x21), so it may only be entered by
    /// code that doesn't need it afterwards.
    pub entry: u64,
    /// Generated code is `[text_start, text_end)`.
    pub text_start: u64,
    pub text_end: u64,
    /// `[TrapEntry; traps_len]`, sorted by `code_offset`.
    pub traps: u64,
    pub traps_len: u64,
    /// `[FunctionEntry; functions_len]`, sorted by `code_offset`.
    pub functions: u64,
    pub functions_len: u64,
    /// Bytes of the function names, each NUL-terminated UTF-8.
    pub names: u64,
    pub names_len: u64,
    /// The manifest (see [`crate::manifest`]): the descriptor of the ELF note.
    pub manifest: u64,
    pub manifest_len: u64,
    /// The first [`Self::memory_count`] are the module's memories, by index; the
    /// executable's segment maps what memory 0 has at start.
    pub memories: [MemoryLimits; MAX_MEMORIES],
    pub preemption: Preemption,
    /// At least 1: what is memory 0 of other modules is empty in one without memory.
    pub memory_count: u32,
}

/// How large a memory is.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MemoryLimits {
    /// Pages at start.
    pub initial_pages: u32,
    /// Pages that `memory.grow` may reach, the module's own maximum applied.
    pub maximum_pages: u32,
}

/// How to ask Go's scheduler to take the processor from the running goroutine,
/// as native Go's `sysmon` does (`preemptone` in `runtime/proc.go`): by putting
/// [`Preemption::STACK_PREEMPT`] into its `stackguard0`, which the next function
/// that checks for stack space finds.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Preemption {
    /// Address of the 8-byte cell of the global that holds `g`; 0 if nothing is
    /// ever preempted.
    pub g_cell: u64,
    /// How often, in microseconds of processor time.
    pub interval: u32,
    /// Offset of `m` in a `g`.
    pub g_m: u32,
    /// Offset of `g0` in an `m`.
    pub m_g0: u32,
    /// Offset of `stackguard0` in a `g`.
    pub g_stackguard0: u32,
}

impl Preemption {
    /// `stackPreempt` in `runtime/stack.go`.
    pub const STACK_PREEMPT: u64 = 0u64.wrapping_sub(1314);
}

/// A place in generated code that traps by an instruction of its own. Accesses
/// to linear memory are not listed: a fault inside the reserve at an
/// instruction of the module *is* an out-of-bounds access.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrapEntry {
    /// Offset of the trapping instruction from `text_start`.
    pub code_offset: u32,
    /// [`TrapKind`] in the upper 4 bits, offset in the wasm file in the lower 28
    /// ([`TrapEntry::UNKNOWN_OFFSET`] where it doesn't fit).
    pub kind_and_wasm_offset: u32,
}

impl TrapEntry {
    /// Stands for "not known" in the lower 28 bits.
    pub const UNKNOWN_OFFSET: u32 = (1 << 28) - 1;

    #[must_use]
    pub fn new(code_offset: u32, kind: TrapKind, wasm_offset: u32) -> Self {
        let wasm_offset = wasm_offset.min(Self::UNKNOWN_OFFSET);
        Self {
            code_offset,
            kind_and_wasm_offset: ((kind as u32) << 28) | wasm_offset,
        }
    }

    /// `None` for a number that no [`TrapKind`] has.
    #[must_use]
    pub fn kind(self) -> Option<TrapKind> {
        TrapKind::ALL
            .get((self.kind_and_wasm_offset >> 28) as usize)
            .copied()
    }

    #[must_use]
    pub fn wasm_offset(self) -> Option<u32> {
        let offset = self.kind_and_wasm_offset & Self::UNKNOWN_OFFSET;
        (offset != Self::UNKNOWN_OFFSET).then_some(offset)
    }
}

/// Why execution can't go on; the names follow the specification's execution
/// chapter and its test suite's messages.
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrapKind {
    Unreachable,
    MemoryOutOfBounds,
    TableOutOfBounds,
    IndirectCallToNull,
    BadSignature,
    IntegerOverflow,
    IntegerDivideByZero,
    BadConversionToInteger,
    StackOverflow,
    /// A Go function was resumed at a point that the compiler had ruled out.
    UnexpectedEntry,
    /// A table, by anything but a call; that is [`Self::TableOutOfBounds`].
    TableAccessOutOfBounds,
}

impl TrapKind {
    /// In the order of their numbers.
    pub const ALL: [Self; 11] = [
        Self::Unreachable,
        Self::MemoryOutOfBounds,
        Self::TableOutOfBounds,
        Self::IndirectCallToNull,
        Self::BadSignature,
        Self::IntegerOverflow,
        Self::IntegerDivideByZero,
        Self::BadConversionToInteger,
        Self::StackOverflow,
        Self::UnexpectedEntry,
        Self::TableAccessOutOfBounds,
    ];

    /// The message a user sees, in the words of the specification's test suite.
    #[must_use]
    pub fn message(self) -> &'static str {
        match self {
            Self::Unreachable => "unreachable",
            Self::MemoryOutOfBounds => "out of bounds memory access",
            Self::TableOutOfBounds => "undefined element",
            Self::IndirectCallToNull => "uninitialized element",
            Self::BadSignature => "indirect call type mismatch",
            Self::IntegerOverflow => "integer overflow",
            Self::IntegerDivideByZero => "integer divide by zero",
            Self::BadConversionToInteger => "invalid conversion to integer",
            Self::StackOverflow => "native stack overflow",
            Self::TableAccessOutOfBounds => "out of bounds table access",
            Self::UnexpectedEntry => "resumed where Go never resumes (build with --no-go-opt)",
        }
    }
}

/// Where a function's code starts and what it is called.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionEntry {
    /// Offset of the function's first instruction from `text_start`.
    pub code_offset: u32,
    /// Offset of its NUL-terminated name in the names.
    pub name_offset: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trap_entry_keeps_kind_and_offset() {
        for kind in TrapKind::ALL {
            let entry = TrapEntry::new(7, kind, 0x123_4567);
            assert_eq!(
                (entry.kind(), entry.wasm_offset()),
                (Some(kind), Some(0x123_4567))
            );
        }
        assert_eq!(
            TrapEntry::new(0, TrapKind::Unreachable, u32::MAX).wasm_offset(),
            None
        );
    }
}
