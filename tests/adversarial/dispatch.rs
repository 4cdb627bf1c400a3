//! Does the compiler handle dispatches correctly that only resemble Go's? Their jumps have
//! a wrong PC_B, or a PC_B that isn't a constant.

use crate::case::Fact::{self, Dispatches, NeverReturn, ResumePoints};
use crate::case::{BASE, CASE, Case};

/// The jump of $guarded's block 0.
const JUMP: &str = "(i64.store (i32.const 2056) (i64.const 1))
        (i32.const 1) (local.set 0) (br $entry))";

/// The build leaves $guarded's dispatch as it is.
const LEFT: &[Fact] = &[Dispatches(1, 2), ResumePoints(7)];

/// A case with this jump in $guarded's block 0.
macro_rules! jump {
    ($name:literal, $jump:literal, $knows:expr) => {
        Case {
            name: $name,
            edits: &[(
                JUMP,
                concat!(
                    "(i64.store (i32.const 2056) (i64.const 1)) ",
                    $jump,
                    " (br $entry))"
                ),
            )],
            knows: $knows,
            ..CASE
        }
    };
}

pub const CASES: &[Case] = &[
    Case {
        name: "the base module",
        ..CASE
    },
    jump!(
        "a constant out of range",
        "(i32.const 77) (local.set 0)",
        BASE
    ),
    jump!(
        "a constant of all ones",
        "(i32.const -1) (local.set 0)",
        BASE
    ),
    jump!(
        "set twice, the last counts",
        "(i32.const 2) (local.set 0) (i32.const 1) (local.set 0)",
        BASE
    ),
    jump!(
        "the constant is not what is set",
        "(i32.const 2) (local.set 0) (i32.const 1) (drop)",
        LEFT
    ),
    jump!(
        "the constant goes elsewhere",
        "(i32.const 2) (local.set 0) (i32.const 1) (local.set 1)",
        LEFT
    ),
    jump!("set by tee", "(i32.const 2) (local.tee 0) (drop)", BASE),
    jump!(
        "set on one path",
        "(i32.const 1) (local.set 0) (if (i32.load (i32.const 2048)) (then (i32.const 2) (local.set 0)))",
        LEFT
    ),
    jump!(
        "jumped to on a condition",
        "(i32.const 2) (local.set 0) (br_if $entry (i32.load (i32.const 2048))) (i32.const 1) (local.set 0)",
        LEFT
    ),
    jump!(
        "a sum of constants",
        "(i32.const 1) (i32.const 1) (i32.add) (local.set 0)",
        LEFT
    ),
    jump!(
        "read from memory",
        "(local.set 0 (i32.load (i32.const 2056)))",
        LEFT
    ),
    jump!(
        "operands below the constant",
        "(i32.const 2) (i64.const 3) (i32.const 1) (local.set 0)",
        BASE
    ),
    Case {
        name: "the entry chooses its target",
        edits: &[(
            "(block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 (local.get 0)))",
            "(block $b2 (block $b1 (block $b0
        (br_table $b1 $b0 $b2 (local.get 0)))",
        )],
        knows: BASE,
        ..CASE
    },
    Case {
        name: "a dispatch on another local",
        edits: &[(
            "(br_table $b0 $b1 $b2 (local.get 0))",
            "(br_table $b0 $b1 $b2 (i32.load (i32.const 2056)))",
        )],
        knows: LEFT,
        ..CASE
    },
    Case {
        name: "a dispatch on a sum",
        edits: &[(
            "(br_table $b0 $b1 $b2 (local.get 0))",
            "(br_table $b2 $b0 $b1 $b2 (i32.add (local.get 0) (i32.const 1)))",
        )],
        knows: LEFT,
        ..CASE
    },
    Case {
        name: "a dispatch that counts",
        edits: &[(
            "(br_table $b0 $b1 $b2 (local.get 0))",
            "(i64.store (i32.const 2064) (i64.add (i64.load (i32.const 2064)) (i64.const 1)))
             (br_table $b0 $b1 $b2 (local.get 0))",
        )],
        knows: LEFT,
        ..CASE
    },
    Case {
        name: "targets in another order",
        edits: &[
            (
                "(br_table $b0 $b1 $b2 (local.get 0))",
                "(br_table $b0 $b2 $b1 (local.get 0))",
            ),
            (
                "(i32.const 1) (local.set 0) (br $entry))
        (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 8))))",
                "(i32.const 2) (local.set 0) (br $entry))
        (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 8))))",
            ),
        ],
        ..CASE
    },
    Case {
        name: "a second dispatch inside",
        edits: &[(
            JUMP,
            "(i64.store (i32.const 2056) (i64.const 1))
             (block $x (block $y (br_table $x $y (local.get 0))) (call $show (i32.const 9)))
             (i32.const 1) (local.set 0) (br $entry))",
        )],
        ..CASE
    },
    Case {
        name: "an entry that sets PC_B",
        edits: &[(
            "(func $guarded (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))",
            "(func $guarded (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (if (i32.eqz (local.get 0)) (then (call $show (i32.const 1))))
    (local.set 0 (i32.const 1))",
        )],
        knows: LEFT,
        ..CASE
    },
    Case {
        name: "an entry that sets PC_B, and what returns only there",
        edits: &[(
            "(func $throw (param i32) (result i32) (local i32)
    (global.set 0 (i32.load (i32.const 2080)))
    (i32.const 1))",
            "(func $throw (param i32) (result i32)
    (local.set 0 (i32.const 1))
    (block $b1 (block $b0 (br_table $b0 $b1 (local.get 0)))
      (return (i32.const 1)))
    (i32.const 0))",
        )],
        knows: &[Dispatches(2, 3), NeverReturn(1)],
        ..CASE
    },
    Case {
        name: "an operand through the dispatch",
        edits: &[(
            "(func $variant)",
            "(func $carries (param i32) (result i32)
    (i32.const 7)
    (loop $entry (param i32)
      (block $b1 (block $b0 (br_table $b0 $b1 (local.get 0)))
        (i32.const 9)
        (i32.const 1) (local.set 0) (br $entry))
      (return))
    (unreachable))
  (func $variant (call $show (call $carries (i32.const 0))))",
        )],
        knows: &[Dispatches(2, 3)],
        ..CASE
    },
    Case {
        name: "an operand out of the dispatch",
        edits: &[(
            "(func $variant)",
            "(func $carries (param i32) (result i32)
    (block $b0 (result i32) (i32.const 7) (br_table $b0 $b0 (local.get 0))))
  (func $variant (call $show (call $carries (i32.const 0))))",
        )],
        knows: &[Dispatches(2, 3)],
        ..CASE
    },
    Case {
        name: "an operand that the dispatch drops",
        edits: &[(
            "(func $variant)",
            "(func $drops (param i32) (result i32)
    (block $b0 (i32.const 7) (br_table $b0 $b0 (local.get 0)))
    (i32.const 5))
  (func $variant (call $show (call $drops (i32.const 0))))",
        )],
        knows: &[Dispatches(3, 3)],
        ..CASE
    },
    Case {
        name: "no parameter to dispatch on",
        edits: &[(
            "(func $variant)",
            "(func $variant (local i32)
    (loop $entry
      (block $b2 (block $b1 (block $b0 (br_table $b0 $b1 $b2 (local.get 0)))
          (call $show (i32.const 100)) (i32.const 2) (local.set 0) (br $entry))
        (call $show (i32.const 101)) (return))
      (call $show (i32.const 102)) (i32.const 1) (local.set 0) (br $entry)))",
        )],
        knows: &[Dispatches(3, 3)],
        ..CASE
    },
    Case {
        name: "a loop that turns through the dispatch",
        edits: &[(
            "(func $variant)",
            "(func $turns (param i32) (result i32) (local i32)
    (loop $entry
      (block $b2 (block $b1 (block $b0 (br_table $b0 $b1 $b2 (local.get 0)))
          (local.set 1 (i32.const 5)) (i32.const 1) (local.set 0) (br $entry))
        (if (i32.eqz (local.get 1)) (then (i32.const 2) (local.set 0) (br $entry)))
        (call $show (local.get 1))
        (local.set 1 (i32.sub (local.get 1) (i32.const 1)))
        (i32.const 1) (local.set 0) (br $entry))
      (call $show (local.get 0)) (return (local.get 1)))
    (unreachable))
  (func $variant (call $show (call $turns (i32.const 0))))",
        )],
        knows: &[Dispatches(3, 3)],
        ..CASE
    },
];
