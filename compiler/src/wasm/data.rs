//! When active data segments are folded, and into which chunks.

use std::ops::Range;
use wasi_aot_contract::layout::WASM_PAGE_SIZE;

/// Most chunks: each is a program header and a mapping of its own.
pub(crate) const MAX_CHUNKS: usize = 16;

/// The least bytes of a gap that is left out. Smaller ones, as between the sections of
/// a program, aren't worth another mapping.
pub(crate) const GAP: u64 = 4 * WASM_PAGE_SIZE;

/// Zeroes between data that are folded whatever the data is, in bytes, and for each byte
/// of data.
const FREE_BYTES: u64 = 64 << 20;
const BYTES_FOR_EACH: u64 = 8;

/// How gaps are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// Large ones are left out: an executable has a segment for each chunk.
    LeftOut,
    /// All are zeroes in one piece from address 0 on, as a section of an object is.
    Filled,
}

/// The bytes up to the last one that isn't zero.
pub(crate) fn trimmed(bytes: &[u8]) -> &[u8] {
    let zeroes = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    &bytes[..bytes.len() - zeroes]
}

/// What a segment occupies, without zeroes at its end; `None` for zeroes alone.
#[must_use]
pub(crate) fn used(start: u64, data: &[u8]) -> Option<Range<u64>> {
    let len = trimmed(data).len() as u64;
    (len > 0).then_some(start..start + len)
}

/// Whether initial data of these ranges is folded: not if it lies so scattered that
/// zeroes would cost much more than the data does.
#[must_use]
pub(crate) fn is_folded(used: Vec<Range<u64>>, gaps: Gaps) -> bool {
    let sum = |ranges: &[Range<u64>]| ranges.iter().map(|r| r.end - r.start).sum::<u64>();
    let data = sum(&used);
    sum(&spans(used, gaps))
        <= data
            .saturating_mul(BYTES_FOR_EACH)
            .saturating_add(FREE_BYTES)
}

/// The chunks that hold these ranges: in order, each at a page of WebAssembly, no more
/// than [`MAX_CHUNKS`].
pub(crate) fn spans(mut used: Vec<Range<u64>>, gaps: Gaps) -> Vec<Range<u64>> {
    used.sort_unstable_by_key(|range| range.start);
    let mut spans: Vec<Range<u64>> = Vec::new();
    for range in used {
        let before = spans.last().map_or(0, |span| span.end);
        let start = range.start - range.start % WASM_PAGE_SIZE;
        let apart = gaps == Gaps::LeftOut && start >= before + GAP;
        match spans.last_mut() {
            Some(span) if !apart => span.end = span.end.max(range.end),
            Some(_) => spans.push(start..range.end),
            None => spans.push(if apart { start } else { 0 }..range.end),
        }
    }
    if spans.len() > MAX_CHUNKS {
        let mut sizes: Vec<u64> = spans.windows(2).map(|w| w[1].start - w[0].end).collect();
        sizes.sort_unstable();
        // As many of the largest are kept as there may be; of equal ones, the first.
        let least = sizes[sizes.len() - (MAX_CHUNKS - 1)];
        let mut equal = sizes[sizes.len() - (MAX_CHUNKS - 1)..]
            .iter()
            .filter(|&&size| size == least)
            .count();
        let all = std::mem::take(&mut spans);
        for span in all {
            let gap = spans.last().map(|last| span.start - last.end);
            let kept = match gap {
                None => true,
                Some(gap) if gap == least && equal > 0 => {
                    equal -= 1;
                    true
                }
                Some(gap) => gap > least,
            };
            match spans.last_mut() {
                Some(last) if !kept => last.end = span.end,
                _ => spans.push(span),
            }
        }
    }
    spans
}
