//! Do vectors work in whole programs: in globals, signatures and blocks, across calls, in
//! memory, and in Go's own packages? The specification's testsuite tests the single
//! operators. Relaxed SIMD must do the same on all processors.

use crate::support::{assemble, build, run, test, text};
use anyhow::{Result, ensure};
use harness::agree::{self, Program};
use harness::go::{Flavour, Goal, NEWEST, Toolchain};
use harness::paths;
use harness::run::{Ends, Finished, Run};
use harness::tool::Tool;
use harness::ways::ways;
use libtest_mimic::Trial;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const PROGRAMS: &[Program] = &[
    Program::compared(
        "globals of both sizes",
        r#"(global $a i32 (i32.const 1))
            (global $b (mut v128) (v128.const i64x2 2 3))
            (global $c (mut i64) (i64.const 4))
            (global $d funcref (ref.func $show))
            (global $e (mut v128) (v128.const i32x4 5 6 7 8))
            (global $f (mut f32) (f32.const 9))
            (func $all (call $show (global.get $a))
              (call $vector (global.get $b)) (call $print (global.get $c))
              (call $show (ref.is_null (global.get $d))) (call $vector (global.get $e))
              (call $show (i32.reinterpret_f32 (global.get $f))))
            (func $vector (param v128)
              (call $print (i64x2.extract_lane 1 (local.get 0)))
              (call $print (i64x2.extract_lane 0 (local.get 0))))"#,
        "(call $all)
            (global.set $c (i64.const -1)) (global.set $f (f32.const -1))
            (call $all)
            (global.set $b (i16x8.splat (i32.const 0x1234)))
            (global.set $e (v128.not (global.get $e)))
            (call $all)",
        "",
    ),
    // More parameters and results than registers, with scalars between them.
    Program::compared(
        "signatures",
        r#"(type $many (func
              (param v128 i32 v128 f64 v128 v128 v128 i64 v128 v128 v128 f32 v128 v128 v128)
              (result v128 i32 v128 f64 v128 v128 v128 i64 v128 v128 v128 f32 v128 v128 v128)))
            (table $fixed funcref (elem $turn))
            (table $written 2 funcref)
            (func $turn (type $many)
              (local.get 14) (local.get 1) (local.get 13) (local.get 3) (local.get 12)
              (local.get 10) (local.get 9) (local.get 7) (local.get 8) (local.get 6)
              (local.get 5) (local.get 11) (local.get 4) (local.get 2) (local.get 0))
            (func $v (param i32) (result v128) (i8x16.splat (local.get 0)))
            (func $arguments (type $arguments)
              (call $v (i32.const 1)) (i32.const 2) (call $v (i32.const 3)) (f64.const 4)
              (call $v (i32.const 5)) (call $v (i32.const 6)) (call $v (i32.const 7))
              (i64.const 8) (call $v (i32.const 9)) (call $v (i32.const 10))
              (call $v (i32.const 11)) (f32.const 12) (call $v (i32.const 13))
              (call $v (i32.const 14)) (call $v (i32.const 15)))
            (type $arguments (func
              (result v128 i32 v128 f64 v128 v128 v128 i64 v128 v128 v128 f32 v128 v128 v128)))
            (func $vector (param v128)
              (call $print (i64x2.extract_lane 1 (local.get 0)))
              (call $print (i64x2.extract_lane 0 (local.get 0))))
            (func $all
              (param v128 i32 v128 f64 v128 v128 v128 i64 v128 v128 v128 f32 v128 v128 v128)
              (call $vector (local.get 0)) (call $show (local.get 1))
              (call $vector (local.get 2)) (call $print (i64.reinterpret_f64 (local.get 3)))
              (call $vector (local.get 4)) (call $vector (local.get 5))
              (call $vector (local.get 6)) (call $print (local.get 7))
              (call $vector (local.get 8)) (call $vector (local.get 9))
              (call $vector (local.get 10)) (call $show (i32.reinterpret_f32 (local.get 11)))
              (call $vector (local.get 12)) (call $vector (local.get 13))
              (call $vector (local.get 14)))"#,
        "(call $all (call $turn (call $arguments)))
            (call $all (call_indirect $fixed (type $many) (call $arguments) (i32.const 0)))
            (table.set $written (i32.const 1) (table.get $fixed (i32.const 0)))
            (call $all (call_indirect $written (type $many) (call $arguments) (i32.const 1)))",
        "",
    ),
    Program::compared(
        "blocks",
        r#"(func $vector (param v128)
              (call $print (i64x2.extract_lane 1 (local.get 0)))
              (call $print (i64x2.extract_lane 0 (local.get 0))))
            (func $powers (param i32) (result v128) (local $x v128) (local $y v128)
              (v128.const i32x4 1 1 1 1) (v128.const i32x4 1 2 3 5)
              (loop $again (param v128 v128) (result v128 v128)
                (local.set $y) (local.set $x)
                (i32x4.mul (local.get $x) (local.get $y)) (local.get $y)
                (br_if $again (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
              (drop))
            (func $pick (param i32) (result v128)
              (block $a (result v128)
                (block $b (result v128)
                  (i32.const 7) (v128.const i64x2 1 2) (v128.const i64x2 3 4)
                  (br_table $a $b $a (local.get 0)))
                (drop) (v128.const i64x2 5 6) (i32.const 8) (v128.const i64x2 9 10)
                (drop) (drop)))
            (func $choose (param i32) (result v128 f32)
              (if (result v128) (local.get 0) (then (v128.const i64x2 -1 -2))
                (else (v128.const f64x2 0.5 1.5)))
              (f32.const 3))
            (func $unset (result v128) (local v128) (local.get 0))"#,
        "(local $f f32)
            (call $vector (call $powers (i32.const 1)))
            (call $vector (call $powers (i32.const 12)))
            (call $vector (call $pick (i32.const 0)))
            (call $vector (call $pick (i32.const 1)))
            (call $vector (call $pick (i32.const 2)))
            (call $choose (i32.const 1)) (local.set $f) (call $vector)
            (call $choose (i32.const 0)) (local.set $f) (call $vector)
            (call $vector (call $unset))
            (call $vector (select (v128.const i64x2 1 2) (v128.const i64x2 3 4)
              (i32.load (i32.const 0))))
            (call $vector (select (result v128) (v128.const i64x2 1 2) (v128.const i64x2 3 4)
              (i32.eqz (i32.load (i32.const 0)))))",
        "",
    ),
    // Vectors are in a frame while another function runs.
    Program::compared(
        "vectors across calls",
        r#"(func $vector (param v128)
              (call $print (i64x2.extract_lane 1 (local.get 0)))
              (call $print (i64x2.extract_lane 0 (local.get 0))))
            (func $deep (param $n i32) (param v128) (result v128)
              (local v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128 v128)
              (if (i32.eqz (local.get $n)) (then (return (local.get 1))))
              (local.set 2 (i32x4.add (local.get 1) (v128.const i32x4 1 0 0 0)))
              (local.set 3 (i32x4.mul (local.get 2) (v128.const i32x4 3 1 1 1)))
              (local.set 4 (v128.xor (local.get 3) (local.get 1)))
              (local.set 5 (i32x4.sub (local.get 4) (local.get 2)))
              (local.set 6 (i16x8.add (local.get 5) (local.get 3)))
              (local.set 7 (i8x16.sub (local.get 6) (local.get 4)))
              (local.set 8 (i64x2.add (local.get 7) (local.get 5)))
              (local.set 9 (i32x4.shl (local.get 8) (local.get $n)))
              (local.set 10 (call $deep (i32.sub (local.get $n) (i32.const 1)) (local.get 9)))
              (v128.xor (local.get 10)
                (i32x4.add (i32x4.add (local.get 2) (local.get 3))
                  (i32x4.add (i32x4.add (local.get 4) (local.get 5))
                    (i32x4.add (i32x4.add (local.get 6) (local.get 7))
                      (i32x4.add (local.get 8) (local.get 9)))))))"#,
        "(call $vector (call $deep (i32.const 500) (v128.const i32x4 1 2 3 4)))",
        "",
    ),
    // A vector is stored and loaded as something else, and the other way round.
    Program::compared(
        "memory",
        r#"(data (i32.const 65504) "abcdefghijklmnopqrstuvwxyz012345")
            (func $vector (param v128)
              (call $print (i64x2.extract_lane 1 (local.get 0)))
              (call $print (i64x2.extract_lane 0 (local.get 0))))
            (func $known (param $at i32)
              (i64.store (local.get $at) (i64.const 1))
              (call $print (i64.load (local.get $at)))
              (v128.store (local.get $at) (v128.const i64x2 2 3))
              (call $print (i64.load (local.get $at)))
              (v128.store16_lane offset=2 3 (local.get $at) (v128.const i16x8 0 0 0 4 0 0 0 0))
              (call $print (i64.load (local.get $at)))
              (call $vector (v128.load (local.get $at)))
              (i32.store offset=12 (local.get $at) (i32.const 5))
              (call $vector (v128.load (local.get $at))))"#,
        "(call $known (i32.const 64)) (call $known (i32.const 65519))
            (call $known (i32.const 65520))
            (call $vector (v128.load (i32.const 65520)))
            (call $vector (v128.load offset=17 (i32.const 65503)))
            (call $vector (v128.load8_lane 15 (i32.const 65535) (v128.const i64x2 1 2)))
            (call $vector (v128.load64_lane 1 (i32.const 65528) (v128.const i64x2 1 2)))
            (call $vector (v128.load32x2_u (i32.const 65528)))
            (call $vector (v128.load16_splat (i32.const 65534)))
            (call $vector (v128.load32_zero (i32.const 65532)))
            (v128.store (i32.const 65521) (v128.const i64x2 0 0))",
        "out of bounds memory access",
    ),
    Program::compared(
        "algorithms",
        include_str!("algorithms.wat"),
        "(call $fill)
            (call $show (call $count (i32.const 10) (i32.const 2048) (i32.const 8192)))
            (call $show (call $count (i32.const 200) (i32.const 2049) (i32.const 8000)))
            (call $upper (i32.const 2048) (i32.const 8192))
            (call $print (call $hash (i32.const 2048) (i32.const 8192)))
            (call $matrices)
            (call $print (call $hash (i32.const 16384) (i32.const 64)))",
        "",
    ),
];

/// Each relaxed operator must equal another operator. Multiply-add must round the product and
/// the sum: then (1 + 2^-12)^2 is 1 + 2^-11; a fused multiply-add would give 2^-24 more.
const RELAXED: &str = r#"
    (func $same (param v128 v128)
      (if (i32.eqz (i8x16.all_true (i8x16.eq (local.get 0) (local.get 1)))) (then unreachable)))
    (func $unary (param v128)
      (call $same (i32x4.relaxed_trunc_f32x4_s (local.get 0)) (i32x4.trunc_sat_f32x4_s (local.get 0)))
      (call $same (i32x4.relaxed_trunc_f32x4_u (local.get 0)) (i32x4.trunc_sat_f32x4_u (local.get 0)))
      (call $same (i32x4.relaxed_trunc_f64x2_s_zero (local.get 0))
        (i32x4.trunc_sat_f64x2_s_zero (local.get 0)))
      (call $same (i32x4.relaxed_trunc_f64x2_u_zero (local.get 0))
        (i32x4.trunc_sat_f64x2_u_zero (local.get 0))))
    (func $binary (param $x v128) (param $y v128)
      (call $same (i8x16.relaxed_swizzle (local.get $x) (local.get $y))
        (i8x16.swizzle (local.get $x) (local.get $y)))
      (call $same (i16x8.relaxed_q15mulr_s (local.get $x) (local.get $y))
        (i16x8.q15mulr_sat_s (local.get $x) (local.get $y)))
      (call $same (i16x8.relaxed_dot_i8x16_i7x16_s (local.get $x) (local.get $y))
        (call $dot (local.get $x) (local.get $y)))
      (call $same
        (i32x4.relaxed_dot_i8x16_i7x16_add_s (local.get $x) (local.get $y) (local.get $x))
        (i32x4.add (local.get $x)
          (i32x4.extadd_pairwise_i16x8_s (call $dot (local.get $x) (local.get $y)))))
      (call $same (i8x16.relaxed_laneselect (local.get $x) (local.get $y) (local.get $x))
        (v128.bitselect (local.get $x) (local.get $y) (local.get $x)))
      (call $same (i16x8.relaxed_laneselect (local.get $x) (local.get $y) (local.get $y))
        (v128.bitselect (local.get $x) (local.get $y) (local.get $y)))
      (call $same (i32x4.relaxed_laneselect (local.get $y) (local.get $x) (local.get $y))
        (v128.bitselect (local.get $y) (local.get $x) (local.get $y)))
      (call $same (i64x2.relaxed_laneselect (local.get $y) (local.get $x) (local.get $x))
        (v128.bitselect (local.get $y) (local.get $x) (local.get $x))))
    (func $dot (param $x v128) (param $y v128) (result v128) (local $low v128) (local $high v128)
      (local.set $low (i16x8.extmul_low_i8x16_s (local.get $x) (local.get $y)))
      (local.set $high (i16x8.extmul_high_i8x16_s (local.get $x) (local.get $y)))
      (i16x8.add
        (i8x16.shuffle 0 1 4 5 8 9 12 13 16 17 20 21 24 25 28 29 (local.get $low) (local.get $high))
        (i8x16.shuffle 2 3 6 7 10 11 14 15 18 19 22 23 26 27 30 31 (local.get $low) (local.get $high))))
    (func $order (param $x v128) (param $y v128)
      (call $same (f32x4.relaxed_min (local.get $x) (local.get $y)) (f32x4.min (local.get $x) (local.get $y)))
      (call $same (f32x4.relaxed_max (local.get $x) (local.get $y)) (f32x4.max (local.get $x) (local.get $y)))
      (call $same (f64x2.relaxed_min (local.get $x) (local.get $y)) (f64x2.min (local.get $x) (local.get $y)))
      (call $same (f64x2.relaxed_max (local.get $x) (local.get $y)) (f64x2.max (local.get $x) (local.get $y))))
    (func (export "_start") (local $x v128) (local $y v128)
      (local.set $x (v128.const f32x4 nan inf -3e9 5e9))
      (local.set $y (v128.const f64x2 -1e10 nan))
      (call $unary (local.get $x)) (call $unary (local.get $y))
      (call $unary (v128.const f64x2 4294967295.5 -0.5))
      (call $binary (local.get $x) (local.get $y)) (call $binary (local.get $y) (local.get $x))
      (local.set $x (v128.const i8x16 -128 -128 -128 127 5 16 255 0 0x80 0x80 1 2 15 17 100 -100))
      (call $binary (local.get $x) (local.get $x))
      (call $binary (local.get $x) (v128.const i16x8 -32768 -32768 0x8080 1 2 -3 32767 0x0f10))
      (call $order (v128.const f32x4 0 -0 1 -inf) (v128.const f32x4 -0 0 -1 2))
      (call $order (v128.const f64x2 0 -0) (v128.const f64x2 -0 0))
      (local.set $x (f32x4.splat (f32.const 0x1.001p0)))
      (local.set $y (f32x4.splat (f32.const -0x1.002p0)))
      (call $same (f32x4.relaxed_madd (local.get $x) (local.get $x) (local.get $y))
        (v128.const f32x4 0 0 0 0))
      (call $same (f32x4.relaxed_nmadd (local.get $x) (local.get $x) (f32x4.neg (local.get $y)))
        (v128.const f32x4 0 0 0 0))
      (local.set $x (f64x2.splat (f64.const 0x1.0000001p0)))
      (local.set $y (f64x2.splat (f64.const -0x1.0000002p0)))
      (call $same (f64x2.relaxed_madd (local.get $x) (local.get $x) (local.get $y))
        (f64x2.add (f64x2.mul (local.get $x) (local.get $x)) (local.get $y)))
      (call $same (f64x2.relaxed_nmadd (local.get $x) (local.get $x) (f64x2.neg (local.get $y)))
        (f64x2.sub (f64x2.neg (local.get $y)) (f64x2.mul (local.get $x) (local.get $x)))))"#;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = agree::trials("simd", PROGRAMS.iter().cloned(), tool);
    trials.push(test("simd/relaxed operators", tool, relaxed));
    trials.push(test("simd/Go's own packages", tool, of_go));
    trials
}

fn relaxed(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "m.wasm", &format!("(module {RELAXED})"))?;
    let program = dir.path().join("program");
    for flags in ways() {
        exits_well(tool, &module, &program, &flags)?;
    }
    Ok(())
}

/// Builds the module as `program` and runs it, which must end with exit code 0.
fn exits_well(tool: &Tool, module: &Path, program: &Path, flags: &[String]) -> Result<Finished> {
    let strs: Vec<_> = flags.iter().map(String::as_str).collect();
    build(tool, module, program, &strs)?;
    let dir = program.parent().expect("BUG: a program in no directory");
    let ran = run(program, &[], dir)?;
    let stderr = text(&ran.stderr);
    ensure!(
        ran.ends == Ends::Exit(0),
        "{flags:?}: {}: {stderr}",
        ran.ends
    );
    Ok(ran)
}

/// Go's own SIMD packages must print what they print under wasmtime.
fn of_go(tool: &Tool) -> Result<()> {
    let module = Toolchain::new(NEWEST)?.build("vectors", Flavour::Plain, Goal::Wasip1Simd)?;
    let mut wasmtime = Command::new(paths::installed("wasmtime")?);
    wasmtime.arg("run").arg(&module);
    let reference = Run::of(wasmtime).run()?;
    ensure!(
        reference.ends == Ends::Exit(0),
        "wasmtime: {}",
        reference.ends
    );
    ensure!(
        text(&reference.stdout).lines().count() > 400,
        "the guest prints too little under wasmtime"
    );
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    for flags in ways() {
        let ran = exits_well(tool, &module, &program, &flags)?;
        ensure!(
            ran.stdout == reference.stdout,
            "{flags:?}: {} instead of {}",
            text(&ran.stdout),
            text(&reference.stdout)
        );
    }
    Ok(())
}
