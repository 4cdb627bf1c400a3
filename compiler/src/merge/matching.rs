//! Whether an export satisfies an import (core specification, "Import Subtyping"): types of
//! functions, globals and elements must be equal, and the export's limits must lie within
//! the import's.

use crate::wasm::ItemType;

/// Whether an export satisfies an import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    /// Only if the table or memory has grown to this size, in elements or pages, when the
    /// importing module is instantiated.
    OnceGrownTo(u64),
    No,
}

impl ItemType {
    /// Whether an export of this type satisfies an import of type `wanted`.
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

/// Compares limits. An instance's lower limit is its current size, which code may have grown
/// since `found` was written down.
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
