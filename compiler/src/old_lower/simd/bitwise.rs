//! Operators on all 128 bits.

use super::super::Lowering;
use cranelift_codegen::ir::{InstBuilder, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::V128Not => {
            let x = l.pop();
            l.builder.ins().bnot(x)
        }
        Operator::V128And => binary!(l, I8X16, band),
        Operator::V128AndNot => binary!(l, I8X16, band_not),
        Operator::V128Or => binary!(l, I8X16, bor),
        Operator::V128Xor => binary!(l, I8X16, bxor),
        Operator::V128Bitselect
        | Operator::I8x16RelaxedLaneselect
        | Operator::I16x8RelaxedLaneselect
        | Operator::I32x4RelaxedLaneselect
        | Operator::I64x2RelaxedLaneselect => {
            let mask = l.pop();
            let (x, y) = l.pop2();
            l.builder.ins().bitselect(mask, x, y)
        }
        _ => return false,
    };
    l.push(value);
    true
}
