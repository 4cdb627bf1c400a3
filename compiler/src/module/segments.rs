//! Data and element segments: active ones are folded into what the executable
//! starts with, passive ones kept for the operators that name them.
//!
//! Folding at compile time is exact: segments are applied in order before the
//! start function runs (core specification, "Instantiation"), and one that is
//! out of bounds makes instantiation fail, which is an error of the build.

use super::{Constant, Memory, Module, Table, constant};
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
        DataKind::Active {
            memory_index: 0,
            offset_expr,
        } => offset_expr,
        DataKind::Active { .. } => {
            return Err(unsupported(
                "a data segment of a second memory (multi-memory)",
                segment.range.start,
            ));
        }
    };
    module.data.push(&[]);
    let start = constant::evaluate(offset_expr, &module.globals)?.as_u32() as usize;
    let end = start + segment.data.len();
    let pages = module.memory.as_ref().map_or(0, |m: &Memory| m.initial);
    if end as u64 > u64::from(pages) * wasi_aot_contract::layout::WASM_PAGE_SIZE {
        return Err(out_of_bounds("data segment", segment.range.start));
    }
    let used = segment.data.len() - segment.data.iter().rev().take_while(|&&b| b == 0).count();
    // Zeroes need no image, wherever they are.
    let filled = if used > 0 { start + used } else { 0 };
    if filled > MAX_IMAGE {
        return Err(Error::Limit(format!(
            "initial data reaches address {:#x}, over the limit of 1 GiB; let the program fill it at run time",
            filled
        )));
    }
    if module.image.len() < filled {
        module.image.resize(filled, 0);
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
    let start = constant::evaluate(offset_expr, &module.globals)?.as_u32() as usize;
    let table: &mut Table = &mut module.tables[table_index as usize];
    let target = start
        .checked_add(items.len())
        .and_then(|end| table.elements.get_mut(start..end))
        .ok_or_else(|| out_of_bounds("element segment", segment.range.start))?;
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
                Ok(match constant::evaluate(&expr, &module.globals)? {
                    Constant::RefFunc(index) => Some(index),
                    _ => None,
                })
            })
            .collect(),
    }
}

fn unsupported(feature: &str, offset: u64) -> Error {
    Error::Unsupported {
        feature: feature.into(),
        function: None,
        offset,
    }
}

fn out_of_bounds(what: &str, offset: u64) -> Error {
    Error::Invalid {
        function: None,
        offset,
        message: format!("{what} out of bounds; instantiation would trap"),
    }
}
