//! Writes the merged module's bytes: all modules' sections one after the other, in the order
//! of [`super::index_spaces`], with deferred segments made passive.

use super::index_spaces::{IndexSpaces, main_first, size};
use super::plan::{Deferred, DeferredSegment, Plan};
use super::reindex::Reindex;
use super::resolve::{Definition, Instance, Linked, ResolvedFunction};
use super::start::{self, OwnFunction};
use super::values::{Values, encode};
use super::{name_section, reindex};
use crate::error::Error;
use crate::wasm::{Constant, core_types};
use std::borrow::Cow;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{
    CodeSection, ConstExpr, CustomSection, DataCountSection, DataSection, DataSegment,
    DataSegmentMode, ElementMode, ElementSection, ElementSegment, Elements, EntityType,
    ExportSection, FunctionSection, GlobalSection, ImportSection, MemorySection, Module,
    StartSection, TableSection, TypeSection,
};
use wasmparser::{DataKind, Element, ElementItems, ElementKind, ExternalKind, ValType};

pub(super) struct Writer<'l, 'a> {
    pub linked: &'l Linked<'a>,
    pub indices: &'l IndexSpaces,
    pub values: &'l Values<'l, 'a>,
    pub plan: &'l Plan,
}

impl<'l, 'a> Writer<'l, 'a> {
    /// The module.
    ///
    /// # Errors
    /// A constant expression that can't be evaluated.
    pub fn module(&self) -> Result<Vec<u8>, Error> {
        let (own, start) = start::functions(self.linked, self.indices, self.plan);
        let mut module = Module::new();
        module.section(&self.types()).section(&self.imports());
        module.section(&self.functions(&own));
        module.section(&self.tables()).section(&self.memories());
        module.section(&self.globals()).section(&self.exports());
        if let Some(function_index) = start {
            module.section(&StartSection { function_index });
        }
        module.section(&self.elements()?);
        let data = self.data()?;
        module.section(&DataCountSection { count: data.len() });
        module.section(&self.code(&own)).section(&data);
        module.section(&name_section::section(self.linked, self.indices, &own));
        for &(name, data) in &self.main().input.customs {
            module.section(&CustomSection {
                name: name.into(),
                data: data.into(),
            });
        }
        Ok(module.finish())
    }

    fn main(&self) -> &'l Instance<'a> {
        self.linked.instances.last().expect("BUG: no main module")
    }

    fn instances(&self) -> impl Iterator<Item = (usize, &'l Instance<'a>)> {
        self.linked.instances.iter().enumerate()
    }

    /// The instances in the order of their functions: the main module, then the preloads.
    fn in_function_order(&self) -> impl Iterator<Item = (usize, &'l Instance<'a>)> {
        let last = self.linked.instances.len() - 1;
        let places = [last].into_iter().chain(0..last);
        places.zip(main_first(self.linked))
    }

    fn reindex(&self, module: usize) -> Reindex<'l, 'a> {
        Reindex {
            module,
            instance: &self.linked.instances[module],
            indices: self.indices,
        }
    }

    /// The modules' types, then the types of the runtime's functions, then `() -> ()` for
    /// [`OwnFunction`]s.
    fn types(&self) -> TypeSection {
        let mut types = TypeSection::new();
        for (module, instance) in self.instances() {
            for ty in &instance.input.types {
                let ty = self.reindex(module).func_type(ty.clone());
                types.ty().func_type(&reindex::written(ty));
            }
        }
        for function in &self.linked.host {
            let list = |types| core_types(types).map(encoded).collect::<Vec<_>>();
            let (params, results) = (list(function.params), list(function.results));
            types.ty().function(params, results);
        }
        types.ty().function([], []);
        types
    }

    fn imports(&self) -> ImportSection {
        let mut imports = ImportSection::new();
        for (ty, function) in (self.indices.type_count..).zip(&self.linked.host) {
            imports.import(
                function.module.name(),
                function.name,
                EntityType::Function(ty),
            );
        }
        imports
    }

    fn functions(&self, own: &[OwnFunction]) -> FunctionSection {
        let mut functions = FunctionSection::new();
        for (module, instance) in self.in_function_order() {
            for &ty in &instance.input.functions {
                functions.function(self.indices.type_index(module, ty));
            }
        }
        let nothing = self.indices.type_count + size(self.linked.host.len());
        for _ in own {
            functions.function(nothing);
        }
        functions
    }

    fn tables(&self) -> TableSection {
        let mut tables = TableSection::new();
        for definition in &self.indices.tables.order {
            let ty = self.input(*definition).tables[definition.defined].ty;
            let ty = self.reindex(definition.module).table_type(ty);
            tables.table(reindex::written(ty));
        }
        tables
    }

    fn memories(&self) -> MemorySection {
        let mut memories = MemorySection::new();
        for definition in &self.indices.memories.order {
            let ty = self.input(*definition).memories[definition.defined];
            let ty = self.reindex(definition.module).memory_type(ty);
            memories.memory(reindex::written(ty));
        }
        memories
    }

    fn globals(&self) -> GlobalSection {
        let mut globals = GlobalSection::new();
        for &definition in &self.indices.globals.order {
            let ty = self.input(definition).globals[definition.defined].ty;
            let init = encode(self.values.global(definition), ty.content_type);
            let ty = self.reindex(definition.module).global_type(ty);
            globals.global(reindex::written(ty), &init);
        }
        globals
    }

    fn input(&self, definition: Definition) -> &'l super::input::Input<'a> {
        &self.linked.instances[definition.module].input
    }

    /// The main module's exports. The exports of preloads are no longer needed, since imports
    /// have been resolved.
    fn exports(&self) -> ExportSection {
        let mut exports = ExportSection::new();
        let main = self.linked.instances.len() - 1;
        for &export in &self.main().input.exports {
            let exported = self.reindex(main).parse_export(&mut exports, export);
            reindex::written(exported);
        }
        exports
    }

    /// All segments, and one that declares the functions that preloads export. `ref.func` may
    /// name an exported function (core specification, "Conventions", C.refs), and the merged
    /// module doesn't export those any more.
    fn elements(&self) -> Result<ElementSection, Error> {
        let mut elements = ElementSection::new();
        for (module, instance) in self.instances() {
            for (index, element) in instance.input.elements.iter().enumerate() {
                let deferred = &self.plan.modules[module];
                self.element(&mut elements, module, (index, element), deferred)?;
            }
        }
        let (_, preloads) = (self.linked.instances.split_last()).expect("BUG: no main module");
        let exported = preloads.iter().flat_map(|instance| {
            let exports = instance.input.exports.iter();
            let functions = exports.filter(|export| export.kind == ExternalKind::Func);
            functions.map(|export| instance.functions[export.index as usize])
        });
        let exported: Vec<u32> = exported.map(|f| self.indices.function_index(f)).collect();
        if !exported.is_empty() {
            elements.declared(Elements::Functions(exported.into()));
        }
        Ok(elements)
    }

    fn element(
        &self,
        to: &mut ElementSection,
        module: usize,
        (index, element): (usize, &Element<'a>),
        deferred: &Deferred,
    ) -> Result<(), Error> {
        let offset;
        let mode = match &element.kind {
            ElementKind::Active {
                table_index,
                offset_expr,
            } if !is_deferred(&deferred.elements, index) => {
                offset = encode(self.values.of(module, offset_expr)?, ValType::I32);
                let definition =
                    self.linked.instances[module].tables[table_index.unwrap_or(0) as usize];
                ElementMode::Active {
                    table: Some(self.indices.tables.index(definition)).filter(|&table| table != 0),
                    offset: &offset,
                }
            }
            ElementKind::Active { .. } | ElementKind::Passive => ElementMode::Passive,
            ElementKind::Declared => ElementMode::Declared,
        };
        let elements = self.items(module, &element.items)?;
        to.segment(ElementSegment { mode, elements });
        Ok(())
    }

    fn items(&self, module: usize, items: &ElementItems<'a>) -> Result<Elements<'static>, Error> {
        let instance = &self.linked.instances[module];
        let invalid = |e: wasmparser::Error| Error::from_validator(&e);
        Ok(match items {
            ElementItems::Functions(functions) => {
                let indices = functions.clone().into_iter().map(|index| {
                    let function: ResolvedFunction =
                        instance.functions[index.map_err(invalid)? as usize];
                    Ok(self.indices.function_index(function))
                });
                let indices: Result<Vec<u32>, Error> = indices.collect();
                Elements::Functions(Cow::Owned(indices?))
            }
            ElementItems::Expressions(ty, expressions) => {
                let values = expressions.clone().into_iter().map(|expression| {
                    let value: Constant = self.values.of(module, &expression.map_err(invalid)?)?;
                    Ok(encode(value, ValType::Ref(*ty)))
                });
                let values: Result<Vec<ConstExpr>, Error> = values.collect();
                let ty = reindex::written(self.reindex(module).ref_type(*ty));
                Elements::Expressions(ty, Cow::Owned(values?))
            }
        })
    }

    fn data(&self) -> Result<DataSection, Error> {
        let mut data = DataSection::new();
        for (module, instance) in self.instances() {
            let deferred = &self.plan.modules[module].data;
            for (index, segment) in instance.input.data.iter().enumerate() {
                let offset;
                let mode = match &segment.kind {
                    DataKind::Active {
                        memory_index,
                        offset_expr,
                    } if !is_deferred(deferred, index) => {
                        let memory = instance.memories[*memory_index as usize];
                        // An offset is never null, so any type will do.
                        offset = encode(self.values.of(module, offset_expr)?, ValType::I32);
                        DataSegmentMode::Active {
                            memory_index: self.indices.memories.index(memory),
                            offset: &offset,
                        }
                    }
                    _ => DataSegmentMode::Passive,
                };
                data.segment(DataSegment {
                    mode,
                    data: segment.data.iter().copied(),
                });
            }
        }
        Ok(data)
    }

    fn code(&self, own: &[OwnFunction]) -> CodeSection {
        let mut code = CodeSection::new();
        for (module, instance) in self.in_function_order() {
            let mut reindex = self.reindex(module);
            for body in &instance.input.bodies {
                reindex::written(reindex.parse_function_body(&mut code, body.clone()));
            }
        }
        for function in own {
            code.function(&function.body);
        }
        code
    }
}

/// Whether a segment is among the deferred ones, which are in order.
fn is_deferred(deferred: &[DeferredSegment], index: usize) -> bool {
    let found = deferred.binary_search_by_key(&index, |segment| segment.index);
    found.is_ok()
}

/// A type of a function of the runtime, which is i32 or i64.
fn encoded(ty: ValType) -> wasm_encoder::ValType {
    match ty {
        ValType::I64 => wasm_encoder::ValType::I64,
        _ => wasm_encoder::ValType::I32,
    }
}
