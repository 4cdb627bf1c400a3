//! Patches the sections in the written file, each relocation on its own: bytes outside of the
//! relocated fields stay as they were in the object.

use super::input::{LE, Object, Section};
use super::layout::{Layout, Owner, Placed};
use super::printable;
use super::site::{self, Fault, Site};
use super::symbols::{self, Addresses};
use crate::error::Error;
use object::SymbolIndex;
use object::elf::Rela64;

/// Applies every relocation of the sections that have a place.
///
/// # Errors
/// The first relocation with an undefined symbol, an unknown kind, or a value that doesn't
/// fit. The message names section, offset and symbol.
pub(super) fn apply(
    file: &mut [u8],
    module: &Object<'_>,
    runtime: &Object<'_>,
    layout: &Layout,
    addresses: &Addresses,
) -> Result<(), Error> {
    for placed in &layout.placed {
        let object = match placed.owner {
            Owner::Runtime => runtime,
            Owner::Module => module,
        };
        let section = &object.sections[placed.position];
        if section.relocations.is_empty() {
            continue;
        }
        let begin = placed.offset as usize;
        let bytes = file
            .get_mut(begin..begin + section.data.len())
            .expect("BUG: a section was not written where it was planned");
        for relocation in section.relocations {
            apply_one(bytes, object, placed, addresses, relocation)
                .map_err(|fault| explain(object, section, relocation, fault))?;
        }
    }
    Ok(())
}

/// Patches one place in `bytes`, which are the bytes of a section at its place.
fn apply_one(
    bytes: &mut [u8],
    object: &Object<'_>,
    placed: &Placed,
    addresses: &Addresses,
    relocation: &Rela64<object::LittleEndian>,
) -> Result<(), Fault> {
    let symbol = SymbolIndex(relocation.r_sym(LE, false) as usize);
    let symbol = addresses.get(placed.owner, symbol)?;
    let offset = relocation.r_offset.get(LE);
    let at = usize::try_from(offset).ok();
    let at = at.filter(|&at| at <= bytes.len());
    let mut site = Site {
        at: at.ok_or(Fault::OutsideSection)?,
        bytes,
        // Can't overflow: the offset is inside the section, and the section has its place.
        place: placed.address + offset,
        symbol,
        addend: relocation.r_addend.get(LE),
    };
    let kind = relocation.r_type(LE, false);
    site::relocate(object.target.arch(), kind, &mut site)
}

/// Adds the place and the symbol's name to a fault.
fn explain(
    object: &Object<'_>,
    section: &Section<'_>,
    relocation: &Rela64<object::LittleEndian>,
    fault: Fault,
) -> Error {
    let symbol = SymbolIndex(relocation.r_sym(LE, false) as usize);
    Error::Link(format!(
        "cannot relocate {}+{:#x} (type {}, symbol {}): {fault}",
        printable(section.name),
        relocation.r_offset.get(LE),
        relocation.r_type(LE, false),
        symbols::describe(object, symbol),
    ))
}
