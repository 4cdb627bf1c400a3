//! From a vector to an i32: `any_true`, `all_true` and `bitmask`.

use super::super::Lowering;
use crate::ir::op::Reduce;
use cranelift_codegen::ir::{InstBuilder, types};

pub(in crate::lower) fn lower(l: &mut Lowering<'_, '_, '_>, op: Reduce) {
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
    let value = match op {
        Reduce::V128AnyTrue => test!(I8X16, vany_true),
        Reduce::I8x16AllTrue => test!(I8X16, vall_true),
        Reduce::I16x8AllTrue => test!(I16X8, vall_true),
        Reduce::I32x4AllTrue => test!(I32X4, vall_true),
        Reduce::I64x2AllTrue => test!(I64X2, vall_true),
        Reduce::I8x16Bitmask => bitmask!(I8X16),
        Reduce::I16x8Bitmask => bitmask!(I16X8),
        Reduce::I32x4Bitmask => bitmask!(I32X4),
        Reduce::I64x2Bitmask => bitmask!(I64X2),
    };
    l.push(value);
}
