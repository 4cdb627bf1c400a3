//! A module as the rest of the compiler sees it; nothing later parses again.
//!
//! Invariants once [`parse`] has returned: everything but function bodies is
//! valid and of a kind that can be compiled; every import is a function of
//! preview 1 with its right signature (what else a program imports [`crate::merge`]
//! has resolved); active data and element segments have been folded into [`Module::image`] and [`Table::elements`], and lie inside the
//! initial sizes; references are to functions or, as `externref`, null. Bodies are
//! validated when they are read ([`crate::flow`]), function by function, in parallel.

mod image;
mod imports;
mod parse;
mod segments;
mod tables;

pub use crate::wasm::{Constant, Gaps, feature_of};
pub use image::{Chunk, Image};
pub use imports::Import;
pub use parse::parse;
pub use tables::Table;

use crate::error::{Error, printable};
use crate::wasm::{Entry, evaluate, signature};
use std::collections::{BTreeSet, HashMap};
use wasmparser::{ConstExpr, FuncToValidate, FuncType, FunctionBody, ValType, ValidatorResources};

/// A parsed module; borrows from the bytes of the file.
pub struct Module<'a> {
    /// The type section, in order.
    pub types: Vec<FuncType>,
    /// For each type, the first one equal to it: `call_indirect` compares those.
    canonical_types: Vec<u32>,
    /// Imported functions: the first entries of the function index space.
    pub imports: Vec<Import>,
    /// Functions with a body, following the imports in the index space.
    pub functions: Vec<Function<'a>>,
    /// All tables, in order.
    pub tables: Vec<Table>,
    /// At most [`wasi_aot_contract::layout::MAX_MEMORIES`]. WASI functions use the
    /// first one.
    pub memories: Vec<Memory>,
    /// All globals, in order.
    pub globals: Vec<Global>,
    /// What it exports, in order.
    pub exports: Vec<Export<'a>>,
    /// The start section's function.
    pub start: Option<u32>,
    /// The first memory's initial bytes.
    pub image: Image<'a>,
    /// Bytes of the file, which what it asks for is compared with.
    pub file_size: usize,
    /// The bytes that `memory.init` takes from each data segment; none of an active
    /// one, which instantiation has dropped.
    pub data: Vec<&'a [u8]>,
    /// The functions that `table.init` takes from each element segment, `None` for
    /// null; none of an active or declared one, which instantiation has dropped.
    pub elements: Vec<Vec<Option<u32>>>,
    /// Imports that there can be references to.
    pub referenced_imports: BTreeSet<u32>,
    /// The Go that made it, as its `producers` section says: `go1.27.3`.
    pub go_version: Option<&'a str>,
    /// What each function is called, by function index: by the name section, else by
    /// its first export.
    names: HashMap<u32, &'a str>,
}

/// A function with a body that is not validated yet.
pub struct Function<'a> {
    pub type_index: u32,
    pub body: FunctionBody<'a>,
    /// What validates the body.
    pub validation: FuncToValidate<ValidatorResources>,
}

/// Limits of the memory in pages of 64 KiB.
pub struct Memory {
    pub initial: u32,
    pub maximum: u32,
}

pub struct Global {
    pub ty: ValType,
    pub mutable: bool,
    pub init: Constant,
    pub exported: bool,
    /// Where its cell is, in bytes from the first one's: a multiple of its size.
    pub cell: u32,
}

impl Global {
    /// Bytes of a cell for a value of this type.
    #[must_use]
    pub fn cell_size(ty: ValType) -> u32 {
        match ty {
            ValType::V128 => 16,
            _ => 8,
        }
    }

    /// Where its cell ends.
    #[must_use]
    pub fn cell_end(&self) -> u32 {
        self.cell + Self::cell_size(self.ty)
    }
}

/// An export; only functions matter to an executable.
pub struct Export<'a> {
    pub name: &'a str,
    /// The function's index, or `None` for another kind of export.
    pub function: Option<u32>,
}

impl Module<'_> {
    /// The type index of a function, imported or not.
    #[must_use]
    pub fn type_of_function(&self, index: u32) -> u32 {
        match self.defined(index) {
            None => self.imports[index as usize].type_index,
            Some(defined) => self.functions[defined as usize].type_index,
        }
    }

    /// Number of imports: the function index of the first defined function.
    #[must_use]
    pub fn import_count(&self) -> u32 {
        u32::try_from(self.imports.len()).expect("BUG: import count over 32 bits")
    }

    /// The place of a function among the defined ones; `None` for an import.
    #[must_use]
    pub fn defined(&self, index: u32) -> Option<u32> {
        index.checked_sub(self.import_count())
    }

    /// The first type equal to this one.
    #[must_use]
    pub fn canonical_type(&self, type_index: u32) -> u32 {
        self.canonical_types[type_index as usize]
    }

    /// The value of a constant expression of the module.
    fn evaluate(&self, expr: &ConstExpr<'_>) -> Result<Constant, Error> {
        evaluate(expr, |global| self.globals[global as usize].init)
    }

    /// Notes that there can be references to a function: a validated module says so
    /// outside of its bodies wherever `ref.func` names one in them (core
    /// specification, "Conventions", C.refs).
    fn note_reference(&mut self, function: u32) {
        if self.defined(function).is_none() {
            self.referenced_imports.insert(function);
        }
    }

    /// The function index of the defined function `defined`.
    #[must_use]
    pub fn function_index(&self, defined: usize) -> u32 {
        u32::try_from(self.imports.len() + defined).expect("BUG: function index over 32 bits")
    }

    /// What the module itself calls a function: its import, the name section's
    /// entry, or its export.
    #[must_use]
    pub fn own_name(&self, index: u32) -> Option<&str> {
        if let Some(import) = self.imports.get(index as usize) {
            return Some(import.function.name);
        }
        self.names.get(&index).copied()
    }

    /// The function exported as `_start`, checked to be `() -> ()`.
    ///
    /// # Errors
    /// [`Error::Reactor`], [`Error::NoStart`], [`Error::StartSignature`].
    pub fn entry(&self) -> Result<u32, Error> {
        let exported = |name: &str| {
            let mut functions = self.exports.iter().filter(|e| e.name == name);
            functions.find_map(|e| e.function)
        };
        let start = match Entry::of(|name| exported(name).is_some()) {
            Entry::Command => exported(Entry::START).expect("BUG: a command without _start"),
            Entry::Reactor => {
                return Err(Error::Reactor {
                    exports: self.exported_functions(),
                });
            }
            Entry::Library => return Err(Error::NoStart),
        };
        let ty = &self.types[self.type_of_function(start) as usize];
        if ty.params().is_empty() && ty.results().is_empty() {
            Ok(start)
        } else {
            Err(Error::StartSignature {
                found: signature(ty),
            })
        }
    }

    /// The names of the first exported functions, and how many more there are.
    fn exported_functions(&self) -> String {
        const SHOWN: usize = 20;
        let exports = self.exports.iter().filter(|e| e.function.is_some());
        let more = exports.clone().count().saturating_sub(SHOWN);
        let names: Vec<_> = exports.take(SHOWN).map(|e| printable(e.name)).collect();
        let names = names.join(", ");
        match more {
            0 => names,
            _ => format!("{names} and {more} more"),
        }
    }
}
