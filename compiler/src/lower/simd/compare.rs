//! Comparisons lane by lane: all bits of a lane are set where it holds.

use super::super::Lowering;
use crate::ir::op::LaneCompare;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Type, types};

pub(in crate::lower) fn lower(l: &mut Lowering<'_, '_, '_>, op: LaneCompare) {
    let (ty, condition) = condition(op);
    let (x, y) = l.pop2_lanes(ty);
    let value = match condition {
        Condition::Integer(condition) => l.builder.ins().icmp(condition, x, y),
        Condition::Float(condition) => l.builder.ins().fcmp(condition, x, y),
    };
    l.push_lanes(value);
}

enum Condition {
    Integer(IntCC),
    Float(FloatCC),
}

fn condition(op: LaneCompare) -> (Type, Condition) {
    match op {
        LaneCompare::I8x16Eq => (types::I8X16, Condition::Integer(IntCC::Equal)),
        LaneCompare::I8x16Ne => (types::I8X16, Condition::Integer(IntCC::NotEqual)),
        LaneCompare::I8x16LtS => (types::I8X16, Condition::Integer(IntCC::SignedLessThan)),
        LaneCompare::I8x16LtU => (types::I8X16, Condition::Integer(IntCC::UnsignedLessThan)),
        LaneCompare::I8x16GtS => (types::I8X16, Condition::Integer(IntCC::SignedGreaterThan)),
        LaneCompare::I8x16GtU => (types::I8X16, Condition::Integer(IntCC::UnsignedGreaterThan)),
        LaneCompare::I8x16LeS => (
            types::I8X16,
            Condition::Integer(IntCC::SignedLessThanOrEqual),
        ),
        LaneCompare::I8x16LeU => (
            types::I8X16,
            Condition::Integer(IntCC::UnsignedLessThanOrEqual),
        ),
        LaneCompare::I8x16GeS => (
            types::I8X16,
            Condition::Integer(IntCC::SignedGreaterThanOrEqual),
        ),
        LaneCompare::I8x16GeU => (
            types::I8X16,
            Condition::Integer(IntCC::UnsignedGreaterThanOrEqual),
        ),
        LaneCompare::I16x8Eq => (types::I16X8, Condition::Integer(IntCC::Equal)),
        LaneCompare::I16x8Ne => (types::I16X8, Condition::Integer(IntCC::NotEqual)),
        LaneCompare::I16x8LtS => (types::I16X8, Condition::Integer(IntCC::SignedLessThan)),
        LaneCompare::I16x8LtU => (types::I16X8, Condition::Integer(IntCC::UnsignedLessThan)),
        LaneCompare::I16x8GtS => (types::I16X8, Condition::Integer(IntCC::SignedGreaterThan)),
        LaneCompare::I16x8GtU => (types::I16X8, Condition::Integer(IntCC::UnsignedGreaterThan)),
        LaneCompare::I16x8LeS => (
            types::I16X8,
            Condition::Integer(IntCC::SignedLessThanOrEqual),
        ),
        LaneCompare::I16x8LeU => (
            types::I16X8,
            Condition::Integer(IntCC::UnsignedLessThanOrEqual),
        ),
        LaneCompare::I16x8GeS => (
            types::I16X8,
            Condition::Integer(IntCC::SignedGreaterThanOrEqual),
        ),
        LaneCompare::I16x8GeU => (
            types::I16X8,
            Condition::Integer(IntCC::UnsignedGreaterThanOrEqual),
        ),
        LaneCompare::I32x4Eq => (types::I32X4, Condition::Integer(IntCC::Equal)),
        LaneCompare::I32x4Ne => (types::I32X4, Condition::Integer(IntCC::NotEqual)),
        LaneCompare::I32x4LtS => (types::I32X4, Condition::Integer(IntCC::SignedLessThan)),
        LaneCompare::I32x4LtU => (types::I32X4, Condition::Integer(IntCC::UnsignedLessThan)),
        LaneCompare::I32x4GtS => (types::I32X4, Condition::Integer(IntCC::SignedGreaterThan)),
        LaneCompare::I32x4GtU => (types::I32X4, Condition::Integer(IntCC::UnsignedGreaterThan)),
        LaneCompare::I32x4LeS => (
            types::I32X4,
            Condition::Integer(IntCC::SignedLessThanOrEqual),
        ),
        LaneCompare::I32x4LeU => (
            types::I32X4,
            Condition::Integer(IntCC::UnsignedLessThanOrEqual),
        ),
        LaneCompare::I32x4GeS => (
            types::I32X4,
            Condition::Integer(IntCC::SignedGreaterThanOrEqual),
        ),
        LaneCompare::I32x4GeU => (
            types::I32X4,
            Condition::Integer(IntCC::UnsignedGreaterThanOrEqual),
        ),
        LaneCompare::I64x2Eq => (types::I64X2, Condition::Integer(IntCC::Equal)),
        LaneCompare::I64x2Ne => (types::I64X2, Condition::Integer(IntCC::NotEqual)),
        LaneCompare::I64x2LtS => (types::I64X2, Condition::Integer(IntCC::SignedLessThan)),
        LaneCompare::I64x2GtS => (types::I64X2, Condition::Integer(IntCC::SignedGreaterThan)),
        LaneCompare::I64x2LeS => (
            types::I64X2,
            Condition::Integer(IntCC::SignedLessThanOrEqual),
        ),
        LaneCompare::I64x2GeS => (
            types::I64X2,
            Condition::Integer(IntCC::SignedGreaterThanOrEqual),
        ),
        LaneCompare::F32x4Eq => (types::F32X4, Condition::Float(FloatCC::Equal)),
        LaneCompare::F32x4Ne => (types::F32X4, Condition::Float(FloatCC::NotEqual)),
        LaneCompare::F32x4Lt => (types::F32X4, Condition::Float(FloatCC::LessThan)),
        LaneCompare::F32x4Gt => (types::F32X4, Condition::Float(FloatCC::GreaterThan)),
        LaneCompare::F32x4Le => (types::F32X4, Condition::Float(FloatCC::LessThanOrEqual)),
        LaneCompare::F32x4Ge => (types::F32X4, Condition::Float(FloatCC::GreaterThanOrEqual)),
        LaneCompare::F64x2Eq => (types::F64X2, Condition::Float(FloatCC::Equal)),
        LaneCompare::F64x2Ne => (types::F64X2, Condition::Float(FloatCC::NotEqual)),
        LaneCompare::F64x2Lt => (types::F64X2, Condition::Float(FloatCC::LessThan)),
        LaneCompare::F64x2Gt => (types::F64X2, Condition::Float(FloatCC::GreaterThan)),
        LaneCompare::F64x2Le => (types::F64X2, Condition::Float(FloatCC::LessThanOrEqual)),
        LaneCompare::F64x2Ge => (types::F64X2, Condition::Float(FloatCC::GreaterThanOrEqual)),
    }
}
