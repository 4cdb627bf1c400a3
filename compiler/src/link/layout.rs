//! Gives every section its address and its place in the file.
//!
//! ```text
//! file                         memory
//! headers, shim as it is       IMAGE_BASE - one page ..   R, RX, RW as linked
//! module information, note,    MODULE_INFO_ADDR ..        R
//!   read-only data
//! code, on pages of its own    next page ..               RX
//! data                         next page ..               RW, zeroed data behind
//! each chunk of memory         the memory's base + ..     RW, zeroes up to the next one
//! ```
//!
//! The executable has more program headers than the shim's file has room for,
//! so its headers take a page of their own in front of the shim's image, mapped
//! by the shim's first segment (the kernel tells the process where they are).
//!
//! Segments follow each other in the file without padding where addresses
//! allow it: the page of the file in which one ends and the next begins is then
//! mapped twice, at different addresses, each time with the rights of its
//! segment. No page of *memory* belongs to two segments. Code shares no page of the file
//! either: what lies beside it there could be executed.

use super::input::{Module, Purpose, Section};
use super::shim::Shim;
use super::{Memory, fail};
use crate::Error;
use object::elf;
use wasi_aot_contract::layout::{IMAGE_LIMIT, MAX_PAGES, MODULE_INFO_ADDR, WASM_PAGE_SIZE};
use wasi_aot_contract::symbols::MODULE_SECTION;

/// Where everything goes.
pub(super) struct Layout {
    /// Address and file offset of each section of the module, in the order of
    /// [`Module::sections`], where sections with bytes in the file come in the
    /// order of their offsets.
    pub places: Vec<Place>,
    /// The executable's loadable segments, in order of address.
    pub segments: Vec<Segment>,
    /// How many of the last segments are memory 0's: one for each chunk, and one more if it
    /// begins without bytes.
    pub memory_segments: usize,
    /// Where bytes may follow that are not mapped.
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
pub(super) struct Place {
    pub address: u64,
    /// For a section without bytes in the file: where they would be.
    pub offset: u64,
}

/// Plans the executable.
///
/// # Errors
/// When the module lacks its information section or has two, or is too large.
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
        places: Vec::with_capacity(module.sections.len()),
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
    let memory_base = module.target.memory_base(0);
    check_memory(memory.size)?;
    let before = planner.segments.len();
    planner.memory(memory_base, memory);

    Ok(Layout {
        memory_segments: planner.segments.len() - before,
        mapped_end: planner.offset,
        places: planner.places,
        segments: planner.segments,
        shim_offset,
    })
}

/// Hands out addresses and offsets, both only ever upwards.
struct Planner<'m, 'a> {
    page: u64,
    /// Next free byte of the file.
    offset: u64,
    /// Next free address, congruent to `offset` modulo the page size.
    address: u64,
    /// Sections that have no place yet.
    rest: &'m [Section<'a>],
    places: Vec<Place>,
    segments: Vec<Segment>,
}

impl Planner<'_, '_> {
    /// The next segment begins at this page-aligned address exactly.
    fn fixed(&mut self, address: u64) {
        self.offset = self.offset.next_multiple_of(self.page);
        self.address = address;
    }

    /// The next segment begins on the next page of memory, and of the file.
    fn own_page(&mut self) {
        self.fixed(self.address.next_multiple_of(self.page));
    }

    /// Places memory 0 at `base`: a segment from each chunk to the next one.
    fn memory(&mut self, base: u64, memory: &Memory<'_>) {
        let chunks = memory.chunks.iter();
        let chunks = chunks.map(|chunk| (chunk.start, chunk.bytes.len() as u64));
        let mut starts: Vec<(u64, u64)> = chunks.collect();
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

    /// Places the sections of these purposes, which come next, in a segment.
    fn segment(&mut self, flags: u32, purposes: &[Purpose]) -> Result<(), Error> {
        let of_segment = |section: &Section<'_>| purposes.contains(&section.purpose);
        let count = self.rest.iter().take_while(|s| of_segment(s)).count();
        let (sections, rest) = self.rest.split_at(count);
        self.rest = rest;

        // The segment begins with its first section: padding goes before.
        let mut first = None;
        let mut file_size = 0;
        for section in sections {
            let place = self.place(section)?;
            let first = first.get_or_insert(place);
            if !section.is_zeroed() {
                file_size = self.address - first.address;
            }
        }
        if let Some(Place { address, offset }) = first.filter(|p| p.address < self.address) {
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

    fn place(&mut self, section: &Section<'_>) -> Result<Place, Error> {
        let align = section.align;
        if align > self.page {
            return fail(format!(
                "section {}: alignment {align} is above the page size",
                super::printable(section.name)
            ));
        }
        let padding = self.address.next_multiple_of(align) - self.address;
        let address = self.address + padding;
        let place = Place {
            address,
            offset: self.offset + padding,
        };
        // Below this no later step can overflow; `plan` has the exact limits.
        let end = address.checked_add(section.size);
        let Some(end) = end.filter(|&end| end <= u64::MAX / 4) else {
            return too_large(u64::MAX);
        };
        self.address = end;
        self.places.push(place);
        if !section.is_zeroed() {
            self.offset = place.offset + section.size;
        }
        Ok(place)
    }
}

/// The shim's segments, moved in the file behind the executable's headers; the
/// first one begins with them.
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
            "initial memory of {size} bytes is not a number of WebAssembly pages"
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
