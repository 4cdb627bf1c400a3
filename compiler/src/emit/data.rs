//! What generated code reads and writes: globals, typed tables, passive segments,
//! and linear memory's initial bytes.

use super::code::Code;
use super::{Input, absolute};
use crate::lower::{CELL_SIZE, TABLE_ENTRY_SIZE};
use crate::module::Module;
use crate::options::Target;
use crate::symbol::Symbol;
use object::SectionKind;
use object::write::{SectionId, StandardSection, SymbolId};
use wasi_aot_contract::{layout, symbols};

/// Alignment of the segment that maps linear memory: the target's largest page
/// size, which aarch64 lets a kernel choose.
fn segment_alignment(target: Target) -> u64 {
    match target {
        Target::LinuxAmd64 => 0x1000,
        Target::LinuxArm64 => 0x1_0000,
    }
}

/// Emits all data; returns the bytes that tables take.
pub(super) fn emit(input: &Input<'_, '_, '_>, code: &mut Code) -> u64 {
    let referenced: Vec<(Symbol, SymbolId)> =
        code.symbols.iter().map(|(&s, &id)| (s, id)).collect();
    let mut size = 0;
    for (symbol, id) in referenced {
        match symbol {
            Symbol::Globals => globals(input.env.module, code, id),
            Symbol::Table(type_index) => size += table(input, code, id, type_index),
            Symbol::Data(index) => {
                let bytes = input.env.module.data[index as usize];
                define(code, id, StandardSection::ReadOnlyData, bytes, 1);
            }
            Symbol::DataLength(index) => {
                let length = input.env.module.data[index as usize].len() as u64;
                define(code, id, StandardSection::Data, &length.to_le_bytes(), 8);
            }
            _ => {}
        }
    }
    memory(input, code);
    size
}

fn globals(module: &Module<'_>, code: &mut Code, symbol: SymbolId) {
    let cells: Vec<u8> = module
        .globals
        .iter()
        .flat_map(|g| g.init.to_cell())
        .collect();
    let align = u64::from(CELL_SIZE);
    define(code, symbol, StandardSection::Data, &cells, align);
}

/// Puts `bytes` at `symbol`; returns the section and their offset in it.
fn define(
    code: &mut Code,
    symbol: SymbolId,
    section: StandardSection,
    bytes: &[u8],
    align: u64,
) -> (SectionId, u64) {
    let section = code.object.section_id(section);
    let offset = code.object.append_section_data(section, bytes, align);
    code.object
        .set_symbol_data(symbol, section, offset, bytes.len() as u64);
    code.object.symbol_mut(symbol).scope = object::SymbolScope::Compilation;
    (section, offset)
}

/// The table as callers of one signature see it: the span that is not null at
/// its ends, each entry the address of a function of this signature or of a stub
/// that traps.
fn table(input: &Input<'_, '_, '_>, code: &mut Code, symbol: SymbolId, type_index: u32) -> u64 {
    let module = input.env.module;
    let (first, end) = input.env.table_span;
    let elements = module
        .table
        .as_ref()
        .map_or(&[][..], |t| &t.elements[first as usize..end as usize]);
    let zeroes = vec![0; elements.len() * TABLE_ENTRY_SIZE as usize];
    let align = u64::from(TABLE_ENTRY_SIZE);
    let (section, start) = define(code, symbol, StandardSection::ReadOnlyData, &zeroes, align);
    for (offset, &element) in (start..).step_by(TABLE_ENTRY_SIZE as usize).zip(elements) {
        let target = code.symbols[&entry(module, element, type_index)];
        absolute(&mut code.object, section, offset, target, 0, 32);
    }
    zeroes.len() as u64
}

fn entry(module: &Module<'_>, element: Option<u32>, type_index: u32) -> Symbol {
    let Some(index) = element else {
        return Symbol::TrapNull;
    };
    if module.canonical_type(module.type_of_function(index)) != type_index {
        return Symbol::TrapBadSignature;
    }
    match module.defined(index) {
        None => Symbol::ImportThunk(index),
        Some(defined) => Symbol::Function(defined),
    }
}

/// The initial bytes, then a section without bytes up to the initial size, so
/// that the two together are exactly one segment.
fn memory(input: &Input<'_, '_, '_>, code: &mut Code) {
    let image = &input.env.module.image;
    let size = u64::from(input.initial_pages) * layout::WASM_PAGE_SIZE;
    let name = |name: &str| name.as_bytes().to_vec();
    let bytes =
        code.object
            .add_section(Vec::new(), name(symbols::MEMORY_SECTION), SectionKind::Data);
    code.object
        .append_section_data(bytes, image, segment_alignment(input.env.target));
    let zeroes = code.object.add_section(
        Vec::new(),
        name(symbols::MEMORY_ZERO_SECTION),
        SectionKind::UninitializedData,
    );
    code.object
        .append_section_bss(zeroes, size - image.len() as u64, 1);
}
