//! The native stack. It is a reservation of the runtime's own, since Go's deepest recursion
//! needs far more than the system's default of 8 MiB. The kernel provides its pages when they
//! are touched.
//!
//! Invariant: the [`GUARD_SIZE`] bytes below the stack are inaccessible and turn an overflow
//! into a fault. Generated code probes each page of a large frame, so no frame jumps over the
//! guard.

use crate::report::cannot_start;
use core::ops::Range;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicU64, Ordering};
use rustix::io::Errno;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect};
use wasi_aot_contract::layout::STACK_UNIT;

/// Inaccessible bytes at the low end; sizes are rounded up to multiples of it.
const GUARD_SIZE: u64 = STACK_UNIT;

/// The smallest stack that is tried if the system refuses larger ones.
const MINIMUM: u64 = 1 << 20;

/// Lowest usable address, 0 before [`reserve`].
static LOW: AtomicU64 = AtomicU64::new(0);
static TOP: AtomicU64 = AtomicU64::new(0);
/// Usable bytes that were asked for.
static WANTED: AtomicU64 = AtomicU64::new(0);

/// Where the native stack is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NativeStack {
    /// Addresses that frames may use.
    pub usable: Range<u64>,
    /// Bytes that the executable asked for: more than `usable` has if the system refused that
    /// many.
    pub wanted: u64,
}

impl NativeStack {
    /// Addresses right below `usable` where an overflow faults.
    pub fn guard(&self) -> Range<u64> {
        self.usable.start.saturating_sub(GUARD_SIZE)..self.usable.start
    }

    pub fn size(&self) -> u64 {
        self.usable.end - self.usable.start
    }
}

/// The stack made by [`reserve`]; empty before that.
pub fn current() -> NativeStack {
    NativeStack {
        usable: LOW.load(Ordering::Relaxed)..TOP.load(Ordering::Relaxed),
        wanted: WANTED.load(Ordering::Relaxed),
    }
}

/// Reserves a stack of `wanted` bytes and returns its top (a multiple of 16). As long as the
/// system refuses, half as many bytes are tried. Ends the process if even [`MINIMUM`] is
/// refused.
pub fn reserve(wanted: u64) -> u64 {
    let wanted = rounded(wanted);
    let mut size = wanted;
    let low = loop {
        match map(size) {
            Ok(low) => break low,
            Err(_) if size / 2 >= MINIMUM => size = rounded(size / 2),
            Err(error) => cannot_start(format_args!(
                "cannot reserve a native stack: mmap fails with errno {}; \
                 memory is exhausted or limited (see ulimit -v and ulimit -d)",
                error.raw_os_error()
            )),
        }
    };
    LOW.store(low, Ordering::Relaxed);
    TOP.store(low + size, Ordering::Relaxed);
    WANTED.store(wanted, Ordering::Relaxed);
    low + size
}

/// `size` as a multiple of the guard's size: at least one, and so few that no sum overflows.
pub fn rounded(size: u64) -> u64 {
    size.clamp(1, 1 << 46).next_multiple_of(GUARD_SIZE)
}

/// Maps a guard and `size` bytes above it, a multiple of [`GUARD_SIZE`]; returns the
/// lowest usable address.
///
/// # Errors
/// When the kernel refuses.
pub fn map(size: u64) -> Result<u64, Errno> {
    let flags = MapFlags::PRIVATE | MapFlags::NORESERVE | MapFlags::STACK;
    let read_write = ProtFlags::READ | ProtFlags::WRITE;
    // SAFETY: the kernel chooses an address where nothing is mapped, and the
    // guard is part of what it maps.
    unsafe {
        let start = mmap_anonymous(null_mut(), (GUARD_SIZE + size) as usize, read_write, flags)?;
        mprotect(start, GUARD_SIZE as usize, MprotectFlags::empty())?;
        Ok(start.addr() as u64 + GUARD_SIZE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stack_can_be_used_from_end_to_end_and_a_refused_one_is_smaller() {
        let top = reserve(1 << 50);
        let stack = current();
        assert_eq!(stack.usable.end, top);
        assert_eq!(stack.wanted, 1 << 46);
        // `reserve` asks for 2^46 bytes, and the system may refuse that much.
        assert!((MINIMUM..1 << 46).contains(&stack.size()) || stack.size() == 1 << 46);
        assert_eq!(stack.guard().end, stack.usable.start);
        for address in [stack.usable.start, top - 8] {
            let word = core::ptr::with_exposed_provenance_mut::<u64>(address as usize);
            // SAFETY: both words lie in the stack, which nothing uses.
            unsafe { word.write_volatile(7) };
        }
    }

    #[test]
    fn sizes_are_whole_guards() {
        assert_eq!(rounded(0), GUARD_SIZE);
        assert_eq!(rounded(GUARD_SIZE + 1), 2 * GUARD_SIZE);
        assert_eq!(rounded(u64::MAX), 1 << 46);
    }
}
