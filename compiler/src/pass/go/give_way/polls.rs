//! Polls: the comparison, and what happens if it holds.

use super::sites::Site;
use crate::go::giving_way::Morestack;
use crate::go::pclntab::FUNC_VALUE_OFFSET;
use crate::go::preempt::{G_GLOBAL, G_STACKGUARD0};
use crate::ir::op::{Addr, Callee, Compare, Convert, Integer, Load, Store};
use crate::ir::{BlockId, Const, Edge, Func, Op, Origin, Terminator, Type, Value, Variable};
use wasi_aot_contract::module::Preemption;

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
/// function itself. `sp` is [`Func::sp`].
pub fn insert(
    func: &mut Func,
    sp: Variable,
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
        } => {
            let resume = Resume {
                function: resume,
                pc_b: 0,
                closure,
            };
            before(func, sp, block, at, resume, morestack);
        }
        Site::After { pc_b } => {
            let resume = Resume {
                function: caller,
                pc_b,
                closure: false,
            };
            after(func, sp, block, resume, morestack);
        }
        Site::Table { at } => {
            let call = func.block(block).insts[at];
            match &mut func.inst_mut(call).op {
                Op::Call(Callee::Element { gives_way, .. }, _) => *gives_way = true,
                other => panic!("BUG: {other:?} is no call through a table"),
            }
        }
    }
}

/// Compares before the instruction at this place, where the rest of the block begins.
fn before(
    func: &mut Func,
    sp: Variable,
    block: BlockId,
    at: usize,
    resume: Resume,
    morestack: Morestack,
) {
    let origin = func.inst(func.block(block).insts[at]).origin;
    let rest = func.new_block(func.block(block).origin);
    let polled = func.block_mut(block);
    let (insts, terminator, cold) = (
        polled.insts.split_off(at),
        std::mem::replace(&mut polled.terminator, Terminator::NOT_YET),
        polled.cold,
    );
    polled.origin = origin;
    let moved = func.block_mut(rest);
    (moved.insts, moved.terminator, moved.cold) = (insts, terminator, cold);
    let gives_way = give_way(func, sp, origin, resume, morestack);
    let condition = comparison(func, block, origin);
    func.block_mut(block).terminator = branch(condition, gives_way, Edge::to(rest));
}

/// Compares where the block's call has returned normally.
fn after(func: &mut Func, sp: Variable, block: BlockId, resume: Resume, morestack: Morestack) {
    let origin = func.block(block).origin;
    let poll = func.new_block(origin);
    func.block_mut(poll).cold = func.block(block).cold;
    let Terminator::Branch { otherwise, .. } = &mut func.block_mut(block).terminator else {
        panic!("BUG: a call whose result is ignored");
    };
    let otherwise = std::mem::replace(otherwise, Edge::to(poll));
    let gives_way = give_way(func, sp, origin, resume, morestack);
    let condition = comparison(func, poll, origin);
    func.block_mut(poll).terminator = branch(condition, gives_way, otherwise);
}

/// The function that stands for the function with this index and gives way first; it has
/// that one's type, Go's, and goes on at the defined function `resume`.
#[must_use]
pub fn entry(function: u32, resume: usize, closure: bool, morestack: Morestack) -> Func {
    let none = Origin::NONE;
    let types = [Type::I32, Type::Sp];
    let mut func = Func::new(types.to_vec(), types.to_vec());
    let sp = Variable(1);
    func.sp = Some(sp);
    let entry = func.new_block(none);
    let args = types.map(|ty| func.new_param(entry, ty));
    let resume = Resume {
        function: resume,
        pc_b: 0,
        closure,
    };
    let gives_way = give_way(&mut func, sp, none, resume, morestack);
    let goes_on = func.new_block(none);
    func.block_mut(goes_on).terminator =
        Terminator::TailCall(Callee::Function(function), args.to_vec());
    let condition = comparison(&mut func, entry, none);
    func.block_mut(entry).terminator = branch(condition, gives_way, Edge::to(goes_on));
    func
}

/// Adds a block in which a goroutine gives way: it pushes where it goes on, as a call would
/// push its return address, and jumps to `morestack`, which returns 1.
fn give_way(
    func: &mut Func,
    sp: Variable,
    origin: Origin,
    resume: Resume,
    morestack: Morestack,
) -> BlockId {
    let block = func.new_block(origin);
    let pc_f = u64::try_from(FUNC_VALUE_OFFSET + resume.function).expect("BUG: over 64 bits");
    let address = pc_f << 16 | u64::from(resume.pc_b);
    let mut push = |op, args: &[Value], ty| func.push(block, op, args, ty, origin);
    let before = push(Op::Get(sp), &[], Type::Sp);
    let low = push(Op::SpLow, &[before], Type::I32);
    let eight = push(Op::Const(Const::I32(8)), &[], Type::I32);
    let lower = push(Op::Integer(Integer::I32Sub), &[low, eight], Type::I32);
    let after = push(Op::SpFrom, &[lower], Type::Sp);
    let low = push(Op::SpLow, &[after], Type::I32);
    let address = push(Op::Const(Const::I64(address.cast_signed())), &[], Type::I64);
    let pc_b = push(Op::Const(Const::I32(0)), &[], Type::I32);
    let at = Addr::Linear {
        memory: 0,
        offset: 0,
    };
    func.push_effect(
        block,
        Op::Store(Store::I64Store, at),
        &[low, address],
        origin,
    );
    let callee = Callee::Function(morestack.function(resume.closure));
    let block_data = func.block_mut(block);
    block_data.terminator = Terminator::TailCall(callee, vec![pc_b, after]);
    block_data.cold = true;
    block
}

/// Whether `stackguard0` asks for giving way, by its lower half, which is what stack checks
/// read.
fn comparison(func: &mut Func, block: BlockId, origin: Origin) -> Value {
    let asks = Preemption::STACK_PREEMPT as u32;
    let mut push = |op, args: &[Value], ty| func.push(block, op, args, ty, origin);
    let g = push(Op::GlobalGet(G_GLOBAL), &[], Type::I64);
    let g = push(Op::Convert(Convert::I32WrapI64), &[g], Type::I32);
    let at = Addr::Linear {
        memory: 0,
        offset: G_STACKGUARD0,
    };
    let guard = push(Op::Load(Load::I32Load, at), &[g], Type::I32);
    let asks = push(Op::Const(Const::I32(asks.cast_signed())), &[], Type::I32);
    push(Op::Compare(Compare::I32Eq), &[guard, asks], Type::I32)
}

fn branch(condition: Value, gives_way: BlockId, otherwise: Edge) -> Terminator {
    Terminator::Branch {
        condition,
        then: Edge::to(gives_way),
        otherwise,
    }
}
