//! References to values of the host. Functions stand for them: reference 7 is a function that
//! returns 7. A result is compared by a call through a table of its own.
//!
//! The functions make a module, from which the drivers import.

use crate::builder::Builder;
use crate::script::Action;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::{
    BlockType, EntityType, ExportKind, Function, HeapType, InstructionSink, RefType, TableType,
    ValType,
};

/// The module's name.
pub const NAME: &str = "host references";

/// The name of the export `(reference, number) -> (i32)`: whether the reference has the number.
const IS: &str = "is";

/// The functions that a driver imports. A script without such references has none.
#[derive(Default)]
pub struct Host {
    functions: BTreeMap<u32, u32>,
    is: u32,
}

/// The numbers of the references in these actions.
pub fn numbers<'a>(actions: impl Iterator<Item = &'a Action>) -> BTreeSet<u32> {
    actions.flat_map(Action::host_references).collect()
}

/// The module with references of these numbers.
pub fn module(numbers: &BTreeSet<u32>) -> Vec<u8> {
    let mut to = Builder::default();
    let number = to.function_type(&[], &[ValType::I32]);
    let reference = ValType::Ref(RefType::FUNCREF);
    let compares = to.function_type(&[reference, ValType::I32], &[ValType::I32]);
    let table = to.table(TableType {
        element_type: RefType::FUNCREF,
        minimum: 1,
        maximum: Some(1),
        table64: false,
        shared: false,
    });
    for n in numbers {
        let mut body = Function::new([]);
        body.instructions().i32_const(n.cast_signed()).end();
        let index = to.define(number, &body);
        to.export(&n.to_string(), ExportKind::Func, index);
    }
    let is = to.define(compares, &is_number(table, number));
    to.export(IS, ExportKind::Func, is);
    to.finish()
}

/// If the reference is a function of the script's module, the call returns another value or
/// traps, so the result isn't right either way.
fn is_number(table: u32, ty: u32) -> Function {
    let mut body = Function::new([]);
    let code = &mut body.instructions();
    code.local_get(0).ref_is_null();
    code.if_(BlockType::Result(ValType::I32)).i32_const(0);
    code.else_().i32_const(0).local_get(0).table_set(table);
    code.i32_const(0).call_indirect(table, ty);
    code.local_get(1).i32_eq().end().end();
    body
}

impl Host {
    /// Imports references of these numbers.
    pub fn import(to: &mut Builder, numbers: &BTreeSet<u32>) -> Self {
        let mut host = Self::default();
        if numbers.is_empty() {
            return host;
        }
        let ty = to.function_type(&[], &[ValType::I32]);
        for &number in numbers {
            let index = to.import(NAME, &number.to_string(), EntityType::Function(ty));
            to.declared.push(index);
            host.functions.insert(number, index);
        }
        let reference = ValType::Ref(RefType::FUNCREF);
        let ty = to.function_type(&[reference, ValType::I32], &[ValType::I32]);
        host.is = to.import(NAME, IS, EntityType::Function(ty));
        host
    }

    /// The function that stands for a reference.
    pub fn function(&self, number: u32) -> u32 {
        self.functions[&number]
    }

    /// The type of a null reference of the host.
    pub fn null(&self) -> HeapType {
        if self.functions.is_empty() {
            HeapType::EXTERN
        } else {
            HeapType::FUNC
        }
    }

    /// Replaces the reference on the stack by 1 if it has this number, and else by 0.
    pub fn compare(&self, code: &mut InstructionSink<'_>, number: u32) {
        code.i32_const(number.cast_signed()).call(self.is);
    }
}
