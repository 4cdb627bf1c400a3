//! The data that generated code reads and writes: globals, tables and passive segments. If the
//! object is the output, also linear memory's initial bytes.
//!
//! **No instance.** Everything has an address at link time: a module runs once in a process,
//! so its globals, tables and memories are symbols, and no pointer to an instance is passed.

use super::code::Text;
use super::{Input, references};
use crate::module::{Constant, Global};
use crate::symbol::Symbol;
use object::SectionKind;
use object::write::{SectionId, StandardSection, SymbolId};
use wasi_aot_contract::{layout, symbols};

/// Emits the data of all symbols that code refers to. Returns the bytes of tables.
pub(super) fn emit(input: &Input<'_, '_, '_>, code: &mut Text) -> u64 {
    let referenced: Vec<(Symbol, SymbolId)> =
        code.symbols.iter().map(|(&s, &id)| (s, id)).collect();
    let mut size = 0;
    for (symbol, id) in referenced {
        match symbol {
            Symbol::Globals => globals(input, code, id),
            Symbol::Data(index) => {
                let bytes = input.env.module.data[index as usize];
                define(code, id, StandardSection::ReadOnlyData, bytes, 1);
            }
            Symbol::DataLength(index) => {
                let length = input.env.module.data[index as usize].len() as u64;
                define(code, id, StandardSection::Data, &length.to_le_bytes(), 8);
            }
            _ => size += references::emit(input, code, symbol, id),
        }
    }
    if input.with_memory {
        memory(input, code);
    }
    size
}

/// The cells of the globals, with their initial values.
fn globals(input: &Input<'_, '_, '_>, code: &mut Text, symbol: SymbolId) {
    let globals = &input.env.module.globals;
    let end = globals.last().map_or(0, Global::cell_end);
    let mut cells = vec![0; end as usize];
    for global in globals {
        let cell = &mut cells[global.cell as usize..global.cell_end() as usize];
        let bytes = global.init.to_cell();
        cell.copy_from_slice(&bytes[..cell.len()]);
    }
    let sizes = globals.iter().map(|global| Global::cell_size(global.ty));
    let align = sizes.max().unwrap_or(1);
    let (section, start) = define(
        code,
        symbol,
        StandardSection::Data,
        &cells,
        u64::from(align),
    );
    for global in globals {
        if let Constant::RefFunc(function) = global.init {
            let offset = start + u64::from(global.cell);
            references::reference(input, code, section, offset, function);
        }
    }
}

/// Defines `symbol` as `bytes`. Returns the section and the offset of the bytes in it.
pub(super) fn define(
    code: &mut Text,
    symbol: SymbolId,
    section: StandardSection,
    bytes: &[u8],
    align: u64,
) -> (SectionId, u64) {
    let section = code.object.section_id(section);
    let offset = code.object.append_section_data(section, bytes, align);
    // An undefined symbol has no scope; a defined one must have one.
    code.object.symbol_mut(symbol).scope = object::SymbolScope::Compilation;
    code.object
        .set_symbol_data(symbol, section, offset, bytes.len() as u64);
    (section, offset)
}

/// Memory 0: a section with its initial bytes, then a section without bytes up to the
/// initial size. The two are exactly one segment, since the script for `ld` has a fixed
/// number of segments. For an executable, [`crate::link`] takes the bytes from the module.
fn memory(input: &Input<'_, '_, '_>, code: &mut Text) {
    let image = input.env.module.image.filled();
    let initial = input.memories.first().map_or(0, |m| m.initial_pages);
    let size = u64::from(initial) * layout::WASM_PAGE_SIZE;
    let name = |name: &str| name.as_bytes().to_vec();
    let bytes =
        code.object
            .add_section(Vec::new(), name(symbols::MEMORY_SECTION), SectionKind::Data);
    // A segment of its own begins on a page of its own.
    let align = input.env.target.page_size();
    code.object.append_section_data(bytes, &image, align);
    let zeroes = code.object.add_section(
        Vec::new(),
        name(symbols::MEMORY_ZERO_SECTION),
        SectionKind::UninitializedData,
    );
    code.object
        .append_section_bss(zeroes, size - image.len() as u64, 1);
}
