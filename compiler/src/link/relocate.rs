//! Patches the module's sections in the written file, each relocation on its own: bytes
//! outside of the relocated fields stay as they were in the object.

use super::input::{LE, Module, Section};
use super::layout::{Layout, Placement};
use super::printable;
use super::site::{self, Fault, Site};
use super::symbols::{self, Addresses};
use crate::error::Error;
use object::SymbolIndex;
use object::elf::Rela64;

/// Applies every relocation of the module.
///
/// # Errors
/// The first relocation with an undefined symbol, an unknown kind, or a value that doesn't
/// fit. The message names section, offset and symbol.
pub(super) fn apply(
    file: &mut [u8],
    module: &Module<'_>,
    layout: &Layout,
    addresses: &Addresses,
) -> Result<(), Error> {
    for (section, place) in module.sections.iter().zip(&layout.placements) {
        if section.relocations.is_empty() {
            continue;
        }
        let begin = place.offset as usize;
        let bytes = file
            .get_mut(begin..begin + section.data.len())
            .expect("BUG: a section was not written where it was planned");
        for relocation in section.relocations {
            apply_one(bytes, module, *place, addresses, relocation)
                .map_err(|fault| explain(module, section, relocation, fault))?;
        }
    }
    Ok(())
}

/// Patches one place in `bytes`, which are the bytes of a section at `place`.
fn apply_one(
    bytes: &mut [u8],
    module: &Module<'_>,
    place: Placement,
    addresses: &Addresses,
    relocation: &Rela64<object::LittleEndian>,
) -> Result<(), Fault> {
    let symbol = SymbolIndex(relocation.r_sym(LE, false) as usize);
    let symbol = addresses.get(symbol)?;
    let offset = relocation.r_offset.get(LE);
    let bytes = usize::try_from(offset)
        .ok()
        .and_then(|offset| bytes.get_mut(offset..))
        .ok_or(Fault::OutsideSection)?;
    let mut site = Site {
        bytes,
        // Can't overflow: the offset is inside the section, and the section has its place.
        place: place.address + offset,
        symbol,
        addend: relocation.r_addend.get(LE),
    };
    let kind = relocation.r_type(LE, false);
    site::relocate(module.target.arch(), kind, &mut site)
}

/// Adds the place and the symbol's name to a fault.
fn explain(
    module: &Module<'_>,
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
        symbols::describe(module, symbol),
    ))
}
