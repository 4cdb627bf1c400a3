//! Writes the planned file: headers, the sections of runtime and module, memory 0's bytes,
//! symbol table, section headers.
//!
//! Sections have these numbers: 0 is the null section, the runtime's blocks follow from 1, then
//! the module's, then memory 0's. Symbols have these numbers ([`super::symbols::resolve`]).

use super::input::{LE, Object, Purpose, Section};
use super::layout::{Layout, Owner, Placed};
use super::symbols::{self, Addresses, Entry};
use super::{Memory, fail};
use crate::error::Error;
use object::LittleEndian;
use object::elf::{self, FileHeader64, Ident, ProgramHeader64, SectionHeader64, Sym64};
use object::endian::{U16, U32, U64};
use object::pod::bytes_of;
use wasi_aot_contract::layout::HEADERS_ROOM;
use wasi_aot_contract::symbols::{MEMORY_SECTION, MEMORY_ZERO_SECTION};

type SectionHeader = SectionHeader64<LittleEndian>;

/// The executable's bytes, the sections not relocated yet. An empty `table` gives
/// a file without a symbol table.
///
/// # Errors
/// More sections or segments than fit.
pub(super) fn file(
    module: &Object<'_>,
    memory: &Memory<'_>,
    runtime: &Object<'_>,
    layout: &Layout,
    addresses: &Addresses,
    table: &[Entry<'_>],
) -> Result<Vec<u8>, Error> {
    let mut file = contents(module, memory, runtime, layout, table.len());
    let mut tables = Tables::new();
    tables.runtime(layout);
    tables.module(module, layout);
    tables.memory(layout);
    finish(&mut file, tables, module, layout, addresses, table)?;
    Ok(file)
}

/// Appends the tables to a file whose sections are written, and writes its headers. An empty
/// `table` gives a file without a symbol table.
///
/// # Errors
/// More sections or segments than fit.
pub(super) fn finish(
    file: &mut Vec<u8>,
    mut tables: Tables,
    module: &Object<'_>,
    layout: &Layout,
    addresses: &Addresses,
    table: &[Entry<'_>],
) -> Result<(), Error> {
    if !table.is_empty() {
        symbol_table(file, table, &mut tables);
    }
    let headers = tables.finish(file);
    if headers.len() >= usize::from(elf::SHN_LORESERVE) {
        return fail("the module's object has too many sections");
    }
    let headers_offset = append_aligned(file, 8);
    for header in &headers {
        file.extend_from_slice(bytes_of(header));
    }

    let segments = program_headers(module, layout);
    let front = [
        bytes_of(&file_header(
            module,
            addresses.start,
            &segments,
            &headers,
            headers_offset,
        )),
        &segments
            .iter()
            .flat_map(bytes_of)
            .copied()
            .collect::<Vec<_>>(),
    ]
    .concat();
    if front.len() as u64 > HEADERS_ROOM {
        return fail("the module has too many segments");
    }
    file[..front.len()].copy_from_slice(&front);
    Ok(())
}

/// Everything that is mapped, with room for the headers at the beginning.
fn contents(
    module: &Object<'_>,
    memory: &Memory<'_>,
    runtime: &Object<'_>,
    layout: &Layout,
    symbols: usize,
) -> Vec<u8> {
    // Keeps a large file from growing in steps: a symbol takes 24 bytes and its name.
    let mut file = Vec::with_capacity(layout.mapped_end as usize + (1 << 16) + symbols * 64);
    let sections = layout.placed.iter().map(|placed| {
        let object = match placed.owner {
            Owner::Runtime => runtime,
            Owner::Module => module,
        };
        (placed.offset, object.sections[placed.position].data)
    });
    let segments = layout.memory.iter().filter(|segment| segment.file_size > 0);
    let chunks = segments.zip(memory.chunks);
    let chunks = chunks.map(|(segment, chunk)| (segment.offset, &*chunk.bytes));
    let mut pieces: Vec<(u64, &[u8])> = sections.chain(chunks).collect();
    pieces.retain(|(_, bytes)| !bytes.is_empty());
    pieces.sort_by_key(|&(offset, _)| offset);
    for (offset, bytes) in pieces {
        file.resize(offset as usize, 0);
        file.extend_from_slice(bytes);
    }
    file.resize(layout.mapped_end as usize, 0);
    file
}

/// A string table (gABI, "String Table"): NUL-terminated strings, the empty one first.
struct Strings(Vec<u8>);

impl Strings {
    fn new() -> Self {
        Self(vec![0])
    }

    /// Adds a string; returns its offset in the table.
    fn add(&mut self, string: &[u8]) -> u32 {
        let offset = self.0.len() as u32;
        self.0.extend_from_slice(string);
        self.0.push(0);
        offset
    }
}

fn null_section() -> SectionHeader {
    SectionHeader {
        sh_name: U32::new(LE, 0),
        sh_type: U32::new(LE, elf::SHT_NULL),
        sh_flags: U64::new(LE, 0),
        sh_addr: U64::new(LE, 0),
        sh_offset: U64::new(LE, 0),
        sh_size: U64::new(LE, 0),
        sh_link: U32::new(LE, 0),
        sh_info: U32::new(LE, 0),
        sh_addralign: U64::new(LE, 0),
        sh_entsize: U64::new(LE, 0),
    }
}

/// The section headers and their names, as they are collected.
pub(super) struct Tables {
    headers: Vec<SectionHeader>,
    names: Strings,
}

impl Tables {
    pub(super) fn new() -> Self {
        Self {
            headers: vec![null_section()],
            names: Strings::new(),
        }
    }

    /// Adds a section.
    pub(super) fn add(&mut self, name: &[u8], header: SectionHeader) {
        self.headers.push(SectionHeader {
            sh_name: U32::new(LE, self.names.add(name)),
            ..header
        });
    }

    /// Adds the runtime's sections. A prefix distinguishes their names from the names of the
    /// module's sections.
    pub(super) fn runtime(&mut self, layout: &Layout) {
        for block in &layout.blocks {
            let header = SectionHeader {
                sh_type: U32::new(LE, elf::SHT_PROGBITS),
                sh_flags: U64::new(LE, u64::from(elf::SHF_ALLOC | block.flags)),
                sh_addr: U64::new(LE, block.address),
                sh_offset: U64::new(LE, block.offset),
                sh_size: U64::new(LE, block.size),
                sh_addralign: U64::new(LE, 1),
                ..null_section()
            };
            self.add(block.name.as_bytes(), header);
        }
    }

    pub(super) fn module(&mut self, module: &Object<'_>, layout: &Layout) {
        for (section, place) in of_module(module, layout) {
            let (sh_type, rights, align) = properties(section);
            let header = SectionHeader {
                sh_type: U32::new(LE, sh_type),
                sh_flags: U64::new(LE, u64::from(elf::SHF_ALLOC | rights)),
                sh_addr: U64::new(LE, place.address),
                sh_offset: U64::new(LE, place.offset),
                sh_size: U64::new(LE, section.size),
                sh_addralign: U64::new(LE, align),
                ..null_section()
            };
            self.add(section.name, header);
        }
    }

    /// Adds memory 0's sections: for each segment one with its bytes and one with the zeroes
    /// that follow.
    fn memory(&mut self, layout: &Layout) {
        for segment in &layout.memory {
            let end = segment.address + segment.file_size;
            let zeroes = segment.memory_size - segment.file_size;
            let (bytes, nothing) = (elf::SHT_PROGBITS, elf::SHT_NOBITS);
            let parts = [
                (MEMORY_SECTION, bytes, segment.address, segment.file_size),
                (MEMORY_ZERO_SECTION, nothing, end, zeroes),
            ];
            for (name, sh_type, address, size) in parts {
                if size > 0 {
                    let header = SectionHeader {
                        sh_type: U32::new(LE, sh_type),
                        sh_flags: U64::new(LE, u64::from(elf::SHF_ALLOC | elf::SHF_WRITE)),
                        sh_addr: U64::new(LE, address),
                        sh_offset: U64::new(LE, segment.offset + (address - segment.address)),
                        sh_size: U64::new(LE, size),
                        sh_addralign: U64::new(LE, 1),
                        ..null_section()
                    };
                    self.add(name.as_bytes(), header);
                }
            }
        }
    }

    /// Appends the names to the file; returns all headers.
    fn finish(mut self, file: &mut Vec<u8>) -> Vec<SectionHeader> {
        let name = self.names.add(b".shstrtab");
        self.headers.push(SectionHeader {
            sh_name: U32::new(LE, name),
            ..table_section(file, elf::SHT_STRTAB, &self.names.0)
        });
        self.headers
    }
}

/// The module's sections with their places, in their order.
fn of_module<'l, 'a>(
    module: &'l Object<'a>,
    layout: &'l Layout,
) -> impl Iterator<Item = (&'l Section<'a>, &'l Placed)> {
    let places = layout.places(Owner::Module);
    let sections = module.sections.iter().enumerate();
    // Every section of the module has a place.
    sections.filter_map(move |(position, section)| Some((section, *places.get(&position)?)))
}

/// A section's type, its flags without `SHF_ALLOC`, and its alignment.
fn properties(section: &Section<'_>) -> (u32, u32, u64) {
    use Purpose::*;
    match section.purpose {
        ModuleInfo | ReadOnly | Policy => (elf::SHT_PROGBITS, 0, section.align),
        Note => (elf::SHT_NOTE, 0, section.align),
        Code => (elf::SHT_PROGBITS, elf::SHF_EXECINSTR, section.align),
        // An empty section may be placed past the end of the file.
        Data if section.size == 0 => (elf::SHT_NOBITS, elf::SHF_WRITE, section.align),
        Data => (elf::SHT_PROGBITS, elf::SHF_WRITE, section.align),
        Zeroed => (elf::SHT_NOBITS, elf::SHF_WRITE, section.align),
    }
}

/// Appends `.symtab` and `.strtab` to the file and their headers to `tables`.
fn symbol_table(file: &mut Vec<u8>, table: &[Entry<'_>], tables: &mut Tables) {
    let mut strings = Strings::new();
    // Entry 0 stands for "no symbol" and is all zeroes.
    let mut symbols = vec![0; size_of::<Sym64<LittleEndian>>()];
    for entry in table {
        let section = entry.section as u16;
        symbols.extend_from_slice(bytes_of(&Sym64::<LittleEndian> {
            st_name: U32::new(LE, strings.add(entry.name)),
            st_info: entry.info,
            st_other: entry.other,
            st_shndx: U16::new(LE, section),
            st_value: U64::new(LE, entry.address),
            st_size: U64::new(LE, entry.size),
        }));
    }
    let first_global = 1 + symbols::local_count(table);
    append_aligned(file, 8);
    let symtab = SectionHeader {
        sh_link: U32::new(LE, tables.headers.len() as u32 + 1),
        sh_info: U32::new(LE, first_global as u32),
        sh_addralign: U64::new(LE, 8),
        sh_entsize: U64::new(LE, size_of::<Sym64<LittleEndian>>() as u64),
        ..table_section(file, elf::SHT_SYMTAB, &symbols)
    };
    tables.add(b".symtab", symtab);
    let strtab = table_section(file, elf::SHT_STRTAB, &strings.0);
    tables.add(b".strtab", strtab);
}

/// Appends a section that isn't mapped; returns its header, without a name.
fn table_section(file: &mut Vec<u8>, sh_type: u32, bytes: &[u8]) -> SectionHeader {
    let offset = file.len() as u64;
    file.extend_from_slice(bytes);
    SectionHeader {
        sh_type: U32::new(LE, sh_type),
        sh_offset: U64::new(LE, offset),
        sh_size: U64::new(LE, bytes.len() as u64),
        sh_addralign: U64::new(LE, 1),
        ..null_section()
    }
}

/// Pads the file and returns its new length.
fn append_aligned(file: &mut Vec<u8>, align: usize) -> u64 {
    file.resize(file.len().next_multiple_of(align), 0);
    file.len() as u64
}

/// A PT_LOAD for each segment, a PT_NOTE for each note, and a PT_GNU_STACK that makes the
/// stack not executable.
fn program_headers(module: &Object<'_>, layout: &Layout) -> Vec<ProgramHeader64<LittleEndian>> {
    let header = |p_type, flags, offset, address, file_size, memory_size, align| ProgramHeader64 {
        p_type: U32::new(LE, p_type),
        p_flags: U32::new(LE, flags),
        p_offset: U64::new(LE, offset),
        p_vaddr: U64::new(LE, address),
        p_paddr: U64::new(LE, address),
        p_filesz: U64::new(LE, file_size),
        p_memsz: U64::new(LE, memory_size),
        p_align: U64::new(LE, align),
    };
    let page = module.target.page_size();
    let loads = layout.segments.iter().map(|s| {
        let (file_size, memory_size) = (s.file_size, s.memory_size);
        header(
            elf::PT_LOAD,
            s.flags,
            s.offset,
            s.address,
            file_size,
            memory_size,
            page,
        )
    });
    let notes = of_module(module, layout).filter(|(section, _)| section.purpose == Purpose::Note);
    let notes = notes.map(|(section, place)| {
        let (size, align) = (section.size, section.align);
        header(
            elf::PT_NOTE,
            elf::PF_R,
            place.offset,
            place.address,
            size,
            size,
            align,
        )
    });
    let stack = header(elf::PT_GNU_STACK, elf::PF_R | elf::PF_W, 0, 0, 0, 0, 16);
    loads.chain(notes).chain([stack]).collect()
}

fn file_header(
    module: &Object<'_>,
    start: u64,
    segments: &[ProgramHeader64<LittleEndian>],
    sections: &[SectionHeader],
    sections_offset: u64,
) -> FileHeader64<LittleEndian> {
    let size = |bytes: usize| U16::new(LE, bytes as u16);
    FileHeader64 {
        e_ident: Ident {
            magic: elf::ELFMAG,
            class: elf::ELFCLASS64,
            data: elf::ELFDATA2LSB,
            version: elf::EV_CURRENT,
            os_abi: elf::ELFOSABI_NONE,
            abi_version: 0,
            padding: [0; 7],
        },
        e_type: U16::new(LE, elf::ET_EXEC),
        e_machine: U16::new(LE, module.target.elf_machine()),
        e_version: U32::new(LE, elf::EV_CURRENT.into()),
        e_entry: U64::new(LE, start),
        e_phoff: U64::new(LE, size_of::<FileHeader64<LittleEndian>>() as u64),
        e_shoff: U64::new(LE, sections_offset),
        e_flags: U32::new(LE, 0),
        e_ehsize: size(size_of::<FileHeader64<LittleEndian>>()),
        e_phentsize: size(size_of::<ProgramHeader64<LittleEndian>>()),
        e_phnum: size(segments.len()),
        e_shentsize: size(size_of::<SectionHeader>()),
        e_shnum: size(sections.len()),
        // The section names come last.
        e_shstrndx: size(sections.len() - 1),
    }
}
