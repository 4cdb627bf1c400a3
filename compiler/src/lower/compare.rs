//! Comparisons and `eqz`: i32 results that are 0 or 1.

use super::Lowering;
use crate::ir::op::Compare;
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{InstBuilder, types};

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, op: Compare) {
    macro_rules! integer {
        ($condition:ident) => {{
            let (x, y) = l.pop2();
            l.builder.ins().icmp(IntCC::$condition, x, y)
        }};
    }
    macro_rules! float {
        ($condition:ident) => {{
            let (x, y) = l.pop2();
            l.builder.ins().fcmp(FloatCC::$condition, x, y)
        }};
    }
    let flag = match op {
        Compare::I32Eqz | Compare::I64Eqz => {
            let x = l.pop();
            l.builder.ins().icmp_imm_u(IntCC::Equal, x, 0)
        }
        Compare::I32Eq | Compare::I64Eq => integer!(Equal),
        Compare::I32Ne | Compare::I64Ne => integer!(NotEqual),
        Compare::I32LtS | Compare::I64LtS => integer!(SignedLessThan),
        Compare::I32LtU | Compare::I64LtU => integer!(UnsignedLessThan),
        Compare::I32GtS | Compare::I64GtS => integer!(SignedGreaterThan),
        Compare::I32GtU | Compare::I64GtU => integer!(UnsignedGreaterThan),
        Compare::I32LeS | Compare::I64LeS => integer!(SignedLessThanOrEqual),
        Compare::I32LeU | Compare::I64LeU => integer!(UnsignedLessThanOrEqual),
        Compare::I32GeS | Compare::I64GeS => integer!(SignedGreaterThanOrEqual),
        Compare::I32GeU | Compare::I64GeU => integer!(UnsignedGreaterThanOrEqual),
        Compare::F32Eq | Compare::F64Eq => float!(Equal),
        Compare::F32Ne | Compare::F64Ne => float!(NotEqual),
        Compare::F32Lt | Compare::F64Lt => float!(LessThan),
        Compare::F32Gt | Compare::F64Gt => float!(GreaterThan),
        Compare::F32Le | Compare::F64Le => float!(LessThanOrEqual),
        Compare::F32Ge | Compare::F64Ge => float!(GreaterThanOrEqual),
    };
    // CLIF's comparisons give an i8, wasm's an i32.
    let value = l.builder.ins().uextend(types::I32, flag);
    l.push(value);
}
