//! The target `go`: modules that look like Go's, and lie.
//!
//! Knowledge of Go doesn't decide whether a module is valid. So builds with this knowledge
//! and without it must both succeed, or fail with the same error.

mod body;
mod image;

use super::built;
use super::choices::options;
use arbitrary::Unstructured;
use image::Image;
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataSection, ElementSection, Elements, EntityType,
    ExportKind, ExportSection, Function, FunctionSection, GlobalSection, GlobalType, ImportSection,
    MemorySection, MemoryType, Module, NameMap, NameSection, ProducersField, ProducersSection,
    RefType, TableSection, TableType, TypeSection, ValType,
};

/// PC_F of the first function (`funcValueOffset` in `cmd/link/internal/wasm/asm.go`).
const FIRST_PC_F: u32 = 0x1000;

/// The largest number of functions that a module defines.
const FUNCTIONS: u32 = 6;

/// The type `(i32) -> (i32)`, which a Go function has.
const GO_TYPE: u32 = 0;
/// The type `() -> ()` of `_start`.
const START_TYPE: u32 = 1;
/// The type of `proc_exit`.
const EXIT_TYPE: u32 = 2;

/// Builds a module with Go's shape. The fuzzer's bytes fill its bodies and tables, and change
/// parts of the shape.
pub fn go(data: &[u8]) {
    // Data that ends early gives no module.
    let _ = generated(&mut Unstructured::new(data));
}

fn generated(data: &mut Unstructured<'_>) -> arbitrary::Result<()> {
    let choices = options(data.arbitrary()?);
    let wasm = module(data)?;
    let with = built(&wasm, &choices);
    let without = built(
        &wasm,
        &wasi_aot_compiler::Options {
            no_go_opt: true,
            ..choices
        },
    );
    match (with, without) {
        (Ok(_), Ok(_)) => {}
        (Err(with), Err(without)) => assert_eq!(with, without, "with and without Go's knowledge"),
        (Err(error), Ok(_)) => panic!("only refused with knowledge of Go: {error}"),
        (Ok(_), Err(error)) => panic!("only refused without knowledge of Go: {error}"),
    }
    Ok(())
}

fn module(data: &mut Unstructured<'_>) -> arbitrary::Result<Vec<u8>> {
    let functions = data.int_in_range(1..=FUNCTIONS)?;
    let imports = u32::from(data.ratio(3, 4)?);
    let mut module = Module::new();
    types(&mut module);
    if imports > 0 {
        let mut section = ImportSection::new();
        section.import(
            "wasi_snapshot_preview1",
            "proc_exit",
            EntityType::Function(EXIT_TYPE),
        );
        module.section(&section);
    }
    // `_start` comes after Go's functions; it isn't one of them.
    let mut declared = FunctionSection::new();
    for _ in 0..functions {
        let rare = data.ratio(1, 12)?;
        declared.function(if rare {
            data.int_in_range(0..=3)?
        } else {
            GO_TYPE
        });
    }
    declared.function(START_TYPE);
    module.section(&declared);
    tables(&mut module, functions + 1, data)?;
    module.section(&globals(data)?);
    module.section(&exports(imports + functions, data)?);
    elements(&mut module, imports, functions + 1, data)?;
    let mut code = CodeSection::new();
    for _ in 0..functions {
        code.function(&body::body(data, imports, functions)?);
    }
    code.function(&start(imports, data)?);
    module.section(&code);
    let image = Image::new(data, functions + 1)?;
    module.section(&segments(&image, data)?);
    customs(&mut module, functions, data)?;
    Ok(module.finish())
}

fn types(module: &mut Module) {
    use ValType::{I32, I64};
    let mut types = TypeSection::new();
    types.ty().function([I32], [I32]);
    types.ty().function([], []);
    types.ty().function([I32], []);
    types.ty().function([I64, I64, I64], [I64]);
    module.section(&types);
}

/// The table and the memory.
fn tables(
    module: &mut Module,
    functions: u32,
    data: &mut Unstructured<'_>,
) -> arbitrary::Result<()> {
    let odd = data.ratio(1, 10)?;
    let minimum = FIRST_PC_F + functions + u32::from(odd);
    let mut tables = TableSection::new();
    let table = TableType {
        element_type: RefType::FUNCREF,
        minimum: u64::from(minimum),
        maximum: None,
        table64: false,
        shared: false,
    };
    tables.table(table);
    module.section(&tables);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 2,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    module.section(&memories);
    Ok(())
}

/// Go's eight globals. Now and then a global has another type, or is missing.
fn globals(data: &mut Unstructured<'_>) -> arbitrary::Result<GlobalSection> {
    let mut globals = GlobalSection::new();
    let count = if data.ratio(1, 16)? {
        data.int_in_range(0..=8)?
    } else {
        8
    };
    for index in 0..count {
        let go = if matches!(index, 0 | 7) {
            ValType::I32
        } else {
            ValType::I64
        };
        let flip = data.ratio(1, 32)?;
        let (val_type, init) = match (go == ValType::I32) != flip {
            true => (ValType::I32, ConstExpr::i32_const(4096)),
            false => (ValType::I64, ConstExpr::i64_const(0)),
        };
        let ty = GlobalType {
            val_type,
            mutable: !data.ratio(1, 32)?,
            shared: false,
        };
        globals.global(ty, &init);
    }
    Ok(globals)
}

fn exports(start: u32, data: &mut Unstructured<'_>) -> arbitrary::Result<ExportSection> {
    let mut exports = ExportSection::new();
    exports.export("_start", ExportKind::Func, start);
    exports.export("memory", ExportKind::Memory, 0);
    if data.ratio(1, 16)? {
        exports.export("table", ExportKind::Table, 0);
    }
    if data.ratio(1, 16)? {
        exports.export("sp", ExportKind::Global, data.int_in_range(0..=2)?);
    }
    Ok(exports)
}

/// The table's elements: all functions in order from 0x1000 on, or almost.
fn elements(
    module: &mut Module,
    imports: u32,
    functions: u32,
    data: &mut Unstructured<'_>,
) -> arbitrary::Result<()> {
    let mut indices: Vec<u32> = (imports..imports + functions).collect();
    if data.ratio(1, 16)? {
        let at = data.choose_index(indices.len())?;
        indices[at] = data.int_in_range(0..=imports + functions - 1)?;
    }
    let mut elements = ElementSection::new();
    let offset = ConstExpr::i32_const(FIRST_PC_F.cast_signed());
    elements.active(None, &offset, Elements::Functions(indices.into()));
    module.section(&elements);
    Ok(())
}

/// `_start`, which calls a Go function.
fn start(imports: u32, data: &mut Unstructured<'_>) -> arbitrary::Result<Function> {
    let mut function = Function::new([]);
    function
        .instructions()
        .i32_const(data.int_in_range(0..=3)?)
        .call(imports)
        .drop()
        .end();
    Ok(function)
}

/// The image in pieces, as Go's linker writes it after it has dropped zeroes.
fn segments(image: &Image, data: &mut Unstructured<'_>) -> arbitrary::Result<DataSection> {
    let mut segments = DataSection::new();
    let size = data.int_in_range(1..=image.bytes.len().max(1))?;
    let size = if data.ratio(7, 8)? { usize::MAX } else { size };
    let mut address = image.address;
    for piece in image.bytes.chunks(size).take(64) {
        let offset = ConstExpr::i32_const(address.cast_signed());
        segments.active(0, &offset, piece.iter().copied());
        address += u32::try_from(piece.len()).expect("BUG: an image over 4 GiB");
    }
    Ok(segments)
}

/// Custom sections: names, producers, a build ID, and sections that only look like them.
fn customs(
    module: &mut Module,
    functions: u32,
    data: &mut Unstructured<'_>,
) -> arbitrary::Result<()> {
    if data.ratio(1, 2)? {
        let mut map = NameMap::new();
        for index in 0..=functions {
            let index = if data.ratio(1, 16)? {
                data.arbitrary()?
            } else {
                index
            };
            map.append(index, image::name(data)?);
        }
        let mut names = NameSection::new();
        names.functions(&map);
        module.section(&names);
    }
    if data.ratio(1, 4)? {
        let mut field = ProducersField::new();
        field.value("Go cmd/compile", data.arbitrary()?);
        module.section(ProducersSection::new().field("processed-by", &field));
    }
    if data.ratio(1, 4)? {
        let names = ["go:buildid", "name", "producers", "linking"];
        let section = CustomSection {
            name: (*data.choose(&names)?).into(),
            data: data.arbitrary::<&[u8]>()?.into(),
        };
        module.section(&section);
    }
    Ok(())
}
