//! Go's byte loops ([`crate::go::byte_loops`], the pass `byte-loop`) as calls of the shim.
//!
//! The function begins with comparisons: where every byte that the loop could
//! read lies inside linear memory, the shim's function gives the result, on host
//! addresses. Otherwise the body follows as it is written, which also stops
//! before the end of memory where it finds what it looks for, or traps there.
//! Inside linear memory addresses don't wrap around 2^32, so both agree.

use super::{Env, Lowering};
use crate::ir::{self, ByteLoop};
use crate::symbol::Symbol;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{Block, InstBuilder, Type, Value, types};

impl Lowering<'_, '_, '_> {
    /// Ends the current CLIF block: returns the loop's result, and SP behind it, or goes on in
    /// `body`.
    pub(super) fn byte_loop(
        &mut self,
        kind: ByteLoop,
        args: [ir::Value; 3],
        sp: Option<ir::Value>,
        body: Block,
    ) {
        let args = args.map(|arg| self.value(arg));
        let sp = sp.map(|sp| self.value(sp));
        let result = match kind {
            ByteLoop::Equal => equal(self, args, sp, body),
            ByteLoop::Compare => compare(self, args, body),
            ByteLoop::Find => find(self, args, body),
        };
        give_back(self, result, sp);
    }
}

fn give_back(l: &mut Lowering<'_, '_, '_>, result: Value, sp: Option<Value>) {
    let results: Vec<Value> = [result].into_iter().chain(sp).collect();
    l.builder.ins().return_(&results);
}

fn equal(
    l: &mut Lowering<'_, '_, '_>,
    [a, b, length]: [Value; 3],
    sp: Option<Value>,
    body: Block,
) -> Value {
    let same = l.builder.ins().icmp(IntCC::Equal, a, b);
    let (yes, compare) = (l.builder.create_block(), l.builder.create_block());
    l.builder.ins().brif(same, yes, &[], compare, &[]);
    l.builder.switch_to_block(yes);
    let one = l.builder.ins().iconst(types::I64, 1);
    give_back(l, one, sp);

    l.builder.switch_to_block(compare);
    let a = l.builder.ins().ireduce(types::I32, a);
    let b = l.builder.ins().ireduce(types::I32, b);
    let ([a, b], length) = l.host_ranges([a, b], length, body);
    call(
        l,
        Symbol::BytesEqual,
        types::I64,
        [a, b, length],
        types::I64,
    )
}

fn compare(l: &mut Lowering<'_, '_, '_>, [a, b, length]: [Value; 3], body: Block) -> Value {
    let length = l.builder.ins().uextend(types::I64, length);
    let ([a, b], length) = l.host_ranges([a, b], length, body);
    let args = [a, b, length];
    call(l, Symbol::BytesCompare, types::I64, args, types::I32)
}

/// A number over 255 is for the body, which finds it nowhere.
fn find(l: &mut Lowering<'_, '_, '_>, [start, byte, length]: [Value; 3], body: Block) -> Value {
    let over = IntCC::UnsignedGreaterThan;
    let no_byte = l.builder.ins().icmp_imm_u(over, byte, 0xff);
    l.leave_if(no_byte, body);
    let length = l.builder.ins().uextend(types::I64, length);
    let ([start], length) = l.host_ranges([start], length, body);
    let args = [start, byte, length];
    let found = call(l, Symbol::BytesFind, types::I32, args, types::I64);
    // Null stands for 0, as does a byte at address 0.
    let base = l.memory_base(0);
    let address = l.builder.ins().isub(found, base);
    let zero = l.builder.ins().iconst(types::I64, 0);
    let address = l.builder.ins().select(found, address, zero);
    l.builder.ins().ireduce(types::I32, address)
}

/// Calls a function of the shim, whose second parameter is a `second`.
fn call(
    l: &mut Lowering<'_, '_, '_>,
    symbol: Symbol,
    second: Type,
    args: [Value; 3],
    result: Type,
) -> Value {
    let params = [types::I64, second, types::I64];
    let function = l.function_ref(symbol, || Env::shim_signature(&params, &[result]));
    let call = l.builder.ins().call(function, &args);
    l.builder.inst_results(call)[0]
}
