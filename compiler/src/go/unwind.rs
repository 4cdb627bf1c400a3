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
    let copies: Vec<bool> = (0..graph.blocks.len())
        .map(|index| returns_one(graph, index))
        .collect();
    let Some(first) = copies.iter().position(|&copy| copy) else {
        return;
    };
    graph.blocks[first].cold = true;
    let shared = BlockId(u32::try_from(first).expect("BUG: block count over 32 bits"));
    for block in &mut graph.blocks {
        block.terminator.for_each_edge_mut(|edge| {
            if copies[edge.target.index()] {
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
