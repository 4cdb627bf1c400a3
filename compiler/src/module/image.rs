//! The first memory's initial bytes: active data segments over zeroes, without the gaps
//! between them.
//!
//! Invariants once [`Image::fold`] has been called: chunks are in order, each begins at a
//! page of WebAssembly and has bytes, none reaches the next; what lies outside of them is
//! zero. So a gap costs neither memory here nor bytes of the file, and there are few enough
//! chunks for a program header each.

use std::borrow::Cow;
use std::ops::Range;
use wasi_aot_contract::layout::WASM_PAGE_SIZE;

/// Most chunks: each is a program header and a mapping of its own.
pub const MAX_CHUNKS: usize = 16;

/// The least bytes of a gap that is left out. Smaller ones, as between the sections of
/// a program, aren't worth another mapping.
const GAP: u64 = 4 * WASM_PAGE_SIZE;

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

/// The bytes.
#[derive(Default)]
pub struct Image<'a> {
    /// The active segments in order; moved to `chunks`.
    segments: Vec<(u64, &'a [u8])>,
    chunks: Vec<Chunk<'a>>,
}

/// Bytes that follow each other.
pub struct Chunk<'a> {
    /// Their address: a multiple of [`WASM_PAGE_SIZE`].
    pub start: u64,
    /// Not empty; the last one isn't zero.
    pub bytes: Cow<'a, [u8]>,
}

impl Chunk<'_> {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl<'a> Image<'a> {
    /// Adds an active segment, which overwrites those before it.
    pub(super) fn add(&mut self, start: u64, bytes: &'a [u8]) {
        self.segments.push((start, bytes));
    }

    /// Lays the segments over each other.
    pub(super) fn fold(&mut self) {
        let segments = std::mem::take(&mut self.segments);
        let used = segments
            .iter()
            .filter_map(|&(start, data)| used(start, data));
        self.chunks = spans(used.collect(), Gaps::LeftOut)
            .into_iter()
            .map(Chunk::zeroes)
            .collect();
        for (start, data) in segments {
            self.write(start, data);
        }
        for chunk in &mut self.chunks {
            chunk.trim();
        }
        // A later segment may have overwritten an earlier one with zeroes.
        self.chunks.retain(|chunk| !chunk.bytes.is_empty());
    }

    /// Writes as much of a segment as lies in chunks: the rest of it is zeroes over
    /// zeroes.
    fn write(&mut self, start: u64, data: &'a [u8]) {
        let end = start + data.len() as u64;
        let first = self.chunks.partition_point(|chunk| chunk.end() <= start);
        for chunk in &mut self.chunks[first..] {
            if chunk.start >= end {
                break;
            }
            if chunk.start == start && chunk.end() <= end {
                // All of the chunk: it needs no copy.
                chunk.bytes = Cow::Borrowed(&data[..chunk.bytes.len()]);
                continue;
            }
            let (from, to) = (start.max(chunk.start), end.min(chunk.end()));
            let source = &data[(from - start) as usize..(to - start) as usize];
            let target = (from - chunk.start) as usize..(to - chunk.start) as usize;
            chunk.bytes.to_mut()[target].copy_from_slice(source);
        }
    }

    /// The chunks, in order.
    #[must_use]
    pub fn chunks(&self) -> &[Chunk<'a>] {
        &self.chunks
    }

    /// Bytes of all chunks together.
    #[must_use]
    pub fn size(&self) -> u64 {
        let sizes = self.chunks.iter().map(|chunk| chunk.bytes.len() as u64);
        sizes.sum()
    }

    /// All bytes from address 0 on, zeroes in the gaps.
    #[must_use]
    pub fn filled(&self) -> Cow<'_, [u8]> {
        match &self.chunks[..] {
            [] => Cow::Borrowed(&[]),
            [only] if only.start == 0 => Cow::Borrowed(&only.bytes),
            [.., last] => {
                let mut all = vec![0; last.end() as usize];
                for chunk in &self.chunks {
                    all[chunk.start as usize..chunk.end() as usize].copy_from_slice(&chunk.bytes);
                }
                Cow::Owned(all)
            }
        }
    }
}

impl Chunk<'_> {
    fn zeroes(span: Range<u64>) -> Self {
        Self {
            start: span.start,
            bytes: Cow::Owned(vec![0; (span.end - span.start) as usize]),
        }
    }

    /// Removes zeroes from the end.
    fn trim(&mut self) {
        let used = trimmed(&self.bytes).len();
        match &mut self.bytes {
            Cow::Borrowed(bytes) => *bytes = &bytes[..used],
            Cow::Owned(bytes) => bytes.truncate(used),
        }
    }
}

/// The bytes up to the last one that isn't zero.
fn trimmed(bytes: &[u8]) -> &[u8] {
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
fn spans(mut used: Vec<Range<u64>>, gaps: Gaps) -> Vec<Range<u64>> {
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

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
