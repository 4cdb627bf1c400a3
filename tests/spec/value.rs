//! Arguments and expected results as owned data. The parser's own types borrow from a file's
//! text.

use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::{WastArg, WastRet};

/// An argument; floats as their bits.
#[derive(Debug, Clone, Copy)]
pub enum Value {
    I32(i32),
    I64(i64),
    F32(u32),
    F64(u64),
    V128(i128),
    NullFunc,
    NullExtern,
    /// A reference of the host's, by its number.
    Host(u32),
}

/// The allowed bits of a float: these bits, or a kind of NaN (core specification, "NaN
/// Propagation").
#[derive(Debug, Clone, Copy)]
pub enum Float<Bits> {
    Bits(Bits),
    /// A canonical NaN: only the payload's highest bit is set; either sign.
    CanonicalNan,
    /// An arithmetic NaN: the payload's highest bit is set; either sign.
    ArithmeticNan,
}

/// An expected result.
#[derive(Debug, Clone)]
pub enum Expected {
    I32(i32),
    I64(i64),
    F32(Float<u32>),
    F64(Float<u64>),
    V128(i128),
    F32x4([Float<u32>; 4]),
    F64x2([Float<u64>; 2]),
    /// Any of these vectors.
    Either(Vec<Expected>),
    NullRef,
    /// Any function, or any reference of the host.
    NotNull,
    /// The host's reference with this number.
    Host(u32),
}

/// Why a value can't be written in a module.
pub type Why = &'static str;

const NEWER: Why = "a value of a newer proposal";

impl Value {
    /// # Errors
    /// If only a host has the value, or WebAssembly 2.0 doesn't have it.
    pub fn of(arg: &WastArg<'_>) -> Result<Self, Why> {
        let WastArg::Core(arg) = arg else {
            return Err(NEWER);
        };
        Ok(match arg {
            WastArgCore::I32(v) => Self::I32(*v),
            WastArgCore::I64(v) => Self::I64(*v),
            WastArgCore::F32(v) => Self::F32(v.bits),
            WastArgCore::F64(v) => Self::F64(v.bits),
            WastArgCore::V128(v) => Self::V128(i128::from_le_bytes(v.to_le_bytes())),
            WastArgCore::RefNull(HeapType::Abstract { ty, .. }) => match ty {
                AbstractHeapType::Func => Self::NullFunc,
                AbstractHeapType::Extern => Self::NullExtern,
                _ => return Err(NEWER),
            },
            WastArgCore::RefNull(_) => return Err(NEWER),
            WastArgCore::RefExtern(number) => Self::Host(*number),
            WastArgCore::RefHost(_) => return Err(NEWER),
        })
    }
}

impl Expected {
    /// # Errors
    /// As [`Value::of`].
    pub fn of(result: &WastRet<'_>) -> Result<Self, Why> {
        let WastRet::Core(result) = result else {
            return Err(NEWER);
        };
        Ok(match result {
            WastRetCore::I32(v) => Self::I32(*v),
            WastRetCore::I64(v) => Self::I64(*v),
            WastRetCore::F32(pattern) => Self::F32(float(pattern, |v| v.bits)),
            WastRetCore::F64(pattern) => Self::F64(float(pattern, |v| v.bits)),
            WastRetCore::V128(pattern) => vector(pattern),
            WastRetCore::Either(patterns) => {
                let vectors = patterns.iter().map(|pattern| match pattern {
                    WastRetCore::V128(pattern) => Ok(vector(pattern)),
                    _ => Err("alternatives that are no vectors"),
                });
                Self::Either(vectors.collect::<Result<_, Why>>()?)
            }
            WastRetCore::RefNull(_) => Self::NullRef,
            WastRetCore::RefFunc(_) => Self::NotNull,
            WastRetCore::RefExtern(Some(number)) => Self::Host(*number),
            WastRetCore::RefExtern(None) => Self::NotNull,
            _ => return Err(NEWER),
        })
    }
}

fn float<T, Bits>(pattern: &NanPattern<T>, bits: impl Fn(&T) -> Bits) -> Float<Bits> {
    match pattern {
        NanPattern::CanonicalNan => Float::CanonicalNan,
        NanPattern::ArithmeticNan => Float::ArithmeticNan,
        NanPattern::Value(value) => Float::Bits(bits(value)),
    }
}

fn vector(pattern: &V128Pattern) -> Expected {
    fn bytes<const N: usize>(lanes: impl Iterator<Item = [u8; N]>) -> Expected {
        let mut all = [0; 16];
        for (to, from) in all.iter_mut().zip(lanes.flatten()) {
            *to = from;
        }
        Expected::V128(i128::from_le_bytes(all))
    }
    match pattern {
        V128Pattern::I8x16(lanes) => bytes(lanes.iter().map(|lane| lane.to_le_bytes())),
        V128Pattern::I16x8(lanes) => bytes(lanes.iter().map(|lane| lane.to_le_bytes())),
        V128Pattern::I32x4(lanes) => bytes(lanes.iter().map(|lane| lane.to_le_bytes())),
        V128Pattern::I64x2(lanes) => bytes(lanes.iter().map(|lane| lane.to_le_bytes())),
        V128Pattern::F32x4(lanes) => {
            Expected::F32x4(lanes.each_ref().map(|l| float(l, |v| v.bits)))
        }
        V128Pattern::F64x2(lanes) => {
            Expected::F64x2(lanes.each_ref().map(|l| float(l, |v| v.bits)))
        }
    }
}
