//! The name section of the merged module, for traps and symbol tables.

use super::index_spaces::{IndexSpaces, size};
use super::resolve::{Definition, Instance, Linked, ResolvedFunction};
use super::start::OwnFunction;
use std::collections::{BTreeMap, HashMap};
use wasm_encoder::{NameMap, NameSection};
use wasmparser::ExternalKind;

/// A name for every function with a body. Unnamed functions get one from the index in their
/// own module, since the merged index means nothing to a reader. Names of a preload's
/// functions begin with the preload's name: `env!add`.
pub(super) fn section(
    linked: &Linked<'_>,
    indices: &IndexSpaces,
    own: &[OwnFunction],
) -> NameSection {
    let mut names = BTreeMap::new();
    for (module, instance) in linked.instances.iter().enumerate() {
        let exported = exported(instance);
        let imports = instance.functions.len() - instance.input.functions.len();
        for defined in 0..instance.input.functions.len() {
            let index = size(imports + defined);
            let known = instance.input.names.get(&index).or(exported.get(&index));
            let name = known.map_or_else(|| format!("func[{index}]"), |name| (*name).to_owned());
            let definition = ResolvedFunction::Defined(Definition { module, defined });
            names.insert(
                indices.function_index(definition),
                instance.qualified(&name),
            );
        }
    }
    for (index, own) in (indices.function_count..).zip(own) {
        names.insert(index, own.name.clone());
    }
    let mut map = NameMap::new();
    for (index, name) in &names {
        map.append(*index, name);
    }
    let mut section = NameSection::new();
    section.functions(&map);
    section
}

/// The first export name of each function.
fn exported<'a>(instance: &Instance<'a>) -> HashMap<u32, &'a str> {
    let exports = instance.input.exports.iter().rev();
    let functions = exports.filter(|export| export.kind == ExternalKind::Func);
    functions
        .map(|export| (export.index, export.name))
        .collect()
}

impl Instance<'_> {
    /// A name of this module as a name of the merged module.
    pub(super) fn qualified(&self, name: &str) -> String {
        match self.name {
            Some(preload) => format!("{preload}!{name}"),
            None => name.to_owned(),
        }
    }
}
