//! Tables and element segments as generated code sees them.
//!
//! - **Typed tables.** A table that no function writes has an array of 32-bit code addresses
//!   for each signature that `call_indirect` uses. An element of another signature, or null,
//!   is the address of a stub that traps. Addresses fit, since the image lies below 4 GiB.
//! - **Cells.** A table that is written, and any table that is read as references, is an
//!   array of references ([`crate::lower::REFERENCE_SIZE`]), and has its size beside it.
//!
//! Cost is bounded by the file's size: the number of addresses grows with the product of a
//! table's length and its signatures, so [`check`] limits that number.

use super::code::Text;
use super::data::define;
use super::{Input, absolute};
use crate::compile::referenced_symbols;
use crate::error::Error;
use crate::lower::{REFERENCE_SIZE, TABLE_ENTRY_SIZE, type_tag};
use crate::symbol::Symbol;
use object::write::{SectionId, StandardSection, SymbolId};
use std::collections::BTreeMap;

/// Compares the addresses in all arrays that code refers to with their limit.
///
/// # Errors
/// [`Error::Limit`].
pub(super) fn check(input: &Input<'_, '_, '_>) -> Result<(), Error> {
    let module = input.env.module;
    let symbols = referenced_symbols(input.units);
    let arrays = symbols.iter().filter_map(|&symbol| match symbol {
        Symbol::TypedTable { table, .. } => {
            let (first, end) = input.env.table_spans[table as usize];
            Some(u64::from(end - first))
        }
        Symbol::GivingWayTable(_) => {
            let (first, end) = input.env.table_spans[0];
            Some(u64::from(end - first))
        }
        Symbol::TableCells(index) if module.tables[index as usize].written => None,
        Symbol::TableCells(index) | Symbol::TableStart(index) => {
            Some(module.tables[index as usize].elements.len() as u64)
        }
        Symbol::Elements(index) => Some(module.elements[index as usize].len() as u64),
        _ => None,
    });
    let (count, addresses) = arrays.fold((0u32, 0u64), |(count, sum), len| (count + 1, sum + len));
    let limit = module.address_limit();
    if addresses > limit {
        return Err(Error::Limit(format!(
            "{count} arrays for tables and their types hold {addresses} addresses, over the limit of {limit} for a file of this size; use smaller tables, or fewer types of functions called through them"
        )));
    }
    Ok(())
}

/// Emits the array or length that `symbol` stands for, if it belongs to a table or an element
/// segment. Returns its bytes in the file.
pub(super) fn emit(
    input: &Input<'_, '_, '_>,
    code: &mut Text,
    symbol: Symbol,
    id: SymbolId,
) -> u64 {
    let module = input.env.module;
    match symbol {
        Symbol::TypedTable { table, type_index } => typed(input, code, id, table, |element| {
            entry(input, element, type_index)
        }),
        Symbol::GivingWayTable(type_index) => {
            let entries = giving_way(code);
            typed(input, code, id, 0, |element| {
                let plain = entry(input, element, type_index);
                entries.get(&plain).copied().unwrap_or(plain)
            })
        }
        Symbol::TableCells(index) => {
            let table = &module.tables[index as usize];
            if table.written {
                cells(code, id, table.room);
                0
            } else {
                references(input, code, id, &table.elements)
            }
        }
        Symbol::TableStart(index) => {
            references(input, code, id, &module.tables[index as usize].elements)
        }
        Symbol::TableSize(index) => {
            let size = module.tables[index as usize].initial.to_le_bytes();
            define(code, id, StandardSection::Data, &size, 4);
            0
        }
        Symbol::Elements(index) => references(input, code, id, &module.elements[index as usize]),
        Symbol::ElementsLength(index) => {
            let length = module.elements[index as usize].len() as u64;
            define(code, id, StandardSection::Data, &length.to_le_bytes(), 8);
            0
        }
        _ => 0,
    }
}

/// A table as callers of one signature see it: an address for each element from the first to
/// the last that isn't null. `entry` gives the code that an element stands for.
fn typed(
    input: &Input<'_, '_, '_>,
    code: &mut Text,
    symbol: SymbolId,
    table: u32,
    entry: impl Fn(Option<u32>) -> Symbol,
) -> u64 {
    let (first, end) = input.env.table_spans[table as usize];
    let elements = &input.env.module.tables[table as usize].elements[first as usize..end as usize];
    let zeroes = vec![0; elements.len() * TABLE_ENTRY_SIZE as usize];
    let align = u64::from(TABLE_ENTRY_SIZE);
    let (section, start) = define(code, symbol, StandardSection::ReadOnlyData, &zeroes, align);
    for (offset, &element) in (start..).step_by(TABLE_ENTRY_SIZE as usize).zip(elements) {
        let target = code.symbols[&entry(element)];
        absolute(&mut code.object, section, offset, target, 0, 32);
    }
    zeroes.len() as u64
}

/// The entries that poll before their function ([`crate::go`]), by that function's symbol.
fn giving_way(code: &Text) -> BTreeMap<Symbol, Symbol> {
    let entries = code.symbols.keys().filter_map(|&symbol| match symbol {
        Symbol::GivingWay(index) => Some((Symbol::Function(index), symbol)),
        _ => None,
    });
    entries.collect()
}

/// The code that an element stands for to callers of this signature: its function, or a stub
/// that traps.
fn entry(input: &Input<'_, '_, '_>, element: Option<u32>, type_index: u32) -> Symbol {
    let module = input.env.module;
    match element {
        None => Symbol::TrapNull,
        Some(index) if module.canonical_type(module.type_of_function(index)) != type_index => {
            Symbol::TrapBadSignature
        }
        Some(index) => input.env.reference_symbol(index),
    }
}

/// The cells of a table that is written. They are null at first, so they take no room in
/// the file.
fn cells(code: &mut Text, symbol: SymbolId, count: u32) {
    let size = u64::from(count) * u64::from(REFERENCE_SIZE);
    let section = code.object.section_id(StandardSection::UninitializedData);
    let offset = code
        .object
        .append_section_bss(section, size, u64::from(REFERENCE_SIZE));
    code.object.symbol_mut(symbol).scope = object::SymbolScope::Compilation;
    code.object.set_symbol_data(symbol, section, offset, size);
}

/// An array of references that nothing writes.
fn references(
    input: &Input<'_, '_, '_>,
    code: &mut Text,
    symbol: SymbolId,
    elements: &[Option<u32>],
) -> u64 {
    let zeroes = vec![0; elements.len() * REFERENCE_SIZE as usize];
    let align = u64::from(REFERENCE_SIZE);
    let (section, start) = define(code, symbol, StandardSection::ReadOnlyData, &zeroes, align);
    for (offset, &element) in (start..).step_by(REFERENCE_SIZE as usize).zip(elements) {
        if let Some(function) = element {
            reference(input, code, section, offset, function);
        }
    }
    zeroes.len() as u64
}

/// Makes the 8 zeroes at `offset` a reference to a function: the lower half is its code
/// address, the upper half the tag of its type.
pub(super) fn reference(
    input: &Input<'_, '_, '_>,
    code: &mut Text,
    section: SectionId,
    offset: u64,
    function: u32,
) {
    let module = input.env.module;
    let target = code.symbols[&input.env.reference_symbol(function)];
    absolute(&mut code.object, section, offset, target, 0, 32);
    let tag = type_tag(module.canonical_type(module.type_of_function(function)));
    let at = usize::try_from(offset).expect("BUG: an offset over 63 bits") + 4;
    code.object.section_mut(section).data_mut()[at..at + 4].copy_from_slice(&tag.to_le_bytes());
}
