//! Sections with many items, and sections that ask for large tables and memories.

use crate::bounds::{Becomes, Case};
use crate::wasm;
use wasm_encoder::{
    ConstExpr, DataCountSection, DataSection, ElementSection, Elements, EntityType, ExportKind,
    ExportSection, FunctionSection, GlobalSection, GlobalType, ImportSection, MemorySection,
    MemoryType, Module, RefType, StartSection, TableSection, TableType, TypeSection, ValType,
};

pub const CASES: &[Case] = &[
    Case {
        name: "modules/100,000 functions",
        module: || wasm::functions(&wasm::empty(100_000)),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/2,000,000 functions",
        module: || wasm::functions(&wasm::empty(2_000_000)),
        becomes: Becomes::Refused(&["functions", "limit"]),
    },
    Case {
        name: "modules/100,000 functions and as many exports of the last one",
        module: || exports(100_000, 100_000),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/300,000 types, all equal",
        module: || {
            let mut types = TypeSection::new();
            for _ in 0..300_000 {
                types.ty().function([], []);
            }
            with_types(&types)
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/300,000 globals",
        module: || globals(300_000),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/100,000 imports of one function",
        module: || imports(100_000),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/a function of 1,000 parameters and results that calls itself",
        module: || wide(1000),
        becomes: Becomes::File,
    },
    Case {
        name: "modules/a function of 1,001 parameters",
        module: || wide(1001),
        becomes: Becomes::Refused(&["params size is out of bounds", "offset 0x"]),
    },
    Case {
        name: "modules/a table of 10 million elements",
        module: || tables(1, 10_000_000),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/a table of 4 billion elements",
        module: || tables(1, u64::from(u32::MAX)),
        becomes: Becomes::Refused(&["table", "limit", "make it smaller"]),
    },
    Case {
        name: "modules/50 tables of 10 million elements",
        module: || tables(50, 10_000_000),
        becomes: Becomes::Refused(&["tables", "limit", "make them smaller"]),
    },
    Case {
        name: "modules/50,000 tables of 400 elements",
        module: || tables(50_000, 400),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/10 million elements called through 1,000 types",
        module: || typed(10_000_000, 1000),
        becomes: Becomes::File,
    },
    Case {
        name: "modules/20,000 elements called through 1,000 types",
        module: || typed(20_000, 1000),
        becomes: Becomes::File,
    },
    Case {
        name: "modules/1,000 element segments over the same 10,000 elements",
        module: || elements(1000, 10_000),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/100,000 data segments",
        module: || data(100_000, 1, 64 << 20),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/1,000,000 data segments",
        module: || data(1_000_000, 1, 64 << 20),
        becomes: Becomes::Refused(&["too many data segments", "offset 0x"]),
    },
    Case {
        name: "modules/4 GiB of memory",
        module: || memory(65_536, &[]),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/more than 4 GiB of memory",
        module: || memory(65_537, &[]),
        becomes: Becomes::Refused(&["memory size must be at most", "offset 0x"]),
    },
    Case {
        name: "modules/data at the end of 4 GiB",
        module: || memory(65_536, &[(u32::MAX, &[1])]),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/data beyond 4 GiB",
        module: || memory(65_536, &[(u32::MAX, &[1, 2])]),
        // The module traps when it is instantiated.
        becomes: Becomes::File,
    },
    Case {
        name: "modules/zeroes at the end of 4 GiB",
        module: || memory(65_536, &[(u32::MAX, &[0]), (0, &[7])]),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/data at 1 GiB",
        module: || memory(65_536, &[((1 << 30) - 1, &[1])]),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/100,000 data segments all over 4 GiB",
        module: || data(100_000, 1, u32::MAX - 0xffff),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/100,000 data segments of another memory",
        module: || data_of(1, 100_000, 1, 64 << 20),
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/100,000 functions, each calls the next",
        module: || {
            let calls = |callee| {
                wasm::function(&[], |code| {
                    code.call(callee);
                })
            };
            let mut functions: Vec<_> = (1..100_000).map(calls).collect();
            functions.extend(wasm::empty(1));
            wasm::functions(&functions)
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "modules/a start function that is _start, too",
        module: || {
            let mut module = Module::new();
            wasm::start(&mut module, 1);
            module.section(&StartSection { function_index: 0 });
            wasm::code(&mut module, &wasm::empty(1));
            module.finish()
        },
        becomes: Becomes::Program,
    },
];

/// Functions without names. The last one has many exports.
fn exports(functions: usize, count: u32) -> Vec<u8> {
    let mut module = Module::new();
    wasm::declare(&mut module, functions);
    let mut exports = ExportSection::new();
    exports.export("_start", ExportKind::Func, 0);
    let last = u32::try_from(functions - 1).expect("BUG: too many functions");
    for i in 0..count {
        exports.export(&format!("e{i}"), ExportKind::Func, last);
    }
    module.section(&exports);
    wasm::code(&mut module, &wasm::empty(functions));
    module.finish()
}

fn with_types(types: &TypeSection) -> Vec<u8> {
    let mut module = Module::new();
    module.section(types);
    let mut functions = FunctionSection::new();
    functions.function(types.len() - 1);
    module.section(&functions);
    wasm::exports(&mut module);
    wasm::code(&mut module, &wasm::empty(1));
    module.finish()
}

fn globals(count: u32) -> Vec<u8> {
    let mut module = Module::new();
    wasm::declare(&mut module, 1);
    let mut globals = GlobalSection::new();
    let ty = GlobalType {
        val_type: ValType::I64,
        mutable: false,
        shared: false,
    };
    for i in 0..count {
        globals.global(ty, &ConstExpr::i64_const(i.into()));
    }
    module.section(&globals);
    wasm::exports(&mut module);
    wasm::code(&mut module, &wasm::empty(1));
    module.finish()
}

fn imports(count: u32) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], [ValType::I32]);
    types.ty().function([], []);
    module.section(&types);
    let mut imports = ImportSection::new();
    for _ in 0..count {
        let ty = EntityType::Function(0);
        imports.import("wasi_snapshot_preview1", "sched_yield", ty);
    }
    module.section(&imports);
    let mut functions = FunctionSection::new();
    functions.function(1);
    module.section(&functions);
    let mut exports = ExportSection::new();
    exports.export("_start", ExportKind::Func, count);
    module.section(&exports);
    let body = wasm::function(&[], |code| {
        for import in (0..count).step_by(1000) {
            code.call(import).drop();
        }
    });
    wasm::code(&mut module, &[body]);
    module.finish()
}

/// A function with this many parameters and results, called with its own results.
fn wide(count: usize) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    types
        .ty()
        .function(vec![ValType::I64; count], vec![ValType::I64; count]);
    module.section(&types);
    let mut functions = FunctionSection::new();
    functions.function(0).function(1);
    module.section(&functions);
    wasm::exports(&mut module);
    let parameters = u32::try_from(count).expect("BUG: too many parameters");
    let start = wasm::function(&[], |code| {
        for _ in 0..count {
            code.i64_const(1);
        }
        code.call(1);
        for _ in 0..count {
            code.drop();
        }
    });
    let itself = wasm::function(&[], |code| {
        for parameter in 0..parameters {
            code.local_get(parameter);
        }
        for _ in 0..20 {
            code.call(1);
        }
    });
    wasm::code(&mut module, &[start, itself]);
    module.finish()
}

fn table(elements: u64) -> TableType {
    TableType {
        element_type: RefType::FUNCREF,
        minimum: elements,
        maximum: None,
        table64: false,
        shared: false,
    }
}

fn tables(count: u32, elements: u64) -> Vec<u8> {
    let mut module = Module::new();
    wasm::declare(&mut module, 1);
    let mut tables = TableSection::new();
    for _ in 0..count {
        tables.table(table(elements));
    }
    module.section(&tables);
    wasm::exports(&mut module);
    wasm::code(&mut module, &wasm::empty(1));
    module.finish()
}

/// A table with a function at both ends, called through many types.
fn typed(elements: u32, count: u32) -> Vec<u8> {
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([], []);
    // All types differ: the parameters are the index in binary.
    let bit = |i: u32, bit: u32| match i >> bit & 1 {
        0 => ValType::I32,
        _ => ValType::I64,
    };
    for i in 0..count {
        let parameters: Vec<_> = (0..20).map(|at| bit(i, at)).collect();
        types.ty().function(parameters, []);
    }
    module.section(&types);
    let mut functions = FunctionSection::new();
    functions.function(0);
    module.section(&functions);
    let mut tables = TableSection::new();
    tables.table(table(elements.into()));
    module.section(&tables);
    wasm::exports(&mut module);
    let mut segments = ElementSection::new();
    for at in [0, elements - 1] {
        let offset = ConstExpr::i32_const(at.cast_signed());
        segments.active(None, &offset, Elements::Functions(vec![0].into()));
    }
    module.section(&segments);
    let calls = wasm::function(&[], |code| {
        for ty in 1..=count {
            for i in 0..20 {
                match bit(ty - 1, i) {
                    ValType::I32 => code.i32_const(0),
                    _ => code.i64_const(0),
                };
            }
            code.i32_const(1).call_indirect(0, ty);
        }
    });
    wasm::code(&mut module, &[calls]);
    module.finish()
}

fn elements(segments: u32, count: usize) -> Vec<u8> {
    let mut module = Module::new();
    wasm::declare(&mut module, 2);
    let mut tables = TableSection::new();
    tables.table(table(count as u64));
    module.section(&tables);
    wasm::exports(&mut module);
    let mut section = ElementSection::new();
    for i in 0..segments {
        let functions = vec![i % 2; count];
        section.active(
            None,
            &ConstExpr::i32_const(0),
            Elements::Functions(functions.into()),
        );
    }
    module.section(&section);
    wasm::code(&mut module, &wasm::empty(2));
    module.finish()
}

fn memories(module: &mut Module, pages: &[u64]) {
    let mut memories = MemorySection::new();
    for &minimum in pages {
        memories.memory(MemoryType {
            minimum,
            maximum: None,
            memory64: false,
            shared: false,
            page_size_log2: None,
        });
    }
    module.section(&memories);
}

/// Segments of `size` bytes, spread evenly over `bytes` of memory.
fn data(count: u32, size: usize, bytes: u32) -> Vec<u8> {
    data_of(0, count, size, bytes)
}

/// The same in one of two memories.
fn data_of(memory: u32, count: u32, size: usize, bytes: u32) -> Vec<u8> {
    let mut module = Module::new();
    wasm::declare(&mut module, 1);
    let pages = u64::from(bytes) / 0x1_0000;
    memories(&mut module, &vec![pages; memory as usize + 1]);
    wasm::exports(&mut module);
    module.section(&DataCountSection { count });
    wasm::code(&mut module, &wasm::empty(1));
    let mut segments = DataSection::new();
    for i in 0..count {
        let offset = (bytes / count * i).cast_signed();
        segments.active(memory, &ConstExpr::i32_const(offset), vec![1; size]);
    }
    module.section(&segments);
    module.finish()
}

fn memory(pages: u64, data: &[(u32, &[u8])]) -> Vec<u8> {
    let mut module = Module::new();
    wasm::declare(&mut module, 1);
    memories(&mut module, &[pages]);
    wasm::exports(&mut module);
    wasm::code(&mut module, &wasm::empty(1));
    let mut segments = DataSection::new();
    for (at, bytes) in data {
        let offset = ConstExpr::i32_const(at.cast_signed());
        segments.active(0, &offset, bytes.iter().copied());
    }
    module.section(&segments);
    module.finish()
}
