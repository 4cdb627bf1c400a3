//! Linear memories: their reservation, their current sizes, and `memory.grow`.
//!
//! Invariants, once [`reserve`] has returned:
//!
//! * For each memory of the module, of the addresses from `GUARD_BELOW` below its base to
//!   `MEMORY_RESERVE` above it exactly `[base, base + size)` is accessible, and nothing else
//!   will ever be mapped there. Generated code leaves out bounds checks because of that.
//! * The sum of all memories never exceeds what `--max-memory` leaves after the native stack
//!   (`Limits` in `manifest.rs`).
//!
//! The executable's own segment maps memory 0, which is the memory of the WASI functions.

use crate::report::cannot_start;
use core::fmt;
use core::ops::Range;
use core::ptr::without_provenance_mut;
use core::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use rustix::io::Errno;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};
use wasi_aot_contract::layout::native::{MEMORY_BASE, memory_base};
use wasi_aot_contract::layout::{
    GUARD_BELOW, MAX_MEMORIES, MAX_PAGES, MEMORY_RESERVE, WASM_PAGE_SIZE,
};
use wasi_aot_contract::module::{MemoryLimits, ModuleInfo};

/// Current sizes in pages; `symbols::MEMORY_PAGES`, read by generated code.
#[unsafe(no_mangle)]
pub static wasi_aot_memory_pages: [AtomicU32; MAX_MEMORIES] =
    [const { AtomicU32::new(0) }; MAX_MEMORIES];

/// Pages that each memory may grow to; 0 for memories that the module lacks.
static MAXIMUM_PAGES: [AtomicU32; MAX_MEMORIES] = [const { AtomicU32::new(0) }; MAX_MEMORIES];

/// Number of memories of the module.
static COUNT: AtomicU32 = AtomicU32::new(0);

/// Pages that all memories together may have: `--max-memory` without the native stack.
static TOGETHER: AtomicU64 = AtomicU64::new(u64::MAX);

/// Current size of memory 0 in bytes; every guest pointer is checked against it.
pub fn size_bytes() -> u64 {
    bytes(wasi_aot_memory_pages[0].load(Ordering::Relaxed))
}

fn bytes(pages: u32) -> u64 {
    u64::from(pages) * WASM_PAGE_SIZE
}

/// The addresses that are reserved for a memory and right below it. An access that misses the
/// memory hits one of them.
pub fn reserved(memory: u32) -> Range<u64> {
    memory_base(memory) - GUARD_BELOW..memory_base(memory) + MEMORY_RESERVE
}

/// The reserved addresses that no memory ever grows into: the guard below each memory, and
/// the addresses beyond its maximum.
pub fn unchanging() -> impl Iterator<Item = Range<u64>> {
    let memories = (0..COUNT.load(Ordering::Relaxed)).zip(&MAXIMUM_PAGES);
    memories.flat_map(|(memory, maximum)| {
        let (base, all) = (memory_base(memory), reserved(memory));
        let end = base + bytes(maximum.load(Ordering::Relaxed));
        [all.start..base, end..all.end]
    })
}

/// The memories of a module with their current sizes in bytes.
pub fn sizes(module: &ModuleInfo) -> impl Iterator<Item = (u32, u64)> + Clone {
    let sizes = wasi_aot_memory_pages.iter();
    (0..module.memory_count)
        .zip(sizes)
        .map(|(memory, pages)| (memory, bytes(pages.load(Ordering::Relaxed))))
}

/// Reserves the address space around the memories of `module`, and makes their initial pages
/// accessible, or ends the process with the reason why it can't. All memories together may
/// grow to `together` pages.
pub fn reserve(module: &ModuleInfo, together: u64) {
    TOGETHER.store(together, Ordering::Relaxed);
    let memories = (0..module.memory_count).zip(&module.memories);
    let initial = memories
        .clone()
        .map(|(_, limits)| u64::from(limits.initial_pages));
    let room = together.saturating_sub(initial.sum());
    for (memory, limits) in memories {
        let result = if memory == 0 {
            reserve_first(limits.initial_pages)
        } else {
            reserve_other(memory, limits.initial_pages)
        };
        if let Err(error) = result {
            refuse(memory, error);
        }
        publish(memory, limits, room);
    }
    COUNT.store(module.memory_count, Ordering::Relaxed);
}

/// Makes a memory's limits known. The memory can't grow by more than `room` pages.
fn publish(memory: u32, limits: &MemoryLimits, room: u64) {
    let index = memory as usize;
    let allowed = u64::from(limits.initial_pages).saturating_add(room);
    let maximum = u64::from(limits.maximum_pages.min(MAX_PAGES)).min(allowed);
    MAXIMUM_PAGES[index].store(maximum as u32, Ordering::Relaxed);
    wasi_aot_memory_pages[index].store(limits.initial_pages, Ordering::Relaxed);
}

/// Reserves the addresses around memory 0, which is mapped.
fn reserve_first(initial_pages: u32) -> Result<(), Errno> {
    let all = reserved(0);
    // The guard lies between two segments of the executable, where nothing can be mapped
    // yet. qemu-user has put something of its own there, so that a mapping that replaces
    // nothing would fail.
    map_inaccessible(&(all.start..MEMORY_BASE), MapFlags::FIXED)?;
    reserve_range(&(MEMORY_BASE + bytes(initial_pages)..all.end))
}

/// Reserves another memory and makes its initial pages accessible.
fn reserve_other(memory: u32, initial_pages: u32) -> Result<(), Errno> {
    reserve_range(&reserved(memory))?;
    // To change the access of no bytes is an error in qemu-user, though not in Linux.
    if initial_pages == 0 {
        return Ok(());
    }
    // SAFETY: the range begins a reserve that was just mapped, and the compiler
    // emits no memory of more than 4 GiB.
    unsafe { open(memory_base(memory), bytes(initial_pages)) }
}

/// Makes the `len` bytes from `start` on accessible.
///
/// # Safety
/// The bytes are part of a memory's reserve.
unsafe fn open(start: u64, len: u64) -> Result<(), Errno> {
    let access = MprotectFlags::READ | MprotectFlags::WRITE;
    // SAFETY: the caller's promise: nothing but this memory is there.
    unsafe { mprotect(without_provenance_mut(start as usize), len as usize, access) }
}

/// Maps `range` inaccessible.
///
/// # Errors
/// `EEXIST` if something is mapped there already.
fn reserve_range(range: &Range<u64>) -> Result<(), Errno> {
    map_inaccessible(range, MapFlags::FIXED_NOREPLACE)
}

/// Maps `range` inaccessible; `fixed` says whether mappings that are in the way are replaced.
fn map_inaccessible(range: &Range<u64>, fixed: MapFlags) -> Result<(), Errno> {
    let start = without_provenance_mut(range.start as usize);
    let len = (range.end - range.start) as usize;
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | fixed;
    // SAFETY: the range is part of a memory's reserve, outside of the memory, where the
    // process has mapped nothing: so nothing that it uses is replaced.
    let mapped = unsafe { mmap_anonymous(start, len, ProtFlags::empty(), flags)? };
    // Kernels before 4.17 and some emulators don't know MAP_FIXED_NOREPLACE and
    // take the address for a hint.
    if mapped == start {
        Ok(())
    } else {
        Err(Errno::EXIST)
    }
}

fn refuse(memory: u32, error: Errno) -> ! {
    let range = reserved(memory);
    let mebibytes = (range.end - range.start).div_ceil(1 << 20);
    let which = Which(memory);
    match error {
        Errno::NOMEM => cannot_start(format_args!(
            "cannot reserve {mebibytes} MiB of address space for {which}: \
             the limit on virtual memory is too low (see ulimit -v)"
        )),
        Errno::EXIST => cannot_start(format_args!(
            "cannot reserve {mebibytes} MiB of address space for {which}: \
             something else is mapped between {:#x} and {:#x}",
            range.start, range.end
        )),
        _ => cannot_start(format_args!(
            "cannot reserve {mebibytes} MiB of address space for {which}: \
             mmap fails with errno {}",
            error.raw_os_error()
        )),
    }
}

/// Names a memory in a message. The first memory, which is nearly always the only one, is
/// named without its number.
struct Which(u32);

impl fmt::Display for Which {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            0 => f.write_str("linear memory"),
            other => write!(f, "memory {other}"),
        }
    }
}

/// `memory.grow` of memory 0; `symbols::MEMORY_GROW`.
#[unsafe(no_mangle)]
pub extern "C" fn wasi_aot_memory_grow(delta_pages: u32) -> u32 {
    grow(delta_pages, 0)
}

/// `memory.grow` of any memory; `symbols::MEMORY_GROW_OTHER`.
#[unsafe(no_mangle)]
pub extern "C" fn wasi_aot_memory_grow_other(delta_pages: u32, memory: u32) -> u32 {
    grow(delta_pages, memory)
}

/// Makes `memory` larger and returns its previous size in pages, or `u32::MAX` if a limit or
/// the system forbids it.
fn grow(delta_pages: u32, memory: u32) -> u32 {
    let size = &wasi_aot_memory_pages[memory as usize];
    let pages = size.load(Ordering::Relaxed);
    let maximum = MAXIMUM_PAGES[memory as usize].load(Ordering::Relaxed);
    let sizes = wasi_aot_memory_pages.iter();
    let all = sizes.map(|pages| u64::from(pages.load(Ordering::Relaxed)));
    let room = TOGETHER.load(Ordering::Relaxed).saturating_sub(all.sum());
    let Some(grown) = grown_size(pages, delta_pages, maximum, room) else {
        return u32::MAX;
    };
    if grown != pages {
        let start = memory_base(memory) + bytes(pages);
        // SAFETY: the range is part of what `reserve` mapped: it begins where
        // the accessible part ends, and MAXIMUM_PAGES keeps it in the reserve.
        if unsafe { open(start, bytes(delta_pages)) }.is_err() {
            return u32::MAX;
        }
        size.store(grown, Ordering::Relaxed);
    }
    pages
}

/// The size after growing by `delta` pages, if that is at most `maximum` and `delta` is at most
/// `room`, the pages by which all memories together may grow.
fn grown_size(pages: u32, delta: u32, maximum: u32, room: u64) -> Option<u32> {
    let grown = pages.checked_add(delta)?;
    (grown <= maximum && u64::from(delta) <= room).then_some(grown)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Kernels before 4.17 don't know MAP_FIXED_NOREPLACE, and take the address for a hint.
    #[test]
    fn a_kernel_that_takes_addresses_for_hints_replaces_nothing() {
        let hint = MapFlags::empty();
        let free = memory_base(15)..memory_base(15) + (1 << 20);
        map_inaccessible(&free, hint).unwrap();
        assert_eq!(map_inaccessible(&free, hint), Err(Errno::EXIST));
        assert_eq!(reserve_range(&free), Err(Errno::EXIST));
    }

    #[test]
    fn growth_ends_at_the_maximum() {
        let any = u64::MAX;
        assert_eq!(grown_size(1, 2, 3, any), Some(3));
        assert_eq!(grown_size(1, 3, 3, any), None);
        assert_eq!(grown_size(1, u32::MAX, MAX_PAGES, any), None);
        assert_eq!(grown_size(0, MAX_PAGES, MAX_PAGES, any), Some(MAX_PAGES));
        assert_eq!(grown_size(3, 0, 3, 0), Some(3));
        assert_eq!(grown_size(1, 2, 3, 2), Some(3));
        assert_eq!(grown_size(1, 2, 3, 1), None);
    }
}
