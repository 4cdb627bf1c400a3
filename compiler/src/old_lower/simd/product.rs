//! Products and sums of lanes as lanes twice as wide: `extmul`, `extadd_pairwise` and
//! `dot`. No lane of theirs overflows, but for a dot product of four -2^15.

use super::super::Lowering;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    multiply(l, operator) || add(l, operator)
}

fn multiply(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! multiply {
        ($lanes:ident, $widen:ident) => {{
            let (x, y) = l.pop2_lanes(types::$lanes);
            let x = l.builder.ins().$widen(x);
            let y = l.builder.ins().$widen(y);
            l.builder.ins().imul(x, y)
        }};
    }
    let value = match operator {
        Operator::I16x8ExtMulLowI8x16S => multiply!(I8X16, swiden_low),
        Operator::I16x8ExtMulHighI8x16S => multiply!(I8X16, swiden_high),
        Operator::I16x8ExtMulLowI8x16U => multiply!(I8X16, uwiden_low),
        Operator::I16x8ExtMulHighI8x16U => multiply!(I8X16, uwiden_high),
        Operator::I32x4ExtMulLowI16x8S => multiply!(I16X8, swiden_low),
        Operator::I32x4ExtMulHighI16x8S => multiply!(I16X8, swiden_high),
        Operator::I32x4ExtMulLowI16x8U => multiply!(I16X8, uwiden_low),
        Operator::I32x4ExtMulHighI16x8U => multiply!(I16X8, uwiden_high),
        Operator::I64x2ExtMulLowI32x4S => multiply!(I32X4, swiden_low),
        Operator::I64x2ExtMulHighI32x4S => multiply!(I32X4, swiden_high),
        Operator::I64x2ExtMulLowI32x4U => multiply!(I32X4, uwiden_low),
        Operator::I64x2ExtMulHighI32x4U => multiply!(I32X4, uwiden_high),
        Operator::I32x4DotI16x8S => {
            let (x, y) = l.pop2_lanes(types::I16X8);
            l.dot(x, y)
        }
        _ => return false,
    };
    l.push_lanes(value);
    true
}

fn add(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let (ty, signed): (Type, bool) = match operator {
        Operator::I16x8ExtAddPairwiseI8x16S => (types::I8X16, true),
        Operator::I16x8ExtAddPairwiseI8x16U => (types::I8X16, false),
        Operator::I32x4ExtAddPairwiseI16x8S => (types::I16X8, true),
        Operator::I32x4ExtAddPairwiseI16x8U => (types::I16X8, false),
        _ => return false,
    };
    let x = l.pop_lanes(ty);
    let value = if signed {
        l.signed_pairs(x)
    } else {
        let low = l.builder.ins().uwiden_low(x);
        let high = l.builder.ins().uwiden_high(x);
        l.builder.ins().iadd_pairwise(low, high)
    };
    l.push_lanes(value);
    true
}

impl Lowering<'_, '_, '_> {
    /// The sums of adjacent lanes, sign-extended.
    pub(super) fn signed_pairs(&mut self, x: Value) -> Value {
        let low = self.builder.ins().swiden_low(x);
        let high = self.builder.ins().swiden_high(x);
        self.builder.ins().iadd_pairwise(low, high)
    }

    /// The sums of adjacent lanes' products, all of them signed and wrapping in lanes
    /// twice as wide.
    pub(super) fn dot(&mut self, x: Value, y: Value) -> Value {
        let (x_low, y_low) = (
            self.builder.ins().swiden_low(x),
            self.builder.ins().swiden_low(y),
        );
        let low = self.builder.ins().imul(x_low, y_low);
        let (x_high, y_high) = (
            self.builder.ins().swiden_high(x),
            self.builder.ins().swiden_high(y),
        );
        let high = self.builder.ins().imul(x_high, y_high);
        self.builder.ins().iadd_pairwise(low, high)
    }
}
