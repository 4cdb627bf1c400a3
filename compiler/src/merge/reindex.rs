//! A module's own indices as those of the merged module, in everything that is
//! copied.

use super::layout::Layout;
use super::resolve::Instance;
use std::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode};

pub(super) struct Reindex<'l, 'a> {
    pub module: usize,
    pub instance: &'l Instance<'a>,
    pub layout: &'l Layout,
}

type Index = Result<u32, Error<Infallible>>;

impl Reencode for Reindex<'_, '_> {
    type Error = Infallible;

    fn type_index(&mut self, index: u32) -> Index {
        Ok(self.layout.type_index(self.module, index))
    }

    fn function_index(&mut self, index: u32) -> Index {
        let function = self.instance.functions[index as usize];
        Ok(self.layout.function_index(function))
    }

    fn table_index(&mut self, index: u32) -> Index {
        let place = self.instance.tables[index as usize];
        Ok(self.layout.tables.index(place))
    }

    fn memory_index(&mut self, index: u32) -> Index {
        let place = self.instance.memories[index as usize];
        Ok(self.layout.memories.index(place))
    }

    fn global_index(&mut self, index: u32) -> Index {
        let place = self.instance.globals[index as usize];
        Ok(self.layout.globals.index(place))
    }

    fn element_index(&mut self, index: u32) -> Index {
        Ok(self.layout.element_index(self.module, index))
    }

    fn data_index(&mut self, index: u32) -> Index {
        Ok(self.layout.data_index(self.module, index))
    }
}

/// What came of writing a part of a validated module.
///
/// # Panics
/// If it couldn't be: it was read before.
pub(super) fn written<T>(result: Result<T, Error<Infallible>>) -> T {
    result.unwrap_or_else(|e| panic!("BUG: a validated module can't be written: {e}"))
}
