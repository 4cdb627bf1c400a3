//! Names in the name section and of exports that are long, many or invalid, and custom sections
//! that lie.

use crate::bounds::{Becomes, Case};
use crate::wasm;
use wasm_encoder::{CustomSection, ExportKind, ExportSection, Module, NameMap, NameSection};

pub const CASES: &[Case] = &[
    Case {
        name: "names/100,000 functions, all called the same",
        module: || {
            let mut names = NameMap::new();
            (0..100_000).for_each(|i| names.append(i, "main.main"));
            named(100_000, &names)
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "names/a name of 100,000 bytes, in the message, too",
        module: || invalid(&"n".repeat(100_000)),
        becomes: Becomes::Refused(&["in nnnnn", "nnn...", "offset 0x"]),
    },
    Case {
        name: "names/lines and escape sequences, in the message, too",
        module: || invalid("a\nb\u{1b}[2J\u{202e}"),
        becomes: Becomes::Refused(&["in a\\nb\\u{1b}[2J\\u{202e}:", "offset 0x"]),
    },
    Case {
        name: "names/of functions that aren't there",
        module: || {
            let mut names = NameMap::new();
            for index in [5, 1, 1, 0, u32::MAX] {
                names.append(index, "somewhere");
            }
            named(2, &names)
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "names/custom sections that are cut off or no UTF-8",
        module: || {
            let mut module = Module::new();
            wasm::start(&mut module, 1);
            wasm::code(&mut module, &wasm::empty(1));
            for name in ["name", "producers", "go:buildid", "linking", "dylink.0"] {
                for data in [
                    &b""[..],
                    b"\x01",
                    b"\x01\xff\xff\xff\xff\x0f",
                    b"\x01\x04\x01\0\x01\xff",
                    b"\xff\xfe\xfd",
                ] {
                    module.section(&CustomSection {
                        name: name.into(),
                        data: data.into(),
                    });
                }
            }
            module.finish()
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "names/100,000 custom sections",
        module: || {
            let mut module = Module::new();
            wasm::start(&mut module, 1);
            wasm::code(&mut module, &wasm::empty(1));
            for _ in 0..100_000 {
                module.section(&CustomSection {
                    name: "name".into(),
                    data: b"\x01\x04\x01\0\x01x"[..].into(),
                });
            }
            module.finish()
        },
        becomes: Becomes::Program,
    },
    Case {
        name: "names/a command with 100,000 exports and no _start",
        module: || {
            let mut module = Module::new();
            wasm::declare(&mut module, 1);
            let mut exports = ExportSection::new();
            exports.export("_initialize", ExportKind::Func, 0);
            for i in 0..100_000 {
                exports.export(&format!("export{i}\n"), ExportKind::Func, 0);
            }
            module.section(&exports);
            wasm::code(&mut module, &wasm::empty(1));
            module.finish()
        },
        becomes: Becomes::Refused(&["_initialize, export0\\n, ", "99981 more"]),
    },
];

/// One function with this invalid name.
fn invalid(name: &str) -> Vec<u8> {
    let mut module = Module::new();
    wasm::start(&mut module, 1);
    let body = wasm::function(&[], |code| {
        code.i32_const(1);
    });
    wasm::code(&mut module, &[body]);
    let mut names = NameMap::new();
    names.append(0, name);
    let mut section = NameSection::new();
    section.functions(&names);
    module.section(&section);
    module.finish()
}

/// Functions with these names.
fn named(functions: usize, names: &NameMap) -> Vec<u8> {
    let mut module = Module::new();
    wasm::start(&mut module, functions);
    wasm::code(&mut module, &wasm::empty(functions));
    let mut section = NameSection::new();
    section.functions(names);
    module.section(&section);
    module.finish()
}
