//! Which active segments are folded into the executable's initial state, and which are
//! deferred to the program's start (core specification, "Instantiation": module by module,
//! its element segments, its data segments, its start function).
//!
//! Folding a segment must not be observable. A segment is folded if all of these hold:
//!
//! - It fits the initial size of its table or memory.
//! - Data is of the first memory: the executable has bytes for no other.
//! - Elements or data aren't so scattered that the zeroes between them would cost much more
//!   than the elements or data ([`crate::wasm::data`], [`crate::wasm::segment`]).
//! - No code that could see or change its table or memory runs before its turn.
//! - No earlier segment of the same table or memory is deferred, as it could overwrite this
//!   one.
//!
//! An earlier trap makes no difference: it ends the process, so nothing can observe that a
//! later segment was already applied. Deferred segments become passive, and functions that
//! the merge adds apply them ([`super::start`]).

use super::resolve::{Definition, Instance, Linked};
use super::values::Values;
use crate::error::Error;
use crate::wasm::segment::{self, element_count};
use crate::wasm::{Constant, Gaps, data};
use std::collections::{HashMap, HashSet};
use wasi_aot_contract::layout::WASM_PAGE_SIZE;
use wasmparser::{ConstExpr, DataKind, ElementKind};

/// The deferred part of instantiation.
#[derive(Default)]
pub(super) struct Plan {
    /// By module, in the order of instantiation.
    pub modules: Vec<Deferred>,
}

/// The deferred segments of a module.
#[derive(Default)]
pub(super) struct Deferred {
    /// In order of their indices; so is `data`.
    pub elements: Vec<DeferredSegment>,
    pub data: Vec<DeferredSegment>,
}

/// A segment that is applied at the start.
pub(super) struct DeferredSegment {
    /// Its index in its module.
    pub index: usize,
    /// The table or memory that it fills.
    pub target: Definition,
    pub offset: i32,
    /// Its length in elements or bytes.
    pub len: u32,
}

impl Deferred {
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty() && self.data.is_empty()
    }
}

impl Plan {
    /// Decides for every active segment of all modules.
    ///
    /// # Errors
    /// A constant expression that can't be evaluated.
    pub fn new(linked: &Linked<'_>, values: &Values<'_, '_>, gaps: Gaps) -> Result<Self, Error> {
        let mut planner = Planner {
            linked,
            values,
            folds_elements: folds_elements(linked, values)?,
            folds_data: folds_data(linked, values, gaps)?,
            tables: HashSet::new(),
            memories: HashSet::new(),
        };
        let modules = linked.instances.iter().enumerate();
        let modules = modules.map(|(module, instance)| planner.module(module, instance));
        Ok(Self {
            modules: modules.collect::<Result<_, _>>()?,
        })
    }

    /// Whether all segments are folded.
    pub fn is_empty(&self) -> bool {
        self.modules.iter().all(Deferred::is_empty)
    }
}

struct Planner<'l, 'a> {
    linked: &'l Linked<'a>,
    values: &'l Values<'l, 'a>,
    folds_elements: bool,
    folds_data: bool,
    /// The tables and memories for which a segment has been deferred.
    tables: HashSet<Definition>,
    memories: HashSet<Definition>,
}

impl Planner<'_, '_> {
    fn module(&mut self, module: usize, instance: &Instance<'_>) -> Result<Deferred, Error> {
        let mut deferred = Deferred::default();
        for (index, element) in instance.input.elements.iter().enumerate() {
            let ElementKind::Active {
                table_index,
                offset_expr,
            } = &element.kind
            else {
                continue;
            };
            let target = instance.tables[table_index.unwrap_or(0) as usize];
            let size = self.linked.instances[target.module].input.tables[target.defined]
                .ty
                .initial;
            let len = element_count(element);
            if let Some(offset) = self.defer(module, offset_expr, len, target, size, Kind::Table)? {
                deferred.elements.push(DeferredSegment {
                    index,
                    target,
                    offset,
                    len,
                });
            }
        }
        for (index, data) in instance.input.data.iter().enumerate() {
            let DataKind::Active {
                memory_index,
                offset_expr,
            } = &data.kind
            else {
                continue;
            };
            let target = instance.memories[*memory_index as usize];
            let pages = self.linked.instances[target.module].input.memories[target.defined].initial;
            let size = pages.saturating_mul(WASM_PAGE_SIZE);
            let len = super::index_spaces::size(data.data.len());
            if let Some(offset) =
                self.defer(module, offset_expr, len, target, size, Kind::Memory)?
            {
                deferred.data.push(DeferredSegment {
                    index,
                    target,
                    offset,
                    len,
                });
            }
        }
        Ok(deferred)
    }

    /// The offset of a segment if it is deferred, and `None` if it is folded. `size` is the
    /// initial size of the table or memory that it fills.
    fn defer(
        &mut self,
        module: usize,
        offset: &ConstExpr<'_>,
        len: u32,
        target: Definition,
        size: u64,
        kind: Kind,
    ) -> Result<Option<i32>, Error> {
        // A 64-bit offset belongs to a 64-bit table or memory, which the parser refuses.
        let Constant::I32(offset) = self.values.of(module, offset)? else {
            return Ok(None);
        };
        let fits = segment::range(offset.cast_unsigned(), len.into(), size).is_some();
        // The target's own module and all later modules can access the target. A start
        // function of one of these that runs before this segment's turn may have read or
        // written the target.
        let before = &self.linked.instances[target.module..module];
        let code_ran = before.iter().any(|instance| instance.input.start.is_some());
        let (deferred, foldable) = match kind {
            Kind::Table => (&mut self.tables, self.folds_elements),
            Kind::Memory => {
                let first = self.linked.first_memory() == Some(target);
                (&mut self.memories, first && self.folds_data)
            }
        };
        if fits && foldable && !code_ran && !deferred.contains(&target) {
            return Ok(None);
        }
        deferred.insert(target);
        Ok(Some(offset))
    }
}

/// Whether the data of the first memory lies close enough together to be folded.
fn folds_data(linked: &Linked<'_>, values: &Values<'_, '_>, gaps: Gaps) -> Result<bool, Error> {
    let mut ranges = Vec::new();
    for (module, instance) in linked.instances.iter().enumerate() {
        for segment in &instance.input.data {
            if let DataKind::Active {
                memory_index,
                offset_expr,
            } = &segment.kind
                && linked.first_memory() == Some(instance.memories[*memory_index as usize])
                && let Constant::I32(offset) = values.of(module, offset_expr)?
            {
                ranges.extend(data::used(offset.cast_unsigned().into(), segment.data));
            }
        }
    }
    Ok(data::is_folded(ranges, gaps))
}

/// Whether the elements of all tables lie close enough together to be folded.
fn folds_elements(linked: &Linked<'_>, values: &Values<'_, '_>) -> Result<bool, Error> {
    let (mut filled, mut items) = (HashMap::new(), 0);
    for (module, instance) in linked.instances.iter().enumerate() {
        for element in &instance.input.elements {
            if let ElementKind::Active {
                table_index,
                offset_expr,
            } = &element.kind
                && let Constant::I32(offset) = values.of(module, offset_expr)?
            {
                let count = u64::from(element_count(element));
                let end = u64::from(offset.cast_unsigned()) + count;
                let table = instance.tables[table_index.unwrap_or(0) as usize];
                let filled: &mut u64 = filled.entry(table).or_default();
                *filled = end.max(*filled);
                items += count;
            }
        }
    }
    Ok(segment::elements_are_folded(filled.values().sum(), items))
}

#[derive(Clone, Copy)]
enum Kind {
    Table,
    Memory,
}
