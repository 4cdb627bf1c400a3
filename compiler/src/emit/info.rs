//! The data that the shim reads: the tables of traps and functions, the manifest's note, the
//! [`PolicyInfo`] that points to the note and to the parts of the runtime that the policy
//! needs, and the [`ModuleInfo`] that points to all of them. The formats are in
//! `contract/src/module.rs`.
//!
//! **Only the policy's two sections depend on the policy**, [`PolicyInfo`] and the note. The
//! linker keeps them behind everything else.
//!
//! **Traps need no table for memory.** A fault inside a memory's reserve at an instruction of
//! the module is an out-of-bounds access; the fault's address says so. Only instructions that
//! trap by themselves (`ud2`, `udf`, x86-64's `div`) are in the trap table.

use super::code::Text;
use super::{Input, absolute};
use object::SectionKind;
use object::write::{SectionId, StandardSection, SymbolId};
use std::mem::offset_of;
use wasi_aot_contract::module::{
    CONTRACT_VERSION, FunctionEntry, MemoryLimits, ModuleInfo, PolicyInfo, Preemption, TrapEntry,
};
use wasi_aot_contract::parts::Part;
use wasi_aot_contract::{layout, manifest, symbols};

use crate::symbol::Symbol;

/// Emits all of them. Returns the bytes of the tables.
pub(super) fn emit(input: &Input<'_, '_, '_>, code: &mut Text) -> u64 {
    let traps = traps(code);
    let (functions, names) = functions(code);
    let policy = policy(code, input.manifest);
    let mut info = Info::new(code, symbols::MODULE_SECTION, size_of::<ModuleInfo>());
    info.words(&[
        (offset_of!(ModuleInfo, version), CONTRACT_VERSION),
        (offset_of!(ModuleInfo, cpu_features), input.features.0),
    ]);
    info.memories(input.memories);
    info.runtime_symbols(code);
    info.preemption(input, code);
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
    info.finish(code, Some(symbols::MODULE));
    traps.bytes + functions.bytes + names.bytes
}

/// An array somewhere in the object.
struct Table {
    section: SymbolId,
    offset: u64,
    len: u64,
    bytes: u64,
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

/// Adds the [`PolicyInfo`] and the manifest. Returns the symbol of the policy's section, which
/// begins with the [`PolicyInfo`].
fn policy(code: &mut Text, manifest: &[u8]) -> SymbolId {
    let note = note(code, manifest);
    let mut info = Info::new(code, symbols::POLICY_SECTION, size_of::<PolicyInfo>());
    info.table(
        offset_of!(PolicyInfo, manifest),
        offset_of!(PolicyInfo, manifest_len),
        &note,
    );
    let parts = (offset_of!(PolicyInfo, parts)..).step_by(size_of::<u64>());
    for (part, at) in Part::ALL.into_iter().zip(parts) {
        if needs(manifest, part) {
            let root = runtime_function(code, part.root());
            info.address(at, root, 0);
        }
    }
    let section = code.object.section_symbol(info.section);
    info.finish(code, None);
    section
}

/// Whether a manifest has a record that needs the part.
fn needs(manifest: &[u8], part: Part) -> bool {
    let records = manifest::records(manifest);
    let mut records = records.expect("BUG: the compiler wrote a manifest that it can't read");
    records.any(|record| record.is_ok_and(|record| part.is_needed_for(&record)))
}

/// A symbol for a function of the runtime.
fn runtime_function(code: &mut Text, name: &str) -> SymbolId {
    code.object.add_symbol(object::write::Symbol {
        name: name.as_bytes().to_vec(),
        value: 0,
        size: 0,
        kind: object::SymbolKind::Text,
        scope: object::SymbolScope::Unknown,
        weak: false,
        section: object::write::SymbolSection::Undefined,
        flags: object::SymbolFlags::None,
    })
}

/// The manifest as an ELF note (gABI, "Note Section"): the sizes of name and descriptor and
/// the type, in 4 bytes each, then name and descriptor, each padded to 4 bytes. The table
/// that is returned is the descriptor.
fn note(code: &mut Text, manifest: &[u8]) -> Table {
    let name = [symbols::NOTE_NAME.as_bytes(), b"\0"].concat();
    let length = |bytes: &[u8]| u32::try_from(bytes.len()).expect("BUG: a note over 4 GiB");
    let mut bytes = Vec::new();
    for word in [length(&name), length(manifest), symbols::NOTE_TYPE_MANIFEST] {
        bytes.extend(word.to_le_bytes());
    }
    for part in [&name[..], manifest] {
        bytes.extend(part);
        bytes.resize(bytes.len().next_multiple_of(4), 0);
    }
    let section_name = symbols::NOTE_SECTION.as_bytes().to_vec();
    let section = code
        .object
        .add_section(Vec::new(), section_name, SectionKind::Note);
    // The note is loaded: the shim reads it in place.
    *code.object.section_flags_mut(section) = object::SectionFlags::Elf {
        sh_flags: u64::from(object::elf::SHF_ALLOC),
    };
    code.object.append_section_data(section, &bytes, 4);
    let descriptor = 12 + name.len().next_multiple_of(4);
    Table {
        section: code.object.section_symbol(section),
        offset: descriptor as u64,
        len: manifest.len() as u64,
        bytes: bytes.len() as u64,
    }
}

/// A structure being written: its bytes, and the addresses to be relocated.
struct Info {
    section: SectionId,
    bytes: Vec<u8>,
    addresses: Vec<(usize, SymbolId, i64)>,
}

impl Info {
    /// A structure of `size` bytes in a section of this name.
    fn new(code: &mut Text, section: &str, size: usize) -> Self {
        let name = section.as_bytes().to_vec();
        let section = code
            .object
            .add_section(Vec::new(), name, SectionKind::ReadOnlyData);
        Self {
            section,
            bytes: vec![0; size],
            addresses: Vec::new(),
        }
    }

    fn words(&mut self, words: &[(usize, u32)]) {
        for &(offset, word) in words {
            self.bytes[offset..offset + 4].copy_from_slice(&word.to_le_bytes());
        }
    }

    /// # Panics
    /// If there are more than [`layout::MAX_MEMORIES`], which the parser refuses.
    fn memories(&mut self, memories: &[MemoryLimits]) {
        assert!(
            memories.len() <= layout::MAX_MEMORIES,
            "BUG: too many memories"
        );
        let count = u32::try_from(memories.len()).expect("BUG: few memories");
        self.words(&[(offset_of!(ModuleInfo, memory_count), count.max(1))]);
        let start = offset_of!(ModuleInfo, memories);
        for (at, limits) in (start..).step_by(size_of::<MemoryLimits>()).zip(memories) {
            self.words(&[
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
    fn runtime_symbols(&mut self, code: &Text) {
        let object = &code.object;
        let referred = |name: &[u8]| {
            let id = object.symbol_id(name);
            id.is_some_and(|id| object.symbol(id).is_undefined())
        };
        let start = offset_of!(ModuleInfo, runtime_symbols);
        for (index, (prefix, name)) in symbols::runtime_symbols().enumerate() {
            if referred(format!("{prefix}{name}").as_bytes()) {
                self.bytes[start + index / 8] |= 1 << (index % 8);
            }
        }
    }

    fn address(&mut self, offset: usize, symbol: SymbolId, addend: i64) {
        self.addresses.push((offset, symbol, addend));
    }

    /// How goroutines are preempted. All fields are zero if goroutines aren't preempted, and
    /// in a module whose code uses no globals.
    fn preemption(&mut self, input: &Input<'_, '_, '_>, code: &Text) {
        let globals = code.symbols.get(&Symbol::Globals);
        let (Some((g, preemption)), Some(&globals)) = (input.preemption, globals) else {
            return;
        };
        let at = |field: usize| offset_of!(ModuleInfo, preemption) + field;
        self.words(&[
            (at(offset_of!(Preemption, interval)), preemption.interval),
            (at(offset_of!(Preemption, g_m)), preemption.g_m),
            (at(offset_of!(Preemption, m_g0)), preemption.m_g0),
            (
                at(offset_of!(Preemption, g_stackguard0)),
                preemption.g_stackguard0,
            ),
        ]);
        let cell = i64::from(input.env.module.globals[g as usize].cell);
        self.address(at(offset_of!(Preemption, g_cell)), globals, cell);
    }

    fn table(&mut self, address: usize, len: usize, table: &Table) {
        let addend = i64::try_from(table.offset).expect("BUG: section over 63 bits");
        self.address(address, table.section, addend);
        self.bytes[len..len + 8].copy_from_slice(&table.len.to_le_bytes());
    }

    /// Writes the structure, and defines `name` as its address.
    fn finish(self, code: &mut Text, name: Option<&str>) {
        code.object
            .append_section_data(self.section, &self.bytes, align_of::<u64>() as u64);
        for (offset, symbol, addend) in self.addresses {
            absolute(
                &mut code.object,
                self.section,
                offset as u64,
                symbol,
                addend,
                64,
            );
        }
        let Some(name) = name else { return };
        let symbol = object::write::Symbol {
            name: name.as_bytes().to_vec(),
            value: 0,
            size: self.bytes.len() as u64,
            kind: object::SymbolKind::Data,
            scope: object::SymbolScope::Dynamic,
            weak: false,
            section: object::write::SymbolSection::Section(self.section),
            flags: object::SymbolFlags::None,
        };
        code.object.add_symbol(symbol);
    }
}
