//! Operators on all 128 bits.

use super::super::Lowering;
use crate::ir::op::Bitwise;
use cranelift_codegen::ir::{InstBuilder, types};

pub(in crate::lower) fn lower(l: &mut Lowering<'_, '_, '_>, op: Bitwise) {
    let value = match op {
        Bitwise::V128Not => {
            let x = l.pop();
            l.builder.ins().bnot(x)
        }
        Bitwise::V128And => binary!(l, I8X16, band),
        Bitwise::V128AndNot => binary!(l, I8X16, band_not),
        Bitwise::V128Or => binary!(l, I8X16, bor),
        Bitwise::V128Xor => binary!(l, I8X16, bxor),
        Bitwise::V128Bitselect
        | Bitwise::I8x16RelaxedLaneselect
        | Bitwise::I16x8RelaxedLaneselect
        | Bitwise::I32x4RelaxedLaneselect
        | Bitwise::I64x2RelaxedLaneselect => {
            let mask = l.pop();
            let (x, y) = l.pop2();
            l.builder.ins().bitselect(mask, x, y)
        }
    };
    l.push(value);
}
