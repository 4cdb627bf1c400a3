//! What does an executable say of a trap? The trap and its place on standard error, and exit
//! code 134.

use crate::support::{assemble, build, run, test, text};
use anyhow::{Result, ensure};
use harness::run::Ends;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

/// (name, the body of `$culprit`, what standard error says). `$add` has another
/// type than the culprit calls; table slot 1 is null.
const TRAPS: &[(&str, &str, &str)] = &[
    ("unreachable", "unreachable", "unreachable"),
    (
        "divide by zero",
        "(drop (i32.div_s (i32.const 1) (i32.load (i32.const 8))))",
        "integer divide by zero",
    ),
    (
        "64-bit remainder by zero",
        "(drop (i64.rem_u (i64.const 1) (i64.load (i32.const 8))))",
        "integer divide by zero",
    ),
    (
        "integer overflow",
        "(drop (i32.div_s (i32.const 0x80000000) (i32.sub (i32.load (i32.const 8)) (i32.const 1))))",
        "integer overflow",
    ),
    (
        "conversion of NaN",
        "(drop (i32.trunc_f64_s (f64.div (f64.load (i32.const 8)) (f64.load (i32.const 8)))))",
        "invalid conversion to integer",
    ),
    (
        "conversion out of range",
        "(drop (i64.trunc_f32_u (f32.sub (f32.load (i32.const 8)) (f32.const 5))))",
        "integer overflow",
    ),
    (
        "load behind the end",
        "(drop (i32.load (i32.const 65533)))",
        "out of bounds memory access",
    ),
    (
        "store at the far end",
        "(i64.store (i32.const -1) (i64.const 1))",
        "out of bounds memory access",
    ),
    (
        "large static offset",
        "(drop (i32.load8_u offset=0xffffffff (i32.const -1)))",
        "out of bounds memory access",
    ),
    (
        "offset above the unchecked ones",
        "(drop (i32.load8_u offset=0x60000000 (i32.const 0)))",
        "out of bounds memory access",
    ),
    (
        "vector behind the end",
        "(drop (v128.load (i32.const 65521)))",
        "out of bounds memory access",
    ),
    (
        "vector at the far end",
        "(v128.store offset=0x40000000 (i32.const -1) (v128.const i64x2 1 2))",
        "out of bounds memory access",
    ),
    (
        "vector at a large static offset",
        "(drop (v128.load32x2_s offset=0xfffffff0 (i32.const 8)))",
        "out of bounds memory access",
    ),
    (
        "lane behind the end",
        "(v128.store64_lane 1 (i32.const 65529) (v128.const i64x2 1 2))",
        "out of bounds memory access",
    ),
    (
        "memory.copy behind the end",
        "(memory.copy (i32.const 0) (i32.const 65000) (i32.const 1000))",
        "out of bounds memory access",
    ),
    (
        "memory.fill behind the end",
        "(memory.fill (i32.const 65536) (i32.const 0) (i32.const 1))",
        "out of bounds memory access",
    ),
    (
        "call of a null entry",
        "(call_indirect (i32.const 1))",
        "uninitialized element",
    ),
    (
        "call behind the table",
        "(call_indirect (i32.const 10))",
        "undefined element",
    ),
    (
        "call of another type",
        "(call_indirect (i32.const 0))",
        "indirect call type mismatch",
    ),
    (
        "native stack overflow",
        "(call $culprit) (call $culprit)",
        "native stack overflow",
    ),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let one = |&(name, body, says): &'static (&str, &str, &str)| {
        test(&format!("traps/{name}"), tool, move |tool| {
            let (code, stderr) = outcome(tool, body, &["--stack-size", "1MiB"])?;
            ensure!(code == Ends::Exit(134), "{code}: {stderr}");
            ensure!(
                stderr.contains(says) && stderr.contains("culprit"),
                "{stderr}"
            );
            Ok(())
        })
    };
    let mut trials: Vec<_> = TRAPS.iter().map(one).collect();
    // The same module with an access to the last byte, which is in bounds.
    trials.push(test("traps/none", tool, |tool| {
        let body = "(drop (i32.load (i32.const 65532))) (memory.fill (i32.const 65536) (i32.const 0) (i32.const 0)) (call_indirect (i32.const 2))";
        let (code, stderr) = outcome(tool, body, &[])?;
        ensure!(code == Ends::Exit(0) && stderr.is_empty(), "{code}: {stderr}");
        Ok(())
    }));
    trials
}

fn outcome(tool: &Tool, body: &str, flags: &[&str]) -> Result<(Ends, String)> {
    let dir = tempfile::tempdir()?;
    let module = format!(
        r#"(module
            (memory (export "memory") 1)
            (table 3 funcref)
            (elem (i32.const 0) $add)
            (elem (i32.const 2) $nothing)
            (func $add (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
            (func $nothing)
            (func $culprit {body})
            (func (export "_start") (call $culprit)))"#
    );
    let module = assemble(dir.path(), "m.wasm", &module)?;
    let program = dir.path().join("program");
    build(tool, &module, &program, flags)?;
    let ran = run(&program, &[], dir.path())?;
    ensure!(ran.stdout.is_empty());
    Ok((ran.ends, text(&ran.stderr)))
}
