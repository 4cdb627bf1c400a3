//! Tests of [`super`] against loops over bytes, in the middle of memory and at its ends, where
//! reading one byte more is a fault.

use super::*;
use rustix::mm::{MapFlags, MprotectFlags, ProtFlags, mmap_anonymous, mprotect, munmap};
use std::ptr::null_mut;

const LARGEST: usize = 200;
const PAGE: usize = 4096;

/// A readable page between two that are not.
struct Island(*mut u8);

impl Island {
    fn new() -> Self {
        // SAFETY: a fresh mapping, of which the middle page is opened.
        unsafe {
            let start = mmap_anonymous(null_mut(), 3 * PAGE, ProtFlags::empty(), MapFlags::PRIVATE)
                .unwrap();
            let page = start.byte_add(PAGE);
            mprotect(page, PAGE, MprotectFlags::READ | MprotectFlags::WRITE).unwrap();
            Self(page.cast())
        }
    }

    /// The page's bytes.
    fn bytes(&mut self) -> &mut [u8] {
        // SAFETY: the page is readable and writable, and borrowed from its owner.
        unsafe { std::slice::from_raw_parts_mut(self.0, PAGE) }
    }
}

impl Drop for Island {
    fn drop(&mut self) {
        // SAFETY: the mapping made in `new`.
        unsafe { munmap(self.0.byte_sub(PAGE).cast(), 3 * PAGE) }.unwrap();
    }
}

/// Offsets at which a range of `n` bytes begins in a page: at every alignment, at the page's
/// first byte, and so that the range ends with the page.
fn places(n: usize) -> impl Iterator<Item = usize> {
    (0..16).chain((0..16).map(move |gap| PAGE - n - gap))
}

/// A byte that depends on its index, and is never 0, 1 or 255.
fn pattern(i: usize) -> u8 {
    (i * 7 % 251) as u8 + 2
}

fn naive_compare(a: &[u8], b: &[u8]) -> i32 {
    let different = a.iter().zip(b).find(|(x, y)| x != y);
    different.map_or(0, |(&x, &y)| i32::from(x) - i32::from(y))
}

fn ours(a: &[u8], b: &[u8]) -> (bool, i32) {
    assert_eq!(a.len(), b.len());
    // SAFETY: both are slices of that length.
    unsafe {
        (
            equal(a.as_ptr(), b.as_ptr(), a.len()),
            compare(a.as_ptr(), b.as_ptr(), a.len()),
        )
    }
}

#[track_caller]
fn check_pair(a: &[u8], b: &[u8]) {
    assert_eq!(ours(a, b), (a == b, naive_compare(a, b)), "{a:?} {b:?}");
}

#[test]
fn two_ranges_differ_as_a_loop_over_them_says() {
    let (mut left, mut right) = (Island::new(), Island::new());
    for n in 0..=LARGEST {
        for (at, other) in places(n).zip(places(n).skip(5).chain(places(n))) {
            // The bytes around the ranges differ, so that counting them would be seen.
            left.bytes().fill(0);
            right.bytes().fill(255);
            let a = &mut left.bytes()[at..at + n];
            let b = &mut right.bytes()[other..other + n];
            for i in 0..n {
                a[i] = pattern(i);
                b[i] = pattern(i);
            }
            check_pair(a, b);
            for i in 0..n {
                for byte in [0, 255, pattern(i) - 1, pattern(i) ^ 0x80] {
                    b[i] = byte;
                    check_pair(a, b);
                }
                b[i] = pattern(i);
            }
        }
    }
}

#[test]
fn the_first_of_two_differences_counts() {
    for n in 2..=LARGEST {
        let a: Vec<u8> = (0..n).map(pattern).collect();
        for i in 0..n - 1 {
            for j in [i + 1, n - 1, i + (n - i) / 2] {
                let mut b = a.clone();
                b[j] = 255;
                b[i] = 0;
                check_pair(&a, &b);
                check_pair(&b, &a);
            }
        }
    }
}

#[test]
fn bytes_are_unsigned() {
    assert_eq!(ours(&[0x80], &[0x7f]), (false, 1));
    assert_eq!(ours(&[0], &[0xff]), (false, -255));
    assert_eq!(ours(&[0xff; 40], &[0; 40]), (false, 255));
}

/// The index of the byte that [`find`] finds.
fn found(bytes: &[u8], byte: u8) -> Option<usize> {
    // SAFETY: a slice of that length.
    let at = unsafe { find(bytes.as_ptr(), byte, bytes.len()) };
    (!at.is_null()).then(|| at.addr() - bytes.as_ptr().addr())
}

#[test]
fn the_first_such_byte_is_found_and_none_outside() {
    let mut island = Island::new();
    for n in 0..=LARGEST {
        for at in places(n) {
            for byte in [0, 1, 0x7f, 0x80, 255] {
                // Every byte around the range is the byte that is looked for. The bytes
                // inside have values that arithmetic on words could take for that byte.
                island.bytes().fill(byte);
                let range = &mut island.bytes()[at..at + n];
                range.fill(byte ^ 1);
                assert_eq!(found(range, byte), None, "{n} at {at}");
                for i in (0..n).rev() {
                    range[i] = byte;
                    assert_eq!(found(range, byte), Some(i), "{n} at {at}");
                }
                for i in 0..n {
                    range.fill(byte ^ 0x80);
                    range[i] = byte;
                    assert_eq!(found(range, byte), Some(i), "{n} at {at}");
                }
            }
        }
    }
}
