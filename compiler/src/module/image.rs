//! The first memory's initial bytes: active data segments over zeroes, without the gaps
//! between them.
//!
//! Invariants once [`Image::fold`] has been called: chunks are in order, each begins at a
//! page of WebAssembly and has bytes, none reaches the next; what lies outside of them is
//! zero. So a gap costs neither memory here nor bytes of the file, and there are few enough
//! chunks for a program header each.

use crate::wasm::Gaps;
use crate::wasm::data::{spans, trimmed, used};
use std::borrow::Cow;
use std::ops::Range;

/// The bytes.
#[derive(Default)]
pub struct Image<'a> {
    /// The active segments in order; moved to `chunks`.
    segments: Vec<(u64, &'a [u8])>,
    chunks: Vec<Chunk<'a>>,
}

/// Bytes that follow each other.
pub struct Chunk<'a> {
    /// Their address: a multiple of WebAssembly's page size.
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

#[cfg(test)]
#[path = "image_tests.rs"]
mod tests;
