//! The memory functions of C that rustc expects to exist (memcpy, memmove, memset, memcmp,
//! bcmp, strlen). Generated code calls memmove and memset for memory.copy and memory.fill. How
//! bytes are compared is in [`crate::compare_bytes`].
//!
//! Invariant: every loop contains [`opaque`], which LLVM has to take for a write to any memory.
//! LLVM recognises loops that copy, fill, compare or measure, and would replace them with a
//! call of the function that they are in.
//!
//! Up to 128 bytes are copied in a few blocks from the front and a few from the back, which may
//! overlap: all are loaded before any is stored, so one way serves every size and every overlap.

use crate::arch::{self, Block, splat};
#[cfg(not(test))]
use crate::compare_bytes;
use crate::pieces::{BLOCK, Piece, Twice, opaque};

/// Bytes per round of a loop over blocks.
const ROUND: usize = 4 * BLOCK;
/// From this size on the processor's string instructions, if it has them, beat a loop over
/// blocks (measured on Zen: about 1.5 KiB for copying, 2 KiB for filling).
const STRING_MIN: usize = 2048;

/// C's memcpy.
///
/// # Safety
/// As [`copy`].
#[cfg(not(test))]
#[unsafe(no_mangle)]
unsafe extern "C" fn memcpy(dst: *mut u8, src: *const u8, n: usize) -> *mut u8 {
    // SAFETY: passed on.
    unsafe { copy(dst, src, n) };
    dst
}

/// C's memmove.
///
/// # Safety
/// As [`copy`].
#[cfg(not(test))]
#[unsafe(no_mangle)]
unsafe extern "C" fn memmove(dst: *mut u8, src: *const u8, n: usize) -> *mut u8 {
    // SAFETY: passed on.
    unsafe { copy(dst, src, n) };
    dst
}

/// C's memset: the lower 8 bits of `value`.
///
/// # Safety
/// As [`fill`].
#[cfg(not(test))]
#[unsafe(no_mangle)]
unsafe extern "C" fn memset(dst: *mut u8, value: i32, n: usize) -> *mut u8 {
    // SAFETY: passed on.
    unsafe { fill(dst, value as u8, n) };
    dst
}

/// C's memcmp.
///
/// # Safety
/// As [`compare_bytes::compare`].
#[cfg(not(test))]
#[unsafe(no_mangle)]
unsafe extern "C" fn memcmp(a: *const u8, b: *const u8, n: usize) -> i32 {
    // SAFETY: passed on.
    unsafe { compare_bytes::compare(a, b, n) }
}

/// LLVM's memcmp for equality.
///
/// # Safety
/// As [`compare_bytes::equal`].
#[cfg(not(test))]
#[unsafe(no_mangle)]
unsafe extern "C" fn bcmp(a: *const u8, b: *const u8, n: usize) -> i32 {
    // SAFETY: passed on.
    (!unsafe { compare_bytes::equal(a, b, n) }).into()
}

/// C's strlen.
///
/// # Safety
/// As [`length`].
#[cfg(not(test))]
#[unsafe(no_mangle)]
unsafe extern "C" fn strlen(s: *const u8) -> usize {
    // SAFETY: passed on.
    unsafe { length(s) }
}

/// Copies `n` bytes; the ranges may overlap.
///
/// # Safety
/// `src` is readable and `dst` writable for `n` bytes.
unsafe fn copy(dst: *mut u8, src: *const u8, n: usize) {
    // SAFETY: each case touches bytes 0 to n of both ranges only, by the sizes
    // it is chosen for, and loads what it stores before it stores.
    unsafe {
        if n <= BLOCK {
            copy_within_block(dst, src, n);
        } else if n <= 2 * BLOCK {
            copy_ends::<Block>(dst, src, n);
        } else if n <= 4 * BLOCK {
            copy_ends::<Two>(dst, src, n);
        } else if n <= 8 * BLOCK {
            copy_ends::<Four>(dst, src, n);
        } else if dst.addr().wrapping_sub(src.addr()) < n {
            copy_backward(dst, src, n);
        } else if n < STRING_MIN
            || src.addr().wrapping_sub(dst.addr()) < ROUND
            || !arch::copy_string(dst, src, n)
        {
            copy_forward(dst, src, n);
        }
    }
}

/// [`copy`] for at most 16 bytes.
///
/// # Safety
/// As [`copy`], and `n <= 16`.
#[inline(always)]
unsafe fn copy_within_block(dst: *mut u8, src: *const u8, n: usize) {
    // SAFETY: the caller's promise, and each type's size is at most n.
    unsafe {
        if n >= 8 {
            copy_ends::<u64>(dst, src, n);
        } else if n >= 4 {
            copy_ends::<u32>(dst, src, n);
        } else if n >= 2 {
            copy_ends::<u16>(dst, src, n);
        } else if n == 1 {
            *dst = *src;
        }
    }
}

/// Copies the first and the last `size_of::<T>()` of `n` bytes, loading both
/// before storing.
///
/// # Safety
/// As [`copy`], and `n >= size_of::<T>()`.
#[inline(always)]
unsafe fn copy_ends<T: Piece>(dst: *mut u8, src: *const u8, n: usize) {
    // SAFETY: both ends lie within the n bytes.
    unsafe {
        let first = T::load(src);
        let last = T::load(src.add(n - size_of::<T>()));
        first.store(dst);
        last.store(dst.add(n - size_of::<T>()));
    }
}

/// [`copy`] from the front, for a destination below the source or apart from it.
///
/// # Safety
/// As [`copy`], with `n > 2 * ROUND`, and no source byte after the first is the
/// destination's first byte.
unsafe fn copy_forward(dst: *mut u8, src: *const u8, n: usize) {
    // SAFETY: the loop's stores end below the bytes that it hasn't loaded yet, since dst is
    // below src or apart from it. The stores may run over the source's tail, and since the
    // loop begins inside the first block, a store of that block could run over bytes to be
    // loaded. So both are loaded first and stored last. All offsets are at most n: the loop
    // stores aligned rounds that begin below n - ROUND.
    unsafe {
        let first = Block::load(src);
        let last = Four::load(src.add(n - ROUND));
        let mut at = BLOCK - dst.addr() % BLOCK;
        while at < n - ROUND {
            let round = Four::load(src.add(at));
            round.store(dst.add(at));
            at += ROUND;
            opaque();
        }
        last.store(dst.add(n - ROUND));
        first.store(dst);
    }
}

/// [`copy`] from the back, for a destination inside the source.
///
/// # Safety
/// As [`copy`], with `n > 2 * ROUND`, and `dst` is at or above `src`.
unsafe fn copy_backward(dst: *mut u8, src: *const u8, n: usize) {
    // SAFETY: as in `copy_forward`, mirrored: stores stay above the bytes that the loop hasn't
    // loaded yet, and the two ends are loaded first and stored last.
    unsafe {
        let first = Four::load(src);
        let last = Block::load(src.add(n - BLOCK));
        let mut end = n - dst.addr().wrapping_add(n) % BLOCK;
        while end > ROUND {
            end -= ROUND;
            let round = Four::load(src.add(end));
            round.store(dst.add(end));
            opaque();
        }
        first.store(dst);
        last.store(dst.add(n - BLOCK));
    }
}

/// Sets `n` bytes to `value`.
///
/// # Safety
/// `dst` is writable for `n` bytes.
unsafe fn fill(dst: *mut u8, value: u8, n: usize) {
    let word = u64::from(value) * 0x0101_0101_0101_0101;
    // SAFETY: each case stores inside bytes 0 to n, by the sizes it is chosen
    // for.
    unsafe {
        if n < 2 {
            if n == 1 {
                *dst = value;
            }
        } else if n < 4 {
            fill_ends(dst, word as u16, n);
        } else if n < 8 {
            fill_ends(dst, word as u32, n);
        } else if n < BLOCK {
            fill_ends(dst, word, n);
        } else if n <= 2 * BLOCK {
            fill_ends(dst, splat(value), n);
        } else if n <= 4 * BLOCK {
            fill_ends(dst, Twice(splat(value), splat(value)), n);
        } else if n <= 8 * BLOCK {
            fill_ends(dst, four(value), n);
        } else if n < STRING_MIN || !arch::fill_string(dst, value, n) {
            fill_rounds(dst, value, n);
        }
    }
}

/// Stores `pattern` at both ends of `n` bytes.
///
/// # Safety
/// As [`fill`], and `n >= size_of::<T>()`.
#[inline(always)]
unsafe fn fill_ends<T: Piece>(dst: *mut u8, pattern: T, n: usize) {
    // SAFETY: both ends lie within the n bytes.
    unsafe {
        pattern.store(dst);
        pattern.store(dst.add(n - size_of::<T>()));
    }
}

/// [`fill`] in a loop over aligned blocks.
///
/// # Safety
/// As [`fill`], with `n > ROUND`.
unsafe fn fill_rounds(dst: *mut u8, value: u8, n: usize) {
    let round = four(value);
    // SAFETY: the first block and the last round lie within the n bytes; the
    // loop stores rounds that begin below n - ROUND.
    unsafe {
        splat(value).store(dst);
        round.store(dst.add(n - ROUND));
        let mut at = BLOCK - dst.addr() % BLOCK;
        while at < n - ROUND {
            round.store(dst.add(at));
            at += ROUND;
            opaque();
        }
    }
}

/// Bytes before the first NUL.
///
/// # Safety
/// `s` is readable up to and with its first NUL.
unsafe fn length(s: *const u8) -> usize {
    let mut n = 0;
    // SAFETY: no byte after the NUL is read.
    while unsafe { *s.add(n) } != 0 {
        n += 1;
        opaque();
    }
    n
}

type Two = Twice<Block>;
type Four = Twice<Two>;

impl<T: Piece> Piece for Twice<T> {
    #[inline(always)]
    unsafe fn load(at: *const u8) -> Self {
        // SAFETY: the caller's promise.
        unsafe { Self(T::load(at), T::load(at.add(size_of::<T>()))) }
    }

    #[inline(always)]
    unsafe fn store(self, at: *mut u8) {
        // SAFETY: the caller's promise.
        unsafe {
            self.0.store(at);
            self.1.store(at.add(size_of::<T>()));
        }
    }
}

#[inline(always)]
fn four(value: u8) -> Four {
    let two = Twice(splat(value), splat(value));
    Twice(two, two)
}

#[cfg(test)]
#[path = "libc_mem_tests.rs"]
mod tests;
