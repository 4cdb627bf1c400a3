//! Loops over bytes that the runtime does in larger steps ([`crate::go::byte_loops`]).
//!
//! The function gets a new beginning, which returns the shim's result where every byte that
//! the loop could read lies inside memory; else the body follows as it is written. Verified:
//! the body is the loop to the byte.

use crate::ir::{BlockId, Edge, Func, Terminator};
use crate::pass::Cx;

/// Puts the new beginning before the body; returns 1 if the function is such a loop.
pub fn run(func: &mut Func, cx: &Cx<'_, '_>) -> usize {
    let Some(kind) = cx.byte_loop else {
        return 0;
    };
    let entry = func.block(BlockId::ENTRY);
    let first = entry.insts.first();
    let origin = first.map_or(entry.origin, |&inst| func.inst(inst).origin);
    let params = entry.params.clone();
    let args = params[..3].try_into();
    let body = func.new_block(entry.origin);
    let entry = func.block_mut(BlockId::ENTRY);
    let insts = std::mem::take(&mut entry.insts);
    let terminator = Terminator::ByteLoop {
        kind,
        args: args.expect("BUG: a loop over bytes without its parameters"),
        sp: params.get(3).copied(),
        otherwise: Edge::to(body),
    };
    let terminator = std::mem::replace(&mut entry.terminator, terminator);
    entry.origin = origin;
    let body = func.block_mut(body);
    (body.insts, body.terminator, body.cold) = (insts, terminator, true);
    1
}
