//! Are several memories of a module independent of each other, and does a trap name the memory?

use crate::support::{assemble, build, one_line, run, test, text};
use anyhow::{Result, ensure};
use harness::agree::{self, Program};
use harness::run::Ends;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

/// Memory 0 has one page, `$one` has one page, `$two` has none, and `$three` has at most two.
/// `$bytes` shows a byte of each memory.
const ITEMS: &str = r#"
    (memory $one 1) (memory $two 0) (memory $three 1 2)
    (data $text "0123456789abcdef")
    (func $bytes (param $at i32)
      (call $show (i32.load8_u (local.get $at)))
      (call $show (i32.load8_u $one (local.get $at)))
      (call $show (i32.load8_u $three (local.get $at))))
    (func $long (param i32) (result i32) (local.get 0))
    (func $sizes
      (call $show (memory.size 0)) (call $show (memory.size $one))
      (call $show (memory.size $two)) (call $show (memory.size $three)))"#;

const fn program(name: &'static str, body: &'static str, trap: &'static str) -> Program {
    Program::compared(name, ITEMS, body, trap)
}

const OUT: &str = "out of bounds memory access";

const PROGRAMS: &[Program] = &[
    program(
        "each has its own bytes",
        "(i32.store8 (i32.const 8) (i32.const 1)) (i32.store8 $one (i32.const 8) (i32.const 2))
         (i64.store $three (i32.const 8) (i64.const 3)) (call $bytes (i32.const 8))
         (i32.store8 $one offset=0x7ffc (i32.const 4) (i32.const 5)) (call $bytes (i32.const 32768))
         (f64.store $three offset=1 (i32.const 7) (f64.const 2))
         (call $print (i64.load $three (i32.const 8)))
         (call $print (i64.load $one (i32.const 8)))",
        "",
    ),
    program(
        "what is known of one isn't known of another",
        "(i32.store $one (i32.const 64) (i32.const 7))
         (call $show (i32.add (i32.load (i32.const 64)) (i32.load $one (i32.const 64))))
         (call $show (i32.add (i32.load $three (i32.const 64)) (i32.load $one (i32.const 64))))",
        "",
    ),
    program(
        "sizes and growing",
        "(call $sizes)
         (call $show (memory.grow $two (i32.const 3))) (call $sizes)
         (call $show (memory.grow $three (i32.const 2)))
         (call $show (memory.grow $three (i32.const 1))) (call $sizes)
         (call $show (memory.grow $one (i32.const 0)))
         (call $show (memory.grow (i32.const 1))) (call $sizes)
         (i32.store8 $two (i32.const 196607) (i32.const 9))
         (call $show (i32.load8_u $two (i32.const 196607)))
         (call $show (i32.load8_u $three (i32.const 131071)))",
        "",
    ),
    program(
        "copies between memories and inside one",
        "(memory.init $one $text (i32.const 16) (i32.const 0) (i32.const 16))
         (memory.copy $three $one (i32.const 3) (i32.const 16) (call $long (i32.const 16)))
         (memory.copy 0 $three (i32.const 40) (i32.const 3) (i32.const 16))
         (memory.copy $three $three (i32.const 5) (i32.const 3) (call $long (i32.const 16)))
         (call $print (i64.load $one (i32.const 16))) (call $print (i64.load $three (i32.const 3)))
         (call $print (i64.load (i32.const 40))) (call $print (i64.load (i32.const 48)))
         (memory.fill $one (i32.const 16) (i32.const 7) (call $long (i32.const 4)))
         (memory.fill $three (i32.const 3) (i32.const 8) (i32.const 4))
         (memory.copy $one $three (i32.const 65520) (i32.const 0) (i32.const 16))
         (call $print (i64.load $one (i32.const 16))) (call $print (i64.load $three (i32.const 3)))
         (call $print (i64.load $one (i32.const 65520)))
         (call $print (i64.load (i32.const 16)))",
        "",
    ),
    program(
        "init of memory without pages",
        "(memory.init $two $text (i32.const 0) (i32.const 0) (i32.const 0)) (call $sizes)
         (memory.init $two $text (i32.const 0) (i32.const 0) (i32.const 1))",
        OUT,
    ),
    program(
        "load behind the second",
        "(call $show (i32.load $one (i32.const 65532))) (drop (i32.load $one (i32.const 65533)))",
        OUT,
    ),
    program(
        "load of one without pages",
        "(drop (i32.load8_u $two (i32.const 0)))",
        OUT,
    ),
    program(
        "load at the far end of the last",
        "(drop (i64.load $three offset=0x3fffffff (i32.const -1)))",
        OUT,
    ),
    program(
        "load far behind the last, with a large offset",
        "(drop (i64.load $three offset=0xffffffff (i32.const -1)))",
        OUT,
    ),
    program(
        "store at a checked offset",
        "(drop (memory.grow $one (i32.const 0x8000)))
         (i32.store $one offset=0x60000000 (i32.const 0) (i32.const 7))
         (call $show (i32.load $one (i32.const 0x60000000)))
         (i32.store $three offset=0x60000000 (i32.const 0) (i32.const 7))",
        OUT,
    ),
    program(
        "fill behind the end of the right one",
        "(drop (memory.grow (i32.const 1)))
         (memory.fill (i32.const 65536) (i32.const 1) (call $long (i32.const 9)))
         (call $show (i32.load (i32.const 65540)))
         (memory.fill $one (i32.const 65530) (i32.const 1) (call $long (i32.const 9)))",
        OUT,
    ),
    program(
        "copy from a smaller one",
        "(drop (memory.grow (i32.const 1)))
         (memory.copy $one 0 (i32.const 0) (i32.const 65536) (call $long (i32.const 8)))
         (call $show (i32.load $one (i32.const 0)))
         (memory.copy 0 $one (i32.const 0) (i32.const 65536) (call $long (i32.const 8)))",
        OUT,
    ),
    program(
        "copy to a smaller one",
        "(drop (memory.grow (i32.const 1)))
         (memory.copy $one 0 (i32.const 65536) (i32.const 0) (i32.const 8))",
        OUT,
    ),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = agree::trials("memories", PROGRAMS.iter().cloned(), tool);
    trials.push(test("memories/traps name theirs", tool, traps));
    trials.push(test("memories/limits", tool, limits));
    trials.push(test("memories/as many as can be", tool, most));
    trials.push(test("memories/the exported one", tool, exported));
    trials.push(test("memories/indices in a module with one", tool, indices));
    trials
}

fn ends(tool: &Tool, module: &str, flags: &[&str]) -> Result<(Ends, String)> {
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "m.wasm", module)?;
    let program = dir.path().join("program");
    build(tool, &module, &program, flags)?;
    let ran = run(&program, &[], dir.path())?;
    Ok((ran.ends, text(&ran.stderr)))
}

fn traps(tool: &Tool) -> Result<()> {
    for (memory, says) in [(0, "at 0x10000 in f"), (2, "at 0x10000 of memory 2 in f")] {
        let module = format!(
            r#"(module (memory 1) (memory 1) (memory 1)
                 (func $f (export "_start") (drop (i32.load8_u {memory} (i32.const 65536)))))"#
        );
        let (ends, stderr) = ends(tool, &module, &[])?;
        ensure!(ends == Ends::Exit(134), "{ends}: {stderr}");
        ensure!(stderr.contains(says), "{says:?} is not in {stderr}");
    }
    Ok(())
}

/// `--max-memory` limits the sum of all memories and the native stack: here the smallest stack,
/// and 6 pages.
fn limits(tool: &Tool) -> Result<()> {
    let grown = r#"(module (memory 1) (memory 1 9)
        (func $grow0 (param i32 i32)
          (if (i32.ne (memory.grow 0 (local.get 0)) (local.get 1)) (then unreachable)))
        (func $grow1 (param i32 i32)
          (if (i32.ne (memory.grow 1 (local.get 0)) (local.get 1)) (then unreachable)))
        (func (export "_start")
          (call $grow1 (i32.const 5) (i32.const -1)) (call $grow1 (i32.const 3) (i32.const 1))
          (call $grow0 (i32.const 2) (i32.const -1)) (call $grow0 (i32.const 1) (i32.const 1))
          (call $grow1 (i32.const 1) (i32.const -1)) (call $grow0 (i32.const 0) (i32.const 2))
          (call $grow0 (i32.const 65536) (i32.const -1))
          (i32.store8 1 (i32.const 262143) (i32.const 1))))"#;
    let limit = ["--max-memory", "640KiB"];
    for stack in [&[][..], &["--stack-size", "256KiB"]] {
        let (code, stderr) = ends(tool, grown, &[&limit[..], stack].concat())?;
        ensure!(code == Ends::Exit(0), "{code}: {stderr}");
    }
    let large = r#"(module (memory 1) (memory 6) (func (export "_start")))"#;
    refused(tool, large, &limit, "starts with 448 KiB of memory")?;
    refused(tool, large, &limit, "raise --max-memory to 704 KiB")?;
    let just = ["--max-memory", "704KiB"];
    let (code, stderr) = ends(tool, large, &just)?;
    ensure!(code == Ends::Exit(0), "{code}: {stderr}");
    // The stack gets the space that the memories leave.
    let deep = r#"(module (memory 1) (func $deep (call $deep) (call $deep))
        (func (export "_start") (call $deep)))"#;
    for (limit, stack) in [("1MiB", "256 KiB"), ("16MiB", "2 MiB")] {
        let (code, stderr) = ends(tool, deep, &["--max-memory", limit])?;
        let says = format!("native stack overflow in deep: its {stack} are used up");
        ensure!(
            code == Ends::Exit(134) && stderr.contains(&says),
            "{code}: {stderr}"
        );
    }
    Ok(())
}

/// 16 memories can be used; a 17th is refused.
fn most(tool: &Tool) -> Result<()> {
    let module = |count: u32| {
        let memories = "(memory 1)".repeat(count as usize);
        let use_each: String = (0..count)
            .map(|memory| format!(
                "(i32.store {memory} (i32.const 65532) (i32.const {memory}))
                 (if (i32.ne (memory.grow {memory} (i32.const 65535)) (i32.const 1)) (then unreachable))
                 (i32.store {memory} (i32.const -4) (i32.const {memory}))"
            ))
            .collect();
        let check_each: String = (0..count)
            .map(|memory| format!(
                "(if (i32.ne (i32.load {memory} (i32.const -4)) (i32.const {memory})) (then unreachable))
                 (if (i32.ne (i32.load {memory} (i32.const 65532)) (i32.const {memory})) (then unreachable))"
            ))
            .collect();
        format!(r#"(module {memories} (func (export "_start") {use_each} {check_each}))"#)
    };
    let (ends, stderr) = ends(tool, &module(16), &[])?;
    ensure!(ends == Ends::Exit(0), "{ends}: {stderr}");
    refused(tool, &module(17), &[], "more than 16 memories")
}

/// WASI's functions use memory 0, so a module that imports them must export memory 0.
fn exported(tool: &Tool) -> Result<()> {
    let module = |memory: u32, import: &str| {
        format!(
            r#"(module {import} (memory 1) (memory 1) (export "memory" (memory {memory}))
                 (func (export "_start")))"#
        )
    };
    let import = r#"(import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))"#;
    refused(tool, &module(1, import), &[], "exported as \"memory\"")?;
    for (memory, import) in [(0, import), (1, "")] {
        let (ends, stderr) = ends(tool, &module(memory, import), &[])?;
        ensure!(ends == Ends::Exit(0), "{ends}: {stderr}");
    }
    Ok(())
}

/// WebAssembly 2.0 wants a zero byte in place of a memory's index. A longer encoding of 0 is
/// malformed in a module with one memory, and valid in a module with several.
fn indices(tool: &Tool) -> Result<()> {
    for (memories, may) in [("", false), ("(memory 1)", true)] {
        // `memory.size` with its index 0 in two bytes, written over the constant.
        let source = format!(
            r#"(module (memory 1) {memories} (func (export "_start") (drop (i32.const -71))))"#
        );
        let mut wasm = wat::parse_str(source)?;
        let code = wasm
            .windows(4)
            .position(|bytes| bytes == [0x41, 0xb9, 0x7f, 0x1a]);
        let code = code.expect("BUG: the constant isn't there");
        wasm[code..code + 3].copy_from_slice(&[0x3f, 0x80, 0x00]);
        let dir = tempfile::tempdir()?;
        let module = dir.path().join("m.wasm");
        std::fs::write(&module, wasm)?;
        let built = tool.build(&module, &dir.path().join("program"), [""; 0])?;
        ensure!(built.ends.is_success() == may, "{}", text(&built.stderr));
        if !may {
            one_line(&built, 1, "wasi-aot: ", &["zero byte expected"])?;
        }
    }
    Ok(())
}

fn refused(tool: &Tool, module: &str, flags: &[&str], says: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "m.wasm", module)?;
    let built = tool.build(&module, &dir.path().join("program"), flags)?;
    one_line(&built, 1, "wasi-aot: ", &[says])
}
