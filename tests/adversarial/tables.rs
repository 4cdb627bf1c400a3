//! What if function tables and globals are almost Go's? Either the compiler uses no knowledge
//! of Go, or its knowledge is true nevertheless.

use crate::case::Fact::{self, Dispatches, NotGo};
use crate::case::{CASE, Case};
use crate::module::LINKED;

const NOTHING: &[Fact] = &[NotGo];

/// A case with these items in the module.
macro_rules! items {
    ($name:literal, $items:literal, $knows:expr) => {
        Case {
            name: $name,
            edits: &[("(func $variant)", $items)],
            knows: $knows,
            ..CASE
        }
    };
}

pub const CASES: &[Case] = &[
    Case {
        name: "exported",
        edits: &[(
            LINKED,
            "TABLE PCLNTAB (export \"table\" (table $functions)) (export \"sum\" (func $sum))",
        )],
        ..CASE
    },
    items!(
        "written",
        "(func $variant
    (table.set (i32.const 0x1002) (table.get (i32.const @guarded)))
    (call $run (i64.const 0x10020002)) (call $print (i64.load (i32.const 2056))))",
        NOTHING
    ),
    items!(
        "written with what is there",
        "(func $variant (table.set (i32.const 0x1002) (table.get (i32.const 0x1002))))",
        NOTHING
    ),
    items!(
        "cleared, then called",
        "(func $variant (table.fill (i32.const 0x1002) (ref.null func) (i32.const 1))
    (call $run (i64.const @sum:0)))",
        NOTHING
    ),
    items!(
        "grown with a Go function",
        "(func $variant
    (call $show (table.grow (ref.func $guarded) (i32.const 2)))
    (call $show (table.size))
    (call $run (i64.add (i64.const 2) (i64.shl (i64.extend_i32_u (i32.sub (table.size) (i32.const 1))) (i64.const 16)))))",
        NOTHING
    ),
    Case {
        name: "one function is missing",
        edits: &[
            (LINKED, "TABLE PCLNTAB (elem (table $functions) (i32.const 0x1003) func $sum)"),
        ],
        knows: NOTHING,
        ..CASE
    },
    Case {
        name: "one function in front of the others",
        edits: &[
            (LINKED, "TABLE PCLNTAB (elem (table $functions) (i32.const 0xfff) func $sum)"),
            (
                "(func $variant)",
                "(func $variant (call $run (i64.const 0x0fff0000)))",
            ),
        ],
        knows: NOTHING,
        ..CASE
    },
    Case {
        name: "a second table",
        edits: &[
            (LINKED, "TABLE PCLNTAB (table $second 1 funcref) (elem (table $second) (i32.const 0) func $guarded)"),
            (
                "(func $variant)",
                "(func $variant (global.set 0 (i32.const 0x7000))
    (call $show (call_indirect $second (type $go) (i32.const 2) (i32.const 0))))",
            ),
        ],
        knows: NOTHING,
        ..CASE
    },
    items!(
        "a call of another type",
        "(func $variant (call_indirect (i32.const @sum)))",
        &[Dispatches(2, 2)]
    ),
    items!(
        "a call in front of the functions",
        "(func $variant (call_indirect (i32.const 0xfff)))",
        &[Dispatches(2, 2)]
    ),
    items!(
        "a call behind the functions",
        "(func $variant (call_indirect (i32.const 0x10000)))",
        &[Dispatches(2, 2)]
    ),
    Case {
        name: "functions under names of the runtime's",
        edits: &[
            (
                "(func $variant)",
                "(func $runtime.panicIndex (param i32) (result i32) (i32.const 0))
  (func $variant
    (if (call $runtime.panicIndex (i32.const 0)) (then (return)))
    (call $show (i32.const 0x600d)))",
            ),
        ],
        named: &[
            ("runtime.panicIndex", "runtime.panicIndex", 0),
            ("sum", "runtime.memequal", 0),
            ("add", "memeqbody", 0),
            ("yield", "runtime.memhash", 0),
            ("guarded", "runtime.gogo", 2),
            ("pc_loop", "runtime.mcall", 0),
            ("morestack", "runtime.morestack", 0),
        ],
        ..CASE
    },
];
