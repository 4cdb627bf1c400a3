//! What does an executable say of a trap? It prints the trap and its place to standard
//! error, and exits with 134.
//!
//! The message has the offset of the operator in the wasm file if an instruction traps by
//! itself, or if a bounds check fails. The message has no offset for an access that misses
//! memory, which the processor finds, nor for a call through a table whose entry is a stub
//! that traps.

use crate::support::{assemble, build, run, test, text};
use anyhow::{Result, ensure};
use harness::run::Ends;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;
use wasmparser::{Operator, Parser, Payload};

/// (name, the end of the body of `$culprit`, what standard error says, the operator whose
/// offset is in the message). `$add` has another type than the culprit calls; table slot 1
/// is null.
const TRAPS: &[(&str, &str, &str, Option<&str>)] = &[
    (
        "unreachable",
        "unreachable",
        "unreachable",
        Some("Unreachable"),
    ),
    (
        "divide by zero",
        "(drop (i32.div_s (i32.const 1) (i32.load (i32.const 8))))",
        "integer divide by zero",
        Some("I32DivS"),
    ),
    (
        "64-bit remainder by zero",
        "(drop (i64.rem_u (i64.const 1) (i64.load (i32.const 8))))",
        "integer divide by zero",
        Some("I64RemU"),
    ),
    (
        "integer overflow",
        "(drop (i32.div_s (i32.const 0x80000000) (i32.sub (i32.load (i32.const 8)) (i32.const 1))))",
        "integer overflow",
        Some("I32DivS"),
    ),
    (
        "conversion of NaN",
        "(drop (i32.trunc_f64_s (f64.div (f64.load (i32.const 8)) (f64.load (i32.const 8)))))",
        "invalid conversion to integer",
        Some("I32TruncF64S"),
    ),
    (
        "conversion out of range",
        "(drop (i64.trunc_f32_u (f32.sub (f32.load (i32.const 8)) (f32.const 5))))",
        "integer overflow",
        Some("I64TruncF32U"),
    ),
    (
        "load behind the end",
        "(drop (i32.load (i32.const 65533)))",
        "out of bounds memory access",
        None,
    ),
    (
        "store at the far end",
        "(i64.store (i32.const -1) (i64.const 1))",
        "out of bounds memory access",
        None,
    ),
    (
        "large static offset",
        "(drop (i32.load8_u offset=0xffffffff (i32.const -1)))",
        "out of bounds memory access",
        Some("I32Load8U"),
    ),
    (
        "offset above the unchecked ones",
        "(drop (i32.load8_u offset=0x60000000 (i32.const 0)))",
        "out of bounds memory access",
        Some("I32Load8U"),
    ),
    (
        "vector behind the end",
        "(drop (v128.load (i32.const 65521)))",
        "out of bounds memory access",
        None,
    ),
    (
        "vector at the far end",
        "(v128.store offset=0x40000000 (i32.const -1) (v128.const i64x2 1 2))",
        "out of bounds memory access",
        None,
    ),
    (
        "vector at a large static offset",
        "(drop (v128.load32x2_s offset=0xfffffff0 (i32.const 8)))",
        "out of bounds memory access",
        Some("V128Load32x2S"),
    ),
    (
        "lane behind the end",
        "(v128.store64_lane 1 (i32.const 65529) (v128.const i64x2 1 2))",
        "out of bounds memory access",
        None,
    ),
    (
        "memory.copy behind the end",
        "(memory.copy (i32.const 0) (i32.const 65000) (i32.const 1000))",
        "out of bounds memory access",
        Some("MemoryCopy"),
    ),
    (
        "memory.fill behind the end",
        "(memory.fill (i32.const 65536) (i32.const 0) (i32.const 200))",
        "out of bounds memory access",
        Some("MemoryFill"),
    ),
    (
        "call of a null entry",
        "(call_indirect (i32.const 1))",
        "uninitialized element",
        None,
    ),
    (
        "call behind the table",
        "(call_indirect (i32.const 10))",
        "undefined element",
        Some("CallIndirect"),
    ),
    (
        "call of another type",
        "(call_indirect (i32.const 0))",
        "indirect call type mismatch",
        None,
    ),
    (
        "unreachable on a condition",
        "(if (i32.eqz (i32.load (i32.const 8))) (then (unreachable)))",
        "unreachable",
        Some("Unreachable"),
    ),
    (
        "memory.init of a dropped segment",
        "(data.drop $bytes) (memory.init $bytes (i32.const 0) (i32.const 0) (i32.const 1))",
        "out of bounds memory access",
        Some("MemoryInit"),
    ),
    (
        "table.get behind the end",
        "(drop (table.get $other (i32.const 3)))",
        "out of bounds table access",
        Some("TableGet"),
    ),
    (
        "call through a table that is written",
        "(table.set $other (i32.const 0) (ref.null func)) (call_indirect $other (i32.const 0))",
        "uninitialized element",
        Some("CallIndirect"),
    ),
    (
        "native stack overflow",
        "(call $culprit) (call $culprit)",
        "native stack overflow",
        None,
    ),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let one = |&(name, body, says, operator): &'static (&str, &str, &str, Option<&str>)| {
        test(&format!("traps/{name}"), tool, move |tool| {
            // A division that doesn't trap. Its offset must not be in the message.
            let body = format!(
                "(drop (i32.div_u (i32.const 7) (i32.or (i32.load (i32.const 16)) (i32.const 1)))) {body}"
            );
            for flags in [
                &["--stack-size", "1MiB"][..],
                &["--stack-size", "1MiB", "-O0"],
            ] {
                let (ends, stderr, module) = outcome(tool, &body, flags)?;
                ensure!(ends == Ends::Exit(134), "{ends}: {stderr}");
                ensure!(
                    stderr.contains(says) && stderr.contains("culprit"),
                    "{stderr}"
                );
                let at = operator.map(|name| offset_of(&module, name)).transpose()?;
                let at = at.map(|offset| format!("(wasm offset {offset:#x})"));
                let offset = stderr.find("(wasm offset").map(|start| &stderr[start..]);
                let offset = offset.and_then(|rest| rest.split_inclusive(')').next());
                ensure!(offset == at.as_deref(), "{at:?} expected: {stderr}");
            }
            Ok(())
        })
    };
    let mut trials: Vec<_> = TRAPS.iter().map(one).collect();
    // The same module with an access to the last byte, which is in bounds.
    trials.push(test("traps/none", tool, |tool| {
        let body = "(drop (i32.load (i32.const 65532))) (memory.fill (i32.const 65536) (i32.const 0) (i32.const 0)) (call_indirect (i32.const 2))";
        let (code, stderr, _) = outcome(tool, body, &[])?;
        ensure!(code == Ends::Exit(0) && stderr.is_empty(), "{code}: {stderr}");
        Ok(())
    }));
    trials
}

/// The offset of the only operator of this name, as wasmparser writes it, in the module.
fn offset_of(module: &[u8], name: &str) -> Result<u64> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(module) {
        if let Payload::CodeSectionEntry(body) = payload? {
            for operator in body.get_operators_reader()?.into_iter_with_offsets() {
                let (operator, offset): (Operator<'_>, u64) = operator?;
                let debug = format!("{operator:?}");
                let is = debug.split([' ', '{']).next() == Some(name);
                found.extend(is.then_some(offset));
            }
        }
    }
    ensure!(found.len() == 1, "{name} is at {found:?}");
    Ok(found[0])
}

/// How a program with this culprit ends, what it says, and its module.
fn outcome(tool: &Tool, body: &str, flags: &[&str]) -> Result<(Ends, String, Vec<u8>)> {
    let dir = tempfile::tempdir()?;
    let module = format!(
        r#"(module
            (memory (export "memory") 1)
            (table 3 funcref)
            (table $other 3 funcref)
            (data $bytes "x")
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
    Ok((ran.ends, text(&ran.stderr), std::fs::read(module)?))
}
