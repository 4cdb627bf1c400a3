//! Relaxed SIMD, whose results the specification leaves to the machine within limits.
//! Here each is one and the same everywhere, at each level of optimisation and on each
//! target. Those that may do what an ordinary instruction does are lowered beside it:
//!
//! | instruction | what it does |
//! |---|---|
//! | `relaxed_swizzle` | what `swizzle` does: 0 for an index over 15 ([`super::permute`]) |
//! | `relaxed_trunc` | what `trunc_sat` does ([`super::convert`]) |
//! | `relaxed_madd`, `relaxed_nmadd` | product and sum are each rounded: not every processor has a fused form |
//! | `relaxed_laneselect` | what `bitselect` does, bit by bit ([`super::bitwise`]) |
//! | `relaxed_min`, `relaxed_max` | what `min` and `max` do ([`super::float`]) |
//! | `relaxed_q15mulr_s` | what `q15mulr_sat_s` does ([`super::integer`]) |
//! | `relaxed_dot` | all lanes are signed; sums of two products wrap |

use super::super::Lowering;
use crate::ir::op::Relaxed;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};

pub(in crate::lower) fn lower(l: &mut Lowering<'_, '_, '_>, op: Relaxed) {
    let value = match op {
        Relaxed::F32x4RelaxedMadd => multiply_add(l, types::F32X4, false),
        Relaxed::F32x4RelaxedNmadd => multiply_add(l, types::F32X4, true),
        Relaxed::F64x2RelaxedMadd => multiply_add(l, types::F64X2, false),
        Relaxed::F64x2RelaxedNmadd => multiply_add(l, types::F64X2, true),
        Relaxed::I16x8RelaxedDotI8x16I7x16S => {
            let (x, y) = l.pop2();
            l.dot(x, y)
        }
        Relaxed::I32x4RelaxedDotI8x16I7x16AddS => {
            let z = l.pop_lanes(types::I32X4);
            let (x, y) = l.pop2();
            let products = l.dot(x, y);
            let sums = l.signed_pairs(products);
            l.builder.ins().iadd(sums, z)
        }
    };
    l.push_lanes(value);
}

/// `z + x * y`, or with a negated product.
fn multiply_add(l: &mut Lowering<'_, '_, '_>, ty: Type, negated: bool) -> Value {
    let z = l.pop_lanes(ty);
    let (x, y) = l.pop2_lanes(ty);
    let x = if negated { l.builder.ins().fneg(x) } else { x };
    let product = l.builder.ins().fmul(x, y);
    l.builder.ins().fadd(product, z)
}
