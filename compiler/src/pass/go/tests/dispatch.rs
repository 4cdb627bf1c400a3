//! Which dispatches are recognised, and what is left of them.

use super::super::dispatch::{prune, prune_to, thread};
use crate::go::Knowledge;
use crate::ir::{BlockId, Func};
use crate::pass::testing::{becomes, but, read, stays, with_cx};
use std::collections::BTreeSet;

/// The block of PC_B 0 jumps to 2, which returns; 1 unwinds.
const GO: &str = "function (i32, sp) -> (i32, sp)
variables i32 i32 sp, sp is x2
b0(v0: i32, v1: sp):
  v2: i32 = sp.low v1
  set x1 v2
  jump b1
b1():
  v3: i32 = get x0
  table v3 [b2 b3] b4
b2():
  v4: i32 = i32.const 2
  set x0 v4
  jump b1
b3():
  v5: i32 = i32.const 1
  return v5 v1
b4():
  v6: i32 = i32.const 0
  return v6 v1
";

const KNOWN: &str = "sp is x2, dispatch b1";

fn threaded(func: &mut Func) -> usize {
    with_cx(None, None, |cx| thread(func, cx))
}

/// Asserts that no dispatch is found in a function.
#[track_caller]
fn is_none(text: &str) {
    stays(text, threaded);
}

#[test]
fn a_jump_through_the_dispatch_leads_to_its_target() {
    let after = but(
        &but(GO, "sp is x2", KNOWN),
        "set x0 v4\n  jump b1",
        "set x0 v4\n  jump b4",
    );
    becomes(GO, &after, 1, threaded);
}

#[test]
fn what_the_table_does_not_have_leads_to_the_default() {
    for constant in ["3", "-1"] {
        let before = but(
            GO,
            "v4: i32 = i32.const 2",
            &format!("v4: i32 = i32.const {constant}"),
        );
        let after = but(&before, "sp is x2", KNOWN);
        let after = but(&after, "set x0 v4\n  jump b1", "set x0 v4\n  jump b4");
        becomes(&before, &after, 1, threaded);
    }
}

#[test]
fn loops_through_the_dispatch_become_loops() {
    // To itself, and two blocks to one another.
    let itself = but(GO, "v4: i32 = i32.const 2", "v4: i32 = i32.const 0");
    let after = but(
        &but(&itself, "sp is x2", KNOWN),
        "set x0 v4\n  jump b1",
        "set x0 v4\n  jump b2",
    );
    becomes(&itself, &after, 1, threaded);
    let other = but(GO, "i32.const 2", "i32.const 1");
    let other = but(
        &other,
        "  return v5 v1",
        "  v7: i32 = i32.const 0\n  set x0 v7\n  jump b1",
    );
    let after = but(
        &but(&other, "sp is x2", KNOWN),
        "set x0 v4\n  jump b1",
        "set x0 v4\n  jump b3",
    );
    let after = but(&after, "set x0 v7\n  jump b1", "set x0 v7\n  jump b2");
    becomes(&other, &after, 2, threaded);
}

#[test]
fn the_entry_may_be_the_dispatch() {
    let entry = "function (i32) -> (i32)
variables i32
b0(v0: i32):
  v1: i32 = get x0
  table v1 [b1] b2
b1():
  return v0
b2():
  v2: i32 = i32.const 0
  return v2
";
    let known = but(entry, "variables i32", "variables i32, dispatch b0");
    becomes(entry, &known, 0, threaded);
    // The caller wants to enter at 1, and the entry makes it 0.
    is_none(&but(
        entry,
        "  v1: i32 = get",
        "  set x0 v0\n  v1: i32 = get",
    ));
}

#[test]
fn an_operand_that_crosses_the_dispatch_is_left_there() {
    let across = but(
        GO,
        "  set x1 v2\n  jump b1\nb1():",
        "  set x1 v2\n  jump b1(v2)\nb1(v7: i32):",
    );
    is_none(&but(
        &across,
        "set x0 v4\n  jump b1",
        "set x0 v4\n  jump b1(v4)",
    ));
    let out = but(GO, "table v3 [b2 b3] b4", "table v3 [b2 b3(v0)] b4");
    is_none(&but(&out, "b3():", "b3(v7: i32):"));
    let default = but(GO, "[b2 b3] b4", "[b2 b3] b4(v0)");
    is_none(&but(&default, "b4():", "b4(v7: i32):"));
}

#[test]
fn an_entry_that_writes_pc_b_is_none_of_gos() {
    is_none(&but(GO, "set x1 v2", "set x0 v2"));
}

#[test]
fn a_jump_without_its_constant_is_none_of_gos() {
    let jump = "  v4: i32 = i32.const 2\n  set x0 v4\n  jump b1";
    // Not a constant, another variable, nothing at all, something behind.
    is_none(&but(
        GO,
        jump,
        "  v4: i32 = i32.clz v0\n  set x0 v4\n  jump b1",
    ));
    is_none(&but(
        GO,
        jump,
        "  v4: i32 = i32.const 2\n  set x1 v4\n  jump b1",
    ));
    is_none(&but(GO, jump, "  jump b1"));
    is_none(&but(
        GO,
        jump,
        "  v4: i32 = i32.const 2\n  set x0 v4\n  set x1 v4\n  jump b1",
    ));
    // On a condition.
    is_none(&but(
        GO,
        jump,
        "  v4: i32 = i32.const 2\n  set x0 v4\n  branch v0 b1 b3",
    ));
}

#[test]
fn a_table_over_something_else_is_no_dispatch() {
    is_none(&but(GO, "v3: i32 = get x0", "v3: i32 = get x1"));
    is_none(&but(GO, "table v3", "table v0"));
    // Whoever jumps there would have to store, too.
    is_none(&but(GO, "  table v3", "  i32.store v3 v3 +0\n  table v3"));
    is_none(&but(
        GO,
        "  v3: i32 = get x0",
        "  i32.store v2 v2 +0\n  v3: i32 = get x0",
    ));
    let wide = but(GO, "function (i32, sp)", "function (i64, sp)");
    let wide = but(&wide, "b0(v0: i32", "b0(v0: i64");
    let wide = but(&wide, "variables i32", "variables i64");
    let wide = but(
        &wide,
        "v3: i32 = get x0",
        "v7: i64 = get x0\n  v3: i32 = i32.wrap_i64 v7",
    );
    let wide = but(&wide, "v4: i32 = i32.const 2", "v4: i64 = i64.const 2");
    is_none(&wide);
}

#[test]
fn operators_are_of_the_last_target_before_them() {
    let mut text = GO.to_string();
    for (line, offset) in [
        ("sp.low v1", "10"),
        ("set x1 v2", "12"),
        ("jump b1\n", "14"),
        ("get x0", "16"),
        ("] b4", "18"),
        ("i32.const 2", "20"),
        ("set x0 v4", "22"),
        ("jump b1\n", "24"),
        ("i32.const 1", "30"),
        ("return v5 v1", "32"),
        ("i32.const 0", "40"),
        ("return v6 v1", "42"),
    ] {
        let end = &line[line.trim_end().len()..];
        text = but(&text, line, &format!("{} @{offset}{end}", line.trim_end()));
    }
    let mut func = read(&text);
    assert_eq!(threaded(&mut func), 1);
    let pc_b = |block: u32| func.block(BlockId(block)).origin.pc_b;
    assert_eq!([0, 1, 2, 3, 4].map(pc_b), [0, 0, 0, 1, 2]);
    let first = |block: u32| func.inst(func.block(BlockId(block)).insts[0]).origin.pc_b;
    assert_eq!([0, 1, 2, 3, 4].map(first), [0, 0, 0, 1, 2]);
    // Targets that don't ascend say nothing.
    let mut func = read(&but(&text, "[b2 b3]", "[b3 b2]"));
    assert_eq!(threaded(&mut func), 1);
    assert_eq!(
        func.block(BlockId(4)).origin.pc_b,
        crate::ir::Origin::NO_PC_B
    );
}

/// [`GO`] behind [`thread`].
fn known() -> String {
    but(
        &but(GO, "sp is x2", KNOWN),
        "set x0 v4\n  jump b1",
        "set x0 v4\n  jump b4",
    )
}

/// Behind the removal of all entries but these.
fn pruned(cases: &str) -> String {
    let after = but(&known(), "table v3 [b2 b3] b4", "branch v3 b6 b2");
    let end = format!("b5() cold:\n  trap UnexpectedEntry\nb6() cold:\n  switch v3 [{cases}] b5\n");
    after + &end
}

fn to(points: &[u32]) -> impl Fn(&mut Func) -> usize {
    let points: BTreeSet<u32> = points.iter().copied().collect();
    move |func| prune_to(func, BlockId(1), &points)
}

#[test]
fn a_function_is_entered_at_its_resume_points() {
    becomes(&known(), &pruned(""), 3, to(&[]));
    becomes(&known(), &pruned("1:b3"), 2, to(&[1]));
    becomes(&known(), &pruned("1:b3 2:b4"), 1, to(&[1, 2]));
}

#[test]
fn a_resume_point_outside_of_the_table_leads_to_the_default() {
    // 2, which the table hasn't either, leads to the same block.
    becomes(&known(), &pruned("2:b4 9:b4"), 1, to(&[9]));
}

#[test]
fn another_number_of_the_first_block_stays() {
    let before = but(&known(), "[b2 b3] b4", "[b2 b2 b3] b4");
    let after = but(&before, "table v3 [b2 b2 b3] b4", "branch v3 b6 b2");
    let after = after + "b5() cold:\n  trap UnexpectedEntry\nb6() cold:\n  switch v3 [1:b2] b5\n";
    becomes(&before, &after, 3, to(&[]));
}

#[test]
fn without_a_dispatch_or_go_nothing_is_ruled_out() {
    let go = Knowledge::told(BTreeSet::from([1]));
    let with_go = |func: &mut Func| with_cx(Some(&go), None, |cx| prune(func, cx));
    becomes(&known(), &pruned("1:b3"), 2, with_go);
    stays(&known(), |func| with_cx(None, None, |cx| prune(func, cx)));
    stays(GO, with_go);
    // What was pruned is no table anymore.
    stays(&pruned("1:b3"), with_go);
}
