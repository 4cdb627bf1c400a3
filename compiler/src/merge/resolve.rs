//! Imports become what they stand for: a function of preview 1, or something that
//! an earlier module defines.

use super::Preload;
use super::input::Input;
use super::matching::Fit;
use crate::error::{Error, printable};
use crate::wasm::{ItemType, Provider, core_types, preview1_function};
use std::collections::HashMap;
use wasi_aot_contract::preview1;
use wasmparser::{Export, ExternalKind, FuncType, Import};

/// Where something is defined: the module, by its place in the order of
/// instantiation, and the place among its definitions of this kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub module: usize,
    pub defined: usize,
}

/// A function that an index stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    /// Of preview 1, by its place in [`Linked::preview1`].
    Preview1(u32),
    Defined(Place),
}

/// A module with what each index in it stands for.
pub(super) struct Instance<'a> {
    /// The preload's name; the main module has none.
    pub name: Option<&'a str>,
    pub input: Input<'a>,
    pub functions: Vec<Function>,
    pub tables: Vec<Place>,
    pub memories: Vec<Place>,
    pub globals: Vec<Place>,
    /// Places among the exports, by name: modules can have many of both.
    exports: HashMap<&'a str, usize>,
    /// What must have grown before this module is instantiated.
    pub sizes: Vec<Size>,
}

/// An import that matches only at this size or above.
pub(super) struct Size {
    pub of: Sized,
    pub least: u64,
    /// `env.memory`.
    pub import: String,
}

#[derive(Clone, Copy)]
pub(super) enum Sized {
    Table(Place),
    Memory(Place),
}

/// All modules in the order of instantiation, the main module last.
pub(super) struct Linked<'a> {
    pub instances: Vec<Instance<'a>>,
    /// The functions of preview 1 that are imported, each once.
    pub preview1: Vec<&'static preview1::Function>,
}

/// What an import or an export stands for.
#[derive(Clone, Copy)]
enum Item {
    Function(Function),
    Table(Place),
    Memory(Place),
    Global(Place),
}

impl<'a> Linked<'a> {
    /// Resolves all imports.
    ///
    /// # Errors
    /// The first import that nothing satisfies, and modules that are invalid; about
    /// a preload they say which.
    pub fn new(main: &'a [u8], preloads: &[Preload<'a>]) -> Result<Self, Error> {
        let mut linked = Self {
            instances: Vec::new(),
            preview1: Vec::new(),
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

    /// Adds the next module; `names` are those of all preloads.
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
        for import in std::mem::take(&mut instance.input.imports) {
            match self.import(&mut instance, &import, names)? {
                Item::Function(function) => instance.functions.push(function),
                Item::Table(place) => instance.tables.push(place),
                Item::Memory(place) => instance.memories.push(place),
                Item::Global(place) => instance.globals.push(place),
            }
        }
        let module = self.instances.len();
        let places = |count| (0..count).map(move |defined| Place { module, defined });
        let functions = places(instance.input.functions.len());
        instance.functions.extend(functions.map(Function::Defined));
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
            let function = preview1_function(import, &to.input.types)?;
            return Ok(Item::Function(Function::Preview1(self.preview1(function))));
        };
        let instance = &self.instances[from];
        let exports = &instance.input.exports;
        let place = instance.exports.get(import.name);
        let Some(item) = place.and_then(|&place| self.exported(from, &exports[place])) else {
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

    /// Holds what is exported against the import.
    fn check(&self, to: &mut Instance<'a>, import: &Import<'_>, item: Item) -> Result<(), Error> {
        let (found, wanted) = (
            self.type_of(item),
            ItemType::wanted(&import.ty, &to.input.types),
        );
        let of = match item {
            Item::Table(place) => Some((Sized::Table(place), place)),
            Item::Memory(place) => Some((Sized::Memory(place), place)),
            _ => None,
        };
        match (found.fits(&wanted), of) {
            (Fit::Yes, _) => return Ok(()),
            (Fit::OnceGrownTo(least), Some((of, place))) if self.ran_since(place.module) => {
                to.sizes.push(Size {
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

    /// Whether code has run before the module that is being added is instantiated,
    /// and since this one was: only then what that one defines can have changed.
    fn ran_since(&self, module: usize) -> bool {
        let since = &self.instances[module..];
        since.iter().any(|instance| instance.input.start.is_some())
    }

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

    fn type_of(&self, item: Item) -> ItemType {
        let input = |place: Place| &self.instances[place.module].input;
        match item {
            Item::Function(Function::Preview1(index)) => {
                let function = self.preview1[index as usize];
                let (params, results) = (core_types(function.params), core_types(function.results));
                ItemType::Function(FuncType::new(params, results))
            }
            Item::Function(Function::Defined(place)) => {
                let ty = input(place).functions[place.defined];
                ItemType::Function(input(place).types[ty as usize].clone())
            }
            Item::Table(place) => ItemType::Table(input(place).tables[place.defined].ty),
            Item::Memory(place) => ItemType::Memory(input(place).memories[place.defined]),
            Item::Global(place) => ItemType::Global(input(place).globals[place.defined].ty),
        }
    }

    /// The place of a function of preview 1 among those that are imported.
    fn preview1(&mut self, function: &'static preview1::Function) -> u32 {
        let known = self.preview1.iter().position(|f| f.name == function.name);
        let place = known.unwrap_or_else(|| {
            self.preview1.push(function);
            self.preview1.len() - 1
        });
        u32::try_from(place).expect("BUG: preview 1 has 46 functions")
    }

    /// The main module's first memory, or else that of the first module with one:
    /// what preview 1 acts on.
    pub fn first_memory(&self) -> Option<Place> {
        let main = self.instances.iter().rev().take(1);
        let mut in_order = main.chain(&self.instances);
        in_order.find_map(|instance| instance.memories.first().copied())
    }

    /// Preview 1 acts on one memory, so a module that calls it must have that one.
    fn check_memories(&self) -> Result<(), Error> {
        let first = self.first_memory();
        for instance in &self.instances {
            let imported = instance.functions.iter().find_map(|f| match f {
                Function::Preview1(index) => Some(self.preview1[*index as usize].name),
                Function::Defined(_) => None,
            });
            if let (Some(function), Some(preload)) = (imported, instance.name)
                && !instance.memories.is_empty()
                && instance.memories.first().copied() != first
            {
                return Err(in_preload(preload, Error::OtherMemory { function }));
            }
        }
        Ok(())
    }
}

/// Each name must be there once, and be nobody else's.
fn check_names(names: &[&str]) -> Result<(), Error> {
    for (place, name) in names.iter().enumerate() {
        if Provider::of(name) == Provider::Preview1 {
            return Err(Error::ReservedPreload {
                name: printable(name),
            });
        }
        if names[..place].contains(name) {
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
