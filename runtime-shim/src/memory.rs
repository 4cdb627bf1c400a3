//! Linear memory: its reservation, its current size, and `memory.grow`.
//!
//! Invariant, once [`reserve`] has returned: of the addresses from
//! `MEMORY_BASE - GUARD_BELOW` to `MEMORY_BASE + MEMORY_RESERVE` exactly
//! `[MEMORY_BASE, MEMORY_BASE + size_bytes())` is accessible, and nothing else
//! will ever be mapped there. Generated code leaves out bounds checks because
//! of it.

use crate::report::cannot_start;
use core::ops::Range;
use core::ptr::without_provenance_mut;
use core::sync::atomic::{AtomicU32, Ordering};
use rustix::io::Errno;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};
use wasi_aot_contract::layout::{
    GUARD_BELOW, MAX_PAGES, MEMORY_BASE, MEMORY_RESERVE, WASM_PAGE_SIZE,
};

/// Current size in pages; `symbols::MEMORY_PAGES`, read by generated code.
#[unsafe(no_mangle)]
pub static wasi_aot_memory_pages: AtomicU32 = AtomicU32::new(0);

/// Pages that the memory may grow to.
static MAXIMUM_PAGES: AtomicU32 = AtomicU32::new(0);

/// Every address that may belong to linear memory or be formed by an access
/// that misses it above.
pub const RESERVE: Range<u64> = MEMORY_BASE..MEMORY_BASE + MEMORY_RESERVE;

/// What an access that misses linear memory below may hit.
pub const GUARD: Range<u64> = MEMORY_BASE - GUARD_BELOW..MEMORY_BASE;

/// Current size in bytes; every guest pointer is checked against it.
pub fn size_bytes() -> u64 {
    u64::from(wasi_aot_memory_pages.load(Ordering::Relaxed)) * WASM_PAGE_SIZE
}

/// Reserves the address space around the initial memory, which the executable's
/// own segment has mapped, or ends the process with the reason why it can't.
pub fn reserve(initial_pages: u32, maximum_pages: u32) {
    let initial_end = MEMORY_BASE + u64::from(initial_pages) * WASM_PAGE_SIZE;
    for range in [GUARD, initial_end..RESERVE.end] {
        if let Err(error) = reserve_range(&range) {
            refuse(&range, error);
        }
    }
    MAXIMUM_PAGES.store(maximum_pages.min(MAX_PAGES), Ordering::Relaxed);
    wasi_aot_memory_pages.store(initial_pages, Ordering::Relaxed);
}

/// Maps `range` inaccessible, if nothing is mapped there yet.
fn reserve_range(range: &Range<u64>) -> Result<(), Errno> {
    let start = without_provenance_mut(range.start as usize);
    let len = (range.end - range.start) as usize;
    let flags = MapFlags::PRIVATE | MapFlags::FIXED_NOREPLACE | MapFlags::NORESERVE;
    // SAFETY: the flags let the kernel replace no mapping.
    let mapped = unsafe { mmap_anonymous(start, len, ProtFlags::empty(), flags)? };
    // Kernels before 4.17 and some emulators don't know MAP_FIXED_NOREPLACE and
    // take the address for a wish.
    if mapped == start {
        Ok(())
    } else {
        Err(Errno::EXIST)
    }
}

fn refuse(range: &Range<u64>, error: Errno) -> ! {
    let mebibytes = (RESERVE.end - GUARD.start).div_ceil(1 << 20);
    match error {
        Errno::NOMEM => cannot_start(format_args!(
            "cannot reserve {mebibytes} MiB of address space for linear memory: \
             the limit on virtual memory is too low (see ulimit -v)"
        )),
        Errno::EXIST => cannot_start(format_args!(
            "cannot reserve {mebibytes} MiB of address space for linear memory: \
             something else is mapped between {:#x} and {:#x}",
            range.start, range.end
        )),
        _ => cannot_start(format_args!(
            "cannot reserve {mebibytes} MiB of address space for linear memory: \
             mmap fails with errno {}",
            error.raw_os_error()
        )),
    }
}

/// `memory.grow`; `symbols::MEMORY_GROW`. Returns the previous size in pages, or
/// `u32::MAX` where the maximum or the system forbids to grow.
#[unsafe(no_mangle)]
pub extern "C" fn wasi_aot_memory_grow(delta_pages: u32) -> u32 {
    let pages = wasi_aot_memory_pages.load(Ordering::Relaxed);
    let Some(grown) = grown_size(pages, delta_pages, MAXIMUM_PAGES.load(Ordering::Relaxed)) else {
        return u32::MAX;
    };
    if grown != pages {
        let start = MEMORY_BASE + u64::from(pages) * WASM_PAGE_SIZE;
        let len = u64::from(delta_pages) * WASM_PAGE_SIZE;
        // SAFETY: the range is part of what `reserve` mapped: it begins where
        // the accessible part ends, and MAXIMUM_PAGES keeps it in the reserve.
        let result = unsafe {
            mprotect(
                without_provenance_mut(start as usize),
                len as usize,
                MprotectFlags::READ | MprotectFlags::WRITE,
            )
        };
        if result.is_err() {
            return u32::MAX;
        }
        wasi_aot_memory_pages.store(grown, Ordering::Relaxed);
    }
    pages
}

fn grown_size(pages: u32, delta: u32, maximum: u32) -> Option<u32> {
    pages.checked_add(delta).filter(|&grown| grown <= maximum)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn growth_ends_at_the_maximum() {
        assert_eq!(grown_size(1, 2, 3), Some(3));
        assert_eq!(grown_size(1, 3, 3), None);
        assert_eq!(grown_size(1, u32::MAX, MAX_PAGES), None);
        assert_eq!(grown_size(0, MAX_PAGES, MAX_PAGES), Some(MAX_PAGES));
        assert_eq!(grown_size(3, 0, 3), Some(3));
    }
}
