//! Makes a command of a module. The command imports `fd_read` and `fd_write`. Its `_start` calls
//! the module's functions and writes their results ([`crate::driver`]).
//!
//! The command keeps everything of the module. Function indices become two higher. A module
//! without memory gets a memory, because preview 1 needs it. An empty memory gets a page.

use crate::body::{self, Changes};
use crate::driver::{self, Calls};
use anyhow::{Result, bail};
use harness::rng::Rng;
use std::convert::Infallible;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{
    CodeSection, ConstExpr, DataCountSection, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, FunctionSection, GlobalSection, GlobalType, ImportSection,
    MemorySection, MemoryType, Module, StartSection, TableSection, TypeSection, ValType,
};
use wasmparser::{
    FuncType, FuncValidatorAllocations, Parser, Payload, ValidPayload, Validator, WasmFeatures,
};

/// The number of imported functions. The module's functions come after them.
pub const IMPORTS: u32 = 2;
pub const FD_READ: u32 = 0;
pub const FD_WRITE: u32 = 1;

/// The size of a page of memory in bytes.
const PAGE: usize = 0x1_0000;

/// The facts about a module that are needed to call its functions.
#[derive(Debug, Clone, Copy)]
pub struct Shape {
    /// The global that is set to [`crate::smith::FUEL`] before each call.
    pub fuel: Option<u32>,
    pub observers: bool,
    /// The global that makes functions return at once when it is 0; see [`Changes`].
    pub returns_without: Option<u32>,
    /// Whether dropped values go into a digest.
    pub digest: bool,
    /// Whether the module's exports are kept.
    pub exports: bool,
    /// Go's linker puts every function into the only table, from this element on. The driver's
    /// functions must be in it, too.
    pub go_table: Option<u32>,
    /// The functions that are called; `None` for all.
    pub entry: Option<u32>,
}

/// A command.
#[derive(Debug, Clone)]
pub struct Command {
    pub wasm: Vec<u8>,
    /// Number of calls that it makes.
    pub calls: u64,
    /// Number of functions that the module itself has.
    pub functions: u32,
}

/// The module's sections so far, and their contents.
#[derive(Default)]
pub struct Sections {
    pub types: TypeSection,
    imports: ImportSection,
    pub functions: FunctionSection,
    tables: TableSection,
    memories: MemorySection,
    globals: GlobalSection,
    exports: ExportSection,
    start: Option<u32>,
    elements: ElementSection,
    data_count: Option<u32>,
    pub code: CodeSection,
    data: DataSection,
    /// The types by index.
    signatures: Vec<FuncType>,
    /// The types of the module's functions.
    pub function_types: Vec<u32>,
    pub global_types: Vec<ValType>,
    /// The number of the next body.
    body: usize,
    /// The global with the digest of dropped values.
    digest: Option<u32>,
}

impl Sections {
    /// The signature of the module's function `index`, without imports.
    pub fn signature(&self, index: usize) -> &FuncType {
        &self.signatures[self.function_types[index] as usize]
    }

    /// A global of the driver, after those of the module.
    fn add_digest(&mut self, shape: Shape) {
        if shape.digest {
            self.digest = Some(self.globals.len());
            let ty = GlobalType {
                val_type: ValType::I64,
                mutable: true,
                shared: false,
            };
            self.globals.global(ty, &ConstExpr::i64_const(0));
            self.global_types.push(ValType::I64);
        }
    }

    /// Fills the first page of memory with numbers, because loads of zeroes show little.
    fn fill(&mut self, rng: &mut Rng) {
        let bytes: Vec<u8> = (0..PAGE / 8)
            .flat_map(|_| rng.integer().to_le_bytes())
            .collect();
        self.data.active(0, &ConstExpr::i32_const(0), bytes);
        self.data_count = self.data_count.map(|count| count + 1);
    }

    pub fn tables(&self) -> u32 {
        self.tables.len()
    }

    pub fn memories(&self) -> u32 {
        self.memories.len()
    }
}

struct Shift {
    shape: Shape,
}

impl Reencode for Shift {
    type Error = Infallible;

    fn function_index(&mut self, index: u32) -> Result<u32, reencode::Error<Infallible>> {
        Ok(index + IMPORTS)
    }

    fn memory_type(
        &mut self,
        ty: wasmparser::MemoryType,
    ) -> Result<MemoryType, reencode::Error<Infallible>> {
        let mut ty = reencode::utils::memory_type(self, ty);
        ty.minimum = ty.minimum.max(1);
        ty.maximum = ty.maximum.map(|maximum| maximum.max(1));
        Ok(ty)
    }
}

/// The command of `wasm`. `rng` chooses the arguments of its calls.
///
/// # Errors
/// If the module can't be read.
pub fn make(wasm: &[u8], shape: Shape, rng: &mut Rng) -> Result<Command> {
    let mut sections = Sections::default();
    let mut shift = Shift { shape };
    let mut validator = Validator::new_with_features(WasmFeatures::all());
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let valid = validator.payload(&payload)?;
        if let Payload::CodeSectionStart { .. } = payload {
            sections.add_digest(shape);
        }
        section(&mut sections, &mut shift, payload, valid)?;
    }
    let ty = sections.types.len();
    (sections.types.ty()).function([ValType::I32; 4], [ValType::I32]);
    for name in ["fd_read", "fd_write"] {
        let function = EntityType::Function(ty);
        (sections.imports).import("wasi_snapshot_preview1", name, function);
    }
    if sections.memories.is_empty() {
        sections.memories.memory(MemoryType {
            minimum: 1,
            maximum: Some(1),
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
    }
    if shape.go_table.is_none() {
        sections.fill(rng);
    }
    let functions = sections.functions.len();
    let calls = Calls::choose(&sections, shape, rng);
    let start = driver::add(&mut sections, &calls);
    if sections.function_types.is_empty() {
        bail!("the module has no function");
    }
    // A body may refer only to declared functions.
    let declared = Elements::Functions(vec![IMPORTS].into());
    sections.elements.declared(declared);
    (sections.exports).export("memory", ExportKind::Memory, 0);
    sections.exports.export("_start", ExportKind::Func, start);
    if let Some(first) = shape.go_table {
        let own: Vec<u32> = (functions..functions + driver::FUNCTIONS).collect();
        let own: Vec<u32> = own.into_iter().map(|index| index + IMPORTS).collect();
        let offset = ConstExpr::i32_const((first + functions).cast_signed());
        (sections.elements).active(None, &offset, Elements::Functions(own.into()));
    }
    Ok(Command {
        wasm: sections.finish(),
        calls: calls.len(),
        functions,
    })
}

fn section(
    to: &mut Sections,
    shift: &mut Shift,
    payload: Payload<'_>,
    valid: ValidPayload<'_>,
) -> Result<()> {
    match payload {
        Payload::TypeSection(from) => {
            for ty in from.clone().into_iter_err_on_gc_types() {
                to.signatures.push(ty?);
            }
            shift.parse_type_section(&mut to.types, from)?;
        }
        Payload::ImportSection(from) if from.count() > 0 => bail!("the module imports something"),
        Payload::FunctionSection(from) => {
            to.function_types = from.clone().into_iter().collect::<Result<_, _>>()?;
            shift.parse_function_section(&mut to.functions, from)?;
        }
        Payload::TableSection(from) => {
            for table in from {
                let mut ty = shift.table_type(table?.ty)?;
                if shift.shape.go_table.is_some() {
                    ty.minimum += u64::from(driver::FUNCTIONS);
                    ty.maximum = Some(ty.minimum);
                }
                to.tables.table(ty);
            }
        }
        Payload::MemorySection(from) => shift.parse_memory_section(&mut to.memories, from)?,
        Payload::GlobalSection(from) => {
            for global in from.clone() {
                to.global_types
                    .push(shift.val_type(global?.ty.content_type)?);
            }
            shift.parse_global_section(&mut to.globals, from)?;
        }
        Payload::ExportSection(from) if shift.shape.exports => {
            for export in from {
                let export = export?;
                let kind = shift.export_kind(export.kind)?;
                let index = shift.external_index(export.kind, export.index)?;
                // The names are the driver's.
                let name = format!("{} of the module", export.name);
                to.exports.export(&name, kind, index);
            }
        }
        Payload::StartSection { func, .. } => to.start = Some(shift.function_index(func)?),
        Payload::ElementSection(from) => shift.parse_element_section(&mut to.elements, from)?,
        Payload::DataCountSection { count, .. } => to.data_count = Some(count),
        Payload::DataSection(from) => shift.parse_data_section(&mut to.data, from)?,
        Payload::CodeSectionEntry(_) => {
            let ValidPayload::Func(function, body) = valid else {
                bail!("BUG: a body that can't be read");
            };
            let signature = to.signature(to.body).clone();
            to.body += 1;
            let validator = function.into_validator(FuncValidatorAllocations::default());
            let shape = shift.shape;
            let changes = Changes {
                observers: shape.observers,
                returns_without: shape.returns_without,
                digest: to.digest,
            };
            body::copy(shift, &mut to.code, &body, validator, &signature, changes)?;
        }
        _ => {}
    }
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
        module.section(&self.memories);
        if !self.globals.is_empty() {
            module.section(&self.globals);
        }
        module.section(&self.exports);
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
