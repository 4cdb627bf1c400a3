//! Whether a main module without preloads can stay as it is. Nearly all can, so this is
//! found out from the sections alone, before anything is validated.
//!
//! "No" is always safe: then [`super::plan`] decides exactly. "Yes" must imply that the plan
//! would defer no segment: each has a constant offset, fits, is of memory 0 or a table of the
//! module's own, and data and elements aren't too scattered.

use crate::wasm::{Gaps, Provider, data, segment};
use std::ops::Range;
use wasi_aot_contract::layout::WASM_PAGE_SIZE;
use wasmparser::{ConstExpr, DataKind, ElementKind, Operator, Parser, Payload, TypeRef};

/// Initial sizes, and how much of them active segments fill.
#[derive(Default)]
struct Sizes {
    tables: Vec<u64>,
    /// Bytes of the first memory.
    memory: Option<u64>,
    /// For each table, the end of the last element that a segment puts there.
    filled: Vec<u64>,
    /// How many elements all active segments have.
    items: u64,
    /// The ranges of the first memory that segments fill.
    data: Vec<Range<u64>>,
}

/// Whether all imports are the runtime's and all active segments obviously fit. Reading stops
/// where the module is malformed; the parser says why.
pub(super) fn is_ready(wasm: &[u8], gaps: Gaps) -> bool {
    let mut sizes = Sizes::default();
    let payloads = Parser::new(0).parse_all(wasm).map_while(Result::ok);
    payloads
        .into_iter()
        .all(|payload| section(&mut sizes, payload))
        && segment::elements_are_folded(sizes.filled.iter().sum(), sizes.items)
        && data::is_folded(sizes.data, gaps)
}

/// Whether a section lets the module stay as it is. Tables and memories come before the
/// segments that need their sizes (core specification, "Modules" of the binary format).
fn section(sizes: &mut Sizes, payload: Payload<'_>) -> bool {
    match payload {
        Payload::ImportSection(section) => {
            let mut imports = section.into_imports().map_while(Result::ok);
            imports.all(|import| {
                matches!(Provider::of(import.module), Provider::Runtime(_))
                    && matches!(import.ty, TypeRef::Func(_))
            })
        }
        Payload::TableSection(section) => {
            let tables = section.into_iter().map_while(Result::ok);
            sizes.tables.extend(tables.map(|table| table.ty.initial));
            sizes.filled.resize(sizes.tables.len(), 0);
            true
        }
        Payload::MemorySection(section) => {
            let first = section.into_iter().find_map(Result::ok);
            sizes.memory = first.map(|memory| memory.initial.saturating_mul(WASM_PAGE_SIZE));
            true
        }
        Payload::ElementSection(section) => {
            let mut elements = section.into_iter().map_while(Result::ok);
            elements.all(|element| match &element.kind {
                ElementKind::Active {
                    table_index,
                    offset_expr,
                } => {
                    let table = table_index.unwrap_or(0) as usize;
                    let count = segment::element_count(&element);
                    let size = sizes.tables.get(table).copied();
                    let Some(range) = range(offset_expr, count.into(), size) else {
                        return false;
                    };
                    sizes.filled[table] = sizes.filled[table].max(range.end);
                    sizes.items += u64::from(count);
                    true
                }
                _ => true,
            })
        }
        Payload::DataSection(section) => {
            let mut segments = section.into_iter().map_while(Result::ok);
            segments.all(|segment| match &segment.kind {
                DataKind::Active {
                    memory_index: 0,
                    offset_expr,
                } => {
                    let len = segment.data.len() as u64;
                    let Some(range) = range(offset_expr, len, sizes.memory) else {
                        return false;
                    };
                    sizes.data.extend(data::used(range.start, segment.data));
                    true
                }
                DataKind::Active { .. } => false,
                DataKind::Passive => true,
            })
        }
        _ => true,
    }
}

/// The range of `len` from `offset` on, if that is a plain number and the range lies within
/// `size`.
fn range(offset: &ConstExpr<'_>, len: u64, size: Option<u64>) -> Option<Range<u64>> {
    let mut operators = offset.get_operators_reader().into_iter();
    let (Some(Ok(Operator::I32Const { value })), Some(Ok(Operator::End)), Some(size)) =
        (operators.next(), operators.next(), size)
    else {
        return None;
    };
    segment::range(value.cast_unsigned(), len, size)
}
