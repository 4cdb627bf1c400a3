//! Go's SP in local 1.
//!
//! A Go function keeps SP in local 1: it is read back from global 0 at the start
//! and after each call, and moved by constants (`cmd/internal/obj/wasm`). That
//! this is so is checked on the function at hand. That SP plus a small constant
//! doesn't wrap around 2^32 is trusted: addresses may then be formed as SP's
//! 64-bit value plus the constant. What such an address can reach is bounded all
//! the same, by the guards on both sides of linear memory.

use crate::flow::Graph;
use wasmparser::Operator;

/// The local that holds SP.
pub const SP_LOCAL: u32 = 1;

/// Whether local 1 is only ever given SP.
#[must_use]
pub fn local_holds_sp(graph: &Graph<'_>) -> bool {
    let mut written = false;
    for (index, (operator, _)) in graph.operators.iter().enumerate() {
        if let Operator::LocalSet { local_index } | Operator::LocalTee { local_index } = operator
            && *local_index == SP_LOCAL
        {
            written = true;
            let before: Vec<_> = graph.operators[..index]
                .iter()
                .rev()
                .take(3)
                .map(|(op, _)| op)
                .collect();
            let is_sp = match before[..] {
                [Operator::GlobalGet { global_index: 0 }, ..] => true,
                [
                    Operator::I32Add | Operator::I32Sub,
                    Operator::I32Const { .. },
                    Operator::LocalGet { local_index },
                ] => *local_index == SP_LOCAL,
                _ => false,
            };
            if !is_sp {
                return false;
            }
        }
    }
    written
}
