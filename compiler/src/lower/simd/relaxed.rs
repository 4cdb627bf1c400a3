//! Relaxed SIMD, whose results the specification leaves to the machine within limits.
//! Here each is one and the same everywhere, at each level of optimisation and on each
//! target:
//!
//! | instruction | what it does |
//! |---|---|
//! | `relaxed_swizzle` | what `swizzle` does: 0 for an index over 15 |
//! | `relaxed_trunc` | what `trunc_sat` does ([`super::convert`]) |
//! | `relaxed_madd`, `relaxed_nmadd` | product and sum are each rounded: x86-64-v2 has no fused form |
//! | `relaxed_laneselect` | what `bitselect` does, bit by bit |
//! | `relaxed_min`, `relaxed_max` | what `min` and `max` do |
//! | `relaxed_q15mulr_s` | what `q15mulr_sat_s` does |
//! | `relaxed_dot` | all lanes are signed; sums of two products wrap |

use super::super::Lowering;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    binary(l, operator) || select(l, operator) || multiply_add(l, operator) || dot(l, operator)
}

fn binary(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! binary {
        ($lanes:ident, $op:ident) => {{
            let (x, y) = l.pop2_lanes(types::$lanes);
            l.builder.ins().$op(x, y)
        }};
    }
    let value = match operator {
        Operator::I8x16RelaxedSwizzle => binary!(I8X16, swizzle),
        Operator::I16x8RelaxedQ15mulrS => binary!(I16X8, sqmul_round_sat),
        Operator::F32x4RelaxedMin => binary!(F32X4, fmin),
        Operator::F32x4RelaxedMax => binary!(F32X4, fmax),
        Operator::F64x2RelaxedMin => binary!(F64X2, fmin),
        Operator::F64x2RelaxedMax => binary!(F64X2, fmax),
        _ => return false,
    };
    l.push_lanes(value);
    true
}

fn select(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let (Operator::I8x16RelaxedLaneselect
    | Operator::I16x8RelaxedLaneselect
    | Operator::I32x4RelaxedLaneselect
    | Operator::I64x2RelaxedLaneselect) = operator
    else {
        return false;
    };
    let mask = l.pop();
    let (x, y) = l.pop2();
    let value = l.builder.ins().bitselect(mask, x, y);
    l.push(value);
    true
}

/// `z + x * y`, or with a negated product.
fn multiply_add(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let (ty, negated): (Type, bool) = match operator {
        Operator::F32x4RelaxedMadd => (types::F32X4, false),
        Operator::F32x4RelaxedNmadd => (types::F32X4, true),
        Operator::F64x2RelaxedMadd => (types::F64X2, false),
        Operator::F64x2RelaxedNmadd => (types::F64X2, true),
        _ => return false,
    };
    let z = l.pop_lanes(ty);
    let (x, y) = l.pop2_lanes(ty);
    let x = if negated { l.builder.ins().fneg(x) } else { x };
    let product = l.builder.ins().fmul(x, y);
    let value = l.builder.ins().fadd(product, z);
    l.push_lanes(value);
    true
}

fn dot(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value: Value = match operator {
        Operator::I16x8RelaxedDotI8x16I7x16S => {
            let (x, y) = l.pop2();
            l.dot(x, y)
        }
        Operator::I32x4RelaxedDotI8x16I7x16AddS => {
            let z = l.pop_lanes(types::I32X4);
            let (x, y) = l.pop2();
            let products = l.dot(x, y);
            let sums = l.signed_pairs(products);
            l.builder.ins().iadd(sums, z)
        }
        _ => return false,
    };
    l.push_lanes(value);
    true
}
