//! The operations of the IR, a family per file.
//!
//! Most operations are wasm's, named as wasm names them. The others are about what wasm has
//! no name for: the global that Go's SP is ([`Type::Sp`]), accesses in Go's frames
//! ([`Addr::Frame`]), Go's calls ([`GoCall`]), and idioms that the processor has an instruction
//! for. Invariant: [`Op`] says everything about an operation but its operands, so two
//! instructions with equal operations and operands do the same.

mod family;
mod memory;
mod scalar;
mod vector;

pub use memory::{Load, LoadLane, Store, StoreLane, VectorLoad};
pub use scalar::{Compare, Convert, Float, Integer};
pub use vector::{
    Bitwise, ExtractLane, LaneCompare, LaneConvert, LaneFloat, LaneInteger, LaneShift, Product,
    Reduce, Relaxed, ReplaceLane, Splat, Swizzle,
};

use super::{Type, Variable};

/// A constant. Floats are kept as bits, so that two constants are equal if they are the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Const {
    I32(i32),
    I64(i64),
    F32(u32),
    F64(u64),
    /// Bytes in the function's pool ([`Func::bytes`](super::Func::bytes)).
    V128(Bytes),
    /// The null reference.
    Null,
}

impl Const {
    /// The constant's type.
    #[must_use]
    pub const fn ty(self) -> Type {
        match self {
            Self::I32(_) => Type::I32,
            Self::I64(_) => Type::I64,
            Self::F32(_) => Type::F32,
            Self::F64(_) => Type::F64,
            Self::V128(_) => Type::V128,
            Self::Null => Type::Ref,
        }
    }
}

/// Sixteen bytes in a function's pool: a vector's, or the lanes of a shuffle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Bytes(pub u32);

/// Where an access goes: a base, which is an operand, plus a displacement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Addr {
    /// The base is an index, an i32, and the sum is computed without wrapping around, as wasm
    /// does.
    Linear { memory: u16, offset: u32 },
    /// The base is a value of SP, in memory 0, and the sum is trusted not to wrap around. A
    /// displacement is smaller than the guard below memory, so the access can't leave the
    /// reserve of memory 0 either way ([`crate::lower`]).
    Frame { slot: i32 },
}

/// What a call calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Callee {
    /// The function with this index.
    Function(u32),
    /// A function of `wasi_aot_os_1`, by its place in the contract's list, whether the module
    /// imports it or not.
    Os(u32),
    /// A function of this type in a table; its index is an operand, the one behind the
    /// arguments. `gives_way`: through the entries of table 0 that give way first
    /// ([`crate::go::giving_way`]).
    Element {
        type_index: u32,
        table: u32,
        gives_way: bool,
    },
}

/// What is known of a call of Go's: the caller has stored a return address before. The callee's
/// arguments lie right above that address, and its results behind the arguments.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct GoCall {
    /// The PC_B of the return address, which is the caller's own.
    pub returns_to: u16,
    /// Slots of 8 bytes that the callee's arguments and results take, by Go's tables; `None`
    /// if these don't say, as for a callee that is known at run time.
    pub slots: Option<u16>,
}

/// A move of some bytes, of which the number is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Short {
    /// From 1 to [`Short::MOST`].
    pub bytes: u8,
}

impl Short {
    /// Bytes that fit into vector registers all at once.
    pub const MOST: u32 = 128;
}

/// An operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Op {
    Const(Const),
    /// Reads a variable. Gone once variables are values ([`crate::pass`]).
    Get(Variable),
    /// Writes a variable.
    Set(Variable),
    /// The first operand where the third, an i32, isn't 0; else the second.
    Select(Type),

    Integer(Integer),
    Compare(Compare),
    Float(Float),
    Convert(Convert),
    /// The upper half of an unsigned product of two i64.
    ProductHigh,

    Bitwise(Bitwise),
    LaneCompare(LaneCompare),
    LaneConvert(LaneConvert),
    LaneFloat(LaneFloat),
    LaneInteger(LaneInteger),
    LaneShift(LaneShift),
    Product(Product),
    Reduce(Reduce),
    Relaxed(Relaxed),
    Splat(Splat),
    Swizzle(Swizzle),
    /// Bytes of two vectors.
    Shuffle(Bytes),
    ExtractLane(ExtractLane, u8),
    ReplaceLane(ReplaceLane, u8),

    /// An i32 as a value of SP. On x86-64 a value of SP is the zero extension to 64 bits, on
    /// aarch64 the host address in memory 0.
    SpFrom,
    /// A value of SP as an i32, exactly.
    SpLow,
    /// A value of SP plus a constant, which wraps around 2^32.
    SpAdd(i32),
    /// A value of SP plus a constant, in a block that has stored at that place before, with the
    /// constant as the slot: the sum is in memory.
    SpPush(i32),

    Load(Load, Addr),
    Store(Store, Addr),
    VectorLoad(VectorLoad, Addr),
    LoadLane(LoadLane, u8, Addr),
    StoreLane(StoreLane, u8, Addr),
    /// Copies bytes from the second operand's address to the first's, all at once.
    CopyShort(Short, Addr, Addr),
    /// Fills bytes with a byte.
    FillShort(Short, u8, Addr),

    MemorySize(u32),
    MemoryGrow(u32),
    MemoryCopy {
        to: u32,
        from: u32,
    },
    MemoryFill(u32),
    MemoryInit {
        memory: u32,
        segment: u32,
    },
    DataDrop(u32),

    GlobalGet(u32),
    GlobalSet(u32),

    TableGet(u32),
    TableSet(u32),
    TableSize(u32),
    TableGrow(u32),
    TableFill(u32),
    TableCopy {
        to: u32,
        from: u32,
    },
    TableInit {
        table: u32,
        segment: u32,
    },
    ElemDrop(u32),
    RefIsNull,
    RefFunc(u32),

    /// The operands are the arguments, the element's index for [`Callee::Element`], and SP
    /// where functions of the module pass it; the results are the callee's, and SP.
    Call(Callee, Option<GoCall>),
}

/// What an instruction does beside its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: equal operations with equal operands have equal results, anywhere.
    Pure,
    /// It may trap, and does nothing else: it has to stay where it is.
    Traps,
    /// It reads state that other instructions write, and may trap.
    Reads,
    /// It writes state, and may trap.
    Writes,
    /// It runs other code of the module or of the host.
    Calls,
}

impl Op {
    /// What an instruction of this operation does beside its result.
    #[must_use]
    pub fn effect(self) -> Effect {
        match self {
            Self::Const(_)
            | Self::Select(_)
            | Self::Compare(_)
            | Self::Float(_)
            | Self::ProductHigh
            | Self::Bitwise(_)
            | Self::LaneCompare(_)
            | Self::LaneConvert(_)
            | Self::LaneFloat(_)
            | Self::LaneInteger(_)
            | Self::LaneShift(_)
            | Self::Product(_)
            | Self::Reduce(_)
            | Self::Relaxed(_)
            | Self::Splat(_)
            | Self::Swizzle(_)
            | Self::Shuffle(_)
            | Self::ExtractLane(..)
            | Self::ReplaceLane(..)
            | Self::SpFrom
            | Self::SpLow
            | Self::SpAdd(_)
            | Self::SpPush(_)
            | Self::RefIsNull
            | Self::RefFunc(_) => Effect::Pure,
            Self::Integer(op) if op.traps() => Effect::Traps,
            Self::Convert(op) if op.traps() => Effect::Traps,
            Self::Integer(_) | Self::Convert(_) => Effect::Pure,
            Self::Get(_)
            | Self::Load(..)
            | Self::VectorLoad(..)
            | Self::LoadLane(..)
            | Self::MemorySize(_)
            | Self::GlobalGet(_)
            | Self::TableGet(_)
            | Self::TableSize(_) => Effect::Reads,
            Self::Set(_)
            | Self::Store(..)
            | Self::StoreLane(..)
            | Self::CopyShort(..)
            | Self::FillShort(..)
            | Self::MemoryGrow(_)
            | Self::MemoryCopy { .. }
            | Self::MemoryFill(_)
            | Self::MemoryInit { .. }
            | Self::DataDrop(_)
            | Self::GlobalSet(_)
            | Self::TableSet(_)
            | Self::TableGrow(_)
            | Self::TableFill(_)
            | Self::TableCopy { .. }
            | Self::TableInit { .. }
            | Self::ElemDrop(_) => Effect::Writes,
            Self::Call(..) => Effect::Calls,
        }
    }
}

impl Op {
    /// How many places the operation accesses: the operands begin with a base for each.
    #[must_use]
    pub const fn address_count(&self) -> usize {
        match self {
            Self::Load(..)
            | Self::Store(..)
            | Self::VectorLoad(..)
            | Self::LoadLane(..)
            | Self::StoreLane(..)
            | Self::FillShort(..) => 1,
            Self::CopyShort(..) => 2,
            _ => 0,
        }
    }

    /// Where the access of this number goes, below [`Self::address_count`].
    ///
    /// # Panics
    /// If there is no such access.
    pub fn address_mut(&mut self, number: usize) -> &mut Addr {
        match (self, number) {
            (
                Self::Load(_, at)
                | Self::Store(_, at)
                | Self::VectorLoad(_, at)
                | Self::LoadLane(_, _, at)
                | Self::StoreLane(_, _, at)
                | Self::FillShort(_, _, at)
                | Self::CopyShort(_, at, _),
                0,
            )
            | (Self::CopyShort(_, _, at), 1) => at,
            (op, _) => panic!("BUG: {op:?} has no access {number}"),
        }
    }

    /// The same, to read.
    ///
    /// # Panics
    /// As [`Self::address_mut`].
    #[must_use]
    pub fn address(mut self, number: usize) -> Addr {
        *self.address_mut(number)
    }
}

impl Integer {
    /// Whether the operation traps for some operands.
    #[must_use]
    pub const fn traps(self) -> bool {
        matches!(
            self,
            Self::I32DivS
                | Self::I32DivU
                | Self::I32RemS
                | Self::I32RemU
                | Self::I64DivS
                | Self::I64DivU
                | Self::I64RemS
                | Self::I64RemU
        )
    }
}

impl Convert {
    /// Whether the operation traps for some operands.
    #[must_use]
    pub const fn traps(self) -> bool {
        matches!(
            self,
            Self::I32TruncF32S
                | Self::I32TruncF64S
                | Self::I32TruncF32U
                | Self::I32TruncF64U
                | Self::I64TruncF32S
                | Self::I64TruncF64S
                | Self::I64TruncF32U
                | Self::I64TruncF64U
        )
    }
}
