//! Go's dispatch loop, and its removal.
//!
//! Every jump between basic blocks of a Go function is `i32.const k; local.set 0
//! (PC_B); br` to a loop that begins with `br_table (local.get 0)`
//! (`preprocess` in `cmd/internal/obj/wasm/wasmobj.go`). Here such an edge becomes
//! one to the table's target, and the table keeps only what can be entered from
//! outside: PC_B 0 and the function's resume points.
//!
//! What is checked on the function at hand: each edge to the dispatch, but the
//! entry's, comes from a block that ends in a constant for local 0; the entry
//! leaves local 0 to the caller; no operand goes through the dispatch. What is
//! trusted: that nobody enters at another point. An entry that the compiler ruled
//! out traps with a message of its own; it can't go on anywhere.

use crate::flow::{Block, BlockId, Edge, Graph, Terminator};
use std::collections::{BTreeMap, BTreeSet};
use wasi_aot_contract::module::TrapKind;
use wasmparser::{Operator, ValType};

/// The dispatch of a function that has the shape of Go's.
pub struct Dispatch {
    block: BlockId,
    targets: Vec<Edge>,
    default: Edge,
    /// Blocks that jump to the dispatch, with their constant.
    jumps: Vec<(BlockId, u32)>,
}

impl Dispatch {
    /// Finds the dispatch, or `None` where the function is not of Go's shape.
    #[must_use]
    pub fn find(graph: &Graph<'_>) -> Option<Self> {
        if graph.locals.first() != Some(&ValType::I32) {
            return None;
        }
        let block = match &graph.blocks[0].terminator {
            Terminator::Jump(edge) => edge.target,
            _ => BlockId::ENTRY,
        };
        let Terminator::Table { targets, default } = &graph.blocks[block.index()].terminator else {
            return None;
        };
        let carries = |edge: &Edge| edge.base + edge.arity > 0;
        let operands = !graph.blocks[block.index()].stack.is_empty();
        if operands || targets.iter().chain([default]).any(carries) || sets_pc_b(graph) {
            return None;
        }
        let operators = &graph.operators[graph.blocks[block.index()].operators.clone()];
        let reads_pc_b = matches!(
            operators.last(),
            Some((Operator::LocalGet { local_index: 0 }, _))
        );
        // A head that is jumped to must do nothing but dispatch.
        if !reads_pc_b || (block != BlockId::ENTRY && operators.len() != 1) {
            return None;
        }
        let jumps = jumps_to(graph, block)?;
        Some(Self {
            block,
            targets: targets.clone(),
            default: *default,
            jumps,
        })
    }

    /// Number of jumps that went through the dispatch.
    #[cfg(test)]
    pub fn jumps(&self) -> usize {
        self.jumps.len()
    }

    /// The block that a direct call begins with, after the dispatch.
    #[must_use]
    pub fn first(&self) -> BlockId {
        self.target(0).target
    }

    /// Turns each jump through the dispatch into a jump to its target.
    pub fn thread(&self, graph: &mut Graph<'_>) {
        for &(block, pc_b) in &self.jumps {
            graph.blocks[block.index()].terminator = Terminator::Jump(self.target(pc_b));
        }
    }

    /// Keeps of the dispatch only the targets of PC_B 0 and of `resume_points`.
    /// Other values that lead to one of those blocks stay (`goexit` is entered at
    /// 1, which is no resume point but shares 0's block).
    pub fn prune(&self, graph: &mut Graph<'_>, resume_points: &BTreeSet<u32>) {
        let first = self.target(0);
        let kept: BTreeSet<BlockId> = resume_points
            .iter()
            .map(|&pc_b| self.target(pc_b).target)
            .collect();
        let values = u32::try_from(self.targets.len()).expect("BUG: a br_table over 32 bits");
        // The default is a target too: Go's assembler puts the last block there.
        let cases: BTreeMap<u32, Edge> = (1..=values)
            .chain(resume_points.iter().copied())
            .map(|pc_b| (pc_b, self.target(pc_b)))
            .filter(|(_, edge)| edge.target == first.target || kept.contains(&edge.target))
            .collect();
        let operators = graph.blocks[self.block.index()].operators.clone();
        let offset = graph.blocks[self.block.index()].terminator_offset;
        let block = |operators, terminator| Block {
            stack: Vec::new(),
            operators,
            terminator,
            terminator_offset: offset,
            cold: true,
        };
        let end = operators.end;
        let ruled_out = graph.push(block(end..end, Terminator::Trap(TrapKind::UnexpectedEntry)));
        // Reads PC_B a second time.
        let switch = Terminator::Switch {
            cases,
            default: Edge {
                target: ruled_out,
                base: 0,
                arity: 0,
            },
        };
        let resume = graph.push(block(end - 1..end, switch));
        graph.blocks[self.block.index()].terminator = Terminator::Branch {
            then: Edge {
                target: resume,
                base: 0,
                arity: 0,
            },
            otherwise: first,
        };
    }

    fn target(&self, pc_b: u32) -> Edge {
        self.targets
            .get(pc_b as usize)
            .copied()
            .unwrap_or(self.default)
    }
}

/// Whether the entry block, which comes before the dispatch or is it, changes where
/// the caller wants to enter.
fn sets_pc_b(graph: &Graph<'_>) -> bool {
    let entry = &graph.blocks[BlockId::ENTRY.index()];
    let sets = |(operator, _): &(Operator<'_>, u32)| {
        matches!(
            operator,
            Operator::LocalSet { local_index: 0 } | Operator::LocalTee { local_index: 0 }
        )
    };
    graph.operators[entry.operators.clone()].iter().any(sets)
}

/// The blocks that jump to `dispatch` with the constant each puts into local 0;
/// `None` if one has no constant.
fn jumps_to(graph: &Graph<'_>, dispatch: BlockId) -> Option<Vec<(BlockId, u32)>> {
    let mut jumps = Vec::new();
    for (index, block) in (0u32..).zip(&graph.blocks).skip(1) {
        let mut reaches = false;
        block
            .terminator
            .for_each_edge(|edge| reaches |= edge.target == dispatch);
        if !reaches {
            continue;
        }
        let Terminator::Jump(_) = block.terminator else {
            return None;
        };
        match &graph.operators[block.operators.clone()] {
            [
                ..,
                (Operator::I32Const { value }, _),
                (Operator::LocalSet { local_index: 0 }, _),
            ] => {
                jumps.push((BlockId(index), value.cast_unsigned()));
            }
            _ => return None,
        }
    }
    Some(jumps)
}
