//! The tables that the compiler emits into a module's object for the shim.
//!
//! All are `repr(C)` and little-endian. Addresses are virtual addresses of an image at a
//! fixed address: 64-bit absolute relocations in the object, plain numbers in the executable.
//! The tables are read-only at run time.

/// The version of this crate's formats. It grows with every incompatible change. The shim
/// refuses to start a module of another version. Only linking with `ld` can combine two
/// versions.
pub const CONTRACT_VERSION: u32 = 10;

use crate::layout::MAX_MEMORIES;
use crate::parts::Part;
use crate::symbols::SymbolSet;

/// Everything that the shim knows about the module, at the symbol
/// [`symbols::MODULE`](crate::symbols::MODULE).
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct ModuleInfo {
    /// [`CONTRACT_VERSION`] of the compiler.
    pub version: u32,
    /// The [`Features`](crate::cpu::Features) that the generated code needs.
    pub cpu_features: u32,
    /// Address of an `extern "C" fn()` that runs the module's start function and `_start`. The
    /// shim enters it once, by a jump, and needs no register afterwards.
    pub entry: u64,
    /// Address of the first byte of generated code.
    pub text_start: u64,
    /// Address of the byte after the last one of generated code.
    pub text_end: u64,
    /// Address of `[TrapEntry; traps_len]`, sorted by `code_offset`.
    pub traps: u64,
    /// Number of trap entries.
    pub traps_len: u64,
    /// Address of `[FunctionEntry; functions_len]`, sorted by `code_offset`.
    pub functions: u64,
    /// Number of function entries.
    pub functions_len: u64,
    /// Address of the function names, each NUL-terminated UTF-8.
    pub names: u64,
    /// Bytes of all function names.
    pub names_len: u64,
    /// Address of the [`PolicyInfo`]. Nothing else here depends on the policy.
    pub policy: u64,
    /// A bit for each symbol of the runtime that the module's code refers to, in the order of
    /// [`runtime_symbols`](crate::symbols::runtime_symbols). The shim looks at those of
    /// `wasi_aot_os_1`, since its second fence depends on them; `wasi-aot inspect` reads all.
    pub runtime_symbols: SymbolSet,
    /// The module's memories, by index; the first [`Self::memory_count`] are used. The
    /// executable's segments map memory 0's initial size.
    pub memories: [MemoryLimits; MAX_MEMORIES],
    /// How goroutines are preempted.
    pub preemption: Preemption,
    /// Number of memories, at least 1: a module without a memory has an empty memory 0.
    pub memory_count: u32,
}

/// What the policy decides, in a segment that holds nothing else but the manifest's note.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
pub struct PolicyInfo {
    /// Address of the manifest (see [`crate::manifest`]), the descriptor of the ELF note.
    pub manifest: u64,
    /// Bytes of the manifest.
    pub manifest_len: u64,
    /// Address of each part's root, in the order of [`Part::ALL`]; 0 for a part that the
    /// policy doesn't need. Such a part isn't in the executable.
    pub parts: [u64; Part::ALL.len()],
}

/// Sizes of a memory.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct MemoryLimits {
    /// Pages at the start.
    pub initial_pages: u32,
    /// The module's own maximum. The policy may allow less.
    pub maximum_pages: u32,
}

/// How to ask the running goroutine to yield, as native Go's `sysmon` does (`preemptone` in
/// `runtime/proc.go`): [`Preemption::STACK_PREEMPT`] is stored to its `stackguard0`, where
/// the next function that checks for stack space finds it.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Preemption {
    /// Address of the 8-byte cell of the global that holds `g`; 0 if goroutines aren't
    /// preempted.
    pub g_cell: u64,
    /// The interval of requests, in microseconds of processor time.
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

/// An instruction of generated code that traps by itself. Accesses to linear memory aren't
/// listed: a fault inside a memory's reserve at an instruction of the module *is* an
/// out-of-bounds access.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrapEntry {
    /// Offset of the trapping instruction from `text_start`.
    pub code_offset: u32,
    /// The [`TrapKind`] in the upper 4 bits and the offset in the wasm file in the lower 28.
    /// An offset that doesn't fit is [`TrapEntry::UNKNOWN_OFFSET`].
    pub kind_and_wasm_offset: u32,
}

impl TrapEntry {
    /// The value of the lower 28 bits for an unknown offset.
    pub const UNKNOWN_OFFSET: u32 = (1 << 28) - 1;

    /// An entry; a `wasm_offset` of 28 bits or more counts as unknown.
    #[must_use]
    pub fn new(code_offset: u32, kind: TrapKind, wasm_offset: u32) -> Self {
        let wasm_offset = wasm_offset.min(Self::UNKNOWN_OFFSET);
        Self {
            code_offset,
            kind_and_wasm_offset: ((kind as u32) << 28) | wasm_offset,
        }
    }

    /// The kind of trap; `None` for a number that no [`TrapKind`] has.
    #[must_use]
    pub fn kind(self) -> Option<TrapKind> {
        TrapKind::ALL
            .get((self.kind_and_wasm_offset >> 28) as usize)
            .copied()
    }

    /// The instruction's offset in the wasm file, if it is known.
    #[must_use]
    pub fn wasm_offset(self) -> Option<u32> {
        let offset = self.kind_and_wasm_offset & Self::UNKNOWN_OFFSET;
        (offset != Self::UNKNOWN_OFFSET).then_some(offset)
    }
}

/// Why execution can't go on. The names follow the core specification's chapter "Execution"
/// and the messages of its test suite.
#[repr(u8)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrapKind {
    /// An `unreachable` was executed.
    Unreachable,
    /// An access outside of a memory.
    MemoryOutOfBounds,
    /// An indirect call with an index outside of the table.
    TableOutOfBounds,
    /// An indirect call of a null element.
    IndirectCallToNull,
    /// An indirect call of a function with another signature.
    BadSignature,
    /// A result that its integer type can't hold, of a division or a conversion.
    IntegerOverflow,
    /// A division by zero, or the remainder of one.
    IntegerDivideByZero,
    /// A conversion of NaN to an integer.
    BadConversionToInteger,
    /// The native stack is used up.
    StackOverflow,
    /// A Go function was entered at a PC_B that the compiler had ruled out.
    UnexpectedEntry,
    /// An access outside of a table by an instruction that isn't a call. A call has
    /// [`Self::TableOutOfBounds`].
    TableAccessOutOfBounds,
}

impl TrapKind {
    /// All kinds, in the order of their numbers.
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

    /// The message that users see, in the words of the specification's test suite.
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

/// Where a function's code begins, and its name.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FunctionEntry {
    /// Offset of the function's first instruction from `text_start`.
    pub code_offset: u32,
    /// Offset of the function's name in the names.
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
