//! Resolves imports to functions of the runtime and to definitions of earlier modules.
//!
//! Modules are added in the order of instantiation, so an import can only name a module that
//! is already there, and there are no cycles. After this step each index of a module stands
//! for a [`Definition`]: a re-exported import stands for the original definition, however long
//! the chain is, and equal definitions mean the same table, memory, global or function.

use super::Preload;
use super::input::Input;
use super::matching::Fit;
use crate::error::{Error, printable};
use crate::wasm::{ItemType, Provider, core_types, host_function};
use std::collections::HashMap;
use wasi_aot_contract::signature::Signature;
use wasmparser::{Export, ExternalKind, FuncType, Import};

/// The definition that an index stands for: a function, table, memory or global with its
/// module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Definition {
    /// The module's position in the order of instantiation.
    pub module: usize,
    /// The position among the module's own definitions of this kind, imports not counted.
    pub defined: usize,
}

/// A function that an index stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResolvedFunction {
    /// A function of the runtime, by its position in [`Linked::host`].
    Host(u32),
    Defined(Definition),
}

/// A module, and the definitions that its indices stand for.
pub(super) struct Instance<'a> {
    /// The preload's name. The main module has no name.
    pub name: Option<&'a str>,
    pub input: Input<'a>,
    pub functions: Vec<ResolvedFunction>,
    pub tables: Vec<Definition>,
    pub memories: Vec<Definition>,
    pub globals: Vec<Definition>,
    /// Positions in [`Input::exports`], by name. A map, since modules may have very many
    /// exports, and imports of them.
    exports: HashMap<&'a str, usize>,
    /// Imported tables and memories that must have grown when this module is instantiated.
    pub sizes: Vec<NeededSize>,
}

/// An import that is satisfied only from a size on.
pub(super) struct NeededSize {
    pub of: Growable,
    /// In elements or pages.
    pub least: u64,
    /// The import as messages name it: `env.memory`.
    pub import: String,
}

/// Something that can grow.
#[derive(Clone, Copy)]
pub(super) enum Growable {
    Table(Definition),
    Memory(Definition),
}

/// All modules in the order of instantiation, the main module last.
pub(super) struct Linked<'a> {
    pub instances: Vec<Instance<'a>>,
    /// The functions of the runtime that any module imports, each once.
    pub host: Vec<&'static Signature>,
}

/// The definition that an import or an export stands for.
#[derive(Clone, Copy)]
enum Item {
    Function(ResolvedFunction),
    Table(Definition),
    Memory(Definition),
    Global(Definition),
}

impl<'a> Linked<'a> {
    /// Resolves all imports.
    ///
    /// # Errors
    /// The first import that nothing satisfies, and an invalid module. Errors about a preload
    /// name it.
    pub fn new(main: &'a [u8], preloads: &[Preload<'a>]) -> Result<Self, Error> {
        let mut linked = Self {
            instances: Vec::new(),
            host: Vec::new(),
        };
        let names: Vec<&str> = preloads.iter().map(|preload| preload.name).collect();
        check_names(&names)?;
        for preload in preloads {
            linked
                .add(Some(preload.name), preload.wasm, &names)
                .map_err(|error| in_preload(preload.name, error))?;
        }
        linked.add(None, main, &names)?;
        linked.check_memories()?;
        Ok(linked)
    }

    /// Adds the next module; `names` are the names of all preloads.
    fn add(&mut self, name: Option<&'a str>, wasm: &'a [u8], names: &[&str]) -> Result<(), Error> {
        let input = Input::read(wasm)?;
        let exports = input.exports.iter().map(|export| export.name);
        let mut instance = Instance {
            name,
            exports: exports.zip(0..).collect(),
            input,
            functions: Vec::new(),
            tables: Vec::new(),
            memories: Vec::new(),
            globals: Vec::new(),
            sizes: Vec::new(),
        };
        // Imports come first in each index space (core specification, "Indices").
        for import in std::mem::take(&mut instance.input.imports) {
            match self.import(&mut instance, &import, names)? {
                Item::Function(function) => instance.functions.push(function),
                Item::Table(definition) => instance.tables.push(definition),
                Item::Memory(definition) => instance.memories.push(definition),
                Item::Global(definition) => instance.globals.push(definition),
            }
        }
        let module = self.instances.len();
        let places = |count| (0..count).map(move |defined| Definition { module, defined });
        let functions = places(instance.input.functions.len());
        instance
            .functions
            .extend(functions.map(ResolvedFunction::Defined));
        instance.tables.extend(places(instance.input.tables.len()));
        instance
            .memories
            .extend(places(instance.input.memories.len()));
        instance
            .globals
            .extend(places(instance.input.globals.len()));
        self.instances.push(instance);
        Ok(())
    }

    /// The definition that an import of module `to` stands for. Preloads are looked up before
    /// the runtime. An import from a preload that is instantiated later is an error of its own.
    fn import(
        &mut self,
        to: &mut Instance<'a>,
        import: &Import<'_>,
        names: &[&str],
    ) -> Result<Item, Error> {
        let Some(from) = (self.instances.iter()).position(|i| i.name == Some(import.module)) else {
            if names.contains(&import.module) {
                return Err(Error::LateImport {
                    module: printable(import.module),
                    name: printable(import.name),
                });
            }
            let function = host_function(import, &to.input.types)?;
            return Ok(Item::Function(ResolvedFunction::Host(self.host(function))));
        };
        let instance = &self.instances[from];
        let exports = &instance.input.exports;
        let definition = instance.exports.get(import.name);
        let Some(item) =
            definition.and_then(|&definition| self.exported(from, &exports[definition]))
        else {
            return Err(Error::NotExported {
                module: printable(import.module),
                name: printable(import.name),
                wanted: ItemType::wanted(&import.ty, &to.input.types).to_string(),
                exports: names_of(exports),
            });
        };
        self.check(to, import, item)?;
        Ok(item)
    }

    /// Checks that `item` satisfies the import. If `item` must have grown for that, and code
    /// that can grow it runs earlier, the check is deferred to the program's start.
    fn check(&self, to: &mut Instance<'a>, import: &Import<'_>, item: Item) -> Result<(), Error> {
        let (found, wanted) = (
            self.type_of(item),
            ItemType::wanted(&import.ty, &to.input.types),
        );
        let of = match item {
            Item::Table(definition) => Some((Growable::Table(definition), definition)),
            Item::Memory(definition) => Some((Growable::Memory(definition), definition)),
            _ => None,
        };
        match (found.fits(&wanted), of) {
            (Fit::Yes, _) => return Ok(()),
            (Fit::OnceGrownTo(least), Some((of, definition)))
                if self.ran_since(definition.module) =>
            {
                to.sizes.push(NeededSize {
                    of,
                    least,
                    import: format!("{}.{}", printable(import.module), printable(import.name)),
                });
                return Ok(());
            }
            _ => {}
        }
        Err(Error::ImportMismatch {
            module: printable(import.module),
            name: printable(import.name),
            wanted: wanted.to_string(),
            found: found.to_string(),
        })
    }

    /// Whether this module or a later one has a start function that runs before the module
    /// being added is instantiated. Only such a function can have changed this module's
    /// definitions, since earlier modules can't refer to them.
    fn ran_since(&self, module: usize) -> bool {
        let since = &self.instances[module..];
        since.iter().any(|instance| instance.input.start.is_some())
    }

    /// The definition that an export of module `from` stands for; `None` for a tag.
    fn exported(&self, from: usize, export: &Export<'_>) -> Option<Item> {
        let (instance, index) = (&self.instances[from], export.index as usize);
        match export.kind {
            ExternalKind::Func | ExternalKind::FuncExact => {
                Some(Item::Function(instance.functions[index]))
            }
            ExternalKind::Table => Some(Item::Table(instance.tables[index])),
            ExternalKind::Memory => Some(Item::Memory(instance.memories[index])),
            ExternalKind::Global => Some(Item::Global(instance.globals[index])),
            ExternalKind::Tag => None,
        }
    }

    /// The type that an item is defined with.
    fn type_of(&self, item: Item) -> ItemType {
        let input = |definition: Definition| &self.instances[definition.module].input;
        match item {
            Item::Function(ResolvedFunction::Host(index)) => {
                let function = self.host[index as usize];
                let (params, results) = (core_types(function.params), core_types(function.results));
                ItemType::Function(FuncType::new(params, results))
            }
            Item::Function(ResolvedFunction::Defined(definition)) => {
                let ty = input(definition).functions[definition.defined];
                ItemType::Function(input(definition).types[ty as usize].clone())
            }
            Item::Table(definition) => {
                ItemType::Table(input(definition).tables[definition.defined].ty)
            }
            Item::Memory(definition) => {
                ItemType::Memory(input(definition).memories[definition.defined])
            }
            Item::Global(definition) => {
                ItemType::Global(input(definition).globals[definition.defined].ty)
            }
        }
    }

    /// The position of a function in [`Self::host`], to which it is added if it is new.
    fn host(&mut self, function: &'static Signature) -> u32 {
        let wanted = (function.module, function.name);
        let known = (self.host.iter()).position(|f| (f.module, f.name) == wanted);
        let definition = known.unwrap_or_else(|| {
            self.host.push(function);
            self.host.len() - 1
        });
        u32::try_from(definition).expect("BUG: the runtime has 57 functions")
    }

    /// The memory that the runtime acts on: the main module's first memory, or else the first
    /// memory of the first module with a memory. This memory has index 0 in the merged module.
    pub fn first_memory(&self) -> Option<Definition> {
        let main = self.instances.iter().rev().take(1);
        let mut in_order = main.chain(&self.instances);
        in_order.find_map(|instance| instance.memories.first().copied())
    }

    /// Refuses a preload that imports from the runtime and has another memory than the one that
    /// the runtime acts on: its pointers would refer to the wrong memory.
    fn check_memories(&self) -> Result<(), Error> {
        let first = self.first_memory();
        for instance in &self.instances {
            let imported = instance.functions.iter().find_map(|f| match f {
                ResolvedFunction::Host(index) => Some(self.host[*index as usize]),
                ResolvedFunction::Defined(_) => None,
            });
            if let (Some(function), Some(preload)) = (imported, instance.name)
                && !instance.memories.is_empty()
                && instance.memories.first().copied() != first
            {
                return Err(in_preload(
                    preload,
                    Error::OtherMemory {
                        module: function.module.name(),
                        function: function.name,
                    },
                ));
            }
        }
        Ok(())
    }
}

/// Refuses names that are given twice, and those of the runtime's own modules.
fn check_names(names: &[&str]) -> Result<(), Error> {
    for (definition, name) in names.iter().enumerate() {
        if matches!(Provider::of(name), Provider::Runtime(_)) {
            return Err(Error::ReservedPreload {
                name: printable(name),
            });
        }
        if names[..definition].contains(name) {
            return Err(Error::TwicePreloaded {
                name: printable(name),
            });
        }
    }
    Ok(())
}

fn in_preload(name: &str, error: Error) -> Error {
    Error::InPreload {
        name: printable(name),
        error: Box::new(error),
    }
}

/// The most exports that a message lists.
const LISTED: usize = 8;

/// The first names of exports, for a message.
fn names_of(exports: &[Export<'_>]) -> String {
    if exports.is_empty() {
        return "nothing".into();
    }
    let mut names: Vec<_> = exports.iter().map(|e| printable(e.name)).collect();
    if names.len() > LISTED {
        names.truncate(LISTED);
        names.push("...".into());
    }
    names.join(", ")
}
