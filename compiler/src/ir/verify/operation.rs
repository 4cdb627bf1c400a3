//! What operations are about: the types of their operands and results, and what stands beside
//! an operation and isn't an operand.

use super::super::op::{Addr, Bytes, Const, Op, Short};
use super::super::{Func, Inst, Type};
use wasi_aot_contract::layout;

/// Types of operands, and of results.
pub(super) type Signature = (Vec<Type>, Vec<Type>);

/// The types that the operands and results of an instruction must have.
pub(super) fn signature(func: &Func, inst: &Inst) -> Result<Signature, String> {
    use Type::{I32, I64, Ref, Sp, V128};
    macro_rules! family {
        ($op:expr) => {
            ($op.params().to_vec(), $op.result().into_iter().collect())
        };
    }
    let variable = |index: u32| {
        let ty = func.variables.get(index as usize).copied();
        ty.ok_or_else(|| format!("there is no x{index}"))
    };
    let one = |ty: Type| vec![ty];
    Ok(match inst.op {
        Op::Const(constant) => (Vec::new(), one(constant.ty())),
        Op::Get(x) => (Vec::new(), one(variable(x.0)?)),
        Op::Set(x) => (one(variable(x.0)?), Vec::new()),
        Op::Select(ty) => (vec![ty, ty, I32], one(ty)),
        Op::Integer(op) => family!(op),
        Op::Compare(op) => family!(op),
        Op::Float(op) => family!(op),
        Op::Convert(op) => family!(op),
        Op::ProductHigh => (vec![I64; 2], one(I64)),
        Op::Bitwise(op) => family!(op),
        Op::LaneCompare(op) => family!(op),
        Op::LaneConvert(op) => family!(op),
        Op::LaneFloat(op) => family!(op),
        Op::LaneInteger(op) => family!(op),
        Op::LaneShift(op) => family!(op),
        Op::Product(op) => family!(op),
        Op::Reduce(op) => family!(op),
        Op::Relaxed(op) => family!(op),
        Op::Splat(op) => family!(op),
        Op::Swizzle(op) => family!(op),
        Op::Shuffle(_) => (vec![V128; 2], one(V128)),
        Op::ExtractLane(op, _) => family!(op),
        Op::ReplaceLane(op, _) => family!(op),
        Op::SpFrom => (one(I32), one(Sp)),
        Op::SpLow => (one(Sp), one(I32)),
        Op::SpAdd(_) | Op::SpPush(_) => (one(Sp), one(Sp)),
        Op::Load(op, at) => based(family!(op), &[at]),
        Op::Store(op, at) => based(family!(op), &[at]),
        Op::VectorLoad(op, at) => based(family!(op), &[at]),
        Op::LoadLane(op, _, at) => based(family!(op), &[at]),
        Op::StoreLane(op, _, at) => based(family!(op), &[at]),
        Op::CopyShort(_, to, from) => based((Vec::new(), Vec::new()), &[to, from]),
        Op::FillShort(_, _, at) => based((Vec::new(), Vec::new()), &[at]),
        Op::MemorySize(_) | Op::TableSize(_) => (Vec::new(), one(I32)),
        Op::MemoryGrow(_) => (one(I32), one(I32)),
        Op::MemoryCopy { .. }
        | Op::MemoryFill(_)
        | Op::MemoryInit { .. }
        | Op::TableCopy { .. }
        | Op::TableInit { .. } => (vec![I32; 3], Vec::new()),
        Op::DataDrop(_) | Op::ElemDrop(_) => (Vec::new(), Vec::new()),
        // The type is the module's ([`super::module`]).
        Op::GlobalGet(_) => {
            let result = inst.all_results().next().ok_or("no result")?;
            (Vec::new(), one(func.ty(result)))
        }
        Op::GlobalSet(_) => {
            let value = *inst.args.first().ok_or("no operand")?;
            (one(func.ty(func.resolve(value))), Vec::new())
        }
        Op::TableGet(_) => (one(I32), one(Ref)),
        Op::TableSet(_) => (vec![I32, Ref], Vec::new()),
        Op::TableGrow(_) => (vec![Ref, I32], one(I32)),
        Op::TableFill(_) => (vec![I32, Ref, I32], Vec::new()),
        Op::RefIsNull => (one(Ref), one(I32)),
        Op::RefFunc(_) => (Vec::new(), one(Ref)),
        Op::Call(callee, go) => return super::call::signature(func, inst, callee, go),
    })
}

/// With a base in front of the operands for each address.
fn based((mut params, results): Signature, at: &[Addr]) -> Signature {
    let bases = at.iter().map(|at| match at {
        Addr::Linear { .. } => Type::I32,
        Addr::Frame { .. } => Type::Sp,
    });
    params.splice(0..0, bases);
    (params, results)
}

/// Checks what stands beside an operation, as far as the module isn't needed for that.
pub(super) fn immediates(func: &Func, op: Op) -> Result<(), String> {
    match op {
        Op::Const(Const::V128(bytes)) => pool(func, bytes).map(|_| ())?,
        Op::Shuffle(bytes) => shuffle(pool(func, bytes)?)?,
        Op::ExtractLane(op, lane) => is_lane(lane, lanes(op.variant()))?,
        Op::ReplaceLane(op, lane) => is_lane(lane, lanes(op.variant()))?,
        Op::LoadLane(op, lane, _) => is_lane(lane, 16 / op.bytes())?,
        Op::StoreLane(op, lane, _) => is_lane(lane, 16 / op.bytes())?,
        Op::CopyShort(short, ..) | Op::FillShort(short, ..) => few(short)?,
        _ => {}
    }
    (0..op.address_count())
        .map(|number| op.address(number))
        .try_for_each(slot)
}

fn pool(func: &Func, bytes: Bytes) -> Result<&[u8; 16], String> {
    let found = func.bytes.get(bytes.0 as usize);
    found.ok_or_else(|| format!("there is no bytes{}", bytes.0))
}

/// The lanes of a shuffle are those of two vectors.
fn shuffle(lanes: &[u8; 16]) -> Result<(), String> {
    match lanes.iter().all(|&lane| lane < 32) {
        true => Ok(()),
        false => Err("a lane that two vectors don't have".into()),
    }
}

fn few(short: Short) -> Result<(), String> {
    match (1..=Short::MOST).contains(&u32::from(short.bytes)) {
        true => Ok(()),
        false => Err(format!("{} bytes aren't few", short.bytes)),
    }
}

/// How many lanes the vector has that an operation is named after: 16 of `I8x16ExtractLaneS`.
fn lanes(variant: &str) -> u32 {
    let (_, rest) = variant.split_once('x').unwrap_or_default();
    let digits = rest.split(|c: char| !c.is_ascii_digit()).next();
    let lanes = digits.and_then(|digits| digits.parse().ok());
    lanes.expect("BUG: an operation on a lane without a number of lanes")
}

fn is_lane(lane: u8, lanes: u32) -> Result<(), String> {
    match u32::from(lane) < lanes {
        true => Ok(()),
        false => Err(format!("lane {lane} of {lanes}")),
    }
}

/// A place off SP lies inside the reserve of memory 0, whatever SP is.
fn slot(at: Addr) -> Result<(), String> {
    let Addr::Frame { slot } = at else {
        return Ok(());
    };
    let least = -layout::GUARD_BELOW.cast_signed();
    let most = layout::MAX_UNCHECKED_OFFSET.cast_signed();
    match (least..=most).contains(&i64::from(slot)) {
        true => Ok(()),
        false => Err(format!("slot {slot} is outside of the reserve")),
    }
}
