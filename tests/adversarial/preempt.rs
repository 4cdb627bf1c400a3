//! Does the runtime write only where it may when `g` isn't a goroutine? To preempt, the
//! runtime stores one word into the guest's memory. The store must stay inside this memory,
//! whatever `g` and the offsets in `morestack` are.

use crate::case::Fact::{self, Preemptible};
use crate::case::{self, CASE, Case, Trusted};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

const PREEMPTED: &[Fact] = &[Preemptible(true)];

/// `stackPreempt`, as it is printed.
const MARK: &str = "stackguard0: fffffffffffffade\n";

/// A case that computes for longer than the interval between two preemptions, with `g` as
/// given and memory as `$memory` prepares it. Then it prints `$word` of memory and clears it.
macro_rules! computes {
    ($name:literal, $g:literal, $memory:literal, $word:literal, $trusted:expr $(, $edit:expr)?) => {
        Case {
            name: $name,
            edits: &[
                $($edit,)?
                (
                    "(func $variant)",
                    concat!(
                        "(data (i32.const 3000) \"stackguard0: \")
  (func $compute (param i64) (result i64) (local i64)
    (loop $again
      (local.set 1 (i64.add (i64.mul (local.get 1) (i64.const 6364136223846793005)) (local.get 0)))
      (br_if $again (i64.ne (local.tee 0 (i64.sub (local.get 0) (i64.const 1))) (i64.const 0))))
    (local.get 1))
  (func $variant ",
                        $memory,
                        "(global.set $g (i64.const ",
                        $g,
                        "))
    (call $print (call $compute (i64.const 80000000)))
    (global.set $g (i64.const 0))
    (i32.store (i32.const 1024) (i32.const 3000)) (i32.store (i32.const 1028) (i32.const 13))
    (drop (call $fd_write (i32.const 1) (i32.const 1024) (i32.const 1) (i32.const 1032)))
    (call $print (i64.load (i32.const ",
                        $word,
                        ")))
    (i64.store (i32.const ",
                        $word,
                        ") (i64.const 0)) (call $print (i64.const 0)))"
                    ),
                ),
            ],
            knows: PREEMPTED,
            trusted: $trusted,
            ..CASE
        }
    };
}

/// morestack finds `m` at the start of a `g`.
const M_FIRST: (&str, &str) = (
    "(i64.load offset=48 (i32.wrap_i64 (global.get 2)))",
    "(i64.load (i32.wrap_i64 (global.get 2)))",
);

const M_FAR: (&str, &str) = (
    "(i64.load offset=48 (i32.wrap_i64 (global.get 2)))",
    "(i64.load offset=0xffffffff (i32.wrap_i64 (global.get 2)))",
);

const UNTOUCHED: Trusted = Trusted::AsSpecified;

const MARKED: Trusted = Trusted::Prints("stackguard0: 0000000000000000\n", MARK);

/// Asks for a frame on a stack whose guard lies 15 bytes before the last address. The
/// compiler trusts that no sum of a guard and a frame wraps around; here it does.
const GUARD_THAT_WRAPS: Case = Case {
    name: "a guard that wraps around",
    edits: &[(
        "(func $variant)",
        "(func $variant
    (i32.store (i32.const 0x3010) (i32.const -16))
    (global.set $g (i64.const 0x3000))
    (global.set 0 (i32.const 0x7000))
    (i32.le_u (global.get 0)
      (i32.add (i32.load offset=16 (i32.wrap_i64 (global.get $g))) (i32.const 4096)))
    (if (then (call $print (i64.const 0x1acc))) (else (call $print (i64.const 0xf00d))))
    (i32.store (i32.const 0x3010) (i32.const 0)) (global.set $g (i64.const 0))
    (call $print (i64.const 0)))",
    )],
    knows: PREEMPTED,
    trusted: Trusted::Prints("000000000000f00d\n", "0000000000001acc\n"),
    ..CASE
};

const CASES: &[Case] = &[
    computes!(
        "a g in memory has its word written",
        "0x3000",
        "(i64.store (i32.const 0x3030) (i64.const 0x3100)) (i64.store (i32.const 0x3100) (i64.const 0x3200))",
        "0x3010",
        MARKED
    ),
    computes!(
        "the scheduler's has not",
        "0x3000",
        "(i64.store (i32.const 0x3030) (i64.const 0x3100)) (i64.store (i32.const 0x3100) (i64.const 0x3000))",
        "0x3010",
        UNTOUCHED
    ),
    computes!("no g", "0", "", "16", UNTOUCHED),
    computes!("a g of all ones", "-1", "", "15", UNTOUCHED),
    computes!("a g whose fields wrap to 0", "-16", "", "0", UNTOUCHED),
    computes!("a g whose m wraps to 0", "-48", "", "0", UNTOUCHED),
    computes!(
        "a g with upper bits",
        "0x100003000",
        "",
        "0x3010",
        UNTOUCHED
    ),
    computes!("a g at 4 GiB", "0x100000000", "", "16", UNTOUCHED),
    computes!(
        "an m behind memory",
        "0x3000",
        "(i64.store (i32.const 0x3030) (i64.const 65529))",
        "0x3010",
        UNTOUCHED
    ),
    computes!(
        "an m of all ones",
        "0x3000",
        "(i64.store (i32.const 0x3030) (i64.const -1))",
        "0x3010",
        UNTOUCHED
    ),
    computes!(
        "an m in the last word of memory",
        "0x3000",
        "(i64.store (i32.const 0x3030) (i64.const 65528))",
        "0x3010",
        MARKED
    ),
    computes!(
        "the last word of memory",
        "65512",
        "",
        "65528",
        MARKED,
        M_FIRST
    ),
    computes!(
        "one byte behind memory",
        "65513",
        "",
        "65528",
        UNTOUCHED,
        M_FIRST
    ),
    computes!("an offset of all ones", "1", "", "16", UNTOUCHED, M_FAR),
    computes!(
        "an offset that wraps",
        "-0xffffffff",
        "",
        "16",
        UNTOUCHED,
        M_FAR
    ),
    GUARD_THAT_WRAPS,
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    case::trials("preempt", CASES, tool)
}
