//! The rewrites on hand-made functions of Go's shape, and of almost that shape.

use super::dispatch::Dispatch;
use super::noreturn::{self, Summary};
use super::stack_check;
use crate::flow::{self, BlockId, Graph, Terminator};
use crate::module::{self, Module};
use std::collections::BTreeSet;
use wasi_aot_contract::module::TrapKind;
use wasmparser::{FuncValidatorAllocations, Operator};

/// Three basic blocks: 0 jumps to 2, 2 to 1, 1 returns 0. `{jump}` is how 0
/// names its target.
fn go_like(jump: &str) -> Vec<u8> {
    let source = format!(
        r#"(module (func (param i32) (result i32) (local i32)
             (loop $entry
               (block $b2 (block $b1 (block $b0
                 (br_table $b0 $b1 $b2 (local.get 0)))
                 {jump} (local.set 0) (br $entry))
                 (return (i32.const 0)))
               (i32.const 1) (local.set 0) (br $entry))
             (unreachable)))"#
    );
    wat::parse_str(source).unwrap()
}

fn graph<'a>(module: &Module<'a>, index: usize) -> Graph<'a> {
    let function = &module.functions[index];
    let mut allocations = FuncValidatorAllocations::default();
    let name = || String::from("test");
    flow::build(
        &function.body,
        &function.validation,
        &module.types,
        &mut allocations,
        name,
    )
    .unwrap()
}

/// Blocks that a call at PC_B 0 can reach.
fn reachable(graph: &Graph<'_>) -> Vec<BlockId> {
    graph.reverse_postorder().0
}

#[test]
fn jumps_go_straight_to_their_targets() {
    let wasm = go_like("(i32.const 2)");
    let module = module::parse(&wasm).unwrap();
    let mut graph = graph(&module, 0);
    let dispatch = Dispatch::find(&graph).expect("the shape is Go's");
    assert_eq!(dispatch.jumps(), 2);
    dispatch.thread(&mut graph);
    let through_dispatch = graph.blocks.iter().skip(1).any(|block| {
        let mut found = false;
        block.terminator.for_each_edge(|edge| {
            found |= matches!(
                graph.blocks[edge.target.index()].terminator,
                Terminator::Table { .. }
            );
        });
        found
    });
    assert!(!through_dispatch, "something still jumps to the table");
}

#[test]
fn a_computed_target_is_not_gos_shape() {
    let wasm = go_like("(local.get 1)");
    let module = module::parse(&wasm).unwrap();
    assert!(Dispatch::find(&graph(&module, 0)).is_none());
}

/// Whether a dispatch is found in a function with this body.
fn has_dispatch(body: &str) -> bool {
    let wasm = wat::parse_str(format!(
        "(module (func (param i32) (result i32) (local i32) {body}))"
    ))
    .unwrap();
    let module = module::parse(&wasm).unwrap();
    Dispatch::find(&graph(&module, 0)).is_some()
}

#[test]
fn an_entry_that_chooses_its_target_is_not_gos_shape() {
    for (head, found) in [
        ("(local.set 1 (i32.const 1))", true),
        ("(local.set 0 (i32.const 1))", false),
        ("(local.set 1 (local.tee 0 (i32.const 1)))", false),
    ] {
        let looping = format!(
            "{head} (loop $entry (block $b1 (block $b0 (br_table $b0 $b1 (local.get 0)))
               (i32.const 1) (local.set 0) (br $entry))
             (return (i32.const 0))) (unreachable)"
        );
        assert_eq!(has_dispatch(&looping), found, "{head}");
        let straight = format!(
            "(block $b1 (block $b0 {head} (br_table $b0 $b1 (local.get 0)))
               (return (i32.const 1))) (i32.const 0)"
        );
        assert_eq!(has_dispatch(&straight), found, "{head}");
    }
}

#[test]
fn a_dispatch_with_operands_is_not_gos_shape() {
    let carried_around = "(i32.const 7)
        (loop $entry (param i32) (block $b1 (block $b0 (br_table $b0 $b1 (local.get 0)))
           (i32.const 9) (i32.const 1) (local.set 0) (br $entry))
         (return))
        (unreachable)";
    // The block's result is a target's operand.
    let carried_out = "(block $b0 (result i32) (i32.const 7) (br_table $b0 $b0 (local.get 0)))";
    for body in [carried_around, carried_out] {
        assert!(!has_dispatch(body), "{body}");
    }
}

#[test]
fn what_nobody_resumes_traps_and_what_is_resumed_stays() {
    let wasm = go_like("(i32.const 2)");
    let module = module::parse(&wasm).unwrap();
    for (points, cases) in [
        (vec![], vec![]),
        (vec![2], vec![2]),
        (vec![1, 2], vec![1, 2]),
    ] {
        let mut graph = graph(&module, 0);
        let dispatch = Dispatch::find(&graph).unwrap();
        dispatch.thread(&mut graph);
        dispatch.prune(&mut graph, &points.into_iter().collect::<BTreeSet<u32>>());
        let switch = graph
            .blocks
            .iter()
            .find_map(|block| match &block.terminator {
                Terminator::Switch { cases, default } => Some((cases, default)),
                _ => None,
            });
        let (kept, default) = switch.unwrap();
        assert_eq!(kept.keys().copied().collect::<Vec<_>>(), cases);
        let ruled_out = &graph.blocks[default.target.index()].terminator;
        assert!(matches!(
            ruled_out,
            Terminator::Trap(TrapKind::UnexpectedEntry)
        ));
    }
}

#[test]
fn a_value_that_shares_a_kept_block_stays() {
    // As goexit's: 0 and 1 lead to the same block, and no constant names 1.
    let wasm = wat::parse_str(
        r"(module (func (param i32) (result i32)
            (block $b1 (block $b0 (br_table $b0 $b0 $b1 (local.get 0))) (return (i32.const 0)))
            (i32.const 0)))",
    )
    .unwrap();
    let module = module::parse(&wasm).unwrap();
    let mut graph = graph(&module, 0);
    Dispatch::find(&graph)
        .unwrap()
        .prune(&mut graph, &BTreeSet::new());
    let kept = graph
        .blocks
        .iter()
        .find_map(|block| match &block.terminator {
            Terminator::Switch { cases, .. } => Some(cases.keys().copied().collect::<Vec<_>>()),
            _ => None,
        });
    assert_eq!(kept, Some(vec![1]));
}

/// 0 throws (returns 1), 1 returns 0, 2 calls itself or throws, 3 calls 1 and
/// then 0, 4 calls only itself; 5 calls 0 as Go does, 6 calls 1 so.
const CALLS: &str = r"(module
    (func $throws (param i32) (result i32) (i32.const 1))
    (func $returns (param i32) (result i32) (i32.const 0))
    (func $recurses (param i32) (result i32)
      (if (local.get 0) (then (if (call 2 (i32.const 0)) (then (return (i32.const 1))))))
      (if (call $throws (i32.const 0)) (then (return (i32.const 1))))
      (i32.const 1))
    (func $both (param i32) (result i32)
      (if (call $returns (i32.const 0)) (then (return (i32.const 1))))
      (if (call $throws (i32.const 0)) (then (return (i32.const 1))))
      (i32.const 0))
    (func $forever (param i32) (result i32)
      (if (call 4 (i32.const 0)) (then (return (i32.const 1))))
      (i32.const 0))
    (func $after_throw (param i32) (result i32)
      (if (call $throws (i32.const 0)) (then (return (i32.const 1))))
      (i32.const 0))
    (func $after_return (param i32) (result i32)
      (if (call $returns (i32.const 0)) (then (return (i32.const 1))))
      (i32.const 0)))";

fn never_zero(module: &Module<'_>) -> Vec<bool> {
    let summaries: Vec<Summary> = (0..module.functions.len())
        .map(|index| Summary::new(&graph(module, index), BlockId::ENTRY, |_| false))
        .collect();
    noreturn::never_zero(&summaries, 0)
}

#[test]
fn what_never_returns_zero_is_found_by_what_it_does() {
    let wasm = wat::parse_str(CALLS).unwrap();
    let module = module::parse(&wasm).unwrap();
    assert_eq!(
        never_zero(&module),
        [true, false, true, true, true, true, false]
    );
}

#[test]
fn a_tail_call_returns_what_its_callee_does() {
    let wasm = wat::parse_str(
        r"(module
            (func $throws (param i32) (result i32) (i32.const 1))
            (func $returns (param i32) (result i32) (i32.const 0))
            (table funcref (elem $throws))
            (func (param i32) (result i32) (return_call $throws (i32.const 0)))
            (func (param i32) (result i32) (return_call $returns (i32.const 0)))
            (func (param i32) (result i32) (return_call 4 (i32.const 0)))
            (func (param i32) (result i32)
              (return_call_indirect (param i32) (result i32) (i32.const 0) (i32.const 0))))",
    )
    .unwrap();
    let module = module::parse(&wasm).unwrap();
    assert_eq!(never_zero(&module), [true, false, true, false, true, false]);
}

#[test]
fn code_after_such_a_call_is_cut_and_no_other() {
    let wasm = wat::parse_str(CALLS).unwrap();
    let module = module::parse(&wasm).unwrap();
    let never_zero = never_zero(&module);
    for (index, cut) in [(5, true), (6, false)] {
        let mut graph = graph(&module, index);
        noreturn::cut(&mut graph, |function| never_zero[function as usize]);
        let returns_zero = reachable(&graph).into_iter().any(|block| {
            let operators = &graph.operators[graph.blocks[block.index()].operators.clone()];
            matches!(operators.last(), Some((Operator::I32Const { value: 0 }, _)))
                && !matches!(operators, [.., (Operator::Call { .. }, _)])
        });
        assert_eq!(returns_zero, !cut, "function {index}");
    }
}

#[test]
fn a_call_at_another_point_than_0_says_nothing() {
    let wasm = wat::parse_str(
        r"(module
            (func $throws_at_0 (param i32) (result i32)
              (block $b1 (block $b0 (br_table $b0 $b1 (local.get 0))) (return (i32.const 1)))
              (i32.const 0))
            (func (param i32) (result i32)
              (if (call $throws_at_0 (i32.const 1)) (then (return (i32.const 1))))
              (i32.const 0))
            (func (param i32) (result i32) (call $throws_at_0 (local.get 0)))
            (func (param i32) (result i32) (return_call $throws_at_0 (i32.const 1))))",
    )
    .unwrap();
    let module = module::parse(&wasm).unwrap();
    let summaries: Vec<Summary> = (0..4)
        .map(|index| {
            let graph = graph(&module, index);
            let first = Dispatch::find(&graph).map(|dispatch| dispatch.first());
            Summary::new(&graph, first.unwrap_or(BlockId::ENTRY), |_| false)
        })
        .collect();
    assert_eq!(
        noreturn::never_zero(&summaries, 0),
        [true, false, false, false]
    );
    let mut graph = graph(&module, 1);
    noreturn::cut(&mut graph, |function| function == 0);
    let first = &graph.blocks[BlockId::ENTRY.index()].terminator;
    assert!(matches!(first, Terminator::Branch { .. }));
}

#[test]
fn a_branch_that_carries_operands_is_not_cut() {
    let wasm = wat::parse_str(
        r"(module
            (func $throws (param i32) (result i32) (i32.const 1))
            (func (param i32) (result i32 i32)
              (i32.const 7)
              (call $throws (i32.const 0))
              (if (param i32) (then (i32.const 1) (return)) (else (drop)))
              (i32.const 2) (i32.const 3)))",
    )
    .unwrap();
    let module = module::parse(&wasm).unwrap();
    let mut graph = graph(&module, 1);
    noreturn::cut(&mut graph, |function| function == 0);
    let first = &graph.blocks[BlockId::ENTRY.index()].terminator;
    assert!(matches!(first, Terminator::Branch { .. }));
}

/// A function that waits for many callees on two paths was once looked at again
/// and again for each of them, more often each time.
#[test]
fn the_search_is_linear_in_the_calls() {
    let callees = 80;
    let calls = |first: usize| -> String {
        let unwind = "(then (return (i32.const 1)))";
        (0..=first)
            .rev()
            .step_by(2)
            .map(|callee| format!("(if (call {callee} (i32.const 0)) {unwind})"))
            .collect()
    };
    let function = "(func (param i32) (result i32)";
    let source = format!(
        "(module {} {function} (if (local.get 0) (then {}) (else {})) (i32.const 0)))",
        format!("{function} (i32.const 0))").repeat(callees),
        calls(callees - 1),
        calls(callees - 2),
    );
    let wasm = wat::parse_str(&source).unwrap();
    let module = module::parse(&wasm).unwrap();
    assert_eq!(never_zero(&module), vec![false; callees + 1]);
}

/// Whether local 1 is SP's copy in a function with this body.
fn mirrors_sp(body: &str) -> bool {
    let source = format!(
        r#"(module
             (import "wasi_snapshot_preview1" "proc_exit" (func $import (param i32)))
             (memory 1)
             (global $sp (mut i32) (i32.const 0))
             (func (param i32) (result i32) (local i32) {body})
             (func $callee))"#
    );
    let wasm = wat::parse_str(source).unwrap();
    let module = module::parse(&wasm).unwrap();
    super::sp::local_mirrors_sp(&graph(&module, 0), module.import_count())
}

#[test]
fn a_copy_of_sp_that_is_kept_up_is_known() {
    let bodies = [
        "(global.get $sp) (local.set 1) (local.get 1)",
        "(global.get $sp) (local.set 1)
         (i32.sub (local.get 1) (i32.const 8)) (local.tee 1) (global.set $sp) (local.get 1)",
        "(global.get $sp) (local.set 1) (call $callee)
         (global.get $sp) (local.set 1) (local.get 1)",
        "(global.get $sp) (local.set 1) (call $import (i32.const 1)) (local.get 1)",
        "(global.get $sp) (local.set 1)
         (loop $l (br_if $l (i32.load (local.get 1)))) (local.get 1)",
        // Never read: as good as equal.
        "(local.set 1 (i32.const 1)) (i32.const 0)",
    ];
    for body in bodies {
        assert!(mirrors_sp(body), "{body}");
    }
}

#[test]
fn a_local_that_may_differ_from_sp_is_no_copy() {
    let bodies = [
        "(local.get 1)",
        "(global.get $sp) (local.set 1) (call $callee) (local.get 1)",
        "(global.get $sp) (local.set 1) (local.set 1 (i32.const 8)) (local.get 1)",
        "(global.get $sp) (local.set 1) (global.set $sp (i32.const 8)) (local.get 1)",
        "(global.get $sp) (local.set 1)
         (if (local.get 0) (then (call $callee))) (local.get 1)",
        // Equal on the way in, not on the way back.
        "(global.get $sp) (local.set 1)
         (loop $l (drop (local.get 1)) (global.set $sp (i32.const 8)) (br $l)) (unreachable)",
    ];
    for body in bodies {
        assert!(!mirrors_sp(body), "{body}");
    }
}

#[test]
fn a_loop_ends_in_its_condition() {
    let wasm = wat::parse_str(
        r#"(module (memory 1) (func (param $n i64) (result i64) (local $i i64)
             (block $out
               (loop $again
                 (br_if $out (i64.ge_u (local.get $i) (local.get $n)))
                 (i64.store (i32.wrap_i64 (local.get $i)) (local.get $i))
                 (local.set $i (i64.add (local.get $i) (i64.const 8)))
                 (br $again)))
             (local.get $i)))"#,
    )
    .unwrap();
    let module = module::parse(&wasm).unwrap();
    let jumps_back = |graph: &Graph<'_>| {
        let order = reachable(graph);
        let at = |block| order.iter().position(|&b| b == block).unwrap();
        let back = order.iter().filter(|&&block| {
            matches!(graph.blocks[block.index()].terminator, Terminator::Jump(edge)
                if at(edge.target) <= at(block))
        });
        back.count()
    };
    let mut graph = graph(&module, 0);
    assert_eq!(jumps_back(&graph), 1);
    graph.rotate_loops();
    assert_eq!(jumps_back(&graph), 0);
    let conditions = graph.operators.iter();
    let conditions = conditions.filter(|(op, _)| matches!(op, Operator::I64GeU));
    // The original, and the copy behind the body.
    assert_eq!(conditions.count(), 2);
}

#[test]
fn unwinding_is_one_block_for_all_calls() {
    let wasm = wat::parse_str(
        r#"(module
             (func $f (param i32) (result i32) (unreachable))
             (func (param i32) (result i32)
               (if (call $f (i32.const 0)) (then (return (i32.const 1))))
               (if (call $f (i32.const 0)) (then (return (i32.const 1))))
               (if (local.get 0) (then (return (i32.const 2))))
               (i32.const 1)))"#,
    )
    .unwrap();
    let module = module::parse(&wasm).unwrap();
    let mut graph = graph(&module, 1);
    let returns = |graph: &Graph<'_>, value| {
        let order = reachable(graph);
        let blocks = order.iter().map(|block| &graph.blocks[block.index()]);
        let returning = blocks.filter(|block| {
            let last = graph.operators[block.operators.clone()].last();
            matches!(block.terminator, Terminator::Return)
                && matches!(last, Some((Operator::I32Const { value: found }, _)) if *found == value)
        });
        returning.map(|block| block.cold).collect::<Vec<_>>()
    };
    assert_eq!(returns(&graph, 1), [false; 3]);
    super::unwind::share_return(&mut graph);
    // The one at the end is a jump to the function's exit, with an operand.
    assert_eq!(returns(&graph, 1).iter().filter(|&&cold| cold).count(), 1);
    assert!(returns(&graph, 1).len() <= 2);
    assert_eq!(returns(&graph, 2), [false]);
}

/// The operators of a function's first block with this body, after [`stack_check`].
fn widened(body: &str) -> Vec<String> {
    let wasm = wat::parse_str(format!(
        "(module (memory 1) (memory 1)
           (global $sp (mut i32) (i32.const 0)) (global (mut i64) (i64.const 0))
           (global $g (mut i64) (i64.const 0))
           (func (result i32) {body}))"
    ))
    .unwrap();
    let module = module::parse(&wasm).unwrap();
    let mut graph = graph(&module, 0);
    stack_check::widen(&mut graph);
    let first = graph.blocks[BlockId::ENTRY.index()].operators.clone();
    let operators = graph.operators[first].iter();
    operators.map(|(op, _)| format!("{op:?}")).collect()
}

/// A prologue's check of a frame that is larger by `excess` than a small one.
fn stack_check_of(excess: i64, load: &str, compare: &str) -> String {
    format!(
        "(nop) (global.get $sp)
         (i32.add ({load} (i32.wrap_i64 (global.get $g))) (i32.const {excess}))
         {compare} (if (then (unreachable))) (i32.const 0)"
    )
}

#[test]
fn checks_whose_sum_wraps_around_are_made_in_64_bits() {
    let load = "i32.load offset=16";
    for (excess, wide) in [
        (1, false),
        (1313, false),
        (1314, true),
        (1 << 20, true),
        (i64::from(u32::MAX), true),
    ] {
        let operators = widened(&stack_check_of(excess, load, "i32.le_u"));
        let expected = if wide {
            vec![
                "Nop".into(),
                "GlobalGet { global_index: 0 }".into(),
                "I64ExtendI32U".into(),
                "GlobalGet { global_index: 2 }".into(),
                "I32WrapI64".into(),
                operators[5].clone(),
                format!("I64Const {{ value: {excess} }}"),
                "I64Add".into(),
                "I64LeU".into(),
            ]
        } else {
            assert_eq!(operators.len(), 8);
            operators.clone()
        };
        assert_eq!(operators, expected, "{excess}");
        let loads = if wide { "I64Load32U {" } else { "I32Load {" };
        assert!(operators.iter().any(|op| op.starts_with(loads)), "{excess}");
        assert_eq!(operators.contains(&"I32LeU".into()), !wide, "{excess}");
    }
}

#[test]
fn what_is_no_stack_check_stays() {
    for (load, compare) in [
        ("i32.load offset=24", "i32.le_u"),
        ("i32.load 1 offset=16", "i32.le_u"),
        ("i32.load offset=16", "i32.lt_u"),
        ("i32.load offset=16", "i32.le_s"),
        ("i32.load8_u offset=16", "i32.le_u"),
        ("i32.load offset=16", "i32.le_u (nop)"),
    ] {
        let operators = widened(&stack_check_of(4096, load, compare));
        assert!(!operators.contains(&"I64LeU".into()), "{load} {compare}");
    }
}
