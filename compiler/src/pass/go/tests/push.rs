//! Which moves of SP go to where something was stored.

use super::super::push::push;
use crate::pass::testing::{becomes, but, stays};

/// Pushes a return address, and calls.
const CALLS: &str = "function (i32, sp) -> (i32, sp)
variables i32 sp, sp is x1
b0(v0: i32, v1: sp):
  v2: sp = sp.add -8 v1
  v3: i64 = i64.const 268435457
  i64.store v2 v3 frame+0
  v4: i32 = i32.const 0
  v5: i32, v6: sp = call 0 go 1 v4 v2
  return v5 v6
";

/// The same behind the pass.
const PUSHES: &str = "function (i32, sp) -> (i32, sp)
variables i32 sp, sp is x1
b0(v0: i32, v1: sp):
  v3: i64 = i64.const 268435457
  i64.store v1 v3 frame-8
  v2: sp = sp.push -8 v1
  v4: i32 = i32.const 0
  v5: i32, v6: sp = call 0 go 1 v4 v2
  return v5 v6
";

#[test]
fn the_store_of_a_return_address_comes_before_the_move() {
    becomes(CALLS, PUSHES, 1, push);
}

#[test]
fn as_far_as_a_store_reaches() {
    let far = |by: &str| but(CALLS, "sp.add -8", &format!("sp.add {by}"));
    becomes(&far("-256"), &PUSHES.replace("-8", "-256"), 1, push);
    for by in ["-257", "-70000", "8", "0"] {
        stays(&far(by), push);
    }
}

/// Of what comes between nothing may use the new value, and nothing may be called.
#[test]
fn a_use_or_a_call_before_the_store_keeps_the_move() {
    let store = "  i64.store v2 v3 frame+0\n";
    for between in [
        "  v7: i32 = sp.low v2\n",
        "  v7: i64 = i64.load v2 frame+0\n",
        "  v7: sp = sp.add -8 v2\n",
        "  i64.store v2 v3 frame+8\n",
    ] {
        stays(&but(CALLS, store, &format!("{between}{store}")), push);
    }
    let call = "  v7: i32 = i32.const 0\n  v8: i32, v9: sp = call 0 v7 v1\n";
    stays(&but(CALLS, store, &format!("{call}{store}")), push);
}

#[test]
fn a_store_elsewhere_moves_nothing() {
    stays(&but(CALLS, "frame+0", "frame+8"), push);
    stays(&but(CALLS, "i64.store v2 v3", "i64.store v1 v3"), push);
    stays(&but(CALLS, "  i64.store v2 v3 frame+0\n", ""), push);
}

/// Each of two calls in a block has its own.
#[test]
fn two_pushes_of_one_block() {
    let behind = "  return v5 v6\n";
    let moves = "  v7: sp = sp.add -8 v6
  i64.store v7 v3 frame+0
  v8: i32, v9: sp = call 0 go 1 v4 v7
  return v8 v9
";
    let pushes = "  i64.store v6 v3 frame-8
  v7: sp = sp.push -8 v6
  v8: i32, v9: sp = call 0 go 1 v4 v7
  return v8 v9
";
    let (before, after) = (but(CALLS, behind, moves), but(PUSHES, behind, pushes));
    becomes(&before, &after, 2, push);
}
