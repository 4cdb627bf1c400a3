//! What is a value of SP plus a constant, and which accesses are off one.

use super::super::frame::{bases, slots, values};
use crate::go::Knowledge;
use crate::ir::Func;
use crate::pass::testing::{becomes, but, stays, with_cx};
use std::collections::BTreeSet;

fn exact(pass: fn(&mut Func, &crate::pass::Cx<'_, '_>) -> usize) -> impl Fn(&mut Func) -> usize {
    move |func| with_cx(None, None, |cx| pass(func, cx))
}

fn trusted(func: &mut Func) -> usize {
    let go = Knowledge::told(BTreeSet::new());
    with_cx(Some(&go), None, |cx| slots(func, cx))
}

/// Makes room for a frame of 32 bytes.
const MOVES: &str = "function (i32, sp) -> (i32, sp)
variables i32 sp, sp is x1
b0(v0: i32, v1: sp):
  v2: i32 = sp.low v1
  v3: i32 = i32.const 32
  v4: i32 = i32.sub v2 v3
  v5: sp = sp.from v4
  return v4 v5
";

#[test]
fn sp_minus_a_constant_is_one_operation() {
    let sum = "v6: sp = sp.add -32 v1\n  v4: i32 = sp.low v6";
    let after = but(MOVES, "v4: i32 = i32.sub v2 v3", sum);
    // The sum, and the value that is made of the sum.
    becomes(
        MOVES,
        &but(&after, "return v4 v5", "return v4 v6"),
        2,
        exact(values),
    );
}

#[test]
fn moves_of_sp_there_and_back_add_up() {
    let back =
        "v6: i32 = sp.low v5\n  v7: i32 = i32.add v6 v3\n  v8: sp = sp.from v7\n  return v4 v8";
    let before = but(MOVES, "return v4 v5", back);
    let after = but(
        MOVES,
        "v4: i32 = i32.sub v2 v3",
        "v9: sp = sp.add -32 v1\n  v4: i32 = sp.low v9",
    );
    // The lower half of SP behind the first move is the difference itself.
    let behind = "v6: i32 = sp.low v9
  v10: sp = sp.add 0 v1
  v7: i32 = sp.low v10
  v8: sp = sp.from v7
  return v4 v10";
    let after = but(&after, "return v4 v5", behind);
    let (changes, _) = crate::pass::testing::run(&before, exact(values));
    becomes(&before, &after, changes, exact(values));
}

#[test]
fn what_is_made_an_sp_and_a_number_again_is_the_number() {
    let there = but(MOVES, "i32.sub v2 v3", "i32.clz v0");
    let there = but(
        &there,
        "return v4 v5",
        "v6: i32 = sp.low v5\n  return v6 v5",
    );
    becomes(
        &there,
        &but(&there, "return v6", "return v4"),
        1,
        exact(values),
    );
    let back = but(MOVES, "sp.from v4", "sp.from v2");
    becomes(
        &back,
        &but(&back, "return v4 v5", "return v4 v1"),
        1,
        exact(values),
    );
}

#[test]
fn other_arithmetic_on_sp_stays() {
    for other in [
        "i32.mul v2 v3",
        "i32.sub v3 v2",
        "i32.add v3 v2",
        "i32.sub v2 v0",
        "i32.add v0 v3",
    ] {
        stays(&but(MOVES, "i32.sub v2 v3", other), exact(values));
    }
    // A sum that never becomes SP is an address.
    let address = but(MOVES, "  v5: sp = sp.from v4\n", "");
    stays(
        &but(&address, "return v4 v5", "return v4 v1"),
        exact(values),
    );
}

/// Loads at SP, and stores at SP plus 8.
const ACCESSES: &str = "function (i32, sp) -> (i32, sp)
variables i32 sp, sp is x1, dispatch b0
b0(v0: i32, v1: sp):
  v2: i32 = sp.low v1
  v3: i32 = i32.load v2 +4
  v4: i32 = i32.const 8
  v5: i32 = i32.add v2 v4
  i32.store v5 v3 +16
  return v3 v1
";

#[test]
fn an_access_at_sp_is_off_sp() {
    becomes(
        ACCESSES,
        &but(ACCESSES, "load v2 +4", "load v1 frame+4"),
        1,
        exact(bases),
    );
    let most = but(ACCESSES, "+4", "+1073741824");
    becomes(
        &most,
        &but(&most, "v2 +1073741824", "v1 frame+1073741824"),
        1,
        exact(bases),
    );
    // Both places of a copy; what is stored is no address.
    let copy = but(
        ACCESSES,
        "i32.store v5 v3 +16",
        "copy_short 16 v2 v2 +0 +64\n  i32.store v2 v2 +0",
    );
    let after = but(&copy, "load v2 +4", "load v1 frame+4");
    let after = but(&after, "v2 v2 +0 +64", "v1 v1 frame+0 frame+64");
    becomes(
        &copy,
        &but(&after, "store v2 v2 +0", "store v1 v2 frame+0"),
        4,
        exact(bases),
    );
}

#[test]
fn an_access_that_needs_a_comparison_or_another_memory_stays() {
    stays(&but(ACCESSES, "+4", "+1073741825"), exact(bases));
    stays(&but(ACCESSES, "v2 +4", "v2 memory1+4"), exact(bases));
    stays(&but(ACCESSES, "sp.low v1", "i32.clz v0"), exact(bases));
}

#[test]
fn an_access_at_sp_plus_a_small_constant_is_off_sp() {
    let after = |slot: &str| format!("store v1 v3 frame{slot}");
    becomes(
        ACCESSES,
        &but(ACCESSES, "store v5 v3 +16", &after("+24")),
        1,
        trusted,
    );
    for (constant, slot) in [("65535", "+65551"), ("-65536", "-65520"), ("-8", "+8")] {
        let before = but(ACCESSES, "i32.const 8", &format!("i32.const {constant}"));
        becomes(
            &before,
            &but(&before, "store v5 v3 +16", &after(slot)),
            1,
            trusted,
        );
    }
}

#[test]
fn a_constant_as_large_as_the_guard_stays() {
    stays(&but(ACCESSES, "i32.const 8", "i32.const 65536"), trusted);
    stays(&but(ACCESSES, "i32.const 8", "i32.const -65537"), trusted);
    // The sum of constant and offset is too large, though neither is.
    stays(&but(ACCESSES, "v5 v3 +16", "v5 v3 +1073741817"), trusted);
    let most = but(ACCESSES, "v5 v3 +16", "v5 v3 +1073741816");
    becomes(
        &most,
        &but(&most, "v5 v3 +1073741816", "v1 v3 frame+1073741824"),
        1,
        trusted,
    );
}

/// [`ACCESSES`] with an address that is computed in 64 bits.
fn wide() -> String {
    let sum = "v6: i64 = i64.extend_i32_u v2
  v4: i64 = i64.const 8
  v7: i64 = i64.add v6 v4
  v5: i32 = i32.wrap_i64 v7
";
    but(
        ACCESSES,
        "v4: i32 = i32.const 8\n  v5: i32 = i32.add v2 v4\n",
        sum,
    )
}

#[test]
fn an_address_that_was_computed_in_64_bits_is_off_sp() {
    becomes(
        &wide(),
        &but(&wide(), "store v5 v3 +16", "store v1 v3 frame+24"),
        1,
        trusted,
    );
    stays(
        &but(&wide(), "i64.extend_i32_u", "i64.extend_i32_s"),
        trusted,
    );
    stays(
        &but(&wide(), "i64.const 8", "i64.const 4294967304"),
        trusted,
    );
    stays(&but(&wide(), "i64.add", "i64.sub"), trusted);
    stays(&but(&wide(), "i64.add v6 v4", "i64.add v4 v6"), trusted);
}

#[test]
fn other_addresses_stay() {
    stays(&but(ACCESSES, "i32.add v2 v4", "i32.add v0 v4"), trusted);
    stays(&but(ACCESSES, "i32.add v2 v4", "i32.sub v2 v4"), trusted);
    stays(&but(ACCESSES, "i32.add v2 v4", "i32.add v2 v0"), trusted);
    stays(&but(ACCESSES, "v5 v3 +16", "v5 v3 memory1+16"), trusted);
}

#[test]
fn slots_are_trusted_for_functions_of_gos_alone() {
    stays(ACCESSES, exact(slots));
    stays(&but(ACCESSES, ", dispatch b0", ""), trusted);
}
