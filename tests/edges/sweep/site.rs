//! The functions of the swept module. Each makes one access, at the index that it gets.

use super::operators::{Operator, nothing};
use std::fmt;

/// Length of the passive segment `$segment`. Each of its bytes is its own index.
pub const SEGMENT: u64 = 200;

/// The access of a function in memory `$tested`.
#[derive(Debug, Clone, Copy)]
pub enum Site {
    /// An access at index, in this form, plus a static offset.
    Access {
        operator: &'static Operator,
        form: Form,
        offset: u64,
    },
    /// `memory.fill` of the byte [`FILLED`] at the index.
    Fill(Length),
    /// `memory.copy` from 0 to the index.
    CopyTo(Length),
    /// `memory.copy` from the index to 0.
    CopyFrom(Length),
    /// `memory.init` from the segment's beginning to the index.
    Init,
    /// `memory.init` from an index in the segment to 0.
    InitFrom,
    /// `memory.grow` by the index. Returns its result.
    Grow,
    /// A store of the length, an i32, so that bytes differ.
    Put,
}

pub const FILLED: u8 = 0xb7;

/// The length operand of an operator on a range.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    Constant(u32),
    /// The function's second parameter.
    Given,
}

/// How the index is computed from the function's first parameter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Given,
    /// The index is this constant.
    Constant(u32),
    /// As a sum in 32 bits.
    Sum(i32),
    /// As global 0, which is a value that functions pass on (`compiler/src/lower/sp.rs`).
    Global,
    /// As Go's code does: as a sum in 64 bits of SP, which is the parameter.
    StackPointer(i32),
    /// As the lower half of a sum in 64 bits.
    Wide(i32),
}

impl Form {
    /// The index for a parameter.
    pub fn index(self, given: u32) -> u32 {
        match self {
            Self::Given | Self::Global => given,
            Self::Constant(index) => index,
            Self::Sum(more) | Self::Wide(more) | Self::StackPointer(more) => {
                given.wrapping_add_signed(more)
            }
        }
    }

    /// A parameter for an index.
    pub fn given(self, index: u32) -> u32 {
        match self {
            Self::Given | Self::Global | Self::Constant(_) => index,
            Self::Sum(more) | Self::Wide(more) | Self::StackPointer(more) => {
                index.wrapping_sub(more.cast_unsigned())
            }
        }
    }

    fn text(self) -> String {
        match self {
            Self::Given => GIVEN.into(),
            Self::Global => {
                format!("(block (result i32) (global.set 0 {GIVEN}) (global.get 0))")
            }
            Self::Constant(index) => format!("(i32.const {index})"),
            Self::Sum(more) => format!("(i32.add {GIVEN} (i32.const {more}))"),
            Self::Wide(more) => wide(GIVEN, more),
            // Local 1 is Go's copy of SP.
            Self::StackPointer(more) => wide("(local.get 1)", more),
        }
    }
}

const GIVEN: &str = "(local.get 0)";

fn wide(value: &str, more: i32) -> String {
    format!("(i32.wrap_i64 (i64.add (i64.extend_i32_u {value}) (i64.const {more})))")
}

impl Length {
    fn text(self) -> String {
        match self {
            Self::Constant(length) => format!("(i32.const {length})"),
            Self::Given => "(local.get 1)".into(),
        }
    }
}

impl Site {
    /// Whether the parameter is Go's SP.
    pub fn is_from_stack(&self) -> bool {
        let form = match self {
            Self::Access { form, .. } => *form,
            _ => Form::Given,
        };
        matches!(form, Form::StackPointer(_))
    }

    /// The body of the function, which has the parameters index and length and two results.
    pub fn body(&self) -> String {
        match self {
            Self::Access {
                operator,
                form,
                offset,
            } => operator.body(*offset, &form.text()),
            Self::Fill(length) => nothing(&format!(
                "(memory.fill $tested {GIVEN} (i32.const {FILLED}) {})",
                length.text()
            )),
            Self::CopyTo(length) => nothing(&format!(
                "(memory.copy $tested $tested {GIVEN} (i32.const 0) {})",
                length.text()
            )),
            Self::CopyFrom(length) => nothing(&format!(
                "(memory.copy $tested $tested (i32.const 0) {GIVEN} {})",
                length.text()
            )),
            Self::Init => nothing(&format!(
                "(memory.init $tested $segment {GIVEN} (i32.const 0) (local.get 1))"
            )),
            Self::InitFrom => nothing(&format!(
                "(memory.init $tested $segment (i32.const 0) {GIVEN} (local.get 1))"
            )),
            Self::Grow => {
                format!("(i64.extend_i32_u (memory.grow $tested {GIVEN})) (i64.const 0)")
            }
            Self::Put => nothing(&format!("(i32.store $tested {GIVEN} (local.get 1))")),
        }
    }
}

/// For messages.
impl fmt::Display for Site {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Access {
                operator,
                form,
                offset,
            } => write!(f, "{} offset={offset:#x} {form:x?}", operator.name),
            other => write!(f, "{other:?}"),
        }
    }
}
