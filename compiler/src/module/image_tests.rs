use super::*;
use crate::wasm::data::{GAP, MAX_CHUNKS, is_folded};
use wasi_aot_contract::layout::WASM_PAGE_SIZE;

const PAGE: u64 = WASM_PAGE_SIZE;

fn image<'a>(segments: &[(u64, &'a [u8])]) -> Image<'a> {
    let mut image = Image::default();
    for &(start, data) in segments {
        image.add(start, data);
    }
    image.fold();
    image
}

/// Start and length of each chunk.
fn chunks(segments: &[(u64, &[u8])]) -> Vec<(u64, usize)> {
    let image = image(segments);
    let chunks = image.chunks().iter();
    chunks
        .map(|chunk| (chunk.start, chunk.bytes.len()))
        .collect()
}

#[test]
fn small_gaps_are_filled_and_large_ones_left_out() {
    assert_eq!(chunks(&[]), []);
    assert_eq!(chunks(&[(4096, b"x")]), [(0, 4097)]);
    assert_eq!(chunks(&[(GAP - 1, b"x")]), [(0, GAP as usize)]);
    assert_eq!(chunks(&[(GAP, b"x")]), [(GAP, 1)]);
    let far = 1 << 30;
    assert_eq!(chunks(&[(far + 5, b"x"), (0, b"y")]), [(0, 1), (far, 6)]);
}

#[test]
fn zeroes_need_no_bytes() {
    assert_eq!(chunks(&[(1 << 30, &[0; 100])]), []);
    assert_eq!(chunks(&[(0, b"x\0\0")]), [(0, 1)]);
    // A later segment overwrites bytes with zeroes.
    assert_eq!(chunks(&[(0, b"xyz"), (1, &[0; 100])]), [(0, 1)]);
    assert_eq!(chunks(&[(1 << 30, b"xyz"), (1 << 30, &[0; 3])]), []);
}

/// Segments in random order and places. The image is compared byte by byte with the segments.
#[test]
fn later_segments_overwrite_earlier_ones() {
    // Knuth's MMIX generator; its upper bits are the good ones.
    let mut state = 1_u64;
    let mut below = |end: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % end
    };
    let size = 200 * PAGE;
    let bytes: Vec<u8> = (0..3 * PAGE)
        .map(|i| [0, 1, 2, 3][i as usize % 4])
        .collect();
    for _ in 0..200 {
        let segments: Vec<(u64, &[u8])> = (0..below(40))
            .map(|_| {
                let longest = [10, PAGE, 3 * PAGE][below(3) as usize];
                let len = below(longest);
                let start = match below(3) {
                    0 => below(size / PAGE - 3) * PAGE,
                    _ => below(size - len),
                };
                (start, &bytes[..len as usize])
            })
            .collect();
        let mut expected = vec![0; size as usize];
        for &(start, data) in &segments {
            expected[start as usize..][..data.len()].copy_from_slice(data);
        }
        let image = image(&segments);
        let mut free_from = 0;
        for chunk in image.chunks() {
            assert!(chunk.start.is_multiple_of(PAGE) && chunk.start >= free_from);
            assert_ne!(chunk.bytes.last(), Some(&0));
            free_from = chunk.start + chunk.bytes.len() as u64;
        }
        assert!(image.chunks().len() <= MAX_CHUNKS);
        let mut filled = image.filled().into_owned();
        filled.resize(size as usize, 0);
        assert!(filled == expected);
    }
}

#[test]
fn there_are_only_so_many_chunks() {
    for count in [15, 16, 17, 18, 1000_u64] {
        // Gaps of all sizes, and all of one size.
        for growth in [0, 1] {
            let starts = (0..count).scan(0, |at, i| {
                *at += GAP + PAGE + i % 50 * growth * PAGE;
                Some(*at)
            });
            let ranges: Vec<_> = starts.map(|start| start..start + 10).collect();
            let spans = spans(ranges.clone(), Gaps::LeftOut);
            assert_eq!(spans.len(), MAX_CHUNKS.min(count as usize));
            for range in &ranges {
                let inside = |s: &&Range<u64>| s.start <= range.start && range.end <= s.end;
                assert_eq!(spans.iter().filter(inside).count(), 1);
            }
        }
    }
}

#[test]
fn scattered_data_is_not_folded() {
    let every = |step: u64, count: u64| (0..count).map(|i| i * step..i * step + 1).collect();
    assert!(is_folded(every(1 << 28, 16), Gaps::LeftOut));
    assert!(!is_folded(every(1 << 28, 16), Gaps::Filled));
    assert!(is_folded(every(100, 100_000), Gaps::Filled));
    assert!(!is_folded(every(40_000, 100_000), Gaps::LeftOut));
    assert!(is_folded(Vec::new(), Gaps::Filled));
}
