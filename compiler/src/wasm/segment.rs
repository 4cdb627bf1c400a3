//! Active element and data segments: where one lies, and when elements may be folded.
//!
//! [`crate::merge`] decides with these functions which segments are applied at the start, and
//! [`crate::module`] checks the other segments.

use std::ops::Range;
use wasmparser::{Element, ElementItems};

/// The range that a segment of `len` elements or bytes fills from `offset` on, if it lies
/// within a table or memory of `size`.
pub(crate) fn range(offset: u32, len: u64, size: u64) -> Option<Range<u64>> {
    let start = u64::from(offset);
    let end = start.checked_add(len)?;
    (end <= size).then_some(start..end)
}

/// How many elements a segment has.
pub(crate) fn element_count(element: &Element<'_>) -> u32 {
    match &element.items {
        ElementItems::Functions(items) => items.count(),
        ElementItems::Expressions(_, items) => items.count(),
    }
}

/// The limit on the elements of all tables up to the last non-null one: this many, and four
/// for each element of a segment.
const MAX_NULLS: u64 = 1 << 20;

/// Whether the elements of active segments are folded into tables. `filled` is how far the
/// elements of each table reach, added up, and `items` how many elements the segments have.
pub(crate) fn elements_are_folded(filled: u64, items: u64) -> bool {
    filled <= items.saturating_mul(4).saturating_add(MAX_NULLS)
}
