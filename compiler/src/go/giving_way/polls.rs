//! Polls, in a graph: the comparison, and what happens if it holds.

use super::super::pclntab::FUNC_VALUE_OFFSET;
use super::super::preempt::{G_GLOBAL, G_STACKGUARD0};
use super::super::sp::SP_GLOBAL;
use super::Morestack;
use super::sites::Site;
use crate::flow::{Block, BlockId, Callee, Edge, Graph, NO_OFFSET, Terminator};
use std::collections::HashSet;
use std::ops::Range;
use wasi_aot_contract::module::{Preemption, TrapKind};
use wasmparser::{MemArg, MemArgTarget, Operator, ValType};

/// Where a goroutine that gives way goes on.
#[derive(Debug, Clone, Copy)]
struct Resume {
    /// Place among the defined functions.
    function: usize,
    pc_b: u32,
    /// Whether the context has to be kept.
    closure: bool,
}

/// Makes the loops that `block` is part of give way at its call, `site`; `caller` is the
/// graph's function.
pub fn insert(
    graph: &mut Graph<'_>,
    block: BlockId,
    site: Site,
    caller: usize,
    morestack: Morestack,
) {
    match site {
        Site::Before {
            at,
            resume,
            closure,
        } => before(graph, block, at, resume, closure, morestack),
        Site::After { pc_b } => {
            let resume = Resume {
                function: caller,
                pc_b,
                closure: false,
            };
            after(graph, block, resume, morestack);
        }
        Site::Table { offset } => {
            graph.giving_way.insert(offset);
        }
    }
}

/// Compares before the operator at `at`, where the rest of the block begins.
fn before(
    graph: &mut Graph<'_>,
    block: BlockId,
    at: usize,
    function: usize,
    closure: bool,
    morestack: Morestack,
) {
    let offset = graph.operators[at].1;
    let polled = &mut graph.blocks[block.index()];
    let (kept, rest) = (polled.operators.start..at, at..polled.operators.end);
    let rest = Block {
        stack: Vec::new(),
        operators: rest,
        terminator: std::mem::replace(&mut polled.terminator, NOT_YET),
        terminator_offset: polled.terminator_offset,
        cold: polled.cold,
    };
    let rest = graph.push(rest);
    let resume = Resume {
        function,
        pc_b: 0,
        closure,
    };
    let gives_way = give_way(graph, offset, resume, morestack);
    let start = graph.operators.len();
    graph.operators.extend_from_within(kept);
    push(graph, offset, comparison());
    let polled = &mut graph.blocks[block.index()];
    polled.operators = start..graph.operators.len();
    polled.terminator = branch(gives_way, to(rest));
    polled.terminator_offset = offset;
}

/// Compares where the block's call has returned normally.
fn after(graph: &mut Graph<'_>, block: BlockId, resume: Resume, morestack: Morestack) {
    let Terminator::Branch { otherwise, .. } = graph.blocks[block.index()].terminator else {
        panic!("BUG: a call whose result is ignored");
    };
    let offset = graph.blocks[block.index()].terminator_offset;
    let gives_way = give_way(graph, offset, resume, morestack);
    let operators = push(graph, offset, comparison());
    let terminator = branch(gives_way, otherwise);
    let poll = graph.push(straight(operators, terminator, offset));
    graph.blocks[poll.index()].cold = graph.blocks[block.index()].cold;
    if let Terminator::Branch { otherwise, .. } = &mut graph.blocks[block.index()].terminator {
        *otherwise = to(poll);
    }
}

/// The function that stands for the defined function `function` and gives way first; it has
/// that one's type. `imports` come before them in the index space.
#[must_use]
pub fn entry(
    function: usize,
    resume: usize,
    closure: bool,
    imports: u32,
    morestack: Morestack,
) -> Graph<'static> {
    let mut graph = Graph {
        locals: vec![ValType::I32],
        operators: Vec::new(),
        blocks: Vec::new(),
        giving_way: HashSet::new(),
    };
    let operators = push(&mut graph, NO_OFFSET, comparison());
    let entry = graph.push(straight(operators, NOT_YET, NO_OFFSET));
    let resume = Resume {
        function: resume,
        pc_b: 0,
        closure,
    };
    let gives_way = give_way(&mut graph, NO_OFFSET, resume, morestack);
    let operators = push(
        &mut graph,
        NO_OFFSET,
        [Operator::LocalGet { local_index: 0 }],
    );
    let function = u32::try_from(function).expect("BUG: index over 32 bits") + imports;
    let goes_on = Terminator::TailCall(Callee::Function(function));
    let goes_on = graph.push(straight(operators, goes_on, NO_OFFSET));
    graph.blocks[entry.index()].terminator = branch(gives_way, to(goes_on));
    graph
}

/// Adds a block in which a goroutine gives way: it pushes where it goes on, as a call would
/// push its return address, and jumps to `morestack`, which returns 1.
fn give_way(graph: &mut Graph<'_>, offset: u32, resume: Resume, morestack: Morestack) -> BlockId {
    let operators = push(graph, offset, push_address(resume));
    let function = morestack.function(resume.closure);
    let terminator = Terminator::TailCall(Callee::Function(function));
    let mut block = straight(operators, terminator, offset);
    block.cold = true;
    graph.push(block)
}

/// Whether `stackguard0` asks for giving way, by its lower half, which is what stack checks
/// read.
fn comparison() -> [Operator<'static>; 5] {
    let asks = Preemption::STACK_PREEMPT as u32;
    [
        Operator::GlobalGet {
            global_index: G_GLOBAL,
        },
        Operator::I32WrapI64,
        Operator::I32Load {
            memarg: memory_operand(u64::from(G_STACKGUARD0), 2),
        },
        Operator::I32Const {
            value: asks.cast_signed(),
        },
        Operator::I32Eq,
    ]
}

/// Pushes an address onto Go's stack, and PC_B 0 for a call onto the operand stack.
fn push_address(resume: Resume) -> [Operator<'static>; 8] {
    let pc_f = u64::try_from(FUNC_VALUE_OFFSET + resume.function).expect("BUG: over 64 bits");
    let address = pc_f << 16 | u64::from(resume.pc_b);
    let sp = SP_GLOBAL;
    [
        Operator::GlobalGet { global_index: sp },
        Operator::I32Const { value: 8 },
        Operator::I32Sub,
        Operator::GlobalSet { global_index: sp },
        Operator::GlobalGet { global_index: sp },
        Operator::I64Const {
            value: address.cast_signed(),
        },
        Operator::I64Store {
            memarg: memory_operand(0, 3),
        },
        Operator::I32Const { value: 0 },
    ]
}

fn memory_operand(offset: u64, align: u8) -> MemArg {
    MemArg {
        align,
        max_align: align,
        offset,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}

/// Of a block whose edges aren't known yet.
const NOT_YET: Terminator = Terminator::Trap(TrapKind::Unreachable);

/// Adds operators from one offset in the file.
fn push<'a, const N: usize>(
    graph: &mut Graph<'a>,
    offset: u32,
    operators: [Operator<'a>; N],
) -> Range<usize> {
    let start = graph.operators.len();
    let operators = operators.into_iter().map(|operator| (operator, offset));
    graph.operators.extend(operators);
    start..graph.operators.len()
}

fn straight(operators: Range<usize>, terminator: Terminator, offset: u32) -> Block {
    Block {
        stack: Vec::new(),
        operators,
        terminator,
        terminator_offset: offset,
        cold: false,
    }
}

fn to(target: BlockId) -> Edge {
    Edge {
        target,
        base: 0,
        arity: 0,
    }
}

fn branch(gives_way: BlockId, otherwise: Edge) -> Terminator {
    Terminator::Branch {
        then: to(gives_way),
        otherwise,
    }
}
