//! Loops, beginnings of functions, and polls, on hand-made graphs and functions.

use super::cycles::{Part, cuts};
use super::entries::{Bodies, Entry};
use super::{Facts, Morestack, polls, sites};
use crate::flow::{self, Block, BlockId, Callee, Edge, Graph, Terminator};
use crate::module::{self, Module};
use std::collections::HashSet;
use wasi_aot_contract::module::TrapKind;
use wasmparser::{FuncValidatorAllocations, Operator};

/// A graph without operators, of blocks with these targets.
fn graph_of(targets: &[Vec<u32>]) -> Graph<'static> {
    let edge = |&target: &u32| Edge {
        target: BlockId(target),
        base: 0,
        arity: 0,
    };
    let blocks = targets.iter().map(|targets| Block {
        stack: Vec::new(),
        operators: 0..0,
        terminator: match targets.split_last() {
            None => Terminator::Trap(TrapKind::Unreachable),
            Some((last, rest)) => Terminator::Table {
                targets: rest.iter().map(edge).collect(),
                default: edge(last),
            },
        },
        terminator_offset: 0,
        cold: false,
    });
    Graph {
        locals: Vec::new(),
        operators: Vec::new(),
        blocks: blocks.collect(),
        giving_way: HashSet::new(),
    }
}

fn cut(targets: &[Vec<u32>], part: &[Part]) -> Vec<u32> {
    let cuts = cuts(&graph_of(targets), part);
    cuts.into_iter().map(|block| block.0).collect()
}

use Part::{Cuts, MayCut, MayCutFreely, Nothing};

#[test]
fn a_loop_is_cut_once() {
    let around = [vec![1], vec![2, 4], vec![3], vec![1], vec![]];
    for (part, expected) in [
        ([Nothing, MayCut, Nothing, MayCut, Nothing], vec![1]),
        ([Nothing, Nothing, Nothing, MayCut, Nothing], vec![3]),
        ([Nothing, MayCut, Nothing, MayCutFreely, Nothing], vec![3]),
        ([Nothing, MayCut, Cuts, MayCut, Nothing], vec![]),
        ([MayCut, Nothing, Nothing, Nothing, MayCut], vec![]),
    ] {
        assert_eq!(cut(&around, &part), expected, "{part:?}");
    }
    // A block that jumps to itself.
    assert_eq!(cut(&[vec![1], vec![1, 2], vec![]], &[MayCut; 3]), [1]);
}

#[test]
fn a_loop_in_a_loop_is_cut_too() {
    // 1 is the outer loop's head, 2 the inner loop's.
    let nested = [vec![1], vec![2, 5], vec![3, 4], vec![2], vec![1], vec![]];
    let part = [Nothing, MayCut, Nothing, MayCut, Nothing, Nothing];
    assert_eq!(cut(&nested, &part), [1, 3]);
    let part = [Nothing, Nothing, MayCut, MayCut, Nothing, Nothing];
    assert_eq!(cut(&nested, &part), [2]);
    // What can't be reached is no loop.
    assert_eq!(cut(&[vec![], vec![1]], &[MayCut; 2]), []);
}

/// Whether some way around leads through `block` and none of the others that are `gone`.
fn is_in_loop(targets: &[Vec<u32>], gone: &[bool], block: usize) -> bool {
    let mut seen = vec![false; targets.len()];
    let mut pending = vec![block];
    while let Some(at) = pending.pop() {
        for &target in &targets[at] {
            let target = target as usize;
            if target == block {
                return true;
            }
            if !gone[target] && !std::mem::replace(&mut seen[target], true) {
                pending.push(target);
            }
        }
    }
    false
}

#[test]
fn whatever_the_graph_no_loop_with_a_candidate_is_left() {
    let mut seed = 1u64;
    let mut random = |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (seed >> 33) % below
    };
    for _ in 0..2000 {
        let count = 2 + random(20);
        let mut targets: Vec<Vec<u32>> = (0..count)
            .map(|_| (0..random(4)).map(|_| random(count) as u32).collect())
            .collect();
        // All can be reached.
        targets[0] = (0..count as u32).collect();
        let kinds = [Nothing, Nothing, Cuts, MayCut, MayCutFreely];
        let part: Vec<Part> = (0..count).map(|_| kinds[random(5) as usize]).collect();
        let chosen = cut(&targets, &part);
        let mut gone: Vec<bool> = part.iter().map(|&part| part == Cuts).collect();
        for &block in &chosen {
            let kind = part[block as usize];
            assert!(matches!(kind, MayCut | MayCutFreely));
            gone[block as usize] = true;
        }
        for (block, &kind) in part.iter().enumerate() {
            let left = matches!(kind, MayCut | MayCutFreely)
                && !gone[block]
                && is_in_loop(&targets, &gone, block);
            assert!(!left, "{block} of {targets:?}, {part:?}, cut {chosen:?}");
        }
    }
}

#[test]
fn many_loops_in_one_another_take_no_time() {
    // 20,000 blocks, each of which goes on to the next and back to the first of all.
    let count = 20_000u32;
    let targets: Vec<Vec<u32>> = (0..count)
        .map(|i| vec![(i + 1).min(count - 1), i.saturating_sub(1)])
        .collect();
    let part = vec![MayCut; count as usize];
    let chosen = cut(&targets, &part);
    let gone: Vec<bool> = (0..count)
        .map(|i| chosen.binary_search(&i).is_ok())
        .collect();
    for block in [0, 1, count / 2, count - 1] {
        let block = block as usize;
        assert!(gone[block] || !is_in_loop(&targets, &gone, block));
    }
}

const MORESTACK: Morestack = Morestack {
    closure: 0,
    other: 1,
};

/// Two functions that stand for `morestack`, and those of `source`.
fn module_of(source: &str) -> Vec<u8> {
    let globals = "(memory 1) (global (mut i32) (i32.const 0)) (global (mut i64) (i64.const 0))
        (global (mut i64) (i64.const 0)) (type $go (func (param i32) (result i32)))
        (table 5000 funcref)";
    let morestack = "(func (param i32) (result i32) (i32.const 1))";
    wat::parse_str(format!(
        "(module {globals} {morestack} {morestack} {source})"
    ))
    .unwrap_or_else(|e| panic!("{e}"))
}

/// What Go's assembler begins a function with, `{check}` being what it compares with SP.
fn prologue(check: &str) -> String {
    format!(
        "(func (param i32) (result i32) (local i32)
           (local.set 1 (global.get 0))
           (loop $entry (block $b1 (block $b0 (br_table $b0 $b0 $b1 (local.get 0)))
             (if (i32.le_u (local.get 1) {check}) (then
               (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 8))))
               (i64.store (local.get 1) (i64.const 0))
               (if (call 1 (i32.const 0)) (then (return (i32.const 1)))))))
             (br $entry))
           (unreachable))"
    )
}

const GUARD: &str = "(i32.load offset=16 (i32.wrap_i64 (global.get 2)))";

#[test]
fn stack_checks_are_recognised() {
    let small = prologue(GUARD);
    let large = prologue(&format!("(i32.add {GUARD} (i32.const 100))"));
    let elsewhere = prologue("(i32.load offset=24 (i32.wrap_i64 (global.get 2)))");
    let late = small.replace("br_table $b0 $b0 $b1", "br_table $b1 $b0 $b1");
    let without = small.replace("call 1", "call 2");
    let straight = format!(
        "(func (param i32) (result i32) (local i32)
           (local.set 1 (global.get 0))
           (if (i32.le_u (local.get 1) {GUARD}) (then
             (if (call 0 (i32.const 0)) (then (return (i32.const 1))))))
           (i32.const 0))"
    );
    let calls = |callee| {
        format!(
            "(func (param i32) (result i32)
               (if (call {callee} (i32.const 0)) (then (return (i32.const 1)))) (i32.const 0))"
        )
    };
    let maybe = "(func (param i32) (result i32)
        (if (global.get 0) (then (drop (call 2 (i32.const 0))))) (i32.const 0))";
    let wasm = module_of(
        &[
            &small,
            &large,
            &elsewhere,
            &late,
            &without,
            &straight,
            &calls(2),
            maybe,
            &calls(9),
        ]
        .map(String::from)
        .concat(),
    );
    let module = module::parse(&wasm).unwrap();
    let bodies = Bodies::of(&module, MORESTACK);
    let polls: Vec<bool> = (2..11).map(|index| bodies.polls(&module, index)).collect();
    assert_eq!(
        polls,
        [true, true, false, false, false, true, true, false, false]
    );
}

#[test]
fn a_function_that_only_jumps_is_the_one_it_jumps_to() {
    let wasm = module_of(
        "(func (param i32) (result i32) (global.set 0 (i32.const 5)) (i32.const 0))
         (func (param i32) (result i32) (local i32)
           (local.set 1 (global.get 0)) (call 2 (i32.const 0))
           (local.set 1 (global.get 0)) (return))
         (func (param i32) (result i32) (return (call 3 (i32.const 0))))
         (func (param i32) (result i32) (return (call 2 (i32.const 1))))
         (func (param i32) (result i32) (global.set 0 (i32.const 9)) (return (call 2 (i32.const 0))))",
    );
    let module = module::parse(&wasm).unwrap();
    let bodies = Bodies::of(&module, MORESTACK);
    let jumps: Vec<usize> = (2..7)
        .map(|index| bodies.jumps_to(&module, index))
        .collect();
    assert_eq!(jumps, [2, 2, 2, 5, 6]);
}

/// The facts of a module whose function 2 gives way at its beginning.
fn facts(module: &Module<'_>) -> Facts {
    let mut entries = vec![Entry::Unknown; module.functions.len()];
    entries[2] = Entry::GivesWay {
        resume: 2,
        closure: true,
    };
    entries[3] = Entry::Returns;
    Facts {
        entries,
        points: vec![Some(Vec::new()); module.functions.len()],
        morestack: MORESTACK,
        imports: 0,
        arities: sites::arities(module),
    }
}

/// A tiny function, one that only gives way behind, and a loop around `{call}`, which is
/// function 4 and stores `{address}` as its return address.
fn looping(address: &str, call: &str) -> Vec<u8> {
    let tiny = "(func (param i32) (result i32) (i32.const 0))";
    module_of(&format!(
        "{tiny} {tiny}
         (func (param i32) (result i32) (local i32)
           (loop $again
             (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 8))))
             (i64.store (local.get 1) (i64.const {address}))
             {call} (global.get 0) (local.set 1)
             (if (then (return (i32.const 1))))
             (br_if $again (i32.load (i32.const 64))))
           (i32.const 0))"
    ))
}

fn rewritten<'a>(module: &Module<'a>, change: impl FnOnce(&mut Facts)) -> (usize, Graph<'a>) {
    let function = &module.functions[4];
    let mut allocations = FuncValidatorAllocations::default();
    let name = || String::from("test");
    let graph = flow::build(
        &function.body,
        &function.validation,
        &module.types,
        &mut allocations,
        name,
    );
    let mut graph = graph.unwrap();
    let mut facts = facts(module);
    change(&mut facts);
    (facts.rewrite(&mut graph, 4), graph)
}

type Change = Box<dyn FnOnce(&mut Facts)>;

/// A return address of the looping function.
const IN_LOOP: &str = "0x10040003";

#[test]
fn a_loop_gives_way_before_its_call() {
    let wasm = looping(IN_LOOP, "(call 2 (i32.const 0))");
    let module = module::parse(&wasm).unwrap();
    let (count, graph) = rewritten(&module, |_| {});
    assert_eq!(count, 1);
    let polled = graph.blocks.iter().find(|block| {
        let operators = &graph.operators[block.operators.clone()];
        matches!(operators.last(), Some((Operator::I32Eq, _)))
    });
    let Terminator::Branch { then, otherwise } = polled.expect("no poll").terminator else {
        panic!("a poll that doesn't branch");
    };
    let gives_way = &graph.blocks[then.target.index()];
    assert!(gives_way.cold);
    assert!(matches!(
        gives_way.terminator,
        Terminator::TailCall(Callee::Function(0))
    ));
    let pushed = graph.operators[gives_way.operators.clone()].iter();
    let entry = 0x1002_0000;
    assert_eq!(
        pushed
            .filter(|(op, _)| matches!(op, Operator::I64Const { value } if *value == entry))
            .count(),
        1
    );
    let rest = &graph.operators[graph.blocks[otherwise.target.index()].operators.clone()];
    let [
        (Operator::I32Const { value: 0 }, _),
        (Operator::Call { function_index: 2 }, _),
        ..,
    ] = rest
    else {
        panic!("{rest:?}");
    };
}

#[test]
fn it_gives_way_after_a_call_whose_arguments_have_no_map() {
    let wasm = looping(IN_LOOP, "(call 3 (i32.const 0))");
    let module = module::parse(&wasm).unwrap();
    let (count, graph) = rewritten(&module, |_| {});
    assert_eq!(count, 1);
    let address = 0x1004_0003;
    let pushes = graph.blocks.iter().filter(|block| {
        let operators = &graph.operators[block.operators.clone()];
        let pushes = |(op, _): &(Operator<'_>, u32)| {
            matches!(op, Operator::I64Const { value } if *value == address)
        };
        block.cold && operators.iter().any(pushes)
    });
    assert_eq!(pushes.count(), 1);
}

#[test]
fn a_call_through_the_table_takes_another_table() {
    let call = "(call_indirect (type $go) (i32.const 0) (i32.load (i32.const 8)))";
    let wasm = looping(IN_LOOP, call);
    let module = module::parse(&wasm).unwrap();
    let (count, graph) = rewritten(&module, |_| {});
    assert_eq!((count, graph.giving_way.len()), (1, 1));
}

#[test]
fn nothing_is_done_where_something_is_not_as_it_has_to_be() {
    let call = "(call 2 (i32.const 0))";
    let unsafe_points = |value: i32| {
        move |facts: &mut Facts| facts.points[4] = Some(vec![(2, -1), (3, value), (9, -1)])
    };
    let nowhere = |facts: &mut Facts| facts.points[4] = None;
    let polls = |facts: &mut Facts| facts.entries[2] = Entry::Polls;
    let unknown = |facts: &mut Facts| facts.entries[2] = Entry::Unknown;
    let cases: [(&str, &str, &str, Change, usize); 10] = [
        ("as it is", IN_LOOP, call, Box::new(|_| {}), 1),
        (
            "a safe point",
            IN_LOOP,
            call,
            Box::new(unsafe_points(-1)),
            1,
        ),
        (
            "an unsafe point",
            IN_LOOP,
            call,
            Box::new(unsafe_points(-2)),
            0,
        ),
        (
            "behind the points",
            "0x1004ffff",
            call,
            Box::new(unsafe_points(-1)),
            0,
        ),
        ("a caller that may not", IN_LOOP, call, Box::new(nowhere), 0),
        ("a callee that polls", IN_LOOP, call, Box::new(polls), 0),
        ("a callee of no kind", IN_LOOP, call, Box::new(unknown), 0),
        ("no return address", "5", call, Box::new(|_| {}), 0),
        ("somebody else's", "0x10030003", call, Box::new(|_| {}), 0),
        (
            "another PC_B",
            IN_LOOP,
            "(call 2 (i32.const 1))",
            Box::new(|_| {}),
            0,
        ),
    ];
    for (what, address, call, change, expected) in cases {
        let wasm = looping(address, call);
        let module = module::parse(&wasm).unwrap();
        assert_eq!(rewritten(&module, change).0, expected, "{what}");
    }
    // An operand waits below the call.
    let wasm = looping(IN_LOOP, "(i32.const 7) (call 2 (i32.const 0)) (i32.or)");
    let module = module::parse(&wasm).unwrap();
    assert_eq!(rewritten(&module, |_| {}).0, 0);
}

#[test]
fn an_entry_compares_and_goes_on_to_its_function() {
    let graph = polls::entry(7, 9, false, 3, MORESTACK);
    let Terminator::Branch { then, otherwise } = graph.blocks[0].terminator else {
        panic!("it doesn't branch");
    };
    let ends = |edge: Edge| match graph.blocks[edge.target.index()].terminator {
        Terminator::TailCall(callee) => callee,
        ref other => panic!("{other:?}"),
    };
    assert_eq!(ends(then), Callee::Function(1));
    assert_eq!(ends(otherwise), Callee::Function(10));
    let constants = graph.operators.iter().filter_map(|(op, _)| match op {
        Operator::I64Const { value } => Some(*value),
        _ => None,
    });
    assert_eq!(constants.collect::<Vec<_>>(), [0x1009_0000]);
}
