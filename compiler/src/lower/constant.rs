//! Constants and `select`.

use super::{Lowering, simd};
use crate::ir::Const;
use cranelift_codegen::ir::immediates::{Ieee32, Ieee64};
use cranelift_codegen::ir::{InstBuilder, types};

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, constant: Const) {
    let value = match constant {
        // CLIF wants the immediate zero-extended from the type's width.
        Const::I32(value) => l
            .builder
            .ins()
            .iconst(types::I32, i64::from(value.cast_unsigned())),
        Const::I64(value) => l.builder.ins().iconst(types::I64, value),
        Const::F32(bits) => l.builder.ins().f32const(Ieee32::with_bits(bits)),
        Const::F64(bits) => l.builder.ins().f64const(Ieee64::with_bits(bits)),
        Const::V128(bytes) => {
            let bytes = l.func.bytes[bytes.0 as usize];
            l.vector_constant(simd::VECTOR, bytes)
        }
        Const::Null => l.builder.ins().iconst(types::I64, 0),
    };
    l.push(value);
}

pub(super) fn select(l: &mut Lowering<'_, '_, '_>) {
    let condition = l.pop();
    let (then, otherwise) = l.pop2();
    let value = l.builder.ins().select(condition, then, otherwise);
    l.push(value);
}
