//! How much a function may ask for. Up to here building and lowering its graph costs
//! what its size lets expect; beyond, some of what is kept grows with a product of two
//! sizes, and a body of a few hundred kilobytes could ask for any amount of memory.
//! What compilers emit stays far below.

use super::Graph;
use crate::error::Error;

/// Operands on the stacks of all blocks together, each of which is a type in
/// [`super::Block::stack`].
pub(super) const MAX_OPERANDS: usize = 1 << 24;

/// Variables times blocks: the code generator takes some 20 bytes for each pair of
/// them if all variables are alive in all blocks.
const MAX_VARIABLES_BY_BLOCKS: usize = 1 << 26;

/// The error for too many operands in the function `name`.
pub(super) fn too_many_operands(name: &str) -> Error {
    Error::Limit(format!(
        "{name} keeps more than {MAX_OPERANDS} operands across its blocks; keep them in locals, or split it"
    ))
}

impl Graph<'_> {
    /// Variables (locals, and operands that cross blocks) and blocks.
    fn size(&self) -> (usize, usize) {
        let operands = self.blocks.iter().map(|block| block.stack.len()).max();
        (self.locals.len() + operands.unwrap_or(0), self.blocks.len())
    }

    /// The pairs of a variable and a block in which it can be alive.
    #[must_use]
    pub fn variables_by_blocks(&self) -> usize {
        let (variables, blocks) = self.size();
        variables.saturating_mul(blocks)
    }
}

/// Compares a complete graph with the limits; `name` is the function's.
///
/// # Errors
/// [`Error::Limit`].
pub(super) fn check(graph: &Graph<'_>, name: impl FnOnce() -> String) -> Result<(), Error> {
    if graph.variables_by_blocks() <= MAX_VARIABLES_BY_BLOCKS {
        return Ok(());
    }
    let (variables, blocks) = graph.size();
    Err(Error::Limit(format!(
        "{} has {variables} locals and operands in {blocks} blocks, too many for the code generator; split it",
        name()
    )))
}
