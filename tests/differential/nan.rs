//! Makes NaNs canonical where a program would see their bits, which WebAssembly leaves open (core
//! specification 2.0, "NaN Propagation").
//!
//! A float's bits show when it is stored or reinterpreted, or when it gives its sign to another
//! float (`copysign`). All other operators give the same result for all NaNs, or a NaN. So a NaN
//! is replaced by the canonical one right before those operators, and before its bits are part
//! of the output. Conversions between f32 and f64 keep a payload, so their results are replaced
//! at once. Vectors mix floats and integers in many ways. In modules with vectors the generator
//! makes each result canonical; this file does it for the operators that the generator
//! forgets.

use wasm_encoder::{InstructionSink, ValType};
use wasmparser::Operator;

/// A type whose NaNs are replaced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Float {
    F32,
    F64,
    F32x4,
    F64x2,
}

pub const CANONICAL_32: u32 = 0x7fc0_0000;
pub const CANONICAL_64: u64 = 0x7ff8_0000_0000_0000;

/// The locals that hold a value while it is examined.
#[derive(Debug, Clone, Copy)]
pub struct Scratch {
    pub first: u32,
}

impl Scratch {
    pub const TYPES: [ValType; 3] = [ValType::F32, ValType::F64, ValType::V128];

    fn local(self, float: Float) -> u32 {
        self.first
            + match float {
                Float::F32 => 0,
                Float::F64 => 1,
                Float::F32x4 | Float::F64x2 => 2,
            }
    }

    /// Replaces the value on top of the stack if it is a NaN.
    pub fn replace(self, float: Float, code: &mut InstructionSink<'_>) {
        let local = self.local(float);
        code.local_tee(local);
        match float {
            Float::F32 => {
                code.f32_const(f32::from_bits(CANONICAL_32).into());
                code.local_get(local).local_get(local).f32_eq().select();
            }
            Float::F64 => {
                code.f64_const(f64::from_bits(CANONICAL_64).into());
                code.local_get(local).local_get(local).f64_eq().select();
            }
            Float::F32x4 => {
                let lane = u128::from(CANONICAL_32);
                let lanes = lane | lane << 32 | lane << 64 | lane << 96;
                code.v128_const(lanes.cast_signed());
                code.local_get(local).local_get(local).f32x4_eq();
                code.v128_bitselect();
            }
            Float::F64x2 => {
                let lane = u128::from(CANONICAL_64);
                code.v128_const((lane | lane << 64).cast_signed());
                code.local_get(local).local_get(local).f64x2_eq();
                code.v128_bitselect();
            }
        }
    }

    /// Replaces the vector on top of the stack by a mixture of its halves.
    pub fn halves(self, code: &mut InstructionSink<'_>) {
        let local = self.local(Float::F64x2);
        code.local_tee(local).i64x2_extract_lane(0);
        code.i64_const(7).i64_rotl();
        code.local_get(local).i64x2_extract_lane(1).i64_add();
    }
}

/// The type whose NaNs are replaced in the operator's last operand, before the operator.
pub fn before(operator: &Operator<'_>) -> Option<Float> {
    Some(match operator {
        Operator::F32Store { .. } | Operator::I32ReinterpretF32 | Operator::F32Copysign => {
            Float::F32
        }
        Operator::F64Store { .. } | Operator::I64ReinterpretF64 | Operator::F64Copysign => {
            Float::F64
        }
        _ => return None,
    })
}

/// The type whose NaNs are replaced in the operator's result.
pub fn after(operator: &Operator<'_>) -> Option<Float> {
    Some(match operator {
        Operator::F32DemoteF64 => Float::F32,
        Operator::F64PromoteF32 => Float::F64,
        Operator::F32x4DemoteF64x2Zero => Float::F32x4,
        Operator::F64x2PromoteLowF32x4 => Float::F64x2,
        _ => return None,
    })
}
