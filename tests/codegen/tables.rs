//! Do references and tables work? Tables that no function writes are typed arrays of code;
//! tables that are written hold references.

use crate::support::{assemble, run, test, text};
use anyhow::{Result, ensure};
use harness::agree::{self, Program};
use harness::run::Ends;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

/// `$t` is written; `$fixed` and `$second` are not; `$grows` has room for 12 elements.
const ITEMS: &str = r#"
    (type $number (func (result i32)))
    (type $same (func (result i32)))
    (type $unary (func (param i64) (result i64)))
    (type $write (func (param i32 i32 i32 i32) (result i32)))
    (table $fixed 6 funcref)
    (table $t 10 10 funcref)
    (table $second 3 funcref)
    (table $grows 2 12 funcref)
    (table $extern 4 externref)
    (elem (table $fixed) (i32.const 1) func $one $two $negate)
    (elem (table $t) (i32.const 2) func $one $two)
    (elem (table $t) (i32.const 9) func $negate)
    (elem (table $second) (i32.const 0) func $two $fd_write)
    (elem $passive func $one $two $three $negate)
    (elem $nulls funcref (ref.func $three) (ref.null func) (ref.func $one))
    (elem $declared declare func $four $fd_write)
    (func $one (result i32) (i32.const 1))
    (func $two (result i32) (i32.const 2))
    (func $three (type $same) (i32.const 3))
    (func $four (type $same) (i32.const 4))
    (func $negate (param i64) (result i64) (i64.sub (i64.const 0) (local.get 0)))
    (func $call (param i32) (call $show (call_indirect $t (type $number) (local.get 0))))
    (func $call_fixed (param i32)
      (call $show (call_indirect $fixed (type $number) (local.get 0))))
    (func $set (param i32 funcref) (table.set $t (local.get 0) (local.get 1)))
    (func $grow (param i32 funcref)
      (call $show (table.grow $grows (local.get 1) (local.get 0)))
      (call $show (table.size $grows)))
    (func $init (param i32 i32 i32)
      (table.init $t $passive (local.get 0) (local.get 1) (local.get 2)))
    (func $copy (param i32 i32 i32)
      (table.copy $t $t (local.get 0) (local.get 1) (local.get 2)))
    (func $fill (param i32 i32)
      (table.fill $t (local.get 0) (ref.func $four) (local.get 1)))
    (func $nulls (local $i i32)
      (loop $next
        (call $show (ref.is_null (table.get $t (local.get $i))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $next (i32.lt_u (local.get $i) (table.size $t)))))"#;

const fn program(name: &'static str, body: &'static str, trap: &'static str) -> Program {
    Program::compared(name, ITEMS, body, trap)
}

const OUT: &str = "out of bounds table access";
const NULL: &str = "uninitialized element";
const MISMATCH: &str = "indirect call type mismatch";
const UNDEFINED: &str = "undefined element";

const CALLS: &[Program] = &[
    program(
        "calls through a table that is written",
        "(call $call (i32.const 2)) (call $call (i32.const 3))
         (call $set (i32.const 2) (ref.func $three)) (call $call (i32.const 2))
         (call $set (i32.const 0) (table.get $t (i32.const 3))) (call $call (i32.const 0))
         (call $set (i32.const 1) (ref.func $four)) (call $call (i32.const 1))
         (call $print (call_indirect $t (type $unary) (i64.const 5) (i32.const 9)))",
        "",
    ),
    program("call of null", "(call $call (i32.const 1))", NULL),
    program(
        "call of what was set to null",
        "(call $call (i32.const 2)) (call $set (i32.const 2) (ref.null func))
         (call $call (i32.const 2))",
        NULL,
    ),
    program(
        "call of another type",
        "(call $call (i32.const 9))",
        MISMATCH,
    ),
    program(
        "call of another type once it is set",
        "(call $call (i32.const 2)) (call $set (i32.const 2) (ref.func $negate))
         (call $call (i32.const 2))",
        MISMATCH,
    ),
    program(
        "call behind the end",
        "(call $call (i32.const 10))",
        UNDEFINED,
    ),
    program(
        "call far behind the end",
        "(call $call (i32.const -1))",
        UNDEFINED,
    ),
    program(
        "calls through tables that nothing writes",
        "(call $call_fixed (i32.const 1)) (call $call_fixed (i32.const 2))
         (call $print (call_indirect $fixed (type $unary) (i64.const 7) (i32.const 3)))
         (call $show (call_indirect $second (type $same) (i32.const 0)))",
        "",
    ),
    program(
        "fixed: null inside",
        "(call $call_fixed (i32.const 0))",
        NULL,
    ),
    program(
        "fixed: null at the end",
        "(call $call_fixed (i32.const 5))",
        NULL,
    ),
    program(
        "fixed: behind the end",
        "(call $call_fixed (i32.const 6))",
        UNDEFINED,
    ),
    program(
        "fixed: another type",
        "(call $call_fixed (i32.const 3))",
        MISMATCH,
    ),
    program(
        "a second table has its own size",
        "(call $show (call_indirect $second (type $number) (i32.const 3)))",
        UNDEFINED,
    ),
    program(
        "imports by reference",
        "(call $show (i32.const 0xabc))
         (call $show (call_indirect $second (type $write)
           (i32.const 1) (i32.const 1024) (i32.const 1) (i32.const 1032) (i32.const 1)))
         (call $set (i32.const 4) (ref.func $fd_write))
         (call $show (call_indirect $t (type $write)
           (i32.const 1) (i32.const 1024) (i32.const 1) (i32.const 1032) (i32.const 4)))",
        "",
    ),
    Program::compared(
        "many values through a table that is written",
        r#"(table $t 1 funcref) (elem declare func $many)
            (type $many (func (param i32 i64 f32 f64 funcref)
              (result funcref f64 f32 i64 i32 i32 i64 i64 i64 i64)))
            (func $many (type $many)
              (local.get 4) (local.get 3) (local.get 2) (local.get 1) (local.get 0)
              (i32.const 1) (i64.const 2) (i64.const 3) (i64.const 4) (i64.const 5))"#,
        "(table.set $t (i32.const 0) (ref.func $many))
            (call_indirect $t (type $many) (i32.const 11) (i64.const 12) (f32.const 13.5)
              (f64.const 14.5) (ref.func $many) (i32.const 0))
            (call $print) (call $print) (call $print) (call $print)
            (call $show) (call $show) (call $print)
            (call $show (i32.reinterpret_f32)) (call $print (i64.reinterpret_f64))
            (call $show (ref.is_null))",
        "",
    ),
];

const ELEMENTS: &[Program] = &[
    program(
        "get and set at the edges",
        "(call $set (i32.const 9) (ref.null func)) (call $set (i32.const 0) (ref.func $one))
         (call $nulls)
         (call $show (ref.is_null (table.get $fixed (i32.const 0))))
         (call $show (ref.is_null (table.get $fixed (i32.const 3))))
         (call $show (ref.is_null (table.get $fixed (i32.const 5))))
         (call $show (table.size $fixed)) (call $show (table.size $grows))",
        "",
    ),
    program(
        "get behind the end",
        "(drop (table.get $t (i32.const 10)))",
        OUT,
    ),
    program(
        "get far behind the end",
        "(drop (table.get $t (i32.const -1)))",
        OUT,
    ),
    program(
        "fixed: get behind the end",
        "(drop (table.get $fixed (i32.const 6)))",
        OUT,
    ),
    program(
        "set behind the end",
        "(call $set (i32.const 10) (ref.null func))",
        OUT,
    ),
    program(
        "set far behind the end",
        "(call $set (i32.const 0x20000000) (ref.null func))",
        OUT,
    ),
    program(
        "grow to the maximum and not beyond",
        "(call $grow (i32.const 0) (ref.null func))
         (call $grow (i32.const 3) (ref.func $three))
         (call $grow (i32.const 8) (ref.func $one))
         (call $grow (i32.const -1) (ref.func $one))
         (call $grow (i32.const 7) (ref.func $two))
         (call $grow (i32.const 1) (ref.func $two))
         (call $grow (i32.const 0) (ref.func $two))
         (call $show (call_indirect $grows (type $number) (i32.const 2)))
         (call $show (call_indirect $grows (type $number) (i32.const 4)))
         (call $show (call_indirect $grows (type $number) (i32.const 5)))
         (call $show (call_indirect $grows (type $number) (i32.const 11)))
         (call $show (call_indirect $grows (type $number) (i32.const 12)))",
        UNDEFINED,
    ),
    program(
        "what a table has not grown to is out of bounds",
        "(call $grow (i32.const 1) (ref.func $one))
         (call $show (ref.is_null (table.get $grows (i32.const 2))))
         (drop (table.get $grows (i32.const 3)))",
        OUT,
    ),
    program(
        "what a table grows by null is null",
        "(call $grow (i32.const 1) (ref.null func))
         (call $show (call_indirect $grows (type $number) (i32.const 2)))",
        NULL,
    ),
    program(
        "fill",
        "(call $fill (i32.const 4) (i32.const 3)) (call $nulls)
         (call $call (i32.const 4)) (call $call (i32.const 6)) (call $call (i32.const 3))
         (call $fill (i32.const 10) (i32.const 0)) (call $fill (i32.const 9) (i32.const 1))
         (call $call (i32.const 9)) (call $fill (i32.const 0) (i32.const 10))
         (call $call (i32.const 0)) (call $call (i32.const 2))
         (call $fill (i32.const 1) (i32.const 10))",
        OUT,
    ),
    program(
        "fill nothing behind the end",
        "(call $fill (i32.const 11) (i32.const 0))",
        OUT,
    ),
    program(
        "fill where the sum wraps",
        "(call $fill (i32.const -1) (i32.const 2))",
        OUT,
    ),
    Program::compared(
        "references outside of tables",
        r#"(type $number (func (result i32)))
            (table $t 1 funcref) (table $e 2 externref)
            (func $one (result i32) (i32.const 1)) (func $two (result i32) (i32.const 2))
            (global $a (mut funcref) (ref.func $one)) (global $b funcref (ref.func $two))
            (global $c (mut funcref) (ref.null func)) (global $d externref (ref.null extern))
            (func $call (param funcref)
              (table.set $t (i32.const 0) (local.get 0))
              (call $show (call_indirect $t (type $number) (i32.const 0))))
            (func $pick (param i32 funcref funcref) (result funcref externref) (local funcref)
              (local.set 3 (select (result funcref)
                (local.get 1) (local.get 2) (local.get 0)))
              (if (result funcref) (ref.is_null (local.get 3))
                (then (global.get $b)) (else (local.get 3)))
              (table.get $e (i32.const 1)))"#,
        "(local externref)
            (call $call (global.get $a)) (call $call (global.get $b))
            (global.set $c (global.get $b)) (global.set $a (ref.func $two))
            (call $call (global.get $a)) (call $call (global.get $c))
            (call $show (ref.is_null (global.get $d)))
            (table.set $e (i32.const 1) (local.get 0))
            (call $pick (i32.const 1) (ref.func $one) (ref.func $two))
            (call $show (ref.is_null)) (call $call)
            (call $pick (i32.const 0) (ref.func $one) (ref.null func))
            (drop) (call $call)
            (call $call (ref.null func))",
        NULL,
    ),
    program(
        "a table of externref",
        "(call $show (table.size $extern))
         (table.fill $extern (i32.const 0) (ref.null extern) (i32.const 4))
         (call $show (ref.is_null (table.get $extern (i32.const 3))))
         (table.set $extern (i32.const 4) (ref.null extern))",
        OUT,
    ),
    Program::compared(
        "functions called like the object's own symbols",
        r#"(table $t 1 funcref) (elem (i32.const 0) $wasi_aot_globals)
            (global $a (mut i32) (i32.const 1)) (global $b (mut i32) (i32.const 2))
            (func $wasi_aot_globals (global.set $b (i32.const 3)))
            (func $wasi_aot_cells_0 (table.set $t (i32.const 0) (ref.null func)))"#,
        "(call_indirect (i32.const 0)) (call $show (global.get $b))
            (call $wasi_aot_cells_0) (call_indirect (i32.const 0))",
        NULL,
    ),
    Program::compared(
        "growth without a maximum",
        "(table $t 0 funcref) (type $none (func)) (func $one (call $show (i32.const 1)))
            (elem declare func $one)",
        "(call $show (table.grow $t (ref.func $one) (i32.const 100000)))
            (call $show (table.grow $t (ref.null func) (i32.const 1)))
            (call_indirect $t (type $none) (i32.const 99999))
            (call $show (table.grow $t (ref.null func) (i32.const -1)))
            (call_indirect $t (type $none) (i32.const 100000))",
        NULL,
    ),
    Program::compared(
        "an empty table",
        "(table $t 0 funcref) (type $none (func))",
        "(call $show (table.size $t))
            (table.fill $t (i32.const 0) (ref.null func) (i32.const 0))
            (call_indirect $t (type $none) (i32.const 0))",
        UNDEFINED,
    ),
];

const RANGES: &[Program] = &[
    program(
        "init and call",
        "(call $init (i32.const 4) (i32.const 0) (i32.const 3)) (call $nulls)
         (call $call (i32.const 4)) (call $call (i32.const 5)) (call $call (i32.const 6))
         (call $init (i32.const 10) (i32.const 4) (i32.const 0))
         (call $init (i32.const 9) (i32.const 3) (i32.const 1))
         (call $print (call_indirect $t (type $unary) (i64.const 1) (i32.const 9)))
         (table.init $t $nulls (i32.const 4) (i32.const 0) (i32.const 3)) (call $nulls)
         (call $call (i32.const 4)) (call $call (i32.const 6)) (call $call (i32.const 5))",
        NULL,
    ),
    program(
        "init behind the table",
        "(call $init (i32.const 7) (i32.const 0) (i32.const 4))",
        OUT,
    ),
    program(
        "init behind the segment",
        "(call $init (i32.const 0) (i32.const 1) (i32.const 4))",
        OUT,
    ),
    program(
        "init of nothing behind the table",
        "(call $init (i32.const 11) (i32.const 0) (i32.const 0))",
        OUT,
    ),
    program(
        "init of nothing behind the segment",
        "(call $init (i32.const 0) (i32.const 5) (i32.const 0))",
        OUT,
    ),
    program(
        "init where the sum in the segment wraps",
        "(call $init (i32.const 0) (i32.const -1) (i32.const 2))",
        OUT,
    ),
    program(
        "init where the sum in the table wraps",
        "(call $init (i32.const -1) (i32.const 0) (i32.const 2))",
        OUT,
    ),
    program(
        "a dropped segment is empty",
        "(call $init (i32.const 0) (i32.const 0) (i32.const 1)) (call $call (i32.const 0))
         (elem.drop $passive) (elem.drop $passive)
         (call $init (i32.const 0) (i32.const 0) (i32.const 0))
         (call $init (i32.const 0) (i32.const 0) (i32.const 1))",
        OUT,
    ),
    program(
        "a declared segment is empty",
        "(table.init $t $declared (i32.const 0) (i32.const 0) (i32.const 0))
         (call $show (i32.const 1))
         (table.init $t $declared (i32.const 0) (i32.const 0) (i32.const 1))",
        OUT,
    ),
    program(
        "an active segment is dropped at the start",
        "(table.init $t 1 (i32.const 0) (i32.const 0) (i32.const 0)) (elem.drop 1)
         (call $show (i32.const 1))
         (table.init $t 1 (i32.const 0) (i32.const 0) (i32.const 1))",
        OUT,
    ),
    program(
        "copy to where it overlaps",
        "(call $init (i32.const 4) (i32.const 0) (i32.const 3))
         (call $copy (i32.const 5) (i32.const 4) (i32.const 3)) (call $nulls)
         (call $call (i32.const 5)) (call $call (i32.const 6)) (call $call (i32.const 7))
         (call $copy (i32.const 3) (i32.const 4) (i32.const 4)) (call $nulls)
         (call $call (i32.const 3)) (call $call (i32.const 4)) (call $call (i32.const 5))
         (call $copy (i32.const 3) (i32.const 3) (i32.const 7))
         (call $copy (i32.const 10) (i32.const 10) (i32.const 0)) (call $nulls)
         (call $call (i32.const 8))",
        NULL,
    ),
    program(
        "copy between tables",
        "(table.copy $t $fixed (i32.const 5) (i32.const 1) (i32.const 3)) (call $nulls)
         (call $call (i32.const 5)) (call $call (i32.const 6))
         (table.copy $t $second (i32.const 0) (i32.const 0) (i32.const 3)) (call $nulls)
         (call $call (i32.const 0))
         (table.copy $grows $t (i32.const 0) (i32.const 5) (i32.const 2))
         (call $show (call_indirect $grows (type $number) (i32.const 1)))
         (call $call (i32.const 7))",
        MISMATCH,
    ),
    program(
        "copy behind the source",
        "(table.copy $t $fixed (i32.const 0) (i32.const 3) (i32.const 4))",
        OUT,
    ),
    program(
        "copy behind the destination",
        "(table.copy $t $fixed (i32.const 6) (i32.const 0) (i32.const 5))",
        OUT,
    ),
    program(
        "copy nothing from behind the source",
        "(table.copy $t $fixed (i32.const 0) (i32.const 7) (i32.const 0))",
        OUT,
    ),
    program(
        "copy nothing to behind the destination",
        "(table.copy $t $fixed (i32.const 11) (i32.const 0) (i32.const 0))",
        OUT,
    ),
    program(
        "copy where the sum wraps",
        "(call $copy (i32.const -2) (i32.const 0) (i32.const 3))",
        OUT,
    ),
    program(
        "copy within the current size of a table that grows",
        "(table.copy $grows $t (i32.const 0) (i32.const 2) (i32.const 2))
         (call $show (call_indirect $grows (type $number) (i32.const 1)))
         (table.copy $grows $t (i32.const 0) (i32.const 2) (i32.const 3))",
        OUT,
    ),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    [
        agree::trials("tables", CALLS.iter().cloned(), tool),
        agree::trials("tables", ELEMENTS.iter().cloned(), tool),
        agree::trials("tables", RANGES.iter().cloned(), tool),
        vec![test("tables/room for a maximum", tool, room)],
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// A table grows to its own maximum. If the maximum is too large, the build says how far
/// the table grows instead.
fn room(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let own = "wasi-aot: note: table 0 may have 4000000000 elements; here it grows to 1048576";
    for (maximum, room, note) in [
        ("", 1 << 20, ""),
        ("3", 3, ""),
        ("2000000", 2_000_000, ""),
        ("10000000", 10_000_000, ""),
        ("4000000000", 1 << 20, own),
    ] {
        let wasm = assemble(
            dir.path(),
            "m.wasm",
            &format!(
                r#"(module (table 1 {maximum} funcref) (elem (i32.const 0) $f) (memory 0)
                   (func $grow (param i32) (result i32)
                     (table.grow (ref.func $f) (local.get 0)))
                   (func $f (export "_start")
                     (if (i32.ne (call $grow (i32.const {room})) (i32.const -1)) (then unreachable))
                     (if (i32.ne (call $grow (i32.const {})) (i32.const 1)) (then unreachable))
                     (if (i32.ne (call $grow (i32.const 1)) (i32.const -1)) (then unreachable))
                     (if (ref.is_null (table.get (i32.const {})))
                       (then unreachable))))"#,
                room - 1,
                room - 1
            ),
        )?;
        let program = dir.path().join("program");
        let built = tool.build(&wasm, &program, [""; 0])?;
        let said = text(&built.stderr);
        ensure!(built.ends == Ends::Exit(0), "{maximum}: {said}");
        ensure!(
            said.starts_with(note) && said.is_empty() == note.is_empty(),
            "{said}"
        );
        let ran = run(&program, &[], dir.path())?;
        ensure!(
            ran.ends == Ends::Exit(0),
            "{maximum}: {}: {}",
            ran.ends,
            text(&ran.stderr)
        );
    }
    Ok(())
}
