//! Straight-line operators become instructions.

use super::super::op::{
    Addr, Bitwise, Callee, Compare, Const, Convert, ExtractLane, Float, Integer, LaneCompare,
    LaneConvert, LaneFloat, LaneInteger, LaneShift, Load, LoadLane, Op, Product, Reduce, Relaxed,
    ReplaceLane, Splat, Store, StoreLane, Swizzle, VectorLoad,
};
use super::super::{Type, Value, Variable};
use super::{Builder, Refused, types};
use crate::wasm::feature_of;
use wasmparser::{MemArg, MemArgTarget, Operator};

impl Builder<'_, '_> {
    /// Builds an operator, which the validator has seen.
    pub(super) fn operator(&mut self, operator: &Operator<'_>) -> Result<(), Refused> {
        if self.control(operator)? || self.current.is_none() {
            return Ok(());
        }
        let known = self.frequent(operator)
            || self.arithmetic(operator)
            || self.access(operator)
            || self.vector(operator)
            || self.memory(operator)
            || self.table_operator(operator);
        if known {
            Ok(())
        } else {
            Err(Refused::Unsupported(feature_of(operator)))
        }
    }

    fn frequent(&mut self, operator: &Operator<'_>) -> bool {
        match *operator {
            Operator::LocalGet { local_index } => {
                let value = self.read(Variable(local_index));
                self.stack.push(value);
            }
            Operator::LocalSet { local_index } => {
                let value = self.pop();
                self.write(Variable(local_index), value);
            }
            Operator::LocalTee { local_index } => {
                let value = self.pop();
                self.write(Variable(local_index), value);
                self.stack.push(value);
            }
            Operator::I32Const { value } => self.constant(Const::I32(value), Type::I32),
            Operator::I64Const { value } => self.constant(Const::I64(value), Type::I64),
            Operator::F32Const { value } => self.constant(Const::F32(value.bits()), Type::F32),
            Operator::F64Const { value } => self.constant(Const::F64(value.bits()), Type::F64),
            Operator::GlobalGet { global_index } => self.global_get(global_index),
            Operator::GlobalSet { global_index } => self.global_set(global_index),
            Operator::Call { function_index } => self.call(Callee::Function(function_index)),
            Operator::CallIndirect {
                type_index,
                table_index,
            } => self.call(Callee::Element {
                type_index,
                table: table_index,
                gives_way: false,
            }),
            Operator::Nop => {}
            Operator::Drop => {
                self.pop();
            }
            Operator::Select | Operator::TypedSelect { .. } => {
                let args: [Value; 3] = self.pop_array();
                let ty = self.func.ty(args[0]);
                self.push(Op::Select(ty), &args, ty);
            }
            _ => return false,
        }
        true
    }

    fn constant(&mut self, constant: Const, ty: Type) {
        self.push(Op::Const(constant), &[], ty);
    }

    fn global_get(&mut self, index: u32) {
        match self.func.sp {
            Some(sp) if self.sp_global == Some(index) => {
                let value = self.read_sp(sp);
                self.stack.push(value);
            }
            _ => {
                let ty = self.module.globals[index as usize].ty.into();
                self.push(Op::GlobalGet(index), &[], ty);
            }
        }
    }

    fn global_set(&mut self, index: u32) {
        let value = self.pop();
        match self.func.sp {
            Some(sp) if self.sp_global == Some(index) => self.write_sp(sp, value),
            _ => self.effect(Op::GlobalSet(index), &[value]),
        }
    }

    /// Operands and results of a call, SP among them where the callee is a function of the
    /// module's.
    pub(super) fn pop_call(&mut self, callee: Callee) -> (Vec<Value>, Vec<Type>) {
        let (type_index, elements, is_import) = match callee {
            Callee::Function(index) => (
                self.module.type_of_function(index),
                0,
                self.module.defined(index).is_none(),
            ),
            Callee::Element { type_index, .. } => (type_index, 1, false),
            Callee::Os(_) => panic!("BUG: wasm has no such call"),
        };
        let ty = &self.module.types[type_index as usize];
        let mut results = types(ty.results());
        let mut args = self.pop_many(ty.params().len() + elements);
        if let (Some(sp), false) = (self.func.sp, is_import) {
            args.push(self.read(sp));
            results.push(Type::Sp);
        }
        (args, results)
    }

    pub(super) fn call(&mut self, callee: Callee) {
        let (args, types) = self.pop_call(callee);
        let op = Op::Call(callee, None);
        let call = self.func.new_inst(op, &args, &types, self.origin);
        let block = self.block();
        self.func.block_mut(block).insts.push(call);
        let results: Vec<Value> = self.func.inst(call).all_results().collect();
        self.stack.extend(&results);
        if types.last() == Some(&Type::Sp) {
            let value = self.pop();
            let sp = self
                .func
                .sp
                .expect("BUG: a call returns SP, and there is none");
            self.write(sp, value);
        }
    }

    fn arithmetic(&mut self, operator: &Operator<'_>) -> bool {
        macro_rules! families {
            ($($family:ident)*) => {
                $(if let Some(op) = $family::of(operator) {
                    return self.family(Op::$family(op), op.params().len(), op.result());
                })*
            };
        }
        families!(Integer Compare Convert Float);
        false
    }

    /// Pops so many operands and pushes the result.
    fn family(&mut self, op: Op, params: usize, result: Option<Type>) -> bool {
        let start = self.stack.len() - params;
        let result = result.expect("BUG: arithmetic without result");
        let block = self.block();
        let value = self
            .func
            .push(block, op, &self.stack[start..], result, self.origin);
        self.stack.truncate(start);
        self.stack.push(value);
        true
    }

    fn access(&mut self, operator: &Operator<'_>) -> bool {
        if let Some((op, memarg)) = Load::with_memarg(operator) {
            let ty = op.result().expect("BUG: a load without result");
            let base = self.pop();
            self.push(Op::Load(op, address(memarg)), &[base], ty);
        } else if let Some((op, memarg)) = Store::with_memarg(operator) {
            let args: [Value; 2] = self.pop_array();
            self.effect(Op::Store(op, address(memarg)), &args);
        } else {
            return false;
        }
        true
    }

    fn vector(&mut self, operator: &Operator<'_>) -> bool {
        self.lanes(operator) || self.vector_access(operator) || self.vector_arithmetic(operator)
    }

    fn vector_arithmetic(&mut self, operator: &Operator<'_>) -> bool {
        macro_rules! families {
            ($($family:ident)*) => {
                $(if let Some(op) = $family::of(operator) {
                    return self.family(Op::$family(op), op.params().len(), op.result());
                })*
            };
        }
        families!(Bitwise LaneCompare LaneConvert LaneFloat LaneInteger LaneShift);
        families!(Product Reduce Relaxed Splat Swizzle);
        false
    }

    /// Operators with bytes or the number of a lane beside them.
    fn lanes(&mut self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::V128Const { value } => {
                let bytes = self.func.new_bytes(*value.bytes());
                self.constant(Const::V128(bytes), Type::V128);
                return true;
            }
            Operator::I8x16Shuffle { lanes } => {
                let bytes = self.func.new_bytes(*lanes);
                let args: [Value; 2] = self.pop_array();
                self.push(Op::Shuffle(bytes), &args, Type::V128);
                return true;
            }
            _ => {}
        }
        if let Some((op, lane)) = ExtractLane::with_lane(operator) {
            self.family(Op::ExtractLane(op, lane), op.params().len(), op.result())
        } else if let Some((op, lane)) = ReplaceLane::with_lane(operator) {
            self.family(Op::ReplaceLane(op, lane), op.params().len(), op.result())
        } else {
            false
        }
    }

    fn vector_access(&mut self, operator: &Operator<'_>) -> bool {
        if let Some((op, memarg)) = VectorLoad::with_memarg(operator) {
            let base = self.pop();
            self.push(Op::VectorLoad(op, address(memarg)), &[base], Type::V128);
        } else if let Some((op, memarg, lane)) = LoadLane::with_memarg_and_lane(operator) {
            let args: [Value; 2] = self.pop_array();
            let op = Op::LoadLane(op, lane, address(memarg));
            self.push(op, &args, Type::V128);
        } else if let Some((op, memarg, lane)) = StoreLane::with_memarg_and_lane(operator) {
            let args: [Value; 2] = self.pop_array();
            self.effect(Op::StoreLane(op, lane, address(memarg)), &args);
        } else {
            return false;
        }
        true
    }

    /// Memory as a whole.
    fn memory(&mut self, operator: &Operator<'_>) -> bool {
        match *operator {
            Operator::MemorySize { mem } => self.push(Op::MemorySize(mem), &[], Type::I32),
            Operator::MemoryGrow { mem } => {
                let delta = self.pop();
                self.push(Op::MemoryGrow(mem), &[delta], Type::I32);
            }
            Operator::MemoryCopy { dst_mem, src_mem } => self.range(Op::MemoryCopy {
                to: dst_mem,
                from: src_mem,
            }),
            Operator::MemoryFill { mem } => self.range(Op::MemoryFill(mem)),
            Operator::MemoryInit { data_index, mem } => self.range(Op::MemoryInit {
                memory: mem,
                segment: data_index,
            }),
            Operator::DataDrop { data_index } => self.effect(Op::DataDrop(data_index), &[]),
            _ => return false,
        }
        true
    }

    /// An operator with the three operands that a range has.
    fn range(&mut self, op: Op) {
        let args: [Value; 3] = self.pop_array();
        self.effect(op, &args);
    }

    /// Tables and references.
    fn table_operator(&mut self, operator: &Operator<'_>) -> bool {
        match *operator {
            Operator::TableGet { table } => {
                let index = self.pop();
                self.push(Op::TableGet(table), &[index], Type::Ref);
            }
            Operator::TableSet { table } => {
                let args: [Value; 2] = self.pop_array();
                self.effect(Op::TableSet(table), &args);
            }
            Operator::TableSize { table } => self.push(Op::TableSize(table), &[], Type::I32),
            Operator::TableGrow { table } => {
                let args: [Value; 2] = self.pop_array();
                self.push(Op::TableGrow(table), &args, Type::I32);
            }
            Operator::TableFill { table } => self.range(Op::TableFill(table)),
            Operator::TableCopy {
                dst_table,
                src_table,
            } => self.range(Op::TableCopy {
                to: dst_table,
                from: src_table,
            }),
            Operator::TableInit { elem_index, table } => self.range(Op::TableInit {
                table,
                segment: elem_index,
            }),
            Operator::ElemDrop { elem_index } => self.effect(Op::ElemDrop(elem_index), &[]),
            Operator::RefNull { .. } => self.constant(Const::Null, Type::Ref),
            Operator::RefIsNull => {
                let reference = self.pop();
                self.push(Op::RefIsNull, &[reference], Type::I32);
            }
            Operator::RefFunc { function_index } => {
                self.push(Op::RefFunc(function_index), &[], Type::Ref);
            }
            _ => return false,
        }
        true
    }
}

/// Where an access goes.
fn address(memarg: &MemArg) -> Addr {
    let MemArgTarget::Memory(memory) = memarg.target else {
        panic!("BUG: an access to an array passed validation");
    };
    Addr::Linear {
        memory: u16::try_from(memory).expect("BUG: more memories than the parser lets through"),
        offset: u32::try_from(memarg.offset).expect("BUG: an offset over 32 bits"),
    }
}
