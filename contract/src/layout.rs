//! Where things live in the address space of a finished executable.
//!
//! Invariants: the image (shim, then module) stays below [`MEMORY_BASE`] minus
//! [`GUARD_BELOW`]; every address that generated code forms from a 32-bit index
//! plus a static offset of at most [`MAX_UNCHECKED_OFFSET`] falls inside
//! `[MEMORY_BASE, MEMORY_BASE + MEMORY_RESERVE)`, which is linear memory or
//! PROT_NONE. The same holds of every other memory, from its own [`memory_base`].
//! A change here changes what generated code may leave unchecked.

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

/// Virtual address of byte 0 of linear memory. Low enough that base plus a
/// static offset is a positive 32-bit displacement on x86-64.
pub const MEMORY_BASE: u64 = 0x1000_0000;

/// PROT_NONE bytes right below [`MEMORY_BASE`].
pub const GUARD_BELOW: u64 = 0x1_0000;

/// Static offsets up to this need no bounds check; the guard absorbs them.
/// Larger ones are checked explicitly.
pub const MAX_UNCHECKED_OFFSET: u64 = 0x4000_0000;

/// Bytes reserved from [`MEMORY_BASE`] upwards: what a 32-bit index plus
/// [`MAX_UNCHECKED_OFFSET`] plus the widest access can reach, page-rounded.
pub const MEMORY_RESERVE: u64 = (1 << 32) + MAX_UNCHECKED_OFFSET + WASM_PAGE_SIZE;

/// Most memories of a module. All of them together take less than half of the
/// smallest address space that Linux gives a process on aarch64 (512 GiB).
pub const MAX_MEMORIES: usize = 16;

/// From byte 0 of one memory to byte 0 of the next: what the one reserves above and
/// the other below, with room between the two.
pub const MEMORY_STRIDE: u64 = 6 << 30;

/// Virtual address of byte 0 of the memory with this index.
#[must_use]
pub const fn memory_base(index: u32) -> u64 {
    MEMORY_BASE + index as u64 * MEMORY_STRIDE
}

/// First address the image must not reach.
pub const IMAGE_LIMIT: u64 = MEMORY_BASE - GUARD_BELOW;

/// Default reservation for the native stack, committed lazily by the kernel.
pub const DEFAULT_STACK_SIZE: u64 = 8 << 30;

// The folded displacement of x86-64 is a signed 32-bit number.
const _: () = assert!(MEMORY_BASE + MAX_UNCHECKED_OFFSET <= 0x7fff_ffff);

// No memory's reserve reaches the guard below the next one.
const _: () = assert!(MEMORY_RESERVE + GUARD_BELOW <= MEMORY_STRIDE);
