//! A function as a graph of basic blocks.
//!
//! Lowering and every analysis work on this graph, never on structured
//! operators. Invariants: block 0 is the entry and has an empty operand stack;
//! blocks hold straight-line operators only (control operators have become
//! terminators and edges); code that structure alone makes unreachable is not in
//! the graph; on every path to a block the operand stack has the block's types.

mod build;
mod limits;
mod rotate;

pub use build::build;

use std::collections::{BTreeMap, HashSet};
use wasi_aot_contract::module::TrapKind;
use wasmparser::{Operator, ValType};

/// Index of a block in [`Graph::blocks`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

impl BlockId {
    pub const ENTRY: Self = Self(0);

    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// The offset of what has no origin in the file: operators that a rewrite made for a
/// function of the compiler's own, and offsets that don't fit into 32 bits.
pub const NO_OFFSET: u32 = u32::MAX;

/// A validated function body.
pub struct Graph<'a> {
    /// Types of all locals, parameters first.
    pub locals: Vec<ValType>,
    /// Straight-line operators with their offsets in the file, or [`NO_OFFSET`]. An operator
    /// that a rewrite added has the offset of the one that it was added for.
    pub operators: Vec<(Operator<'a>, u32)>,
    pub blocks: Vec<Block>,
    /// Offsets of the calls through table 0 that go through the table of entries that
    /// give way ([`crate::go::giving_way`]).
    pub giving_way: HashSet<u32>,
}

/// Straight-line code and how it ends.
#[derive(Debug)]
pub struct Block {
    /// Types of the operand stack on entry, bottom first.
    pub stack: Vec<ValType>,
    /// The block's part of [`Graph::operators`].
    pub operators: std::ops::Range<usize>,
    pub terminator: Terminator,
    /// Offset in the file of the operator that the terminator stands for, or [`NO_OFFSET`].
    pub terminator_offset: u32,
    /// Rarely executed: laid out behind the rest of the function.
    pub cold: bool,
}

/// How a block ends; operands are popped off the operand stack first.
#[derive(Debug)]
pub enum Terminator {
    Jump(Edge),
    /// Pops an i32: `then` if it isn't zero.
    Branch {
        then: Edge,
        otherwise: Edge,
    },
    /// Pops an i32, the index into `targets`.
    Table {
        targets: Vec<Edge>,
        default: Edge,
    },
    /// Returns the top of the stack, as many values as the function has results.
    Return,
    /// Calls with the arguments on top of the stack and returns what the callee
    /// returns; the caller's frame is gone by then.
    TailCall(Callee),
    /// Pops an i32, the value to look up in `cases`.
    Switch {
        cases: BTreeMap<u32, Edge>,
        default: Edge,
    },
    /// Traps.
    Trap(TrapKind),
}

/// What a tail call calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callee {
    /// The function with this index.
    Function(u32),
    /// Pops an i32, the index of a function of this type in the table.
    Element { type_index: u32, table: u32 },
}

/// A jump to `target` that keeps the lowest `base` operands and the topmost
/// `arity`, dropping what is between (a wasm branch out of nested blocks).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Edge {
    pub target: BlockId,
    pub base: u32,
    pub arity: u32,
}

impl Edge {
    /// Whether the edge moves operands when taken with `height` of them.
    #[must_use]
    pub fn drops(self, height: usize) -> bool {
        height != (self.base + self.arity) as usize
    }
}

impl Terminator {
    /// Calls `f` with each edge.
    pub fn for_each_edge(&self, mut f: impl FnMut(Edge)) {
        match self {
            Self::Jump(edge) => f(*edge),
            Self::Branch { then, otherwise } => {
                f(*then);
                f(*otherwise);
            }
            Self::Table { targets, default } => {
                targets.iter().copied().for_each(&mut f);
                f(*default);
            }
            Self::Switch { cases, default } => {
                cases.values().copied().for_each(&mut f);
                f(*default);
            }
            Self::Return | Self::TailCall(_) | Self::Trap(_) => {}
        }
    }

    /// Calls `f` with each edge, to be changed.
    pub fn for_each_edge_mut(&mut self, mut f: impl FnMut(&mut Edge)) {
        match self {
            Self::Jump(edge) => f(edge),
            Self::Branch { then, otherwise } => {
                f(then);
                f(otherwise);
            }
            Self::Table { targets, default } => {
                targets.iter_mut().for_each(&mut f);
                f(default);
            }
            Self::Switch { cases, default } => {
                cases.values_mut().for_each(&mut f);
                f(default);
            }
            Self::Return | Self::TailCall(_) | Self::Trap(_) => {}
        }
    }
}

impl Graph<'_> {
    /// Adds a block.
    pub fn push(&mut self, block: Block) -> BlockId {
        let id = BlockId(u32::try_from(self.blocks.len()).expect("BUG: block count over 32 bits"));
        self.blocks.push(block);
        id
    }

    /// Blocks reachable from the entry in reverse postorder, and for each block
    /// how many edges lead to it from those.
    #[must_use]
    pub fn reverse_postorder(&self) -> (Vec<BlockId>, Vec<u32>) {
        let mut order = Vec::with_capacity(self.blocks.len());
        let mut predecessors = vec![0u32; self.blocks.len()];
        let mut seen = vec![false; self.blocks.len()];
        // Explicit stack of (block, successors left to visit): a body may have
        // tens of thousands of blocks in a chain.
        let mut stack = vec![(BlockId::ENTRY, self.successors(BlockId::ENTRY))];
        seen[0] = true;
        while let Some((block, successors)) = stack.last_mut() {
            let Some(next) = successors.pop() else {
                order.push(*block);
                stack.pop();
                continue;
            };
            predecessors[next.index()] += 1;
            if !std::mem::replace(&mut seen[next.index()], true) {
                let successors = self.successors(next);
                stack.push((next, successors));
            }
        }
        order.reverse();
        (order, predecessors)
    }

    fn successors(&self, block: BlockId) -> Vec<BlockId> {
        let mut successors = Vec::new();
        self.blocks[block.index()]
            .terminator
            .for_each_edge(|edge| successors.push(edge.target));
        successors
    }
}
