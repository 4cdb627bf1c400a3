//! Reads the shim: a static executable whose addresses are final. Its bytes go into the
//! executable as they are; only file offsets in its headers change.

use super::input::{Header, LE};
use super::layout::Segment;
use super::{fail, target, unreadable};
use crate::error::Error;
use object::elf::{self, ProgramHeader64, SectionHeader64};
use object::read::elf::{FileHeader, ProgramHeader, SectionHeader, SymbolTable};
use object::{LittleEndian, SectionIndex};
use wasi_aot_contract::layout::{IMAGE_BASE, MODULE_INFO_ADDR};
use wasi_aot_contract::target::Target;

/// The shim, read. Offsets are still those of its own file.
pub(super) struct Shim<'a> {
    pub target: Target,
    pub entry: u64,
    /// Its loadable segments, in order of address.
    pub segments: Vec<Segment>,
    /// The part of its file that the segments map, from the start of the file.
    pub image: &'a [u8],
    /// Its sections that occupy memory.
    pub sections: Vec<ShimSection<'a>>,
    pub symbols: SymbolTable<'a, Header>,
}

/// A section of the shim that occupies memory.
pub(super) struct ShimSection<'a> {
    pub index: SectionIndex,
    pub name: &'a [u8],
    pub header: &'a SectionHeader64<LittleEndian>,
}

/// Reads the shim.
///
/// # Errors
/// If the shim was not linked the way `contract` and this linker need it.
pub(super) fn read(bytes: &[u8]) -> Result<Shim<'_>, Error> {
    let unreadable = unreadable("shim");
    let header = Header::parse(bytes).map_err(&unreadable)?;
    if !header.is_little_endian() || header.e_type(LE) != elf::ET_EXEC {
        return fail("the shim is not a little-endian fixed-address ELF executable");
    }
    let program_headers = header.program_headers(LE, bytes).map_err(&unreadable)?;
    let target = target(header.e_machine(LE))?;
    let segments = segments(target, program_headers, bytes)?;
    let mapped = segments.iter().map(|s| s.offset + s.file_size).max();
    let mapped = mapped.unwrap_or(0) as usize;

    let table = header.sections(LE, bytes).map_err(&unreadable)?;
    let symbols = table
        .symbols(LE, bytes, elf::SHT_SYMTAB)
        .map_err(&unreadable)?;
    if symbols.is_empty() {
        return fail("the shim has no symbol table");
    }
    let mut sections = Vec::new();
    for (index, header) in table.enumerate() {
        if header.sh_flags(LE) & u64::from(elf::SHF_ALLOC) != 0 {
            sections.push(ShimSection {
                index,
                name: table.section_name(LE, header).map_err(&unreadable)?,
                header,
            });
        }
    }
    Ok(Shim {
        target,
        entry: header.e_entry(LE),
        segments,
        image: &bytes[..mapped],
        sections,
        symbols,
    })
}

/// The loadable segments, checked: in order, on pages of their own, inside the shim's part
/// of the address space and inside the file.
fn segments(
    target: Target,
    headers: &[ProgramHeader64<LittleEndian>],
    file: &[u8],
) -> Result<Vec<Segment>, Error> {
    let mut loaded = Vec::new();
    let mut free_from = IMAGE_BASE;
    for header in headers {
        match header.p_type(LE) {
            elf::PT_LOAD => {}
            elf::PT_INTERP | elf::PT_DYNAMIC | elf::PT_TLS => {
                return fail("the shim is not static, or has thread-local storage");
            }
            _ => continue,
        }
        let segment = Segment {
            flags: header.p_flags(LE),
            offset: header.p_offset(LE),
            address: header.p_vaddr(LE),
            file_size: header.p_filesz(LE),
            memory_size: header.p_memsz(LE),
        };
        let end = check(target, &segment, free_from, file.len() as u64)?;
        free_from = end;
        loaded.push(segment);
    }
    match loaded.first() {
        Some(first) if first.address == IMAGE_BASE && first.offset == 0 => Ok(loaded),
        _ => fail(format!(
            "the shim's first segment does not map its file header at {IMAGE_BASE:#x}"
        )),
    }
}

/// Checks a segment whose first page must not begin below `free_from`, and returns the
/// address of its end.
fn check(target: Target, segment: &Segment, free_from: u64, file_size: u64) -> Result<u64, Error> {
    let page = target.page_size();
    if segment.flags & elf::PF_W != 0 && segment.flags & elf::PF_X != 0 {
        return fail("a segment of the shim is writable and executable");
    }
    let file_end = segment.offset.checked_add(segment.file_size);
    if file_end.is_none_or(|end| end > file_size) {
        return fail("the shim's file is truncated");
    }
    let in_order = segment.address - segment.address % page >= free_from
        && segment.address % page == segment.offset % page
        && segment.file_size <= segment.memory_size;
    match segment.address.checked_add(segment.memory_size) {
        Some(end) if in_order && end <= MODULE_INFO_ADDR => Ok(end),
        _ => fail(format!(
            "the shim's segments don't lie on pages of their own between {IMAGE_BASE:#x} and {MODULE_INFO_ADDR:#x}"
        )),
    }
}
