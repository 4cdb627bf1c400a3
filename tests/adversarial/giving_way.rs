//! What if a loop gives way although the runtime didn't ask it to? The compiler trusts two
//! facts: only the runtime makes `stackguard0` ask, and `morestack` is Go's. If either fact
//! is wrong, the program calls a function of its own module and writes a word below SP, and
//! does nothing else.

use crate::case::Fact::{self, GivingWay, Preemptible};
use crate::case::{Case, Trusted};
use crate::module::Named;

const WITH_LOOP: &[Named] = &[
    ("sum", "main.sum", 0),
    ("guarded", "main.guarded", 2),
    ("morestack", "runtime.morestack", 0),
    ("morestack_noctxt", "runtime.morestack_noctxt", 0),
    ("tiny", "main.tiny", 0),
    ("turns", "main.turns", 0),
];

const KNOWS: &[Fact] = &[Preemptible(true), GivingWay(1)];

/// A loop of five turns. It calls a function without stack check, which counts at address
/// 2088. `morestack` counts at 2096 and lets its caller go on. `$start` starts the loop.
macro_rules! turns {
    ($name:literal, $call:literal, $start:literal, $trusted:expr) => {
        Case {
            name: $name,
            edits: &[(
                "(func $variant)",
                concat!(
                    "(data (i32.const 3000) \"gave way: \")
  (func $tiny (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (i64.store (i32.const 2088) (i64.add (i64.load (i32.const 2088)) (i64.const 1)))
    (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 8))))
    (i32.const 0))
  (func $morestack_noctxt (param i32) (result i32)
    (i64.store (i32.const 2096) (i64.add (i64.load (i32.const 2096)) (i64.const 1)))
    (i32.store (i32.const 0x3010) (i32.const 0))
    (global.set 0 (i32.add (global.get 0) (i32.const 8)))
    (i32.const 1))
  (func $turns (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (loop $entry
      (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 (local.get 0)))
        (i32.const 1) (local.set 0) (br $entry))
        (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 8))))
        (i64.store (local.get 1) (i64.const @turns:2))
        ",
                    $call,
                    "
        (global.get 0) (local.set 1)
        (if (then (i32.const 1) (return))))
      (if (i64.lt_u (i64.load (i32.const 2088)) (i64.const 5))
        (then (i32.const 1) (local.set 0) (br $entry)))
      (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 8))))
      (return (i32.const 0)))
    (unreachable))
  (func $variant
    (global.set $g (i64.const 0x3000))
    (i32.store (i32.const 0x3010) (i32.const -1314))
    ",
                    $start,
                    "
    (call $print (i64.load (i32.const 2088)))
    (i32.store (i32.const 1024) (i32.const 3000)) (i32.store (i32.const 1028) (i32.const 10))
    (drop (call $fd_write (i32.const 1) (i32.const 1024) (i32.const 1) (i32.const 1032)))
    (call $print (i64.load (i32.const 2096)))
    (i64.store (i32.const 2088) (i64.const 0)) (i64.store (i32.const 2096) (i64.const 0))
    (i32.store (i32.const 0x3010) (i32.const 0)) (global.set $g (i64.const 0))
    (memory.fill (i32.const 0x7f00) (i32.const 0) (i32.const 0x100))
    (call $print (i64.const 0)))"
                ),
            )],
            named: WITH_LOOP,
            knows: KNOWS,
            trusted: $trusted,
        }
    };
}

const ONCE: Trusted = Trusted::Prints(
    "gave way: 0000000000000000\n",
    "gave way: 0000000000000001\n",
);

pub const CASES: &[Case] = &[
    turns!(
        "a request that nobody made",
        "(call $tiny (i32.const 0))",
        "(call $run (i64.const @turns:0))",
        ONCE
    ),
    turns!(
        "the same through the table",
        "(call_indirect (type $go) (i32.const 0) (i32.const @tiny))",
        "(call $run (i64.const @turns:0))",
        ONCE
    ),
    turns!(
        "a stack that ends at 0",
        "(call $tiny (i32.const 0))",
        "(global.set 0 (i32.const 8)) (drop (call $turns (i32.const 0)))",
        Trusted::Traps("out of bounds memory access")
    ),
    turns!(
        "the same with a table's entry",
        "(call_indirect (type $go) (i32.const 0) (i32.const @tiny))",
        "(global.set 0 (i32.const 8)) (drop (call $turns (i32.const 0)))",
        Trusted::Traps("out of bounds memory access")
    ),
];
