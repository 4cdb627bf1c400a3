//! Origins of machine code: which operator of the wasm file an instruction is from.
//!
//! Lowering gives every CLIF instruction the offset of its operator ([`crate::lower`]), and
//! Cranelift carries that over. Two places need help:
//!
//! - Cranelift's optimiser makes of a branch to a block that does nothing but trap a
//!   conditional trap, which gets the origin of the branch (`simplify_skeleton` of `brif` in
//!   its `opts/skeleton.isle`). The trap belongs to the other block's operator, `unreachable`
//!   for example, so such a branch gets that origin beforehand ([`prepare`]).
//! - The machine code has ranges of origins, which become lines ([`lines`]); a trap site has
//!   the origin of the line that it lies in ([`at`]).

use super::machine::Line;
use crate::ir::Origin;
use cranelift_codegen::entity::SecondaryMap;
use cranelift_codegen::ir::{Block, Function, Opcode, SourceLoc};
use cranelift_codegen::{Final, MachBufferFinalized};

/// Gives each branch that the optimiser will make a conditional trap the trap's origin.
/// Where both ways trap, the first one's: the optimiser asks in this order. Each block is
/// looked through once, however many branches lead to it.
pub(super) fn prepare(function: &mut Function) {
    let blocks: Vec<Block> = function.layout.blocks().collect();
    let mut traps: SecondaryMap<Block, Option<SourceLoc>> = SecondaryMap::new();
    for &block in &blocks {
        traps[block] = trap_origin(function, block);
    }
    for block in blocks {
        let Some(end) = function.layout.last_inst(block) else {
            continue;
        };
        let dfg = &function.dfg;
        if dfg.insts[end].opcode() != Opcode::Brif {
            continue;
        }
        let branches = dfg.insts[end].branch_destination(&dfg.jump_tables, &dfg.exception_tables);
        let mut targets = branches.iter().map(|call| call.block(&dfg.value_lists));
        if let Some(origin) = targets.find_map(|target| traps[target]) {
            function.set_srcloc(end, origin);
        }
    }
}

/// The origin of the trap that a block consists of, if it has no effect before.
fn trap_origin(function: &Function, block: Block) -> Option<SourceLoc> {
    let end = function.layout.last_inst(block)?;
    let opcode = |inst| function.dfg.insts[inst].opcode();
    let has_effect = |opcode: Opcode| {
        opcode.other_side_effects() || opcode.can_trap() || opcode.can_load() || opcode.can_store()
    };
    let mut before = function.layout.block_insts(block);
    let only_traps =
        opcode(end) == Opcode::Trap && before.all(|inst| inst == end || !has_effect(opcode(inst)));
    only_traps.then(|| function.srcloc(end))
}

/// The lines of machine code, ascending. Code without origin, between others, has lines, too.
pub(super) fn lines(buffer: &MachBufferFinalized<Final>) -> Vec<Line> {
    let ranges = buffer.get_srclocs_sorted();
    let mut lines: Vec<Line> = Vec::with_capacity(ranges.len());
    let mut end = 0;
    let mut line = |offset, origin| {
        if lines.last().is_none_or(|last| last.origin != origin) {
            lines.push(Line { offset, origin });
        }
    };
    for range in ranges {
        if range.start > end {
            line(end, Origin::NONE);
        }
        // The default, which stands for no origin, is `NO_OFFSET`, too.
        let wasm = range.loc.bits();
        line(
            range.start,
            Origin {
                wasm,
                ..Origin::NONE
            },
        );
        end = range.end;
    }
    line(end, Origin::NONE);
    lines
}

/// The origin of the machine code at `offset`.
pub(super) fn at(lines: &[Line], offset: u32) -> Origin {
    let next = lines.partition_point(|line| line.offset <= offset);
    let line = next.checked_sub(1).map(|before| lines[before]);
    line.map_or(Origin::NONE, |line| line.origin)
}
