//! Where the wasm stack unwinds.
//!
//! After each call a Go function tests for the result 1 and returns 1 itself
//! (`preprocess` in `cmd/internal/obj/wasm/wasmobj.go`): as many blocks that do
//! nothing else as there are calls. They become one, which is rarely executed.
//! Exact for every module: the blocks do the same.

use crate::flow::{BlockId, Graph, Terminator};
use wasmparser::Operator;

/// Leads all edges to blocks that only return 1 to the first of those.
pub fn share_return(graph: &mut Graph<'_>) {
    let mut shared = None;
    let mut is_copy = vec![false; graph.blocks.len()];
    for index in 0..graph.blocks.len() {
        if returns_one(graph, index) {
            match shared {
                None => {
                    shared = Some(BlockId(
                        u32::try_from(index).expect("BUG: a block over 2^32"),
                    ));
                    graph.blocks[index].cold = true;
                }
                Some(_) => is_copy[index] = true,
            }
        }
    }
    let Some(shared) = shared else { return };
    for block in &mut graph.blocks {
        block.terminator.for_each_edge_mut(|edge| {
            if is_copy[edge.target.index()] {
                edge.target = shared;
            }
        });
    }
}

/// Whether a block is entered without operands and does nothing but return 1. Not
/// the entry, which nothing jumps to.
fn returns_one(graph: &Graph<'_>, index: usize) -> bool {
    let block = &graph.blocks[index];
    index != BlockId::ENTRY.index()
        && block.stack.is_empty()
        && matches!(block.terminator, Terminator::Return)
        && matches!(
            graph.operators[block.operators.clone()],
            [(Operator::I32Const { value: 1 }, _)]
        )
}
