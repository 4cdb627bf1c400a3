//! Straight lines of blocks become one block.
//!
//! Structure of wasm, and Go's dispatch where jumps no longer go through it, leave blocks that
//! end in a jump to a block which nothing else leads to: the two become one. An edge to a block
//! that does nothing but jump on leads where that block jumps. Exact for any function. What
//! comes later has fewer blocks to look at, and so has Cranelift, which joins none.

use crate::ir::{BlockId, Edge, Func, Terminator};
use crate::pass::Cx;

/// The most blocks that an edge is led through.
const LONGEST: usize = 16;

/// Joins blocks and shortens edges; returns how many.
pub fn run(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    straighten(func)
}

/// As [`run`].
fn straighten(func: &mut Func) -> usize {
    let shortened = shorten(func);
    shortened + join(func)
}

/// Leads edges past blocks that only jump on.
fn shorten(func: &mut Func) -> usize {
    let next: Vec<Option<BlockId>> = func
        .blocks
        .iter()
        .map(|block| {
            let only_jumps = block.insts.is_empty() && block.params.is_empty();
            match &block.terminator {
                Terminator::Jump(edge) if only_jumps && edge.args.is_empty() => Some(edge.target),
                _ => None,
            }
        })
        .collect();
    let mut changes = 0;
    for block in &mut func.blocks {
        block.terminator.for_each_edge_mut(|edge| {
            // Blocks that jump on in a circle are an endless loop: any of them is as good.
            for _ in 0..LONGEST {
                let Some(target) = next[edge.target.index()] else {
                    break;
                };
                edge.target = target;
                changes += 1;
            }
        });
    }
    changes
}

/// Joins each block with the one that only it leads to, by a jump.
fn join(func: &mut Func) -> usize {
    let order = func.find_order();
    let mut joined = 0;
    for block in order.blocks {
        while let Terminator::Jump(edge) = &func.block(block).terminator
            && edge.target != block
            && edge.target != BlockId::ENTRY
            && order.predecessors[edge.target.index()] == 1
        {
            append(func, block);
            joined += 1;
        }
    }
    joined
}

/// Appends to a block the block that it jumps to, which is left empty, for nothing leads to it.
fn append(func: &mut Func, block: BlockId) {
    let first = func.block_mut(block);
    let jump = std::mem::replace(&mut first.terminator, Terminator::NOT_YET);
    let Terminator::Jump(Edge { target, args }) = jump else {
        panic!("BUG: {block:?} ends in no jump");
    };
    let next = func.block_mut(target);
    let insts = std::mem::take(&mut next.insts);
    let params = std::mem::take(&mut next.params);
    let terminator = std::mem::replace(&mut next.terminator, Terminator::NOT_YET);
    let (origin, cold) = (next.origin, next.cold);
    let first = func.block_mut(block);
    if first.insts.is_empty() {
        first.insts = insts;
    } else {
        first.insts.extend(insts);
    }
    first.terminator = terminator;
    first.origin = origin;
    first.cold |= cold;
    for (param, arg) in params.into_iter().zip(args) {
        func.alias(param, arg);
    }
    if func.dispatch == Some(target) {
        func.dispatch = Some(block);
    }
}

#[cfg(test)]
mod tests {
    use super::straighten;
    use crate::pass::testing::{becomes, stays};

    #[test]
    fn a_straight_line_is_one_block_with_the_origin_of_its_end() {
        let before = "function (i32) -> (i32)
variables i32
b0(v0: i32):
  v1: i32 = i32.const 1 @10
  jump b1(v1) @11
b1(v2: i32):
  v3: i32 = i32.add v0 v2 @12
  jump b2 @13
b2():
  return v3 @14
";
        let after = "function (i32) -> (i32)
variables i32
b0(v0: i32):
  v1: i32 = i32.const 1 @10
  v3: i32 = i32.add v0 v1 @12
  return v3 @14
";
        becomes(before, after, 2, straighten);
    }

    #[test]
    fn edges_lead_past_blocks_that_only_jump_on() {
        let before = "function (i32) -> (i32)
variables i32
b0(v0: i32):
  branch v0 b1 b2
b1():
  jump b3
b2():
  jump b1
b3():
  return v0
";
        let after = "function (i32) -> (i32)
variables i32
b0(v0: i32):
  branch v0 b3 b3
b3():
  return v0
";
        // Two edges of the branch, one of them past two blocks, and the jump of b2.
        becomes(before, after, 4, straighten);
    }

    #[test]
    fn an_endless_loop_of_empty_blocks_stays_endless() {
        stays(
            "function (i32) -> (i32)
variables i32
b0(v0: i32):
  set x0 v0
  jump b1
b1():
  set x0 v0
  jump b1
",
            straighten,
        );
        let mut func = crate::pass::testing::read(
            "function () -> ()
variables
b0():
  jump b1
b1():
  jump b2
b2():
  jump b1
",
        );
        straighten(&mut func);
        crate::ir::verify(&func).unwrap();
        assert!(!func.to_string().contains("return"), "{func}");
    }

    #[test]
    fn a_block_that_two_edges_lead_to_stays_apart() {
        stays(
            "function (i32) -> (i32)
variables i32
b0(v0: i32):
  branch v0 b1 b2
b1():
  v1: i32 = i32.const 1
  jump b3(v1)
b2():
  v2: i32 = i32.const 2
  jump b3(v2)
b3(v3: i32):
  return v3
",
            straighten,
        );
    }

    #[test]
    fn a_line_into_a_cold_block_is_cold_and_a_joined_dispatch_is_still_known() {
        let before = "function (i32) -> (i32)
variables i32, dispatch b1
b0(v0: i32):
  set x0 v0
  jump b1
b1():
  branch v0 b2 b4
b2():
  v1: i32 = i32.const 7
  jump b3
b3() cold:
  set x0 v1
  trap Unreachable
b4():
  return v0
";
        let after = "function (i32) -> (i32)
variables i32, dispatch b0
b0(v0: i32):
  set x0 v0
  branch v0 b2 b4
b2() cold:
  v1: i32 = i32.const 7
  set x0 v1
  trap Unreachable
b4():
  return v0
";
        becomes(before, after, 2, straighten);
    }
}
