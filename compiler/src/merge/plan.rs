//! Which active segments can be folded into what the executable starts with, and
//! what is left for its start (core specification, "Instantiation": module by module
//! its element segments, its data segments, its start function).
//!
//! A segment stays active if nobody can tell: it fits, it isn't of another memory than
//! the first (the executable has no bytes for those), it isn't one of many that lie so
//! scattered that what is between them would cost much more than they do, no code that could see or
//! change its table or memory runs before its turn, and no earlier segment of the
//! same table or memory is left for the start. That what comes before it may trap
//! makes no difference, as then nothing is left that could look. All others become
//! passive, and are applied by functions of the merge's own ([`super::start`]).

use super::resolve::{Instance, Linked, Place};
use super::values::Values;
use crate::error::Error;
use crate::wasm::segment::{self, element_count};
use crate::wasm::{Constant, Gaps, data};
use std::collections::{HashMap, HashSet};
use wasi_aot_contract::layout::WASM_PAGE_SIZE;
use wasmparser::{ConstExpr, DataKind, ElementKind};

/// What is left of a module's instantiation, by module.
#[derive(Default)]
pub(super) struct Plan {
    pub modules: Vec<Left>,
}

#[derive(Default)]
pub(super) struct Left {
    /// Active segments by their own index, in order.
    pub elements: Vec<Segment>,
    pub data: Vec<Segment>,
}

/// A segment that is applied at the start.
pub(super) struct Segment {
    /// Its index in its module.
    pub index: usize,
    /// The table or memory.
    pub target: Place,
    pub offset: i32,
    /// How many elements or bytes.
    pub len: u32,
}

impl Left {
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty() && self.data.is_empty()
    }
}

impl Plan {
    /// # Errors
    /// For an expression that can't be evaluated.
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

    /// Whether all is folded.
    pub fn is_empty(&self) -> bool {
        self.modules.iter().all(Left::is_empty)
    }
}

struct Planner<'l, 'a> {
    linked: &'l Linked<'a>,
    values: &'l Values<'l, 'a>,
    folds_elements: bool,
    folds_data: bool,
    /// Those that a segment is left for.
    tables: HashSet<Place>,
    memories: HashSet<Place>,
}

impl Planner<'_, '_> {
    fn module(&mut self, module: usize, instance: &Instance<'_>) -> Result<Left, Error> {
        let mut left = Left::default();
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
            if let Some(offset) = self.left(module, offset_expr, len, target, size, Kind::Table)? {
                left.elements.push(Segment {
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
            let len = super::layout::size(data.data.len());
            if let Some(offset) = self.left(module, offset_expr, len, target, size, Kind::Memory)? {
                left.data.push(Segment {
                    index,
                    target,
                    offset,
                    len,
                });
            }
        }
        Ok(left)
    }

    /// The offset of a segment that is left for the start; `size` is its target's at
    /// first.
    fn left(
        &mut self,
        module: usize,
        offset: &ConstExpr<'_>,
        len: u32,
        target: Place,
        size: u64,
        kind: Kind,
    ) -> Result<Option<i32>, Error> {
        // A 64-bit one is refused later.
        let Constant::I32(offset) = self.values.of(module, offset)? else {
            return Ok(None);
        };
        let fits = segment::range(offset.cast_unsigned(), len.into(), size).is_some();
        let before = &self.linked.instances[target.module..module];
        let code_ran = before.iter().any(|instance| instance.input.start.is_some());
        // The executable has bytes for the first memory only.
        let (left, foldable) = match kind {
            Kind::Table => (&mut self.tables, self.folds_elements),
            Kind::Memory => {
                let first = self.linked.first_memory() == Some(target);
                (&mut self.memories, first && self.folds_data)
            }
        };
        if fits && foldable && !code_ran && !left.contains(&target) {
            return Ok(None);
        }
        left.insert(target);
        Ok(Some(offset))
    }
}

/// Whether what lies between the data of the first memory is worth storing.
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

/// The same of elements.
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
