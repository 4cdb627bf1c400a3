//! The first memory's initial bytes: active data segments over zeroes, in chunks, without
//! the large gaps between data.
//!
//! **The kernel loads the memory.** An executable has a PT_LOAD for each chunk, copy-on-write,
//! with zeroes up to the next chunk or the initial size: no bytes are copied and no segments
//! applied at the start. An object for `ld`, whose script has a fixed number of segments, has
//! all bytes in one piece ([`Image::filled`]); data too scattered for that is applied at the
//! start ([`crate::merge`]).
//!
//! Invariants once [`Image::fold`] has been called: chunks are in order, at most
//! [`MAX_CHUNKS`](crate::wasm::data::MAX_CHUNKS), each begins at a page of WebAssembly and has
//! bytes, no chunk reaches the next, and all bytes outside of chunks are zero. So a large gap
//! costs neither memory here nor bytes of the file.

use crate::wasm::Gaps;
use crate::wasm::data::{spans, trimmed, used};
use std::borrow::Cow;
use std::ops::Range;

/// The initial bytes of a memory.
#[derive(Default)]
pub struct Image<'a> {
    /// The active segments in order, until they are folded into `chunks`.
    segments: Vec<(u64, &'a [u8])>,
    chunks: Vec<Chunk<'a>>,
}

/// A run of bytes.
pub struct Chunk<'a> {
    /// Address of the first byte, a multiple of WebAssembly's page size.
    pub start: u64,
    /// Not empty, and the last byte isn't zero.
    pub bytes: Cow<'a, [u8]>,
}

impl Chunk<'_> {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl<'a> Image<'a> {
    /// Adds an active segment, which overwrites earlier ones where they overlap.
    pub(super) fn add(&mut self, start: u64, bytes: &'a [u8]) {
        self.segments.push((start, bytes));
    }

    /// Makes chunks of the segments.
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
        // Later zeroes may have overwritten all bytes of a chunk.
        self.chunks.retain(|chunk| !chunk.bytes.is_empty());
    }

    /// Writes the parts of a segment that lie in chunks. Chunks hold all bytes except zeroes
    /// at a segment's end, so the parts outside of chunks would only write zeroes over zeroes.
    fn write(&mut self, start: u64, data: &'a [u8]) {
        let end = start + data.len() as u64;
        let first = self.chunks.partition_point(|chunk| chunk.end() <= start);
        for chunk in &mut self.chunks[first..] {
            if chunk.start >= end {
                break;
            }
            if chunk.start == start && chunk.end() <= end {
                // The segment is all of the chunk, which needs no copy of it.
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
