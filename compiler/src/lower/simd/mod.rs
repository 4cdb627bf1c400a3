//! Vectors: the 236 instructions of 128-bit SIMD and the 20 of relaxed SIMD, a file
//! per family.
//!
//! Invariant: a v128 is an [`VECTOR`], 16 bytes, wherever it outlives an operator: on
//! the operand stack, in locals and slots, as a parameter or result, in a global. An
//! operator looks at its operands as lanes of the type it is about and pushes 16 bytes
//! again ([`Lowering::lanes`]). CLIF's vectors are typed, the machine's registers
//! aren't, so that takes no instruction; and where one operator's result is the next
//! one's operand, CLIF doesn't see the bytes between them either.
//!
//! Lane 0 is the one at the lowest address, in wasm as in a little-endian bitcast.

/// Pops lanes and applies an operation.
macro_rules! unary {
    ($l:ident, $lanes:ident, $op:ident) => {{
        let x = $l.pop_lanes(types::$lanes);
        $l.builder.ins().$op(x)
    }};
}

/// Pops lanes twice and applies an operation to them.
macro_rules! binary {
    ($l:ident, $lanes:ident, $op:ident) => {{
        let (x, y) = $l.pop2_lanes(types::$lanes);
        $l.builder.ins().$op(x, y)
    }};
}

pub(super) mod bitwise;
pub(super) mod compare;
pub(super) mod convert;
pub(super) mod float;
pub(super) mod integer;
pub(super) mod lanes;
pub(super) mod memory;
pub(super) mod permute;
pub(super) mod product;
pub(super) mod reduce;
pub(super) mod relaxed;
pub(super) mod shift;

use super::Lowering;
use cranelift_codegen::ir::{
    ConstantData, Endianness, InstBuilder, MemFlagsData, Opcode, Type, Value, types,
};

/// The CLIF type of a v128.
pub(super) const VECTOR: Type = types::I8X16;

impl Lowering<'_, '_, '_> {
    /// The vector of type `ty` that has these bytes.
    pub(super) fn vector_constant(&mut self, ty: Type, bytes: [u8; 16]) -> Value {
        let data = ConstantData::from(&bytes[..]);
        let constant = self.builder.func.dfg.constants.insert(data);
        self.builder.ins().vconst(ty, constant)
    }

    /// A vector's bits as a vector of type `ty`.
    pub(super) fn lanes(&mut self, value: Value, ty: Type) -> Value {
        let is = |value| self.builder.func.dfg.value_type(value) == ty;
        if is(value) {
            return value;
        }
        match self.bitcast_of(value) {
            Some(before) if is(before) => before,
            _ => {
                let flags = MemFlagsData::new().with_endianness(Endianness::Little);
                self.builder.ins().bitcast(ty, flags, value)
            }
        }
    }

    /// What a value was before it was a vector of another type.
    fn bitcast_of(&self, value: Value) -> Option<Value> {
        let dfg = &self.builder.func.dfg;
        let inst = dfg.value_def(value).inst()?;
        (dfg.insts[inst].opcode() == Opcode::Bitcast).then(|| dfg.inst_args(inst)[0])
    }

    /// Pops a v128 as lanes.
    fn pop_lanes(&mut self, ty: Type) -> Value {
        let value = self.pop();
        self.lanes(value, ty)
    }

    /// Pops two of them, and gives the deeper one first.
    fn pop2_lanes(&mut self, ty: Type) -> (Value, Value) {
        let right = self.pop_lanes(ty);
        (self.pop_lanes(ty), right)
    }

    /// Pushes lanes as a v128.
    fn push_lanes(&mut self, value: Value) {
        let value = self.lanes(value, VECTOR);
        self.push(value);
    }
}
