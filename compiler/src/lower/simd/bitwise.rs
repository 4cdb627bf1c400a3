//! Operators on all 128 bits.

use super::super::Lowering;
use cranelift_codegen::ir::InstBuilder;
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! binary {
        ($op:ident) => {{
            let (x, y) = l.pop2();
            l.builder.ins().$op(x, y)
        }};
    }
    let value = match operator {
        Operator::V128Not => {
            let x = l.pop();
            l.builder.ins().bnot(x)
        }
        Operator::V128And => binary!(band),
        Operator::V128AndNot => binary!(band_not),
        Operator::V128Or => binary!(bor),
        Operator::V128Xor => binary!(bxor),
        Operator::V128Bitselect => {
            let mask = l.pop();
            let (x, y) = l.pop2();
            l.builder.ins().bitselect(mask, x, y)
        }
        _ => return false,
    };
    l.push(value);
    true
}
