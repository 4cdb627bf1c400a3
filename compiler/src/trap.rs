//! Trap kinds as Cranelift's trap codes and back.

use cranelift_codegen::ir::TrapCode;
use wasi_aot_contract::module::TrapKind;

pub const UNREACHABLE: TrapCode = TrapCode::unwrap_user(1);
pub const TABLE_OUT_OF_BOUNDS: TrapCode = TrapCode::unwrap_user(2);
pub const INDIRECT_CALL_TO_NULL: TrapCode = TrapCode::unwrap_user(3);
pub const BAD_SIGNATURE: TrapCode = TrapCode::unwrap_user(4);
/// An explicit bounds check of linear memory failed. Not Cranelift's own
/// `HEAP_OUT_OF_BOUNDS`: that one marks loads and stores, which fault.
pub const MEMORY_OUT_OF_BOUNDS: TrapCode = TrapCode::unwrap_user(5);

/// The kind to record for a trap site, or `None` for a load or store of linear
/// memory, which the shim recognises by the fault's address.
///
/// # Panics
/// On a code that lowering never uses.
#[must_use]
pub fn kind(code: TrapCode) -> Option<TrapKind> {
    Some(match code {
        TrapCode::HEAP_OUT_OF_BOUNDS => return None,
        UNREACHABLE => TrapKind::Unreachable,
        TABLE_OUT_OF_BOUNDS => TrapKind::TableOutOfBounds,
        INDIRECT_CALL_TO_NULL => TrapKind::IndirectCallToNull,
        BAD_SIGNATURE => TrapKind::BadSignature,
        MEMORY_OUT_OF_BOUNDS => TrapKind::MemoryOutOfBounds,
        TrapCode::INTEGER_OVERFLOW => TrapKind::IntegerOverflow,
        TrapCode::INTEGER_DIVISION_BY_ZERO => TrapKind::IntegerDivideByZero,
        TrapCode::BAD_CONVERSION_TO_INTEGER => TrapKind::BadConversionToInteger,
        TrapCode::STACK_OVERFLOW => TrapKind::StackOverflow,
        other => panic!("BUG: trap code {other} is not ours"),
    })
}
