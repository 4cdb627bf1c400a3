//! Which functions never return 0, and what is cut behind calls of them.

use super::super::no_return::{Summary, cut, cut_calls, never_zero};
use crate::ir::Func;
use crate::pass::Solved;
use crate::pass::testing::{becomes, but, read, stays, with_cx};

/// Calls function 7, and unwinds if that returns 1.
const CALLS: &str = "function (i32, sp) -> (i32, sp)
variables i32 sp, sp is x1
b0(v0: i32, v1: sp):
  v2: i32 = i32.const 0
  v3: i32, v4: sp = call 7 v2 v1
  set x1 v4
  branch v3 b1 b2
b1():
  v5: i32 = i32.const 1
  v6: sp = get x1
  return v5 v6
b2():
  v7: i32 = i32.const 0
  v8: sp = get x1
  return v7 v8
";

fn seven(func: &mut Func) -> usize {
    cut_calls(func, |function| function == 7)
}

#[test]
fn nothing_comes_back_from_a_call_that_never_returns_normally() {
    let after = but(CALLS, "branch v3 b1 b2", "jump b1");
    becomes(CALLS, &but(&after, "v1: sp):", "v1: sp) cold:"), 1, seven);
    // The block behind such a call may do nothing but trap.
    let unwind = "v5: i32 = i32.const 1\n  v6: sp = get x1\n  return v5 v6";
    let traps = but(CALLS, unwind, "trap Unreachable");
    let after = but(&traps, "branch v3 b1 b2", "trap Unreachable");
    becomes(&traps, &but(&after, "v1: sp):", "v1: sp) cold:"), 1, seven);
}

#[test]
fn a_call_at_another_pc_b_stays() {
    stays(
        &but(CALLS, "v2: i32 = i32.const 0", "v2: i32 = i32.const 1"),
        seven,
    );
    stays(&but(CALLS, "call 7 v2", "call 7 v0"), seven);
}

#[test]
fn a_call_of_another_function_stays() {
    stays(&but(CALLS, "call 7 v2", "call 8 v2"), seven);
    stays(
        &but(CALLS, "call 7 v2 v1", "call_indirect 0 0 v2 v0 v1"),
        seven,
    );
}

#[test]
fn a_condition_that_is_not_the_result_itself_stays() {
    stays(
        &but(CALLS, "  branch v3", "  v9: i32 = i32.eqz v3\n  branch v9"),
        seven,
    );
    stays(&but(CALLS, "branch v3", "branch v0"), seven);
    stays(&but(CALLS, "branch v3 b1 b2", "branch v3 b2 b1"), seven);
    stays(&but(CALLS, "branch v3 b1 b2", "table v3 [b2] b1"), seven);
}

#[test]
fn what_looks_at_the_result_stays() {
    // Any number but 0 leads there: the block must not tell them apart.
    stays(&but(CALLS, "return v5 v6", "return v3 v6"), seven);
    stays(&but(CALLS, "  v5:", "  i32.store v0 v3 +0\n  v5:"), seven);
    let carries = but(CALLS, "branch v3 b1 b2", "branch v3 b1(v3) b2");
    stays(&but(&carries, "b1():", "b1(v9: i32):"), seven);
    // A trap of another kind would be said to be where the call is.
    let unwind = "v5: i32 = i32.const 1\n  v6: sp = get x1\n  return v5 v6";
    stays(&but(CALLS, unwind, "trap IntegerOverflow"), seven);
    stays(&but(CALLS, unwind, "set x1 v4\n  trap Unreachable"), seven);
}

#[test]
fn what_was_solved_says_which_calls_are_cut() {
    let solved = |count: usize| Solved {
        never_zero: vec![true; count],
    };
    let with =
        |solved: Solved| move |func: &mut Func| with_cx(None, Some(&solved), |cx| cut(func, cx));
    let after = but(CALLS, "branch v3 b1 b2", "jump b1");
    becomes(
        CALLS,
        &but(&after, "v1: sp):", "v1: sp) cold:"),
        1,
        with(solved(8)),
    );
    stays(CALLS, with(solved(7)));
    stays(CALLS, |func| with_cx(None, None, |cx| cut(func, cx)));
}

/// Whether each of these functions never returns 0. Functions 0 and 1 are imports, of which the
/// second ends the process.
fn solve<T: AsRef<str>>(texts: &[T]) -> Vec<bool> {
    let summary = |text: &T| Summary::new(&read(text.as_ref()), |function| function == 1);
    let summaries: Vec<Summary> = texts.iter().map(summary).collect();
    never_zero(&summaries, 2)
}

/// A function with this code.
fn function(code: &str) -> String {
    format!("function (i32) -> (i32)\nvariables i32\nb0(v0: i32):\n  v1: i32 = i32.const 0\n{code}")
}

/// Calls a function at PC_B 0; returns 1 if that does, and else 0.
fn calling(callee: u32) -> String {
    function(&format!(
        "  v2: i32 = call {callee} v1
  branch v2 b1 b2
b1():
  v3: i32 = i32.const 1
  return v3
b2():
  return v1
"
    ))
}

#[test]
fn what_a_function_returns_is_known_where_it_is_a_constant_1() {
    let one = function("  v2: i32 = i32.const 1\n  return v2\n");
    let zero = function("  return v1\n");
    let two = function("  v2: i32 = i32.const 2\n  return v2\n");
    let parameter = function("  return v0\n");
    let traps = function("  trap Unreachable\n");
    let texts = [one, zero, two, parameter, traps];
    // 2 isn't 0, but no function of Go's returns 2.
    assert_eq!(solve(&texts), [true, false, false, false, true]);
}

#[test]
fn a_caller_returns_0_only_if_its_callee_does() {
    let (one, zero) = (
        function("  v2: i32 = i32.const 1\n  return v2\n"),
        function("  return v1\n"),
    );
    for (callee, never) in [(&one, true), (&zero, false)] {
        let returns = function("  v2: i32 = call 2 v1\n  return v2\n");
        let tail = function("  return_call 2 v1\n");
        let texts = [callee.clone(), calling(2), calling(3), returns, tail];
        assert_eq!(solve(&texts), [never; 5]);
    }
}

#[test]
fn a_call_that_is_not_at_0_may_return_anything() {
    let one = function("  v2: i32 = i32.const 1\n  return v2\n");
    let resumed = calling(2).replace("call 2 v1", "call 2 v0");
    let returned = function("  v2: i32 = call 2 v0\n  return v2\n");
    let tail = function("  return_call 2 v0\n");
    let texts = [one, resumed, returned, tail];
    assert_eq!(solve(&texts), [true, false, false, false]);
}

#[test]
fn functions_that_only_call_one_another_never_return() {
    let (a, b, itself) = (calling(3), calling(2), calling(4));
    assert_eq!(solve(&[a, b, itself]), [true; 3]);
    // One of them has a way out.
    let out = calling(2).replace("branch v2 b1 b2", "table v0 [b1] b2");
    assert_eq!(solve(&[calling(3), out]), [false; 2]);
}

#[test]
fn a_loop_without_end_never_returns() {
    let forever = function("  jump b1\nb1():\n  jump b2\nb2():\n  jump b1\n");
    assert_eq!(solve(&[forever]), [true]);
    let ends =
        function("  jump b1\nb1():\n  jump b2\nb2():\n  branch v0 b1 b3\nb3():\n  return v1\n");
    assert_eq!(solve(&[ends]), [false]);
}

#[test]
fn imports_return_anything_but_for_the_one_that_ends_the_process() {
    assert_eq!(solve(&[calling(0), calling(1)]), [false, true]);
    // What follows in the block is never executed.
    let exits = function("  call 1 v1\n  return v1\n");
    assert_eq!(solve(&[exits]), [true]);
}

#[test]
fn only_the_entry_at_0_counts() {
    let text = "function (i32) -> (i32)
variables i32, dispatch b0
b0(v0: i32):
  v1: i32 = get x0
  table v1 [b1] b2
b1():
  v2: i32 = i32.const 1
  return v2
b2():
  v3: i32 = i32.const 0
  return v3
";
    assert_eq!(solve(&[text]), [true]);
    assert_eq!(solve(&[but(text, "[b1] b2", "[b2] b1")]), [false]);
    // Without a dispatch that was recognised, all blocks may be entered.
    assert_eq!(solve(&[but(text, ", dispatch b0", "")]), [false]);
}

#[test]
fn a_function_of_which_nothing_is_known_may_return_anything() {
    assert_eq!(never_zero(&[Summary::unknown()], 0), [false]);
}
