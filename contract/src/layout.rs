//! Where things live in the address space of a finished executable.
//!
//! Invariants: the image (shim, then module) stays below [`IMAGE_LIMIT`]; every
//! address that generated code forms from a 32-bit index plus a static offset of at
//! most [`MAX_UNCHECKED_OFFSET`] falls inside `[base, base + MEMORY_RESERVE)` of its
//! memory's [`base`](Target::memory_base), which is linear memory or PROT_NONE.
//! A change here changes what generated code may leave unchecked.

use crate::target::{Arch, Target};

/// Size of a WebAssembly page in bytes (core specification, "Memory Instances").
pub const WASM_PAGE_SIZE: u64 = 0x1_0000;

/// Most pages a 32-bit memory can have: 4 GiB.
pub const MAX_PAGES: u32 = 0x1_0000;

/// Where the shim is linked: the virtual address of its own file header. The
/// executable's headers lie in the page before.
pub const IMAGE_BASE: u64 = 0x40_0000;

/// Virtual address of the [`ModuleInfo`](crate::module::ModuleInfo). The
/// prebuilt shim is linked against this address before any module exists, and
/// must end below it.
pub const MODULE_INFO_ADDR: u64 = 0x50_0000;

/// PROT_NONE bytes right below each memory.
pub const GUARD_BELOW: u64 = 0x1_0000;

/// Static offsets up to this need no bounds check; the guard absorbs them.
/// Larger ones are checked explicitly.
pub const MAX_UNCHECKED_OFFSET: u64 = 0x4000_0000;

/// Bytes reserved from a memory's base upwards: what a 32-bit index plus
/// [`MAX_UNCHECKED_OFFSET`] plus the widest access can reach, page-rounded.
pub const MEMORY_RESERVE: u64 = (1 << 32) + MAX_UNCHECKED_OFFSET + WASM_PAGE_SIZE;

/// Most memories of a module. All of them together take less than half of the
/// smallest address space that Linux gives a process on aarch64 (512 GiB).
pub const MAX_MEMORIES: usize = 16;

/// From byte 0 of one memory to byte 0 of the next: what the one reserves above and
/// the other below, with room between the two.
pub const MEMORY_STRIDE: u64 = 6 << 30;

/// First address the image must not reach, 252 MiB: of the addresses of its functions, tables
/// hold 32 bits, and an `ADRP` on aarch64 reaches all of it.
pub const IMAGE_LIMIT: u64 = 252 << 20;

/// Default reservation for the native stack, committed lazily by the kernel.
pub const DEFAULT_STACK_SIZE: u64 = 8 << 30;

/// Least native stack of an executable. The runtime's deepest calls, lookups of paths
/// without `openat2`, take up to 90 KiB of it; `tests/host/stack.rs` sees to it that all of
/// them fit into half of it, so that the program has the other half.
pub const MIN_STACK_SIZE: u64 = 256 << 10;

/// What sizes of native stacks are multiples of: a multiple of every page size that Linux
/// has on our processors.
pub const STACK_UNIT: u64 = 0x1_0000;

const _: () = {
    let mut index = 0;
    while index < Target::ALL.len() {
        let base = Target::ALL[index].memory_base(0);
        // No memory's reserve reaches the image.
        assert!(base - GUARD_BELOW >= IMAGE_LIMIT);
        // Segments of memory begin on a page of every kernel.
        assert!(STACK_UNIT.is_multiple_of(Target::ALL[index].page_size()));
        assert!(WASM_PAGE_SIZE.is_multiple_of(Target::ALL[index].page_size()));
        match Target::ALL[index].arch() {
            // The folded displacement is a signed 32-bit number.
            Arch::X86_64 => assert!(base + MAX_UNCHECKED_OFFSET <= 0x7fff_ffff),
            // The lower half of base plus index is the index.
            Arch::Aarch64 => assert!(base.trailing_zeros() >= 32),
        }
        index += 1;
    }
};

// No memory's reserve reaches the guard below the next memory.
const _: () = assert!(MEMORY_RESERVE + GUARD_BELOW <= MEMORY_STRIDE);

/// The layout of [`Target::NATIVE`], for the shim.
pub mod native {
    use super::Target;

    /// Virtual address of byte 0 of the first memory.
    pub const MEMORY_BASE: u64 = memory_base(0);

    /// [`Target::memory_base`].
    #[must_use]
    pub const fn memory_base(index: u32) -> u64 {
        Target::NATIVE.memory_base(index)
    }
}
