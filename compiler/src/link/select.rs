//! Chooses the sections of the runtime that an executable gets.
//!
//! The runtime is compiled with a section for each function and each piece of data. What the
//! module refers to is linked, and what that refers to in turn; nothing else is. So a part of
//! the runtime needs no list of its functions: a part is what its root reaches.
//!
//! There are two sets of roots. The entry point and the symbols that code and tables of the
//! module refer to reach the sections that depend on the module alone. The symbols that the
//! policy's section refers to (the parts, `contract/src/parts.rs`) reach the rest, which is
//! kept apart so that another policy moves nothing else.

use super::input::{LE, Object, Purpose, RawSym};
use crate::error::Error;
use object::SymbolIndex;
use object::read::elf::Sym as _;
use std::collections::HashMap;

/// Where the kernel enters an executable.
pub(super) const START: &[u8] = b"_start";

/// Sections of the runtime, by their positions in [`Object::sections`], ascending.
pub(super) struct Selection {
    /// What every policy needs.
    pub always: Vec<usize>,
    /// What only this policy needs.
    pub policy: Vec<usize>,
}

/// What `module` needs of `runtime`.
///
/// # Errors
/// A symbol in a section that the runtime's file doesn't have.
pub(super) fn select(runtime: &Object<'_>, module: &Object<'_>) -> Result<Selection, Error> {
    let of_policy = |purpose| matches!(purpose, Purpose::Policy | Purpose::Note);
    let mut always = undefined(module, |purpose| !of_policy(purpose));
    always.push(START);
    reached_by(runtime, &always, &undefined(module, of_policy))
}

/// The sections of `runtime` for a module that needs `always`, with the policy of another object.
///
/// # Errors
/// As [`select`].
pub(super) fn for_policy(
    runtime: &Object<'_>,
    always: &[&[u8]],
    policy: &Object<'_>,
) -> Result<Selection, Error> {
    let always = [always, &[START]].concat();
    reached_by(runtime, &always, &undefined(policy, |_| true))
}

/// What these symbols need: `always` of any policy, `policy` of one.
///
/// # Errors
/// As [`select`].
pub(super) fn reached_by(
    runtime: &Object<'_>,
    always: &[&[u8]],
    policy: &[&[u8]],
) -> Result<Selection, Error> {
    let mut graph = Graph::new(runtime);
    Ok(Selection {
        always: graph.reach(always)?,
        policy: graph.reach(policy)?,
    })
}

/// The names of the undefined symbols that sections of these purposes refer to.
fn undefined<'a>(module: &Object<'a>, purposes: impl Fn(Purpose) -> bool) -> Vec<&'a [u8]> {
    let sections = module.sections.iter();
    let sections = sections.filter(|section| purposes(section.purpose));
    let relocations = sections.flat_map(|section| section.relocations);
    let mut indices: Vec<_> = relocations.map(|r| r.r_sym(LE, false)).collect();
    indices.sort_unstable();
    indices.dedup();
    let symbols = indices.into_iter().filter_map(|index| {
        let symbol = module.symbols.symbol(SymbolIndex(index as usize)).ok()?;
        symbol.is_undefined(LE).then(|| module.name_of(symbol))
    });
    symbols.filter(|name| !name.is_empty()).collect()
}

/// The runtime's sections, and which of them are reached.
struct Graph<'r, 'a> {
    runtime: &'r Object<'a>,
    positions: HashMap<usize, usize>,
    reached: Vec<bool>,
}

impl<'r, 'a> Graph<'r, 'a> {
    fn new(runtime: &'r Object<'a>) -> Self {
        Self {
            runtime,
            positions: runtime.positions(),
            reached: vec![false; runtime.sections.len()],
        }
    }

    /// The sections that these symbols reach and that weren't reached before, ascending. A
    /// symbol that the runtime doesn't define reaches nothing: relocating refuses it.
    fn reach(&mut self, names: &[&[u8]]) -> Result<Vec<usize>, Error> {
        let mut found = Vec::new();
        let mut open = Vec::new();
        for (index, symbol) in self.runtime.symbols() {
            if !symbol.is_local() && names.contains(&self.runtime.name_of(symbol)) {
                self.open((index, symbol), &mut open)?;
            }
        }
        while let Some(position) = open.pop() {
            found.push(position);
            for relocation in self.runtime.sections[position].relocations {
                let index = SymbolIndex(relocation.r_sym(LE, false) as usize);
                if index.0 != 0 {
                    let symbol = self.runtime.symbol(index)?;
                    self.open((index, symbol), &mut open)?;
                }
            }
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Adds the section of a symbol to `open`, if it is reached for the first time.
    fn open(&mut self, symbol: (SymbolIndex, &RawSym), open: &mut Vec<usize>) -> Result<(), Error> {
        let section = self.runtime.section_of(symbol)?;
        if let Some(&position) = section.and_then(|section| self.positions.get(&section))
            && !std::mem::replace(&mut self.reached[position], true)
        {
            open.push(position);
        }
        Ok(())
    }
}
