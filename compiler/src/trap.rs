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

/// A function was entered where the compiler had ruled it out.
pub const UNEXPECTED_ENTRY: TrapCode = TrapCode::unwrap_user(6);

/// An access to a table, other than a call through it, failed its bounds check.
pub const TABLE_ACCESS_OUT_OF_BOUNDS: TrapCode = TrapCode::unwrap_user(7);

/// The code of a trap that a graph ends in.
///
/// # Panics
/// On a kind that only operators raise.
#[must_use]
pub fn code(kind: TrapKind) -> TrapCode {
    match kind {
        TrapKind::Unreachable => UNREACHABLE,
        TrapKind::UnexpectedEntry => UNEXPECTED_ENTRY,
        other => panic!("BUG: no block ends in {other:?}"),
    }
}

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
        TABLE_ACCESS_OUT_OF_BOUNDS => TrapKind::TableAccessOutOfBounds,
        INDIRECT_CALL_TO_NULL => TrapKind::IndirectCallToNull,
        BAD_SIGNATURE => TrapKind::BadSignature,
        UNEXPECTED_ENTRY => TrapKind::UnexpectedEntry,
        MEMORY_OUT_OF_BOUNDS => TrapKind::MemoryOutOfBounds,
        TrapCode::INTEGER_OVERFLOW => TrapKind::IntegerOverflow,
        TrapCode::INTEGER_DIVISION_BY_ZERO => TrapKind::IntegerDivideByZero,
        TrapCode::BAD_CONVERSION_TO_INTEGER => TrapKind::BadConversionToInteger,
        TrapCode::STACK_OVERFLOW => TrapKind::StackOverflow,
        other => panic!("BUG: trap code {other} is not ours"),
    })
}
