//! Conversions between types: wrap, extend, truncate (trapping and saturating),
//! convert, promote, demote, reinterpret.

use super::Lowering;
use crate::ir::op::Convert;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, types};

macro_rules! convert {
    ($l:ident, $op:ident, $to:ident) => {{
        let x = $l.pop();
        $l.builder.ins().$op(types::$to, x)
    }};
}

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, op: Convert) {
    macro_rules! reinterpret {
        ($to:ident) => {{
            let x = l.pop();
            l.builder.ins().bitcast(types::$to, MemFlagsData::new(), x)
        }};
    }
    let value = match op {
        Convert::I32WrapI64 => convert!(l, ireduce, I32),
        Convert::I64ExtendI32S => convert!(l, sextend, I64),
        Convert::I64ExtendI32U => convert!(l, uextend, I64),
        Convert::I32TruncF32S | Convert::I32TruncF64S => convert!(l, fcvt_to_sint, I32),
        Convert::I32TruncF32U | Convert::I32TruncF64U => convert!(l, fcvt_to_uint, I32),
        Convert::I64TruncF32S | Convert::I64TruncF64S => convert!(l, fcvt_to_sint, I64),
        Convert::I64TruncF32U | Convert::I64TruncF64U => convert!(l, fcvt_to_uint, I64),
        Convert::I32TruncSatF32S | Convert::I32TruncSatF64S => convert!(l, fcvt_to_sint_sat, I32),
        Convert::I32TruncSatF32U | Convert::I32TruncSatF64U => convert!(l, fcvt_to_uint_sat, I32),
        Convert::I64TruncSatF32S | Convert::I64TruncSatF64S => convert!(l, fcvt_to_sint_sat, I64),
        Convert::I64TruncSatF32U | Convert::I64TruncSatF64U => convert!(l, fcvt_to_uint_sat, I64),
        Convert::F32ConvertI32S | Convert::F32ConvertI64S => convert!(l, fcvt_from_sint, F32),
        Convert::F32ConvertI32U | Convert::F32ConvertI64U => convert!(l, fcvt_from_uint, F32),
        Convert::F64ConvertI32S | Convert::F64ConvertI64S => convert!(l, fcvt_from_sint, F64),
        Convert::F64ConvertI32U | Convert::F64ConvertI64U => convert!(l, fcvt_from_uint, F64),
        Convert::F32DemoteF64 => convert!(l, fdemote, F32),
        Convert::F64PromoteF32 => convert!(l, fpromote, F64),
        Convert::I32ReinterpretF32 => reinterpret!(I32),
        Convert::I64ReinterpretF64 => reinterpret!(I64),
        Convert::F32ReinterpretI32 => reinterpret!(F32),
        Convert::F64ReinterpretI64 => reinterpret!(F64),
    };
    l.push(value);
}
