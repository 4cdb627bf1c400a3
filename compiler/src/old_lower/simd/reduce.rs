//! From a vector to an i32: `any_true`, `all_true` and `bitmask`.

use super::super::Lowering;
use cranelift_codegen::ir::{InstBuilder, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    // CLIF's tests give an i8, wasm's an i32.
    macro_rules! test {
        ($lanes:ident, $op:ident) => {{
            let x = l.pop_lanes(types::$lanes);
            let flag = l.builder.ins().$op(x);
            l.builder.ins().uextend(types::I32, flag)
        }};
    }
    macro_rules! bitmask {
        ($lanes:ident) => {{
            let x = l.pop_lanes(types::$lanes);
            l.builder.ins().vhigh_bits(types::I32, x)
        }};
    }
    let value = match operator {
        Operator::V128AnyTrue => test!(I8X16, vany_true),
        Operator::I8x16AllTrue => test!(I8X16, vall_true),
        Operator::I16x8AllTrue => test!(I16X8, vall_true),
        Operator::I32x4AllTrue => test!(I32X4, vall_true),
        Operator::I64x2AllTrue => test!(I64X2, vall_true),
        Operator::I8x16Bitmask => bitmask!(I8X16),
        Operator::I16x8Bitmask => bitmask!(I16X8),
        Operator::I32x4Bitmask => bitmask!(I32X4),
        Operator::I64x2Bitmask => bitmask!(I64X2),
        _ => return false,
    };
    l.push(value);
    true
}
