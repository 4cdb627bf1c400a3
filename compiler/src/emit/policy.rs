//! The two sections that depend on the policy: the manifest, and the [`PolicyInfo`], which points
//! to the manifest and to the parts of the runtime that the policy needs. The format is in
//! `contract/src/module.rs`.
//!
//! **Nothing else in an object depends on the policy.** The linker keeps these two sections
//! behind everything else, so [`object`] makes them again for an executable that gets another
//! policy.

use super::structure::{Structure, Table};
use object::write::{Object, Symbol, SymbolId, SymbolSection};
use object::{BinaryFormat, Endianness, SectionFlags, SectionKind, SymbolFlags, SymbolKind};
use object::{SymbolScope, elf};
use std::mem::offset_of;
use wasi_aot_contract::layout::MODULE_INFO_ADDR;
use wasi_aot_contract::module::PolicyInfo;
use wasi_aot_contract::parts::Part;
use wasi_aot_contract::target::{Arch, Target};
use wasi_aot_contract::{manifest, symbols};

/// Adds both to an object. Returns the symbol of the [`PolicyInfo`]'s section, which begins
/// with the [`PolicyInfo`].
pub(super) fn emit(object: &mut Object<'_>, manifest: &[u8]) -> SymbolId {
    let note = note(object, manifest);
    let mut info = Structure::new(object, symbols::POLICY_SECTION, size_of::<PolicyInfo>());
    info.table(
        offset_of!(PolicyInfo, manifest),
        offset_of!(PolicyInfo, manifest_len),
        &note,
    );
    let parts = (offset_of!(PolicyInfo, parts)..).step_by(size_of::<u64>());
    for (part, at) in Part::ALL.into_iter().zip(parts) {
        if needs(manifest, part) {
            let root = symbol(
                object,
                part.root(),
                SymbolKind::Text,
                SymbolSection::Undefined,
            );
            info.address(at, root, 0);
        }
    }
    info.finish(object, None)
}

/// An object with nothing else. Its module, whose information lies where the linker always
/// places it, is in the executable already.
pub(super) fn object(target: Target, manifest: &[u8]) -> Vec<u8> {
    let architecture = match target.arch() {
        Arch::X86_64 => object::Architecture::X86_64,
        Arch::Aarch64 => object::Architecture::Aarch64,
    };
    let mut object = Object::new(BinaryFormat::Elf, architecture, Endianness::Little);
    emit(&mut object, manifest);
    let module = symbol(
        &mut object,
        symbols::MODULE,
        SymbolKind::Data,
        SymbolSection::Absolute,
    );
    object.symbol_mut(module).value = MODULE_INFO_ADDR;
    object
        .write()
        .unwrap_or_else(|e| panic!("BUG: object writer: {e}"))
}

/// Whether a manifest has a record that needs the part.
fn needs(manifest: &[u8], part: Part) -> bool {
    let records = manifest::records(manifest);
    let mut records = records.expect("BUG: the compiler wrote a manifest that it can't read");
    records.any(|record| record.is_ok_and(|record| part.is_needed_for(&record)))
}

/// A symbol that others see.
fn symbol(
    object: &mut Object<'_>,
    name: &str,
    kind: SymbolKind,
    section: SymbolSection,
) -> SymbolId {
    object.add_symbol(Symbol {
        name: name.as_bytes().to_vec(),
        value: 0,
        size: 0,
        kind,
        scope: match section {
            SymbolSection::Undefined => SymbolScope::Unknown,
            _ => SymbolScope::Dynamic,
        },
        weak: false,
        section,
        flags: SymbolFlags::None,
    })
}

/// The manifest as an ELF note (gABI, "Note Section"): the sizes of name and descriptor and
/// the type, in 4 bytes each, then name and descriptor, each padded to 4 bytes. The table
/// that is returned is the descriptor.
fn note(object: &mut Object<'_>, manifest: &[u8]) -> Table {
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
    let section = object.add_section(Vec::new(), section_name, SectionKind::Note);
    // The note is loaded: the shim reads it in place.
    *object.section_flags_mut(section) = SectionFlags::Elf {
        sh_flags: u64::from(elf::SHF_ALLOC),
    };
    object.append_section_data(section, &bytes, 4);
    let descriptor = 12 + name.len().next_multiple_of(4);
    Table {
        section: object.section_symbol(section),
        offset: descriptor as u64,
        len: manifest.len() as u64,
        bytes: bytes.len() as u64,
    }
}
