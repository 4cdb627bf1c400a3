//! Tests of [`super`] under other names than those that std's own code calls.

use super::*;

const LARGEST: usize = 600;
/// Sizes around the thresholds that are above [`LARGEST`].
const LARGE: [usize; 6] = [
    STRING_MIN - 1,
    STRING_MIN,
    STRING_MIN + 1,
    STRING_MIN + 63,
    4096,
    70_001,
];

fn sizes() -> impl Iterator<Item = usize> {
    (0..=LARGEST).chain(LARGE)
}

/// Bytes that repeat only after 251, so that a shift is seen.
fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i % 251) as u8 + 1).collect()
}

#[test]
fn copy_moves_every_size_at_every_alignment() {
    for n in sizes() {
        for (from, to) in (0..16).map(|i| (i, (i * 7 + n) % 16)) {
            let src = pattern(n + 32);
            let mut dst = vec![0; n + 32];
            // SAFETY: both hold n bytes from there.
            unsafe { copy(dst.as_mut_ptr().add(to), src.as_ptr().add(from), n) };
            assert_eq!(dst[to..to + n], src[from..from + n], "{n} {from} {to}");
            assert!(dst[..to].iter().all(|&b| b == 0), "{n} {from} {to}");
            assert!(dst[to + n..].iter().all(|&b| b == 0), "{n} {from} {to}");
        }
    }
}

#[test]
fn copy_moves_overlapping_ranges() {
    let shifts = (1..=66).chain([100, 127, 128, 129, 500]);
    for n in sizes() {
        for shift in shifts.clone() {
            for (from, to) in [(3, 3 + shift), (3 + shift, 3), (3, 3)] {
                let mut ours = pattern(n + shift + 8);
                let mut want = ours.clone();
                let base = ours.as_mut_ptr();
                // SAFETY: both ranges lie inside the vector.
                unsafe { copy(base.add(to), base.add(from), n) };
                want.copy_within(from..from + n, to);
                assert!(ours == want, "{n} bytes from {from} to {to}");
            }
        }
    }
}

#[test]
fn fill_sets_every_size_at_every_alignment() {
    for n in sizes() {
        for at in 0..16 {
            let mut ours = pattern(n + 32);
            let mut want = ours.clone();
            // SAFETY: the vector holds n bytes from there.
            unsafe { fill(ours.as_mut_ptr().add(at), 0xa5, n) };
            want[at..at + n].fill(0xa5);
            assert!(ours == want, "{n} bytes at {at}");
        }
    }
}

#[test]
fn length_ends_at_the_first_nul() {
    for n in 0..40 {
        let mut s = pattern(n);
        s.extend([0, 7, 0]);
        // SAFETY: there is a NUL.
        assert_eq!(unsafe { length(s.as_ptr()) }, n);
    }
}
