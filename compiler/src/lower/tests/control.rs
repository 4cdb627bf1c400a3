//! Terminators, calls that pass SP, kept variables, and functions that the compiler makes.

use super::*;
use crate::ir::{ByteLoop, Callee, Const, Edge, Variable};
use crate::lower::{lower_entry, lower_import_thunk, lower_trap};
use crate::trap;
use cranelift_codegen::ir::Opcode;
use wasi_aot_contract::module::TrapKind;

/// Functions pass SP. Type 0 takes an i32 and gives one; type 1 is that of a loop over bytes.
const WITH_SP: &str = r#"(module (type (func (param i32) (result i32)))
    (type (func (param i32 i32 i32) (result i32))) (type $nothing (func))
    (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
    (memory 1) (global (mut i32) (i32.const 4096)) (table 1 funcref)
    (elem (i32.const 0) func $main)
    (func $main (export "_start"))
    (func (type 0) (call_indirect (type 0) (i32.const 1) (i32.const 0)))
    (start $main))"#;

const RESULTS: [Type; 2] = [Type::I32, Type::Sp];

fn with_sp(params: &[Type]) -> (Func, Vec<Value>) {
    let (mut func, values) = begun(params, &RESULTS);
    func.variables = params.to_vec();
    func.sp = Some(Variable::new(params.len() - 1));
    (func, values)
}

/// A block that returns its parameters.
fn returning(func: &mut Func) -> BlockId {
    let block = func.new_block(origin(9));
    let params = RESULTS.map(|ty| func.new_param(block, ty));
    end(func, block, Terminator::Return(params.to_vec()));
    block
}

fn edge(target: BlockId, args: &[Value]) -> Edge {
    let args = args.to_vec();
    Edge { target, args }
}

fn opcodes(clif: &Function) -> Vec<Opcode> {
    let blocks = clif.layout.blocks();
    let insts = blocks.flat_map(|block| clif.layout.block_insts(block));
    insts.map(|inst| clif.dfg.insts[inst].opcode()).collect()
}

fn count(clif: &Function, opcode: Opcode) -> usize {
    opcodes(clif).into_iter().filter(|&o| o == opcode).count()
}

#[test]
fn edges_carry_values() {
    everywhere(WITH_SP, |env, isa| {
        let (mut func, params) = with_sp(&RESULTS);
        let constant = Op::Const(Const::I32(5));
        let five = add(&mut func, BlockId::ENTRY, constant, &[], &[Type::I32])[0];
        let target = returning(&mut func);
        func.block_mut(target).cold = true;
        let (condition, sp) = (params[0], params[1]);
        let branch = Terminator::Branch {
            condition,
            then: edge(target, &[five, sp]),
            otherwise: edge(target, &[condition, sp]),
        };
        end(&mut func, BlockId::ENTRY, branch);
        let clif = lowered(env, isa, 0, &func);
        assert_eq!(clif.layout.blocks().count(), 2, "{clif}");
        let cold = clif.layout.blocks().filter(|&b| clif.layout.is_cold(b));
        assert_eq!(cold.count(), 1, "{clif}");
    });
}

/// Equal edges of a table share the block that moves what the edges carry.
#[test]
fn tables_carry_values_once_for_equal_edges() {
    everywhere(WITH_SP, |env, isa| {
        let (mut func, params) = with_sp(&RESULTS);
        let constant = Op::Const(Const::I32(5));
        let five = add(&mut func, BlockId::ENTRY, constant, &[], &[Type::I32])[0];
        let target = returning(&mut func);
        let (index, sp) = (params[0], params[1]);
        let table = Terminator::Table {
            index,
            targets: vec![edge(target, &[five, sp]); 20],
            default: edge(target, &[index, sp]),
        };
        end(&mut func, BlockId::ENTRY, table);
        let clif = lowered(env, isa, 0, &func);
        // The entry, the block of the twenty edges, and the target.
        assert_eq!(clif.layout.blocks().count(), 3, "{clif}");
        assert_eq!(count(&clif, Opcode::Jump), 1);
    });
}

#[test]
fn switches_carry_values() {
    everywhere(WITH_SP, |env, isa| {
        let (mut func, params) = with_sp(&RESULTS);
        let constant = Op::Const(Const::I32(5));
        let five = add(&mut func, BlockId::ENTRY, constant, &[], &[Type::I32])[0];
        let (target, plain) = (returning(&mut func), func.new_block(origin(9)));
        let (value, sp) = (params[0], params[1]);
        let cases = [3, 900, 70_000];
        let switch = Terminator::Switch {
            value,
            cases: cases.map(|n| (n, edge(target, &[five, sp]))).to_vec(),
            default: edge(plain, &[]),
        };
        end(&mut func, BlockId::ENTRY, switch);
        end(&mut func, plain, Terminator::Trap(TrapKind::Unreachable));
        let clif = lowered(env, isa, 0, &func);
        let compared = opcodes(&clif).into_iter().filter(|o| *o == Opcode::Icmp);
        assert!(compared.count() >= cases.len(), "{clif}");
    });
}

/// Also where instructions stand before the loop and its edge carries values.
#[test]
fn byte_loops_return_or_go_on() {
    everywhere(WITH_SP, |env, isa| {
        for (kind, symbols) in [(ByteLoop::Compare, 1), (ByteLoop::Find, 1)] {
            let types = [Type::I32, Type::I32, Type::I32, Type::Sp];
            let (mut func, params) = with_sp(&types);
            let constant = Op::Const(Const::I32(5));
            let five = add(&mut func, BlockId::ENTRY, constant, &[], &[Type::I32])[0];
            let body = returning(&mut func);
            let byte_loop = Terminator::ByteLoop {
                kind,
                args: [params[0], params[1], params[2]],
                sp: Some(params[3]),
                otherwise: edge(body, &[five, params[3]]),
            };
            end(&mut func, BlockId::ENTRY, byte_loop);
            let clif = lowered(env, isa, 1, &func);
            assert_eq!(count(&clif, Opcode::Call), symbols, "{clif}");
            assert_eq!(count(&clif, Opcode::Return), 2, "{clif}");
        }
    });
}

/// Calls of functions of the module pass SP and return SP; calls of imports do neither.
#[test]
fn calls_pass_sp() {
    everywhere(WITH_SP, |env, isa| {
        let element = Callee::Element {
            type_index: 0,
            table: 0,
            gives_way: false,
        };
        let (mut func, params) = with_sp(&RESULTS);
        let entry = BlockId::ENTRY;
        let (import, direct) = (Callee::Function(0), Callee::Function(2));
        let one = add(&mut func, entry, Op::Call(import, None), &[], &RESULTS[..1]);
        let args = [one[0], params[1]];
        let two = add(&mut func, entry, Op::Call(direct, None), &args, &RESULTS);
        let args = [two[0], params[0], two[1]];
        let three = add(&mut func, entry, Op::Call(element, None), &args, &RESULTS);
        end(&mut func, entry, Terminator::Return(three.clone()));
        let clif = lowered(env, isa, 0, &func);
        assert_eq!(count(&clif, Opcode::Call), 2);
        assert_eq!(count(&clif, Opcode::CallIndirect), 1);
        for (callee, args, opcode) in [
            (direct, three.clone(), Opcode::ReturnCall),
            (
                element,
                vec![three[0], params[0], three[1]],
                Opcode::ReturnCallIndirect,
            ),
        ] {
            end(&mut func, entry, Terminator::TailCall(callee, args));
            let clif = lowered(env, isa, 0, &func);
            assert_eq!(count(&clif, opcode), 1, "{clif}");
        }
    });
}

/// Each variable that is named, and no other, has a place in the frame with a first value.
#[test]
fn kept_variables_are_in_the_frame() {
    everywhere(WITH_SP, |env, isa| {
        let (mut func, params) = with_sp(&RESULTS);
        func.variables.extend([Type::V128, Type::I64, Type::Ref]);
        let (entry, sp) = (BlockId::ENTRY, Variable(1));
        let vector = Variable(2);
        let got = add(&mut func, entry, Op::Get(vector), &[], &[Type::V128]);
        add(&mut func, entry, Op::Set(vector), &got, &[]);
        let got = add(&mut func, entry, Op::Get(sp), &[], &[Type::Sp]);
        let returned = Terminator::Return(vec![params[0], got[0]]);
        end(&mut func, entry, returned);
        let clif = lowered(env, isa, 0, &func);
        assert_eq!(clif.sized_stack_slots.len(), 2, "{clif}");
        // The two first values, and what is set.
        let stores = opcodes(&clif);
        let stores = stores.iter().filter(|o| o.can_store()).count();
        assert_eq!(stores, 3, "{clif}");
    });
}

#[test]
#[should_panic = "BUG: SP begins with a parameter"]
fn no_variable_of_sp_begins_with_zero() {
    everywhere(WITH_SP, |env, isa| {
        let (mut func, params) = with_sp(&RESULTS);
        func.variables.push(Type::Sp);
        let got = Op::Get(Variable(2));
        let got = add(&mut func, BlockId::ENTRY, got, &[], &[Type::Sp]);
        let returned = Terminator::Return(vec![params[0], got[0]]);
        end(&mut func, BlockId::ENTRY, returned);
        lowered(env, isa, 0, &func);
    });
}

#[test]
fn functions_that_the_compiler_makes_are_valid() {
    everywhere(WITH_SP, |env, isa| {
        let mut context = FunctionBuilderContext::new();
        let mut clif = Function::new();
        lower_entry(env, 1, &mut clif, &mut context);
        verify(isa, &clif);
        // The start function and `_start`, one after the other, and SP from one to the other.
        assert_eq!(count(&clif, Opcode::Call), 2, "{clif}");
        let mut clif = Function::new();
        lower_import_thunk(env, 0, &mut clif, &mut context);
        verify(isa, &clif);
        assert_eq!(clif.signature.params.len(), 1, "{clif}");
        assert_eq!(clif.signature.returns.len(), 2, "{clif}");
        let mut clif = Function::new();
        lower_trap(env, trap::BAD_SIGNATURE, &mut clif, &mut context);
        verify(isa, &clif);
    });
}
