//! Limits on the size of one function.
//!
//! Within them, building a function is linear in its body's size. Without them, what edges
//! carry grows with a product of two sizes, labels and their operands, so a body of a few
//! hundred kilobytes could use any amount of memory. The functions that compilers emit stay
//! far below. The cost of what follows has limits of its own ([`crate::weight`]).

use crate::error::Error;

/// Values that blocks, edges and returns carry, all together.
pub(super) const MAX_CARRIED: usize = 1 << 24;

/// The error for too many of them in the function `name`.
pub(super) fn too_many_carried(name: &str) -> Error {
    Error::Limit(format!(
        "{name} keeps more than {MAX_CARRIED} operands across its blocks; keep them in locals, or split it"
    ))
}
