//! The inventory of a module, whether or not it can be built. It needs only whole sections
//! and validates nothing.

use super::InspectError;
use crate::error::Error;
use crate::wasm::{go_version, proposal_of, signature};
use rayon::prelude::*;
use std::collections::BTreeSet;
use wasmparser::{
    BlockType, DataKind, ElementKind, Encoding, ExternalKind, FuncType, FunctionBody, KnownCustom,
    MemoryType, Operator, Parser, Payload, TypeRef,
};

/// The contents of a module. Borrows from the file.
#[derive(Default)]
pub struct Outline<'a> {
    /// Whether it is a component, of which nothing else is read.
    pub is_component: bool,
    types: Vec<FuncType>,
    /// In the file's order.
    pub imports: Vec<Import<'a>>,
    /// In the file's order.
    pub exports: Vec<Export<'a>>,
    /// Memories of its own.
    pub memories: Vec<MemoryType>,
    bodies: Vec<FunctionBody<'a>>,
    /// How many functions have a body.
    pub functions: u64,
    /// Bytes of the functions' bodies.
    pub code_size: u64,
    /// How many data segments there are.
    pub data_segments: u64,
    /// Bytes of all data segments.
    pub data_size: u64,
    /// Active data segments at constant addresses.
    pub data: Vec<(u64, &'a [u8])>,
    /// Proposals after WebAssembly 1.0 that the module uses, by name.
    pub features: BTreeSet<&'static str>,
    /// The version of Go in the `producers` section.
    pub go_version: Option<&'a str>,
}

/// An import.
#[derive(Debug, Clone)]
pub struct Import<'a> {
    /// Its module name.
    pub module: &'a str,
    /// Its name in that module.
    pub name: &'a str,
    /// `function`, `table`, `memory`, `global` or `tag`.
    pub kind: &'static str,
    /// The type of a function, if the module has it: `(i32) -> (i32)`.
    pub signature: Option<String>,
}

/// An export.
#[derive(Debug, Clone, Copy)]
pub struct Export<'a> {
    /// Its name.
    pub name: &'a str,
    /// As [`Import::kind`].
    pub kind: &'static str,
}

/// Reads the inventory.
///
/// # Errors
/// [`InspectError::Damaged`] if the file ends too early, or a section can't be read.
pub fn outline(wasm: &[u8]) -> Result<Outline<'_>, InspectError> {
    let mut outline = Outline::default();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload.map_err(|e| damaged(&e))?;
        if let Payload::Version {
            encoding: Encoding::Component,
            ..
        } = payload
        {
            outline.is_component = true;
        }
        if !outline.is_component {
            section(&mut outline, payload).map_err(|e| damaged(&e))?;
        }
    }
    let bodies = outline.bodies.par_iter().map(body_features);
    let features = bodies.reduce(BTreeSet::new, |a, b| &a | &b);
    outline.features.extend(features);
    Ok(outline)
}

/// An error with the message that a build would give.
fn damaged(error: &wasmparser::Error) -> InspectError {
    InspectError::Damaged(match Error::from_validator(error) {
        Error::Truncated { offset } => format!("the module is truncated at offset {offset:#x}"),
        other => other.to_string(),
    })
}

fn section<'a>(outline: &mut Outline<'a>, payload: Payload<'a>) -> wasmparser::Result<()> {
    match payload {
        Payload::TypeSection(section) => {
            for ty in section.into_iter_err_on_gc_types() {
                // A type of the gc proposal may stand for several, so indices of later types
                // would be wrong.
                let Ok(ty) = ty else {
                    outline.features.insert("gc");
                    outline.types.clear();
                    break;
                };
                if ty.results().len() > 1 {
                    outline.features.insert("multi_value");
                }
                outline.types.push(ty);
            }
        }
        Payload::ImportSection(section) => {
            for import in section.into_imports() {
                outline.import(&import?);
            }
        }
        Payload::FunctionSection(section) => outline.functions = section.count().into(),
        Payload::TableSection(section) => {
            let several = section.count() > 1;
            for table in section {
                let ty = table?.ty;
                if several || !ty.element_type.is_func_ref() {
                    outline.features.insert("reference_types");
                }
            }
        }
        Payload::ElementSection(section) => {
            for segment in section {
                outline.features.extend(match segment?.kind {
                    ElementKind::Active { .. } => None,
                    ElementKind::Passive => Some("bulk_memory"),
                    ElementKind::Declared => Some("reference_types"),
                });
            }
        }
        Payload::MemorySection(section) => {
            for memory in section {
                outline.memory(memory?);
            }
        }
        Payload::ExportSection(section) => {
            for export in section {
                let wasmparser::Export { name, kind, .. } = export?;
                outline.exports.push(Export {
                    name,
                    kind: export_kind(kind),
                });
            }
        }
        Payload::DataSection(section) => {
            for segment in section {
                outline.segment(&segment?)?;
            }
        }
        Payload::CodeSectionEntry(body) => {
            outline.code_size += body.range().end - body.range().start;
            outline.bodies.push(body);
        }
        Payload::TagSection(_) => {
            outline.features.insert("exceptions");
        }
        Payload::CustomSection(section) => {
            if let KnownCustom::Producers(reader) = section.as_known() {
                outline.go_version = go_version(reader);
            }
        }
        _ => {}
    }
    Ok(())
}

impl<'a> Outline<'a> {
    /// Whether a function with this name is exported.
    #[must_use]
    pub fn exports_function(&self, name: &str) -> bool {
        let mut exports = self.exports.iter();
        exports.any(|export| export.name == name && export.kind == "function")
    }

    fn import(&mut self, import: &wasmparser::Import<'a>) {
        let (kind, ty) = match import.ty {
            TypeRef::Func(index) | TypeRef::FuncExact(index) => ("function", Some(index)),
            TypeRef::Table(_) => ("table", None),
            TypeRef::Memory(memory) => {
                self.memory_features(memory);
                ("memory", None)
            }
            TypeRef::Global(global) => {
                if global.mutable {
                    self.features.insert("mutable_global");
                }
                ("global", None)
            }
            TypeRef::Tag(_) => ("tag", None),
        };
        let ty = ty.and_then(|index| self.types.get(index as usize));
        self.imports.push(Import {
            module: import.module,
            name: import.name,
            kind,
            signature: ty.map(signature),
        });
    }

    fn memory(&mut self, memory: MemoryType) {
        if !self.memories.is_empty() {
            self.features.insert("multi_memory");
        }
        self.memory_features(memory);
        self.memories.push(memory);
    }

    fn memory_features(&mut self, memory: MemoryType) {
        if memory.memory64 {
            self.features.insert("memory64");
        }
        if memory.shared {
            self.features.insert("threads");
        }
    }

    fn segment(&mut self, segment: &wasmparser::Data<'a>) -> wasmparser::Result<()> {
        self.data_segments += 1;
        self.data_size += segment.data.len() as u64;
        match &segment.kind {
            DataKind::Passive => {
                self.features.insert("bulk_memory");
            }
            DataKind::Active { offset_expr, .. } => {
                if let Operator::I32Const { value } = offset_expr.get_operators_reader().read()? {
                    let address = value.cast_unsigned().into();
                    self.data.push((address, segment.data));
                }
            }
        }
        Ok(())
    }
}

fn export_kind(kind: ExternalKind) -> &'static str {
    match kind {
        ExternalKind::Func | ExternalKind::FuncExact => "function",
        ExternalKind::Table => "table",
        ExternalKind::Memory => "memory",
        ExternalKind::Global => "global",
        ExternalKind::Tag => "tag",
    }
}

/// The proposals that a body's operators came with, up to the first malformed one. A build
/// reports the error.
fn body_features(body: &FunctionBody<'_>) -> BTreeSet<&'static str> {
    let mut features = BTreeSet::new();
    let Ok(operators) = body.get_operators_reader() else {
        return features;
    };
    let mut last = "mvp";
    for operator in operators.into_iter().map_while(Result::ok) {
        if has_block_signature(&operator) {
            features.insert("multi_value");
        }
        let proposal = proposal_of(&operator);
        if proposal != last && proposal != "mvp" {
            features.insert(proposal);
            last = proposal;
        }
    }
    features
}

fn has_block_signature(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Block {
            blockty: BlockType::FuncType(_)
        } | Operator::Loop {
            blockty: BlockType::FuncType(_)
        } | Operator::If {
            blockty: BlockType::FuncType(_)
        }
    )
}
