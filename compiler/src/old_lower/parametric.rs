//! Constants, `drop`, `select`, `nop`.

use super::Lowering;
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{InstBuilder, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    match *operator {
        Operator::Nop => return true,
        Operator::Drop => {
            l.pop();
            return true;
        }
        _ => {}
    }
    let value = match *operator {
        // CLIF wants the immediate zero-extended from the type's width.
        Operator::I32Const { value } => l
            .builder
            .ins()
            .iconst(types::I32, i64::from(value.cast_unsigned())),
        Operator::I64Const { value } => l.builder.ins().iconst(types::I64, value),
        Operator::F32Const { value } => l.builder.ins().f32const(Ieee32::with_bits(value.bits())),
        Operator::F64Const { value } => l.builder.ins().f64const(Ieee64::with_bits(value.bits())),
        Operator::Select | Operator::TypedSelect { .. } => {
            let condition = l.pop();
            let (then, otherwise) = l.pop2();
            l.builder.ins().select(condition, then, otherwise)
        }
        _ => return false,
    };
    l.push(value);
    true
}
