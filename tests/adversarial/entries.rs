//! What if a function is entered at a point that the compiler doesn't know? With trust in
//! resume points, the program ends with a message that says so.

use crate::case::Fact::{Preemptible, ResumePoints};
use crate::case::{BASE, BOTH, CASE, Case, Trusted};
use crate::module::NAMED;

const RULED_OUT: Trusted = Trusted::Traps("resumed where Go never resumes");

const RETURN_TO_4: &str = "(i64.store (local.get 1) (i64.const @sum:4))";

pub const CASES: &[Case] = &[
    Case {
        name: "a return address is computed",
        edits: &[(
            RETURN_TO_4,
            "(i64.store (local.get 1) (i64.add (i64.const 1) (i64.const @sum:3)))",
        )],
        knows: &[BOTH, ResumePoints(6)],
        trusted: RULED_OUT,
        ..CASE
    },
    Case {
        name: "a return address is read from data",
        edits: &[
            (RETURN_TO_4, "(i64.store (local.get 1) (i64.load (i32.const 3000)))"),
            (
                "(func $variant)",
                "(data (i32.const 3000) \"\\04\\00\\02\\10\")
  (func $variant)",
            ),
        ],
        knows: &[BOTH, ResumePoints(6)],
        trusted: RULED_OUT,
        ..CASE
    },
    Case {
        name: "a return address in two halves",
        edits: &[(
            RETURN_TO_4,
            "(i32.store (local.get 1) (i32.or (i32.shl (i32.const @sum) (i32.const 16)) (i32.const 4)))
             (i32.store offset=4 (local.get 1) (i32.const 0))",
        )],
        knows: &[BOTH, ResumePoints(6)],
        trusted: RULED_OUT,
        ..CASE
    },
    Case {
        name: "a constant that nobody returns to keeps a target",
        edits: &[
            (
                RETURN_TO_4,
                "(i64.store (local.get 1) (i64.add (i64.const 1) (i64.const @sum:3)))",
            ),
            ("(func $variant)", "(func $variant (drop (i64.const @sum:4)))"),
        ],
        ..CASE
    },
    Case {
        name: "an entry from outside at a jump's target",
        edits: &[(
            "(func $variant)",
            "(func $variant (call $run (i64.add (i64.const 1) (i64.const @guarded:0))))",
        )],
        knows: BASE,
        trusted: RULED_OUT,
        ..CASE
    },
    Case {
        name: "a direct call at a jump's target",
        edits: &[(
            "(func $variant)",
            "(func $variant (global.set 0 (i32.const 0x7000)) (call $show (call $guarded (i32.const 1))))",
        )],
        trusted: RULED_OUT,
        ..CASE
    },
    Case {
        name: "a direct call at a resume point",
        edits: &[(
            "(func $variant)",
            "(func $variant (global.set 0 (i32.const 0x7000)) (call $show (call $guarded (i32.const 2))))",
        )],
        ..CASE
    },
    Case {
        name: "a PC_B behind the table leads to the default",
        edits: &[(
            "(func $variant)",
            "(func $variant (global.set 0 (i32.const 0x7000)) (call $show (call $guarded (i32.const 3000))))",
        )],
        // The default of the `br_table` is 2. That entry is kept, but not for all numbers.
        trusted: RULED_OUT,
        ..CASE
    },
    Case {
        name: "pclntab has no deferreturn",
        named: &[
            ("sum", "main.sum", 0),
            ("guarded", "main.guarded", 0),
            ("morestack", "runtime.morestack", 0),
        ],
        knows: &[BOTH, ResumePoints(6)],
        trusted: RULED_OUT,
        ..CASE
    },
    Case {
        name: "pclntab has another deferreturn",
        named: &[
            ("sum", "main.sum", 2),
            ("guarded", "main.guarded", 0xffff),
            ("morestack", "runtime.morestack", 0),
        ],
        // The default of the `br_table` is block 2.
        knows: &[BOTH, ResumePoints(8)],
        ..CASE
    },
    Case {
        name: "pclntab leaves a function out",
        named: &[("sum", "main.sum", 0), ("morestack", "runtime.morestack", 0)],
        knows: &[BOTH, ResumePoints(6)],
        trusted: RULED_OUT,
        ..CASE
    },
    Case {
        name: "pclntab counts a function twice",
        named: &[
            ("guarded", "main.other", 1),
            ("guarded", "main.guarded", 2),
            ("sum", "main.sum", 0),
        ],
        knows: &[BOTH, ResumePoints(8), Preemptible(false)],
        ..CASE
    },
    Case {
        name: "pclntab takes another function for morestack",
        named: &[("guarded", "runtime.morestack", 2), ("sum", "runtime.gogo", 0)],
        knows: &[BOTH, ResumePoints(7), Preemptible(false)],
        ..CASE
    },
    Case {
        name: "two pclntabs, the first counts",
        edits: &[(
            "(func $variant)",
            // 1 function, no name, an entry of PC_F 0x1002 with deferreturn 1.
            "(data (i32.const 0x3800) \"\\f1\\ff\\ff\\ff\\00\\00\\01\\08\\01\\00\\00\\00\\00\\00\\00\\00\")
             (data (i32.const 0x3820) \"\\48\")
             (data (i32.const 0x3840) \"\\50\")
             (data (i32.const 0x3850) \"\\02\\10\\00\\00\\08\\00\\00\\00\\02\\10\\00\\00\\00\\00\\00\\00\\00\\00\\00\\00\\01\\00\\00\\00\")
  (func $variant)",
        )],
        named: NAMED,
        knows: &[BOTH, ResumePoints(7), Preemptible(false)],
        trusted: RULED_OUT,
    },
];
