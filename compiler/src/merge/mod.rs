//! Several modules become one, before anything else reads them.
//!
//! Preloads are instantiated in order, then the main module. An import from `NAME` is
//! satisfied by an export of the preload of that name. The merged module imports only
//! functions of preview 1. Its instantiation does, in order, the instantiation of each module
//! (core specification, "Instantiation"). If one of these instantiations would trap, the
//! program traps at its start, after the effects of the earlier ones.
//!
//! A single module whose active segments can all be folded stays as it is, byte for byte. A
//! single module with other segments is rewritten, so that in every module that leaves the
//! merge active segments lie inside the initial sizes; [`crate::module`] relies on that.
//!
//! In order: [`alone`] finds single modules that need nothing. [`input`] reads and validates
//! a module. [`resolve`] finds the definitions that imports stand for, with [`matching`] to
//! compare types. [`index_spaces`] numbers everything anew. [`values`] evaluates constant
//! expressions. [`plan`] decides which segments are deferred, and [`start`] makes the
//! functions that apply them. [`mod@write`] writes the module through [`reindex`].

mod alone;
mod index_spaces;
mod input;
mod matching;
mod name_section;
mod plan;
mod reindex;
mod resolve;
mod start;
#[cfg(test)]
mod tests;
mod values;
mod write;

use crate::error::Error;
use crate::wasm::Gaps;
use index_spaces::IndexSpaces;
use plan::Plan;
use resolve::Linked;
use std::borrow::Cow;
use values::Values;
use write::Writer;

/// A module that is instantiated before the main one.
#[derive(Debug, Clone, Copy)]
pub struct Preload<'a> {
    /// The module name that others import from (NAME of `--preload NAME=FILE`).
    pub name: &'a str,
    /// The bytes of its file.
    pub wasm: &'a [u8],
}

/// Merges modules into one. `gaps` says how the initial data will be stored.
///
/// # Errors
/// Modules that are invalid, and imports that nothing satisfies. A malformed main module
/// without preloads may also be returned as it is; [`crate::module::parse`] then reports the
/// error.
pub fn merge<'a>(
    main: &'a [u8],
    preloads: &[Preload<'a>],
    gaps: Gaps,
) -> Result<Cow<'a, [u8]>, Error> {
    if preloads.is_empty() && alone::is_ready(main, gaps) {
        return Ok(main.into());
    }
    let linked = Linked::new(main, preloads)?;
    let indices = IndexSpaces::new(&linked);
    let values = Values::new(&linked, &indices)?;
    let plan = Plan::new(&linked, &values, gaps)?;
    if preloads.is_empty() && plan.is_empty() {
        return Ok(main.into());
    }
    let writer = Writer {
        linked: &linked,
        indices: &indices,
        values: &values,
        plan: &plan,
    };
    Ok(writer.module()?.into())
}
