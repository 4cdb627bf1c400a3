//! Which calls are marked as Go's.

use super::super::calls::mark;
use crate::pass::testing::{becomes, but, stays};

/// Calls function 7 and returns to PC_B 5 of the first defined function, whose PC_F is 0x1000.
const CALL: &str = "function (i32, sp) -> (i32, sp)
variables i32 i32 sp, sp is x2
b0(v0: i32, v1: sp):
  v2: i32 = get x1
  v3: i64 = i64.const 268435461
  i64.store v2 v3 +0
  v4: i32 = i32.const 0
  v5: sp = get x2
  v6: i32, v7: sp = call 7 v4 v5
  return v6 v7
";

fn first(func: &mut crate::ir::Func) -> usize {
    mark(func, 0, |_| None)
}

#[test]
fn a_call_behind_the_store_of_its_return_address_knows_where_it_returns_to() {
    becomes(CALL, &but(CALL, "call 7 v4", "call 7 go 5 v4"), 1, first);
    // PC_B has 16 bits.
    let last = but(CALL, "268435461", "268500991");
    becomes(
        &last,
        &but(&last, "call 7 v4", "call 7 go 65535 v4"),
        1,
        first,
    );
}

#[test]
fn a_call_through_the_table_is_marked() {
    let indirect = but(CALL, "call 7 v4 v5", "call_indirect 0 3 v4 v0 v5");
    let marked = but(&indirect, "call_indirect 0 3", "call_indirect 0 3 go 5");
    becomes(&indirect, &marked, 1, first);
}

#[test]
fn a_return_address_in_another_function_marks_nothing() {
    stays(CALL, |func| mark(func, 1, |_| None));
    stays(&but(CALL, "268435461", "5"), first);
    stays(&but(CALL, "268435461", "-268435461"), first);
}

#[test]
fn only_a_store_of_a_constant_to_the_top_of_the_stack_counts() {
    stays(&but(CALL, "v2 v3 +0", "v2 v3 +8"), first);
    stays(&but(CALL, "i64.store v2", "i64.store32 v2"), first);
    stays(
        &but(CALL, "i64.const 268435461", "i64.extend_i32_u v0"),
        first,
    );
}

#[test]
fn a_return_address_is_for_the_next_call_of_the_same_block() {
    let second = "  v8: i32, v9: sp = call 8 v4 v7\n  return v8 v9\n";
    let two = but(CALL, "  return v6 v7\n", second);
    becomes(&two, &but(&two, "call 7 v4", "call 7 go 5 v4"), 1, first);
    let next_block = "  jump b1\nb1():\n  v4: i32 = i32.const 0\n";
    stays(&but(CALL, "  v4: i32 = i32.const 0\n", next_block), first);
}

#[test]
fn a_callee_without_the_type_of_gos_functions_is_not_marked() {
    // Something else than PC_B, nothing at all, a result more, an import.
    stays(&but(CALL, "call 7 v4 v5", "call 7 v3 v5"), first);
    stays(&but(CALL, "call 7 v4 v5", "call 7 v5"), first);
    let two = but(CALL, "v7: sp = call 7", "v7: i32, v8: sp = call 7");
    stays(&but(&two, "return v6 v7", "return v6 v8"), first);
    let import = but(
        CALL,
        "v6: i32, v7: sp = call 7 v4 v5",
        "v6: i32 = call 7 v4",
    );
    stays(&but(&import, "return v6 v7", "return v6 v5"), first);
}

/// Those of the callee, where it is known and the table says how many.
#[test]
fn a_direct_call_knows_the_slots_of_its_callee() {
    let slots = |function: u32| (function == 7).then_some(3);
    let known = |func: &mut crate::ir::Func| mark(func, 0, slots);
    becomes(
        CALL,
        &but(CALL, "call 7 v4", "call 7 go 5 slots 3 v4"),
        1,
        known,
    );
    let other = but(CALL, "call 7", "call 6");
    becomes(&other, &but(&other, "call 6", "call 6 go 5"), 1, known);
    let indirect = but(CALL, "call 7 v4 v5", "call_indirect 0 3 v4 v0 v5");
    let marked = but(&indirect, "call_indirect 0 3", "call_indirect 0 3 go 5");
    becomes(&indirect, &marked, 1, known);
}
