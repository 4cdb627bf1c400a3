//! Limits on the size of one function's graph.
//!
//! Within them, building the graph is linear in the body's size. Without them, the operand
//! types that blocks begin with grow with a product of two sizes, operands and blocks, so a
//! body of a few hundred kilobytes could use any amount of memory. The functions that
//! compilers emit stay far below. The cost of lowering has limits of its own
//! ([`crate::weight`]).

use super::Graph;
use crate::error::Error;

/// Operands on the stacks of all blocks together, each of which is a type in
/// [`super::Block::stack`].
pub(super) const MAX_OPERANDS: usize = 1 << 24;

/// The error for too many operands in the function `name`.
pub(super) fn too_many_operands(name: &str) -> Error {
    Error::Limit(format!(
        "{name} keeps more than {MAX_OPERANDS} operands across its blocks; keep them in locals, or split it"
    ))
}

impl Graph<'_> {
    /// The pairs of a variable (a local, or an operand that crosses blocks) and an edge
    /// that it can be alive across.
    #[must_use]
    pub fn variables_by_edges(&self) -> u64 {
        let operands = self.blocks.iter().map(|block| block.stack.len()).max();
        let variables = self.locals.len() + operands.unwrap_or(0);
        let mut edges = 1u64;
        for block in &self.blocks {
            block.terminator.for_each_edge(|_| edges += 1);
        }
        edges.saturating_mul(variables as u64)
    }
}
