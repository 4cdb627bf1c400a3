//! Every operation, each alone in a function.

use super::*;
use crate::ir::op::*;
use crate::ir::{Addr, Callee, Const};
use std::fmt::Write;

/// What operations need: two memories, tables that are written and one that isn't, globals,
/// and segments. The first global is no i32, so functions don't pass SP.
const REST: &str = r#"
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory 1) (memory 1)
    (table $fixed 2 funcref) (table $written 2 9 funcref) (table $other 2 funcref)
    (global (mut i64) (i64.const 0)) (global (mut v128) (v128.const i64x2 0 0))
    (data $data "bytes") (elem $elements func $start)
    (elem (table $fixed) (i32.const 0) func $start)
    (func $start (export "_start")
        (table.set $written (i32.const 0) (ref.func $start))
        (table.set $other (i32.const 0) (ref.func $start))
        (drop (table.grow $written (ref.null func) (i32.const 1)))
        (memory.init $data (i32.const 0) (i32.const 0) (i32.const 0)) (data.drop $data)
        (table.init $written $elements (i32.const 0) (i32.const 0) (i32.const 0))
        (call_indirect $fixed (type $nothing) (i32.const 0)))"#;

/// The type `(func)`, and those of the functions in [`REST`].
const TYPES: &str = "(type $nothing (func)) (type (func (param i32)))";

struct Case {
    op: Op,
    params: Vec<Type>,
    results: Vec<Type>,
}

fn case(op: Op, params: &[Type], results: &[Type]) -> Case {
    let (params, results) = (params.to_vec(), results.to_vec());
    Case {
        op,
        params,
        results,
    }
}

macro_rules! family {
    ($cases:ident, $name:ident, $op:expr, [$($first:expr)?]) => {
        for &op in $name::ALL {
            #[allow(clippy::redundant_closure_call)]
            let whole: Op = $op(op);
            let params: Vec<Type> = [$($first)?].into_iter().chain(op.params().iter().copied()).collect();
            $cases.push(Case { op: whole, params, results: op.result().into_iter().collect() });
        }
    };
}

/// Operations of all families.
fn of_families() -> Vec<Case> {
    let mut cases = Vec::new();
    family!(cases, Integer, Op::Integer, []);
    family!(cases, Compare, Op::Compare, []);
    family!(cases, Float, Op::Float, []);
    family!(cases, Convert, Op::Convert, []);
    family!(cases, Bitwise, Op::Bitwise, []);
    family!(cases, LaneCompare, Op::LaneCompare, []);
    family!(cases, LaneConvert, Op::LaneConvert, []);
    family!(cases, LaneFloat, Op::LaneFloat, []);
    family!(cases, LaneInteger, Op::LaneInteger, []);
    family!(cases, LaneShift, Op::LaneShift, []);
    family!(cases, Product, Op::Product, []);
    family!(cases, Reduce, Op::Reduce, []);
    family!(cases, Relaxed, Op::Relaxed, []);
    family!(cases, Splat, Op::Splat, []);
    family!(cases, Swizzle, Op::Swizzle, []);
    family!(cases, ExtractLane, |op| Op::ExtractLane(op, 1), []);
    family!(cases, ReplaceLane, |op| Op::ReplaceLane(op, 1), []);
    for (memory, offset) in [(0, 8), (1, 8), (0, u32::MAX), (1, u32::MAX)] {
        let at = Addr::Linear { memory, offset };
        family!(cases, Load, |op| Op::Load(op, at), [Type::I32]);
        family!(cases, Store, |op| Op::Store(op, at), [Type::I32]);
        family!(cases, VectorLoad, |op| Op::VectorLoad(op, at), [Type::I32]);
        family!(cases, LoadLane, |op| Op::LoadLane(op, 1, at), [Type::I32]);
        family!(cases, StoreLane, |op| Op::StoreLane(op, 1, at), [Type::I32]);
    }
    cases
}

/// All other operations but those on variables and SP.
fn of_no_family() -> Vec<Case> {
    use Type::{F32, F64, I32, I64, Ref, V128};
    let at = Addr::Linear {
        memory: 0,
        offset: 4,
    };
    let mut cases = vec![
        case(Op::Const(Const::I32(-1)), &[], &[I32]),
        case(Op::Const(Const::I64(-1)), &[], &[I64]),
        case(Op::Const(Const::F32(1)), &[], &[F32]),
        case(Op::Const(Const::F64(1)), &[], &[F64]),
        case(Op::Const(Const::V128(Bytes(0))), &[], &[V128]),
        case(Op::Const(Const::Null), &[], &[Ref]),
        case(Op::ProductHigh, &[I64, I64], &[I64]),
        case(Op::Shuffle(Bytes(0)), &[V128, V128], &[V128]),
        case(Op::MemorySize(1), &[], &[I32]),
        case(Op::MemoryGrow(0), &[I32], &[I32]),
        case(Op::MemoryGrow(1), &[I32], &[I32]),
        case(Op::MemoryCopy { to: 0, from: 1 }, &[I32; 3], &[]),
        case(Op::MemoryFill(0), &[I32; 3], &[]),
        case(Op::DataDrop(0), &[], &[]),
        case(Op::GlobalGet(0), &[], &[I64]),
        case(Op::GlobalSet(1), &[V128], &[]),
        case(Op::TableGet(1), &[I32], &[Ref]),
        case(Op::TableSet(1), &[I32, Ref], &[]),
        case(Op::TableSize(0), &[], &[I32]),
        case(Op::TableSize(1), &[], &[I32]),
        case(Op::TableGrow(1), &[Ref, I32], &[I32]),
        case(Op::TableFill(1), &[I32, Ref, I32], &[]),
        case(Op::TableCopy { to: 1, from: 2 }, &[I32; 3], &[]),
        case(Op::ElemDrop(0), &[], &[]),
        case(Op::RefIsNull, &[Ref], &[I32]),
        case(Op::RefFunc(0), &[], &[Ref]),
        case(Op::RefFunc(1), &[], &[Ref]),
        case(Op::Call(Callee::Function(0), None), &[I32], &[]),
        case(Op::Call(Callee::Function(1), None), &[], &[]),
    ];
    let (memory, segment, table) = (0, 0, 1);
    let init = Op::MemoryInit { memory, segment };
    cases.push(case(init, &[I32; 3], &[]));
    let init = Op::TableInit { table, segment };
    cases.push(case(init, &[I32; 3], &[]));
    for ty in [I32, I64, F32, F64, V128, Ref] {
        cases.push(case(Op::Select(ty), &[ty, ty, I32], &[ty]));
    }
    for bytes in [1, 2, 3, 7, 16, 17, 128] {
        let short = Short { bytes };
        cases.push(case(Op::CopyShort(short, at, at), &[I32; 2], &[]));
        cases.push(case(Op::FillShort(short, 7, at), &[I32], &[]));
    }
    for (table, gives_way) in [(0, false), (0, true), (1, false)] {
        let callee = Callee::Element {
            type_index: 0,
            table,
            gives_way,
        };
        cases.push(case(Op::Call(callee, None), &[I32], &[]));
    }
    cases
}

/// A module in which the type of case `i` is `first + i`, and `first`.
fn module(cases: &[Case]) -> (String, u32) {
    let mut text = format!("(module {TYPES}");
    let name = |&ty: &Type| match ty {
        Type::I32 => "i32",
        Type::I64 => "i64",
        Type::F32 => "f32",
        Type::F64 => "f64",
        Type::V128 => "v128",
        Type::Ref => "funcref",
        Type::Sp => panic!("no type of wasm's"),
    };
    for case in cases {
        let params: Vec<_> = case.params.iter().map(name).collect();
        let results: Vec<_> = case.results.iter().map(name).collect();
        let (params, results) = (params.join(" "), results.join(" "));
        write!(text, "(type (func (param {params}) (result {results})))").unwrap();
    }
    (format!("{text}{REST})"), 2)
}

/// So every operation takes its operands, and gives results of its types. So does every CLIF
/// instruction have the origin of its operation or of the terminator.
#[test]
fn every_operation_is_valid_clif_with_its_origin() {
    let mut cases = of_families();
    cases.extend(of_no_family());
    let (text, first) = module(&cases);
    everywhere(&text, |env, isa| {
        for (i, case) in (first..).zip(&cases) {
            let (mut func, params) = begun(&case.params, &case.results);
            func.new_bytes([3; 16]);
            let results = add(&mut func, BlockId::ENTRY, case.op, &params, &case.results);
            end(&mut func, BlockId::ENTRY, Terminator::Return(results));
            let clif = lowered(env, isa, i, &func);
            let mut of_operation = 0;
            for block in clif.layout.blocks() {
                for inst in clif.layout.block_insts(block) {
                    let at = clif.srcloc(inst).bits();
                    let returns = clif.dfg.insts[inst].opcode().is_return();
                    let expected = START + if returns { 9 } else { 1 };
                    assert_eq!(at, expected, "{:?}: {inst}\n{clif}", case.op);
                    of_operation += usize::from(!returns);
                }
            }
            assert!(of_operation > 0, "{:?} does nothing", case.op);
        }
    });
}
