//! How much a function may ask for. Up to here building and lowering its graph costs
//! what its size lets expect; beyond, some of what is kept grows with a product of two
//! sizes, and a body of a few hundred kilobytes could ask for any amount of memory.
//! What compilers emit stays far below.

use super::Graph;
use crate::error::Error;

/// Operands on the stacks of all blocks together, each of which is a type in
/// [`super::Block::stack`].
pub(super) const MAX_OPERANDS: usize = 1 << 24;

/// Variables times blocks: the code generator's tables hold 4 bytes for each pair of
/// them that can be alive.
const MAX_VARIABLES_BY_BLOCKS: usize = 1 << 28;

/// The error for too many operands in the function `name`.
pub(super) fn too_many_operands(name: &str) -> Error {
    Error::Limit(format!(
        "{name} keeps more than {MAX_OPERANDS} operands across its blocks; keep them in locals, or split it"
    ))
}

/// Compares a complete graph with the limits; `name` is the function's.
///
/// # Errors
/// [`Error::Limit`].
pub(super) fn check(graph: &Graph<'_>, name: impl FnOnce() -> String) -> Result<(), Error> {
    let operands = graph.blocks.iter().map(|block| block.stack.len()).max();
    let variables = graph.locals.len() + operands.unwrap_or(0);
    let blocks = graph.blocks.len();
    if variables.saturating_mul(blocks) <= MAX_VARIABLES_BY_BLOCKS {
        return Ok(());
    }
    Err(Error::Limit(format!(
        "{} has {variables} locals and operands in {blocks} blocks, too many for the code generator; split it",
        name()
    )))
}
