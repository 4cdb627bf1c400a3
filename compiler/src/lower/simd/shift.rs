//! Shifts of all lanes by one count, an i32, which CLIF as wasm takes modulo a lane's
//! width.

use super::super::Lowering;
use crate::ir::op::LaneShift;
use cranelift_codegen::ir::{InstBuilder, types};

pub(in crate::lower) fn lower(l: &mut Lowering<'_, '_, '_>, op: LaneShift) {
    macro_rules! shift {
        ($lanes:ident, $op:ident) => {{
            let count = l.pop();
            let x = l.pop_lanes(types::$lanes);
            l.builder.ins().$op(x, count)
        }};
    }
    let value = match op {
        LaneShift::I8x16Shl => shift!(I8X16, ishl),
        LaneShift::I16x8Shl => shift!(I16X8, ishl),
        LaneShift::I32x4Shl => shift!(I32X4, ishl),
        LaneShift::I64x2Shl => shift!(I64X2, ishl),
        LaneShift::I8x16ShrS => shift!(I8X16, sshr),
        LaneShift::I16x8ShrS => shift!(I16X8, sshr),
        LaneShift::I32x4ShrS => shift!(I32X4, sshr),
        LaneShift::I64x2ShrS => shift!(I64X2, sshr),
        LaneShift::I8x16ShrU => shift!(I8X16, ushr),
        LaneShift::I16x8ShrU => shift!(I16X8, ushr),
        LaneShift::I32x4ShrU => shift!(I32X4, ushr),
        LaneShift::I64x2ShrU => shift!(I64X2, ushr),
    };
    l.push_lanes(value);
}
