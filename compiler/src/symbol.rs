//! What generated code refers to, before there are object symbols.
//!
//! Lowering names things by [`Symbol`]; a CLIF function carries them as
//! Cranelift's user names; [`crate::emit`] turns the relocations into object
//! symbols. So functions compile in parallel without sharing an object.

use cranelift_codegen::ir::UserExternalName;

/// Something at a link-time address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// A defined function of the module, by its place among the defined ones.
    Function(u32),
    /// The shim's function behind an import.
    Import(u32),
    /// A wrapper in the module's calling convention around an import that is in
    /// the table.
    ImportThunk(u32),
    /// The typed table for a canonical type index, of a table that nothing writes.
    TypedTable {
        table: u32,
        type_index: u32,
    },
    /// The entry of a defined function, by its place among the defined ones, that gives
    /// way first ([`crate::go::giving_way`]).
    GivingWay(u32),
    /// The typed table of table 0 for a canonical type index, with such entries.
    GivingWayTable(u32),
    /// The cells of the globals, 8 bytes each.
    Globals,
    /// [`wasi_aot_contract::symbols::MEMORY_PAGES`].
    MemoryPages,
    /// [`wasi_aot_contract::symbols::MEMORY_GROW`].
    MemoryGrow,
    /// [`wasi_aot_contract::symbols::MEMORY_GROW_OTHER`].
    MemoryGrowOther,
    Memmove,
    Memset,
    /// [`wasi_aot_contract::symbols::BYTES_EQUAL`].
    BytesEqual,
    /// [`wasi_aot_contract::symbols::BYTES_COMPARE`].
    BytesCompare,
    /// [`wasi_aot_contract::symbols::BYTES_FIND`].
    BytesFind,
    /// What a typed table holds for a function of another signature.
    TrapBadSignature,
    /// What a typed table holds for null.
    TrapNull,
    /// The bytes of a passive data segment.
    Data(u32),
    /// How many of them `memory.init` may take, an i64: none once it is dropped.
    DataLength(u32),
    /// A table's elements as references ([`crate::lower::REFERENCE_SIZE`] each), up
    /// to its capacity if it is written.
    TableCells(u32),
    /// What those of a table that is written are at the start.
    TableStart(u32),
    /// How many there are, an i32, of a table that grows.
    TableSize(u32),
    /// The references of a passive element segment.
    Elements(u32),
    /// How many of them `table.init` may take, an i64: none once it is dropped.
    ElementsLength(u32),
}

/// The namespaces of typed tables begin here, one for each table.
const TYPED_TABLES: u32 = 32;

impl Symbol {
    /// The symbol as a name that CLIF can carry.
    #[must_use]
    pub fn to_user_name(self) -> UserExternalName {
        let (namespace, index) = match self {
            Self::Function(i) => (0, i),
            Self::Import(i) => (1, i),
            Self::ImportThunk(i) => (2, i),
            Self::TypedTable { table, type_index } => (TYPED_TABLES + table, type_index),
            Self::Globals => (4, 0),
            Self::MemoryPages => (5, 0),
            Self::MemoryGrow => (6, 0),
            Self::Memmove => (7, 0),
            Self::Memset => (8, 0),
            Self::TrapBadSignature => (9, 0),
            Self::TrapNull => (10, 0),
            Self::BytesEqual => (11, 0),
            Self::BytesCompare => (12, 0),
            Self::BytesFind => (13, 0),
            Self::Data(i) => (14, i),
            Self::DataLength(i) => (15, i),
            Self::TableCells(i) => (16, i),
            Self::TableStart(i) => (17, i),
            Self::TableSize(i) => (18, i),
            Self::Elements(i) => (19, i),
            Self::ElementsLength(i) => (20, i),
            Self::MemoryGrowOther => (21, 0),
            Self::GivingWay(i) => (22, i),
            Self::GivingWayTable(i) => (23, i),
        };
        UserExternalName::new(namespace, index)
    }

    /// The inverse of [`Self::to_user_name`].
    ///
    /// # Panics
    /// If the name isn't one of its results.
    #[must_use]
    pub fn from_user_name(name: &UserExternalName) -> Self {
        match name.namespace {
            0 => Self::Function(name.index),
            1 => Self::Import(name.index),
            2 => Self::ImportThunk(name.index),
            4 => Self::Globals,
            5 => Self::MemoryPages,
            6 => Self::MemoryGrow,
            7 => Self::Memmove,
            8 => Self::Memset,
            9 => Self::TrapBadSignature,
            10 => Self::TrapNull,
            11 => Self::BytesEqual,
            12 => Self::BytesCompare,
            13 => Self::BytesFind,
            14 => Self::Data(name.index),
            15 => Self::DataLength(name.index),
            16 => Self::TableCells(name.index),
            17 => Self::TableStart(name.index),
            18 => Self::TableSize(name.index),
            19 => Self::Elements(name.index),
            20 => Self::ElementsLength(name.index),
            21 => Self::MemoryGrowOther,
            22 => Self::GivingWay(name.index),
            23 => Self::GivingWayTable(name.index),
            TYPED_TABLES.. => Self::TypedTable {
                table: name.namespace - TYPED_TABLES,
                type_index: name.index,
            },
            other => panic!("BUG: unknown symbol namespace {other}"),
        }
    }
}
