//! Data and element segments: active ones are folded into what the executable
//! starts with, passive ones kept for the operators that name them.
//!
//! Folding at compile time is exact: segments are applied in order before the
//! start function runs (core specification, "Instantiation"), and none is out of
//! bounds or of another memory than the first, as [`crate::merge`] has made those
//! passive.

use super::{Constant, Module, Table};
use crate::error::Error;
use wasmparser::{Data, DataKind, Element, ElementItems, ElementKind};

/// Largest span of initial data: the image is held in memory while compiling.
const MAX_IMAGE: usize = 1 << 30;

/// Keeps a passive data segment, or copies an active one into the image: from then
/// on it is as good as dropped.
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
    let start = module.evaluate(offset_expr)?.as_u32() as usize;
    let end = start + segment.data.len();
    let pages = module.memories.first().map_or(0, |memory| memory.initial);
    if end as u64 > u64::from(pages) * wasi_aot_contract::layout::WASM_PAGE_SIZE {
        return Err(invalid("data segment out of bounds", segment.range.start));
    }
    let used = segment.data.len() - segment.data.iter().rev().take_while(|&&b| b == 0).count();
    // Zeroes alone need no image, wherever they are.
    let reach = if used == 0 { 0 } else { start + used };
    if reach > MAX_IMAGE {
        return Err(Error::Limit(format!(
            "initial data reaches address {reach:#x}, over the limit of 1 GiB; let the program fill it at run time"
        )));
    }
    if module.image.len() < reach {
        module.image.resize(reach, 0);
    }
    // A later segment may overwrite an earlier one with zeroes.
    let end = end.min(module.image.len());
    if let Some(target) = module.image.get_mut(start..end) {
        target.copy_from_slice(&segment.data[..target.len()]);
    }
    Ok(())
}

/// Keeps a passive element segment, or copies an active one into its table: from
/// then on it is as good as dropped.
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
        // Only declares functions for ref.func.
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
    let start = module.evaluate(offset_expr)?.as_u32() as usize;
    let table: &mut Table = &mut module.tables[table_index as usize];
    let target = start
        .checked_add(items.len())
        .and_then(|end| table.elements.get_mut(start..end))
        .ok_or_else(|| invalid("element segment out of bounds", segment.range.start))?;
    target.copy_from_slice(&items);
    Ok(())
}

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
