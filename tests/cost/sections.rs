//! Sections with many items, or with a few items that ask for much.

use crate::shapes::{BINARY, BLOCK_TYPE, NOTHING, WIDTH};
use harness::rng::Rng;
use wasm_encoder::{
    ConstExpr, CustomSection, DataSection, ElementSection, Elements, ExportKind, ExportSection,
    GlobalSection, GlobalType, ImportSection, MemorySection, MemoryType, Module, NameMap,
    NameSection, RefType, TableSection, TableType, TypeSection, ValType,
};

/// The number of items of each section, beside the items that bodies need.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pub types: usize,
    pub imports: usize,
    pub tables: usize,
    pub elements: usize,
    pub memories: usize,
    pub globals: usize,
    pub exports: usize,
    pub data: usize,
    pub names: usize,
    pub customs: usize,
}

/// A number up to `most`. Each order of magnitude is equally likely.
pub fn sized(rng: &mut Rng, most: usize) -> usize {
    let bits = usize::BITS - most.leading_zeros();
    let of = 1 << rng.below(bits as usize + 1);
    rng.below(of + 1).min(most)
}

/// Pages of memory 0.
const PAGES: u64 = 65_536;

/// Types 0 to 3 are those of [`crate::shapes`].
pub fn types(rng: &mut Rng, counts: &Counts) -> TypeSection {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types.ty().function([ValType::I32; 2], [ValType::I32]);
    types
        .ty()
        .function([ValType::I32; WIDTH], [ValType::I32; WIDTH]);
    types.ty().function([ValType::I32; 8], [ValType::I32; 8]);
    const { assert!(NOTHING == 0 && BINARY == 1 && BLOCK_TYPE == 3) };
    let longest = sized(rng, 1000);
    for _ in 0..counts.types {
        let choices = [ValType::I32, ValType::I64, ValType::F64, ValType::V128];
        let mut list = || {
            let len = rng.below(longest + 1);
            (0..len).map(|_| choices[rng.below(4)]).collect::<Vec<_>>()
        };
        let (params, results) = (list(), list());
        types.ty().function(params, results);
    }
    types
}

/// Imports of `args_sizes_get`, which has type 1.
pub fn imports(counts: &Counts) -> ImportSection {
    let mut imports = ImportSection::new();
    for _ in 0..counts.imports {
        let ty = wasm_encoder::EntityType::Function(1);
        imports.import("wasi_snapshot_preview1", "args_sizes_get", ty);
    }
    imports
}

/// Sizes of the tables. The first has at least 10 elements.
pub fn tables(rng: &mut Rng, counts: &Counts) -> (TableSection, Vec<u64>) {
    let mut tables = TableSection::new();
    let mut sizes = Vec::new();
    for table in 0..1 + counts.tables {
        let most = 1 << rng.below(25);
        let size = sized(rng, most) as u64 + if table == 0 { 10 } else { 0 };
        let maximum = rng.chance(50).then(|| size + sized(rng, 1 << 30) as u64);
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: size,
            maximum,
            shared: false,
        });
        sizes.push(size);
    }
    (tables, sizes)
}

pub fn memories(rng: &mut Rng, counts: &Counts) -> MemorySection {
    let mut memories = MemorySection::new();
    for memory in 0..1 + counts.memories {
        let minimum = if memory == 0 {
            PAGES
        } else {
            sized(rng, 65_536) as u64
        };
        memories.memory(MemoryType {
            minimum,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
    }
    memories
}

pub fn globals(rng: &mut Rng, counts: &Counts) -> GlobalSection {
    let mut globals = GlobalSection::new();
    for global in 0..counts.globals as u32 {
        let (val_type, init) = match rng.below(4) {
            0 => (ValType::I64, ConstExpr::i64_const(7)),
            1 => (ValType::V128, ConstExpr::v128_const(9)),
            2 => (ValType::FUNCREF, ConstExpr::ref_func(NOTHING)),
            _ => (ValType::I32, ConstExpr::i32_const(global.cast_signed())),
        };
        let global = GlobalType {
            val_type,
            mutable: rng.chance(50),
            shared: false,
        };
        globals.global(global, &init);
    }
    globals
}

pub fn exports(rng: &mut Rng, counts: &Counts, start: u32) -> ExportSection {
    let mut exports = ExportSection::new();
    exports.export("_start", ExportKind::Func, start);
    let long = "x".repeat(sized(rng, 2000));
    for export in 0..counts.exports {
        exports.export(&format!("{long}{export}"), ExportKind::Func, start);
    }
    exports
}

/// Active segments near each other or far apart, and passive and declared ones. `first` is the
/// function in all elements; `sizes` are the sizes of the tables.
pub fn elements(rng: &mut Rng, counts: &Counts, sizes: &[u64], first: u32) -> ElementSection {
    let mut elements = ElementSection::new();
    let longest = sized(rng, 1 << 16).min(1 + (1 << 20) / (1 + counts.elements));
    for _ in 0..counts.elements {
        let table = rng.below(sizes.len());
        let len = (rng.below(longest + 1) as u64).min(sizes[table]);
        let offset = rng.bits() % (sizes[table] - len + 1);
        let items = Elements::Functions(vec![first; len as usize].into());
        match rng.below(6) {
            0 => elements.passive(items),
            1 => elements.declared(items),
            _ => {
                let offset = ConstExpr::i32_const(offset as i32);
                let table = Some(table as u32).filter(|&table| table != 0);
                elements.active(table, &offset, items)
            }
        };
    }
    elements
}

pub fn data(rng: &mut Rng, counts: &Counts) -> DataSection {
    let mut data = DataSection::new();
    let longest = sized(rng, 1 << 20).min(1 + (2 << 20) / (1 + counts.data));
    let bytes: Vec<u8> = (0..longest).map(|i| (i % 7 * (i % 3)) as u8).collect();
    let reach = 1 << (10 + rng.below(23));
    for segment in 0..counts.data {
        let len = rng.below(longest + 1);
        let bytes = bytes[..len].iter().copied();
        if rng.chance(10) {
            data.passive(bytes);
            continue;
        }
        let room = (PAGES << 16) - len as u64;
        let step = reach / counts.data as u64;
        let start = match rng.chance(50) {
            true => segment as u64 * step,
            false => rng.bits() % reach,
        };
        let offset = ConstExpr::i32_const(start.min(room) as u32 as i32);
        let memory = if counts.memories > 0 && rng.chance(5) && len == 0 {
            1
        } else {
            0
        };
        data.active(memory, &offset, bytes);
    }
    data
}

/// The name section, and unknown custom sections.
pub fn customs(rng: &mut Rng, counts: &Counts, functions: u32, module: &mut Module) {
    let mut names = NameMap::new();
    let long = "n".repeat(sized(rng, 3000).min((2 << 20) / (1 + counts.names)));
    for function in 0..(counts.names as u32).min(functions) {
        names.append(function, &long);
    }
    let mut section = NameSection::new();
    section.functions(&names);
    module.section(&section);
    for custom in 0..counts.customs {
        let known = ["producers", "name", "go:buildid", "target_features"];
        let bytes: Vec<u8> = (0..sized(rng, 1 << 12)).map(|_| rng.bits() as u8).collect();
        module.section(&CustomSection {
            name: known[custom % 4].into(),
            data: bytes.into(),
        });
    }
}
