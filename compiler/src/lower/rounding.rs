//! Rounding to an integer, for scalars and vectors: `ceil`, `floor`, `trunc`, `nearest`.
//!
//! Where the machine has no instruction for it (x86-64 before SSE4.1, for which CLIF's
//! operations would be calls of a C library) it is computed here. Adding and subtracting
//! 2^p, where p is the number of a float's stored mantissa bits, rounds what is smaller
//! to the nearest integer, ties to even; what that is wrong by is one at most, and
//! exactly known from a comparison. Everything not smaller is an integer, or no number,
//! and only has to become a quiet NaN. The sign is kept apart, so zeroes have it right.

use super::Lowering;
use cranelift_codegen::ir::condcodes::FloatCC;
use cranelift_codegen::ir::{InstBuilder, Type, Value, types};

/// The direction of rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounding {
    Up,
    Down,
    ToZero,
    ToNearest,
}

impl Lowering<'_, '_, '_> {
    /// `x`, a float or a vector of them, rounded to an integer.
    pub(super) fn round(&mut self, rounding: Rounding, x: Value) -> Value {
        if self.env.rounds {
            return self.round_by_instruction(rounding, x);
        }
        match self.builder.func.dfg.value_type(x) {
            types::F32 => self.round_scalar(rounding, x, types::F32X4),
            types::F64 => self.round_scalar(rounding, x, types::F64X2),
            _ => self.round_lanes(rounding, x),
        }
    }

    fn round_by_instruction(&mut self, rounding: Rounding, x: Value) -> Value {
        let ins = self.builder.ins();
        match rounding {
            Rounding::Up => ins.ceil(x),
            Rounding::Down => ins.floor(x),
            Rounding::ToZero => ins.trunc(x),
            Rounding::ToNearest => ins.nearest(x),
        }
    }

    /// As the first lane of a vector of type `ty`: registers are the same.
    fn round_scalar(&mut self, rounding: Rounding, x: Value, ty: Type) -> Value {
        let lanes = self.builder.ins().scalar_to_vector(ty, x);
        let rounded = self.round_lanes(rounding, lanes);
        self.builder.ins().extractlane(rounded, 0)
    }

    fn round_lanes(&mut self, rounding: Rounding, x: Value) -> Value {
        let ty = self.builder.func.dfg.value_type(x);
        let limit = self.each_lane(ty, 8_388_608.0, 4_503_599_627_370_496.0);
        let sign = self.each_lane(ty, -0.0, -0.0);
        let sign = self.bitwise(ty, sign, x, |l, sign, x| l.builder.ins().band(sign, x));
        let magnitude = self.bitwise(ty, x, sign, |l, x, sign| l.builder.ins().bxor(x, sign));
        let sum = self.builder.ins().fadd(magnitude, limit);
        let nearest = self.builder.ins().fsub(sum, limit);
        let signed = |l: &mut Self, magnitude| {
            l.bitwise(ty, magnitude, sign, |l, x, sign| {
                l.builder.ins().bor(x, sign)
            })
        };
        let rounded = match rounding {
            Rounding::ToNearest => nearest,
            Rounding::ToZero => {
                let above = self.one_where(ty, FloatCC::GreaterThan, nearest, magnitude);
                self.builder.ins().fsub(nearest, above)
            }
            Rounding::Down => {
                let nearest = signed(self, nearest);
                let above = self.one_where(ty, FloatCC::GreaterThan, nearest, x);
                self.builder.ins().fsub(nearest, above)
            }
            Rounding::Up => {
                let nearest = signed(self, nearest);
                let below = self.one_where(ty, FloatCC::LessThan, nearest, x);
                self.builder.ins().fadd(nearest, below)
            }
        };
        let rounded = signed(self, rounded);
        let zero = self.each_lane(ty, 0.0, 0.0);
        let quiet = self.builder.ins().fadd(x, zero);
        let small = self.builder.ins().fcmp(FloatCC::LessThan, magnitude, limit);
        let bits = ty.as_truthy();
        let [rounded, quiet] = [rounded, quiet].map(|value| self.lanes(value, bits));
        let value = self.builder.ins().bitselect(small, rounded, quiet);
        self.lanes(value, ty)
    }

    /// 1 in the lanes where the condition holds, 0 in the others.
    fn one_where(&mut self, ty: Type, condition: FloatCC, x: Value, y: Value) -> Value {
        let holds = self.builder.ins().fcmp(condition, x, y);
        let one = self.each_lane(ty, 1.0, 1.0);
        self.bitwise(ty, holds, one, |l, holds, one| {
            l.builder.ins().band(holds, one)
        })
    }

    /// An operation on the bits of floats.
    fn bitwise(
        &mut self,
        ty: Type,
        x: Value,
        y: Value,
        operation: impl FnOnce(&mut Self, Value, Value) -> Value,
    ) -> Value {
        let bits = ty.as_truthy();
        let (x, y) = (self.lanes(x, bits), self.lanes(y, bits));
        let value = operation(self, x, y);
        self.lanes(value, ty)
    }

    /// A constant in each lane of a vector of type `ty`.
    fn each_lane(&mut self, ty: Type, single: f32, double: f64) -> Value {
        let bytes = if ty == types::F32X4 {
            std::array::from_fn(|at| single.to_le_bytes()[at % 4])
        } else {
            std::array::from_fn(|at| double.to_le_bytes()[at % 8])
        };
        self.vector_constant(ty, bytes)
    }
}
