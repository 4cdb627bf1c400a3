//! The upper half of a 128-bit product, which wasm has no instruction for.
//!
//! Go's `bits.Mul64` becomes, inlined wherever it is used (maps' hash function,
//! `math/big`, `math/rand`), four products of 32-bit halves
//! (`math/bits/bits.go`, Hacker's Delight 8-2):
//!
//! ```text
//! w0 = lo(x) * lo(y);  t = hi(x) * lo(y) + (w0 >> 32)
//! w1 = lo(t) + lo(x) * hi(y)
//! result = hi(x) * hi(y) + hi(t) + (w1 >> 32)
//! ```
//!
//! No step overflows, so the result is exactly the upper half, and the processor's
//! own multiplication takes its place. A verified fact about the data flow at hand:
//! whoever wrote it, the value is the same. What is left of the original without
//! use is dropped by the code generator.

use super::Lowering;
use cranelift_codegen::ir::{InstBuilder, Opcode, Value, types};

/// The lower 32 bits.
const LOW: i64 = 0xffff_ffff;

/// A factor of one of the four products.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Half {
    Low(Value),
    High(Value),
    /// A half of a constant.
    Constant(i64),
}

/// One of the two 64-bit factors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Factor {
    Value(Value),
    Constant(i64),
}

impl Lowering<'_, '_, '_> {
    /// For the last addition, `x + y`: the product's upper half, if it is that.
    pub(super) fn product_high(&mut self, x: Value, y: Value) -> Option<Value> {
        let (x, y) = self.factors(x, y)?;
        let [x, y] = [x, y].map(|factor| match factor {
            Factor::Value(value) => value,
            Factor::Constant(constant) => self.builder.ins().iconst(types::I64, constant),
        });
        Some(self.builder.ins().umulhi(x, y))
    }

    fn factors(&self, x: Value, y: Value) -> Option<(Factor, Factor)> {
        let terms = self.three_terms(x, y)?;
        for product in 0..3 {
            let (s, t) = (terms[(product + 1) % 3], terms[(product + 2) % 3]);
            for (t, w1) in [(s, t), (t, s)] {
                if let Some(found) = self.factors_of(terms[product], t, w1) {
                    return Some(found);
                }
            }
        }
        None
    }

    /// `x + y` where one of the two is a sum itself.
    fn three_terms(&self, x: Value, y: Value) -> Option<[Value; 3]> {
        let is_shift = |value| self.high_of(value).is_some();
        for (sum, other) in [(x, y), (y, x)] {
            if let Some([a, b]) = self.operands_of(sum, Opcode::Iadd) {
                let shifts = [a, b, other].into_iter().filter(|&v| is_shift(v)).count();
                if shifts == 2 {
                    return Some([a, b, other]);
                }
            }
        }
        None
    }

    /// The factors, if the terms are `hi(x) * hi(y)`, `t >> 32` and `w1 >> 32`.
    fn factors_of(&self, product: Value, t: Value, w1: Value) -> Option<(Factor, Factor)> {
        let (t, w1) = (self.high_of(t)?, self.high_of(w1)?);
        let ((), lh) = self.sum_of(w1, |value| (self.low_of(value)? == t).then_some(()))?;
        let (w0, hl) = self.sum_of(t, |value| self.high_of(value))?;
        let [ll, lh, hl, hh] = [
            self.halves(w0)?,
            self.halves(lh)?,
            self.halves(hl)?,
            self.halves(product)?,
        ];
        // hi(x) * lo(y) names x; the others must agree.
        for (hi_x, lo_y) in [(hl[0], hl[1]), (hl[1], hl[0])] {
            for (lo_x, hi_y) in [(lh[0], lh[1]), (lh[1], lh[0])] {
                let (Some(x), Some(y)) = (whole(lo_x, hi_x), whole(lo_y, hi_y)) else {
                    continue;
                };
                let same = |found: [Half; 2], a, b| found == [a, b] || found == [b, a];
                if same(ll, lo_x, lo_y) && same(hh, hi_x, hi_y) {
                    return Some((x, y));
                }
            }
        }
        None
    }

    /// The two terms of a sum, one of which `is` something: what it is, and the
    /// other.
    fn sum_of<T>(&self, sum: Value, is: impl Fn(Value) -> Option<T>) -> Option<(T, Value)> {
        let [a, b] = self.operands_of(sum, Opcode::Iadd)?;
        is(a)
            .map(|found| (found, b))
            .or_else(|| is(b).map(|found| (found, a)))
    }

    /// The factors of a product of halves.
    fn halves(&self, product: Value) -> Option<[Half; 2]> {
        let [a, b] = self.operands_of(product, Opcode::Imul)?;
        Some([self.half(a)?, self.half(b)?])
    }

    fn half(&self, value: Value) -> Option<Half> {
        let constant = self.constant(value).filter(|c| (0..=LOW).contains(c));
        constant
            .map(Half::Constant)
            .or_else(|| self.high_of(value).map(Half::High))
            .or_else(|| self.low_of(value).map(Half::Low))
    }

    /// For `v >> 32`: `v`.
    fn high_of(&self, value: Value) -> Option<Value> {
        let [whole, count] = self.operands_of(value, Opcode::Ushr)?;
        (self.constant(count)? == 32).then_some(whole)
    }

    /// For `v & 0xffff_ffff`, which lowering makes an extension of a wrap, or for
    /// such an extension: `v`.
    fn low_of(&self, value: Value) -> Option<Value> {
        let low = self.operand_of(value, Opcode::Uextend, 0)?;
        if let Some(&whole) = self.narrowed.get(&low) {
            return Some(whole);
        }
        let is_half = self.builder.func.dfg.value_type(low) == types::I32;
        self.operand_of(low, Opcode::Ireduce, 0).filter(|_| is_half)
    }

    fn operands_of(&self, value: Value, opcode: Opcode) -> Option<[Value; 2]> {
        Some([
            self.operand_of(value, opcode, 0)?,
            self.operand_of(value, opcode, 1)?,
        ])
    }
}

/// The 64-bit value that has these halves.
fn whole(low: Half, high: Half) -> Option<Factor> {
    match (low, high) {
        (Half::Low(a), Half::High(b)) => (a == b).then_some(Factor::Value(a)),
        (Half::Constant(low), Half::Constant(high)) => Some(Factor::Constant(high << 32 | low)),
        _ => None,
    }
}
