//! Resolves the symbols of both objects and collects the executable's symbol table.
//!
//! A symbol is resolved to its own object's definition; an undefined one to the other object's
//! symbol of the same name. Nothing is weak and nothing is overridden.

use super::input::{LE, Object, RawSym};
use super::layout::{Layout, Owner, Placed};
use super::select::START;
use super::site::Fault;
use super::{fail, printable};
use crate::error::Error;
use object::SymbolIndex;
use object::elf;
use object::read::elf::Sym as _;
use std::collections::HashMap;
use wasi_aot_contract::symbols as names;

/// The symbols that the other object may refer to, with their addresses.
type Exports<'a> = HashMap<&'a [u8], u64>;

/// The meaning of each symbol of both objects, by the symbol's index in its object.
pub(super) struct Addresses {
    runtime: Vec<Resolution>,
    module: Vec<Resolution>,
    /// Where the kernel enters the executable.
    pub start: u64,
}

#[derive(Debug, Clone, Copy)]
enum Resolution {
    /// `section` is the number that the symbol's section has in the executable, `None` for
    /// an absolute symbol and for a symbol that the other object defines.
    At { address: u64, section: Option<u32> },
    /// Neither object defines the symbol, or its section isn't part of the executable. That is
    /// an error only if a relocation refers to the symbol.
    Undefined,
}

impl Addresses {
    /// The address of a symbol.
    ///
    /// # Errors
    /// [`Fault::UndefinedSymbol`], [`Fault::NoSuchSymbol`].
    pub(super) fn get(&self, owner: Owner, index: SymbolIndex) -> Result<u64, Fault> {
        let of_owner = match owner {
            Owner::Runtime => &self.runtime,
            Owner::Module => &self.module,
        };
        match of_owner.get(index.0) {
            // Index 0 is the null symbol; the gABI gives it the value 0.
            _ if index.0 == 0 => Ok(0),
            Some(&Resolution::At { address, .. }) => Ok(address),
            Some(Resolution::Undefined) => Err(Fault::UndefinedSymbol),
            None => Err(Fault::NoSuchSymbol),
        }
    }
}

/// A symbol's name for a message, or its number if it has no name.
pub(super) fn describe(object: &Object<'_>, index: SymbolIndex) -> String {
    match object.symbols.symbol(index).map(|s| object.name_of(s)) {
        Ok(name) if !name.is_empty() => printable(name),
        _ => format!("number {}", index.0),
    }
}

/// Finds the address of every symbol of both objects. Sections of the executable have these
/// numbers: the runtime's blocks from 1, then the module's sections.
///
/// # Errors
/// A symbol outside of its section, and a runtime without entry point.
pub(super) fn resolve(
    module: &Object<'_>,
    runtime: &Object<'_>,
    layout: &Layout,
) -> Result<Addresses, Error> {
    let blocks = layout.blocks.len();
    let mut of_module = own(module, &layout.places(Owner::Module), |placed| {
        Some((1 + blocks + placed.position) as u32)
    })?;
    let (of_runtime, exported) = with_imports(runtime, layout, |of_runtime| {
        let exported = exports(module, &of_module);
        import(runtime, of_runtime, &exported);
    })?;
    import(module, &mut of_module, &exported);
    Ok(Addresses {
        start: start(&exported)?,
        runtime: of_runtime,
        module: of_module,
    })
}

/// Finds the address of every symbol of the runtime alone, with the module's information at
/// `info`.
///
/// # Errors
/// As [`resolve`].
pub(super) fn resolve_runtime(
    runtime: &Object<'_>,
    layout: &Layout,
    info: u64,
) -> Result<Addresses, Error> {
    let (of_runtime, exported) = with_imports(runtime, layout, |of_runtime| {
        let exported = HashMap::from([(names::MODULE.as_bytes(), info)]);
        import(runtime, of_runtime, &exported);
    })?;
    Ok(Addresses {
        start: start(&exported)?,
        runtime: of_runtime,
        module: Vec::new(),
    })
}

/// Resolves the runtime's symbols, the undefined ones by `import`. Returns them and those that
/// the module may refer to.
fn with_imports<'a>(
    runtime: &Object<'a>,
    layout: &Layout,
    import: impl FnOnce(&mut [Resolution]),
) -> Result<(Vec<Resolution>, Exports<'a>), Error> {
    let mut of_runtime = own(runtime, &layout.places(Owner::Runtime), |placed| {
        placed.block.map(|block| 1 + block as u32)
    })?;
    let exported = exports(runtime, &of_runtime);
    import(&mut of_runtime);
    Ok((of_runtime, exported))
}

fn start(exported: &Exports<'_>) -> Result<u64, Error> {
    match exported.get(START) {
        Some(&start) => Ok(start),
        None => fail("the runtime has no entry point"),
    }
}

/// Resolves an object's symbols to the object's own definitions. `number` gives the number of
/// a section in the executable.
fn own(
    object: &Object<'_>,
    places: &HashMap<usize, &Placed>,
    number: impl Fn(&Placed) -> Option<u32>,
) -> Result<Vec<Resolution>, Error> {
    let positions = object.positions();
    let resolve = |(index, symbol): (SymbolIndex, &RawSym)| {
        let value = symbol.st_value(LE);
        let Some(section) = object.section_of((index, symbol))? else {
            return Ok(match symbol.is_absolute(LE) {
                true => Resolution::At {
                    address: value,
                    section: None,
                },
                false => Resolution::Undefined,
            });
        };
        // Some sections don't become part of the executable.
        let Some(&position) = positions.get(&section) else {
            return Ok(Resolution::Undefined);
        };
        if value > object.sections[position].size {
            return fail(format!(
                "symbol {} lies outside of its section",
                describe(object, index)
            ));
        }
        Ok(match places.get(&position) {
            Some(placed) => Resolution::At {
                address: placed.address + value,
                section: number(placed),
            },
            None => Resolution::Undefined,
        })
    };
    object.symbols().map(resolve).collect()
}

/// The object's [`Exports`].
fn exports<'a>(object: &Object<'a>, resolutions: &[Resolution]) -> Exports<'a> {
    let symbols = object.symbols.iter().zip(resolutions);
    let exported = symbols.filter_map(|(symbol, resolution)| match *resolution {
        Resolution::At { address, .. } if !symbol.is_local() => {
            Some((object.name_of(symbol), address))
        }
        _ => None,
    });
    exported.filter(|(name, _)| !name.is_empty()).collect()
}

/// Resolves undefined symbols to the other object's definitions.
fn import(object: &Object<'_>, resolutions: &mut [Resolution], exports: &Exports<'_>) {
    for (symbol, resolution) in object.symbols.iter().zip(resolutions) {
        if symbol.is_undefined(LE)
            && let Some(&address) = exports.get(object.name_of(symbol))
        {
            *resolution = Resolution::At {
                address,
                section: None,
            };
        }
    }
}

/// A symbol of the executable's table.
pub(super) struct Entry<'a> {
    pub name: &'a [u8],
    /// The section's number in the executable.
    pub section: u32,
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
/// ("Symbol Table"); in each half the runtime's come before the module's.
pub(super) fn table<'a>(
    module: &Object<'a>,
    runtime: &Object<'a>,
    addresses: &Addresses,
) -> Vec<Entry<'a>> {
    with_runtime(runtime, addresses, entries(module, &addresses.module))
}

/// As [`table`], with the module's symbols as entries.
pub(super) fn with_runtime<'a>(
    runtime: &Object<'a>,
    addresses: &Addresses,
    of_module: Vec<Entry<'a>>,
) -> Vec<Entry<'a>> {
    let mut table = entries(runtime, &addresses.runtime);
    table.extend(of_module);
    table.sort_by_key(|entry| !entry.is_local());
    table
}

/// The entries for an object's symbols.
fn entries<'a>(object: &Object<'a>, resolutions: &[Resolution]) -> Vec<Entry<'a>> {
    let symbols = object.symbols.iter().zip(resolutions);
    let entries = symbols.filter_map(|(symbol, resolution)| match *resolution {
        Resolution::At {
            address,
            section: Some(section),
        } => entry(object.name_of(symbol), symbol, section, address),
        _ => None,
    });
    entries.collect()
}

/// The table's entry for a symbol that is useful to people. Section symbols, file symbols and
/// local labels of assemblers (`.L`) get no entry.
fn entry<'a>(name: &'a [u8], symbol: &RawSym, section: u32, address: u64) -> Option<Entry<'a>> {
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
