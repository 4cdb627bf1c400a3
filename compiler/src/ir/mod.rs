//! The IR between wasm and CLIF: a function as blocks of instructions on values.
//!
//! A function is built from a wasm body ([`build`]), transformed by passes
//! ([`crate::pass`]), and lowered to CLIF ([`crate::lower`]). Invariants, which [`verify`]
//! checks:
//!
//! - Block 0 is the entry. Its parameters are the function's; nothing jumps to it.
//! - Every value has one type and one definition, an instruction or a block's parameter. The
//!   definition dominates each use. An instruction is in one block, once.
//! - Another name for a value ([`Func::alias`]) has the value's type. An instruction whose
//!   result is only another name has no effect.
//! - An edge carries a value of the right type for each of its target's parameters.
//! - What stands beside an operation is in range: a slot off SP lies inside the reserve of
//!   memory 0, a lane inside the vector, an index inside the module.
//! - A call passes what its callee's type says, and SP to each function of the module. A call
//!   of Go's ([`op::GoCall`]) has the type of Go's functions.
//! - A dispatch that was recognised ([`Func::dispatch`]) is entered from the entry alone.
//! - Every instruction and every terminator has an [`Origin`]: with an offset, but for the zero
//!   that a local begins with, in a function that a body stands for.
//! - Unreachable blocks are in [`Func::blocks`] and in nobody's way: passes look at what
//!   [`Func::order`] lists.
//!
//! wasm's locals, and the global that Go's SP is, begin as *variables* ([`Op::Get`],
//! [`Op::Set`]), of which nothing is known from block to block. So control flow can be changed
//! first, block by block. The pass `values` then makes values of all variables. A function
//! that is too heavy for that keeps its variables, which lowering puts into memory.
//!
//! **SP is a value.** Where the module has such a global, each of its functions has one more
//! parameter and one more result, the last: SP, of [`Type::Sp`]. A call passes SP as its last
//! operand, and SP afterwards is the call's last result.

mod build;
mod dominators;
mod graph;
pub mod op;
#[cfg(test)]
mod parse;
mod print;
#[cfg(test)]
mod tests;
mod verify;

pub use build::{Validation, build};
pub use dominators::Dominators;
pub use op::{Addr, Callee, Const, Effect, Op};
#[cfg(test)]
pub use parse::parse;
pub use print::Printer;
#[cfg(test)]
pub use verify::verify;
pub use verify::verify_in;

use smallvec::SmallVec;
use std::rc::Rc;
use wasi_aot_contract::module::TrapKind;
use wasmparser::ValType;

/// Type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    I32,
    I64,
    F32,
    F64,
    V128,
    /// A reference to a function, or null.
    Ref,
    /// A value of the global that Go's SP is: 32 bits, in the form that addresses are made
    /// of ([`Op::SpFrom`]).
    Sp,
}

impl From<ValType> for Type {
    fn from(ty: ValType) -> Self {
        match ty {
            ValType::I32 => Self::I32,
            ValType::I64 => Self::I64,
            ValType::F32 => Self::F32,
            ValType::F64 => Self::F64,
            ValType::V128 => Self::V128,
            ValType::Ref(_) => Self::Ref,
        }
    }
}

macro_rules! index {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// The place in the vector that holds it.
            #[must_use]
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// Of the place in the vector that holds it.
            ///
            /// # Panics
            /// If the place is over 32 bits.
            #[must_use]
            pub fn new(index: usize) -> Self {
                Self(u32::try_from(index).expect(concat!(
                    "BUG: more than 2^32 of ",
                    stringify!($name)
                )))
            }
        }
    };
}

index! {
    /// A block, by place in [`Func::blocks`].
    BlockId
}
index! {
    /// An instruction, by place in [`Func::insts`].
    InstId
}
index! {
    /// A value, by place in [`Func::values`].
    Value
}
index! {
    /// A variable, by place in [`Func::variables`].
    Variable
}

impl BlockId {
    pub const ENTRY: Self = Self(0);
}

/// Where an instruction comes from. Every pass keeps origins: an instruction that a pass adds
/// has the origin of the instruction that it was added for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Origin {
    /// Offset in the file of the operator, or [`Origin::NO_OFFSET`].
    pub wasm: u32,
    /// The operator's PC_B in a function of Go's whose dispatch was recognised, which is a key
    /// into Go's tables of lines; else [`Origin::NO_PC_B`].
    pub pc_b: u16,
}

impl Origin {
    /// Of an instruction that the compiler made for itself, and of an offset over 32 bits.
    pub const NO_OFFSET: u32 = u32::MAX;
    /// Of an instruction whose PC_B isn't known. Go's PC_Bs are smaller.
    pub const NO_PC_B: u16 = u16::MAX;
    /// Of an instruction that no operator stands for.
    pub const NONE: Self = Self {
        wasm: Self::NO_OFFSET,
        pc_b: Self::NO_PC_B,
    };

    /// Of the operator at an offset in the file.
    #[must_use]
    pub fn at(offset: u64) -> Self {
        Self {
            wasm: u32::try_from(offset).unwrap_or(Self::NO_OFFSET),
            pc_b: Self::NO_PC_B,
        }
    }
}

/// Operands of an instruction.
pub type Args = SmallVec<[Value; 4]>;

/// An instruction.
#[derive(Debug, Clone)]
pub struct Inst {
    pub op: Op,
    pub args: Args,
    /// The first result; the others follow it.
    pub first_result: Value,
    pub results: u32,
    pub origin: Origin,
}

impl Inst {
    /// The only result.
    ///
    /// # Panics
    /// If there is not just one.
    #[must_use]
    pub fn result(&self) -> Value {
        assert_eq!(self.results, 1, "BUG: {:?} has not one result", self.op);
        self.first_result
    }

    /// All results.
    pub fn all_results(&self) -> impl DoubleEndedIterator<Item = Value> + ExactSizeIterator {
        let first = self.first_result.0;
        (first..first + self.results).map(Value)
    }
}

/// How a value is defined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Def {
    /// Result of this number of an instruction.
    Inst(InstId, u32),
    /// Parameter of this number of a block.
    Param(BlockId, u32),
    /// Another name for a value, made by a pass: [`Func::resolve`].
    Alias(Value),
}

/// What is known of a value.
#[derive(Debug, Clone, Copy)]
pub struct ValueData {
    pub ty: Type,
    pub def: Def,
}

/// Straight-line code and how it ends.
#[derive(Debug, Clone)]
pub struct Block {
    pub params: Vec<Value>,
    pub insts: Vec<InstId>,
    pub terminator: Terminator,
    /// Origin of the operator that the terminator stands for.
    pub origin: Origin,
    /// Rarely executed: laid out behind the rest of the function.
    pub cold: bool,
}

/// A jump to a block with a value for each of its parameters.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Edge {
    pub target: BlockId,
    pub args: Vec<Value>,
}

impl Edge {
    /// To a block without parameters.
    #[must_use]
    pub fn to(target: BlockId) -> Self {
        Self {
            target,
            args: Vec::new(),
        }
    }
}

/// How a block ends.
#[derive(Debug, Clone)]
pub enum Terminator {
    Jump(Edge),
    /// `then` if the condition, an i32, isn't zero.
    Branch {
        condition: Value,
        then: Edge,
        otherwise: Edge,
    },
    /// By an index, an i32, into `targets`.
    Table {
        index: Value,
        targets: Vec<Edge>,
        default: Edge,
    },
    /// By a value, an i32, to look up in `cases`, ascending: a sparse table, which only passes
    /// make.
    Switch {
        value: Value,
        cases: Vec<(u32, Edge)>,
        default: Edge,
    },
    Return(Vec<Value>),
    /// Calls and returns what the callee returns; the caller's frame is gone by then. The
    /// operands are those of [`Op::Call`].
    TailCall(Callee, Vec<Value>),
    Trap(TrapKind),
    /// Returns the result of a loop over bytes that the shim does in larger steps, with SP
    /// behind the result, where all bytes that the loop could read lie inside memory; else
    /// goes on. The operands are the loop's three.
    ByteLoop {
        kind: ByteLoop,
        args: [Value; 3],
        sp: Option<Value>,
        otherwise: Edge,
    },
}

pub use crate::go::byte_loops::ByteLoop;

/// Blocks reachable from the entry in reverse postorder.
#[derive(Debug, PartialEq, Eq)]
pub struct Order {
    pub blocks: Vec<BlockId>,
    /// For each block of the function, reachable or not, how many edges lead to it from those.
    pub predecessors: Vec<u32>,
}

/// A function's body.
#[derive(Debug, Clone, Default)]
pub struct Func {
    /// Types of the results, SP's last.
    pub results: Vec<Type>,
    /// Types of the variables. Those with the number of a parameter begin with the
    /// parameter's value, SP's with the last parameter, all others with zero
    /// ([`Func::initial`]).
    pub variables: Vec<Type>,
    /// The variable that SP is, where functions of the module pass it. It is the parameter
    /// and the result behind all others.
    pub sp: Option<Variable>,
    pub blocks: Vec<Block>,
    pub insts: Vec<Inst>,
    pub values: Vec<ValueData>,
    /// The most operands that were on the operand stack where a block began: values that may
    /// be alive across many edges ([`crate::weight`]).
    pub operands: usize,
    /// The pool of [`Bytes`](op::Bytes).
    pub bytes: Vec<[u8; 16]>,
    /// The block of Go's dispatch, once that is recognised and jumps don't go through it
    /// anymore (the pass `thread-dispatch`).
    pub dispatch: Option<BlockId>,
    /// The order of the blocks, once somebody has asked for it ([`Func::order`]).
    order: Option<Rc<Order>>,
    /// Blocks of functions that are no more, for their vectors ([`Func::cleared`]).
    spare: Vec<Block>,
}
