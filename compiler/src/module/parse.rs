//! From bytes to a [`Module`]. All sections are validated on the way, but no bodies.

use super::{Export, Function, Global, Image, Memory, Module, Table};
use super::{imports, segments, tables};
use crate::error::Error;
use crate::wasm::{Constant, binary_format, check_header, features, function_names, go_version};
use std::collections::{BTreeSet, HashMap};
use wasi_aot_contract::layout::{MAX_MEMORIES, MAX_PAGES};
use wasmparser::{
    ExternalKind, FuncType, KnownCustom, MemoryType, Parser, Payload, TableInit, ValidPayload,
    Validator, WasmFeatures,
};

/// The largest table. An element takes 4 bytes for each signature called through its table.
const MAX_TABLE: u64 = 10_000_000;

/// The most elements of all tables at the start. An element takes up to 8 bytes of the image.
const MAX_ELEMENTS: u64 = 20_000_000;

/// Parses a module and validates everything but its bodies.
///
/// # Errors
/// The first thing that is invalid or not supported.
pub fn parse(wasm: &[u8]) -> Result<Module<'_>, Error> {
    check_header(wasm)?;
    sections(wasm, binary_format(wasm)).map_err(|error| match error {
        // A module with an unsupported feature's encodings looks malformed here. Reading it
        // again with all encodings gives an error that names the feature.
        Error::Invalid { .. } => match sections(wasm, features()) {
            Err(unsupported @ Error::Unsupported { .. }) => unsupported,
            _ => error,
        },
        _ => error,
    })
}

fn sections(wasm: &[u8], format: WasmFeatures) -> Result<Module<'_>, Error> {
    let mut module = Module {
        types: Vec::new(),
        canonical_types: Vec::new(),
        imports: Vec::new(),
        functions: Vec::new(),
        tables: Vec::new(),
        memories: Vec::new(),
        globals: Vec::new(),
        exports: Vec::new(),
        start: None,
        image: Image::default(),
        file_size: wasm.len(),
        data: Vec::new(),
        elements: Vec::new(),
        referenced_imports: BTreeSet::new(),
        go_version: None,
        names: HashMap::new(),
    };
    let mut type_indices = Vec::new();
    let mut validator = Validator::new_with_features(features());
    let mut parser = Parser::new(0);
    parser.set_features(format);
    for payload in parser.parse_all(wasm) {
        let payload = payload.map_err(|e| Error::from_validator(&e))?;
        match validator
            .payload(&payload)
            .map_err(|e| Error::from_validator(&e))?
        {
            ValidPayload::Func(validation, body) => {
                let type_index = type_indices[module.functions.len()];
                module.functions.push(Function {
                    type_index,
                    body,
                    validation,
                });
            }
            _ => section(&mut module, &mut type_indices, payload)?,
        }
    }
    module.image.fold();
    for export in &module.exports {
        if let Some(function) = export.function {
            module.names.entry(function).or_insert(export.name);
        }
    }
    tables::mark(&mut module)?;
    Ok(module)
}

fn section<'a>(
    module: &mut Module<'a>,
    type_indices: &mut Vec<u32>,
    payload: Payload<'a>,
) -> Result<(), Error> {
    let invalid = |e: wasmparser::Error| Error::from_validator(&e);
    match payload {
        Payload::TypeSection(section) => {
            for ty in section.into_iter_err_on_gc_types() {
                module.types.push(ty.map_err(invalid)?);
            }
            module.canonical_types = canonical(&module.types);
        }
        Payload::ImportSection(section) => {
            for import in section.into_imports() {
                let import = imports::resolve(&import.map_err(invalid)?, &module.types)?;
                module.imports.push(import);
            }
        }
        Payload::FunctionSection(section) => {
            for index in section {
                type_indices.push(index.map_err(invalid)?);
            }
        }
        Payload::TableSection(section) => {
            let mut elements = 0u64;
            for item in section.into_iter_with_offsets() {
                let (offset, item) = item.map_err(invalid)?;
                elements = elements.saturating_add(item.ty.initial);
                table(module, &item, elements, offset)?;
            }
        }
        Payload::MemorySection(section) => {
            for item in section.into_iter_with_offsets() {
                let (offset, ty) = item.map_err(invalid)?;
                memory(module, ty, offset)?;
            }
        }
        Payload::GlobalSection(section) => {
            for item in section {
                global(module, &item.map_err(invalid)?)?;
            }
        }
        Payload::ExportSection(section) => {
            for item in section.into_iter_with_offsets() {
                let (offset, export) = item.map_err(invalid)?;
                export_item(module, export, offset)?;
            }
        }
        Payload::StartSection { func, .. } => module.start = Some(func),
        Payload::ElementSection(section) => {
            for segment in section {
                segments::element(module, segment.map_err(invalid)?)?;
            }
        }
        Payload::DataSection(section) => {
            for segment in section {
                segments::data(module, &segment.map_err(invalid)?)?;
            }
        }
        Payload::CustomSection(section) => match section.as_known() {
            KnownCustom::Name(_) => module.names = function_names(&section),
            KnownCustom::Producers(reader) => module.go_version = go_version(reader),
            _ => {}
        },
        _ => {}
    }
    Ok(())
}

fn canonical(types: &[FuncType]) -> Vec<u32> {
    let mut first = HashMap::new();
    (0u32..)
        .zip(types)
        .map(|(index, ty)| *first.entry(ty).or_insert(index))
        .collect()
}

/// Adds a table. `elements` is the sum of all initial sizes up to this table's.
fn table(
    module: &mut Module<'_>,
    table: &wasmparser::Table<'_>,
    elements: u64,
    offset: u64,
) -> Result<(), Error> {
    let unsupported = |feature: &str| Error::Unsupported {
        feature: feature.into(),
        function: None,
        offset,
    };
    if table.ty.table64 {
        return Err(unsupported("a 64-bit table (memory64)"));
    }
    if let TableInit::Expr(_) = table.init {
        return Err(unsupported("a table initialiser (function references)"));
    }
    if table.ty.initial > MAX_TABLE {
        return Err(Error::Limit(format!(
            "a table of {} elements is over the limit of {MAX_TABLE}; make it smaller, and let it grow",
            table.ty.initial
        )));
    }
    if elements > MAX_ELEMENTS {
        return Err(Error::Limit(format!(
            "tables of more than {MAX_ELEMENTS} elements in all are over the limit; make them smaller, and let them grow"
        )));
    }
    let number = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
    let maximum = table.ty.maximum.map(number);
    module
        .tables
        .push(Table::new(number(table.ty.initial), maximum));
    Ok(())
}

fn memory(module: &mut Module<'_>, ty: MemoryType, offset: u64) -> Result<(), Error> {
    let unsupported = |feature: &str| Error::Unsupported {
        feature: feature.into(),
        function: None,
        offset,
    };
    if ty.memory64 {
        return Err(unsupported("a 64-bit memory (memory64)"));
    }
    if ty.shared {
        return Err(unsupported("a shared memory (threads)"));
    }
    if module.memories.len() == MAX_MEMORIES {
        return Err(Error::Limit(format!(
            "the module has more than {MAX_MEMORIES} memories; use fewer, or parts of one"
        )));
    }
    let pages = |n: u64| u32::try_from(n).unwrap_or(u32::MAX).min(MAX_PAGES);
    module.memories.push(Memory {
        initial: pages(ty.initial),
        maximum: pages(ty.maximum.unwrap_or(u64::MAX)),
    });
    Ok(())
}

fn global(module: &mut Module<'_>, global: &wasmparser::Global<'_>) -> Result<(), Error> {
    let ty = global.ty.content_type;
    let init = module.evaluate(&global.init_expr)?;
    if let Constant::RefFunc(index) = init {
        module.note_reference(index);
    }
    let cells = module.globals.last().map_or(0, Global::cell_end);
    module.globals.push(Global {
        ty,
        mutable: global.ty.mutable,
        init,
        exported: false,
        cell: cells.next_multiple_of(Global::cell_size(ty)),
    });
    Ok(())
}

fn export_item<'a>(
    module: &mut Module<'a>,
    export: wasmparser::Export<'a>,
    offset: u64,
) -> Result<(), Error> {
    let function = match export.kind {
        ExternalKind::Func | ExternalKind::FuncExact => {
            module.note_reference(export.index);
            Some(export.index)
        }
        ExternalKind::Global => {
            module.globals[export.index as usize].exported = true;
            None
        }
        // Preview 1 acts on the memory with this export name (WASI, "Application ABI"), and
        // our runtime on the first memory.
        ExternalKind::Memory
            if export.name == "memory" && export.index != 0 && !module.imports.is_empty() =>
        {
            return Err(Error::Unsupported {
                feature: "WASI on the memory exported as \"memory\" where that is not the first (multi-memory)".into(),
                function: None,
                offset,
            });
        }
        _ => None,
    };
    module.exports.push(Export {
        name: export.name,
        function,
    });
    Ok(())
}
