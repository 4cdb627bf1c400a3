//! A structure that the shim reads, while its section is written: the bytes, and the addresses
//! to be relocated.

use super::absolute;
use object::SectionKind;
use object::write::{Object, SectionId, Symbol, SymbolId, SymbolSection};

/// An array somewhere in the object.
pub(super) struct Table {
    pub section: SymbolId,
    pub offset: u64,
    pub len: u64,
    pub bytes: u64,
}

/// A structure being written.
pub(super) struct Structure {
    section: SectionId,
    bytes: Vec<u8>,
    addresses: Vec<(usize, SymbolId, i64)>,
}

impl Structure {
    /// A structure of `size` bytes in a section of this name.
    pub(super) fn new(object: &mut Object<'_>, section: &str, size: usize) -> Self {
        let name = section.as_bytes().to_vec();
        Self {
            section: object.add_section(Vec::new(), name, SectionKind::ReadOnlyData),
            bytes: vec![0; size],
            addresses: Vec::new(),
        }
    }

    pub(super) fn words(&mut self, words: &[(usize, u32)]) {
        for &(offset, word) in words {
            self.bytes[offset..offset + 4].copy_from_slice(&word.to_le_bytes());
        }
    }

    /// Sets a bit of the bytes from `start` on.
    pub(super) fn bit(&mut self, start: usize, index: usize) {
        self.bytes[start + index / 8] |= 1 << (index % 8);
    }

    pub(super) fn address(&mut self, offset: usize, symbol: SymbolId, addend: i64) {
        self.addresses.push((offset, symbol, addend));
    }

    /// Writes a table's address to the offset `address`, and its length to `len`.
    pub(super) fn table(&mut self, address: usize, len: usize, table: &Table) {
        let addend = i64::try_from(table.offset).expect("BUG: section over 63 bits");
        self.address(address, table.section, addend);
        self.bytes[len..len + 8].copy_from_slice(&table.len.to_le_bytes());
    }

    /// Writes the structure, and defines `name` as its address. Returns the symbol of its
    /// section, which begins with the structure.
    pub(super) fn finish(self, object: &mut Object<'_>, name: Option<&str>) -> SymbolId {
        let align = align_of::<u64>() as u64;
        object.append_section_data(self.section, &self.bytes, align);
        for (offset, symbol, addend) in self.addresses {
            absolute(object, self.section, offset as u64, symbol, addend, 64);
        }
        if let Some(name) = name {
            object.add_symbol(Symbol {
                name: name.as_bytes().to_vec(),
                value: 0,
                size: self.bytes.len() as u64,
                kind: object::SymbolKind::Data,
                scope: object::SymbolScope::Dynamic,
                weak: false,
                section: SymbolSection::Section(self.section),
                flags: object::SymbolFlags::None,
            });
        }
        object.section_symbol(self.section)
    }
}
