//! Which comparisons with `stackguard0` are widened.

use super::super::stack_check::{widen, widen_all};
use crate::pass::testing::{becomes, but, stays, with_cx};

/// A check for a large frame.
const CHECK: &str = "function (i32, sp) -> (i32, sp)
variables i32 i32 sp, sp is x2
b0(v0: i32, v1: sp):
  v2: i32 = get x1
  v3: i64 = global.get 2
  v4: i32 = i32.wrap_i64 v3
  v5: i32 = i32.load v4 +16
  v6: i32 = i32.const 4096
  v7: i32 = i32.add v5 v6
  v8: i32 = i32.le_u v2 v7
  branch v8 b1 b2
b1():
  return v0 v1
b2():
  trap Unreachable
";

fn wide(excess: &str) -> String {
    let after = but(CHECK, "v5: i32 = i32.load", "v5: i64 = i64.load32_u");
    let sum = format!("v9: i64 = i64.const {excess}\n  v7: i64 = i64.add v5 v9");
    let after = but(&after, "v7: i32 = i32.add v5 v6", &sum);
    let compares = "v10: i64 = i64.extend_i32_u v2\n  v8: i32 = i64.le_u v10 v7";
    but(&after, "v8: i32 = i32.le_u v2 v7", compares)
}

#[test]
fn a_sum_that_may_wrap_around_is_computed_in_64_bits() {
    becomes(CHECK, &wide("4096"), 1, widen_all);
}

#[test]
fn a_sum_that_never_wraps_around_stays() {
    // `stackPreempt` is 0xfffffade in 32 bits.
    let least = but(CHECK, "i32.const 4096", "i32.const 1314");
    becomes(
        &least,
        &but(&wide("1314"), "i32.const 4096", "i32.const 1314"),
        1,
        widen_all,
    );
    stays(&but(CHECK, "i32.const 4096", "i32.const 1313"), widen_all);
}

#[test]
fn another_comparison_is_no_check() {
    for other in ["i32.le_s", "i32.lt_u", "i32.ge_u", "i32.eq"] {
        stays(&but(CHECK, "i32.le_u", other), widen_all);
    }
    stays(&but(CHECK, "i32.le_u v2 v7", "i32.le_u v7 v2"), widen_all);
    stays(&but(CHECK, "i32.add v5", "i32.sub v5"), widen_all);
    stays(&but(CHECK, "i32.add v5 v6", "i32.add v6 v5"), widen_all);
    stays(
        &but(CHECK, "v6: i32 = i32.const 4096", "v6: i32 = i32.clz v0"),
        widen_all,
    );
}

#[test]
fn another_cell_than_stackguard0_stays() {
    stays(&but(CHECK, "v4 +16", "v4 +24"), widen_all);
    stays(&but(CHECK, "v4 +16", "v4 memory1+16"), widen_all);
    stays(&but(CHECK, "i32.load v4", "i32.load16_u v4"), widen_all);
    stays(&but(CHECK, "global.get 2", "global.get 1"), widen_all);
    stays(&but(CHECK, "i32.wrap_i64 v3", "i32.clz v0"), widen_all);
}

#[test]
fn what_others_use_stays() {
    for used in ["v5", "v7"] {
        stays(
            &but(CHECK, "return v0", &format!("return {used}")),
            widen_all,
        );
    }
    // What the check says is an i32 as before.
    let before = but(CHECK, "return v0", "return v8");
    becomes(
        &before,
        &but(&wide("4096"), "return v0", "return v8"),
        1,
        widen_all,
    );
}

#[test]
fn a_check_that_another_block_makes_stays() {
    stays(
        &but(
            CHECK,
            "  v7: i32 = i32.add",
            "  jump b3\nb3():\n  v7: i32 = i32.add",
        ),
        widen_all,
    );
    stays(
        &but(CHECK, "  branch v8", "  jump b3\nb3():\n  branch v8"),
        widen_all,
    );
}

#[test]
fn without_preemption_nothing_wraps_around() {
    stays(CHECK, |func| with_cx(None, None, |cx| widen(func, cx)));
}
