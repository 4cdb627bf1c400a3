//! Loops that end in their condition.
//!
//! A loop that begins with its condition takes two jumps per turn: back to the
//! condition, and from there into the body. Where a block jumps back to a short one
//! that branches, it gets a copy of it instead, and one jump is left. Exact for any
//! graph: the copy does what the jump's target would have done.
//!
//! Only Go's modules get it ([`crate::go::Knowledge::rewrite`] is the only caller): Go's
//! compiler puts a loop's condition first, and its jumps are branches of the graph only once
//! the dispatch is gone. LLVM, which compiles C and Rust, rotates loops itself, and TinyGo
//! uses LLVM, too, so in their modules there would be little to copy.

use super::{BlockId, Graph, Terminator};
use wasmparser::Operator;

/// Operators that are worth copying.
const SHORT: usize = 12;

impl Graph<'_> {
    /// Copies loops' conditions to where they are jumped back to.
    pub fn rotate_loops(&mut self) {
        let (order, _) = self.reverse_postorder();
        let mut position = vec![usize::MAX; self.blocks.len()];
        for (i, block) in order.iter().enumerate() {
            position[block.index()] = i;
        }
        for &block in &order {
            if let Terminator::Jump(edge) = self.blocks[block.index()].terminator
                && edge.target != block
                && position[edge.target.index()] <= position[block.index()]
                && !self.blocks[block.index()].cold
                && self.is_condition(edge.target)
            {
                self.append_copy(block, edge.target);
            }
        }
    }

    /// Whether the block is short, calls nothing, and branches, with no operands
    /// at either end: then it doesn't matter how many a copy finds below its own.
    fn is_condition(&self, block: BlockId) -> bool {
        let block = &self.blocks[block.index()];
        block.operators.len() <= SHORT
            && block.stack.is_empty()
            && matches!(block.terminator, Terminator::Branch { then, otherwise }
                if [then, otherwise].iter().all(|edge| edge.base + edge.arity == 0))
            && self.operators[block.operators.clone()]
                .iter()
                .all(|(operator, _)| {
                    !matches!(
                        operator,
                        Operator::Call { .. } | Operator::CallIndirect { .. }
                    )
                })
    }

    /// Puts a copy of `target` in place of the block's jump to it.
    fn append_copy(&mut self, block: BlockId, target: BlockId) {
        let target = &self.blocks[target.index()];
        let Terminator::Branch { then, otherwise } = &target.terminator else {
            panic!("BUG: copying a block that doesn't branch");
        };
        let terminator = Terminator::Branch {
            then: *then,
            otherwise: *otherwise,
        };
        let (offset, copied) = (target.terminator_offset, target.operators.clone());
        let start = self.operators.len();
        self.operators
            .extend_from_within(self.blocks[block.index()].operators.clone());
        self.operators.extend_from_within(copied);
        let block = &mut self.blocks[block.index()];
        block.operators = start..self.operators.len();
        block.terminator = terminator;
        block.terminator_offset = offset;
    }
}
