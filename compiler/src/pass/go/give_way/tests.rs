//! Which calls cut a loop, and what a poll is.

use super::cycles::{Part, cuts};
use super::{insert, polls};
use crate::go::giving_way::{Entry, Facts};
use crate::ir::{BlockId, Func, verify};
use crate::pass::testing::{becomes, but, read, run, stays, with_cx};

/// A loop that calls function 1, and returns to PC_B 5 of this function, which is 0.
const LOOP: &str = "function (i32, sp) -> (i32, sp)
variables i32 i32 sp, sp is x2
b0(v0: i32, v1: sp):
  jump b1
b1():
  v2: i32 = get x1
  v3: i64 = i64.const 268435461
  i64.store v2 v3 +0
  v4: i32 = i32.const 0
  v5: sp = get x2
  v6: i32, v7: sp = call 1 go 5 v4 v5
  set x2 v7
  branch v6 b2 b1
b2():
  v8: i32 = i32.const 1
  v9: sp = get x2
  return v8 v9
";

const GIVES_WAY: Entry = Entry::GivesWay {
    resume: 1,
    closure: false,
};

/// Puts polls in, where functions 1 and 2 begin like this; 3 is `morestack`, 4
/// `morestack_noctxt`.
fn with(entries: [Entry; 2]) -> impl Fn(&mut Func) -> usize {
    at_points(entries, Some(Vec::new()))
}

fn at_points(
    [one, two]: [Entry; 2],
    points: Option<Vec<(u32, i32)>>,
) -> impl Fn(&mut Func) -> usize {
    let unknown = Entry::Unknown;
    let facts = Facts::told(vec![unknown, one, two, unknown, unknown], points);
    move |func| insert(func, 0, &facts)
}

fn both(entry: Entry) -> impl Fn(&mut Func) -> usize {
    with([entry; 2])
}

/// A block that pushes a return address and calls a function of these two.
fn giving_way(block: u32, first: u32, address: u64, morestack: u32) -> String {
    let v = |number: u32| format!("v{}", first + number);
    let [a, b, c, d, e, f, g, h] = std::array::from_fn(|number| v(number as u32));
    format!(
        "b{block}() cold:
  {a}: sp = get x2
  {b}: i32 = sp.low {a}
  {c}: i32 = i32.const 8
  {d}: i32 = i32.sub {b} {c}
  {e}: sp = sp.from {d}
  {f}: i32 = sp.low {e}
  {g}: i64 = i64.const {address}
  {h}: i32 = i32.const 0
  i64.store {f} {g} +0
  return_call {morestack} {h} {e}
"
    )
}

/// The comparison, and the branch to where the goroutine gives way.
fn poll(first: u32, gives_way: u32, otherwise: u32) -> String {
    let v = |number: u32| format!("v{}", first + number);
    let [a, b, c, d, e] = std::array::from_fn(|number| v(number as u32));
    format!(
        "  {a}: i64 = global.get 2
  {b}: i32 = i32.wrap_i64 {a}
  {c}: i32 = i32.load {b} +16
  {d}: i32 = i32.const -1314
  {e}: i32 = i32.eq {c} {d}
  branch {e} b{gives_way} b{otherwise}
"
    )
}

#[test]
fn a_loop_gives_way_before_its_call() {
    for (closure, morestack) in [(false, 4), (true, 3)] {
        let entry = Entry::GivesWay { resume: 1, closure };
        let call = "  v4: i32 = i32.const 0\n";
        let after = but(LOOP, call, &format!("{}b3():\n{call}", poll(18, 4, 3)));
        // The callee's PC_F is 0x1001.
        let after = after + &giving_way(4, 10, 0x1001_0000, morestack);
        becomes(LOOP, &after, 1, both(entry));
    }
}

#[test]
fn a_loop_gives_way_behind_a_call_of_a_function_without_a_map() {
    let after = but(LOOP, "branch v6 b2 b1", "branch v6 b2 b3");
    let after = after + "b3():\n" + &poll(18, 4, 1) + &giving_way(4, 10, 0x1000_0005, 4);
    becomes(LOOP, &after, 1, both(Entry::Returns));
    // An operand that the loop carries can't be carried to where the goroutine goes on.
    let carries = but(LOOP, "jump b1\nb1():", "jump b1(v0)\nb1(v10: i32):");
    let carries = but(&carries, "branch v6 b2 b1", "branch v6 b2 b1(v6)");
    stays(&carries, both(Entry::Returns));
    let (polls, _) = run(&carries, both(GIVES_WAY));
    assert_eq!(polls, 1);
}

/// [`LOOP`] with a call through the table.
fn indirect() -> String {
    but(LOOP, "call 1 go 5 v4 v5", "call_indirect 0 0 go 5 v4 v0 v5")
}

#[test]
fn a_call_through_the_table_goes_through_the_entries_that_give_way() {
    let after = but(
        &indirect(),
        "call_indirect 0 0",
        "call_indirect_gives_way 0 0",
    );
    becomes(&indirect(), &after, 1, both(Entry::Unknown));
    stays(
        &but(&indirect(), "indirect 0 0", "indirect 1 0"),
        both(GIVES_WAY),
    );
}

#[test]
fn what_is_no_loop_needs_no_poll() {
    stays(
        &but(LOOP, "branch v6 b2 b1", "branch v6 b2 b2"),
        both(GIVES_WAY),
    );
}

#[test]
fn a_loop_that_gives_way_anyway_needs_no_poll() {
    stays(LOOP, both(Entry::Polls));
    // In another block of the loop.
    let second = "v6: i32, v7: sp = call 1 go 5 v4 v5\n  set x2 v7\n  branch v6 b2 b3
b3():
  v10: i32 = i32.const 0
  v11: sp = get x2
  v12: i32, v13: sp = call 2 v10 v11
  set x2 v13
  branch v12 b2 b1";
    let first = "v6: i32, v7: sp = call 1 go 5 v4 v5\n  set x2 v7\n  branch v6 b2 b1";
    let two = but(LOOP, first, second);
    stays(&two, with([GIVES_WAY, Entry::Polls]));
    let (polls, _) = run(&two, with([GIVES_WAY, Entry::Unknown]));
    assert_eq!(polls, 1);
}

#[test]
fn a_callee_of_which_nothing_is_known_has_no_poll() {
    stays(LOOP, both(Entry::Unknown));
}

#[test]
fn a_call_that_does_not_begin_its_callee_has_no_poll() {
    stays(
        &but(
            &indirect(),
            "v4: i32 = i32.const 0",
            "v4: i32 = i32.const 1",
        ),
        both(GIVES_WAY),
    );
    stays(
        &but(LOOP, "v4: i32 = i32.const 0", "v4: i32 = i32.const 1"),
        both(GIVES_WAY),
    );
    stays(&but(LOOP, "go 5 v4", "go 5 v0"), both(GIVES_WAY));
}

#[test]
fn a_call_without_a_return_address_has_no_poll() {
    stays(&but(LOOP, "call 1 go 5", "call 1"), both(GIVES_WAY));
    stays(&but(&indirect(), " go 5", ""), both(GIVES_WAY));
    // PC_B 0 has no operator before it.
    stays(&but(LOOP, "go 5", "go 0"), both(GIVES_WAY));
}

#[test]
fn only_a_call_that_ends_its_block_has_a_poll() {
    stays(
        &but(LOOP, "  set x2 v7", "  i32.store v0 v6 +0\n  set x2 v7"),
        both(GIVES_WAY),
    );
    stays(
        &but(LOOP, "branch v6 b2 b1", "branch v0 b2 b1"),
        both(GIVES_WAY),
    );
    stays(
        &but(LOOP, "branch v6 b2 b1", "table v6 [b1] b2"),
        both(GIVES_WAY),
    );
    // Go's copy of SP is read back.
    let copies = "  set x2 v7\n  v10: sp = get x2\n  v11: i32 = sp.low v10\n  set x1 v11";
    let (polls, _) = run(&but(LOOP, "  set x2 v7", copies), both(GIVES_WAY));
    assert_eq!(polls, 1);
}

#[test]
fn a_goroutine_does_not_give_way_at_an_unsafe_point() {
    let points = |points: &[(u32, i32)]| at_points([GIVES_WAY; 2], Some(points.to_vec()));
    // The call is at PC_B 4: values hold up to their ends.
    for safe in [&[(9, -1)][..], &[(4, -2), (9, -1)], &[(5, -1), (9, -2)]] {
        let (polls, _) = run(LOOP, points(safe));
        assert_eq!(polls, 1, "{safe:?}");
    }
    for not in [&[(9, -2)][..], &[(4, -1), (5, -2), (9, -1)], &[(4, -1)]] {
        stays(LOOP, points(not));
        stays(&indirect(), points(not));
    }
    // The caller can't be preempted anywhere.
    stays(LOOP, at_points([GIVES_WAY; 2], None));
}

#[test]
fn without_a_dispatch_or_preemption_nothing_is_put_in() {
    stays(LOOP, |func| with_cx(None, None, |cx| super::run(func, cx)));
}

#[test]
fn an_entry_of_the_second_table_gives_way_first() {
    let facts = Facts::told(vec![GIVES_WAY; 5], None);
    let func = polls::entry(1, 1, false, facts.morestack);
    assert_eq!(verify(&func), Ok(()));
    let text = "function (i32, sp) -> (i32, sp)
variables i32 sp, sp is x1
b0(v0: i32, v1: sp):
";
    let text = text.to_string() + &poll(10, 1, 2) + "b2():\n  return_call 1 v0 v1\n";
    let gives_way = giving_way(1, 2, 0x1001_0000, 4).replace("get x2", "get x1");
    assert_eq!(func.to_string(), read(&(text + &gives_way)).to_string());
}

/// A function whose block `i` goes to the blocks `edges[i]`, and the parts of blocks.
#[track_caller]
fn cut(edges: &[&[u32]], parts: &[Part]) -> Vec<u32> {
    let mut text = "function (i32) -> ()\nvariables i32\n".to_string();
    for (block, targets) in edges.iter().enumerate() {
        let params = if block == 0 { "v0: i32" } else { "" };
        let targets: Vec<String> = targets.iter().map(|target| format!("b{target}")).collect();
        let end = match targets.split_last() {
            None => "return".into(),
            Some((last, rest)) => format!("table v0 [{}] {last}", rest.join(" ")),
        };
        text += &format!("b{block}({params}):\n  {end}\n");
    }
    let chosen = cuts(&read(&text), parts);
    chosen.into_iter().map(|BlockId(block)| block).collect()
}

#[test]
fn each_loop_is_cut_and_nothing_else() {
    use Part::{MayCut, Nothing};
    // A loop of one block, then one of two, then a block of no loop.
    let edges: &[&[u32]] = &[&[1], &[1, 2], &[3], &[2, 4], &[]];
    assert_eq!(cut(edges, &[MayCut; 5]), [1, 2]);
    assert_eq!(cut(edges, &[MayCut, Nothing, Nothing, MayCut, MayCut]), [3]);
    assert_eq!(cut(edges, &[Nothing; 5]), [0; 0]);
}

#[test]
fn what_cuts_already_or_for_nothing_is_preferred() {
    use Part::{Cuts, MayCut, MayCutFreely, Nothing};
    let edges: &[&[u32]] = &[&[1], &[2], &[3], &[1, 4], &[]];
    assert_eq!(
        cut(edges, &[Nothing, MayCut, Cuts, MayCut, Nothing]),
        [0; 0]
    );
    assert_eq!(
        cut(
            edges,
            &[Nothing, MayCut, MayCutFreely, MayCutFreely, Nothing]
        ),
        [2, 3]
    );
    assert_eq!(
        cut(edges, &[Nothing, Nothing, MayCut, MayCut, Nothing]),
        [2]
    );
}

#[test]
fn loops_inside_of_loops_are_cut_too() {
    use Part::{MayCut, Nothing};
    // 1 to 4 around 2 and 3.
    let edges: &[&[u32]] = &[&[1], &[2], &[3], &[2, 4], &[1, 5], &[]];
    assert_eq!(
        cut(edges, &[Nothing, MayCut, MayCut, MayCut, MayCut, Nothing]),
        [1, 2]
    );
    // A cut in the inner loop, which every way around the outer one takes, is one for both.
    assert_eq!(
        cut(
            edges,
            &[Nothing, Nothing, MayCut, Nothing, Nothing, Nothing]
        ),
        [2]
    );
    // A way around the outer loop that leaves the inner one out.
    let around: &[&[u32]] = &[&[1], &[2, 4], &[3], &[2, 4], &[1, 5], &[]];
    assert_eq!(
        cut(
            around,
            &[Nothing, Nothing, MayCut, Nothing, MayCut, Nothing]
        ),
        [2, 4]
    );
}

#[test]
fn loops_that_nest_too_deeply_are_cut_everywhere() {
    // Block i goes on, and back to each block before it but the entry.
    let count = 30u32;
    let mut edges: Vec<Vec<u32>> = vec![vec![1]];
    for block in 1..count {
        edges.push(
            (1..=block)
                .chain((block + 1 < count).then_some(block + 1))
                .collect(),
        );
    }
    let edges: Vec<&[u32]> = edges.iter().map(Vec::as_slice).collect();
    let all = vec![Part::MayCut; edges.len()];
    assert_eq!(cut(&edges, &all), (1..count).collect::<Vec<u32>>());
}

#[test]
fn blocks_that_nothing_reaches_are_cut_like_others() {
    use Part::MayCut;
    let edges: &[&[u32]] = &[&[3], &[2], &[1], &[3]];
    let chosen = cut(edges, &[MayCut; 4]);
    assert!(chosen.contains(&3), "{chosen:?}");
}
