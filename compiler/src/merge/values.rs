//! Values of constant expressions. They may read only imported immutable globals (core
//! specification, "Constant Expressions"), so each has its value before any code runs.

use super::index_spaces::IndexSpaces;
use super::resolve::{Definition, Linked};
use crate::error::Error;
use crate::wasm::{Constant, evaluate};
use std::collections::HashMap;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{ConstExpr, HeapType};
use wasmparser::{Operator, ValType};

pub(super) struct Values<'l, 'a> {
    linked: &'l Linked<'a>,
    indices: &'l IndexSpaces,
    /// Initial values of globals. References are indices of functions in the merged module.
    globals: HashMap<Definition, Constant>,
}

impl<'l, 'a> Values<'l, 'a> {
    /// Evaluates the initial values of all globals.
    ///
    /// # Errors
    /// As [`evaluate`].
    pub fn new(linked: &'l Linked<'a>, indices: &'l IndexSpaces) -> Result<Self, Error> {
        let mut values = Self {
            linked,
            indices,
            globals: HashMap::new(),
        };
        for (module, instance) in linked.instances.iter().enumerate() {
            for (defined, global) in instance.input.globals.iter().enumerate() {
                let value = values.of(module, &global.init_expr)?;
                values.globals.insert(Definition { module, defined }, value);
            }
        }
        Ok(values)
    }

    /// A global's initial value.
    pub fn global(&self, definition: Definition) -> Constant {
        self.globals[&definition]
    }

    /// The value of an expression of a module.
    ///
    /// # Errors
    /// As [`evaluate`].
    pub fn of(&self, module: usize, expr: &wasmparser::ConstExpr<'_>) -> Result<Constant, Error> {
        let instance = &self.linked.instances[module];
        // No operator takes a reference, so `ref.func` is the whole expression.
        if let Ok(Operator::RefFunc { function_index }) = expr.get_operators_reader().read() {
            let function = instance.functions[function_index as usize];
            return Ok(Constant::RefFunc(self.indices.function_index(function)));
        }
        evaluate(expr, |index| {
            self.globals[&instance.globals[index as usize]]
        })
    }
}

/// The expression of a value; `ty` is its type, which a null needs.
pub(super) fn encode(value: Constant, ty: ValType) -> ConstExpr {
    match value {
        Constant::I32(v) => ConstExpr::i32_const(v),
        Constant::I64(v) => ConstExpr::i64_const(v),
        Constant::F32(bits) => ConstExpr::f32_const(wasm_encoder::Ieee32::new(bits)),
        Constant::F64(bits) => ConstExpr::f64_const(wasm_encoder::Ieee64::new(bits)),
        Constant::V128(bits) => ConstExpr::v128_const(bits.cast_signed()),
        Constant::RefFunc(function) => ConstExpr::ref_func(function),
        Constant::RefNull => ConstExpr::ref_null(heap_type(ty)),
    }
}

fn heap_type(ty: ValType) -> HeapType {
    let ValType::Ref(ty) = ty else {
        panic!("BUG: null of type {ty}");
    };
    let ty = RoundtripReencoder.ref_type(ty);
    ty.expect("BUG: a type of WebAssembly 2.0").heap_type
}
