//! Products and sums of lanes as lanes twice as wide: `extmul`, `extadd_pairwise` and
//! `dot`. No lane of theirs overflows, but for a dot product of four -2^15.

use super::super::Lowering;
use crate::ir::op::Product;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};

pub(in crate::lower) fn lower(l: &mut Lowering<'_, '_, '_>, op: Product) {
    macro_rules! multiply {
        ($lanes:ident, $widen:ident) => {{
            let (x, y) = l.pop2_lanes(types::$lanes);
            let x = l.builder.ins().$widen(x);
            let y = l.builder.ins().$widen(y);
            l.builder.ins().imul(x, y)
        }};
    }
    let value = match op {
        Product::I16x8ExtMulLowI8x16S => multiply!(I8X16, swiden_low),
        Product::I16x8ExtMulHighI8x16S => multiply!(I8X16, swiden_high),
        Product::I16x8ExtMulLowI8x16U => multiply!(I8X16, uwiden_low),
        Product::I16x8ExtMulHighI8x16U => multiply!(I8X16, uwiden_high),
        Product::I32x4ExtMulLowI16x8S => multiply!(I16X8, swiden_low),
        Product::I32x4ExtMulHighI16x8S => multiply!(I16X8, swiden_high),
        Product::I32x4ExtMulLowI16x8U => multiply!(I16X8, uwiden_low),
        Product::I32x4ExtMulHighI16x8U => multiply!(I16X8, uwiden_high),
        Product::I64x2ExtMulLowI32x4S => multiply!(I32X4, swiden_low),
        Product::I64x2ExtMulHighI32x4S => multiply!(I32X4, swiden_high),
        Product::I64x2ExtMulLowI32x4U => multiply!(I32X4, uwiden_low),
        Product::I64x2ExtMulHighI32x4U => multiply!(I32X4, uwiden_high),
        Product::I32x4DotI16x8S => {
            let (x, y) = l.pop2_lanes(types::I16X8);
            l.dot(x, y)
        }
        Product::I16x8ExtAddPairwiseI8x16S => pairwise(l, types::I8X16, true),
        Product::I16x8ExtAddPairwiseI8x16U => pairwise(l, types::I8X16, false),
        Product::I32x4ExtAddPairwiseI16x8S => pairwise(l, types::I16X8, true),
        Product::I32x4ExtAddPairwiseI16x8U => pairwise(l, types::I16X8, false),
    };
    l.push_lanes(value);
}

/// The sums of adjacent lanes.
fn pairwise(l: &mut Lowering<'_, '_, '_>, ty: Type, signed: bool) -> Value {
    let x = l.pop_lanes(ty);
    if signed {
        return l.signed_pairs(x);
    }
    let low = l.builder.ins().uwiden_low(x);
    let high = l.builder.ins().uwiden_high(x);
    l.builder.ins().iadd_pairwise(low, high)
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
