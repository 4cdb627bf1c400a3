//! When active data segments are folded, and into which chunks.
//!
//! Cost is bounded by the file's size: data isn't folded if it is so scattered that the zeroes
//! between would cost much more than the data, and there are at most [`MAX_CHUNKS`] chunks.

use std::ops::Range;
use wasi_aot_contract::layout::WASM_PAGE_SIZE;

/// The most chunks: each takes a program header and a mapping.
pub(crate) const MAX_CHUNKS: usize = 16;

/// The smallest gap that is left out, in bytes. Smaller gaps, as between a program's
/// sections, aren't worth another mapping.
pub(crate) const GAP: u64 = 4 * WASM_PAGE_SIZE;

/// The limit on the bytes of all chunks: `FREE_BYTES`, and `BYTES_FOR_EACH` for each byte of
/// data.
const FREE_BYTES: u64 = 64 << 20;
const BYTES_FOR_EACH: u64 = 8;

/// How gaps between data are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Gaps {
    /// Large gaps are left out: an executable has a segment for each chunk.
    LeftOut,
    /// All gaps are zeroes, in one piece from address 0 on: an object has one section.
    Filled,
}

/// The bytes up to the last one that isn't zero.
pub(crate) fn trimmed(bytes: &[u8]) -> &[u8] {
    let zeroes = bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    &bytes[..bytes.len() - zeroes]
}

/// The addresses that a segment occupies, without zeroes at its end. `None` for zeroes alone.
#[must_use]
pub(crate) fn used(start: u64, data: &[u8]) -> Option<Range<u64>> {
    let len = trimmed(data).len() as u64;
    (len > 0).then_some(start..start + len)
}

/// Whether initial data in these ranges is folded.
#[must_use]
pub(crate) fn is_folded(used: Vec<Range<u64>>, gaps: Gaps) -> bool {
    let sum = |ranges: &[Range<u64>]| ranges.iter().map(|r| r.end - r.start).sum::<u64>();
    let data = sum(&used);
    sum(&spans(used, gaps))
        <= data
            .saturating_mul(BYTES_FOR_EACH)
            .saturating_add(FREE_BYTES)
}

/// The chunks that hold these ranges: in order, each beginning at a page of WebAssembly, at
/// most [`MAX_CHUNKS`].
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
        // The `MAX_CHUNKS - 1` largest gaps are kept. The smallest of these have `least`
        // bytes, and other gaps may have as many. So of the gaps with `least` bytes only the
        // first `equal` are kept.
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
