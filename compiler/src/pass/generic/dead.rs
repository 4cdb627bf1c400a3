//! Instructions whose results nobody uses.
//!
//! Passes leave them behind. Those without effect are dropped, so that nobody has to lower
//! them. Exact for any module.

use crate::ir::{Effect, Func, InstId};
use crate::pass::Cx;

/// Drops them; returns how many.
pub fn run(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    let mut uses = func.use_counts();
    let order = func.order();
    let mut dropped = 0;
    // Uses come before definitions this way, but for the arguments of edges that go back.
    for &block in order.blocks.iter().rev() {
        let mut insts = std::mem::take(&mut func.block_mut(block).insts);
        let mut is_dead = |&id: &InstId| {
            let inst = func.inst(id);
            let is_used = inst.all_results().any(|value| uses[value.index()] > 0);
            let dead = !is_used && inst.op.effect() == Effect::Pure;
            if dead {
                for &arg in &inst.args {
                    uses[func.resolve(arg).index()] -= 1;
                }
            }
            dead
        };
        let count = insts.len();
        insts.reverse();
        insts.retain(|inst| !is_dead(inst));
        insts.reverse();
        dropped += count - insts.len();
        func.block_mut(block).insts = insts;
    }
    dropped
}
