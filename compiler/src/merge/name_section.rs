//! Names of functions, for traps and symbol tables.

use super::index_spaces::{IndexSpaces, size};
use super::resolve::{Definition, Instance, Linked, ResolvedFunction};
use super::start::OwnFunction;
use std::collections::{BTreeMap, HashMap};
use wasm_encoder::{NameMap, NameSection};
use wasmparser::ExternalKind;

/// The name section: every function with a body has a name, since its index is not
/// what it was in its module; a preload's begin with the preload's: `env!add`.
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

/// The first name that each function is exported under.
fn exported<'a>(instance: &Instance<'a>) -> HashMap<u32, &'a str> {
    let exports = instance.input.exports.iter().rev();
    let functions = exports.filter(|export| export.kind == ExternalKind::Func);
    functions
        .map(|export| (export.index, export.name))
        .collect()
}

impl Instance<'_> {
    /// A name in this module as one among all.
    pub(super) fn qualified(&self, name: &str) -> String {
        match self.name {
            Some(preload) => format!("{preload}!{name}"),
            None => name.to_owned(),
        }
    }
}
