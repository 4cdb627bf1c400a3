//! Whether what a module exports is what another one imports (core specification,
//! "Import Subtyping"): function, global and element types must be equal, limits
//! must lie within those that are imported.

use crate::wasm::ItemType;

/// Whether something can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    Yes,
    /// If by then it has grown to this size, in elements or pages.
    OnceGrownTo(u64),
    No,
}

impl ItemType {
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
