//! The exports of a module, with their types.

use anyhow::{Context, Result};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{EntityType, ExportKind};
use wasmparser::types::EntityType as Read;
use wasmparser::{FuncType, GlobalType, MemoryType, TableType, Validator, WasmFeatures};

pub enum Item {
    Function(FuncType),
    Table(TableType),
    Memory(MemoryType),
    Global(GlobalType),
}

/// Exports by name, in order.
pub struct Exports(Vec<(String, Item)>);

impl Exports {
    /// # Errors
    /// If the module is invalid.
    pub fn of(wasm: &[u8]) -> Result<Self> {
        let mut validator = Validator::new_with_features(WasmFeatures::all());
        let types = validator.validate_all(wasm)?;
        let exports = types.as_ref().core_exports().into_iter().flatten();
        let exports = exports.filter_map(|(name, ty)| {
            let item = match ty {
                Read::Func(id) | Read::FuncExact(id) => {
                    Item::Function(types[id].unwrap_func().clone())
                }
                Read::Table(ty) => Item::Table(ty),
                Read::Memory(ty) => Item::Memory(ty),
                Read::Global(ty) => Item::Global(ty),
                Read::Tag(_) => return None,
            };
            Some((name.to_owned(), item))
        });
        Ok(Self(exports.collect()))
    }

    /// # Errors
    /// If no export has this name.
    pub fn find(&self, name: &str) -> Result<&Item> {
        let mut items = self.0.iter();
        let item = items.find(|item| item.0 == name);
        Ok(&item.with_context(|| format!("{name:?} is not exported"))?.1)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Item)> {
        self.0.iter().map(|(name, item)| (&**name, item))
    }
}

impl Item {
    pub fn kind(&self) -> ExportKind {
        match self {
            Self::Function(_) => ExportKind::Func,
            Self::Table(_) => ExportKind::Table,
            Self::Memory(_) => ExportKind::Memory,
            Self::Global(_) => ExportKind::Global,
        }
    }

    /// The type of an import of this export. `function` returns the index of a function type.
    pub fn entity(&self, function: impl FnOnce(&FuncType) -> u32) -> EntityType {
        let core = "BUG: a core type";
        match self {
            Self::Function(ty) => EntityType::Function(function(ty)),
            Self::Table(ty) => EntityType::Table(RoundtripReencoder.table_type(*ty).expect(core)),
            Self::Memory(ty) => {
                EntityType::Memory(RoundtripReencoder.memory_type(*ty).expect(core))
            }
            Self::Global(ty) => {
                EntityType::Global(RoundtripReencoder.global_type(*ty).expect(core))
            }
        }
    }
}
