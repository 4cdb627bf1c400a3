//! What if SP has a value that no Go program has?

use crate::case::Fact::{self, Dispatches};
use crate::case::{CASE, Case, Trusted};

/// All dispatches are removed, so the compiler trusts that SP doesn't wrap.
const THREE: &[Fact] = &[Dispatches(3, 3)];

/// The address of SP plus a constant, as Go's code computes it.
macro_rules! sp_plus {
    ($constant:literal) => {
        concat!(
            "(i32.wrap_i64 (i64.add (i64.extend_i32_u (local.get 1)) (i64.const ",
            $constant,
            ")))"
        )
    };
}

/// A Go function with this body, called after `$before`.
macro_rules! frame {
    ($name:literal, $before:expr, $body:expr, $trusted:expr) => {
        Case {
            name: $name,
            edits: &[(
                "(func $variant)",
                concat!(
                    "(func $frame (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (loop $entry
      (block $b1 (block $b0 (br_table $b0 $b1 (local.get 0)))
        ",
                    $body,
                    "(i32.const 1) (local.set 0) (br $entry))
      (return (i32.const 0)))
    (unreachable))
  (func $variant ",
                    $before,
                    "(call $show (call $frame (i32.const 0))))"
                ),
            )],
            knows: THREE,
            trusted: $trusted,
            ..CASE
        }
    };
}

/// As a call of Go's stores its return address.
macro_rules! pushed {
    () => {
        "(global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 8))))
         (i64.store (local.get 1) (i64.const 0x600d))
         (call $print (i64.load (local.get 1)))"
    };
}

const OUT: Trusted = Trusted::Traps("out of bounds memory access");

pub const CASES: &[Case] = &[
    frame!(
        "below 0, into the last bytes of 4 GiB",
        concat!(
            "(call $show (memory.grow (i32.const 65535)))
             (i64.store (i32.const -8) (i64.const 0x600d)) (global.set 0 (i32.const 8))"
        ),
        concat!("(call $print (i64.load ", sp_plus!("-16"), "))"),
        OUT
    ),
    frame!(
        "below 0, stores into the last bytes of 4 GiB",
        concat!(
            "(call $show (memory.grow (i32.const 65535))) (global.set 0 (i32.const 8))"
        ),
        concat!(
            "(i64.store ",
            sp_plus!("-16"),
            " (i64.const 0x600d)) (call $print (i64.load (i32.const -8)))"
        ),
        OUT
    ),
    frame!(
        "below 0, where there is no memory",
        "(global.set 0 (i32.const 8))",
        concat!("(call $print (i64.load ", sp_plus!("-16"), "))"),
        Trusted::AsSpecified
    ),
    frame!(
        "pushed below 0, into the last bytes of 4 GiB",
        "(call $show (memory.grow (i32.const 65535))) (global.set 0 (i32.const 0))",
        pushed!(),
        Trusted::TrapsOnArm64("out of bounds memory access")
    ),
    frame!(
        "pushed below 0, where there is no memory",
        "(global.set 0 (i32.const 0))",
        pushed!(),
        Trusted::AsSpecified
    ),
    frame!(
        "pushed across 0",
        "(call $show (memory.grow (i32.const 65535))) (global.set 0 (i32.const 4))",
        pushed!(),
        Trusted::AsSpecified
    ),
    frame!(
        "pushed onto the first bytes",
        "(global.set 0 (i32.const 8))",
        pushed!(),
        Trusted::AsSpecified
    ),
    frame!(
        "across 0, which ends behind 4 GiB",
        "(call $show (memory.grow (i32.const 65535))) (global.set 0 (i32.const 4))",
        concat!("(call $print (i64.load ", sp_plus!("-8"), "))"),
        Trusted::AsSpecified
    ),
    frame!(
        "above 2^32, to the first bytes",
        "(i64.store (i32.const 8) (i64.const 0x600d)) (global.set 0 (i32.const -8))",
        concat!("(call $print (i64.load ", sp_plus!("16"), "))"),
        OUT
    ),
    frame!(
        "above 2^32 in a memory of 4 GiB",
        "(call $show (memory.grow (i32.const 65535)))
         (i64.store (i32.const 8) (i64.const 0x600d)) (global.set 0 (i32.const -8))",
        concat!("(call $print (i64.load ", sp_plus!("16"), "))"),
        OUT
    ),
    frame!(
        "an offset brings back what wrapped",
        "(i64.store (i32.const 8) (i64.const 0x600d)) (global.set 0 (i32.const 8))",
        concat!("(call $print (i64.load offset=16 ", sp_plus!("-16"), "))"),
        Trusted::GoesOn("000000000000600d\n")
    ),
    frame!(
        "the furthest constants",
        "(call $show (memory.grow (i32.const 3)))
         (i64.store (i32.const 0x10000) (i64.const 1)) (i64.store (i32.const 0x2ffff) (i64.const 2))
         (i64.store (i32.const 0xffff) (i64.const 0x1000)) (i64.store (i32.const 0x30000) (i64.const 4))
         (global.set 0 (i32.const 0x20000))",
        concat!(
            "(call $print (i64.load ", sp_plus!("-65536"), "))
             (call $print (i64.load ", sp_plus!("65535"), "))
             (call $print (i64.load ", sp_plus!("-65537"), "))
             (call $print (i64.load ", sp_plus!("65536"), "))"
        ),
        Trusted::AsSpecified
    ),
    frame!(
        "a constant and the largest unchecked offset",
        "(call $show (memory.grow (i32.const 65535)))
         (i64.store (i32.const 0x40010fff) (i64.const 0x600d)) (global.set 0 (i32.const 0x1000))",
        concat!("(call $print (i64.load offset=0x40000000 ", sp_plus!("65535"), "))"),
        Trusted::AsSpecified
    ),
    frame!(
        "the far end of memory and of the reserve",
        "(call $show (memory.grow (i32.const 65535))) (global.set 0 (i32.const -1))",
        concat!("(call $print (i64.load offset=0x3fff0000 ", sp_plus!("65535"), "))"),
        // By the specification the address is 65534 + 0x3fff0000, which lies in memory.
        OUT
    ),
    frame!(
        "from 64 bits with upper ones",
        "(global.set 0 (i32.wrap_i64 (i64.const 0x123456700007000)))
         (i64.store (i32.const 0x7010) (i64.const 0x600d))",
        concat!("(call $print (i64.load ", sp_plus!("16"), "))"),
        Trusted::AsSpecified
    ),
    frame!(
        "from memory, far out of it",
        "(i32.store (i32.const 2064) (i32.const 0xdeadbeef)) (global.set 0 (i32.load (i32.const 2064)))",
        concat!("(call $print (i64.load ", sp_plus!("16"), "))"),
        Trusted::AsSpecified
    ),
    frame!(
        "moved by a sum that wraps",
        "(global.set 0 (i32.const 16))",
        "(global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 32))))
         (call $show (global.get 0))
         (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 0x7010))))
         (i64.store offset=16 (local.get 1) (i64.const 0x600d))
         (call $print (i64.load (i32.const 0x7010)))",
        Trusted::AsSpecified
    ),
    frame!(
        "no copy on one path",
        "(global.set 0 (i32.const 0x7000)) (i64.store (i32.const 0x6010) (i64.const 0x600d))",
        concat!(
            "(if (i32.load (i32.const 2048)) (then (local.set 1 (i32.const 0x6000))))
             (call $print (i64.load ", sp_plus!("16"), "))"
        ),
        Trusted::AsSpecified
    ),
    frame!(
        "no copy after a call that moves it",
        "(global.set 0 (i32.const 0x7000)) (i64.store (i32.const 0x7010) (i64.const 0x600d))",
        concat!(
            "(drop (call $add (i32.const 0)))
             (call $print (i64.load ", sp_plus!("16"), ")) (call $show (global.get 0))"
        ),
        Trusted::AsSpecified
    ),
    frame!(
        "no copy after an indirect call",
        "(global.set 0 (i32.const 0x7000)) (i64.store (i32.const 0x7010) (i64.const 0x600d))",
        concat!(
            "(drop (call_indirect (type $go) (i32.const 0) (i32.const @add)))
             (call $print (i64.load ", sp_plus!("16"), "))"
        ),
        Trusted::AsSpecified
    ),
    frame!(
        "the global moves and the copy doesn't",
        "(global.set 0 (i32.const 0x7000)) (i64.store (i32.const 0x7010) (i64.const 0x600d))",
        concat!(
            "(global.set 0 (i32.const 0x5000))
             (call $print (i64.load ", sp_plus!("16"), "))"
        ),
        Trusted::AsSpecified
    ),
    frame!(
        "captured in an operand before it moves",
        "(global.set 0 (i32.const 0x7000)) (i64.store (i32.const 0x7010) (i64.const 0x600d))",
        "(local.get 1) (global.set 0 (local.tee 1 (i32.const 0x5000)))
         (global.get 0) (call $show) (i64.load offset=16) (call $print)",
        Trusted::AsSpecified
    ),
    frame!(
        "moved right before the host grows and copies memory",
        "(global.set 0 (i32.const 0x7000))",
        "(loop $again
          (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 32))))
          (drop (memory.grow (i32.const 1)))
          (i64.store offset=16 (local.get 1) (i64.extend_i32_u (local.get 1)))
          (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 32))))
          (memory.copy (local.get 1) (i32.add (local.get 1) (i32.const 32)) (i32.load (i32.const 2048)))
          (memory.copy (local.get 1) (i32.add (local.get 1) (i32.const 32)) (global.get 0))
          (br_if $again (i32.gt_u (global.get 0) (i32.const 0x6f00))))
         (call $show (global.get 0))
         (call $print (i64.load (i32.const 0x6ff0)))",
        Trusted::AsSpecified
    ),
    frame!(
        "moved on the way round a loop",
        "(global.set 0 (i32.const 0x7000))",
        "(loop $again
           (call $show (local.get 1))
           (global.set 0 (i32.sub (global.get 0) (i32.const 8)))
           (br_if $again (i32.gt_u (global.get 0) (i32.const 0x6fe0))))",
        Trusted::AsSpecified
    ),
    Case {
        name: "exported",
        edits: &[(
            "(global $sp (mut i32) (i32.const 0))",
            "(global $sp (export \"sp\") (mut i32) (i32.const 0))",
        )],
        ..CASE
    },
    Case {
        name: "begins elsewhere",
        edits: &[
            (
                "(global $sp (mut i32) (i32.const 0))",
                "(global $sp (mut i32) (i32.const 0xfffffff8))",
            ),
            ("(func $start (export \"_start\")", "(func $start (export \"_start\") (call $show (global.get 0))"),
        ],
        ..CASE
    },
];
