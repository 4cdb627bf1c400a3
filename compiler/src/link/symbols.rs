//! Resolves the module's symbols and collects the executable's symbol table.
//!
//! A symbol of the module is resolved to its own definition; an undefined one to the shim's
//! symbol of the same name. Nothing is weak and nothing is overridden.

use super::input::{LE, Module, Section};
use super::layout::Layout;
use super::shim::Shim;
use super::site::Fault;
use super::{fail, printable, unreadable};
use crate::error::Error;
use object::SymbolIndex;
use object::elf::{self, Sym64};
use object::read::elf::Sym as _;
use std::collections::HashMap;
use wasi_aot_contract::layout::MODULE_INFO_ADDR;
use wasi_aot_contract::symbols as names;

type RawSym = Sym64<object::LittleEndian>;

/// The meaning of each symbol of the module's object, by the symbol's index in the object.
pub(super) struct Addresses(Vec<Resolution>);

#[derive(Debug, Clone, Copy)]
enum Resolution {
    /// `section` is the position in [`Module::sections`], `None` for an absolute symbol and
    /// for a symbol that the shim defines.
    At {
        address: u64,
        section: Option<usize>,
    },
    /// Neither module nor shim defines the symbol. That is an error only if a relocation
    /// refers to the symbol.
    Undefined,
}

impl Addresses {
    /// The address of a symbol of the object.
    ///
    /// # Errors
    /// [`Fault::UndefinedSymbol`], [`Fault::NoSuchSymbol`].
    pub(super) fn get(&self, index: SymbolIndex) -> Result<u64, Fault> {
        match self.0.get(index.0) {
            // Index 0 is the null symbol; the gABI gives it the value 0.
            _ if index.0 == 0 => Ok(0),
            Some(&Resolution::At { address, .. }) => Ok(address),
            Some(Resolution::Undefined) => Err(Fault::UndefinedSymbol),
            None => Err(Fault::NoSuchSymbol),
        }
    }
}

/// A symbol's name for a message, or its number if it has no name.
pub(super) fn describe(module: &Module<'_>, index: SymbolIndex) -> String {
    let symbol = module.symbols.symbol(index);
    match symbol.and_then(|symbol| module.symbols.symbol_name(LE, symbol)) {
        Ok(name) if !name.is_empty() => printable(name),
        _ => format!("number {}", index.0),
    }
}

/// Finds the address of every symbol of the object.
///
/// # Errors
/// A symbol outside of its section, and a shim that was linked for another address of the
/// module information.
pub(super) fn resolve(
    module: &Module<'_>,
    shim: &Shim<'_>,
    layout: &Layout,
) -> Result<Addresses, Error> {
    let exports = exports(shim)?;
    match exports.get(names::MODULE.as_bytes()) {
        None | Some(&MODULE_INFO_ADDR) => {}
        Some(other) => {
            return fail(format!(
                "the shim expects {} at {other:#x}, but its address is {MODULE_INFO_ADDR:#x}",
                names::MODULE
            ));
        }
    }
    let unreadable = unreadable("module's object");
    let positions = positions(&module.sections);
    let mut resolutions = Vec::with_capacity(module.symbols.len());
    for (position, symbol) in module.symbols.iter().enumerate() {
        let index = SymbolIndex(position);
        let name = module.symbols.symbol_name(LE, symbol).unwrap_or_default();
        let value = symbol.st_value(LE);
        let section = module
            .symbols
            .symbol_section(LE, symbol, index)
            .map_err(&unreadable)?;
        resolutions.push(match section {
            Some(section) => match positions.get(&section.0) {
                Some(&at) if value <= module.sections[at].size => Resolution::At {
                    address: layout.placements[at].address + value,
                    section: Some(at),
                },
                Some(_) => {
                    return fail(format!(
                        "symbol {} lies outside of its section",
                        describe(module, index)
                    ));
                }
                // Its section doesn't become part of the executable.
                None => Resolution::Undefined,
            },
            None if symbol.is_absolute(LE) => Resolution::At {
                address: value,
                section: None,
            },
            None => match exports.get(name) {
                Some(&address) if !name.is_empty() => Resolution::At {
                    address,
                    section: None,
                },
                _ => Resolution::Undefined,
            },
        });
    }
    Ok(Addresses(resolutions))
}

/// From a section's index in the object to its position in `sections`.
fn positions(sections: &[Section<'_>]) -> HashMap<usize, usize> {
    let indices = sections.iter().map(|section| section.index);
    indices.zip(0..).collect()
}

/// The shim's symbols that the module may refer to. A linker makes hidden symbols local,
/// so a local symbol counts if no global symbol has its name.
fn exports<'a>(shim: &Shim<'a>) -> Result<HashMap<&'a [u8], u64>, Error> {
    let unreadable = unreadable("shim");
    let mut exports = HashMap::new();
    for symbol in shim.symbols.iter() {
        let named = !matches!(symbol.st_type(), elf::STT_FILE | elf::STT_SECTION);
        if !named || symbol.is_undefined(LE) {
            continue;
        }
        let name = shim.symbols.symbol_name(LE, symbol).map_err(&unreadable)?;
        if symbol.is_local() {
            exports.entry(name).or_insert(symbol.st_value(LE));
        } else {
            exports.insert(name, symbol.st_value(LE));
        }
    }
    Ok(exports)
}

/// A symbol of the executable's table.
pub(super) struct Entry<'a> {
    pub name: &'a [u8],
    /// The section's number in the executable; `None` for an absolute symbol.
    pub section: Option<u32>,
    pub address: u64,
    pub size: u64,
    /// Binding and type, as ELF packs them.
    pub info: u8,
    /// Visibility.
    pub other: u8,
}

impl Entry<'_> {
    fn is_local(&self) -> bool {
        self.info >> 4 == elf::STB_LOCAL
    }
}

/// How many symbols of `table` are local. The local ones come first.
pub(super) fn local_count(table: &[Entry<'_>]) -> usize {
    table.partition_point(Entry::is_local)
}

/// The executable's symbol table: all local symbols, then all others, as the gABI demands
/// ("Symbol Table"); in each half the shim's come before the module's. Sections have the
/// numbers that [`write`] gives them: the shim's from 1, then the module's.
///
/// [`write`]: super::write
pub(super) fn table<'a>(
    module: &Module<'a>,
    shim: &Shim<'a>,
    layout: &Layout,
    addresses: &Addresses,
) -> Result<Vec<Entry<'a>>, Error> {
    debug_assert_eq!(module.sections.len(), layout.placements.len());
    let mut table = shim_entries(shim)?;
    for (symbol, resolution) in module.symbols.iter().zip(&addresses.0) {
        let Resolution::At {
            address,
            section: Some(section),
        } = *resolution
        else {
            continue;
        };
        let name = module.symbols.symbol_name(LE, symbol).unwrap_or_default();
        let number = 1 + shim.sections.len() + section;
        table.extend(entry(name, symbol, Some(number as u32), address));
    }
    table.sort_by_key(|entry| !entry.is_local());
    Ok(table)
}

fn shim_entries<'a>(shim: &Shim<'a>) -> Result<Vec<Entry<'a>>, Error> {
    let unreadable = unreadable("shim");
    let indices = shim.sections.iter().map(|section| section.index);
    let numbers: HashMap<_, u32> = indices.zip(1..).collect();
    let mut entries = Vec::new();
    for (index, symbol) in shim.symbols.enumerate() {
        let section = shim
            .symbols
            .symbol_section(LE, symbol, index)
            .map_err(&unreadable)?;
        let number = section.and_then(|section| numbers.get(&section).copied());
        if number.is_none() && !symbol.is_absolute(LE) {
            continue;
        }
        let name = shim.symbols.symbol_name(LE, symbol).map_err(&unreadable)?;
        // The module defines this symbol, and the module's entry is in the table.
        if name != names::MODULE.as_bytes() {
            entries.extend(entry(name, symbol, number, symbol.st_value(LE)));
        }
    }
    Ok(entries)
}

/// The table's entry for a symbol that is useful to people. Section symbols, file symbols and
/// local labels of assemblers (`.L`) get no entry.
fn entry<'a>(
    name: &'a [u8],
    symbol: &RawSym,
    section: Option<u32>,
    address: u64,
) -> Option<Entry<'a>> {
    let named = !matches!(symbol.st_type(), elf::STT_FILE | elf::STT_SECTION)
        && !name.is_empty()
        && !name.starts_with(b".L");
    named.then(|| Entry {
        name,
        section,
        address,
        size: symbol.st_size(LE),
        info: symbol.st_info(),
        other: symbol.st_other(),
    })
}
