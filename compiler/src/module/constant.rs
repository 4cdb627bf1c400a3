//! Constant expressions, evaluated at compile time: without imported globals
//! each one has a known value.

use super::Global;
use crate::error::Error;
use wasmparser::{ConstExpr, Operator};

/// The value of a constant expression; floats as their bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Constant {
    I32(i32),
    I64(i64),
    F32(u32),
    F64(u64),
    RefFunc(u32),
    RefNull,
}

impl Constant {
    /// The bytes of the value in a global's 8-byte cell.
    #[must_use]
    pub fn to_cell(self) -> [u8; 8] {
        match self {
            Self::I32(v) => u64::from(v.cast_unsigned()),
            Self::I64(v) => v.cast_unsigned(),
            Self::F32(bits) => u64::from(bits),
            Self::F64(bits) => bits,
            Self::RefFunc(_) | Self::RefNull => panic!("BUG: a reference in a global's cell"),
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

/// Evaluates a validated constant expression; `globals` are those before it.
///
/// # Errors
/// [`Error::Unsupported`] for anything but a single constant or `global.get`.
pub(super) fn evaluate(expr: &ConstExpr<'_>, globals: &[Global]) -> Result<Constant, Error> {
    let mut value = None;
    for item in expr.get_operators_reader().into_iter_with_offsets() {
        let (operator, offset) = item.map_err(|e| Error::from_validator(&e))?;
        let unsupported = || Error::Unsupported {
            feature: "an extended constant expression".into(),
            function: None,
            offset,
        };
        let next = match operator {
            Operator::I32Const { value } => Constant::I32(value),
            Operator::I64Const { value } => Constant::I64(value),
            Operator::F32Const { value } => Constant::F32(value.bits()),
            Operator::F64Const { value } => Constant::F64(value.bits()),
            Operator::RefNull { .. } => Constant::RefNull,
            Operator::RefFunc { function_index } => Constant::RefFunc(function_index),
            Operator::GlobalGet { global_index } => globals[global_index as usize].init,
            Operator::End => break,
            _ => return Err(unsupported()),
        };
        if value.replace(next).is_some() {
            return Err(unsupported());
        }
    }
    Ok(value.expect("BUG: an empty constant expression passed validation"))
}
