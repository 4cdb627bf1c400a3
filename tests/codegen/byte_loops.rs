//! Are the byte loops of Go's runtime found in modules of every Go version, and do their
//! replacements do the same, also at the end of memory?

use crate::support::{assemble, build, run, test, text};
use anyhow::{Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, OLDER, Toolchain};
use harness::run::Ends;
use harness::tool::Tool;
use harness::{facts, suite, target};
use libtest_mimic::Trial;
use std::path::Path;
use std::sync::Arc;
use wasi_aot_compiler::Options;

/// Memory is one page: "abcdef", zeroes, and a "z" as its last byte (65535).
const MODULE: &str = r#"(memory 1) (data (i32.const 0) "abcdef") (data (i32.const 65535) "z")
    (func $equal (param i64 i64 i64 i64)
      (if (i64.ne (call $memeqbody (local.get 0) (local.get 1) (local.get 2)) (local.get 3))
        (then unreachable)))
    (func $compare (param i32 i32 i32 i32)
      (if (i32.ne (call $memcmp (local.get 0) (local.get 1) (local.get 2)) (local.get 3))
        (then unreachable)))
    (func $find (param i32 i32 i32 i32)
      (if (i32.ne (call $memchr (local.get 0) (local.get 1) (local.get 2)) (local.get 3))
        (then unreachable)))"#;

/// (function, arguments, result); no result means that it traps.
type Call = (&'static str, [i64; 3], Option<i64>);

const CALLS: &[Call] = &[
    ("equal", [100, 200, 60_000], Some(1)),
    ("equal", [0, 100, 1], Some(0)),
    ("equal", [65_000, 64_000, 536], Some(0)),
    ("equal", [65_000, 64_000, 535], Some(1)),
    // Only the bytes that are read must exist.
    ("equal", [70_000, 80_000, 0], Some(1)),
    ("equal", [65_535, 0, 100], Some(0)),
    ("equal", [0, 65_535, -1], Some(0)),
    ("equal", [0, 1, 1 << 32], Some(0)),
    ("equal", [0x7fff_ffff, 0x7fff_ffff, 5], Some(1)),
    // The same address as two numbers.
    ("equal", [65_535, 65_535 + (1 << 32), 1], Some(1)),
    ("equal", [65_535, 65_535 + (1 << 32), 2], None),
    ("equal", [1 << 32, 0, 65_536], Some(1)),
    ("equal", [1 << 32, 0, 65_537], None),
    ("equal", [1 << 32, 0, (1 << 32) + 1], None),
    ("equal", [-1, 0, 2], None),
    ("equal", [65_536, 0, 1], None),
    ("compare", [1000, 2000, 30_000], Some(0)),
    ("compare", [0, 1, 1], Some(-1)),
    ("compare", [65_535, 0, 1], Some(25)),
    ("compare", [100, 65_535, 1], Some(-122)),
    ("compare", [0, 65_536, 0], Some(0)),
    ("compare", [65_535, 0, 100], Some(25)),
    ("compare", [64_999, 65_000, 1000], Some(-122)),
    ("compare", [0, 65_535, -1], Some(-25)),
    ("compare", [65_535, 65_535, 1], Some(0)),
    ("compare", [65_535, 65_535, 2], None),
    ("compare", [0, 0, 65_536], Some(0)),
    ("compare", [0, 0, -1], None),
    ("compare", [-1, 0, 2], None),
    ("find", [0, 99, 6], Some(2)),
    ("find", [3, 99, 60_000], Some(0)),
    ("find", [0, 97, 6], Some(0)),
    // The loop compares all 32 bits of the number that it looks for.
    ("find", [0, 99 + 256, 6], Some(0)),
    ("find", [0, 99 - (1 << 31), 100], Some(0)),
    ("find", [70_000, 99, 0], Some(0)),
    ("find", [65_530, 122, 6], Some(65_535)),
    ("find", [65_530, 122, 100], Some(65_535)),
    ("find", [1, 122, -1], Some(65_535)),
    ("find", [65_530, 121, 6], Some(0)),
    ("find", [65_530, 121, 7], None),
    ("find", [-1, 0, 2], None),
    ("find", [65_536, 0, 1], None),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let newest = Flavour::ALL.map(|flavour| (NEWEST, flavour));
    let older = OLDER.map(|version| (version, Flavour::Plain));
    let of_go = newest.into_iter().chain(older).map(|(version, flavour)| {
        let name = format!("byte loops/of go{version} {flavour}");
        suite::test(name, move || of_go(version, flavour))
    });
    let called = [
        ("replaced ones at the end of memory", "--no-go-trust"),
        ("as written at the end of memory", "--no-go-opt"),
    ];
    let called = called.map(|(name, flag)| {
        let name = format!("byte loops/{name}");
        test(&name, tool, move |tool| at_the_end_of_memory(tool, flag))
    });
    of_go.chain(called).collect()
}

fn of_go(version: &'static str, flavour: Flavour) -> Result<()> {
    let module = Toolchain::new(version)?.build("hello", flavour, Goal::Wasip1)?;
    for (flag, count) in [("--no-go-trust", 3), ("--no-go-opt", 0)] {
        replaced(&module, flag, count)?;
    }
    Ok(())
}

/// A build of `module` with this flag must replace `count` loops.
fn replaced(module: &Path, flag: &str, count: usize) -> Result<()> {
    let options = Options {
        target: target::tested(),
        no_go_trust: flag == "--no-go-trust",
        no_go_opt: flag == "--no-go-opt",
        ..Options::default()
    };
    let found = facts::of(&std::fs::read(module)?, &[], options)?.byte_loops;
    ensure!(
        found == count,
        "{flag}: {found} byte loops replaced instead of {count}"
    );
    Ok(())
}

fn at_the_end_of_memory(tool: &Tool, flag: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let returning: Vec<_> = CALLS.iter().filter(|call| call.2.is_some()).collect();
    let module = module_of(dir.path(), &returning)?;
    let count = if flag == "--no-go-opt" { 0 } else { 3 };
    replaced(&module, flag, count)?;
    build(tool, &module, &program, &[flag])?;
    let ran = run(&program, &[], dir.path())?;
    ensure!(ran.ends == Ends::Exit(0), "{}", text(&ran.stderr));
    for call in CALLS.iter().filter(|call| call.2.is_none()) {
        let module = module_of(dir.path(), &[call])?;
        replaced(&module, flag, count)?;
        build(tool, &module, &program, &[flag])?;
        let ran = run(&program, &[], dir.path())?;
        let said = text(&ran.stderr);
        let trapped =
            said.contains("out of bounds memory access at 0x") && said.contains(" in mem");
        ensure!(
            ran.ends == Ends::Exit(134) && trapped,
            "{call:?}: {} {said}",
            ran.ends
        );
    }
    Ok(())
}

/// A module that makes these calls in order. After a wrong result it traps, in a function with
/// a name of its own.
fn module_of(dir: &Path, calls: &[&Call]) -> Result<std::path::PathBuf> {
    let mut functions = String::new();
    let mut start = String::new();
    for (i, (function, arguments, result)) in calls.iter().enumerate() {
        let ty = if *function == "equal" { "i64" } else { "i32" };
        let arguments: String = (arguments.iter().copied().chain([result.unwrap_or(0)]))
            .map(|argument| format!("({ty}.const {argument}) "))
            .collect();
        functions += &format!("(func $call_{i}_{function} (call ${function} {arguments}))\n");
        start += &format!("(call $call_{i}_{function})");
    }
    let loops = include_str!("../../compiler/tests/byte_loops.wat");
    let module =
        format!(r#"(module {MODULE} {loops} {functions} (func (export "_start") {start}))"#);
    assemble(dir, "m.wasm", &module)
}
