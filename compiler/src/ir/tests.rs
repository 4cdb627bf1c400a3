//! Building, printing, reading and verifying, over the functions of the golden tests.

use super::*;
use crate::error::Error;
use crate::module::{self, Module};
use std::path::Path;
use wasmparser::FuncValidatorAllocations;

/// A function as it is built the first time.
fn validated(module: &Module<'_>, index: usize, sp: Option<u32>) -> Result<Func, Error> {
    let mut allocations = FuncValidatorAllocations::default();
    let validation = Validation::Now(&mut allocations);
    build(module, index, sp, validation, Func::default(), || {
        "f".into()
    })
}

/// All functions of a module, as they are built.
fn functions(wasm: &[u8]) -> Vec<Func> {
    let module = module::parse(wasm).unwrap();
    let sp = module
        .globals
        .first()
        .filter(|global| global.mutable && global.ty == ValType::I32 && !global.exported);
    let sp = sp.map(|_| 0);
    (0..module.functions.len())
        .map(|index| validated(&module, index, sp).unwrap())
        .collect()
}

#[test]
fn what_is_printed_is_read_back_and_what_is_built_is_valid() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let mut count = 0;
    for file in std::fs::read_dir(golden).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        let Some(Ok(wasm)) = (!text.contains("@main.")).then(|| wat::parse_str(&text)) else {
            continue;
        };
        for mut func in functions(&wasm) {
            for _ in 0..2 {
                verify(&func).unwrap_or_else(|why| panic!("{}: {why}\n{func}", file.display()));
                let printed = func.to_string();
                let read = parse(&printed);
                let read =
                    read.unwrap_or_else(|why| panic!("{}: {why}\n{printed}", file.display()));
                assert_eq!(read.to_string(), printed);
                verify(&read).unwrap_or_else(|why| panic!("{}: {why}\n{read}", file.display()));
                count += 1;
                crate::pass::promote(&mut func);
            }
        }
    }
    assert!(count > 300, "only {count} functions");
}

/// A function that has nothing wrong with it.
pub(super) const VALID: &str = "function (i32, sp) -> (i32, sp)
variables i32 sp, sp is x1
b0(v0: i32, v1: sp):
  v2: i32 = i32.const 1
  branch v0 b1 b2(v2)
b1():
  v3: i32 = i32.load v1 frame-8
  jump b2(v3)
b2(v4: i32):
  return v4 v1
";

#[test]
fn lines_that_make_no_sense_are_named() {
    for (from, to, why) in [
        (
            "i32.const 1",
            "i32.konst 1",
            "line 4: i32.konst is no operation",
        ),
        ("b2(v2)", "x2(v2)", "line 5: x2(v2) is no edge"),
        ("v3: i32", "v3: i33", "line 7: i33 is no type"),
        ("frame-8", "frame?", "line 7: ? is no number"),
        ("b1():", "b1()", "line 6: a block without a colon"),
        (
            "v3: i32 = i32.load",
            "v3: i32, v5: i32 = i32.load",
            "line 7: v5 isn't behind the result before it",
        ),
    ] {
        assert_eq!(parse(&VALID.replacen(from, to, 1)).unwrap_err(), why);
    }
}

#[test]
fn what_edges_carry_has_a_limit() {
    let results = "i32 ".repeat(1000);
    let carry = |branches: usize| {
        let constants = "i32.const 0 ".repeat(1000);
        let branches = "i32.const 0 br_if 0 ".repeat(branches);
        let wat = format!("(module (func (result {results}) {constants} {branches}))");
        let wasm = wat::parse_str(wat).unwrap();
        let module = module::parse(&wasm).unwrap();
        validated(&module, 0, None).map(|_| ())
    };
    assert!(carry(10_000).is_ok());
    let refused = carry(17_000).unwrap_err().to_string();
    assert!(
        refused.contains("f keeps more than 16777216 operands across its blocks"),
        "{refused}"
    );
}
