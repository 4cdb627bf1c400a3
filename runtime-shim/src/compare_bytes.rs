//! Comparing bytes and finding a byte: for C's memcmp and bcmp, and for the byte loops of Go's
//! runtime.
//!
//! Invariants: nothing outside the ranges is read; and every loop contains [`opaque`], as in
//! [`crate::libc_mem`] and for the same reason.
//!
//! A range of up to 16 bytes is loaded in at most two pieces, its first and its last bytes,
//! which may overlap. A longer range is loaded block by block, and the last block may overlap
//! the block before it. If a difference lies in the overlap, the first piece finds it.

use crate::arch::{Block, GROUP, equals, splat};
use crate::pieces::{BLOCK, Piece, opaque};

const WORD: usize = size_of::<u64>();
const HALF: usize = size_of::<u32>();

/// [`wasi_aot_contract::symbols::BYTES_EQUAL`].
///
/// # Safety
/// As [`equal`].
#[cfg(not(test))]
#[unsafe(no_mangle)]
unsafe extern "C" fn wasi_aot_bytes_equal(a: *const u8, b: *const u8, n: usize) -> u64 {
    // SAFETY: passed on.
    unsafe { equal(a, b, n) }.into()
}

/// [`wasi_aot_contract::symbols::BYTES_COMPARE`].
///
/// # Safety
/// As [`compare`].
#[cfg(not(test))]
#[unsafe(no_mangle)]
unsafe extern "C" fn wasi_aot_bytes_compare(a: *const u8, b: *const u8, n: usize) -> i32 {
    // SAFETY: passed on.
    unsafe { compare(a, b, n) }
}

/// [`wasi_aot_contract::symbols::BYTES_FIND`].
///
/// # Safety
/// As [`find`].
#[cfg(not(test))]
#[unsafe(no_mangle)]
unsafe extern "C" fn wasi_aot_bytes_find(start: *const u8, byte: u32, n: usize) -> *const u8 {
    // SAFETY: passed on.
    unsafe { find(start, byte as u8, n) }
}

/// Whether the ranges hold the same bytes.
///
/// # Safety
/// Both are readable for `n` bytes.
#[inline(always)]
pub(crate) unsafe fn equal(a: *const u8, b: *const u8, n: usize) -> bool {
    // SAFETY: each case takes n bytes or fewer, by the sizes it is chosen for.
    unsafe {
        if n < WORD {
            let (x, y) = short(a, b, n);
            x == y
        } else if n <= 2 * WORD {
            let last = n - WORD;
            let first = u64::load(a) ^ u64::load(b);
            first | (u64::load(a.add(last)) ^ u64::load(b.add(last))) == 0
        } else {
            equal_blocks(a, b, n)
        }
    }
}

/// [`equal`] block by block.
///
/// # Safety
/// As [`equal`], and `n >= BLOCK`.
#[inline(always)]
unsafe fn equal_blocks(a: *const u8, b: *const u8, n: usize) -> bool {
    let last = n - BLOCK;
    let mut at = 0;
    // SAFETY: every block begins at `last` or before.
    unsafe {
        while at < last {
            if differences(Block::load(a.add(at)), Block::load(b.add(at))) != 0 {
                return false;
            }
            at += BLOCK;
            opaque();
        }
        differences(Block::load(a.add(last)), Block::load(b.add(last))) == 0
    }
}

/// The difference of the first two bytes that differ, taken as unsigned; 0 for equal ranges.
///
/// # Safety
/// Both are readable for `n` bytes.
#[inline(always)]
pub(crate) unsafe fn compare(a: *const u8, b: *const u8, n: usize) -> i32 {
    // SAFETY: each case takes n bytes or fewer, by the sizes it is chosen for.
    unsafe {
        if n < WORD {
            let (x, y) = short(a, b, n);
            difference(x, y)
        } else if n <= 2 * WORD {
            let (x, y) = (u64::load(a), u64::load(b));
            if x != y {
                return difference(x, y);
            }
            let last = n - WORD;
            difference(u64::load(a.add(last)), u64::load(b.add(last)))
        } else {
            compare_blocks(a, b, n)
        }
    }
}

/// [`compare`] block by block.
///
/// # Safety
/// As [`compare`], and `n >= BLOCK`.
#[inline(always)]
unsafe fn compare_blocks(a: *const u8, b: *const u8, n: usize) -> i32 {
    let last = n - BLOCK;
    let mut at = 0;
    // SAFETY: every block begins at `last` or before, and bytes are picked from
    // inside one.
    unsafe {
        let mut found = differences(Block::load(a), Block::load(b));
        while found == 0 && at < last {
            at = last.min(at + BLOCK);
            found = differences(Block::load(a.add(at)), Block::load(b.add(at)));
            opaque();
        }
        if found == 0 {
            return 0;
        }
        let at = at + first(found);
        i32::from(*a.add(at)) - i32::from(*b.add(at))
    }
}

/// The address of the first byte that equals `byte`; null if no byte does.
///
/// # Safety
/// `start` is readable for `n` bytes.
#[inline(always)]
pub(crate) unsafe fn find(start: *const u8, byte: u8, n: usize) -> *const u8 {
    // SAFETY: each case takes n bytes or fewer, by the sizes it is chosen for.
    unsafe {
        if n >= BLOCK {
            find_block(start, byte, n)
        } else if n >= WORD {
            find_ends::<u64>(start, byte, n)
        } else if n >= HALF {
            find_ends::<u32>(start, byte, n)
        } else {
            for at in 0..n {
                if *start.add(at) == byte {
                    return start.add(at);
                }
                opaque();
            }
            core::ptr::null()
        }
    }
}

/// [`find`] block by block.
///
/// # Safety
/// As [`find`], and `n >= BLOCK`.
#[inline(always)]
unsafe fn find_block(start: *const u8, byte: u8, n: usize) -> *const u8 {
    let wanted = splat(byte);
    let last = n - BLOCK;
    let mut at = 0;
    // SAFETY: every block begins at `last` or before.
    unsafe {
        let mut found = equals(Block::load(start), wanted);
        while found == 0 && at < last {
            at = last.min(at + BLOCK);
            found = equals(Block::load(start.add(at)), wanted);
            opaque();
        }
        if found == 0 {
            return core::ptr::null();
        }
        start.add(at + first(found))
    }
}

/// [`find`] in the first and the last `size_of::<T>()` bytes.
///
/// # Safety
/// As [`find`], with `n` from one to two times `size_of::<T>()`.
#[inline(always)]
unsafe fn find_ends<T: Piece + Into<u64>>(start: *const u8, byte: u8, n: usize) -> *const u8 {
    const ONES: u64 = 0x0101_0101_0101_0101;
    // The lowest bit belongs to the first byte that equals `byte`. Higher bits may be wrong, by
    // the borrow of the subtraction. Bits past T are left out.
    let matches = |piece: T| {
        let zero = piece.into() ^ (u64::from(byte) * ONES);
        let found = zero.wrapping_sub(ONES) & !zero & (ONES << 7);
        found & (u64::MAX >> (64 - 8 * size_of::<T>()))
    };
    // SAFETY: both pieces lie within the n bytes.
    unsafe {
        let mut at = start;
        let mut found = matches(T::load(at));
        if found == 0 {
            at = start.add(n - size_of::<T>());
            found = matches(T::load(at));
        }
        if found == 0 {
            return core::ptr::null();
        }
        at.add((found.trailing_zeros() / 8) as usize)
    }
}

/// Two ranges of fewer than eight bytes as words to be compared: the bytes in
/// order from the lowest on, some of them twice, then zeroes.
///
/// # Safety
/// Both are readable for `n` bytes, and `n < 8`.
#[inline(always)]
unsafe fn short(a: *const u8, b: *const u8, n: usize) -> (u64, u64) {
    // SAFETY: the places lie within the n bytes.
    unsafe {
        if n >= HALF {
            let ends = |p: *const u8| {
                u64::from(u32::load(p)) | u64::from(u32::load(p.add(n - HALF))) << 32
            };
            (ends(a), ends(b))
        } else if n > 0 {
            let bytes = |p: *const u8| {
                let (middle, last) = (*p.add(n / 2), *p.add(n - 1));
                u64::from(*p) | u64::from(middle) << 8 | u64::from(last) << 16
            };
            (bytes(a), bytes(b))
        } else {
            (0, 0)
        }
    }
}

/// The difference of the lowest bytes that differ; 0 for equal words.
#[inline(always)]
fn difference(x: u64, y: u64) -> i32 {
    // For equal words bit 56 chooses the highest byte, whose difference is 0.
    let shift = ((x ^ y) | 1 << 56).trailing_zeros() & !7;
    i32::from((x >> shift) as u8) - i32::from((y >> shift) as u8)
}

/// [`equals`] with ones for the bytes that differ.
#[inline(always)]
fn differences(x: Block, y: Block) -> u64 {
    equals(x, y) ^ (u64::MAX >> (64 - GROUP * BLOCK))
}

/// The index of the byte that the lowest set bit of [`equals`] or [`differences`] stands for.
#[inline(always)]
fn first(groups: u64) -> usize {
    groups.trailing_zeros() as usize / GROUP
}

#[cfg(test)]
#[path = "compare_bytes_tests.rs"]
mod tests;
