//! Conversions between types: wrap, extend, truncate (trapping and saturating),
//! convert, promote, demote, reinterpret.

use super::Lowering;
use cranelift_codegen::ir::{InstBuilder, MemFlagsData, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    width(l, operator) || truncate(l, operator) || saturate(l, operator) || to_float(l, operator)
}

macro_rules! convert {
    ($l:ident, $op:ident, $to:ident) => {{
        let x = $l.pop();
        $l.builder.ins().$op(types::$to, x)
    }};
}

fn width(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I32WrapI64 => {
            let x = l.pop();
            l.narrow(x)
        }
        Operator::I64ExtendI32S => convert!(l, sextend, I64),
        Operator::I64ExtendI32U => {
            let x = l.pop();
            l.zero_extend(x)
        }
        _ => return false,
    };
    l.push(value);
    true
}

fn truncate(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I32TruncF32S | Operator::I32TruncF64S => convert!(l, fcvt_to_sint, I32),
        Operator::I32TruncF32U | Operator::I32TruncF64U => convert!(l, fcvt_to_uint, I32),
        Operator::I64TruncF32S | Operator::I64TruncF64S => convert!(l, fcvt_to_sint, I64),
        Operator::I64TruncF32U | Operator::I64TruncF64U => convert!(l, fcvt_to_uint, I64),
        _ => return false,
    };
    l.push(value);
    true
}

fn saturate(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match operator {
        Operator::I32TruncSatF32S | Operator::I32TruncSatF64S => convert!(l, fcvt_to_sint_sat, I32),
        Operator::I32TruncSatF32U | Operator::I32TruncSatF64U => convert!(l, fcvt_to_uint_sat, I32),
        Operator::I64TruncSatF32S | Operator::I64TruncSatF64S => convert!(l, fcvt_to_sint_sat, I64),
        Operator::I64TruncSatF32U | Operator::I64TruncSatF64U => convert!(l, fcvt_to_uint_sat, I64),
        _ => return false,
    };
    l.push(value);
    true
}

fn to_float(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! reinterpret {
        ($to:ident) => {{
            let x = l.pop();
            l.builder.ins().bitcast(types::$to, MemFlagsData::new(), x)
        }};
    }
    let value = match operator {
        Operator::F32ConvertI32S | Operator::F32ConvertI64S => convert!(l, fcvt_from_sint, F32),
        Operator::F32ConvertI32U | Operator::F32ConvertI64U => convert!(l, fcvt_from_uint, F32),
        Operator::F64ConvertI32S | Operator::F64ConvertI64S => convert!(l, fcvt_from_sint, F64),
        Operator::F64ConvertI32U | Operator::F64ConvertI64U => convert!(l, fcvt_from_uint, F64),
        Operator::F32DemoteF64 => convert!(l, fdemote, F32),
        Operator::F64PromoteF32 => convert!(l, fpromote, F64),
        Operator::I32ReinterpretF32 => reinterpret!(I32),
        Operator::I64ReinterpretF64 => reinterpret!(I64),
        Operator::F32ReinterpretI32 => reinterpret!(F32),
        Operator::F64ReinterpretI64 => reinterpret!(F64),
        _ => return false,
    };
    l.push(value);
    true
}
