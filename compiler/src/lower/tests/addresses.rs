//! Addresses that CLIF computes, computed here for some operands, and values of SP.

use super::*;
use crate::ir::op::Load;
use crate::ir::{Addr, Edge};
use cranelift_codegen::ir::{self, InstructionData, Opcode, ValueDef};
use wasi_aot_contract::layout;
use wasi_aot_contract::target::Arch;

/// Functions pass SP. Type 0 takes an i32 and gives one, and SP.
const WITH_SP: &str = r#"(module (type (func (param i32) (result i32)))
    (memory 1) (global (mut i32) (i32.const 4096)) (func (export "_start")))"#;

const NUMBERS: [u32; 6] = [0, 1, 0x1234, 0x7fff_ffff, 0x8000_0000, u32::MAX];

/// What a value of straight-line CLIF is where the function's parameters are `params`.
fn evaluate(clif: &Function, params: &[u64], value: ir::Value) -> u64 {
    let inst = match clif.dfg.value_def(value) {
        ValueDef::Param(_, number) => return params[number],
        ValueDef::Result(inst, 0) => inst,
        other => panic!("{other:?} in\n{clif}"),
    };
    let arg = |n| evaluate(clif, params, clif.dfg.inst_args(inst)[n]);
    let result = match clif.dfg.insts[inst] {
        InstructionData::UnaryImm {
            opcode: Opcode::Iconst,
            imm,
        } => imm.bits().cast_unsigned(),
        ref data => match data.opcode() {
            Opcode::Uextend | Opcode::Ireduce => arg(0),
            Opcode::Iadd => arg(0).wrapping_add(arg(1)),
            Opcode::Isub => arg(0).wrapping_sub(arg(1)),
            Opcode::Band => arg(0) & arg(1),
            other => panic!("{other} in\n{clif}"),
        },
    };
    match clif.dfg.value_type(value) {
        ir::types::I32 => result & u64::from(u32::MAX),
        _ => result,
    }
}

/// The host address of the only load.
fn loaded_from(clif: &Function, params: &[u64]) -> u64 {
    let blocks = clif.layout.blocks();
    let mut insts = blocks.flat_map(|block| clif.layout.block_insts(block));
    let load = insts.find_map(|inst| match clif.dfg.insts[inst] {
        InstructionData::Load { arg, offset, .. } => Some((arg, offset)),
        _ => None,
    });
    let (start, offset) = load.unwrap();
    evaluate(clif, params, start).wrapping_add_signed(i64::from(i32::from(offset)))
}

/// A function of an index and SP that loads an i32: `base` makes the base of the address.
fn load(base: impl FnOnce(&mut Func, &[Value]) -> Value, at: Addr) -> Func {
    let (mut func, params) = begun(&[Type::I32, Type::Sp], &[Type::I32, Type::Sp]);
    func.sp = Some(crate::ir::Variable(1));
    func.variables = vec![Type::I32, Type::Sp];
    let base = base(&mut func, &params);
    let op = Op::Load(Load::I32Load, at);
    let loaded = add(&mut func, BlockId::ENTRY, op, &[base], &[Type::I32])[0];
    let returned = Terminator::Return(vec![loaded, params[1]]);
    end(&mut func, BlockId::ENTRY, returned);
    func
}

/// SP in the form that functions pass.
fn sp(env: &Env<'_, '_>, value: u32) -> u64 {
    match env.target.arch() {
        Arch::X86_64 => u64::from(value),
        Arch::Aarch64 => layout::memory_base(env.target, 0) + u64::from(value),
    }
}

#[test]
fn an_unchecked_access_goes_to_base_plus_index_plus_offset() {
    let most = u32::try_from(layout::MAX_UNCHECKED_OFFSET).unwrap();
    everywhere(WITH_SP, |env, isa| {
        let base = layout::memory_base(env.target, 0);
        for offset in [0, 4, 0x7fff, most] {
            let at = Addr::Linear { memory: 0, offset };
            let by_index = lowered(env, isa, 0, &load(|_, params| params[0], at));
            let by_low = load(
                |func, params| {
                    let params = &params[1..];
                    add(func, BlockId::ENTRY, Op::SpLow, params, &[Type::I32])[0]
                },
                at,
            );
            let by_low = lowered(env, isa, 0, &by_low);
            for number in NUMBERS {
                let expected = base + u64::from(number) + u64::from(offset);
                assert!(expected + 16 <= base + layout::MEMORY_RESERVE);
                let other = sp(env, 0x99);
                assert_eq!(loaded_from(&by_index, &[number.into(), other]), expected);
                assert_eq!(loaded_from(&by_low, &[0x99, sp(env, number)]), expected);
            }
        }
    });
}

#[test]
fn an_access_in_a_frame_goes_to_base_plus_sp_plus_slot() {
    let least = -i32::try_from(layout::GUARD_BELOW).unwrap();
    let most = i32::try_from(layout::MAX_UNCHECKED_OFFSET).unwrap();
    everywhere(WITH_SP, |env, isa| {
        let base = layout::memory_base(env.target, 0);
        for slot in [least, -8, 0, 8, most] {
            let at = Addr::Frame { slot };
            let clif = lowered(env, isa, 0, &load(|_, params| params[1], at));
            for number in NUMBERS {
                let expected = (base + u64::from(number)).wrapping_add_signed(slot.into());
                let host = loaded_from(&clif, &[0x99, sp(env, number)]);
                assert_eq!(host, expected);
                assert!(host >= base - layout::GUARD_BELOW);
                assert!(host + 16 <= base + layout::MEMORY_RESERVE);
            }
        }
    });
}

fn lower_slot(slot: i32) {
    everywhere(WITH_SP, |env, isa| {
        lowered(env, isa, 0, &load(|_, p| p[1], Addr::Frame { slot }));
    });
}

#[test]
#[should_panic = "BUG: a slot outside of memory's reserve"]
fn a_slot_below_the_guard_is_refused() {
    lower_slot(-i32::try_from(layout::GUARD_BELOW).unwrap() - 1);
}

#[test]
#[should_panic = "BUG: a slot outside of memory's reserve"]
fn a_slot_above_the_reserve_is_refused() {
    lower_slot(i32::try_from(layout::MAX_UNCHECKED_OFFSET).unwrap() + 1);
}

/// Values of SP wrap around 2^32 and keep their upper half, also where an i32 becomes one.
#[test]
fn a_value_of_sp_is_32_bits_in_the_form_of_an_address() {
    everywhere(WITH_SP, |env, isa| {
        for constant in [-40, 40, i32::MIN, i32::MAX] {
            let (mut func, params) = begun(&[Type::I32, Type::Sp], &[Type::I32, Type::Sp]);
            func.sp = Some(crate::ir::Variable(1));
            let entry = BlockId::ENTRY;
            let from = add(&mut func, entry, Op::SpFrom, &params[..1], &[Type::Sp]);
            let sum = add(&mut func, entry, Op::SpAdd(constant), &from, &[Type::Sp]);
            let low = add(&mut func, entry, Op::SpLow, &sum, &[Type::I32]);
            end(&mut func, entry, Terminator::Return(vec![low[0], sum[0]]));
            let clif = lowered(env, isa, 0, &func);
            let block = clif.layout.entry_block().unwrap();
            let returned = clif.dfg.inst_args(clif.layout.last_inst(block).unwrap());
            for number in NUMBERS {
                let expected = number.wrapping_add_signed(constant);
                let params = [u64::from(number), sp(env, 0x99)];
                assert_eq!(evaluate(&clif, &params, returned[0]), u64::from(expected));
                assert_eq!(evaluate(&clif, &params, returned[1]), sp(env, expected));
            }
        }
    });
}

/// How often CLIF has memory 0's base as a constant.
fn constant_bases(env: &Env<'_, '_>, clif: &Function) -> usize {
    let base = layout::memory_base(env.target, 0).cast_signed();
    let blocks = clif.layout.blocks();
    let insts = blocks.flat_map(|block| clif.layout.block_insts(block));
    let is_base = |&inst: &ir::Inst| match clif.dfg.insts[inst] {
        InstructionData::UnaryImm { imm, .. } => imm.bits() == base,
        _ => false,
    };
    insts.filter(is_base).count()
}

/// On aarch64 the base comes out of a value of SP, also in a block that has none of its own.
#[test]
fn the_base_is_a_constant_only_where_that_costs_nothing() {
    everywhere(WITH_SP, |env, isa| {
        let at = Addr::Linear {
            memory: 0,
            offset: 0,
        };
        let mut func = load(|_, params| params[0], at);
        let next = func.new_block(origin(9));
        let insts = std::mem::take(&mut func.block_mut(BlockId::ENTRY).insts);
        let returns = func.block(BlockId::ENTRY).terminator.clone();
        func.block_mut(next).insts = insts;
        end(&mut func, next, returns);
        end(&mut func, BlockId::ENTRY, Terminator::Jump(Edge::to(next)));
        let clif = lowered(env, isa, 0, &func);
        let expected = usize::from(env.target.arch() == Arch::X86_64);
        assert_eq!(constant_bases(env, &clif), expected, "{clif}");
        assert_eq!(
            loaded_from(&clif, &[7, sp(env, 0x99)]),
            layout::memory_base(env.target, 0) + 7
        );
    });
}
