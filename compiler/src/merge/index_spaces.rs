//! The index spaces of the merged module.
//!
//! **The main module keeps its indices** where Go's code depends on them. Its functions
//! follow the imports; its tables, memories and globals come first, in its own order,
//! imported ones included. So a Go program keeps table 0, memory 0 and global 0 (SP), and the
//! positions of its functions after the imports, which its pclntab refers to. The preloads'
//! follow in the order of instantiation. Types and segments are in the order of
//! instantiation throughout, since no Go code depends on their indices.

use super::resolve::{Definition, Instance, Linked, ResolvedFunction};
use std::collections::HashMap;

/// Maps a module's own indices to indices of the merged module.
pub(super) struct IndexSpaces {
    /// By module: the merged index of its type 0, and so on for its own definitions.
    types: Vec<u32>,
    functions: Vec<u32>,
    elements: Vec<u32>,
    data: Vec<u32>,
    pub tables: Space,
    pub memories: Space,
    pub globals: Space,
    /// How many functions there are so far: the index of the first function that the merge
    /// adds.
    pub function_count: u32,
    /// How many types the modules have: the index of the first type that the merge adds.
    pub type_count: u32,
}

/// An index space without imports.
pub(super) struct Space {
    /// By index.
    pub order: Vec<Definition>,
    indices: HashMap<Definition, u32>,
}

impl IndexSpaces {
    pub fn new(linked: &Linked<'_>) -> Self {
        let imports = size(linked.host.len());
        let types = |i: &Instance<'_>| i.input.types.len();
        let (type_bases, type_count) = bases(0, linked.instances.iter().map(types));
        let functions = |i: &Instance<'_>| i.input.functions.len();
        let (functions, function_count) = bases(imports, main_first(linked).map(functions));
        Self {
            types: type_bases,
            // The main module is the last instance, but its functions come first.
            functions: [&functions[1..], &functions[..1]].concat(),
            elements: bases(0, linked.instances.iter().map(|i| i.input.elements.len())).0,
            data: bases(0, linked.instances.iter().map(|i| i.input.data.len())).0,
            tables: Space::new(main_first(linked).map(|i| &i.tables[..])),
            memories: Space::new(main_first(linked).map(|i| &i.memories[..])),
            globals: Space::new(main_first(linked).map(|i| &i.globals[..])),
            function_count,
            type_count,
        }
    }

    pub fn type_index(&self, module: usize, index: u32) -> u32 {
        self.types[module] + index
    }

    pub fn element_index(&self, module: usize, index: u32) -> u32 {
        self.elements[module] + index
    }

    pub fn data_index(&self, module: usize, index: u32) -> u32 {
        self.data[module] + index
    }

    pub fn function_index(&self, function: ResolvedFunction) -> u32 {
        match function {
            ResolvedFunction::Host(index) => index,
            ResolvedFunction::Defined(definition) => {
                self.functions[definition.module] + size(definition.defined)
            }
        }
    }
}

impl Space {
    fn new<'p>(modules: impl Iterator<Item = &'p [Definition]>) -> Self {
        let (mut order, mut indices) = (Vec::new(), HashMap::new());
        for &definition in modules.flatten() {
            indices.entry(definition).or_insert_with(|| {
                order.push(definition);
                size(order.len() - 1)
            });
        }
        Self { order, indices }
    }

    pub fn index(&self, definition: Definition) -> u32 {
        self.indices[&definition]
    }
}

/// The main module, then the preloads in order.
pub(super) fn main_first<'l, 'a>(
    linked: &'l Linked<'a>,
) -> impl Iterator<Item = &'l Instance<'a>> + Clone {
    let (main, preloads) = linked.instances.split_last().expect("BUG: no main module");
    [main].into_iter().chain(preloads)
}

/// Where each of several spaces begins if one follows the other from `first` on, and where
/// the last one ends.
fn bases(first: u32, sizes: impl Iterator<Item = usize>) -> (Vec<u32>, u32) {
    let mut next = first;
    let bases = sizes.map(|count| {
        let base = next;
        next += size(count);
        base
    });
    (bases.collect(), next)
}

/// A count as an index. The limits of the validator and the files' sizes keep all counts far
/// below 32 bits.
pub(super) fn size(count: usize) -> u32 {
    u32::try_from(count).expect("BUG: a count over 32 bits")
}
