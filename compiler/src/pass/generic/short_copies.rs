//! Copies and fills of few bytes, which is how Go moves and clears structures.
//!
//! `memory.copy` and `memory.fill` of a short constant length become operations that lowering
//! makes loads and stores of. Exact for any module: the specification checks bounds before
//! anything is written, here an access that misses memory faults like any other, and nobody
//! sees what was written before the fault, since a trap ends the process.

use crate::ir::op::{Addr, Op, Short};
use crate::ir::{Func, InstId, Value};
use crate::pass::Cx;

/// Replaces them; returns how many.
pub fn run(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    let mut changes = 0;
    for index in 0..func.insts.len() {
        let inst = InstId::new(index);
        if let Some((op, operands)) = short(func, inst) {
            let inst = func.inst_mut(inst);
            inst.op = op;
            inst.args.truncate(operands);
            changes += 1;
        }
    }
    changes
}

/// The short operation that an instruction is, and how many of its operands that has.
fn short(func: &Func, inst: InstId) -> Option<(Op, usize)> {
    let inst = func.inst(inst);
    match inst.op {
        Op::MemoryCopy { to, from } => {
            let short = length(func, inst.args[2])?;
            Some((Op::CopyShort(short, begin(to), begin(from)), 2))
        }
        Op::MemoryFill(memory) => {
            let short = length(func, inst.args[2])?;
            let [byte, ..] = func.i32_constant(inst.args[1])?.to_le_bytes();
            Some((Op::FillShort(short, byte, begin(memory)), 1))
        }
        _ => None,
    }
}

fn length(func: &Func, length: Value) -> Option<Short> {
    let length = func.i32_constant(length)?.cast_unsigned();
    let bytes = u8::try_from(length).ok()?;
    (1..=Short::MOST)
        .contains(&length)
        .then_some(Short { bytes })
}

fn begin(memory: u32) -> Addr {
    Addr::Linear {
        memory: u16::try_from(memory).expect("BUG: more memories than the parser lets through"),
        offset: 0,
    }
}
