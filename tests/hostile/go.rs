//! Modules with Go's shape whose tables and code are made slow to analyse.

use crate::bounds::{Becomes, Case};
use crate::wasm;
use wasm_encoder::{
    BlockType, ConstExpr, DataSection, ElementSection, Elements, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, MemorySection, MemoryType, Module,
    RefType, TableSection, TableType, TypeSection, ValType,
};

pub const CASES: &[Case] = &[
    Case {
        name: "go/a million headers of pclntab",
        module: || {
            let mut header = header(50_000, 0);
            header.resize(80, 0);
            module(&returning(50_000), &header.repeat(1_000_000))
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "go/50,000 names of 8 MB that overlap",
        module: || {
            let table = table(50_000, &[vec![b'n'; 8 << 20], vec![0; 8]].concat(), |i| i);
            module(&returning(50_000), &table)
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "go/a function that waits for 100,000 others, one after the other",
        module: || {
            let count = 100_000;
            let mut functions = returning(count);
            functions[0] = wasm::function(&[], |code| {
                for callee in 1..count {
                    code.i32_const(0).call(callee).if_(BlockType::Empty);
                    code.i32_const(1).return_().end();
                }
                code.i32_const(0);
            });
            module(&functions, &table(count, &[0; 8], |_| 0))
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "go/SP changed inside 100,000 loops, each left from within",
        module: || {
            let body = wasm::function(&[(1, ValType::I32)], |code| {
                code.global_get(0).local_set(1);
                for depth in 0..100_000u32 {
                    code.loop_(BlockType::Empty);
                    code.local_get(0).br_if(depth.min(1));
                }
                code.i32_const(8).global_set(0);
                for _ in 0..100_000 {
                    code.end();
                }
                code.local_get(1);
            });
            module(&[body], &table(1, &[0; 8], |_| 0))
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "go/a dispatch of 50,000 blocks, all of them resumed",
        module: || {
            let blocks = 50_000;
            let body = wasm::function(&[(1, ValType::I32)], |code| {
                code.global_get(0).local_set(1).loop_(BlockType::Empty);
                for _ in 0..blocks {
                    code.block(BlockType::Empty);
                }
                code.local_get(0).br_table(0..blocks, blocks - 1);
                for block in 0..blocks {
                    code.end().local_get(1);
                    code.i64_const(0x1000 << 16 | i64::from(block))
                        .drop()
                        .drop();
                    code.i32_const(1).local_set(0).br(blocks - 1 - block);
                }
                code.end().unreachable();
            });
            let mut functions = returning(2);
            functions[1] = body;
            module(&functions, &table(2, &[0; 8], |_| 0))
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "go/a first block that calls through the table and never goes on",
        module: || {
            let mut functions = returning(5);
            functions[0] = wasm::function(&[], |code| {
                code.i32_const(0).call(4).drop();
                code.global_get(7).i32_eqz().if_(BlockType::Empty);
                code.unreachable().end().i32_const(0);
            });
            functions[1] = wasm::function(&[], |code| {
                code.i32_const(1);
            });
            functions[3] = wasm::function(&[], |code| {
                code.i32_const(0).local_get(0).i32_const(0x1002).i32_add();
                code.call_indirect(0, 0).drop().i32_const(0).call(1);
                code.if_(BlockType::Empty).i32_const(1).return_().end();
                code.i32_const(0);
            });
            // Goes on only if the call returns.
            functions[4] = wasm::function(&[], |code| {
                code.i32_const(0).call(3).drop();
                code.i32_const(1).global_set(7).i32_const(0);
            });
            module(&functions, &table(5, &[0; 8], |_| 0))
        },
        becomes: Becomes::Program,
    },
];

/// Functions with the type of Go's functions that return 0.
fn returning(count: u32) -> Vec<Function> {
    let zero = || {
        wasm::function(&[], |code| {
            code.i32_const(0);
        })
    };
    (0..count).map(|_| zero()).collect()
}

/// The header of pclntab (`runtime/symtab.go`) with the function table at `pcln`.
fn header(functions: u32, pcln: usize) -> Vec<u8> {
    let mut header = vec![0xf1, 0xff, 0xff, 0xff, 0, 0, 1, 8];
    for word in [u64::from(functions), 0, 0, 72, 0, 0, 0, pcln as u64] {
        header.extend(word.to_le_bytes());
    }
    header
}

/// A pclntab for as many functions with these names, that of function `i` at
/// `name(i)`.
fn table(functions: u32, names: &[u8], name: impl Fn(u32) -> u32) -> Vec<u8> {
    let mut table = header(functions, 72 + names.len());
    table.extend(names);
    let record = |i: u32| functions * 8 + i * 16;
    for i in 0..functions {
        table.extend([0x1000 + i, record(i)].map(u32::to_le_bytes).concat());
    }
    for i in 0..functions {
        table.extend([0x1000 + i, name(i), 0, 0].map(u32::to_le_bytes).concat());
    }
    table.extend([0xff; 8]);
    table
}

/// A module of these functions, with everything that Go's linker adds, `data` at address 0, and
/// a `_start` that calls the first function.
fn module(functions: &[Function], data: &[u8]) -> Vec<u8> {
    let count = u32::try_from(functions.len()).expect("BUG: too many functions");
    let mut module = Module::new();
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([], []);
    module.section(&types);
    let mut declared = FunctionSection::new();
    for _ in 0..count {
        declared.function(0);
    }
    declared.function(1);
    module.section(&declared);
    surroundings(&mut module, count + 1);
    let mut exports = ExportSection::new();
    exports.export("_start", ExportKind::Func, count);
    module.section(&exports);
    let mut elements = ElementSection::new();
    let all: Vec<u32> = (0..=count).collect();
    let offset = ConstExpr::i32_const(0x1000);
    elements.active(None, &offset, Elements::Functions(all.into()));
    module.section(&elements);
    let start = wasm::function(&[], |code| {
        code.i32_const(0).call(0).drop();
    });
    let bodies: Vec<_> = functions.iter().cloned().chain([start]).collect();
    wasm::code(&mut module, &bodies);
    let mut segments = DataSection::new();
    segments.active(0, &ConstExpr::i32_const(0), data.iter().copied());
    module.section(&segments);
    module.finish()
}

/// Go's table, memory and globals.
fn surroundings(module: &mut Module, functions: u32) {
    let mut tables = TableSection::new();
    tables.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: u64::from(0x1000 + functions),
        maximum: None,
        table64: false,
        shared: false,
    });
    module.section(&tables);
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: 2048,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    module.section(&memories);
    let mut globals = GlobalSection::new();
    for index in 0..8 {
        let (val_type, init) = match index {
            0 | 7 => (ValType::I32, ConstExpr::i32_const(0)),
            _ => (ValType::I64, ConstExpr::i64_const(0)),
        };
        let ty = GlobalType {
            val_type,
            mutable: true,
            shared: false,
        };
        globals.global(ty, &init);
    }
    module.section(&globals);
}
