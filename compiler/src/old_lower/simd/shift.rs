//! Shifts of all lanes by one count, an i32, which CLIF as wasm takes modulo a lane's
//! width.

use super::super::Lowering;
use cranelift_codegen::ir::{InstBuilder, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! shift {
        ($lanes:ident, $op:ident) => {{
            let count = l.pop();
            let x = l.pop_lanes(types::$lanes);
            l.builder.ins().$op(x, count)
        }};
    }
    let value = match operator {
        Operator::I8x16Shl => shift!(I8X16, ishl),
        Operator::I16x8Shl => shift!(I16X8, ishl),
        Operator::I32x4Shl => shift!(I32X4, ishl),
        Operator::I64x2Shl => shift!(I64X2, ishl),
        Operator::I8x16ShrS => shift!(I8X16, sshr),
        Operator::I16x8ShrS => shift!(I16X8, sshr),
        Operator::I32x4ShrS => shift!(I32X4, sshr),
        Operator::I64x2ShrS => shift!(I64X2, sshr),
        Operator::I8x16ShrU => shift!(I8X16, ushr),
        Operator::I16x8ShrU => shift!(I16X8, ushr),
        Operator::I32x4ShrU => shift!(I32X4, ushr),
        Operator::I64x2ShrU => shift!(I64X2, ushr),
        _ => return false,
    };
    l.push_lanes(value);
    true
}
