//! Makes a command of a module: it imports `proc_exit` and nothing else, and its
//! `_start` carries out the actions ([`crate::driver`]).
//!
//! Everything of the module is kept, with function indices one higher for
//! `proc_exit`. What it imports from `spectest` becomes its own definition; as
//! imports come first in their index spaces, no index but those of functions
//! changes. Nothing that the driver does touches the module's memory, tables or
//! globals.
//!
//! References of the host's, which the suite passes as `externref`, nobody can make
//! here: preview 1 has none. Where a module gets some, functions stand for them
//! ([`crate::host`]), and each `externref` of the module becomes a `funcref`.

use crate::driver;
use crate::host::Host;
use crate::leaf::Leaves;
use crate::script::Action;
use crate::value::Why;
use std::convert::Infallible;
use std::ops::Range;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    AbstractHeapType, CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection,
    EntityType, ExportKind, ExportSection, Function, FunctionSection, GlobalSection, ImportSection,
    MemorySection, MemoryType, Module, RefType, StartSection, TableSection, TableType, TypeSection,
    ValType,
};
use wasmparser::{Operator, Parser, Payload, TypeRef};

/// Why there is no command.
#[derive(Debug)]
pub enum NoCommand {
    /// Its import can't be stood in for.
    Import(Why),
    /// It can't be read.
    Malformed(String),
    /// An action names something that isn't exported.
    Export(String),
}

impl<E: std::fmt::Display> From<reencode::Error<E>> for NoCommand {
    fn from(error: reencode::Error<E>) -> Self {
        Self::Malformed(error.to_string())
    }
}

impl From<wasmparser::Error> for NoCommand {
    fn from(error: wasmparser::Error) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// Functions and globals by the names they are exported under.
#[derive(Default)]
pub struct Exports {
    items: Vec<(String, ExportKind, u32)>,
}

impl Exports {
    /// # Errors
    /// If there is none of this kind and name.
    pub fn find(&self, name: &str, kind: ExportKind) -> Result<u32, NoCommand> {
        let mut items = self.items.iter();
        let item = items.find(|item| item.0 == name && item.1 == kind);
        item.map(|item| item.2)
            .ok_or_else(|| NoCommand::Export(format!("{name:?} is not exported")))
    }
}

/// The module's sections so far.
#[derive(Default)]
pub struct Sections {
    pub types: TypeSection,
    imports: ImportSection,
    pub functions: FunctionSection,
    pub tables: TableSection,
    memories: MemorySection,
    pub globals: GlobalSection,
    pub exports: ExportSection,
    start: Option<u32>,
    elements: ElementSection,
    data_count: Option<u32>,
    pub code: CodeSection,
    data: DataSection,
}

/// The index of the only import.
pub const PROC_EXIT: u32 = 0;

/// Moves functions up by one, and replaces imported globals by their values.
struct Shift<'l> {
    leaves: &'l Leaves,
    globals: Vec<ConstExpr>,
    /// Whether `externref` becomes `funcref`.
    functions_for_externs: bool,
}

impl Reencode for Shift<'_> {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, reencode::Error<Infallible>> {
        Ok(index.saturating_add(1))
    }

    fn abstract_heap_type(
        &mut self,
        ty: wasmparser::AbstractHeapType,
    ) -> Result<AbstractHeapType, reencode::Error<Infallible>> {
        Ok(match ty {
            wasmparser::AbstractHeapType::Extern if self.functions_for_externs => {
                AbstractHeapType::Func
            }
            other => other.into(),
        })
    }

    /// Only imported globals may be read in a constant expression (core
    /// specification 2.0, "Constant Expressions"), and none is imported any more.
    fn const_expr(
        &mut self,
        expr: wasmparser::ConstExpr<'_>,
    ) -> Result<ConstExpr, reencode::Error<Infallible>> {
        let mut operators = expr.get_operators_reader().into_iter();
        if let Some(Ok(Operator::GlobalGet { global_index })) = operators.next()
            && let Some(value) = self.globals.get(global_index as usize)
            && matches!(operators.next(), Some(Ok(Operator::End)))
        {
            return Ok(value.clone());
        }
        reencode::utils::const_expr(self, expr)
    }
}

/// The module as a command that carries out `actions`, with `leaves` for what it
/// imports from other modules. Of the actions those in `omitted` and all from the first that can't be done on are left out.
///
/// # Errors
/// Why there is none.
pub fn make(
    wasm: &[u8],
    leaves: &Leaves,
    actions: &[Action],
    omitted: &[usize],
) -> Result<Vec<u8>, NoCommand> {
    let numbers = Host::numbers(actions);
    let mut sections = Sections::default();
    let mut exports = Exports::default();
    let mut shift = Shift {
        leaves,
        globals: Vec::new(),
        functions_for_externs: !numbers.is_empty(),
    };
    for payload in Parser::new(0).parse_all(wasm) {
        section(&mut sections, &mut exports, &mut shift, wasm, payload?)?;
    }
    let exit = sections.types.len();
    sections.types.ty().function([ValType::I32], []);
    sections.imports.import(
        "wasi_snapshot_preview1",
        "proc_exit",
        EntityType::Function(exit),
    );
    let host = Host::add(&mut sections, &numbers);
    let start = driver::add(&mut sections, &exports, &host, actions, omitted)?;
    sections.exports.export("_start", ExportKind::Func, start);
    Ok(sections.finish())
}

fn section(
    to: &mut Sections,
    exports: &mut Exports,
    shift: &mut Shift<'_>,
    wasm: &[u8],
    payload: Payload<'_>,
) -> Result<(), NoCommand> {
    match payload {
        Payload::TypeSection(from) => shift.parse_type_section(&mut to.types, from)?,
        Payload::ImportSection(from) => {
            for item in from.into_imports() {
                import(to, shift, &item?)?;
            }
        }
        Payload::FunctionSection(from) => shift.parse_function_section(&mut to.functions, from)?,
        Payload::TableSection(from) => shift.parse_table_section(&mut to.tables, from)?,
        Payload::MemorySection(from) => shift.parse_memory_section(&mut to.memories, from)?,
        Payload::GlobalSection(from) => shift.parse_global_section(&mut to.globals, from)?,
        Payload::ExportSection(from) => {
            for item in from {
                export(to, exports, shift, item?)?;
            }
        }
        Payload::StartSection { func, .. } => to.start = Some(shift.function_index(func)?),
        Payload::ElementSection(from) => shift.parse_element_section(&mut to.elements, from)?,
        Payload::DataCountSection { count, .. } => to.data_count = Some(count),
        Payload::DataSection(from) => shift.parse_data_section(&mut to.data, from)?,
        Payload::CodeSectionStart {
            unchecked_range, ..
        } => {
            let Range { start, end } = unchecked_range;
            let bytes = usize::try_from(start).ok().zip(usize::try_from(end).ok());
            let bytes = bytes.and_then(|(start, end)| wasm.get(start..end));
            let bytes = bytes.ok_or_else(|| NoCommand::Malformed("no code section".into()))?;
            let reader = wasmparser::BinaryReader::new(bytes, start);
            let from = wasmparser::CodeSectionReader::new(reader)?;
            shift.parse_code_section(&mut to.code, from)?;
        }
        Payload::TagSection(_) => return Err(NoCommand::Import("a tag of a newer proposal")),
        _ => {}
    }
    Ok(())
}

/// A definition in place of an import: a copy, or `spectest`'s (the reference
/// interpreter's `host/spectest.ml`).
fn import(
    to: &mut Sections,
    shift: &mut Shift<'_>,
    import: &wasmparser::Import<'_>,
) -> Result<(), NoCommand> {
    let name = (import.module.to_owned(), import.name.to_owned());
    if let (Some(body), TypeRef::Func(index)) = (shift.leaves.get(&name), import.ty) {
        to.functions.function(index);
        to.code.raw(body);
        return Ok(());
    }
    if import.module != "spectest" {
        return Err(NoCommand::Import("imports another module"));
    }
    match (import.name, import.ty) {
        (name, TypeRef::Func(index)) if name.starts_with("print") => {
            to.functions.function(index);
            let mut body = Function::new([]);
            body.instructions().end();
            to.code.function(&body);
        }
        (_, TypeRef::Global(ty)) if !ty.mutable => {
            let value = match ty.content_type {
                wasmparser::ValType::I32 => ConstExpr::i32_const(666),
                wasmparser::ValType::I64 => ConstExpr::i64_const(666),
                wasmparser::ValType::F32 => ConstExpr::f32_const(666.6f32.into()),
                wasmparser::ValType::F64 => ConstExpr::f64_const(666.6f64.into()),
                _ => return Err(NoCommand::Import("an import that spectest hasn't got")),
            };
            to.globals.global(shift.global_type(ty)?, &value);
            shift.globals.push(value);
        }
        ("memory", TypeRef::Memory(_)) => {
            to.memories.memory(MemoryType {
                minimum: 1,
                maximum: Some(2),
                memory64: false,
                shared: false,
                page_size_log2: None,
            });
        }
        ("table", TypeRef::Table(_)) => {
            to.tables.table(TableType {
                element_type: RefType::FUNCREF,
                minimum: 10,
                maximum: Some(20),
                table64: false,
                shared: false,
            });
        }
        _ => return Err(NoCommand::Import("an import that spectest hasn't got")),
    }
    Ok(())
}

fn export(
    to: &mut Sections,
    exports: &mut Exports,
    shift: &mut Shift<'_>,
    export: wasmparser::Export<'_>,
) -> Result<(), NoCommand> {
    let kind = shift.export_kind(export.kind)?;
    let index = shift.external_index(export.kind, export.index)?;
    // The name is the driver's.
    let name = match export.name {
        "_start" => "_start of the module",
        name => name,
    };
    to.exports.export(name, kind, index);
    exports.items.push((export.name.to_owned(), kind, index));
    Ok(())
}

impl Sections {
    fn finish(self) -> Vec<u8> {
        let mut module = Module::new();
        module.section(&self.types).section(&self.imports);
        module.section(&self.functions);
        if !self.tables.is_empty() {
            module.section(&self.tables);
        }
        if !self.memories.is_empty() {
            module.section(&self.memories);
        }
        module.section(&self.globals).section(&self.exports);
        if let Some(function_index) = self.start {
            module.section(&StartSection { function_index });
        }
        if !self.elements.is_empty() {
            module.section(&self.elements);
        }
        if let Some(count) = self.data_count {
            module.section(&DataCountSection { count });
        }
        module.section(&self.code);
        if !self.data.is_empty() {
            module.section(&self.data);
        }
        module.finish()
    }
}
