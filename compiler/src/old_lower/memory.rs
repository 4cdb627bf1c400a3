//! Loads and stores, `memory.size` and `memory.grow`.
//!
//! A load of what the same block has just loaded or stored is not made again. The
//! code generator would find that, too, but not before idioms are looked for.

use super::address::Address;
use super::{Env, Lowering};
use crate::symbol::Symbol;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};
use std::collections::HashMap;
use wasmparser::{MemArg, MemArgTarget, Operator};

/// What the memories are known to hold in the block being lowered.
pub(super) type Known = HashMap<(Address, Type), Value>;

pub(super) fn lower(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    load(l, operator) || extending_load(l, operator) || store(l, operator) || size(l, operator)
}

/// The memory that a load or store accesses.
///
/// # Panics
/// On an access to an array of the garbage-collected kind, which isn't let through
/// validation.
pub(super) fn memory_of(memarg: &MemArg) -> u32 {
    match memarg.target {
        MemArgTarget::Memory(index) => index,
        MemArgTarget::Array(_) => panic!("BUG: an access to an array passed validation"),
    }
}

fn load(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let (ty, memarg): (Type, &MemArg) = match operator {
        Operator::I32Load { memarg } => (types::I32, memarg),
        Operator::I64Load { memarg } => (types::I64, memarg),
        Operator::F32Load { memarg } => (types::F32, memarg),
        Operator::F64Load { memarg } => (types::F64, memarg),
        _ => return false,
    };
    let at = l.pop_address(memory_of(memarg), memarg.offset, ty.bytes());
    let value = match l.known.get(&(at, ty)) {
        Some(&value) => value,
        None => {
            let flags = l.regions.memory();
            let address = l.host_address_of(at);
            let value = l.builder.ins().load(ty, flags, address, at.displacement);
            if l.env.idioms {
                l.known.insert((at, ty), value);
            }
            value
        }
    };
    l.push(value);
    true
}

fn extending_load(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! load {
        ($op:ident, $memarg:ident, $bytes:literal $(, $to:ident)?) => {{
            let (address, displacement) = l.pop_host_address($memarg, $bytes);
            let flags = l.regions.memory();
            l.builder.ins().$op($(types::$to,)? flags, address, displacement)
        }};
    }
    let value = match operator {
        Operator::I32Load8S { memarg } => load!(sload8, memarg, 1, I32),
        Operator::I32Load8U { memarg } => load!(uload8, memarg, 1, I32),
        Operator::I32Load16S { memarg } => load!(sload16, memarg, 2, I32),
        Operator::I32Load16U { memarg } => load!(uload16, memarg, 2, I32),
        Operator::I64Load8S { memarg } => load!(sload8, memarg, 1, I64),
        Operator::I64Load8U { memarg } => load!(uload8, memarg, 1, I64),
        Operator::I64Load16S { memarg } => load!(sload16, memarg, 2, I64),
        Operator::I64Load16U { memarg } => load!(uload16, memarg, 2, I64),
        Operator::I64Load32S { memarg } => load!(sload32, memarg, 4),
        Operator::I64Load32U { memarg } => load!(uload32, memarg, 4),
        _ => return false,
    };
    l.push(value);
    true
}

fn store(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    macro_rules! store {
        ($op:ident, $memarg:ident, $bytes:literal) => {{
            let value = l.pop();
            let (address, displacement) = l.pop_host_address($memarg, $bytes);
            let flags = l.regions.memory();
            l.builder.ins().$op(flags, value, address, displacement);
            l.known.clear();
        }};
    }
    match operator {
        Operator::I32Store { memarg } | Operator::F32Store { memarg } => store!(store, memarg, 4),
        Operator::I64Store { memarg } | Operator::F64Store { memarg } => store!(store, memarg, 8),
        Operator::I32Store8 { memarg } | Operator::I64Store8 { memarg } => {
            store!(istore8, memarg, 1)
        }
        Operator::I32Store16 { memarg } | Operator::I64Store16 { memarg } => {
            store!(istore16, memarg, 2)
        }
        Operator::I64Store32 { memarg } => store!(istore32, memarg, 4),
        _ => return false,
    }
    true
}

fn size(l: &mut Lowering<'_, '_, '_>, operator: &Operator<'_>) -> bool {
    let value = match *operator {
        Operator::MemorySize { mem } => l.memory_pages(mem),
        Operator::MemoryGrow { mem } => {
            let delta = l.pop();
            l.known.clear();
            l.memory_grow(mem, delta)
        }
        _ => return false,
    };
    l.push(value);
    true
}

impl Lowering<'_, '_, '_> {
    /// The size before, an i32, or -1. The first memory has a function of its own,
    /// which is called with one argument less.
    fn memory_grow(&mut self, memory: u32, delta: Value) -> Value {
        let (symbol, args) = if memory == 0 {
            (Symbol::MemoryGrow, vec![delta])
        } else {
            let memory = self.builder.ins().iconst(types::I32, i64::from(memory));
            (Symbol::MemoryGrowOther, vec![delta, memory])
        };
        let params = vec![types::I32; args.len()];
        let grow = self.function_ref(symbol, || Env::shim_signature(&params, &[types::I32]));
        let call = self.builder.ins().call(grow, &args);
        self.read_pinned();
        self.builder.inst_results(call)[0]
    }
}
