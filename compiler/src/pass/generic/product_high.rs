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
//! own multiplication takes its place. Exact for any module: whoever wrote it, the value is
//! the same. What is left of the original without use is dropped later.
//!
//! Before [`super::narrow`], which makes other operations of the halves.

use crate::ir::op::{Const, Convert, Integer, Op};
use crate::ir::{Func, Type, Value};
use crate::pass::Cx;

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

/// Replaces them; returns how many.
pub fn run(func: &mut Func, _: &Cx<'_, '_>) -> usize {
    let order = func.order();
    let mut changes = 0;
    for &block in &order.blocks {
        let mut place = 0;
        while let Some(&id) = func.block(block).insts.get(place) {
            place += 1;
            let inst = func.inst(id);
            if !matches!(inst.op, Op::Integer(Integer::I64Add)) {
                continue;
            }
            let (x, y) = (inst.args[0], inst.args[1]);
            let Some((x, y)) = Search(func).factors(x, y) else {
                continue;
            };
            let origin = inst.origin;
            let args = [x, y].map(|factor| match factor {
                Factor::Value(value) => value,
                Factor::Constant(constant) => {
                    let op = Op::Const(Const::I64(constant));
                    let inst = func.new_inst(op, &[], &[Type::I64], origin);
                    func.block_mut(block).insts.insert(place - 1, inst);
                    place += 1;
                    func.inst(inst).result()
                }
            });
            let inst = func.inst_mut(id);
            inst.op = Op::ProductHigh;
            inst.args.copy_from_slice(&args);
            changes += 1;
        }
    }
    changes
}

/// Looks for the factors.
struct Search<'f>(&'f Func);

impl Search<'_> {
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
            if let Some([a, b]) = self.operands_of(sum, Integer::I64Add) {
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
        let [a, b] = self.operands_of(sum, Integer::I64Add)?;
        is(a)
            .map(|found| (found, b))
            .or_else(|| is(b).map(|found| (found, a)))
    }

    /// The factors of a product of halves.
    fn halves(&self, product: Value) -> Option<[Half; 2]> {
        let [a, b] = self.operands_of(product, Integer::I64Mul)?;
        Some([self.half(a)?, self.half(b)?])
    }

    fn half(&self, value: Value) -> Option<Half> {
        let constant = self.0.i64_constant(value).filter(|c| (0..=LOW).contains(c));
        constant
            .map(Half::Constant)
            .or_else(|| self.high_of(value).map(Half::High))
            .or_else(|| self.low_of(value).map(Half::Low))
    }

    /// For `v >> 32`: `v`.
    fn high_of(&self, value: Value) -> Option<Value> {
        let [whole, count] = self.operands_of(value, Integer::I64ShrU)?;
        (self.0.i64_constant(count)? == 32).then_some(whole)
    }

    /// For `v & 0xffff_ffff`, or an extension of a wrap: `v`.
    fn low_of(&self, value: Value) -> Option<Value> {
        if let Some([x, y]) = self.operands_of(value, Integer::I64And) {
            return match (self.0.i64_constant(x), self.0.i64_constant(y)) {
                (_, Some(LOW)) => Some(x),
                (Some(LOW), _) => Some(y),
                _ => None,
            };
        }
        let low = self.converted(value, Convert::I64ExtendI32U)?;
        self.converted(low, Convert::I32WrapI64)
    }

    fn converted(&self, value: Value, op: Convert) -> Option<Value> {
        let inst = self.0.def(value)?;
        (inst.op == Op::Convert(op)).then(|| self.0.resolve(inst.args[0]))
    }

    fn operands_of(&self, value: Value, op: Integer) -> Option<[Value; 2]> {
        let inst = self.0.def(value)?;
        let is_it = inst.op == Op::Integer(op);
        is_it.then(|| [inst.args[0], inst.args[1]].map(|arg| self.0.resolve(arg)))
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
