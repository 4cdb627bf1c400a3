//! Loads and stores of numbers, `memory.size` and `memory.grow`.

use super::{Env, Lowering, simd};
use crate::ir::op::{Addr, Load, Store};
use crate::symbol::Symbol;
use cranelift_codegen::ir::{InstBuilder, types};

/// Pops the base.
pub(super) fn load(l: &mut Lowering<'_, '_, '_>, op: Load, at: Addr) {
    let (address, displacement) = l.pop_host_address(at, op.bytes());
    let flags = l.regions.memory();
    macro_rules! load {
        ($op:ident $(, $to:ident)?) => {
            l.builder.ins().$op($(types::$to,)? flags, address, displacement)
        };
    }
    let value = match op {
        Load::I32Load => load!(load, I32),
        Load::I64Load => load!(load, I64),
        Load::F32Load => load!(load, F32),
        Load::F64Load => load!(load, F64),
        Load::I32Load8S => load!(sload8, I32),
        Load::I32Load8U => load!(uload8, I32),
        Load::I32Load16S => load!(sload16, I32),
        Load::I32Load16U => load!(uload16, I32),
        Load::I64Load8S => load!(sload8, I64),
        Load::I64Load8U => load!(uload8, I64),
        Load::I64Load16S => load!(sload16, I64),
        Load::I64Load16U => load!(uload16, I64),
        Load::I64Load32S => load!(sload32),
        Load::I64Load32U => load!(uload32),
    };
    l.push(value);
}

/// Pops the value and the base.
pub(super) fn store(l: &mut Lowering<'_, '_, '_>, op: Store, at: Addr) {
    if op == Store::V128Store {
        return simd::memory::store(l, at);
    }
    let value = l.pop();
    let (address, displacement) = l.pop_host_address(at, op.bytes());
    let flags = l.regions.memory();
    macro_rules! store {
        ($op:ident) => {
            l.builder.ins().$op(flags, value, address, displacement)
        };
    }
    match op {
        Store::I32Store
        | Store::I64Store
        | Store::F32Store
        | Store::F64Store
        | Store::V128Store => store!(store),
        Store::I32Store8 | Store::I64Store8 => store!(istore8),
        Store::I32Store16 | Store::I64Store16 => store!(istore16),
        Store::I64Store32 => store!(istore32),
    };
}

pub(super) fn size(l: &mut Lowering<'_, '_, '_>, memory: u32) {
    let pages = l.memory_pages(memory);
    l.push(pages);
}

/// Pops the number of pages; the size before, an i32, or -1. The first memory has a function
/// of its own, which is called with one argument less.
pub(super) fn grow(l: &mut Lowering<'_, '_, '_>, memory: u32) {
    let delta = l.pop();
    let (symbol, args) = if memory == 0 {
        (Symbol::MemoryGrow, vec![delta])
    } else {
        let memory = l.builder.ins().iconst(types::I32, i64::from(memory));
        (Symbol::MemoryGrowOther, vec![delta, memory])
    };
    let params = vec![types::I32; args.len()];
    let grow = l.function_ref(symbol, || Env::shim_signature(&params, &[types::I32]));
    let call = l.builder.ins().call(grow, &args);
    let before = l.builder.inst_results(call)[0];
    l.push(before);
}
