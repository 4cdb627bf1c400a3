//! Whether what a module exports is what another one imports (core specification,
//! "Import Subtyping"): function, global and element types must be equal, limits
//! must lie within those that are imported.

use crate::module::signature;
use std::fmt;
use wasmparser::{FuncType, GlobalType, MemoryType, RefType, TableType, TypeRef};

/// The type of something that is imported or exported.
pub(crate) enum ItemType {
    Function(FuncType),
    Table(TableType),
    Memory(MemoryType),
    Global(GlobalType),
    /// Of a newer proposal.
    Tag,
}

/// Whether something can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    /// If by then it has grown to this size, in elements or pages.
    OnceGrownTo(u64),
    No,
}

impl ItemType {
    /// The type that an import asks for; `types` are its module's.
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

    /// Whether what is of this type can be imported as `wanted`.
    pub(super) fn fits(&self, wanted: &Self) -> Fit {
        match (self, wanted) {
            (Self::Function(found), Self::Function(wanted)) if found == wanted => Fit::Yes,
            (Self::Global(found), Self::Global(wanted)) if found == wanted => Fit::Yes,
            (Self::Table(found), Self::Table(wanted))
                if (found.element_type, found.table64, found.shared)
                    == (wanted.element_type, wanted.table64, wanted.shared) =>
            {
                limits(
                    (found.initial, found.maximum),
                    (wanted.initial, wanted.maximum),
                )
            }
            (Self::Memory(found), Self::Memory(wanted))
                if (found.memory64, found.shared, found.page_size_log2)
                    == (wanted.memory64, wanted.shared, wanted.page_size_log2) =>
            {
                limits(
                    (found.initial, found.maximum),
                    (wanted.initial, wanted.maximum),
                )
            }
            _ => Fit::No,
        }
    }
}

/// An instance's lower limit is its size at that time.
fn limits(found: (u64, Option<u64>), wanted: (u64, Option<u64>)) -> Fit {
    let below = match (found.1, wanted.1) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(found), Some(wanted)) => found <= wanted,
    };
    match found.0 >= wanted.0 {
        _ if !below => Fit::No,
        true => Fit::Yes,
        false if found.1.is_none_or(|maximum| maximum >= wanted.0) => Fit::OnceGrownTo(wanted.0),
        false => Fit::No,
    }
}

/// As in `a function (i32) -> (i64)`.
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
