//! Comparisons and `eqz`: i32 results that are 0 or 1.

use super::Lowering;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, Value, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let flag = if let Some(condition) = integer_condition(operator) {
        let (x, y) = l.pop2();
        l.builder.ins().icmp(condition, x, y)
    } else if let Some(condition) = float_condition(operator) {
        let (x, y) = l.pop2();
        l.builder.ins().fcmp(condition, x, y)
    } else if matches!(operator, Operator::I32Eqz | Operator::I64Eqz) {
        let x = l.pop();
        l.builder.ins().icmp_imm_u(IntCC::Equal, x, 0)
    } else {
        return false;
    };
    push_flag(l, flag);
    true
}

/// CLIF's comparisons give an i8, wasm's an i32.
fn push_flag(l: &mut Lowering<'_, '_, '_>, flag: Value) {
    let value = l.builder.ins().uextend(types::I32, flag);
    l.push(value);
}

fn integer_condition(operator: &Operator<'_>) -> Option<IntCC> {
    Some(match operator {
        Operator::I32Eq | Operator::I64Eq => IntCC::Equal,
        Operator::I32Ne | Operator::I64Ne => IntCC::NotEqual,
        Operator::I32LtS | Operator::I64LtS => IntCC::SignedLessThan,
        Operator::I32LtU | Operator::I64LtU => IntCC::UnsignedLessThan,
        Operator::I32GtS | Operator::I64GtS => IntCC::SignedGreaterThan,
        Operator::I32GtU | Operator::I64GtU => IntCC::UnsignedGreaterThan,
        Operator::I32LeS | Operator::I64LeS => IntCC::SignedLessThanOrEqual,
        Operator::I32LeU | Operator::I64LeU => IntCC::UnsignedLessThanOrEqual,
        Operator::I32GeS | Operator::I64GeS => IntCC::SignedGreaterThanOrEqual,
        Operator::I32GeU | Operator::I64GeU => IntCC::UnsignedGreaterThanOrEqual,
        _ => return None,
    })
}

fn float_condition(operator: &Operator<'_>) -> Option<FloatCC> {
    Some(match operator {
        Operator::F32Eq | Operator::F64Eq => FloatCC::Equal,
        Operator::F32Ne | Operator::F64Ne => FloatCC::NotEqual,
        Operator::F32Lt | Operator::F64Lt => FloatCC::LessThan,
        Operator::F32Gt | Operator::F64Gt => FloatCC::GreaterThan,
        Operator::F32Le | Operator::F64Le => FloatCC::LessThanOrEqual,
        Operator::F32Ge | Operator::F64Ge => FloatCC::GreaterThanOrEqual,
        _ => return None,
    })
}
