//! Is a call cut only if its function never returns? The cases have functions that look as
//! if they never returned, and calls that look like Go's.

use crate::case::Fact::{self, Dispatches, NeverReturn, Removed};
use crate::case::{CASE, Case};

const THROW: &str = "(func $throw (param i32) (result i32) (local i32)
    (global.set 0 (i32.load (i32.const 2080)))
    (i32.const 1))";

const CALL: &str = "(call $throw (i32.const 0))
    (global.get 0) (local.set 1)
    (if (then (i32.const 1) (return)))";

/// Only $morestack never returns: it traps.
const ONE: &[Fact] = &[NeverReturn(1), Removed(2)];
const TWO: &[Fact] = &[NeverReturn(2), Removed(2)];
const THREE: &[Fact] = &[NeverReturn(3), Dispatches(2, 2)];

/// A case with another body of $throw.
macro_rules! throw {
    ($name:literal, $body:literal, $knows:expr) => {
        Case {
            name: $name,
            edits: &[(
                THROW,
                concat!(
                    "(func $throw (param i32) (result i32) (local i32) ",
                    $body,
                    ")"
                ),
            )],
            knows: $knows,
            ..CASE
        }
    };
}

/// A case with another call of $throw.
macro_rules! call {
    ($name:literal, $call:literal, $knows:expr) => {
        Case {
            name: $name,
            edits: &[(CALL, $call)],
            knows: $knows,
            ..CASE
        }
    };
}

pub const CASES: &[Case] = &[
    throw!(
        "returns on one path",
        "(if (i32.load (i32.const 2048)) (then (return (i32.const 0))))
         (global.set 0 (i32.load (i32.const 2080))) (i32.const 1)",
        ONE
    ),
    throw!("returns 2", "(global.set 0 (i32.load (i32.const 2080))) (i32.const 2)", ONE),
    throw!("returns a computed 0", "(i32.sub (i32.const 1) (i32.const 1))", ONE),
    throw!("returns a computed 1", "(global.set 0 (i32.load (i32.const 2080))) (i32.add (i32.const 1) (i32.const 0))", ONE),
    throw!("returns its parameter", "(local.get 0)", ONE),
    throw!(
        "returns 1 to the top of the stack and 0 below",
        "(i32.const 0) (drop (i32.const 1))",
        ONE
    ),
    throw!(
        "returns what another returns",
        "(global.set 0 (i32.sub (i32.load (i32.const 2080)) (i32.const 8))) (call $yield (i32.const 0))",
        ONE
    ),
    throw!(
        "returns what another returns that is called indirectly",
        "(global.set 0 (i32.sub (i32.load (i32.const 2080)) (i32.const 8)))
         (call_indirect (type $go) (i32.const 0) (i32.const @yield))",
        ONE
    ),
    throw!(
        "recurses, then returns",
        "(i64.store (i32.const 2088) (i64.add (i64.load (i32.const 2088)) (i64.const 1)))
         (if (i32.lt_u (i32.load (i32.const 2088)) (i32.const 5)) (then (return (call $throw (i32.const 0)))))
         (i32.const 0)",
        ONE
    ),
    throw!(
        "recurses, then throws",
        "(i64.store (i32.const 2088) (i64.add (i64.load (i32.const 2088)) (i64.const 1)))
         (if (i32.lt_u (i32.load (i32.const 2088)) (i32.const 5)) (then (return (call $throw (i32.const 0)))))
         (global.set 0 (i32.load (i32.const 2080))) (i32.const 1)",
        THREE
    ),
    throw!("traps", "(unreachable)", THREE),
    throw!("traps on one path", "(if (i64.eqz (i64.load (i32.const 2048))) (then (unreachable))) (i32.const 0)", ONE),
    throw!(
        "a condition that always holds",
        "(global.set 0 (i32.load (i32.const 2080)))
         (i64.const 0) (i64.eqz) (if (then (i32.const 1) (return))) (i32.const 0)",
        THREE
    ),
    throw!(
        "a condition that never holds",
        "(i64.const 1) (i64.eqz) (if (then (i32.const 1) (return))) (i32.const 0)",
        ONE
    ),
    throw!(
        "returns only by an entry at 1",
        "(block $b1 (block $b0 (br_table $b0 $b1 (local.get 0)))
           (global.set 0 (i32.load (i32.const 2080))) (return (i32.const 1)))
         (i32.const 0)",
        &[NeverReturn(3), Dispatches(3, 3)]
    ),
    Case {
        name: "returns only by an entry at 1, which is called",
        edits: &[
            (
                THROW,
                "(func $throw (param i32) (result i32)
    (block $b1 (block $b0 (br_table $b0 $b1 (local.get 0)))
      (global.set 0 (i32.load (i32.const 2080))) (return (i32.const 1)))
    (drop (i64.const @throw:1)) (i32.const 0))",
            ),
            (CALL, "(call $throw (i32.const 1))
    (global.get 0) (local.set 1)
    (if (then (i32.const 1) (return)))"),
        ],
        knows: &[NeverReturn(2), Dispatches(3, 3)],
        ..CASE
    },
    Case {
        name: "returns only by an entry at 1, which is returned from",
        edits: &[
            (
                THROW,
                "(func $throw (param i32) (result i32)
    (block $b1 (block $b0 (br_table $b0 $b1 (local.get 0)))
      (global.set 0 (i32.load (i32.const 2080))) (return (i32.const 1)))
    (drop (i64.const @throw:1)) (i32.const 0))
  (func $passes (param i32) (result i32) (call $throw (i32.const 1)))",
            ),
            ("(call $throw (i32.const 0))", "(call $passes (i32.const 0))"),
        ],
        knows: &[NeverReturn(2), Dispatches(3, 3)],
        ..CASE
    },
    call!(
        "a call whose argument is computed",
        "(call $throw (i32.load (i32.const 3000)))
    (global.get 0) (local.set 1)
    (if (then (i32.const 1) (return)))",
        TWO
    ),
    call!(
        "a call whose result is inverted",
        "(call $throw (i32.const 0)) (i32.eqz)
    (if (then (i32.const 1) (return)))",
        TWO
    ),
    call!(
        "a call whose result is dropped",
        "(drop (call $throw (i32.const 0))) (i32.load (i32.const 3000))
    (if (then (i32.const 1) (return)))",
        TWO
    ),
    call!(
        "a call whose result is below another",
        "(call $throw (i32.const 0)) (global.get $pause)
    (if (then (i32.const 1) (return))) (drop)",
        TWO
    ),
    call!(
        "what follows does more than return 1",
        "(call $throw (i32.const 0))
    (if (then (call $show (i32.const 0x600d)) (i32.const 1) (return)))",
        THREE
    ),
    call!(
        "what follows returns 0",
        "(call $throw (i32.const 0))
    (if (then (i32.const 0) (return)))",
        TWO
    ),
    call!(
        "what follows traps",
        "(call $throw (i32.const 0)) (global.get 0) (local.set 1)
    (if (then (unreachable)))",
        THREE
    ),
    call!(
        "a branch out of a block",
        "(block $unwinds (br_if $unwinds (call $throw (i32.const 0)))
       (call $show (i32.const 1)) (return (i32.const 0)))
    (i32.const 1) (return)",
        THREE
    ),
    call!(
        "an operand below the call",
        "(i64.const 5) (call $throw (i32.const 0))
    (if (then (i32.const 1) (return))) (call $print)",
        THREE
    ),
    Case {
        name: "an operand goes along the branch",
        edits: &[(
            "(func $variant)",
            "(func $two (param i32) (result i32 i32)
    (i32.const 7)
    (call $throw (i32.const 0))
    (if (param i32) (then (i32.const 1) (return)) (else (drop)))
    (i32.const 2) (i32.const 3))
  (func $variant (call $two (i32.const 0)) (call $show) (call $show))",
        )],
        knows: THREE,
        ..CASE
    },
    Case {
        name: "the process ends on one path",
        edits: &[
            (
                "(memory (export \"memory\") 1)",
                "(import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))
  (memory (export \"memory\") 1)",
            ),
            (
                THROW,
                "(func $throw (param i32) (result i32)
    (if (i64.eqz (i64.load (i32.const 2048))) (then (call $exit (i32.const 3))))
    (i32.const 0))",
            ),
        ],
        knows: ONE,
        ..CASE
    },
    Case {
        name: "the process ends",
        edits: &[
            (
                "(memory (export \"memory\") 1)",
                "(import \"wasi_snapshot_preview1\" \"proc_exit\" (func $exit (param i32)))
  (memory (export \"memory\") 1)",
            ),
            (
                THROW,
                "(func $throw (param i32) (result i32) (call $exit (i32.const 3)) (i32.const 0))",
            ),
        ],
        knows: THREE,
        ..CASE
    },
    Case {
        name: "a function called proc_exit goes on",
        edits: &[(
            THROW,
            "(func $proc_exit (param i32))
  (func $throw (param i32) (result i32) (call $proc_exit (i32.const 3)) (i32.const 0))",
        )],
        knows: ONE,
        ..CASE
    },
];
