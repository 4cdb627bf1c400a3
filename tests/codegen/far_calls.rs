//! Do calls and jumps arrive if their targets are farther away than a branch of aarch64
//! reaches? The module calls across 128 MiB of code in both directions, and jumps farther than
//! a conditional branch reaches.

use crate::support::{build, link, run, test, text};
use anyhow::{Result, anyhow, ensure};
use harness::run::Ends;
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use wasi_aot_compiler::Target;
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{BlockType, CodeSection, Function};
use wasmparser::FunctionBody;

/// Entries of a `br_table`. Each entry takes a word of code.
const ENTRIES: u32 = 65_000;

/// This many functions with one table each have 134 MiB.
const FILLERS: usize = 540;

/// This many tables take more than the 1 MiB that a conditional branch reaches.
const WIDE: usize = 6;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let trial = test("far calls", tool, far_calls);
    // A branch of x86-64 reaches 2 GiB, eight times an image.
    vec![trial.with_ignored_flag(target::tested() != Target::LinuxArm64)]
}

fn far_calls(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let at = |name: &str| dir.path().join(name);
    std::fs::write(at("far.wasm"), fill(&wat::parse_str(source())?)?)?;
    build(tool, &at("far.wasm"), &at("own"), &["--stack-size", "1MiB"])?;
    let code = std::fs::metadata(at("own"))?.len();
    ensure!(code > 128 << 20, "only {code} bytes");
    behaves(&at("own"))?;
    build(tool, &at("far.wasm"), &at("far.o"), &["--emit", "obj"])?;
    link(&at("far.o"), &at("linked"))?;
    behaves(&at("linked"))
}

fn behaves(program: &Path) -> Result<()> {
    let dir = tempfile::tempdir()?;
    for (args, ends, stdout, stderr) in [
        (&[][..], Ends::Exit(0), "far\n", ""),
        (&["trap"], Ends::Exit(134), "", "unreachable in last_trap"),
        (
            &["without", "end"],
            Ends::Exit(134),
            "",
            "native stack overflow",
        ),
    ] {
        let ran = run(program, args, dir.path())?;
        let said = text(&ran.stderr);
        ensure!(ran.ends == ends, "{args:?}: {}: {said}", ran.ends);
        ensure!(
            text(&ran.stdout) == stdout,
            "{args:?}: {}",
            text(&ran.stdout)
        );
        ensure!(said.contains(stderr), "{args:?}: {said}");
    }
    Ok(())
}

/// The program does what the number of its arguments says. `$first` and `$last` lie at the
/// ends of the code. `$wide` and the functions in the middle get their bodies from [`fill`].
fn source() -> String {
    let filler = "(func (param i32) (result i32) unreachable)".repeat(FILLERS);
    format!(
        r#"(module
          (import "wasi_snapshot_preview1" "args_sizes_get" (func $args (param i32 i32) (result i32)))
          (import "wasi_snapshot_preview1" "fd_write"
            (func $write (param i32 i32 i32 i32) (result i32)))
          (memory (export "memory") 1)
          (table funcref (elem $first $last))
          (type $pair (func (param i64 i64) (result i64)))
          (data (i32.const 0) "\10\00\00\00\04\00\00\00") (data (i32.const 16) "far\n")
          (func $first (type $pair) (param $n i64) (param $sum i64) (result i64)
            (if (i64.eqz (local.get $n)) (then (return (local.get $sum))))
            (i64.add (i64.const 1) (call $last
              (i64.sub (local.get $n) (i64.const 1)) (i64.add (local.get $sum) (i64.const 3)))))
          (func $first_tail (param $n i64) (param i64 i64 i64 i64 i64 i64 i64 i64 i64) (param $sum i64)
            (result i64)
            (if (i64.eqz (local.get $n)) (then (return (local.get $sum))))
            (return_call $last_tail (i64.sub (local.get $n) (i64.const 1))
              (i64.add (local.get $sum) (local.get 9))))
          (func $first_trap (param i32) (result i32)
            (i32.add (call $last_trap (i32.const 1)) (i32.const 1)))
          {filler}
          (func $wide (param i32) (result i32) unreachable)
          (func $last (type $pair) (param $n i64) (param $sum i64) (result i64)
            (if (i64.eqz (local.get $n)) (then (return (local.get $sum))))
            (i64.add (i64.const 2) (call $first
              (i64.sub (local.get $n) (i64.const 1)) (i64.add (local.get $sum) (i64.const 5)))))
          (func $last_tail (param $n i64) (param $sum i64) (result i64)
            (if (i64.eqz (local.get $n)) (then (return (local.get $sum))))
            (return_call $first_tail (i64.sub (local.get $n) (i64.const 1))
              (i64.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5)
              (i64.const 6) (i64.const 7) (i64.const 8) (i64.const 9) (local.get $sum)))
          (func $last_trap (param i32) (result i32) (unreachable) (local.get 0))
          (func $require (param i64 i64)
            (if (i64.ne (local.get 0) (local.get 1)) (then unreachable)))
          (func $check
            (call $require (call $first (i64.const 1000) (i64.const 0)) (i64.const 5500))
            (call $require (call $last_tail (i64.const 1000000) (i64.const 0)) (i64.const 4500000))
            (call $require
              (call_indirect (type $pair) (i64.const 3) (i64.const 0) (i32.const 0)) (i64.const 15))
            (call $require (i64.extend_i32_u (memory.grow (i32.const 2))) (i64.const 1))
            (memory.copy (i32.const 100000) (i32.const 0) (i32.const 20))
            (call $require (i64.extend_i32_u (call $wide (i32.const 0))) (i64.const 9))
            (call $require (i64.extend_i32_u (call $wide (i32.const 1))) (i64.const 7))
            (drop (call $write (i32.const 1) (i32.const 100000) (i32.const 1) (i32.const 32))))
          (func $main (export "_start")
            (drop (call $args (i32.const 32) (i32.const 36)))
            (if (i32.eq (i32.load (i32.const 32)) (i32.const 1)) (then (call $check)))
            (if (i32.eq (i32.load (i32.const 32)) (i32.const 2))
              (then (drop (call $first_trap (i32.const 0)))))
            (if (i32.eq (i32.load (i32.const 32)) (i32.const 3))
              (then (drop (call $first (i64.const -1) (i64.const 0)))))))"#
    )
}

/// Replaces each body that is `unreachable` alone by a body with large tables.
fn fill(module: &[u8]) -> Result<Vec<u8>> {
    let mut filled = wasm_encoder::Module::new();
    Fill { left: FILLERS }
        .parse_core_module(&mut filled, wasmparser::Parser::new(0), module)
        .map_err(|error| anyhow!("{error}"))?;
    Ok(filled.finish())
}

struct Fill {
    /// How many functions are still to be filled. After the last one comes `$wide`.
    left: usize,
}

impl Reencode for Fill {
    type Error = Infallible;

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), reencode::Error<Infallible>> {
        const UNREACHABLE: &[u8] = &[0, 0, 0x0b];
        if body.as_bytes() != UNREACHABLE {
            return reencode::utils::parse_function_body(self, code, body);
        }
        let tables = if self.left == 0 { WIDE } else { 1 };
        self.left = self.left.saturating_sub(1);
        code.function(&tables_jumped_over(tables));
        Ok(())
    }
}

/// A body that returns 7 if the argument isn't 0, and else 9. The branch to the 7 jumps across
/// this many tables.
fn tables_jumped_over(tables: usize) -> Function {
    let targets: Vec<u32> = (0..ENTRIES).map(|entry| entry % 2).collect();
    let mut function = Function::new([]);
    let mut body = function.instructions();
    body.block(BlockType::Empty).local_get(0).br_if(0);
    for _ in 0..tables {
        body.block(BlockType::Empty).block(BlockType::Empty);
        body.local_get(0).br_table(targets.iter().copied(), 0);
        body.end().end();
    }
    body.i32_const(9).return_().end().i32_const(7).end();
    function
}
