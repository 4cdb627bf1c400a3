//! Go's SP, which a Go function has twice: in global 0 and in local 1.
//!
//! The assembler keeps a copy of SP in local 1: it is read back at the start and
//! after each call, and both are written when SP moves (`assemble` in
//! `cmd/internal/obj/wasm/wasmobj.go`). Where the copy is equal to the original at
//! each of its reads, which is proved here on the function at hand, the copy isn't
//! needed: the pinned register holds SP, and reading that costs nothing.

use crate::flow::{BlockId, Graph};
use wasmparser::Operator;

/// The global that SP is.
pub const SP_GLOBAL: u32 = 0;

/// The local that holds SP's copy.
pub const SP_LOCAL: u32 = 1;

/// What a block makes of "local 1 is equal to global 0".
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effect {
    Keeps,
    Sets(bool),
}

/// Whether local 1 is equal to global 0 wherever local 1 is read. Functions below
/// `imports` can't write globals of the module.
#[must_use]
pub fn local_mirrors_sp(graph: &Graph<'_>, imports: u32) -> bool {
    if graph.locals.len() <= SP_LOCAL as usize {
        return false;
    }
    let (order, _) = graph.reverse_postorder();
    let mut reads = Vec::new();
    let mut effects = vec![Effect::Keeps; graph.blocks.len()];
    for &block in &order {
        let operators = &graph.operators[graph.blocks[block.index()].operators.clone()];
        let Some((effect, reads_first)) = effect_of(operators, imports) else {
            return false;
        };
        effects[block.index()] = effect;
        if reads_first {
            reads.push(block);
        }
    }
    let equal = equal_on_entry(graph, &order, &effects);
    reads.iter().all(|block| equal[block.index()])
}

/// A block's effect, and whether it reads local 1 as it was on entry; `None` if it
/// reads it when it differs.
fn effect_of(operators: &[(Operator<'_>, u32)], imports: u32) -> Option<(Effect, bool)> {
    let mut effect = Effect::Keeps;
    let mut reads_first = false;
    let mut before: Option<&Operator<'_>> = None;
    for (operator, _) in operators {
        match operator {
            Operator::LocalGet {
                local_index: SP_LOCAL,
            } => match effect {
                Effect::Keeps => reads_first = true,
                Effect::Sets(true) => {}
                Effect::Sets(false) => return None,
            },
            Operator::LocalSet {
                local_index: SP_LOCAL,
            }
            | Operator::LocalTee {
                local_index: SP_LOCAL,
            } => {
                let from_global = matches!(
                    before,
                    Some(Operator::GlobalGet {
                        global_index: SP_GLOBAL
                    })
                );
                effect = Effect::Sets(from_global);
            }
            Operator::GlobalSet {
                global_index: SP_GLOBAL,
            } => {
                let from_local = matches!(
                    before,
                    Some(Operator::LocalTee {
                        local_index: SP_LOCAL
                    })
                );
                effect = Effect::Sets(from_local);
            }
            Operator::Call { function_index } if *function_index < imports => {}
            Operator::Call { .. } | Operator::CallIndirect { .. } => effect = Effect::Sets(false),
            _ => {}
        }
        before = Some(operator);
    }
    Some((effect, reads_first))
}

/// For each block whether the two are equal on all ways to it: the greatest
/// fixed point. The cost is linear in the edges.
fn equal_on_entry(graph: &Graph<'_>, order: &[BlockId], effects: &[Effect]) -> Vec<bool> {
    let mut equal = vec![true; graph.blocks.len()];
    equal[BlockId::ENTRY.index()] = false;
    // Blocks after which the two may differ, each once: as it sets it, or when they
    // turn out to differ before it.
    let differs = |block: &BlockId| effects[block.index()] == Effect::Sets(false);
    let mut pending: Vec<BlockId> = order.iter().copied().filter(differs).collect();
    if effects[BlockId::ENTRY.index()] == Effect::Keeps {
        pending.push(BlockId::ENTRY);
    }
    while let Some(block) = pending.pop() {
        let terminator = &graph.blocks[block.index()].terminator;
        terminator.for_each_edge(|edge| {
            let target = edge.target.index();
            if std::mem::replace(&mut equal[target], false) && effects[target] == Effect::Keeps {
                pending.push(edge.target);
            }
        });
    }
    equal
}
