//! Data and element segments. Active ones are folded into the executable's initial state;
//! passive ones are kept for the operators that name them.
//!
//! Folding is exact: segments are applied in order before the start function runs (core
//! specification, "Instantiation"). No active segment is out of bounds or belongs to another
//! memory than the first, since [`crate::merge`] has made such segments passive.

use super::{Constant, Module, Table};
use crate::error::Error;
use crate::wasm::segment;
use wasi_aot_contract::layout::WASM_PAGE_SIZE;
use wasmparser::{Data, DataKind, Element, ElementItems, ElementKind};

/// Keeps a passive data segment, or folds an active one into the image. Operators see an
/// active segment as dropped, so it is kept without bytes.
pub(super) fn data<'a>(module: &mut Module<'a>, segment: &Data<'a>) -> Result<(), Error> {
    let offset_expr = match &segment.kind {
        DataKind::Passive => {
            module.data.push(segment.data);
            return Ok(());
        }
        DataKind::Active { memory_index, .. } if *memory_index != 0 => {
            return Err(invalid(
                "data segment of another memory than the first",
                segment.range.start,
            ));
        }
        DataKind::Active { offset_expr, .. } => offset_expr,
    };
    module.data.push(&[]);
    let offset = module.evaluate(offset_expr)?.as_u32();
    let pages = module.memories.first().map_or(0, |memory| memory.initial);
    let size = u64::from(pages) * WASM_PAGE_SIZE;
    let Some(range) = segment::range(offset, segment.data.len() as u64, size) else {
        return Err(invalid("data segment out of bounds", segment.range.start));
    };
    module.image.add(range.start, segment.data);
    Ok(())
}

/// Keeps a passive element segment, or folds an active one into its table. Operators see an
/// active segment as dropped, so it is kept without elements.
pub(super) fn element(module: &mut Module<'_>, segment: Element<'_>) -> Result<(), Error> {
    let items = items(segment.items, module)?;
    for function in items.iter().copied().flatten() {
        module.note_reference(function);
    }
    let (table_index, offset_expr) = match &segment.kind {
        ElementKind::Active {
            table_index,
            offset_expr,
        } => (table_index.unwrap_or(0), offset_expr),
        // It only declares functions for ref.func, and is dropped at the start.
        ElementKind::Declared => {
            module.elements.push(Vec::new());
            return Ok(());
        }
        ElementKind::Passive => {
            module.elements.push(items);
            return Ok(());
        }
    };
    module.elements.push(Vec::new());
    let offset = module.evaluate(offset_expr)?.as_u32();
    let table: &mut Table = &mut module.tables[table_index as usize];
    let Some(range) = segment::range(offset, items.len() as u64, table.initial.into()) else {
        return Err(invalid(
            "element segment out of bounds",
            segment.range.start,
        ));
    };
    let (start, end) = (range.start as usize, range.end as usize);
    if table.elements.len() < end && !items.is_empty() {
        table.elements.resize(end, None);
    }
    if !items.is_empty() {
        table.elements[start..end].copy_from_slice(&items);
    }
    Ok(())
}

/// The functions of a segment, `None` for null.
fn items(items: ElementItems<'_>, module: &Module<'_>) -> Result<Vec<Option<u32>>, Error> {
    match items {
        ElementItems::Functions(functions) => functions
            .into_iter()
            .map(|f| f.map(Some).map_err(|e| Error::from_validator(&e)))
            .collect(),
        ElementItems::Expressions(_, expressions) => expressions
            .into_iter()
            .map(|e| {
                let expr = e.map_err(|e| Error::from_validator(&e))?;
                Ok(match module.evaluate(&expr)? {
                    Constant::RefFunc(index) => Some(index),
                    _ => None,
                })
            })
            .collect(),
    }
}

fn invalid(message: &str, offset: u64) -> Error {
    Error::Invalid {
        function: None,
        offset,
        message: message.into(),
    }
}
