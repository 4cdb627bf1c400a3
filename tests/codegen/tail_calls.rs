//! Do tail calls free the caller's frame? The programs recurse deeply on a small stack, with
//! more and with fewer arguments than fit registers, and trap in the callee.

use crate::support::{build, run, test, text};
use anyhow::{Result, ensure};
use harness::agree::{self, Program};
use harness::run::Ends;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

/// Each function counts down in `$n` by tail calls. `$odd` uses a table that is written,
/// `$indirect` a table that isn't. `$narrow` and `$wide` call each other; most arguments of
/// `$wide` are on the stack. Global 0 lives in a register, and `$direct` writes it right
/// before its tail call.
const ITEMS: &str = r#"
    (type $count (func (param i64 i64) (result i64)))
    (global $last (mut i32) (i32.const 7))
    (table $fixed 4 funcref)
    (table $written 4 4 funcref)
    (elem (table $fixed) (i32.const 1) func $indirect $unary)
    (elem (table $written) (i32.const 0) func $even $unary)
    (func $unary (param i64) (result i64) (local.get 0))
    (func $direct (type $count) (param $n i64) (param $sum i64) (result i64)
      (if (i64.eqz (local.get $n)) (then (return (local.get $sum))))
      (global.set $last (i32.wrap_i64 (local.get $n)))
      (return_call $direct
        (i64.sub (local.get $n) (i64.const 1)) (i64.add (local.get $sum) (local.get $n))))
    (func $indirect (type $count) (param $n i64) (param $sum i64) (result i64)
      (if (i64.eqz (local.get $n)) (then (return (local.get $sum))))
      (return_call_indirect $fixed (type $count)
        (i64.sub (local.get $n) (i64.const 1)) (i64.add (local.get $sum) (i64.const 3))
        (i32.const 1)))
    (func $even (type $count) (param $n i64) (param $sum i64) (result i64)
      (if (i64.eqz (local.get $n)) (then (return (local.get $sum))))
      (return_call $odd
        (i64.sub (local.get $n) (i64.const 1)) (i64.add (local.get $sum) (i64.const 5))))
    (func $odd (type $count) (param $n i64) (param $sum i64) (result i64)
      (if (i64.eqz (local.get $n)) (then (return (i64.const -1))))
      (return_call_indirect $written (type $count)
        (i64.sub (local.get $n) (i64.const 1)) (i64.add (local.get $sum) (i64.const 7))
        (i32.const 0)))
    (func $narrow (type $count) (param $n i64) (param $sum i64) (result i64)
      (if (i64.eqz (local.get $n)) (then (return (local.get $sum))))
      (return_call $wide
        (i64.sub (local.get $n) (i64.const 1)) (i64.const 1) (i64.const 2) (i64.const 3)
        (f64.const 4) (i64.const 5) (i64.const 6) (i64.const 7) (i64.const 8)
        (i64.const 9) (i64.const 10) (local.get $sum)))
    (func $wide (param $n i64)
      (param i64 i64 i64 f64 i64 i64 i64 i64 i64 i64) (param $sum i64) (result i64)
      (if (i64.eqz (local.get $n)) (then (return (local.get $sum))))
      (return_call $narrow
        (i64.sub (local.get $n) (i64.const 1))
        (i64.add (local.get $sum)
          (i64.add (i64.sub (local.get 1) (local.get 10))
            (i64.add (i64.trunc_f64_s (local.get 4)) (i64.sub (local.get 9) (local.get 8)))))))
    (func $none (return_call_indirect $fixed (i32.const 0)))
    (func $behind (return_call_indirect $written (i32.const 4)))
    (func $other (return_call_indirect $fixed (i32.const 1)))
    (func $other_written (return_call_indirect $written (i32.const 1)))
    (func $traps (unreachable))
    (func $leads (return_call $traps))
    (func $write (param i32 i32 i32 i32) (result i32)
      (return_call $fd_write
        (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
    (func $writes (param $n i32)
      (if (i32.eqz (local.get $n)) (then (return)))
      (drop (call $write (i32.const 1) (i32.const 1024) (i32.const 1) (i32.const 1032)))
      (return_call $writes (i32.sub (local.get $n) (i32.const 1))))"#;

const fn program(name: &'static str, body: &'static str, trap: &'static str) -> Program {
    Program::compared(name, ITEMS, body, trap)
}

const DEEP: &[Program] = &[
    program(
        "a function itself",
        "(call $print (call $direct (i64.const 10000000) (i64.const 1)))
         (call $show (global.get $last))",
        "",
    ),
    program(
        "a function itself, through a table",
        "(call $print (call $indirect (i64.const 10000000) (i64.const 1)))",
        "",
    ),
    program(
        "two functions each other, through a table that is written",
        "(table.set $written (i32.const 3) (ref.null func))
         (call $print (call $even (i64.const 10000000) (i64.const 1)))
         (call $print (call $odd (i64.const 10000000) (i64.const 1)))",
        "",
    ),
    program(
        "arguments that need more stack than the caller's",
        "(call $print (call $narrow (i64.const 10000001) (i64.const 1)))
         (call $print (call $wide (i64.const 10000001) (i64.const 9) (i64.const 0)
           (i64.const 0) (f64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)
           (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 1)))",
        "",
    ),
    program(
        "imports",
        "(call $show (i32.const 3)) (call $writes (i32.const 10))
         (call $show (call $write (i32.const 77) (i32.const 1024) (i32.const 1) (i32.const 1032)))",
        "",
    ),
];

const TRAPS: &[Program] = &[
    program("a call of null", "(call $none)", "uninitialized element"),
    program(
        "a call behind the table",
        "(call $behind)",
        "undefined element",
    ),
    program(
        "a call of another type",
        "(call $other)",
        "indirect call type mismatch",
    ),
    program(
        "a call of another type in a table that is written",
        "(table.set $written (i32.const 3) (ref.null func)) (call $other_written)",
        "indirect call type mismatch",
    ),
    program("a callee that traps", "(call $leads)", "unreachable"),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = agree::trials("tail calls", DEEP.iter().cloned(), tool);
    trials.extend(agree::trials("tail calls", TRAPS.iter().cloned(), tool));
    for level in ["-O0", "-O2"] {
        let name = format!("tail calls/on a small stack {level}");
        trials.push(test(&name, tool, move |tool| on_a_small_stack(tool, level)));
    }
    trials.push(test("tail calls/backtrace", tool, backtrace));
    trials
}

/// All of [`DEEP`] in one program. If each call kept a return address, the stack would need
/// 80 MB.
fn on_a_small_stack(tool: &Tool, level: &str) -> Result<()> {
    let bodies: String = DEEP.iter().map(|program| &*program.body).collect();
    let (ends, stderr) = outcome(tool, &bodies, &[level, "--stack-size", "1MiB"])?;
    ensure!(ends == Ends::Exit(0), "{ends}: {stderr}");
    Ok(())
}

/// The backtrace names the functions on the stack, but not the function whose frame is
/// freed.
fn backtrace(tool: &Tool) -> Result<()> {
    let (ends, stderr) = outcome(tool, "(call $leads)", &[])?;
    ensure!(ends == Ends::Exit(134), "{ends}: {stderr}");
    let (first, rest) = stderr.split_once('\n').unwrap_or_default();
    ensure!(
        first.contains("unreachable in traps (wasm offset"),
        "{stderr}"
    );
    ensure!(rest == "    at traps\n    at main\n", "{stderr}");
    Ok(())
}

fn outcome(tool: &Tool, body: &str, flags: &[&str]) -> Result<(Ends, String)> {
    let dir = tempfile::tempdir()?;
    let program = Program::printing("", body, &[], "").with(ITEMS);
    let module = program.module(dir.path())?;
    let program = dir.path().join("program");
    build(tool, &module, &program, flags)?;
    let ran = run(&program, &[], dir.path())?;
    Ok((ran.ends, text(&ran.stderr)))
}
