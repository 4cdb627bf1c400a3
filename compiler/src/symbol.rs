//! What generated code refers to, before there are object symbols.
//!
//! Lowering names things by [`Symbol`]; a CLIF function carries them as
//! Cranelift's user names; [`crate::emit`] turns the relocations into object
//! symbols. So functions compile in parallel without sharing an object.

use cranelift_codegen::ir::UserExternalName;
use wasi_aot_contract::{os, symbol, symbols};

/// Something at a link-time address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Symbol {
    /// A defined function of the module, by its place among the defined ones.
    Function(u32),
    /// The shim's function behind an import.
    Import(u32),
    /// The shim's function of `wasi_aot_os_1` at this place of the contract's list, which passes
    /// call whether the module imports the function or not.
    Os(u32),
    /// A wrapper in the module's calling convention around an import that is in
    /// the table.
    ImportThunk(u32),
    /// The typed table for a canonical type index, of a table that nothing writes.
    TypedTable {
        /// The table's index.
        table: u32,
        /// The index of the first of all types that are equal to the signature.
        type_index: u32,
    },
    /// The entry of a defined function, by its place among the defined ones, that gives
    /// way first ([`crate::go::giving_way`]).
    GivingWay(u32),
    /// The entry of a defined function, by its place among the defined ones, that asks first
    /// whether SIGQUIT has come ([`crate::go::quitting`]).
    Quitting(u32),
    /// What prints the traces of all goroutines then.
    Traces,
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
    /// C's `memmove`, which the shim has.
    Memmove,
    /// C's `memset`, which the shim has.
    Memset,
    /// [`wasi_aot_contract::symbols::BYTES_EQUAL`].
    BytesEqual,
    /// [`wasi_aot_contract::symbols::BYTES_COMPARE`].
    BytesCompare,
    /// [`wasi_aot_contract::symbols::BYTES_FIND`].
    BytesFind,
    /// [`wasi_aot_contract::symbols::QUIT_HANDLED`].
    QuitHandled,
    /// [`wasi_aot_contract::symbols::QUIT_BEGINS`].
    QuitBegins,
    /// [`wasi_aot_contract::symbols::QUIT_ENDS`].
    QuitEnds,
    /// What a typed table holds for a function of another signature.
    TrapBadSignature,
    /// What a typed table holds for null.
    TrapNull,
    /// The bytes of a passive data segment.
    Data(u32),
    /// How many bytes of the segment `memory.init` may take, an i64; `data.drop` stores 0.
    DataLength(u32),
    /// A table's elements as references ([`crate::lower::REFERENCE_SIZE`] each), up
    /// to its capacity if it is written.
    TableCells(u32),
    /// The initial contents of a written table's cells.
    TableStart(u32),
    /// The current number of elements of a table that grows, an i32.
    TableSize(u32),
    /// The references of a passive element segment.
    Elements(u32),
    /// How many references of the segment `table.init` may take, an i64; `elem.drop` stores 0.
    ElementsLength(u32),
}

impl Symbol {
    /// The name of the symbol in the object, where it depends on the symbol alone. `None` for
    /// a function of the module and for an import, which the module names.
    #[must_use]
    pub fn own_name(self) -> Option<String> {
        let name = match self {
            Self::Function(_) | Self::Import(_) => return None,
            Self::Os(place) => {
                let (prefix, name) = symbols::of_function(&os::FUNCTIONS[place as usize]);
                format!("{prefix}{name}")
            }
            Self::MemoryGrow => symbols::MEMORY_GROW.into(),
            Self::MemoryGrowOther => symbols::MEMORY_GROW_OTHER.into(),
            Self::Memmove => symbols::MEMMOVE.into(),
            Self::Memset => symbols::MEMSET.into(),
            Self::BytesEqual => symbols::BYTES_EQUAL.into(),
            Self::BytesCompare => symbols::BYTES_COMPARE.into(),
            Self::BytesFind => symbols::BYTES_FIND.into(),
            Self::QuitHandled => symbols::QUIT_HANDLED.into(),
            Self::QuitBegins => symbols::QUIT_BEGINS.into(),
            Self::QuitEnds => symbols::QUIT_ENDS.into(),
            Self::MemoryPages => symbols::MEMORY_PAGES.into(),
            Self::Globals => symbol!("globals").into(),
            Self::TrapBadSignature => symbol!("trap_bad_signature").into(),
            Self::TrapNull => symbol!("trap_null").into(),
            Self::Traces => symbol!("traces").into(),
            Self::Quitting(index) => own(format_args!("quitting_{index}")),
            Self::ImportThunk(index) => own(format_args!("thunk_{index}")),
            Self::GivingWay(index) => own(format_args!("gives_way_{index}")),
            Self::TypedTable { table, type_index } => {
                own(format_args!("table_{table}_{type_index}"))
            }
            Self::GivingWayTable(index) => own(format_args!("giving_way_{index}")),
            Self::Data(index) => own(format_args!("data_{index}")),
            Self::DataLength(index) => own(format_args!("data_length_{index}")),
            Self::TableCells(index) => own(format_args!("cells_{index}")),
            Self::TableStart(index) => own(format_args!("cells_start_{index}")),
            Self::TableSize(index) => own(format_args!("table_size_{index}")),
            Self::Elements(index) => own(format_args!("elements_{index}")),
            Self::ElementsLength(index) => own(format_args!("elements_length_{index}")),
        };
        Some(name)
    }
}

/// A name with the prefix of the object's own symbols.
pub fn own(name: std::fmt::Arguments<'_>) -> String {
    format!("{}{name}", symbols::PREFIX)
}

/// The namespaces of typed tables begin here, one for each table.
const TYPED_TABLES: u32 = 32;

/// Makes the two conversions of a table of namespaces: of each kind of symbol but
/// [`Symbol::TypedTable`] the number that stands for it, which must be below
/// [`TYPED_TABLES`], and whether it has an index.
macro_rules! namespaces {
    ($($namespace:literal => $kind:ident $(($index:ident))?,)*) => {
        impl Symbol {
            /// The symbol as a name that CLIF can carry.
            #[must_use]
            pub fn to_user_name(self) -> UserExternalName {
                match self {
                    $(Self::$kind $(($index))? => {
                        UserExternalName::new($namespace, namespaces!(@index $($index)?))
                    })*
                    Self::TypedTable { table, type_index } => {
                        UserExternalName::new(TYPED_TABLES + table, type_index)
                    }
                }
            }

            /// The inverse of [`Self::to_user_name`].
            ///
            /// # Panics
            /// If the name isn't one of its results.
            #[must_use]
            pub fn from_user_name(name: &UserExternalName) -> Self {
                match name.namespace {
                    $($namespace => Self::$kind $(({ let $index = name.index; $index }))?,)*
                    TYPED_TABLES.. => Self::TypedTable {
                        table: name.namespace - TYPED_TABLES,
                        type_index: name.index,
                    },
                    other => panic!("BUG: unknown symbol namespace {other}"),
                }
            }
        }

        /// One symbol of each kind in the table.
        #[cfg(test)]
        const EACH: &[Symbol] = &[
            $(Symbol::$kind $(({ let $index = 7; $index }))?,)*
        ];
    };
    (@index) => { 0 };
    (@index $index:ident) => { $index };
}

namespaces! {
    0 => Function(index),
    1 => Import(index),
    2 => ImportThunk(index),
    3 => Os(index),
    4 => Globals,
    5 => MemoryPages,
    6 => MemoryGrow,
    7 => Memmove,
    8 => Memset,
    9 => TrapBadSignature,
    10 => TrapNull,
    11 => BytesEqual,
    12 => BytesCompare,
    13 => BytesFind,
    14 => Data(index),
    15 => DataLength(index),
    16 => TableCells(index),
    17 => TableStart(index),
    18 => TableSize(index),
    19 => Elements(index),
    20 => ElementsLength(index),
    21 => MemoryGrowOther,
    22 => GivingWay(index),
    23 => GivingWayTable(index),
    24 => Quitting(index),
    25 => Traces,
    26 => QuitHandled,
    27 => QuitBegins,
    28 => QuitEnds,
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn every_symbol_is_the_only_one_of_its_name() {
        let typed = [(0, 7), (1, 7), (1, 0)];
        let typed = typed.map(|(table, type_index)| Symbol::TypedTable { table, type_index });
        let mut names = HashSet::new();
        for &symbol in EACH.iter().chain(&typed) {
            let name = symbol.to_user_name();
            assert_eq!(Symbol::from_user_name(&name), symbol);
            assert!(names.insert((name.namespace, name.index)), "{symbol:?}");
        }
        assert_eq!(names.len(), 32);
    }
}
