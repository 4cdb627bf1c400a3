//! Where Go functions are resumed.
//!
//! A return address on Go's stack is `PC_F << 16 | PC_B`, stored as an
//! `i64.const` by the caller (`preprocess` in `cmd/internal/obj/wasm/wasmobj.go`),
//! so the resume points of a function are the PC_Bs of all such constants, in
//! any function of the module, plus the call of `deferreturn` that recovery jumps
//! to (`_func.deferreturn`, `computeDeferReturn` in `cmd/link/internal/ld/pcln.go`).
//! Any other i64 constant that looks like a return address only keeps one more
//! target.

use super::pclntab::{FUNC_VALUE_OFFSET, Pclntab};
use crate::module::Module;
use rayon::prelude::*;
use std::collections::BTreeSet;
use wasmparser::Operator;

/// Resume points of each defined function, PC_B 0 not among them; `None` if the
/// module isn't laid out as Go's linker does.
#[must_use]
pub fn resume_points(module: &Module<'_>, table: &Pclntab<'_>) -> Option<Vec<BTreeSet<u32>>> {
    go_functions(module)?;
    let mut points = vec![BTreeSet::new(); module.functions.len()];
    for function in table.functions() {
        if function.deferreturn != 0 {
            points[function.index].insert(function.deferreturn);
        }
    }
    let constants: Vec<Vec<(usize, u32)>> = module
        .functions
        .par_iter()
        .map(|f| return_addresses(f, module.functions.len()))
        .collect();
    for (index, pc_b) in constants.into_iter().flatten() {
        points[index].insert(pc_b);
    }
    Some(points)
}

/// How many functions Go's linker made: PC_F is `0x1000` plus the place among the
/// defined functions, and the first table has just those. Behind them, and behind
/// that table, may be what other modules define ([`crate::merge`]), but no second way
/// to Go's functions.
pub(super) fn go_functions(module: &Module<'_>) -> Option<usize> {
    let (table, others) = module.tables.split_first()?;
    let elements = &table.elements;
    let count = elements.len().checked_sub(FUNC_VALUE_OFFSET)?;
    let are_in_table = !table.written
        && (1..=module.functions.len()).contains(&count)
        && elements[..FUNC_VALUE_OFFSET].iter().all(Option::is_none)
        && elements[FUNC_VALUE_OFFSET..]
            .iter()
            .enumerate()
            .all(|(defined, &element)| element == Some(module.function_index(defined)));
    let go = |&function: &u32| {
        let defined = module.defined(function);
        defined.is_some_and(|defined| (defined as usize) < count)
    };
    let elsewhere = others.iter().flat_map(|table| table.elements.iter().flatten());
    (are_in_table && !elsewhere.into_iter().any(go)).then_some(count)
}

/// The constants of a body that are return addresses, as function and PC_B. A
/// body that can't be read has none: its compilation reports the error.
fn return_addresses(function: &crate::module::Function<'_>, functions: usize) -> Vec<(usize, u32)> {
    let Ok(mut reader) = function.body.get_operators_reader() else {
        return Vec::new();
    };
    let mut found = Vec::new();
    while let Ok(operator) = reader.read() {
        if let Operator::I64Const { value } = operator {
            let pc_f = usize::try_from(value >> 16).ok();
            let index = pc_f
                .and_then(|f| f.checked_sub(FUNC_VALUE_OFFSET))
                .filter(|&f| f < functions);
            found.extend(index.map(|f| (f, (value & 0xffff) as u32)));
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}
