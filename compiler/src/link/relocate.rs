//! Patches the module's sections in the written file.

use super::input::{LE, Module, Section};
use super::layout::{Layout, Place};
use super::site::{self, Fault, Site};
use super::symbols::{self, Addresses};
use super::{fail, printable};
use crate::Error;
use object::SymbolIndex;
use object::elf::Rela64;

/// Applies every relocation of the module.
///
/// # Errors
/// An undefined symbol, an unknown kind, a value that doesn't fit: with section,
/// offset and symbol.
pub(super) fn apply(
    file: &mut [u8],
    module: &Module<'_>,
    layout: &Layout,
    addresses: &Addresses,
) -> Result<(), Error> {
    for (section, place) in module.sections.iter().zip(&layout.places) {
        if section.relocations.is_empty() {
            continue;
        }
        let begin = place.offset as usize;
        let bytes = file
            .get_mut(begin..begin + section.data.len())
            .expect("BUG: a section was not written where it was planned");
        for relocation in section.relocations {
            apply_one(bytes, module, *place, addresses, relocation)
                .map_err(|reason| explain(module, section, relocation, &reason))?;
        }
    }
    Ok(())
}

fn apply_one(
    bytes: &mut [u8],
    module: &Module<'_>,
    place: Place,
    addresses: &Addresses,
    relocation: &Rela64<object::LittleEndian>,
) -> Result<(), String> {
    let symbol = SymbolIndex(relocation.r_sym(LE, false) as usize);
    let symbol = addresses
        .get(module, symbol)
        .map_err(|error| error.to_string())?;
    let offset = relocation.r_offset.get(LE);
    let bytes = usize::try_from(offset)
        .ok()
        .and_then(|offset| bytes.get_mut(offset..));
    let Some(bytes) = bytes else {
        return Err(Fault::OutsideSection.message().into());
    };
    let mut site = Site {
        bytes,
        place: place.address + offset,
        symbol,
        addend: relocation.r_addend.get(LE),
    };
    let kind = relocation.r_type(LE, false);
    site::relocate(module.target.arch(), kind, &mut site).map_err(|fault| fault.message().into())
}

fn explain(
    module: &Module<'_>,
    section: &Section<'_>,
    relocation: &Rela64<object::LittleEndian>,
    reason: &str,
) -> Error {
    let symbol = SymbolIndex(relocation.r_sym(LE, false) as usize);
    let message = format!(
        "cannot relocate {}+{:#x} (type {}, symbol {}): {reason}",
        printable(section.name),
        relocation.r_offset.get(LE),
        relocation.r_type(LE, false),
        symbols::describe(module, symbol),
    );
    fail::<()>(message).unwrap_err()
}
