//! Which blocks unwind the stack.

use super::super::unwind::share_return;
use crate::ir::Func;
use crate::pass::testing::{becomes, but, stays, with_cx};

/// Two blocks that unwind, and one that returns normally.
const UNWINDS: &str = "function (i32, sp) -> (i32, sp)
variables i32 sp, sp is x1
b0(v0: i32, v1: sp):
  table v0 [b1 b2] b3
b1():
  v2: i32 = i32.const 1
  v3: sp = get x1
  return v2 v3
b2():
  v4: i32 = i32.const 1
  v5: sp = get x1
  return v4 v5
b3():
  v6: i32 = i32.const 0
  v7: sp = get x1
  return v6 v7
";

fn shared(func: &mut Func) -> usize {
    with_cx(None, None, |cx| share_return(func, cx))
}

/// The second block isn't shared. The first one is cold anyway.
#[track_caller]
fn differs(text: &str) {
    becomes(text, &but(text, "b1():", "b1() cold:"), 0, shared);
}

#[test]
fn all_edges_to_blocks_that_unwind_lead_to_the_first() {
    let cold = but(UNWINDS, "b1():", "b1() cold:");
    becomes(UNWINDS, &but(&cold, "[b1 b2]", "[b1 b1]"), 1, shared);
    let thrice = but(UNWINDS, "[b1 b2]", "[b2 b1 b2]");
    becomes(&thrice, &but(&cold, "[b1 b2]", "[b1 b1 b1]"), 2, shared);
    // The order in which the block makes the two doesn't matter.
    let reads_first = but(
        UNWINDS,
        "  v4: i32 = i32.const 1\n  v5: sp = get x1\n",
        "  v5: sp = get x1\n  v4: i32 = i32.const 1\n",
    );
    becomes(&reads_first, &but(&cold, "[b1 b2]", "[b1 b1]"), 1, shared);
}

#[test]
fn a_block_that_returns_something_else_does_not_unwind() {
    differs(&but(
        UNWINDS,
        "v4: i32 = i32.const 1",
        "v4: i32 = i32.const 2",
    ));
    differs(&but(UNWINDS, "return v4 v5", "return v0 v5"));
    // SP as it was when the function began.
    differs(&but(UNWINDS, "return v4 v5", "return v4 v1"));
    stays(&UNWINDS.replace("i32.const 1", "i32.const 0"), shared);
}

#[test]
fn a_block_that_does_more_does_not_unwind() {
    differs(&but(
        UNWINDS,
        "  return v4 v5",
        "  set x1 v1\n  return v4 v5",
    ));
    differs(&but(UNWINDS, "  v4:", "  i32.store v0 v0 +0\n  v4:"));
    differs(&but(
        UNWINDS,
        "  return v4 v5",
        "  jump b4\nb4():\n  return v4 v5",
    ));
    differs(&but(
        &but(UNWINDS, "[b1 b2]", "[b1 b2(v0)]"),
        "b2():",
        "b2(v8: i32):",
    ));
}

#[test]
fn functions_without_sp_unwind_too() {
    let text = "function (i32) -> (i32)
variables i32
b0(v0: i32):
  branch v0 b1 b2
b1():
  v1: i32 = i32.const 1
  return v1
b2():
  v2: i32 = i32.const 1
  return v2
";
    let after = but(
        &but(text, "branch v0 b1 b2", "branch v0 b1 b1"),
        "b1():",
        "b1() cold:",
    );
    becomes(text, &after, 1, shared);
    // A second result isn't SP.
    let two = text.replace("-> (i32)", "-> (i32, i32)");
    stays(
        &two.replace("return v1", "return v1 v0")
            .replace("return v2", "return v2 v0"),
        shared,
    );
}

#[test]
fn an_entry_that_returns_1_is_nobodys_target() {
    stays(
        "function (i32) -> (i32)\nvariables i32\nb0(v0: i32):\n  v1: i32 = i32.const 1\n  return v1\n",
        shared,
    );
}
