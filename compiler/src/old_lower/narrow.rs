//! `i32.wrap_i64` of 64-bit arithmetic.
//!
//! Go computes addresses in 64 bits and wraps them for each access. The lower half
//! of a sum, difference, product or left shift depends only on the operands' lower
//! halves, so it is computed in 32 bits instead, where the processor extends the
//! result for nothing.

use super::Lowering;
use cranelift_codegen::ir::{InstBuilder, InstructionData, Opcode, Value, ValueDef, types};

/// How deep to follow operands: as deep as addresses usually go.
const DEPTH: u32 = 3;

impl Lowering<'_, '_, '_> {
    /// The lower half of an i64.
    pub(super) fn narrow(&mut self, value: Value) -> Value {
        if !self.env.idioms || self.sp_plus_constant_wide(value).is_some() {
            // The latter folds into an address as it is.
            return self.builder.ins().ireduce(types::I32, value);
        }
        let low = self.low_half(value, DEPTH);
        self.narrowed.insert(low, value);
        low
    }

    fn low_half(&mut self, value: Value, depth: u32) -> Value {
        let value = self.builder.func.dfg.resolve_aliases(value);
        let ValueDef::Result(inst, 0) = self.builder.func.dfg.value_def(value) else {
            return self.builder.ins().ireduce(types::I32, value);
        };
        match self.builder.func.dfg.insts[inst] {
            InstructionData::UnaryImm {
                opcode: Opcode::Iconst,
                imm,
            } => {
                let low = i64::from(imm.bits() as u32);
                self.builder.ins().iconst(types::I32, low)
            }
            InstructionData::Unary {
                opcode: Opcode::Uextend | Opcode::Sextend,
                arg,
            } if self.builder.func.dfg.value_type(arg) == types::I32 => arg,
            InstructionData::Binary { opcode, args } if depth > 0 => {
                self.low_half_of(opcode, args, value, depth - 1)
            }
            _ => self.builder.ins().ireduce(types::I32, value),
        }
    }

    fn low_half_of(&mut self, opcode: Opcode, args: [Value; 2], value: Value, depth: u32) -> Value {
        match opcode {
            Opcode::Iadd | Opcode::Isub | Opcode::Imul => {
                let [x, y] = args.map(|arg| self.low_half(arg, depth));
                let ins = self.builder.ins();
                match opcode {
                    Opcode::Iadd => ins.iadd(x, y),
                    Opcode::Isub => ins.isub(x, y),
                    _ => ins.imul(x, y),
                }
            }
            Opcode::Ishl => match self.constant(args[1]) {
                // The count is taken modulo 64 there and modulo 32 here.
                Some(count @ 0..32) => {
                    let x = self.low_half(args[0], depth);
                    self.builder.ins().ishl_imm_u(x, count)
                }
                _ => self.builder.ins().ireduce(types::I32, value),
            },
            _ => self.builder.ins().ireduce(types::I32, value),
        }
    }
}
