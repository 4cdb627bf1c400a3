//! Reads a relocatable object, the module's or the runtime's, into sections by their purpose.

use super::{fail, printable, target};
use crate::error::Error;
use object::LittleEndian;
use object::SymbolIndex;
use object::elf::{self, FileHeader64, Rela64, SectionHeader64, Sym64};
use object::read::elf::{FileHeader, SectionHeader, SectionTable, SymbolTable};
use std::collections::HashMap;
use wasi_aot_contract::symbols as names;
use wasi_aot_contract::target::Target;

/// The header of the only kind of ELF file that is linked: 64 bits, little-endian.
pub(super) type Header = FileHeader64<LittleEndian>;
pub(super) type RawSym = Sym64<LittleEndian>;
pub(super) const LE: LittleEndian = LittleEndian;

/// The purpose of a section, which decides the section's segment. The variants are in the
/// order of the executable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Purpose {
    ModuleInfo,
    ReadOnly,
    Code,
    Data,
    Zeroed,
    Policy,
    Note,
}

/// A section that becomes part of the executable.
#[derive(Debug)]
pub(super) struct Section<'a> {
    /// The section's index in the object.
    pub index: usize,
    pub name: &'a [u8],
    pub purpose: Purpose,
    /// A power of two.
    pub align: u64,
    pub size: u64,
    /// `size` bytes, or no bytes if the section takes no room in the file.
    pub data: &'a [u8],
    pub relocations: &'a [Rela64<LittleEndian>],
}

impl Section<'_> {
    /// Whether the section has no bytes in the file (`SHT_NOBITS`).
    pub(super) fn is_zeroed(&self) -> bool {
        self.purpose == Purpose::Zeroed
    }
}

/// An object, read.
pub(super) struct Object<'a> {
    /// What the object is, for messages.
    pub what: &'static str,
    pub target: Target,
    /// In the order of [`Purpose`]. Sections of the same purpose are in the object's order.
    pub sections: Vec<Section<'a>>,
    pub symbols: SymbolTable<'a, Header>,
}

impl<'a> Object<'a> {
    /// From a section's index in the object to its position in [`Self::sections`].
    pub(super) fn positions(&self) -> HashMap<usize, usize> {
        let indices = self.sections.iter().map(|section| section.index);
        indices.zip(0..).collect()
    }

    /// All symbols with their indices in the object, the null symbol first.
    pub(super) fn symbols(&self) -> impl Iterator<Item = (SymbolIndex, &'a RawSym)> {
        let symbols = self.symbols.iter().enumerate();
        symbols.map(|(index, symbol)| (SymbolIndex(index), symbol))
    }

    /// The symbol with this index.
    ///
    /// # Errors
    /// An index that the object doesn't have.
    pub(super) fn symbol(&self, index: SymbolIndex) -> Result<&'a RawSym, Error> {
        self.symbols.symbol(index).map_err(|e| self.unreadable(e))
    }

    /// The index of the section that defines a symbol. `None` for an undefined and for an
    /// absolute symbol.
    ///
    /// # Errors
    /// A section number that the file doesn't have.
    pub(super) fn section_of(
        &self,
        (index, symbol): (SymbolIndex, &RawSym),
    ) -> Result<Option<usize>, Error> {
        let section = self.symbols.symbol_section(LE, symbol, index);
        Ok(section.map_err(|e| self.unreadable(e))?.map(|s| s.0))
    }

    /// A symbol's name, empty if it has none.
    pub(super) fn name_of(&self, symbol: &RawSym) -> &'a [u8] {
        self.symbols.symbol_name(LE, symbol).unwrap_or_default()
    }

    fn unreadable(&self, error: object::read::Error) -> Error {
        unreadable(self.what)(error)
    }
}

/// Adds the input's name to an error of the ELF reader.
fn unreadable(what: &'static str) -> impl Fn(object::read::Error) -> Error {
    move |error| Error::Link(format!("cannot read {what}: {error}"))
}

/// Reads the symbol table and the sections that occupy memory, with their relocations.
/// Other sections are left out. `what` names the object in messages.
///
/// # Errors
/// A file that isn't a relocatable object of a 64-bit little-endian machine, and a section
/// with a property that this linker can't preserve.
pub(super) fn read<'a>(bytes: &'a [u8], what: &'static str) -> Result<Object<'a>, Error> {
    let unreadable = unreadable(what);
    let header = Header::parse(bytes).map_err(&unreadable)?;
    if !header.is_little_endian() || header.e_type(LE) != elf::ET_REL {
        return fail(format!(
            "{what} is not a little-endian relocatable ELF object"
        ));
    }
    let table = header.sections(LE, bytes).map_err(&unreadable)?;
    let symbols = table
        .symbols(LE, bytes, elf::SHT_SYMTAB)
        .map_err(&unreadable)?;
    let relocations = relocations(&table, bytes, what)?;

    let mut sections = Vec::new();
    for (index, header) in table.enumerate() {
        let name = table.section_name(LE, header).map_err(&unreadable)?;
        let Some(purpose) = purpose(name, header)? else {
            continue;
        };
        let align = header.sh_addralign(LE).max(1);
        if !align.is_power_of_two() {
            return fail(format!(
                "section {}: bad alignment {align}",
                printable(name)
            ));
        }
        sections.push(Section {
            index: index.0,
            name,
            purpose,
            align,
            size: header.sh_size(LE),
            data: header.data(LE, bytes).map_err(&unreadable)?,
            relocations: relocations[index.0],
        });
    }
    // A stable sort: sections of one purpose stay in the object's order.
    sections.sort_by_key(|section| section.purpose);
    Ok(Object {
        what,
        target: target(header.e_machine(LE))?,
        sections,
        symbols,
    })
}

/// The relocations of each section, by section index.
fn relocations<'a>(
    table: &SectionTable<'a, Header>,
    bytes: &'a [u8],
    what: &'static str,
) -> Result<Vec<&'a [Rela64<LittleEndian>]>, Error> {
    let unreadable = unreadable(what);
    let mut found: Vec<&[_]> = vec![&[]; table.len()];
    for section in table.iter() {
        let Some((entries, _symtab)) = section.rela(LE, bytes).map_err(&unreadable)? else {
            if section.sh_type(LE) == elf::SHT_REL {
                return fail(format!("{what} has relocations without addends"));
            }
            continue;
        };
        let Some(of) = found.get_mut(section.sh_info(LE) as usize) else {
            return fail(format!(
                "{what} has relocations of a section that doesn't exist"
            ));
        };
        if !of.is_empty() {
            return fail(format!("{what} has two relocation tables for one section"));
        }
        *of = entries;
    }
    Ok(found)
}

/// The purpose of the section: by its name if the contract has the name, else by its flags.
/// `None` for a section that doesn't become part of the executable.
fn purpose(name: &[u8], header: &SectionHeader64<LittleEndian>) -> Result<Option<Purpose>, Error> {
    let has = |flag: u32| header.sh_flags(LE) & u64::from(flag) != 0;
    let zeroed = header.sh_type(LE) == elf::SHT_NOBITS;
    let wrong = |what: &str| fail(format!("section {}: {what}", printable(name)));
    if name == names::MEMORY_SECTION.as_bytes() || name == names::MEMORY_ZERO_SECTION.as_bytes() {
        return wrong("the object of an executable must not have initial memory");
    }
    let purpose = match named_purpose(name) {
        Some(purpose) => purpose,
        None if !has(elf::SHF_ALLOC) => return Ok(None),
        None if has(elf::SHF_TLS) => {
            return wrong("thread-local storage is not supported");
        }
        None if has(elf::SHF_EXECINSTR) => Purpose::Code,
        None if has(elf::SHF_WRITE) && zeroed => Purpose::Zeroed,
        None if has(elf::SHF_WRITE) => Purpose::Data,
        None => Purpose::ReadOnly,
    };
    if purpose == Purpose::Code && has(elf::SHF_WRITE) {
        return wrong("it is writable and executable");
    }
    if zeroed != (purpose == Purpose::Zeroed) {
        return wrong("its type (SHT_NOBITS or not) doesn't fit its name and flags");
    }
    Ok(Some(purpose))
}

/// The purpose of a section that is known by its name.
fn named_purpose(name: &[u8]) -> Option<Purpose> {
    const NAMED: [(&str, Purpose); 3] = [
        (names::MODULE_SECTION, Purpose::ModuleInfo),
        (names::POLICY_SECTION, Purpose::Policy),
        (names::NOTE_SECTION, Purpose::Note),
    ];
    if name.starts_with(b".data.rel.ro") {
        // Relocated at link time, so read-only from the start.
        return Some(Purpose::ReadOnly);
    }
    let mut named = NAMED.into_iter();
    named.find_map(|(known, purpose)| (name == known.as_bytes()).then_some(purpose))
}
