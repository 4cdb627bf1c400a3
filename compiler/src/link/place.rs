//! Hands out addresses and places in the file, for [`super::layout`], which has the order and
//! the invariants.

use super::input::{Object, Purpose, Section};
use super::select::Selection;
use super::{Memory, fail};
use crate::error::Error;
use object::elf;
use std::collections::HashMap;
use wasi_aot_contract::layout::{HEADERS_ROOM, IMAGE_BASE, IMAGE_LIMIT, POLICY_ROOM};

/// Where everything goes.
pub(super) struct Layout {
    /// The sections that have a place. The offsets of those with bytes in the file ascend.
    pub placed: Vec<Placed>,
    /// The runtime's sections in the executable's table of sections.
    pub blocks: Vec<Block>,
    /// The executable's loadable segments, in order of address.
    pub segments: Vec<Segment>,
    /// Memory 0's segments: one for each chunk, and one more if the memory begins with zeroes.
    pub memory: Vec<Segment>,
    /// End of the mapped part of the file. Symbols and section headers follow.
    pub mapped_end: u64,
}

impl Layout {
    /// The places of an object's sections, by their positions.
    pub(super) fn places(&self, owner: Owner) -> HashMap<usize, &Placed> {
        let placed = self.placed.iter().filter(|placed| placed.owner == owner);
        placed.map(|placed| (placed.position, placed)).collect()
    }
}

/// Which object a section comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Runtime,
    Module,
}

/// A section with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Placed {
    pub owner: Owner,
    /// Its position in [`Object::sections`].
    pub position: usize,
    pub address: u64,
    /// For a section without bytes in the file: where its bytes would be.
    pub offset: u64,
    /// The runtime's block that the section belongs to, by its position.
    pub block: Option<usize>,
}

/// Sections of the runtime that lie together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Block {
    pub name: &'static str,
    /// `SHF_*` without `SHF_ALLOC`.
    pub flags: u32,
    pub address: u64,
    pub offset: u64,
    pub size: u64,
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

pub(super) const READ_WRITE: u32 = elf::PF_R | elf::PF_W;
pub(super) const READ_EXECUTE: u32 = elf::PF_R | elf::PF_X;

/// Hands out addresses and file offsets. Offsets only go upwards.
pub(super) struct Planner<'m, 'a> {
    page: u64,
    /// Next free byte of the file.
    offset: u64,
    /// Next free address, congruent to `offset` modulo the page size.
    pub address: u64,
    module: &'m Object<'a>,
    runtime: &'m Object<'a>,
    /// Where the segment that is being filled begins, and how much of it is in the file.
    begun: Option<(u64, u64)>,
    file_size: u64,
    placed: Vec<Placed>,
    blocks: Vec<Block>,
    pub segments: Vec<Segment>,
}

impl<'m, 'a> Planner<'m, 'a> {
    pub(super) fn new(module: &'m Object<'a>, runtime: &'m Object<'a>) -> Self {
        Self {
            page: module.target.page_size(),
            offset: 0,
            address: IMAGE_BASE,
            module,
            runtime,
            begun: None,
            file_size: 0,
            placed: Vec::new(),
            blocks: Vec::new(),
            segments: Vec::new(),
        }
    }

    /// Leaves room for the file's headers.
    pub(super) fn headers(&mut self) {
        self.begun = Some((self.address, self.offset));
        self.skip(HEADERS_ROOM);
        self.file_size = HEADERS_ROOM;
    }

    pub(super) fn skip(&mut self, bytes: u64) {
        self.offset += bytes;
        self.address += bytes;
    }

    /// Places what every policy needs of the runtime's read-only data.
    pub(super) fn read_only(&mut self, selection: &Selection) -> Result<(), Error> {
        self.runtime(".shim.rodata", &selection.always, &[Purpose::ReadOnly])
    }

    /// As [`Self::read_only`], for code.
    pub(super) fn code(&mut self, selection: &Selection) -> Result<(), Error> {
        self.runtime(".shim.text", &selection.always, &[Purpose::Code])
    }

    /// As [`Self::read_only`], for data. Zeroes take room in the file, a few hundred bytes, so
    /// that the module's data can follow.
    pub(super) fn data(&mut self, selection: &Selection) -> Result<(), Error> {
        let purposes = [Purpose::Data, Purpose::Zeroed];
        self.runtime(".shim.data", &selection.always, &purposes)
    }

    /// The next page of memory.
    pub(super) fn next_page(&self) -> u64 {
        self.address.next_multiple_of(self.page)
    }

    /// Lets the next segment begin at exactly this page-aligned address.
    pub(super) fn at(&mut self, address: u64) {
        self.offset = self.offset.next_multiple_of(self.page);
        self.address = address;
    }

    /// Goes on at this offset of the file, behind what is there already.
    pub(super) fn behind(&mut self, offset: u64) {
        self.offset = offset.max(self.offset);
    }

    /// Lets the next segment begin on the next page of memory and on the next page of the
    /// file.
    pub(super) fn own_page(&mut self) {
        self.at(self.next_page());
    }

    /// Lets the next segment begin on the page of memory at this address, and in the file
    /// without padding.
    fn sharing(&mut self, page: u64) {
        self.address = page + self.offset % self.page;
    }

    /// Places the module's sections of these purposes.
    pub(super) fn module(&mut self, purposes: &[Purpose]) -> Result<(), Error> {
        let sections = self.module.sections.iter().enumerate();
        for (position, section) in sections.filter(|(_, s)| purposes.contains(&s.purpose)) {
            self.place(Owner::Module, position, section, section.is_zeroed())?;
        }
        Ok(())
    }

    /// Places the selected sections of the runtime that have these purposes, as one block.
    fn runtime(
        &mut self,
        name: &'static str,
        selection: &[usize],
        purposes: &[Purpose],
    ) -> Result<(), Error> {
        let first = self.placed.len();
        for &position in selection {
            let section = &self.runtime.sections[position];
            if purposes.contains(&section.purpose) {
                self.place(Owner::Runtime, position, section, false)?;
            }
        }
        let placed = &mut self.placed[first..];
        let Some(&Placed {
            address, offset, ..
        }) = placed.first()
        else {
            return Ok(());
        };
        for placed in placed {
            placed.block = Some(self.blocks.len());
        }
        self.blocks.push(Block {
            name,
            flags: match purposes[0] {
                Purpose::Code => elf::SHF_EXECINSTR,
                Purpose::Data => elf::SHF_WRITE,
                _ => 0,
            },
            address,
            offset,
            size: self.address - address,
        });
        Ok(())
    }

    /// A segment begins with its first section, so padding for that section's alignment stays
    /// outside. Zeroed sections come last, so the bytes in the file end where the last other
    /// section does.
    fn place(
        &mut self,
        owner: Owner,
        position: usize,
        section: &Section<'_>,
        zeroed: bool,
    ) -> Result<(), Error> {
        let align = section.align;
        if align > self.page {
            return fail(format!(
                "section {}: alignment {align} is above the page size",
                super::printable(section.name)
            ));
        }
        let padding = self.address.next_multiple_of(align) - self.address;
        let address = self.address + padding;
        let offset = self.offset + padding;
        // No later step can overflow below this limit; `finish` checks the exact one.
        let end = address.checked_add(section.size);
        let Some(end) = end.filter(|&end| end <= u64::MAX / 4) else {
            return too_large(u64::MAX);
        };
        self.address = end;
        self.placed.push(Placed {
            owner,
            position,
            address,
            offset,
            block: None,
        });
        let (start, _) = *self.begun.get_or_insert((address, offset));
        if !zeroed {
            self.offset = offset + section.size;
            self.file_size = end - start;
        }
        Ok(())
    }

    /// Ends the segment of everything that was placed since the last segment.
    pub(super) fn segment(&mut self, flags: u32) {
        let begun = self.begun.take().filter(|&(start, _)| start < self.address);
        if let Some((address, offset)) = begun {
            self.segments.push(Segment {
                flags,
                offset,
                address,
                file_size: self.file_size,
                memory_size: self.address - address,
            });
        }
        self.file_size = 0;
    }

    /// Places memory 0 at `base`: a segment from each chunk to the next chunk.
    pub(super) fn memory(&mut self, base: u64, memory: &Memory<'_>) {
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
            self.at(base + start);
            self.segments.push(Segment {
                flags: READ_WRITE,
                offset: self.offset,
                address: base + start,
                file_size,
                memory_size: end - start,
            });
            self.offset += file_size;
        }
    }

    /// Places what depends on the policy: its section and the manifest on the page at `end`,
    /// the runtime's parts in the room for them.
    pub(super) fn policy(&mut self, end: u64, room: u64, parts: &[usize]) -> Result<(), Error> {
        self.sharing(end);
        self.module(&[Purpose::Policy, Purpose::Note])?;
        self.segment(elf::PF_R);
        if self.next_page().max(end) > IMAGE_LIMIT {
            return too_large(self.next_page().max(end));
        }
        if !parts.is_empty() {
            self.parts(room, parts)?;
        }
        Ok(())
    }

    /// Places the policy's parts. Their addresses and their order in the file don't depend on
    /// the size of the manifest.
    pub(super) fn parts(&mut self, room: u64, parts: &[usize]) -> Result<(), Error> {
        use Purpose::*;
        self.at(room);
        self.runtime(".shim.policy.text", parts, &[Code])?;
        self.segment(READ_EXECUTE);
        self.own_page();
        self.runtime(".shim.policy.rodata", parts, &[ReadOnly])?;
        self.segment(elf::PF_R);
        self.sharing(self.next_page());
        self.runtime(".shim.policy.data", parts, &[Data, Zeroed])?;
        self.segment(READ_WRITE);
        if self.address > room + POLICY_ROOM {
            return fail(format!(
                "BUG: the runtime's parts for this policy take more than {POLICY_ROOM:#x} bytes"
            ));
        }
        Ok(())
    }

    pub(super) fn finish(mut self, memory: Vec<Segment>) -> Layout {
        self.segments.sort_by_key(|segment| segment.address);
        Layout {
            placed: self.placed,
            blocks: self.blocks,
            segments: self.segments,
            memory,
            mapped_end: self.offset,
        }
    }
}

pub(super) fn too_large<T>(end: u64) -> Result<T, Error> {
    let mib = |bytes: u64| bytes.div_ceil(1 << 20);
    fail(format!(
        "the module is too large: its code and tables end at {} MiB, and an executable has room up to {} MiB",
        mib(end),
        IMAGE_LIMIT >> 20,
    ))
}
