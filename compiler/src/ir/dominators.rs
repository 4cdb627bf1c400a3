//! Which blocks each block is reached through.
//!
//! Semi-NCA (Georgiadis, "Linear-Time Algorithms for Dominators and Related Problems",
//! 2005), which is near linear for the graphs that compilers make, with stacks in place of
//! recursion. Unreachable blocks have no dominator.

use super::{BlockId, Func, Order};
use std::rc::Rc;

/// No block.
const NONE: u32 = u32::MAX;

/// The dominator tree of a function's blocks.
pub struct Dominators {
    /// The reachable blocks in reverse postorder.
    order: Rc<Order>,
    /// Place of each block in `order`.
    place: Vec<u32>,
    /// Immediate dominator of each block, by block.
    immediate: Vec<u32>,
    /// When a walk of the tree enters each block, and when it has left the block's subtree.
    spans: Vec<(u32, u32)>,
}

impl Dominators {
    /// Of all blocks of a function, which has this order.
    #[must_use]
    pub fn of(func: &Func, order: Rc<Order>) -> Self {
        let count = func.blocks.len();
        let mut place = vec![NONE; count];
        for (i, block) in (0..).zip(&order.blocks) {
            place[block.index()] = i;
        }
        let immediate = SemiNca::new(func, count).run(func);
        let mut dominators = Self {
            order,
            place,
            immediate,
            spans: vec![(0, 0); count],
        };
        dominators.walk();
        dominators
    }

    /// The reachable blocks in reverse postorder: a block comes behind its dominators.
    #[must_use]
    pub fn order(&self) -> &[BlockId] {
        &self.order.blocks
    }

    /// The place of a block in [`Self::order`]; `None` if nothing reaches it.
    #[must_use]
    pub fn place(&self, block: BlockId) -> Option<usize> {
        let place = self.place[block.index()];
        (place != NONE).then_some(place as usize)
    }

    /// The closest of the blocks that every way to `block` goes through; `None` for the entry
    /// and for unreachable blocks.
    #[must_use]
    pub fn immediate(&self, block: BlockId) -> Option<BlockId> {
        let immediate = self.immediate[block.index()];
        (immediate != NONE).then_some(BlockId(immediate))
    }

    /// Whether every way to `b` goes through `a`. A block dominates itself. Both are
    /// reachable.
    #[must_use]
    pub fn dominates(&self, a: BlockId, b: BlockId) -> bool {
        let (outer, inner) = (self.spans[a.index()], self.spans[b.index()]);
        outer.0 <= inner.0 && inner.1 <= outer.1
    }

    /// Fills in spans.
    fn walk(&mut self) {
        // A block's dominator comes before it in this order. Sizes of subtrees, from the leaves up, then places, from the root down.
        let mut size = vec![1u32; self.immediate.len()];
        for block in self.order.blocks.iter().rev() {
            let parent = self.immediate[block.index()];
            if parent != NONE {
                size[parent as usize] += size[block.index()];
            }
        }
        let mut next = vec![0u32; self.immediate.len()];
        for block in &self.order.blocks {
            let parent = self.immediate[block.index()];
            let start = match parent {
                NONE => 0,
                parent => {
                    let start = next[parent as usize];
                    next[parent as usize] += size[block.index()];
                    start
                }
            };
            self.spans[block.index()] = (start, start + size[block.index()]);
            next[block.index()] = start + 1;
        }
    }
}

/// The computation. All but `number` is by number in a depth-first walk.
struct SemiNca {
    /// Number of each block, or [`NONE`].
    number: Vec<u32>,
    blocks: Vec<BlockId>,
    /// Parent in the tree of the walk.
    parent: Vec<u32>,
    semi: Vec<u32>,
    label: Vec<u32>,
    /// Ancestor in the forest of what was linked.
    ancestor: Vec<u32>,
    /// Predecessors, all in one vector: those of `v` are from `starts[v]` to `starts[v + 1]`.
    predecessors: Vec<u32>,
    starts: Vec<u32>,
}

impl SemiNca {
    fn new(func: &Func, count: usize) -> Self {
        let mut number = vec![NONE; count];
        let (mut blocks, mut parent) = (Vec::new(), Vec::new());
        let mut pending = vec![(BlockId::ENTRY, NONE)];
        while let Some((block, from)) = pending.pop() {
            if number[block.index()] != NONE {
                continue;
            }
            let own = blocks.len() as u32;
            number[block.index()] = own;
            blocks.push(block);
            parent.push(from);
            let terminator = &func.block(block).terminator;
            terminator.for_each_edge(|edge| {
                if number[edge.target.index()] == NONE {
                    pending.push((edge.target, own));
                }
            });
        }
        let reached = blocks.len();
        let mut starts = vec![0u32; reached + 1];
        let edges = |f: &mut dyn FnMut(usize, usize)| {
            for (from, block) in blocks.iter().enumerate() {
                let terminator = &func.block(*block).terminator;
                terminator.for_each_edge(|edge| f(from, number[edge.target.index()] as usize));
            }
        };
        edges(&mut |_, to| starts[to + 1] += 1);
        for v in 0..reached {
            starts[v + 1] += starts[v];
        }
        let mut next = starts.clone();
        let mut predecessors = vec![0u32; starts[reached] as usize];
        edges(&mut |from, to| {
            predecessors[next[to] as usize] = from as u32;
            next[to] += 1;
        });
        Self {
            number,
            parent,
            semi: (0..reached as u32).collect(),
            label: (0..reached as u32).collect(),
            ancestor: vec![NONE; reached],
            predecessors,
            starts,
            blocks,
        }
    }

    /// The immediate dominator of each block, by block.
    fn run(mut self, func: &Func) -> Vec<u32> {
        let reached = self.blocks.len();
        let mut path = Vec::new();
        for w in (1..reached).rev() {
            for at in self.starts[w] as usize..self.starts[w + 1] as usize {
                let v = self.predecessors[at];
                let u = self.evaluate(v, &mut path);
                self.semi[w] = self.semi[w].min(self.semi[u as usize]);
            }
            self.label[w] = w as u32;
            self.ancestor[w] = self.parent[w];
        }
        let mut immediate = self.parent.clone();
        for w in 1..reached {
            while immediate[w] > self.semi[w] {
                immediate[w] = immediate[immediate[w] as usize];
            }
        }
        let mut by_block = vec![NONE; func.blocks.len()];
        for w in 1..reached {
            by_block[self.blocks[w].index()] = self.blocks[immediate[w] as usize].0;
        }
        debug_assert!(self.number[0] == 0, "BUG: the walk begins elsewhere");
        by_block
    }

    /// The number with the least semidominator on the way up to the root of what was linked;
    /// makes the way shorter.
    fn evaluate(&mut self, v: u32, path: &mut Vec<u32>) -> u32 {
        if self.ancestor[v as usize] == NONE {
            return v;
        }
        path.clear();
        let mut at = v;
        while self.ancestor[self.ancestor[at as usize] as usize] != NONE {
            path.push(at);
            at = self.ancestor[at as usize];
        }
        let root = self.ancestor[at as usize];
        let mut above = at;
        while let Some(below) = path.pop() {
            if self.semi[self.label[above as usize] as usize]
                < self.semi[self.label[below as usize] as usize]
            {
                self.label[below as usize] = self.label[above as usize];
            }
            self.ancestor[below as usize] = root;
            above = below;
        }
        self.label[v as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Edge, Origin, Terminator, Type};
    use super::*;

    /// A function whose block `i` goes to the blocks `edges[i]`.
    fn graph(edges: &[&[u32]]) -> Func {
        let mut func = Func::new(Vec::new(), Vec::new());
        for _ in edges {
            func.new_block(Origin::NONE);
        }
        let condition = func.new_param(BlockId::ENTRY, Type::I32);
        for (block, targets) in func.blocks.iter_mut().zip(edges) {
            let edge = |&target: &u32| Edge::to(BlockId(target));
            block.terminator = match targets.split_last() {
                None => Terminator::Return(Vec::new()),
                Some((last, rest)) => Terminator::Table {
                    index: condition,
                    targets: rest.iter().map(edge).collect(),
                    default: edge(last),
                },
            };
        }
        func
    }

    /// By definition: `a` dominates `b` if `b` can't be reached without `a`.
    fn by_definition(edges: &[&[u32]], a: usize, b: usize) -> bool {
        if a == b {
            return true;
        }
        let mut seen = vec![false; edges.len()];
        let mut pending = if a == 0 { vec![] } else { vec![0] };
        while let Some(block) = pending.pop() {
            if block != a && !std::mem::replace(&mut seen[block], true) {
                pending.extend(edges[block].iter().map(|&target| target as usize));
            }
        }
        !seen[b]
    }

    fn of(func: &Func) -> Dominators {
        Dominators::of(func, Rc::new(func.find_order()))
    }

    fn check(edges: &[&[u32]]) {
        let dominators = of(&graph(edges));
        for a in dominators.order() {
            for b in dominators.order() {
                let expected = by_definition(edges, a.index(), b.index());
                assert_eq!(
                    dominators.dominates(*a, *b),
                    expected,
                    "{a:?} {b:?} of {edges:?}"
                );
            }
            let immediate = dominators.immediate(*a);
            assert_eq!(immediate.is_none(), *a == BlockId::ENTRY);
            if let Some(immediate) = immediate {
                assert!(dominators.dominates(immediate, *a) && immediate != *a);
            }
        }
    }

    #[test]
    fn dominators_are_those_of_the_definition() {
        check(&[&[]]);
        check(&[&[1, 2], &[3], &[3], &[]]);
        // A loop, and one that is entered at two places.
        check(&[&[1], &[2, 3], &[1], &[]]);
        check(&[&[1, 2], &[2, 3], &[1, 3], &[]]);
        // The example of Lengauer and Tarjan's paper.
        let paper: &[&[u32]] = &[
            &[1, 2, 3],
            &[4],
            &[1, 4, 5],
            &[6, 7],
            &[12],
            &[8],
            &[9],
            &[9, 10],
            &[5, 11],
            &[11],
            &[9],
            &[9, 11],
            &[8],
        ];
        check(paper);
    }

    #[test]
    fn random_graphs_have_the_dominators_of_the_definition() {
        let mut state = 1u64;
        let mut random = |below: u64| {
            state = state
                .wrapping_mul(6364136223846793005)
                .wrapping_add(1442695040888963407);
            ((state >> 33) % below) as u32
        };
        for _ in 0..300 {
            let count = 2 + u64::from(random(12));
            let edges: Vec<Vec<u32>> = (0..count)
                .map(|_| (0..random(4)).map(|_| 1 + random(count - 1)).collect())
                .collect();
            let edges: Vec<&[u32]> = edges.iter().map(Vec::as_slice).collect();
            check(&edges);
        }
    }
}
