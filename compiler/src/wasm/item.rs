//! Types of imports and exports, and how messages write them.

use std::fmt;
use wasmparser::{FuncType, GlobalType, MemoryType, RefType, TableType, TypeRef, ValType};

/// The type of an import or export. Displays as in `a function (i32) -> (i64)`.
pub(crate) enum ItemType {
    Function(FuncType),
    Table(TableType),
    Memory(MemoryType),
    Global(GlobalType),
    /// Of the exception handling proposal, which isn't supported.
    Tag,
}

impl ItemType {
    /// The type that an import asks for; `types` are the types of its module.
    pub fn wanted(ty: &TypeRef, types: &[FuncType]) -> Self {
        match *ty {
            TypeRef::Func(index) | TypeRef::FuncExact(index) => {
                Self::Function(types[index as usize].clone())
            }
            TypeRef::Table(ty) => Self::Table(ty),
            TypeRef::Memory(ty) => Self::Memory(ty),
            TypeRef::Global(ty) => Self::Global(ty),
            TypeRef::Tag(_) => Self::Tag,
        }
    }
}

impl fmt::Display for ItemType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Function(ty) => write!(f, "a function {}", signature(ty)),
            Self::Table(ty) => {
                let of = reference(ty.element_type);
                write!(f, "a table of {of}, {}", Limits(ty.initial, ty.maximum))
            }
            Self::Memory(ty) => {
                write!(f, "a memory, {} pages", Limits(ty.initial, ty.maximum))?;
                let shared = if ty.shared { ", shared" } else { "" };
                let long = if ty.memory64 { ", 64-bit" } else { "" };
                write!(f, "{shared}{long}")
            }
            Self::Global(ty) => {
                let mutable = if ty.mutable { "mut " } else { "" };
                write!(f, "a global {mutable}{}", ty.content_type)
            }
            Self::Tag => f.write_str("a tag"),
        }
    }
}

fn reference(ty: RefType) -> String {
    match ty {
        RefType::FUNCREF => "funcref".into(),
        RefType::EXTERNREF => "externref".into(),
        other => other.to_string(),
    }
}

/// `10 to 20`, or `10 or more`.
struct Limits(u64, Option<u64>);

impl fmt::Display for Limits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.1 {
            Some(maximum) => write!(f, "{} to {maximum}", self.0),
            None => write!(f, "{} or more", self.0),
        }
    }
}

/// The most types of a list that [`signature`] writes out.
const SHOWN_TYPES: usize = 30;

/// A function type in the specification's notation: `(i32, i64) -> (i32)`. Long lists are cut
/// off.
#[must_use]
pub(crate) fn signature(ty: &FuncType) -> String {
    let list = |types: &[ValType]| {
        let shown = types.iter().take(SHOWN_TYPES).map(ToString::to_string);
        let more = types.len().saturating_sub(SHOWN_TYPES);
        let more = (more > 0).then(|| format!("{more} more"));
        shown.chain(more).collect::<Vec<_>>().join(", ")
    };
    format!("({}) -> ({})", list(ty.params()), list(ty.results()))
}
