//! A module to be merged: its sections, validated, bodies included. So an error has the offset
//! and the function's name in the module's own file, not in the merged module.

use crate::error::{Error, printable};
use crate::wasm::{binary_format, check_header, features, function_names};
use std::collections::HashMap;
use wasmparser::{
    CustomSectionReader, Data, Element, Export, FuncType, FuncValidator, FuncValidatorAllocations,
    FunctionBody, Global, Import, KnownCustom, MemoryType, OperatorsReader, Parser, Payload, Table,
    ValidPayload, Validator, ValidatorResources, WasmFeatures,
};

/// A validated module; borrows from the bytes of its file.
#[derive(Default)]
pub(super) struct Input<'a> {
    pub types: Vec<FuncType>,
    pub imports: Vec<Import<'a>>,
    /// The type index of each function with a body.
    pub functions: Vec<u32>,
    pub tables: Vec<Table<'a>>,
    pub memories: Vec<MemoryType>,
    pub globals: Vec<Global<'a>>,
    pub exports: Vec<Export<'a>>,
    pub start: Option<u32>,
    pub elements: Vec<Element<'a>>,
    pub data: Vec<Data<'a>>,
    pub bodies: Vec<FunctionBody<'a>>,
    /// The name section's function names, by function index.
    pub names: HashMap<u32, &'a str>,
    /// Custom sections that the compiler reads, for the merged module to keep.
    pub customs: Vec<(&'a str, &'a [u8])>,
}

impl<'a> Input<'a> {
    /// Reads and validates a module.
    ///
    /// # Errors
    /// An invalid module. Valid code that can't be compiled isn't an error here.
    pub fn read(wasm: &'a [u8]) -> Result<Self, Error> {
        check_header(wasm)?;
        sections(wasm, binary_format(wasm))
    }

    fn name(&self, function: u32) -> String {
        match self.names.get(&function) {
            Some(name) => printable(name),
            None => format!("func[{function}]"),
        }
    }
}

fn invalid(error: wasmparser::Error) -> Error {
    Error::from_validator(&error)
}

fn sections(wasm: &[u8], format: WasmFeatures) -> Result<Input<'_>, Error> {
    let mut input = Input::default();
    let mut bodies = Vec::new();
    let mut validator = Validator::new_with_features(features());
    let mut parser = Parser::new(0);
    parser.set_features(format);
    for payload in parser.parse_all(wasm) {
        let payload = payload.map_err(invalid)?;
        match validator.payload(&payload).map_err(invalid)? {
            ValidPayload::Func(validation, body) => bodies.push((validation, body)),
            _ => section(&mut input, payload)?,
        }
    }
    // The name section comes after the code, and errors in bodies name functions.
    let mut allocations = FuncValidatorAllocations::default();
    for (validation, body) in bodies {
        let index = validation.index;
        let mut validator = validation.into_validator(allocations);
        validate(&mut validator, &body)
            .map_err(|e| Error::from_validator_in(Some(input.name(index)), &e))?;
        allocations = validator.into_allocations();
        input.bodies.push(body);
    }
    Ok(input)
}

/// Validates a body in the format that it will be read in later.
fn validate(
    validator: &mut FuncValidator<ValidatorResources>,
    body: &FunctionBody<'_>,
) -> wasmparser::Result<()> {
    let mut reader = body.get_binary_reader();
    validator.read_locals(&mut reader)?;
    let mut operators = OperatorsReader::new(reader);
    while !operators.eof() {
        let (operator, offset) = operators.read_with_offset()?;
        validator.op(offset, &operator)?;
    }
    operators.finish()
}

fn section<'a>(input: &mut Input<'a>, payload: Payload<'a>) -> Result<(), Error> {
    match payload {
        Payload::TypeSection(section) => {
            input.types = collect(section.into_iter_err_on_gc_types())?;
        }
        Payload::ImportSection(section) => input.imports = collect(section.into_imports())?,
        Payload::FunctionSection(section) => input.functions = collect(section)?,
        Payload::TableSection(section) => input.tables = collect(section)?,
        Payload::MemorySection(section) => input.memories = collect(section)?,
        Payload::GlobalSection(section) => input.globals = collect(section)?,
        Payload::ExportSection(section) => input.exports = collect(section)?,
        Payload::StartSection { func, .. } => input.start = Some(func),
        Payload::ElementSection(section) => input.elements = collect(section)?,
        Payload::DataSection(section) => input.data = collect(section)?,
        Payload::CustomSection(section) => custom(input, &section),
        _ => {}
    }
    Ok(())
}

fn collect<T>(items: impl IntoIterator<Item = wasmparser::Result<T>>) -> Result<Vec<T>, Error> {
    let items: wasmparser::Result<Vec<T>> = items.into_iter().collect();
    items.map_err(invalid)
}

fn custom<'a>(input: &mut Input<'a>, section: &CustomSectionReader<'a>) {
    match section.as_known() {
        KnownCustom::Name(_) => input.names = function_names(section),
        KnownCustom::Producers(_) => input.customs.push((section.name(), section.data())),
        _ if section.name() == "go:buildid" => {
            input.customs.push((section.name(), section.data()));
        }
        _ => {}
    }
}
