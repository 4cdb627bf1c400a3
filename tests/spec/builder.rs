//! Writes a module, imports before definitions.

use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{
    CodeSection, ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection,
    Function, FunctionSection, GlobalSection, GlobalType, ImportSection, Module, StartSection,
    TableSection, TableType, TypeSection, ValType,
};
use wasmparser::FuncType;

#[derive(Default)]
pub struct Builder {
    types: TypeSection,
    imports: ImportSection,
    /// The number of imports of each kind so far.
    imported: [u32; 4],
    functions: FunctionSection,
    tables: TableSection,
    globals: GlobalSection,
    exports: ExportSection,
    /// Functions that bodies refer to.
    pub declared: Vec<u32>,
    pub start: Option<u32>,
    code: CodeSection,
}

impl Builder {
    /// The index of a new function type.
    pub fn function_type(&mut self, params: &[ValType], results: &[ValType]) -> u32 {
        let (params, results) = (params.iter().copied(), results.iter().copied());
        self.types.ty().function(params, results);
        self.types.len() - 1
    }

    /// As [`Self::function_type`], for a type that was read from a module.
    pub fn read_type(&mut self, ty: &FuncType) -> u32 {
        let list = |types: &[wasmparser::ValType]| -> Vec<ValType> {
            let types = types.iter().map(|&ty| RoundtripReencoder.val_type(ty));
            types.collect::<Result<_, _>>().expect("BUG: a core type")
        };
        self.function_type(&list(ty.params()), &list(ty.results()))
    }

    /// Adds an import; returns its index among imports of its kind.
    pub fn import(&mut self, module: &str, name: &str, ty: EntityType) -> u32 {
        self.imports.import(module, name, ty);
        let kind = match ty {
            EntityType::Function(_) => 0,
            EntityType::Table(_) => 1,
            EntityType::Memory(_) => 2,
            _ => 3,
        };
        self.imported[kind] += 1;
        self.imported[kind] - 1
    }

    pub fn define(&mut self, ty: u32, body: &Function) -> u32 {
        self.functions.function(ty);
        self.code.function(body);
        self.imported[0] + self.functions.len() - 1
    }

    pub fn table(&mut self, ty: TableType) -> u32 {
        self.tables.table(ty);
        self.imported[1] + self.tables.len() - 1
    }

    pub fn global(&mut self, ty: GlobalType, init: &ConstExpr) -> u32 {
        self.globals.global(ty, init);
        self.imported[3] + self.globals.len() - 1
    }

    pub fn export(&mut self, name: &str, kind: ExportKind, index: u32) {
        self.exports.export(name, kind, index);
    }

    pub fn finish(self) -> Vec<u8> {
        let mut module = Module::new();
        module.section(&self.types).section(&self.imports);
        module.section(&self.functions).section(&self.tables);
        module.section(&self.globals).section(&self.exports);
        if let Some(function_index) = self.start {
            module.section(&StartSection { function_index });
        }
        let mut elements = ElementSection::new();
        if !self.declared.is_empty() {
            elements.declared(Elements::Functions(self.declared.into()));
        }
        module.section(&elements).section(&self.code);
        module.finish()
    }
}
