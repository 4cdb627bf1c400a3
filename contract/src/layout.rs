//! The address space of an executable.
//!
//! Invariants:
//!
//! - The image (runtime and module) ends below [`IMAGE_LIMIT`].
//! - The linker puts the module's [`ModuleInfo`](crate::module::ModuleInfo) at
//!   [`MODULE_INFO_ADDR`] in every executable.
//! - Every address that generated code forms from a 32-bit index and a static offset of at
//!   most [`MAX_UNCHECKED_OFFSET`] lies in `[base, base + MEMORY_RESERVE)`, where `base` is
//!   its memory's [`base`](memory_base). Every byte there is linear memory or
//!   PROT_NONE. So a change here changes which accesses generated code may leave unchecked.
//! - **Several memories** have fixed addresses, [`MEMORY_STRIDE`] apart, each with the same
//!   reserve around it. On x86-64 only the first memory's base is low enough to be a
//!   displacement. On all targets only the first memory has bytes in the file.

use crate::target::{Arch, Target};

/// Bytes of a WebAssembly page (core specification, "Memory Instances").
pub const WASM_PAGE_SIZE: u64 = 0x1_0000;

/// The most pages of a 32-bit memory: 4 GiB.
pub const MAX_PAGES: u32 = 0x1_0000;

/// The virtual address of an executable's file header.
pub const IMAGE_BASE: u64 = 0x40_0000;

/// Bytes for the file's headers: an ELF header of 64 bytes and 26 program headers of 56. Linear
/// memory has at most 17 segments, everything else 7, and two headers load nothing.
pub const HEADERS_ROOM: u64 = 0x600;

/// Virtual address of the [`ModuleInfo`](crate::module::ModuleInfo).
pub const MODULE_INFO_ADDR: u64 = IMAGE_BASE + HEADERS_ROOM;

/// Bytes of address space between read-only data and code for the parts of the runtime that
/// only the policy needs ([`crate::parts`]). A multiple of every page size.
pub const POLICY_ROOM: u64 = 0x8_0000;

/// Virtual address of byte 0 of the linear memory with this index.
#[must_use]
pub const fn memory_base(target: Target, index: u32) -> u64 {
    target.first_memory_base() + index as u64 * MEMORY_STRIDE
}

/// Bytes with PROT_NONE right below each memory.
pub const GUARD_BELOW: u64 = 0x1_0000;

/// The largest static offset of an access without a comparison of bounds: the reserve above
/// the memory absorbs it.
pub const MAX_UNCHECKED_OFFSET: u64 = 0x4000_0000;

/// Bytes reserved from a memory's base upwards: as far as a 32-bit index, an offset of
/// [`MAX_UNCHECKED_OFFSET`] and the widest access reach, in whole pages.
pub const MEMORY_RESERVE: u64 = (1 << 32) + MAX_UNCHECKED_OFFSET + WASM_PAGE_SIZE;

/// The most memories of a module. All of them take less than half of the smallest address
/// space that Linux gives a process on aarch64 (512 GiB).
pub const MAX_MEMORIES: usize = 16;

/// Bytes from the base of one memory to the base of the next: the reserve above the lower
/// memory, the guard below the upper memory, and room between.
pub const MEMORY_STRIDE: u64 = 6 << 30;

/// The image ends at or below this address, 252 MiB. So the addresses of its functions fit
/// the 32-bit entries of tables, and an `ADRP` on aarch64 reaches all of it.
pub const IMAGE_LIMIT: u64 = 252 << 20;

/// Bytes reserved for the native stack by default. The kernel commits pages when they are
/// used.
pub const DEFAULT_STACK_SIZE: u64 = 8 << 30;

/// The smallest native stack of an executable, in bytes. The runtime's deepest calls, which
/// look up paths without `openat2`, take up to 90 KiB. `tests/host/stack.rs` shows that all
/// calls fit into half of the stack, so that the program has the other half.
pub const MIN_STACK_SIZE: u64 = 256 << 10;

/// Sizes of native stacks are multiples of this, which is a multiple of every page size that
/// Linux has on our targets.
pub const STACK_UNIT: u64 = 0x1_0000;

const _: () = {
    let mut index = 0;
    while index < Target::ALL.len() {
        let base = memory_base(Target::ALL[index], 0);
        // No memory's reserve reaches the image.
        assert!(base - GUARD_BELOW >= IMAGE_LIMIT);
        // Stacks and chunks of memory begin on a page of every kernel.
        assert!(STACK_UNIT.is_multiple_of(Target::ALL[index].page_size()));
        assert!(WASM_PAGE_SIZE.is_multiple_of(Target::ALL[index].page_size()));
        assert!(POLICY_ROOM.is_multiple_of(Target::ALL[index].page_size()));
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

    /// [`super::memory_base`].
    #[must_use]
    pub const fn memory_base(index: u32) -> u64 {
        super::memory_base(Target::NATIVE, index)
    }
}
