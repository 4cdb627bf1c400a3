//! Several modules become one, before anything else reads them.
//!
//! Preloads are instantiated in order, then the main module; what a module imports
//! from `NAME` is what the preload of that name exports. The result imports nothing
//! but functions of preview 1, and instantiating it does, in order, what
//! instantiating each of them would have done (core specification, "Instantiation"):
//! one that traps does so when the program starts, with what came before it done.
//!
//! A module by itself whose active segments fit needs none of that and stays as it is,
//! byte for byte. One in which they don't fit is rewritten, too, so that behind the
//! merge active segments lie inside the initial sizes ([`crate::module`]).
//!
//! In order: [`input`] reads and validates, [`resolve`] finds what imports stand for
//! ([`matching`] says whether they may), [`layout`] numbers everything anew,
//! [`values`] evaluates constant expressions, [`plan`] and [`start`] say what is left
//! for the start, and [`write`] writes it all through [`reindex`].

mod alone;
mod input;
mod layout;
mod matching;
mod names;
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
use layout::Layout;
use plan::Plan;
use resolve::Linked;
use std::borrow::Cow;
use values::Values;
use write::Writer;

/// A module that is instantiated before the main one.
#[derive(Debug, Clone, Copy)]
pub struct Preload<'a> {
    /// What others import from it by.
    pub name: &'a str,
    /// The bytes of its file.
    pub wasm: &'a [u8],
}

/// Merges modules into one, whose initial data will be stored as `gaps` says.
///
/// # Errors
/// Modules that are invalid, and imports that nothing satisfies. A main module without
/// preloads that is malformed may also be returned as it is, for
/// [`crate::module::parse`] to say why.
pub fn merge<'a>(
    main: &'a [u8],
    preloads: &[Preload<'a>],
    gaps: Gaps,
) -> Result<Cow<'a, [u8]>, Error> {
    if preloads.is_empty() && alone::is_ready(main, gaps) {
        return Ok(main.into());
    }
    let linked = Linked::new(main, preloads)?;
    let layout = Layout::new(&linked);
    let values = Values::new(&linked, &layout)?;
    let plan = Plan::new(&linked, &values, gaps)?;
    if preloads.is_empty() && plan.is_empty() {
        return Ok(main.into());
    }
    let writer = Writer {
        linked: &linked,
        layout: &layout,
        values: &values,
        plan: &plan,
    };
    Ok(writer.module()?.into())
}
