//! Constant expressions, extended ones included, evaluated at compile time. They read only
//! immutable globals, so each has a known value.

use super::feature_of;
use crate::error::Error;
use wasmparser::{ConstExpr, Operator};

/// The value of a constant expression. Floats are their bits, a reference to a function is
/// its index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    /// An i32.
    I32(i32),
    /// An i64.
    I64(i64),
    /// The bits of an f32.
    F32(u32),
    /// The bits of an f64.
    F64(u64),
    /// The bytes of a v128, as a little-endian number.
    V128(u128),
    /// A reference to the function with this index.
    RefFunc(u32),
    /// A null reference.
    RefNull,
}

impl Constant {
    /// The value's bytes, padded with zeroes. A global's cell takes only as many bytes as its
    /// type has. A reference to a function is zero here, since its bytes depend on addresses
    /// ([`crate::emit`] fills them in).
    #[must_use]
    pub fn to_cell(self) -> [u8; 16] {
        match self {
            Self::I32(v) => u128::from(v.cast_unsigned()),
            Self::I64(v) => u128::from(v.cast_unsigned()),
            Self::F32(bits) => u128::from(bits),
            Self::F64(bits) => u128::from(bits),
            Self::V128(bits) => bits,
            Self::RefFunc(_) | Self::RefNull => 0,
        }
        .to_le_bytes()
    }

    /// The value as an address or an index.
    #[must_use]
    pub fn as_u32(self) -> u32 {
        match self {
            Self::I32(v) => v.cast_unsigned(),
            other => panic!("BUG: {other:?} as an address"),
        }
    }
}

/// Evaluates a validated constant expression. `global` gives the value of a global that it
/// reads.
///
/// # Errors
/// [`Error::Unsupported`] for an operator that can't be compiled.
pub(crate) fn evaluate(
    expr: &ConstExpr<'_>,
    global: impl Fn(u32) -> Constant,
) -> Result<Constant, Error> {
    let mut stack = Vec::new();
    for item in expr.get_operators_reader().into_iter_with_offsets() {
        let (operator, offset) = item.map_err(|e| Error::from_validator(&e))?;
        let next = match operator {
            Operator::I32Const { value } => Constant::I32(value),
            Operator::I64Const { value } => Constant::I64(value),
            Operator::F32Const { value } => Constant::F32(value.bits()),
            Operator::F64Const { value } => Constant::F64(value.bits()),
            Operator::V128Const { value } => Constant::V128(u128::from_le_bytes(*value.bytes())),
            Operator::RefNull { .. } => Constant::RefNull,
            Operator::RefFunc { function_index } => Constant::RefFunc(function_index),
            Operator::GlobalGet { global_index } => global(global_index),
            Operator::End => break,
            _ => arithmetic(&operator, &mut stack).ok_or_else(|| Error::Unsupported {
                feature: format!("{} in a constant expression", feature_of(&operator)),
                function: None,
                offset,
            })?,
        };
        stack.push(next);
    }
    Ok(stack
        .pop()
        .expect("BUG: an empty constant expression passed validation"))
}

/// Pops the operands of an operator of extended constant expressions and computes its
/// result. `None` for any other operator.
fn arithmetic(operator: &Operator<'_>, stack: &mut Vec<Constant>) -> Option<Constant> {
    let apply = match operator {
        Operator::I32Add => Apply::I32(i32::wrapping_add),
        Operator::I32Sub => Apply::I32(i32::wrapping_sub),
        Operator::I32Mul => Apply::I32(i32::wrapping_mul),
        Operator::I64Add => Apply::I64(i64::wrapping_add),
        Operator::I64Sub => Apply::I64(i64::wrapping_sub),
        Operator::I64Mul => Apply::I64(i64::wrapping_mul),
        _ => return None,
    };
    let (right, left) = (stack.pop(), stack.pop());
    Some(match (apply, left, right) {
        (Apply::I32(f), Some(Constant::I32(x)), Some(Constant::I32(y))) => Constant::I32(f(x, y)),
        (Apply::I64(f), Some(Constant::I64(x)), Some(Constant::I64(y))) => Constant::I64(f(x, y)),
        _ => panic!("BUG: {operator:?} of {left:?} and {right:?} passed validation"),
    })
}

/// The function of an operator with two operands.
enum Apply {
    I32(fn(i32, i32) -> i32),
    I64(fn(i64, i64) -> i64),
}
