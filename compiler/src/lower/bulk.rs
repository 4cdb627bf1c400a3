//! Bulk memory: `memory.copy` and `memory.fill`.
//!
//! Both trap before they write anything when a range is out of bounds (core
//! specification, "Memory Instructions"), so the checks stand before the call.

use super::{Env, Lowering};
use crate::symbol::Symbol;
use cranelift_codegen::ir::{InstBuilder, Value, types};
use wasmparser::Operator;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>, offset: u32) -> bool {
    match operator {
        Operator::MemoryCopy {
            dst_mem: 0,
            src_mem: 0,
        } => {
            l.at(offset);
            let length = pop_extended(l);
            let source = pop_extended(l);
            let destination = pop_extended(l);
            l.check_range(destination, length);
            l.check_range(source, length);
            let source = l.host_address(source);
            let destination = l.host_address(destination);
            call(l, Symbol::Memmove, &[destination, source, length]);
        }
        Operator::MemoryFill { mem: 0 } => {
            l.at(offset);
            let length = pop_extended(l);
            let byte = pop_extended(l);
            let destination = pop_extended(l);
            l.check_range(destination, length);
            let destination = l.host_address(destination);
            call(l, Symbol::Memset, &[destination, byte, length]);
        }
        _ => return false,
    }
    true
}

fn pop_extended(l: &mut Lowering<'_, '_, '_>) -> Value {
    let value = l.pop();
    l.builder.ins().uextend(types::I64, value)
}

fn call(l: &mut Lowering<'_, '_, '_>, symbol: Symbol, args: &[Value]) {
    let function = l.function_ref(symbol, Env::memory_function_signature);
    l.builder.ins().call(function, args);
    l.known.clear();
}
