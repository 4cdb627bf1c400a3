//! Describes a WebAssembly module.

use super::InspectError;
use super::asks::Asks;
use super::buildinfo::{self, BuildInfo};
use super::outline::{self, Outline};
use crate::analysis::Analysis;
use crate::compile::DispatchOutcome;
use crate::error::Error;
use crate::merge;
use crate::module::{self, Module};
use crate::options::Options;
use crate::wasm::{Entry, Gaps, Provider};
use std::collections::BTreeMap;
use wasi_aot_contract::layout::WASM_PAGE_SIZE;
use wasmparser::MemoryType;

/// A WebAssembly module or component.
pub struct ModuleReport {
    /// The kind of program.
    pub form: Form,
    /// Bytes of the file.
    pub size: u64,
    /// `go1.27.3`.
    pub go_version: Option<String>,
    /// The build information that `go build` put into it.
    pub build_info: Option<BuildInfo>,
    /// The result of a build with default flags up to, not including, code generation.
    pub build: Result<(), Error>,
    /// The properties of Go's code that the compiler recognises; `None` if it can't read the
    /// module.
    pub recognised: Option<Recognised>,
    /// Proposals after WebAssembly 1.0 that the module uses: `bulk memory`.
    pub features: Vec<String>,
    /// Its own memories.
    pub memories: Vec<Memory>,
    /// How many functions have a body.
    pub functions: u64,
    /// Bytes of the functions' bodies.
    pub code_size: u64,
    /// How many data segments there are.
    pub data_segments: u64,
    /// Bytes of all data segments.
    pub data_size: u64,
    /// In the file's order.
    pub imports: Vec<Item>,
    /// In the file's order.
    pub exports: Vec<Item>,
}

/// The kind of program, by its imports and exports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// Exports `_start`.
    Command,
    /// Exports `_initialize` and no `_start`.
    Reactor,
    /// Go's module for JavaScript.
    GoJs,
    /// Neither.
    Library,
    /// A component.
    Component,
}

impl Form {
    /// A stable name, for tools.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::Reactor => "reactor",
            Self::GoJs => "js",
            Self::Library => "library",
            Self::Component => "component",
        }
    }
}

/// The properties of Go's code that a build will recognise and use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Recognised {
    /// Whether the module has Go's own tables. Without them only
    /// [`byte_loops`](Self::byte_loops) are used.
    pub go_runtime: bool,
    /// Functions with a `br_table`, which in Go's code is a dispatch to resume points.
    pub dispatches: usize,
    /// Functions whose dispatch is recognised and removed.
    pub removed: usize,
    /// Whether facts are used that can't be proved from the bytes.
    pub trusted_facts: bool,
    /// Whether goroutines that compute are preempted.
    pub preemption: bool,
    /// Loops over bytes that are replaced by calls of the runtime's functions.
    pub byte_loops: usize,
}

/// Limits of a memory in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memory {
    /// Bytes at the start.
    pub initial: u64,
    /// The most bytes, if the module has a limit.
    pub maximum: Option<u64>,
}

/// An import or an export.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The module name of an import.
    pub module: Option<String>,
    /// The name in that module, or the export's.
    pub name: String,
    /// `function`, `table`, `memory`, `global` or `tag`.
    pub kind: &'static str,
    /// The type of an imported function: `(i32) -> (i32)`.
    pub signature: Option<String>,
}

impl ModuleReport {
    /// The imports by the kind of thing that they ask for.
    #[must_use]
    pub fn asks(&self) -> BTreeMap<Asks, Vec<&Item>> {
        let mut asks: BTreeMap<Asks, Vec<&Item>> = BTreeMap::new();
        for import in &self.imports {
            let module = import.module.as_deref().unwrap_or_default();
            let kind = Asks::of(module, &import.name);
            asks.entry(kind).or_default().push(import);
        }
        asks
    }

    /// Whether Go made it.
    #[must_use]
    pub fn is_go(&self) -> bool {
        let recognised = self.recognised.is_some_and(|r| r.go_runtime);
        self.go_version.is_some() || self.build_info.is_some() || recognised
    }
}

/// Describes the module in `wasm`.
pub(super) fn report(wasm: &[u8]) -> Result<ModuleReport, InspectError> {
    let outline = outline::outline(wasm)?;
    let (build, recognised) = match built(wasm) {
        Ok((build, recognised)) => (build, Some(recognised)),
        Err(Error::Truncated { offset }) => {
            let message = format!("the module is truncated at offset {offset:#x}");
            return Err(InspectError::Damaged(message));
        }
        Err(error) => (Err(error), None),
    };
    Ok(ModuleReport {
        form: form(&outline),
        size: wasm.len() as u64,
        go_version: outline.go_version.map(str::to_string),
        build_info: buildinfo::find(&outline.data),
        build,
        recognised,
        features: outline
            .features
            .iter()
            .map(|f| f.replace('_', " "))
            .collect(),
        memories: outline.memories.iter().map(memory).collect(),
        functions: outline.functions,
        code_size: outline.code_size,
        data_segments: outline.data_segments,
        data_size: outline.data_size,
        imports: outline.imports.into_iter().map(imported).collect(),
        exports: outline.exports.into_iter().map(exported).collect(),
    })
}

/// Merges and parses the module, then checks it.
fn built(wasm: &[u8]) -> Result<(Result<(), Error>, Recognised), Error> {
    let merged = merge::merge(wasm, &[], Gaps::LeftOut)?;
    Ok(check(&module::parse(&merged)?))
}

/// Does the part of a build with default flags that precedes code generation.
fn check(module: &Module<'_>) -> (Result<(), Error>, Recognised) {
    let options = Options::default();
    let analysis = Analysis::new(module, &options);
    let env = analysis.env(module, &options);
    let outcomes = analysis.compiler(&env, &options).check();
    let go_runtime = analysis.go.is_some();
    let mut recognised = Recognised {
        go_runtime,
        trusted_facts: go_runtime && !options.no_go_trust,
        preemption: analysis.preemption(&options).is_some(),
        byte_loops: analysis.byte_loops.len(),
        ..Recognised::default()
    };
    if let Ok(outcomes) = &outcomes {
        let count = |outcome| outcomes.iter().filter(|&&o| o == outcome).count();
        recognised.removed = count(DispatchOutcome::Removed);
        recognised.dispatches = recognised.removed + count(DispatchOutcome::NotRecognised);
    }
    (module.entry().and(outcomes.map(drop)), recognised)
}

fn form(outline: &Outline<'_>) -> Form {
    let is_js = |import: &outline::Import<'_>| Provider::of(import.module) == Provider::GoJs;
    if outline.is_component {
        return Form::Component;
    }
    if outline.imports.iter().any(is_js) {
        return Form::GoJs;
    }
    match Entry::of(|name| outline.exports_function(name)) {
        Entry::Command => Form::Command,
        Entry::Reactor => Form::Reactor,
        Entry::Library => Form::Library,
    }
}

fn memory(memory: &MemoryType) -> Memory {
    let bytes = |pages: u64| pages.saturating_mul(WASM_PAGE_SIZE);
    Memory {
        initial: bytes(memory.initial),
        maximum: memory.maximum.map(bytes),
    }
}

fn imported(import: outline::Import<'_>) -> Item {
    Item {
        module: Some(import.module.to_string()),
        name: import.name.to_string(),
        kind: import.kind,
        signature: import.signature,
    }
}

fn exported(export: outline::Export<'_>) -> Item {
    Item {
        module: None,
        name: export.name.to_string(),
        kind: export.kind,
        signature: None,
    }
}
