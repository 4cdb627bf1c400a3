//! Do passive data segments and `memory.init` work at their limits? Do constant expressions
//! work?

use harness::agree::{self, Program};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

/// A passive segment of five bytes beside an active one.
const ITEMS: &str = r#"(data $five "abcde") (data $active (i32.const 8) "xyz")
    (func $init (param i32 i32 i32)
      (memory.init $five (local.get 0) (local.get 1) (local.get 2)))
    (func $init_active (param i32 i32 i32)
      (memory.init $active (local.get 0) (local.get 1) (local.get 2)))"#;

const fn program(name: &'static str, body: &'static str, trap: &'static str) -> Program {
    Program::compared(name, ITEMS, body, trap)
}

const OUT: &str = "out of bounds memory access";

const PROGRAMS: &[Program] = &[
    program(
        "init copies all and parts",
        "(call $init (i32.const 0) (i32.const 0) (i32.const 5))
         (call $init (i32.const 16) (i32.const 3) (i32.const 2))
         (call $init (i32.const 65531) (i32.const 0) (i32.const 5))
         (call $print (i64.load (i32.const 0)))
         (call $print (i64.load (i32.const 8)))
         (call $print (i64.load (i32.const 16)))
         (call $print (i64.load (i32.const 65528)))",
        "",
    ),
    program(
        "init of a constant length",
        "(memory.init $five (i32.const 1) (i32.const 1) (i32.const 3))
         (call $print (i64.load (i32.const 0)))",
        "",
    ),
    program(
        "nothing fits at the very ends",
        "(call $init (i32.const 65536) (i32.const 0) (i32.const 0))
         (call $init (i32.const 0) (i32.const 5) (i32.const 0))
         (call $init (i32.const 65536) (i32.const 5) (i32.const 0))
         (call $show (i32.const 1))",
        "",
    ),
    program(
        "nothing behind memory",
        "(call $init (i32.const 65537) (i32.const 0) (i32.const 0))",
        OUT,
    ),
    program(
        "nothing behind the segment",
        "(call $init (i32.const 0) (i32.const 6) (i32.const 0))",
        OUT,
    ),
    program(
        "one byte behind memory",
        "(call $init (i32.const 65532) (i32.const 0) (i32.const 5))",
        OUT,
    ),
    program(
        "one byte behind the segment",
        "(call $init (i32.const 0) (i32.const 1) (i32.const 5))",
        OUT,
    ),
    program(
        "the sum in the segment wraps",
        "(call $init (i32.const 0) (i32.const -1) (i32.const 2))",
        OUT,
    ),
    program(
        "the sum in memory wraps",
        "(call $init (i32.const -2) (i32.const 0) (i32.const 3))",
        OUT,
    ),
    program(
        "a length of all ones",
        "(call $init (i32.const 1) (i32.const 1) (i32.const -1))",
        OUT,
    ),
    program(
        "a dropped segment is empty",
        "(call $init (i32.const 0) (i32.const 0) (i32.const 1))
         (data.drop $five) (data.drop $five) (data.drop $active)
         (call $init (i32.const 0) (i32.const 0) (i32.const 0))
         (call $show (i32.load (i32.const 0)))
         (call $init (i32.const 0) (i32.const 0) (i32.const 1))",
        OUT,
    ),
    program(
        "nothing of a dropped segment from behind its start",
        "(data.drop $five) (call $init (i32.const 0) (i32.const 1) (i32.const 0))",
        OUT,
    ),
    program(
        "an active segment is dropped at the start",
        "(call $init_active (i32.const 0) (i32.const 0) (i32.const 0))
         (call $show (i32.load (i32.const 8)))
         (call $init_active (i32.const 0) (i32.const 0) (i32.const 1))",
        OUT,
    ),
    program(
        "init in memory that has grown",
        "(drop (memory.grow (i32.const 1)))
         (call $init (i32.const 131067) (i32.const 0) (i32.const 5))
         (call $print (i64.load (i32.const 131064)))
         (call $init (i32.const 131068) (i32.const 0) (i32.const 5))",
        OUT,
    ),
    Program::compared(
        "constant expressions",
        r#"(global $a i32 (i32.sub (i32.const 1) (i32.mul (i32.const 3) (i32.const 5))))
            (global $b i64 (i64.mul (i64.add (i64.const 1) (i64.const -1)) (i64.const 7)))
            (global $c i64 (i64.sub (i64.const 0x8000000000000000) (i64.const 1)))
            (global $d (mut i32) (i32.add (i32.const 0x7fffffff) (i32.const 1)))
            (data (i32.add (i32.const 4) (i32.const 12)) "here")"#,
        "(call $show (global.get $a)) (call $print (global.get $b))
            (call $print (global.get $c)) (call $show (global.get $d))
            (call $show (i32.load (i32.const 16)))",
        "",
    ),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    agree::trials("bulk", PROGRAMS.iter().cloned(), tool)
}
