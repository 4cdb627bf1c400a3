//! Checks for stack space that see a request to give way.
//!
//! A function whose frame isn't small compares SP with `stackguard0 + (framesize -
//! StackSmall)`, in 32 bits, and so on wasm only: with `stackPreempt` in `stackguard0`
//! ([`super::preempt`]) and a frame of some 1,400 bytes or more the sum wraps around, and
//! the function runs on a stack that may have no room for it. The toolchain knows ("TODO:
//! handle wraparound case", `preprocess` in `cmd/internal/obj/wasm/wasmobj.go`), and it
//! does no harm where nobody preempts.
//!
//! Trusted: that such a sum is nothing but the check's. It is computed in 64 bits here,
//! which differs only where it wraps around.

use super::preempt::{G_GLOBAL, G_STACKGUARD0};
use crate::flow::Graph;
use wasi_aot_contract::module::Preemption;
use wasmparser::{MemArgTarget, Operator};

/// How many operators the comparison has, from where SP is on the operand stack; they
/// are the last of their block, which branches.
const LENGTH: usize = 6;

/// Widens the checks of `graph` whose sums wrap around with `stackPreempt`.
pub fn widen(graph: &mut Graph<'_>) {
    for block in &mut graph.blocks {
        let operators = &graph.operators[block.operators.clone()];
        let Some((before, check)) = operators.split_last_chunk::<LENGTH>() else {
            continue;
        };
        let Some(widened) = widened(check) else {
            continue;
        };
        let sp_offset = check[0].1;
        let kept = block.operators.start..block.operators.start + before.len();
        let start = graph.operators.len();
        graph.operators.extend_from_within(kept);
        graph.operators.push((Operator::I64ExtendI32U, sp_offset));
        graph.operators.extend(widened);
        block.operators = start..graph.operators.len();
    }
}

/// The comparison of a 64-bit SP in place of that of a 32-bit one, if that is what
/// `check` is and its sum wraps around with `stackPreempt`.
fn widened<'a>(check: &[(Operator<'a>, u32); LENGTH]) -> Option<[(Operator<'a>, u32); LENGTH]> {
    let [
        (g @ Operator::GlobalGet { global_index }, at_g),
        (wrap @ Operator::I32WrapI64, at_wrap),
        (Operator::I32Load { memarg }, at_load),
        (Operator::I32Const { value }, at_const),
        (Operator::I32Add, at_add),
        (Operator::I32LeU, at_le),
    ] = check
    else {
        return None;
    };
    let excess = value.cast_unsigned();
    let read = (*global_index, memarg.offset, memarg.target);
    if read != (G_GLOBAL, u64::from(G_STACKGUARD0), MemArgTarget::Memory(0)) || !wraps(excess) {
        return None;
    }
    Some([
        (g.clone(), *at_g),
        (wrap.clone(), *at_wrap),
        (Operator::I64Load32U { memarg: *memarg }, *at_load),
        (
            Operator::I64Const {
                value: i64::from(excess),
            },
            *at_const,
        ),
        (Operator::I64Add, *at_add),
        (Operator::I64LeU, *at_le),
    ])
}

/// Whether the lower half of `stackPreempt`, which is what a check loads, wraps around.
fn wraps(excess: u32) -> bool {
    let guard = Preemption::STACK_PREEMPT as u32;
    guard.checked_add(excess).is_none()
}
