//! Where Go's copy of SP is known to be SP.

use super::super::mirror_sp::mirror;
use crate::pass::testing::{becomes, but, stays};

/// Copies SP, and reads the copy in two other blocks.
const COPIES: &str = "function (i32, sp) -> (i32, sp)
variables i32 i32 sp, sp is x2
b0(v0: i32, v1: sp):
  v2: sp = get x2
  v3: i32 = sp.low v2
  set x1 v3
  branch v0 b1 b2
b1():
  v4: i32 = get x1
  i32.store v4 v0 +8
  jump b2
b2():
  v5: i32 = get x1
  v6: sp = get x2
  return v5 v6
";

/// Moves SP and the copy, at the beginning of `b1`.
const BOTH_MOVE: &str = "b1():
  v7: i32 = i32.const 16
  v8: i32 = i32.sub v3 v7
  v9: sp = sp.from v8
  set x2 v9
  set x1 v8
";

#[test]
fn reads_of_the_copy_become_reads_of_sp() {
    let after = but(
        COPIES,
        "  v4: i32 = get x1",
        "  v7: sp = get x2\n  v4: i32 = sp.low v7",
    );
    let after = but(
        &after,
        "  v5: i32 = get x1",
        "  v8: sp = get x2\n  v5: i32 = sp.low v8",
    );
    becomes(COPIES, &after, 2, mirror);
}

#[test]
fn sp_and_the_copy_may_move_together() {
    let before = but(COPIES, "b1():\n", BOTH_MOVE);
    let after = but(
        &before,
        "  v4: i32 = get x1",
        "  v10: sp = get x2\n  v4: i32 = sp.low v10",
    );
    let after = but(
        &after,
        "  v5: i32 = get x1",
        "  v11: sp = get x2\n  v5: i32 = sp.low v11",
    );
    becomes(&before, &after, 2, mirror);
    // In the other order, too.
    let swap = |text: &str| {
        but(
            text,
            "  set x2 v9\n  set x1 v8\n",
            "  set x1 v8\n  set x2 v9\n",
        )
    };
    becomes(&swap(&before), &swap(&after), 2, mirror);
}

#[test]
fn a_copy_that_misses_a_move_of_sp_is_no_mirror() {
    let moves = but(COPIES, "b1():\n", BOTH_MOVE);
    stays(&but(&moves, "  set x1 v8\n", ""), mirror);
    stays(&but(&moves, "  set x2 v9\n", ""), mirror);
    // SP comes back from a call, and nobody reads it again.
    let call = "b1():\n  v7: sp = get x2\n  v8: i32, v9: sp = call 7 v0 v7\n  set x2 v9\n";
    stays(&but(COPIES, "b1():\n", call), mirror);
}

#[test]
fn a_copy_is_read_while_sp_has_moved_and_the_copy_has_not() {
    let moves = but(COPIES, "b1():\n", BOTH_MOVE);
    let read = "  set x2 v9\n  v10: i32 = get x1\n  set x1 v8\n";
    stays(&but(&moves, "  set x2 v9\n  set x1 v8\n", read), mirror);
}

#[test]
fn a_copy_of_something_else_is_no_mirror() {
    stays(&but(COPIES, "set x1 v3", "set x1 v0"), mirror);
    stays(&but(COPIES, "  set x1 v3\n", ""), mirror);
    // Of SP as it was before SP moved.
    stays(
        &but(&but(COPIES, "b1():\n", BOTH_MOVE), "set x1 v8", "set x1 v3"),
        mirror,
    );
    // Local 1 is a number of 64 bits, and there is no SP.
    let wide = but(COPIES, "variables i32 i32", "variables i32 i64");
    let wide = but(&wide, "  set x1 v3\n", "");
    let wide = but(&wide, "v4: i32 = get x1", "v4: i32 = get x0");
    stays(&but(&wide, "v5: i32 = get x1", "v5: i32 = get x0"), mirror);
    stays(
        "function (i32) -> (i32)\nvariables i32 i32\nb0(v0: i32):\n  v1: i32 = get x1\n  return v1\n",
        mirror,
    );
}

#[test]
fn a_loop_that_moves_sp_alone_spoils_its_own_beginning() {
    let before = but(
        COPIES,
        "  jump b2\nb2():",
        "  jump b3\nb3():\n  branch v0 b1 b2\nb2():",
    );
    let moves = "b3():\n  v7: i32 = i32.const 16\n  v8: i32 = i32.sub v0 v7\n  v9: sp = sp.from v8\n  set x2 v9\n";
    stays(&but(&before, "b3():\n", moves), mirror);
    let both = but(&before, "b3():\n", &format!("{moves}  set x1 v8\n"));
    let after = but(
        &both,
        "  v4: i32 = get x1",
        "  v10: sp = get x2\n  v4: i32 = sp.low v10",
    );
    let after = but(
        &after,
        "  v5: i32 = get x1",
        "  v11: sp = get x2\n  v5: i32 = sp.low v11",
    );
    becomes(&both, &after, 2, mirror);
}

#[test]
fn a_copy_that_nobody_reads_there_may_differ() {
    let moves = but(&but(COPIES, "b1():\n", BOTH_MOVE), "  set x1 v8\n", "");
    let unread = but(&moves, "  v4: i32 = get x1\n  i32.store v4 v0 +8\n", "");
    let unread = but(&unread, "  v5: i32 = get x1\n", "");
    stays(&but(&unread, "return v5", "return v0"), mirror);
    // On the other way the two are the same.
    let before = but(&unread, "return v5 v6", "return v0 v6");
    let before = but(&before, "  jump b2\n", "  jump b3\n");
    let before = before + "b3():\n  v10: sp = get x2\n  return v0 v10\n";
    let before = but(&before, "b2():\n", "b2():\n  v5: i32 = get x1\n");
    let after = but(
        &before,
        "  v5: i32 = get x1",
        "  v11: sp = get x2\n  v5: i32 = sp.low v11",
    );
    becomes(&before, &after, 1, mirror);
}
