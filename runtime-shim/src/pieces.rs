//! Pieces of memory that move through registers, for the functions of [`crate::libc_mem`]
//! and [`crate::compare_bytes`].

use crate::arch::Block;
use core::arch::asm;

/// Bytes per block.
pub const BLOCK: usize = size_of::<Block>();

/// A type whose values move through registers in one piece. Arrays don't: LLVM keeps them
/// in memory between the load and the store.
pub trait Piece: Copy {
    /// An unaligned load.
    ///
    /// # Safety
    /// `at` is readable for `size_of::<Self>()` bytes.
    unsafe fn load(at: *const u8) -> Self;

    /// An unaligned store.
    ///
    /// # Safety
    /// `at` is writable for `size_of::<Self>()` bytes.
    unsafe fn store(self, at: *mut u8);
}

macro_rules! pieces {
    ($($ty:ty)*) => {$(
        impl Piece for $ty {
            #[inline(always)]
            unsafe fn load(at: *const u8) -> Self {
                // SAFETY: the caller's promise; any bytes make such a value.
                unsafe { at.cast::<Self>().read_unaligned() }
            }

            #[inline(always)]
            unsafe fn store(self, at: *mut u8) {
                // SAFETY: the caller's promise.
                unsafe { at.cast::<Self>().write_unaligned(self) }
            }
        }
    )*};
}
pieces!(u16 u32 u64 Block);

/// Two pieces, the second at the higher address.
#[derive(Clone, Copy)]
pub struct Twice<T>(pub T, pub T);

/// LLVM has to take this for a write to any memory. It compiles to no instruction.
#[inline(always)]
pub fn opaque() {
    // SAFETY: no instructions.
    unsafe { asm!("", options(nostack, preserves_flags)) }
}
