//! A module as the rest of the compiler sees it: validated, in plain tables.
//!
//! Invariants once [`parse()`] has returned:
//!
//! - Everything but function bodies is valid and of a kind that can be compiled. No later
//!   phase reads sections again. Bodies are validated when their graph is built
//!   ([`crate::ir`]), function by function, in parallel.
//! - Every import is a function of the runtime with its signature; [`crate::merge`] has
//!   resolved all other imports.
//! - Active data and element segments have been folded into [`Module::image`] and
//!   [`Table::elements`], and lie inside the initial sizes.
//! - References are to functions or, as `externref`, null.

mod image;
mod imports;
mod parse;
mod segments;
mod tables;

pub use crate::wasm::{Constant, Gaps};
pub use image::{Chunk, Image};
pub use imports::Import;
pub use parse::parse;
pub use tables::Table;

use crate::error::{Error, printable};
use crate::wasm::{Entry, evaluate, signature};
use std::collections::{BTreeSet, HashMap};
use wasmparser::{ConstExpr, FuncToValidate, FuncType, FunctionBody, ValType, ValidatorResources};

/// A parsed module. Borrows from the bytes of the file.
pub struct Module<'a> {
    /// The type section, in order.
    pub types: Vec<FuncType>,
    /// For each type, the first type equal to it, which `call_indirect` compares.
    canonical_types: Vec<u32>,
    /// Imported functions, the first in the function index space.
    pub imports: Vec<Import>,
    /// Functions with a body. They follow the imports in the index space.
    pub functions: Vec<Function<'a>>,
    /// The tables, by index.
    pub tables: Vec<Table>,
    /// At most [`wasi_aot_contract::layout::MAX_MEMORIES`]. WASI functions use the first.
    pub memories: Vec<Memory>,
    /// The globals, by index.
    pub globals: Vec<Global>,
    /// All exports, in the file's order.
    pub exports: Vec<Export<'a>>,
    /// The start section's function.
    pub start: Option<u32>,
    /// The first memory's initial bytes.
    pub image: Image<'a>,
    /// Bytes of the file. Limits grow with it.
    pub file_size: usize,
    /// The bytes that `memory.init` takes from each data segment. An active segment has no
    /// bytes, since instantiation has dropped it.
    pub data: Vec<&'a [u8]>,
    /// The functions that `table.init` takes from each element segment, `None` for null. An
    /// active or declared segment has no functions, since instantiation has dropped it.
    pub elements: Vec<Vec<Option<u32>>>,
    /// Imports that references can be made of.
    pub referenced_imports: BTreeSet<u32>,
    /// The version of Go in the `producers` section: `go1.27.3`.
    pub go_version: Option<&'a str>,
    /// Function names, by function index: that of the name section, else that of the first
    /// export.
    names: HashMap<u32, &'a str>,
}

/// A function with a body, which isn't validated yet.
pub struct Function<'a> {
    /// Its type, by index in the module's types.
    pub type_index: u32,
    /// Its locals and operators.
    pub body: FunctionBody<'a>,
    /// Validates the body.
    pub validation: FuncToValidate<ValidatorResources>,
}

/// Limits of a memory, in pages of 64 KiB.
pub struct Memory {
    /// Pages at the start.
    pub initial: u32,
    /// The most pages; [`MAX_PAGES`](wasi_aot_contract::layout::MAX_PAGES) if the module has
    /// no limit.
    pub maximum: u32,
}

/// A global of the module's own, with its place among all globals' cells.
pub struct Global {
    /// Its type.
    pub ty: ValType,
    /// Whether code may change it.
    pub mutable: bool,
    /// Its initial value.
    pub init: Constant,
    /// Whether the module exports it.
    pub exported: bool,
    /// Offset of its cell from the first cell, in bytes: a multiple of the cell's size.
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

    /// Offset of its cell's end from the first cell.
    #[must_use]
    pub fn cell_end(&self) -> u32 {
        self.cell + Self::cell_size(self.ty)
    }
}

/// An export. Only functions matter to an executable.
pub struct Export<'a> {
    /// Its name.
    pub name: &'a str,
    /// The function's index; `None` for another kind of export.
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

    /// The position of a function among the functions with a body; `None` for an import.
    #[must_use]
    pub fn defined(&self, index: u32) -> Option<u32> {
        index.checked_sub(self.import_count())
    }

    /// The first type equal to this type.
    #[must_use]
    pub fn canonical_type(&self, type_index: u32) -> u32 {
        self.canonical_types[type_index as usize]
    }

    /// The value of a constant expression of the module.
    fn evaluate(&self, expr: &ConstExpr<'_>) -> Result<Constant, Error> {
        evaluate(expr, |global| self.globals[global as usize].init)
    }

    /// Notes that references can be made of a function. If a body has `ref.func` of a
    /// function, that function also occurs outside of bodies in a validated module (core
    /// specification, "Conventions", C.refs), so bodies need not be read for this.
    fn note_reference(&mut self, function: u32) {
        if self.defined(function).is_none() {
            self.referenced_imports.insert(function);
        }
    }

    /// The function index of the function at this position among the functions with a body.
    #[must_use]
    pub fn function_index(&self, defined: usize) -> u32 {
        u32::try_from(self.imports.len() + defined).expect("BUG: function index over 32 bits")
    }

    /// The module's own name of a function: its import's, the name section's, or its export's.
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
