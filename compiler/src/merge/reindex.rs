//! Replaces a module's own indices by indices of the merged module in everything that is
//! copied: each index in types, segments, constant expressions and bodies passes through here.

use super::index_spaces::IndexSpaces;
use super::resolve::Instance;
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode};

pub(super) struct Reindex<'l, 'a> {
    pub module: usize,
    pub instance: &'l Instance<'a>,
    pub indices: &'l IndexSpaces,
}

type Index = Result<u32, Error<Infallible>>;

impl Reencode for Reindex<'_, '_> {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Index {
        Ok(self.indices.type_index(self.module, index))
    }

    fn function_index(&mut self, index: u32) -> Index {
        let function = self.instance.functions[index as usize];
        Ok(self.indices.function_index(function))
    }

    fn table_index(&mut self, index: u32) -> Index {
        let definition = self.instance.tables[index as usize];
        Ok(self.indices.tables.index(definition))
    }

    fn memory_index(&mut self, index: u32) -> Index {
        let definition = self.instance.memories[index as usize];
        Ok(self.indices.memories.index(definition))
    }

    fn global_index(&mut self, index: u32) -> Index {
        let definition = self.instance.globals[index as usize];
        Ok(self.indices.globals.index(definition))
    }

    fn element_index(&mut self, index: u32) -> Index {
        Ok(self.indices.element_index(self.module, index))
    }

    fn data_index(&mut self, index: u32) -> Index {
        Ok(self.indices.data_index(self.module, index))
    }
}

/// The result of writing a part of a module.
///
/// # Panics
/// If writing failed, which a validated module can't cause.
pub(super) fn written<T>(result: Result<T, Error<Infallible>>) -> T {
    result.unwrap_or_else(|e| panic!("BUG: a validated module can't be written: {e}"))
}
