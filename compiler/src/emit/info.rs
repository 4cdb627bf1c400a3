//! The data that the shim reads: the tables of traps and functions, and the [`ModuleInfo`] that
//! points to them and to the policy's ([`policy`]). The formats are in
//! `contract/src/module.rs`.
//!
//! **Traps need no table for memory.** A fault inside a memory's reserve at an instruction of
//! the module is an out-of-bounds access; the fault's address says so. Only instructions that
//! trap by themselves (`ud2`, `udf`, x86-64's `div`) are in the trap table.

use super::code::Text;
use super::structure::{Structure, Table};
use super::{Input, policy};
use crate::symbol::Symbol;
use object::write::StandardSection;
use std::mem::offset_of;
use wasi_aot_contract::module::{
    CONTRACT_VERSION, FunctionEntry, MemoryLimits, ModuleInfo, Preemption, TrapEntry,
};
use wasi_aot_contract::{layout, symbols};

/// Emits all of them. Returns the bytes of the tables.
pub(super) fn emit(input: &Input<'_, '_, '_>, code: &mut Text) -> u64 {
    let traps = traps(code);
    let (functions, names) = functions(code);
    let policy = policy::emit(&mut code.object, input.manifest);
    let size = size_of::<ModuleInfo>();
    let mut info = Structure::new(&mut code.object, symbols::MODULE_SECTION, size);
    info.words(&[
        (offset_of!(ModuleInfo, version), CONTRACT_VERSION),
        (offset_of!(ModuleInfo, cpu_features), input.features.0),
    ]);
    memories(&mut info, input.memories);
    runtime_symbols(&mut info, code);
    preemption(&mut info, input, code);
    info.address(offset_of!(ModuleInfo, entry), code.entry, 0);
    let text = code.object.section_symbol(code.text);
    let text_size = i64::try_from(code.text_size).expect("BUG: text over 63 bits");
    info.address(offset_of!(ModuleInfo, text_start), text, 0);
    info.address(offset_of!(ModuleInfo, text_end), text, text_size);
    info.table(
        offset_of!(ModuleInfo, traps),
        offset_of!(ModuleInfo, traps_len),
        &traps,
    );
    info.table(
        offset_of!(ModuleInfo, functions),
        offset_of!(ModuleInfo, functions_len),
        &functions,
    );
    info.table(
        offset_of!(ModuleInfo, names),
        offset_of!(ModuleInfo, names_len),
        &names,
    );
    info.address(offset_of!(ModuleInfo, policy), policy, 0);
    info.finish(&mut code.object, Some(symbols::MODULE));
    traps.bytes + functions.bytes + names.bytes
}

/// Adds an array of entries of this size to the read-only data.
fn read_only(code: &mut Text, data: &[u8], entry_size: usize) -> Table {
    let section = code.object.section_id(StandardSection::ReadOnlyData);
    let align = if entry_size == 1 { 1 } else { 4 };
    let offset = code.object.append_section_data(section, data, align);
    let symbol = code.object.section_symbol(section);
    Table {
        section: symbol,
        offset,
        len: (data.len() / entry_size) as u64,
        bytes: data.len() as u64,
    }
}

/// An offset in the text section, which has 32 bits: the image ends below 252 MiB, and the
/// linker refuses a larger one.
fn text_offset(offset: u64) -> u32 {
    u32::try_from(offset).expect("BUG: text section over 4 GiB")
}

fn traps(code: &mut Text) -> Table {
    let mut bytes = Vec::with_capacity(code.traps.len() * size_of::<TrapEntry>());
    for site in &code.traps {
        let entry = TrapEntry::new(text_offset(site.code_offset), site.kind, site.wasm_offset);
        bytes.extend(entry.code_offset.to_le_bytes());
        bytes.extend(entry.kind_and_wasm_offset.to_le_bytes());
    }
    read_only(code, &bytes, size_of::<TrapEntry>())
}

/// The function table, and the names that it points to.
fn functions(code: &mut Text) -> (Table, Table) {
    let mut names = vec![0];
    let mut entries = Vec::with_capacity(code.functions.len() * size_of::<FunctionEntry>());
    for (offset, name) in &code.functions {
        // The name at offset 0 is empty.
        let name_offset = if name.is_empty() { 0 } else { names.len() };
        entries.extend(text_offset(*offset).to_le_bytes());
        entries.extend(
            u32::try_from(name_offset)
                .expect("BUG: names over 4 GiB")
                .to_le_bytes(),
        );
        if !name.is_empty() {
            names.extend(name.as_bytes());
            names.push(0);
        }
    }
    (
        read_only(code, &entries, size_of::<FunctionEntry>()),
        read_only(code, &names, 1),
    )
}

/// Writes the limits of the module's memories.
///
/// # Panics
/// If there are more than [`layout::MAX_MEMORIES`], which the parser refuses.
fn memories(info: &mut Structure, memories: &[MemoryLimits]) {
    assert!(
        memories.len() <= layout::MAX_MEMORIES,
        "BUG: too many memories"
    );
    let count = u32::try_from(memories.len()).expect("BUG: few memories");
    info.words(&[(offset_of!(ModuleInfo, memory_count), count.max(1))]);
    let start = offset_of!(ModuleInfo, memories);
    for (at, limits) in (start..).step_by(size_of::<MemoryLimits>()).zip(memories) {
        info.words(&[
            (
                at + offset_of!(MemoryLimits, initial_pages),
                limits.initial_pages,
            ),
            (
                at + offset_of!(MemoryLimits, maximum_pages),
                limits.maximum_pages,
            ),
        ]);
    }
}

/// Sets the bits of the runtime's symbols that the code refers to.
fn runtime_symbols(info: &mut Structure, code: &Text) {
    let object = &code.object;
    let referred = |name: &[u8]| {
        let id = object.symbol_id(name);
        id.is_some_and(|id| object.symbol(id).is_undefined())
    };
    let start = offset_of!(ModuleInfo, runtime_symbols);
    for (index, (prefix, name)) in symbols::runtime_symbols().enumerate() {
        if referred(format!("{prefix}{name}").as_bytes()) {
            info.bit(start, index);
        }
    }
}

/// Writes how goroutines are preempted. All fields are zero if goroutines aren't preempted, and
/// in a module whose code uses no globals.
fn preemption(info: &mut Structure, input: &Input<'_, '_, '_>, code: &Text) {
    let globals = code.symbols.get(&Symbol::Globals);
    let (Some((g, preemption)), Some(&globals)) = (input.preemption, globals) else {
        return;
    };
    let at = |field: usize| offset_of!(ModuleInfo, preemption) + field;
    info.words(&[
        (at(offset_of!(Preemption, interval)), preemption.interval),
        (at(offset_of!(Preemption, g_m)), preemption.g_m),
        (at(offset_of!(Preemption, m_g0)), preemption.m_g0),
        (
            at(offset_of!(Preemption, g_stackguard0)),
            preemption.g_stackguard0,
        ),
    ]);
    let cell = i64::from(input.env.module.globals[g as usize].cell);
    info.address(at(offset_of!(Preemption, g_cell)), globals, cell);
}
