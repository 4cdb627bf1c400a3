//! References of the host's, for which functions stand: number 7 is a function
//! that returns 7. A result is compared by calling it through a table of our own.

use crate::command::{PROC_EXIT, Sections};
use crate::script::Action;
use std::collections::{BTreeMap, BTreeSet};
use wasm_encoder::{
    BlockType, ExportKind, Function, HeapType, InstructionSink, RefType, TableType, ValType,
};

/// Where the functions are; nowhere for a module that gets no such reference.
pub struct Host {
    functions: BTreeMap<u32, u32>,
    /// `() -> (i32)`.
    ty: u32,
    /// `(reference, number) -> (i32)`: whether it is this one.
    is: u32,
}

impl Host {
    /// The numbers that a module's actions use.
    pub fn numbers(actions: &[Action]) -> BTreeSet<u32> {
        actions.iter().flat_map(Action::host_references).collect()
    }

    /// Adds what is needed for references of these numbers.
    pub fn add(to: &mut Sections, numbers: &BTreeSet<u32>) -> Self {
        let mut host = Self {
            functions: BTreeMap::new(),
            ty: to.types.len(),
            is: 0,
        };
        if numbers.is_empty() {
            return host;
        }
        to.types.ty().function([], [ValType::I32]);
        for &number in numbers {
            let mut body = Function::new([]);
            body.instructions().i32_const(number.cast_signed()).end();
            let index = define(to, host.ty, &body);
            // Only what is exported or in a segment may be referred to.
            to.exports
                .export(&format!("host reference {number}"), ExportKind::Func, index);
            host.functions.insert(number, index);
        }
        let table = to.tables.len();
        to.tables.table(TableType {
            element_type: RefType::FUNCREF,
            minimum: 1,
            maximum: Some(1),
            table64: false,
            shared: false,
        });
        let ty = to.types.len();
        let reference = ValType::Ref(RefType::FUNCREF);
        to.types
            .ty()
            .function([reference, ValType::I32], [ValType::I32]);
        let body = host.is_number(table);
        host.is = define(to, ty, &body);
        host
    }

    /// A function of the module's own there is called, too, or traps: neither is right.
    fn is_number(&self, table: u32) -> Function {
        let mut body = Function::new([]);
        let code = &mut body.instructions();
        code.local_get(0).ref_is_null();
        code.if_(BlockType::Result(ValType::I32)).i32_const(0);
        code.else_().i32_const(0).local_get(0).table_set(table);
        code.i32_const(0).call_indirect(table, self.ty);
        code.local_get(1).i32_eq().end().end();
        body
    }

    /// The function that stands for a reference.
    pub fn function(&self, number: u32) -> u32 {
        self.functions[&number]
    }

    /// The type of a null of the host's.
    pub fn null(&self) -> HeapType {
        if self.functions.is_empty() {
            HeapType::EXTERN
        } else {
            HeapType::FUNC
        }
    }

    /// Replaces the reference on the stack by whether it is this one.
    pub fn compare(&self, code: &mut InstructionSink<'_>, number: u32) {
        code.i32_const(number.cast_signed()).call(self.is);
    }
}

fn define(to: &mut Sections, ty: u32, body: &Function) -> u32 {
    to.functions.function(ty);
    to.code.function(body);
    PROC_EXIT + to.functions.len()
}
