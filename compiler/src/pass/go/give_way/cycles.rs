//! The loops of a function, and where to cut them.
//!
//! Cost is linear in the blocks and edges, times a constant: nothing recurses, and a graph whose
//! loops nest deeper than [`ROUNDS`] gets more cuts than it needs.

use crate::ir::{BlockId, Func};

/// How often loops are looked for inside of loops that were cut.
const ROUNDS: usize = 12;

/// What a block is to the loops that it is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Whatever loop it is part of gives way there.
    Cuts,
    /// It would cut a loop, at no cost to others.
    MayCutFreely,
    /// It would cut a loop.
    MayCut,
    Nothing,
}

/// Blocks that together cut each loop that has a block which may be cut, without those
/// that cut already; ascending. `part` is by block.
#[must_use]
pub fn cuts(func: &Func, part: &[Part]) -> Vec<BlockId> {
    let mut search = Search::new(func, part);
    let mut chosen = Vec::new();
    for round in 1.. {
        let loops = search.components();
        if loops.is_empty() {
            break;
        }
        for members in loops {
            let mut cut = candidates(part, &members, Part::MayCutFreely);
            if cut.is_empty() {
                cut = candidates(part, &members, Part::MayCut);
                if round < ROUNDS {
                    // The first one in the order of execution: a loop's condition is
                    // part of all ways around.
                    let first = cut.into_iter().min_by_key(|&block| search.position[block]);
                    cut = first.into_iter().collect();
                }
            }
            let left_alone = if cut.is_empty() { &members } else { &cut };
            for &block in left_alone {
                search.alive[block] = false;
            }
            chosen.extend(cut);
        }
    }
    chosen.sort_unstable();
    chosen.into_iter().map(BlockId::new).collect()
}

fn candidates(part: &[Part], members: &[usize], kind: Part) -> Vec<usize> {
    let wanted = members.iter().copied();
    wanted.filter(|&block| part[block] == kind).collect()
}

/// The graph without what was cut.
struct Search {
    /// Targets of each block's edges.
    successors: Vec<Vec<usize>>,
    /// Place of each block in reverse postorder.
    position: Vec<usize>,
    alive: Vec<bool>,
}

impl Search {
    fn new(func: &Func, part: &[Part]) -> Self {
        let order = func.find_order().blocks;
        let count = func.blocks.len();
        let (mut position, mut alive) = (vec![0; count], vec![false; count]);
        for (i, block) in order.iter().enumerate() {
            position[block.index()] = i;
            alive[block.index()] = part[block.index()] != Part::Cuts;
        }
        let blocks = (0..count).map(BlockId::new);
        let successors = blocks.map(|block| {
            let targets = func.successors(block).into_iter();
            targets.map(BlockId::index).collect()
        });
        Self {
            successors: successors.collect(),
            position,
            alive,
        }
    }

    /// The strongly connected components that have an edge inside (Tarjan, "Depth-first
    /// search and linear graph algorithms", with a stack in place of the recursion).
    /// Blocks in none of them are no longer looked at.
    fn components(&mut self) -> Vec<Vec<usize>> {
        const UNSEEN: usize = usize::MAX;
        let count = self.successors.len();
        let (mut number, mut low) = (vec![UNSEEN; count], vec![0; count]);
        let mut open: Vec<usize> = Vec::new();
        let mut is_open = vec![false; count];
        let mut found = Vec::new();
        let mut next_number = 0;
        // A block, and how many of its edges were followed.
        let mut path: Vec<(usize, usize)> = Vec::new();
        for start in 0..count {
            if !self.alive[start] || number[start] != UNSEEN {
                continue;
            }
            path.push((start, 0));
            while let Some((block, followed)) = path.last_mut() {
                let block = *block;
                if *followed == 0 {
                    (number[block], low[block]) = (next_number, next_number);
                    next_number += 1;
                    open.push(block);
                    is_open[block] = true;
                }
                if let Some(&target) = self.successors[block].get(*followed) {
                    *followed += 1;
                    if self.alive[target] && number[target] == UNSEEN {
                        path.push((target, 0));
                    } else if self.alive[target] && is_open[target] {
                        low[block] = low[block].min(number[target]);
                    }
                    continue;
                }
                path.pop();
                if let Some(&(parent, _)) = path.last() {
                    low[parent] = low[parent].min(low[block]);
                }
                if low[block] == number[block] {
                    let first = open.iter().rposition(|&member| member == block);
                    let members = open.split_off(first.expect("BUG: a block that isn't open"));
                    for &member in &members {
                        is_open[member] = false;
                    }
                    if members.len() > 1 || self.successors[block].contains(&block) {
                        found.push(members);
                    } else {
                        self.alive[block] = false;
                    }
                }
            }
        }
        found
    }
}
