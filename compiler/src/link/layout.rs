//! Gives every section its address and its place in the file.
//!
//! ```text
//! file                         memory
//! headers, shim as it is       IMAGE_BASE - one page ..   R, RX, RW as linked
//! module information, note,    MODULE_INFO_ADDR ..        R
//!   read-only data
//! code, on pages of its own    next page ..               RX
//! data                         next page ..               RW, then zeroed data
//! each chunk of memory         the memory's base + ..     RW, zeroes up to the next chunk
//! ```
//!
//! The shim's file has no room for the executable's program headers. So the headers take
//! a page of their own before the shim's image, and the shim's first segment maps that page
//! too (`AT_PHDR` tells the process where the headers are).
//!
//! Invariants:
//!
//! - **Nothing but code can be executed.** The pages of the file that are mapped executable,
//!   the first and the last one included, hold code and zeroes: code begins on a new page of
//!   the file, and so does what follows. For hello this costs 8 KiB on x86-64 and 128 KiB on
//!   aarch64, where pages may have 64 KiB.
//! - No page of *memory* belongs to two segments, since rights hold for whole pages.
//! - Segments without code may share a page of the *file*: the page in which one segment
//!   ends and the next begins is mapped twice, at two addresses, with each segment's rights.
//!   That saves padding.
//! - The kernel loads linear memory. Each chunk of memory 0 is a segment with the chunk's
//!   bytes, whose zeroes reach up to the next chunk or the memory's initial size. Pages are
//!   copied when they are written; nothing is copied at the start.

use super::input::{Module, Purpose, Section};
use super::shim::Shim;
use super::{Memory, fail};
use crate::error::Error;
use object::elf;
use wasi_aot_contract::layout::{
    IMAGE_LIMIT, MAX_PAGES, MODULE_INFO_ADDR, WASM_PAGE_SIZE, memory_base,
};
use wasi_aot_contract::symbols::MODULE_SECTION;

/// Where everything goes.
pub(super) struct Layout {
    /// Address and file offset of each section of the module, in the order of
    /// [`Module::sections`]. The offsets of sections with bytes in the file ascend.
    pub placements: Vec<Placement>,
    /// The executable's loadable segments, in order of address.
    pub segments: Vec<Segment>,
    /// The number of memory 0's segments, which come last: one for each chunk, and one more if
    /// the memory begins with zeroes.
    pub memory_segments: usize,
    /// End of the mapped part of the file. Symbols and section headers follow.
    pub mapped_end: u64,
    /// File offset of the shim's image.
    pub shim_offset: u64,
}

impl Layout {
    /// Memory 0's segments.
    pub(super) fn memory(&self) -> impl Iterator<Item = &Segment> {
        let first = self.segments.len() - self.memory_segments;
        self.segments[first..].iter()
    }
}

/// A loadable segment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Segment {
    /// `PF_*`.
    pub flags: u32,
    pub offset: u64,
    pub address: u64,
    pub file_size: u64,
    /// At least `file_size`; the rest is zeroes.
    pub memory_size: u64,
}

/// Where a section of the module goes.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placement {
    pub address: u64,
    /// For a section without bytes in the file: where its bytes would be.
    pub offset: u64,
}

/// Plans the executable.
///
/// # Errors
/// A module without exactly one information section, and one that is too large.
pub(super) fn plan(
    module: &Module<'_>,
    memory: &Memory<'_>,
    shim: &Shim<'_>,
) -> Result<Layout, Error> {
    use Purpose::*;
    check_unique(module)?;
    let page = module.target.page_size();
    let shim_offset = page;
    let mut planner = Planner {
        page,
        offset: shim_offset + shim.image.len() as u64,
        address: MODULE_INFO_ADDR,
        rest: &module.sections,
        placements: Vec::with_capacity(module.sections.len()),
        segments: shim_segments(shim, shim_offset),
    };
    let read_write = elf::PF_R | elf::PF_W;
    planner.fixed(MODULE_INFO_ADDR);
    planner.segment(elf::PF_R, &[ModuleInfo, Note, ReadOnly])?;
    planner.own_page();
    planner.segment(elf::PF_R | elf::PF_X, &[Code])?;
    planner.own_page();
    planner.segment(read_write, &[Data, Zeroed])?;
    if planner.address > IMAGE_LIMIT {
        return too_large(planner.address);
    }
    let memory_base = memory_base(module.target, 0);
    check_memory(memory.size)?;
    let before = planner.segments.len();
    planner.memory(memory_base, memory);

    Ok(Layout {
        memory_segments: planner.segments.len() - before,
        mapped_end: planner.offset,
        placements: planner.placements,
        segments: planner.segments,
        shim_offset,
    })
}

/// Hands out addresses and file offsets, both only upwards.
struct Planner<'m, 'a> {
    page: u64,
    /// Next free byte of the file.
    offset: u64,
    /// Next free address, congruent to `offset` modulo the page size.
    address: u64,
    /// Sections that have no place yet.
    rest: &'m [Section<'a>],
    placements: Vec<Placement>,
    segments: Vec<Segment>,
}

impl Planner<'_, '_> {
    /// Lets the next segment begin at exactly this page-aligned address.
    fn fixed(&mut self, address: u64) {
        self.offset = self.offset.next_multiple_of(self.page);
        self.address = address;
    }

    /// Lets the next segment begin on the next page of memory and on the next page of the
    /// file.
    fn own_page(&mut self) {
        self.fixed(self.address.next_multiple_of(self.page));
    }

    /// Places memory 0 at `base`: a segment from each chunk to the next chunk.
    fn memory(&mut self, base: u64, memory: &Memory<'_>) {
        let chunks = memory.chunks.iter();
        let chunks = chunks.map(|chunk| (chunk.start, chunk.bytes.len() as u64));
        let mut starts: Vec<(u64, u64)> = chunks.collect();
        // A memory that begins with zeroes has a segment without bytes there.
        if starts.first().is_none_or(|&(start, _)| start > 0) {
            starts.insert(0, (0, 0));
        }
        let ends = starts.iter().skip(1).map(|&(start, _)| start);
        let ends: Vec<u64> = ends.chain([memory.size]).collect();
        for ((start, file_size), end) in starts.into_iter().zip(ends) {
            if start == end {
                continue;
            }
            self.fixed(base + start);
            self.segments.push(Segment {
                flags: elf::PF_R | elf::PF_W,
                offset: self.offset,
                address: base + start,
                file_size,
                memory_size: end - start,
            });
            self.offset += file_size;
        }
    }

    /// Places the next sections in a segment: those that have one of these purposes.
    fn segment(&mut self, flags: u32, purposes: &[Purpose]) -> Result<(), Error> {
        let of_segment = |section: &Section<'_>| purposes.contains(&section.purpose);
        let count = self.rest.iter().take_while(|s| of_segment(s)).count();
        let (sections, rest) = self.rest.split_at(count);
        self.rest = rest;

        // A segment begins with its first section, so padding for that section's alignment
        // stays outside. Zeroed sections come last, so the bytes in the file end where the
        // last other section does.
        let mut first = None;
        let mut file_size = 0;
        for section in sections {
            let place = self.place(section)?;
            let first = first.get_or_insert(place);
            if !section.is_zeroed() {
                file_size = self.address - first.address;
            }
        }
        if let Some(Placement { address, offset }) = first.filter(|p| p.address < self.address) {
            self.segments.push(Segment {
                flags,
                offset,
                address,
                file_size,
                memory_size: self.address - address,
            });
        }
        Ok(())
    }

    fn place(&mut self, section: &Section<'_>) -> Result<Placement, Error> {
        let align = section.align;
        if align > self.page {
            return fail(format!(
                "section {}: alignment {align} is above the page size",
                super::printable(section.name)
            ));
        }
        let padding = self.address.next_multiple_of(align) - self.address;
        let address = self.address + padding;
        let place = Placement {
            address,
            offset: self.offset + padding,
        };
        // No later step can overflow below this limit; `plan` checks the exact ones.
        let end = address.checked_add(section.size);
        let Some(end) = end.filter(|&end| end <= u64::MAX / 4) else {
            return too_large(u64::MAX);
        };
        self.address = end;
        self.placements.push(place);
        if !section.is_zeroed() {
            self.offset = place.offset + section.size;
        }
        Ok(place)
    }
}

/// The shim's segments, whose offsets move by the executable's headers. The first segment
/// maps the headers, too.
fn shim_segments(shim: &Shim<'_>, shim_offset: u64) -> Vec<Segment> {
    let mut segments = shim.segments.clone();
    for (position, segment) in segments.iter_mut().enumerate() {
        if position == 0 {
            segment.address -= shim_offset;
            segment.file_size += shim_offset;
            segment.memory_size += shim_offset;
        } else {
            segment.offset += shim_offset;
        }
    }
    segments
}

fn check_unique(module: &Module<'_>) -> Result<(), Error> {
    let infos = module.sections.iter();
    let infos = infos.filter(|s| s.purpose == Purpose::ModuleInfo);
    if infos.count() != 1 {
        return fail(format!(
            "the module's object must have exactly one section {MODULE_SECTION}"
        ));
    }
    Ok(())
}

fn check_memory(size: u64) -> Result<(), Error> {
    if size > u64::from(MAX_PAGES) * WASM_PAGE_SIZE || !size.is_multiple_of(WASM_PAGE_SIZE) {
        return fail(format!(
            "initial memory of {size} bytes is not a whole number of WebAssembly pages"
        ));
    }
    Ok(())
}

fn too_large<T>(end: u64) -> Result<T, Error> {
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    fail(format!(
        "the module is too large: its code and tables end at {} MiB, and an executable has room up to {} MiB",
        mib(end),
        IMAGE_LIMIT >> 20,
    ))
}
