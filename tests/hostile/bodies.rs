//! Function bodies that ask for too much: size, locals, nesting, stacks, branches, calls.

use crate::bounds::{Becomes, Case};
use crate::wasm;
use wasm_encoder::{BlockType, ValType};

pub const CASES: &[Case] = &[
    Case {
        name: "bodies/as large as the limit",
        module: || {
            wasm::body(&[(1, ValType::I32)], |code| {
                for _ in 0..7_600_000 / 8 {
                    code.local_get(0).i32_const(1).i32_add().local_set(0);
                    code.nop();
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/larger than the limit",
        module: || {
            wasm::body(&[], |code| {
                (0..7_700_000).for_each(|_| {
                    code.nop();
                });
            })
        },
        becomes: Becomes::Refused(&["function", "size"]),
    },
    Case {
        name: "bodies/50,000 locals",
        module: || {
            wasm::body(&[(50_000, ValType::I64)], |code| {
                for local in 1..50_000 {
                    code.local_get(local - 1).i64_const(1).i64_add();
                    code.local_set(local);
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/4 billion locals",
        module: || wasm::body(&[(u32::MAX, ValType::I64)], |_| {}),
        becomes: Becomes::Refused(&["locals", "offset 0x"]),
    },
    Case {
        name: "bodies/a thousand functions of 50,000 locals each",
        module: || {
            let one = || wasm::function(&[(50_000, ValType::F64)], |_| {});
            wasm::functions(&(0..1000).map(|_| one()).collect::<Vec<_>>())
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/50,000 locals alive across 100,000 blocks",
        module: || {
            wasm::body(&[(49_999, ValType::I64), (1, ValType::I32)], |code| {
                for _ in 0..100_000 {
                    code.local_get(49_999).if_(BlockType::Empty).end();
                }
                for local in 0..49_999 {
                    code.local_get(local).drop();
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/49,999 locals alive across 400 loops",
        module: || {
            wasm::body(&[(49_999, ValType::I64), (1, ValType::I32)], |code| {
                for _ in 0..400 {
                    code.loop_(BlockType::Empty)
                        .local_get(49_999)
                        .br_if(0)
                        .end();
                }
                for local in 0..49_999 {
                    code.local_get(local).i64_const(1).i64_add();
                    code.local_set(local);
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/1,000 locals alive across 1,300 loops",
        module: || counting_loops(1300),
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/1,000 locals alive across 22,000 loops",
        module: || counting_loops(22_000),
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/1,000 locals alive across 30,000 loops",
        module: || counting_loops(30_000),
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/4 times 60,000 branches to a block of 80,000 instructions that traps",
        module: || {
            let one = || {
                wasm::function(&[(1, ValType::I32)], |code| {
                    code.block(BlockType::Empty);
                    for _ in 0..60_000 {
                        code.local_get(0).br_if(0);
                    }
                    code.end();
                    for step in 0..40_000 {
                        code.i32_const(step).i32_clz().drop();
                    }
                    code.unreachable();
                })
            };
            wasm::functions(&(0..4).map(|_| one()).collect::<Vec<_>>())
        },
        becomes: Becomes::File,
    },
    // With each of these the register allocator took minutes.
    Case {
        name: "bodies/1,000 locals alive in 1,000 nested loops",
        module: || nested(1000, 1000),
        becomes: Becomes::File,
    },
    Case {
        name: "bodies/1,000 locals changed in 1,000 nested conditionals",
        module: || {
            wasm::body(&[(1000, ValType::I32)], |code| {
                for local in 0..1000 {
                    code.local_get(local).if_(BlockType::Empty);
                }
                for local in 0..1000 {
                    code.else_();
                    code.local_get(local).i32_const(1).i32_add();
                    code.local_set((local * 7) % 1000).end();
                }
                for local in 1..1000 {
                    code.local_get(local).local_get(local - 1).i32_add();
                    code.local_set(local);
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/10 nested loops over 12 locals, a thousand times",
        module: || {
            let one = || wasm::function(&[(12, ValType::I32)], |code| nest(code, 10, 12));
            wasm::functions(&(0..1000).map(|_| one()).collect::<Vec<_>>())
        },
        becomes: Becomes::File,
    },
    Case {
        name: "bodies/1,000 br_tables of 30 labels out of nested blocks over 1,000 locals",
        module: || {
            wasm::body(&[(1000, ValType::I32)], |code| {
                for _ in 0..1000 {
                    code.block(BlockType::Empty);
                }
                for depth in 0..1000u32 {
                    code.local_get(depth).i32_const(1).i32_add();
                    code.local_set((depth * 7) % 1000);
                    let labels: Vec<_> = (0..30).map(|label| label % (1000 - depth)).collect();
                    code.local_get(depth).br_table(labels, 0).end();
                }
                for local in 1..1000 {
                    code.local_get(local).local_get(local - 1).i32_add();
                    code.local_set(local);
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/100,000 nested blocks",
        module: || {
            wasm::body(&[], |code| {
                for _ in 0..100_000 {
                    code.block(BlockType::Empty);
                }
                for _ in 0..100_000 {
                    code.end();
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        // For each instruction, the optimiser looks at all loops around it.
        name: "bodies/30,000 nested loops around 30,000 sums",
        module: || {
            wasm::body(&[(2, ValType::I32)], |code| {
                for _ in 0..30_000 {
                    code.loop_(BlockType::Empty);
                }
                for _ in 0..30_000 {
                    code.local_get(0).local_get(1).i32_add().local_set(1);
                }
                for _ in 0..30_000 {
                    code.local_get(1).br_if(0).end();
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/100,000 nested loops, each left from within",
        module: || {
            wasm::body(&[(1, ValType::I32)], |code| {
                for depth in 0..100_000u32 {
                    code.loop_(BlockType::Empty);
                    code.local_get(0).br_if(depth.min(1));
                }
                for _ in 0..100_000 {
                    code.end();
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/20,000 nested blocks, each with an operand below",
        module: || {
            wasm::body(&[], |code| {
                for _ in 0..20_000 {
                    code.i32_const(1).block(BlockType::Empty);
                }
                for _ in 0..20_000 {
                    code.end().drop();
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/2,000 nested blocks, each with an operand below",
        module: || {
            wasm::body(&[], |code| {
                for _ in 0..2000 {
                    code.i32_const(1).block(BlockType::Empty);
                }
                for _ in 0..2000 {
                    code.end().drop();
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/100,000 operands on the stack",
        module: || {
            wasm::body(&[(1, ValType::I64)], |code| {
                for _ in 0..100_000 {
                    code.local_get(0).i64_clz();
                }
                for _ in 0..99_999 {
                    code.i64_add();
                }
                code.drop();
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/a br_table of a million labels",
        module: || {
            wasm::body(&[(1, ValType::I32)], |code| {
                code.block(BlockType::Empty).local_get(0);
                code.br_table(vec![0; 1_000_000], 0).end();
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/20 br_tables of 50,000 labels out of 50,000 blocks",
        module: || {
            wasm::body(&[(1, ValType::I32)], |code| {
                for _ in 0..50_000 {
                    code.block(BlockType::Empty);
                }
                for _ in 0..20 {
                    code.block(BlockType::Empty).local_get(0);
                    code.br_table((1..50_000).collect::<Vec<_>>(), 0).end();
                }
                for _ in 0..50_000 {
                    code.end();
                }
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/100,000 calls",
        module: || {
            let calls = wasm::function(&[], |code| {
                for callee in 0..100_000 {
                    code.call(1 + callee % 1000);
                }
            });
            let mut functions = vec![calls];
            functions.extend(wasm::empty(1000));
            wasm::functions(&functions)
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/a chain of 100,000 selects",
        module: || {
            wasm::body(&[(1, ValType::I32)], |code| {
                code.local_get(0);
                for _ in 0..100_000 {
                    code.i32_const(7).local_get(0).select();
                }
                code.drop();
            })
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "bodies/100,000 loads and stores that depend on each other",
        module: || {
            let mut module = wasm_encoder::Module::new();
            wasm::declare(&mut module, 1);
            let mut memories = wasm_encoder::MemorySection::new();
            memories.memory(wasm_encoder::MemoryType {
                minimum: 1,
                maximum: None,
                memory64: false,
                shared: false,
                page_size_log2: None,
            });
            module.section(&memories);
            wasm::exports(&mut module);
            let at = |offset| wasm_encoder::MemArg {
                offset,
                align: 0,
                target: wasm_encoder::MemArgTarget::Memory(0),
                ordering: None,
            };
            let body = wasm::function(&[(1, ValType::I32)], |code| {
                for i in 0..100_000u64 {
                    code.local_get(0).local_get(0).i32_load(at(i % 60_000));
                    code.i32_const(1).i32_add().i32_store(at(i % 59_999));
                }
            });
            wasm::code(&mut module, &[body]);
            module.finish()
        },
        becomes: Becomes::Program,
    },
];

/// Nested loops. Each counts down one of a few locals.
fn nested(loops: u32, locals: u32) -> Vec<u8> {
    wasm::body(&[(locals, ValType::I32)], |code| nest(code, loops, locals))
}

fn nest(code: &mut wasm_encoder::InstructionSink<'_>, loops: u32, locals: u32) {
    for _ in 0..loops {
        code.loop_(BlockType::Empty);
    }
    for depth in 0..loops {
        let local = depth % locals;
        code.local_get(local)
            .i32_const(1)
            .i32_sub()
            .local_tee(local);
        code.br_if(0).end();
    }
}

/// Loops that count down the next of 1,000 locals.
fn counting_loops(count: u32) -> Vec<u8> {
    wasm::body(&[(1000, ValType::I64)], |code| {
        for i in 0..count {
            code.loop_(BlockType::Empty)
                .local_get(i % 1000)
                .i64_const(1)
                .i64_sub()
                .local_tee(i % 1000)
                .i64_const(0)
                .i64_gt_s()
                .br_if(0)
                .end();
        }
    })
}
