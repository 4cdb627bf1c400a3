//! Each rule, broken.

use super::super::op::{Bytes, Const, Op};
use super::super::tests::VALID;
use super::super::{BlockId, Def, Edge, Func, InstId, Origin, Terminator, Type, Value, parse};
use super::{verify, verify_in};
use crate::module;

/// Asserts that each change of a valid function breaks a rule.
#[track_caller]
fn breaks(valid: &str, changes: &[(&str, &str, &str)]) {
    assert_eq!(verify(&parse(valid).unwrap()), Ok(()));
    for (from, to, why) in changes {
        let text = valid.replacen(from, to, 1);
        assert_ne!(text, valid, "{from}");
        let found = verify(&parse(&text).unwrap()).expect_err(to);
        assert!(found.contains(why), "{to}: {found}");
    }
}

/// A push without its store, and with one elsewhere.
#[test]
fn a_push_goes_to_where_the_block_has_stored() {
    let push = "b1():
  v5: i64 = i64.const 7
  i64.store v1 v5 frame-8
  v6: sp = sp.push -8 v1
  v3: i32 = sp.low v6";
    let valid = VALID.replace("b1():\n  v3: i32 = i32.load v1 frame-8", push);
    let why = "v6 is pushed, and nothing was stored there";
    breaks(
        &valid,
        &[
            ("  i64.store v1 v5 frame-8\n", "", why),
            ("i64.store v1 v5 frame-8", "i64.store v1 v5 frame-16", why),
            ("sp.push -8", "sp.push -16", why),
        ],
    );
}

#[test]
fn a_value_has_one_definition_before_its_uses() {
    breaks(
        VALID,
        &[
            (
                "return v4",
                "return v3",
                "b2: v3 is used before its definition",
            ),
            ("branch v0", "branch v9", "b0: v9 has no definition"),
            (
                "v3: i32 = i32.load v1",
                "v2: i32 = i32.load v1",
                "v2 is defined in b0, elsewhere by its data",
            ),
            (
                "b2(v4: i32)",
                "b2(v2: i32)",
                "v2 is defined in b0, elsewhere by its data",
            ),
            (
                "v2: i32 = i32.const 1",
                "v2: i32 = i32.clz v2",
                "v2 is used before its definition",
            ),
            // In a block that not every way goes through.
            (
                "return v4",
                "v5: i32 = i32.clz v3\n  return v5",
                "v3 is used before",
            ),
        ],
    );
}

#[test]
fn edges_carry_what_their_targets_take() {
    breaks(
        VALID,
        &[
            (
                "jump b2(v3)",
                "jump b2",
                "b1: edge to b2: [] instead of [I32]",
            ),
            (
                "jump b2(v3)",
                "jump b2(v1)",
                "b1: edge to b2: [Sp] instead of [I32]",
            ),
            (
                "b2(v2)",
                "b2(v2, v2)",
                "b0: edge to b2: [I32, I32] instead of [I32]",
            ),
            (
                "b1 b2(v2)",
                "b1(v2) b2(v2)",
                "b0: edge to b1: [I32] instead of []",
            ),
            (
                "jump b2(v3)",
                "jump b0(v3, v1)",
                "b1: an edge leads to the entry",
            ),
            (
                "branch v0 b1 b2(v2)",
                "table v0 [b2] b1",
                "b0: edge to b2: [] instead of [I32]",
            ),
            (
                "branch v0 b1 b2(v2)",
                "switch v0 [1:b2] b1",
                "b0: edge to b2: [] instead of [I32]",
            ),
        ],
    );
}

#[test]
fn terminators_have_operands_of_their_types() {
    breaks(
        VALID,
        &[
            (
                "return v4 v1",
                "return v4",
                "b2: [I32] instead of [I32, Sp]",
            ),
            (
                "return v4 v1",
                "return v1 v4",
                "b2: [Sp, I32] instead of [I32, Sp]",
            ),
            ("branch v0", "branch v1", "b0: [Sp] instead of [I32]"),
            (
                "branch v0 b1 b2(v2)",
                "table v1 [b1] b1",
                "b0: [Sp] instead of [I32]",
            ),
            (
                "branch v0 b1 b2(v2)",
                "switch v1 [] b1",
                "b0: [Sp] instead of [I32]",
            ),
            (
                "branch v0 b1 b2(v2)",
                "switch v0 [2:b1 1:b1] b1",
                "b0: cases that don't ascend",
            ),
            (
                "branch v0 b1 b2(v2)",
                "switch v0 [1:b1 1:b1] b1",
                "b0: cases that don't ascend",
            ),
        ],
    );
}

#[test]
fn a_byte_loop_has_the_types_of_its_kind() {
    breaks(
        "function (i64, i64, i64, sp) -> (i64, sp)
variables i64 i64 i64 sp, sp is x3
b0(v0: i64, v1: i64, v2: i64, v3: sp):
  byte_loop Equal v0 v1 v2 v3 b1
b1():
  v4: i32 = i32.const 7
  trap Unreachable
",
        &[
            (
                "Equal",
                "Compare",
                "[I64, I64, I64] instead of [I32, I32, I32]",
            ),
            (
                "v0 v1 v2 v3",
                "v0 v1 v2",
                "returns [I64] instead of [I64, Sp]",
            ),
            (
                "v0 v1 v2 v3",
                "v0 v1 v2 v0",
                "returns [I64, I64] instead of [I64, Sp]",
            ),
            ("v0 v1 v2 v3", "v4 v1 v2 v3", "b0: v4 is used before"),
        ],
    );
}

#[test]
fn operations_have_operands_and_results_of_their_types() {
    breaks(
        VALID,
        &[
            ("load v1 frame-8", "load v1 +8", "instead of [I32]"),
            ("load v1 frame-8", "load v0 frame-8", "instead of [Sp]"),
            (
                "v3: i32 = i32.load",
                "v3: i64 = i32.load",
                "results [I64] instead of [I32]",
            ),
            (
                "i32.load v1 frame-8",
                "i32.load v1 v0 frame-8",
                "instead of [Sp]",
            ),
            (
                "  jump",
                "  v5: i32, v6: i32 = i32.clz v0\n  jump",
                "results [I32, I32]",
            ),
            (
                "  jump",
                "  i32.clz v0\n  jump",
                "results [] instead of [I32]",
            ),
            (
                "  jump",
                "  i32.store v0 v1 +0\n  jump",
                "[I32, Sp] instead of [I32, I32]",
            ),
            ("  jump", "  global.set 0\n  jump", "no operand"),
            (
                "  jump",
                "  global.set 0 v0 v0\n  jump",
                "[I32, I32] instead of [I32]",
            ),
            ("  jump", "  global.get 0\n  jump", "no result"),
            (
                "  jump",
                "  v5: i64 = select.i64 v0 v0 v0\n  jump",
                "instead of [I64, I64, I32]",
            ),
            (
                "v2: i32 = i32.const 1",
                "v2: i32 = get x7",
                "there is no x7",
            ),
            (
                "v2: i32 = i32.const 1",
                "v2: i32 = get x1",
                "results [I32] instead of [Sp]",
            ),
            ("  jump", "  set x1 v0\n  jump", "[I32] instead of [Sp]"),
        ],
    );
}

#[test]
fn what_stands_beside_an_operation_is_in_range() {
    let vector = "function (v128) -> (v128)
variables v128
bytes 000102030405060708090a0b0c0d0e1f
b0(v0: v128):
  v1: v128 = v128.const bytes0
  v2: v128 = i8x16.shuffle bytes0 v0 v1
  v3: i32 = i8x16.extract_lane_u 15 v2
  v4: v128 = i64x2.replace_lane 1 v2 v5
  v6: v128 = v128.load32_lane 3 v3 v4 +0
  v128.store64_lane 1 v3 v6 +0
  copy_short 128 v3 v3 +0 +0
  fill_short 1 0 v3 +0
  return v6
";
    let vector = vector.replace("  v4:", "  v5: i64 = i64.const 0\n  v4:");
    breaks(
        &vector,
        &[
            (
                "v128.const bytes0",
                "v128.const bytes1",
                "there is no bytes1",
            ),
            ("shuffle bytes0", "shuffle bytes1", "there is no bytes1"),
            ("0e1f", "0e20", "a lane that two vectors don't have"),
            ("extract_lane_u 15", "extract_lane_u 16", "lane 16 of 16"),
            (
                "i64x2.replace_lane 1",
                "i64x2.replace_lane 2",
                "lane 2 of 2",
            ),
            ("load32_lane 3", "load32_lane 4", "lane 4 of 4"),
            ("store64_lane 1", "store64_lane 2", "lane 2 of 2"),
            ("copy_short 128", "copy_short 129", "129 bytes aren't few"),
            ("fill_short 1", "fill_short 0", "0 bytes aren't few"),
        ],
    );
}

#[test]
fn a_slot_lies_inside_the_reserve() {
    let slot = |slot: &str| verify(&parse(&VALID.replace("frame-8", slot)).unwrap());
    assert_eq!(slot("frame-65536"), Ok(()));
    assert_eq!(slot("frame+1073741824"), Ok(()));
    for outside in ["frame-65537", "frame+1073741825"] {
        let found = slot(outside).unwrap_err();
        assert!(found.contains("is outside of the reserve"), "{found}");
    }
}

#[test]
fn sp_is_the_last_parameter_the_last_result_and_a_variable() {
    let first = "SP isn't the last parameter, the last result and a variable";
    breaks(
        VALID,
        &[
            ("sp is x1", "sp is x0", first),
            ("sp is x1", "sp is x2", first),
            ("-> (i32, sp)", "-> (sp, i32)", first),
            ("b0(v0: i32, v1: sp)", "b0(v1: sp, v0: i32)", first),
            (", sp is x1", "", "a second SP"),
            ("variables i32 sp", "variables i32 sp sp", "a second SP"),
            (
                "(v0: i32, v1: sp)",
                "(v0: i32, v5: sp, v1: sp)",
                "a second SP",
            ),
            (
                "variables i32 sp",
                "variables i64 sp",
                "parameters [I32] that aren't the first",
            ),
            (
                "(v0: i32, v1: sp)",
                "(v0: i32, v5: i64, v1: sp)",
                "parameters [I32, I64] that",
            ),
        ],
    );
}

/// Calls with all that a call may have.
const CALLS: &str = "function (i32, sp) -> (i32, sp)
variables i32 sp, sp is x1
b0(v0: i32, v1: sp):
  v2: i32, v3: sp = call 1 go 3 v0 v1
  v4: i32, v5: sp = call_indirect_gives_way 0 0 go 4 v2 v0 v3
  v6: i32 = call 0 v4
  branch v6 b1 b2
b1():
  return_call 1 v6 v5
b2():
  return_call_indirect 0 0 v6 v0 v5
";

#[test]
fn calls_pass_sp_and_an_index() {
    let sp = super::call::SP;
    let index = "a call through a table without an index";
    breaks(
        CALLS,
        &[
            (
                "v2: i32, v3: sp = call 1 go 3 v0 v1",
                "v2: i32, v3: sp = call 1 go 3 v0",
                sp,
            ),
            ("go 4 v2 v0 v3", "go 4 v2 v0", sp),
            ("go 3 v0 v1", "go 3 v1 v1", sp),
            ("call 0 v4", "call 0 v5", sp),
            ("go 4 v2 v0 v3", "go 4 v3", index),
            ("return_call 1 v6 v5", "return_call 1 v6", sp),
            ("return_call 1 v6 v5", "return_call 1 v5 v5", sp),
            (
                "return_call_indirect 0 0 v6 v0 v5",
                "return_call_indirect 0 0 v5",
                index,
            ),
            (
                "gives_way 0 0",
                "gives_way 1 0",
                "table 1 has no entries that give way",
            ),
        ],
    );
    // An indirect callee is a function of the module, which takes SP.
    let without = CALLS.replace("v4: i32, v5: sp =", "v4: i32 =");
    let without = without
        .replace("go 4 v2 v0 v3", "go 4 v2 v0")
        .replace("v5", "v3");
    assert!(verify(&parse(&without).unwrap()).unwrap_err().contains(sp));
}

#[test]
fn a_call_of_gos_has_the_type_of_gos_functions() {
    let why = "a call of Go's to a function of another type";
    breaks(
        CALLS,
        &[
            ("go 3 v0 v1", "go 3 v0 v0 v1", why),
            ("go 3 v0 v1", "go 3 v1", why),
            ("go 4 v2 v0 v3", "go 4 v0 v3", why),
        ],
    );
}

#[test]
fn only_the_beginning_leads_to_the_dispatch() {
    let valid = "function (i32) -> (i32)
variables i32, dispatch b1
b0(v0: i32):
  jump b1
b1():
  v1: i32 = get x0
  table v1 [b2] b3
b2():
  jump b3
b3():
  return v1
";
    breaks(
        valid,
        &[
            ("jump b3", "jump b1", "b2 leads to the dispatch"),
            ("dispatch b1", "dispatch b4", "there is no dispatch b4"),
            ("dispatch b1", "dispatch b3", "b1 leads to the dispatch"),
        ],
    );
}

#[test]
fn origins_are_everywhere_or_nowhere() {
    let valid = "function (i32) -> (i32)
variables i32
b0(v0: i32):
  v1: i32 = i32.const 0
  v2: i32 = i32.add v0 v1 @10/1
  return v2 @11/1
";
    breaks(
        valid,
        &[
            (" @10/1", "", "b0: Integer(I32Add) has no offset"),
            (" @11/1", "", "b0: the terminator has no offset"),
            (" @10/1", " @10", "b0: Integer(I32Add) has no PC_B"),
            (" @11/1", " @11", "b0: the terminator has no PC_B"),
        ],
    );
}

/// Asserts that something that text can't say breaks a rule.
#[track_caller]
fn broken(change: impl FnOnce(&mut Func), why: &str) {
    let mut func = parse(VALID).unwrap();
    change(&mut func);
    assert_eq!(verify(&func), Err(why.into()));
}

#[test]
fn numbers_of_blocks_values_and_instructions_exist() {
    broken(|func| func.blocks.clear(), "there is no entry");
    let missing = |func: &mut Func| {
        func.block_mut(BlockId(1)).terminator = Terminator::Jump(Edge::to(BlockId(3)));
    };
    broken(missing, "b1: there is no b3");
    let returned = |func: &mut Func| {
        func.block_mut(BlockId(2)).terminator = Terminator::Return(vec![Value(99), Value(1)]);
    };
    broken(returned, "b2: there is no v99");
    let parameter = |func: &mut Func| func.block_mut(BlockId(2)).params[0] = Value(99);
    broken(parameter, "b2: there is no v99");
    let instruction = |func: &mut Func| func.block_mut(BlockId(2)).insts.push(InstId(99));
    broken(instruction, "b2: there is no inst99");
}

#[test]
fn an_instruction_is_in_one_place() {
    let twice = |func: &mut Func| {
        let inst = func.block(BlockId(0)).insts[0];
        func.block_mut(BlockId(2)).insts.push(inst);
    };
    broken(twice, "b2: inst0 is twice");
    // One without result, which no definition tells of.
    let stores = |func: &mut Func| {
        let set = func.new_inst(
            Op::Set(super::super::Variable(0)),
            &[Value(0)],
            &[],
            Origin::NONE,
        );
        func.block_mut(BlockId(0)).insts.extend([set, set]);
    };
    broken(stores, "b0: inst2 is twice");
    let parameter = |func: &mut Func| func.block_mut(BlockId(2)).params.push(Value(4));
    broken(parameter, "v4 is defined in b2, elsewhere by its data");
}

#[test]
fn another_name_is_of_the_same_type_and_leads_to_a_value() {
    let name = |of: u32, other: u32| {
        move |func: &mut Func| func.values[of as usize].def = Def::Alias(Value(other))
    };
    broken(name(2, 1), "v2: I32 is another name for Sp");
    broken(name(2, 2), "v2 is another name for itself");
    broken(name(2, 99), "v2 is another name for nothing");
    let around = |func: &mut Func| {
        func.values[2].def = Def::Alias(Value(0));
        func.values[0].def = Def::Alias(Value(2));
    };
    broken(around, "v0 is another name for itself");
    // The load might trap, and nobody needs it to.
    broken(
        name(3, 0),
        "Load(I32Load, Frame { slot: -8 }) has an effect, and no result of its own",
    );
    let mut func = parse(VALID).unwrap();
    name(2, 0)(&mut func);
    assert_eq!(verify(&func), Ok(()));
}

#[test]
fn constants_in_the_pool_exist() {
    let constant = |func: &mut Func| {
        let op = Op::Const(Const::V128(Bytes(0)));
        func.push(BlockId(2), op, &[], Type::V128, Origin::NONE);
    };
    broken(constant, "b2: Const(V128(Bytes(0))): there is no bytes0");
}

/// A module around [`CALLS`] and [`NAMES`].
const MODULE: &str = r#"(module
  (type $go (func (param i32) (result i32)))
  (type $f (func (param f32)))
  (import "wasi_snapshot_preview1" "fd_close" (func (type $go)))
  (memory 1) (table 1 funcref)
  (global (mut i32) (i32.const 0)) (global i64 (i64.const 0)) (global (mut i64) (i64.const 0))
  (data "x") (elem func 1)
  (func (type $go) unreachable)
  (func (type $f)))"#;

/// Names something of each kind.
const NAMES: &str = "function (i32, sp) -> (i32, sp)
variables i32 sp, sp is x1
b0(v0: i32, v1: sp):
  v2: i64 = global.get 1
  global.set 2 v2
  v3: i32 = memory.grow 0 v0
  i64.store v3 v2 +8
  memory.init 0 0 v0 v0 v0
  data.drop 0
  v4: ref = ref.func 1
  table.set 0 v0 v4
  table.init 0 0 v0 v0 v0
  elem.drop 0
  memory.copy 0 0 v0 v0 v0
  table.copy 0 0 v0 v0 v0
  return v3 v1
";

/// Asserts that each change of a function is valid by itself, and not in its module.
#[track_caller]
fn breaks_in_module(valid: &str, changes: &[(&str, &str, &str)]) {
    let wasm = wat::parse_str(MODULE).unwrap();
    let module = module::parse(&wasm).unwrap();
    assert_eq!(verify_in(&parse(valid).unwrap(), &module, 0), Ok(()));
    for (from, to, why) in changes {
        let text = valid.replacen(from, to, 1);
        assert_ne!(text, valid, "{from}");
        let func = parse(&text).unwrap();
        assert_eq!(verify(&func), Ok(()), "{to}");
        let found = verify_in(&func, &module, 0).expect_err(to);
        assert!(found.contains(why), "{to}: {found}");
    }
}

#[test]
fn calls_have_the_types_of_their_callees() {
    let go = "[I32, Sp] instead of [F32, Sp]";
    breaks_in_module(
        CALLS,
        &[
            ("return_call 1", "return_call 2", go),
            ("call 1 go 3", "call 2", go),
            (
                "gives_way 0 0",
                "gives_way 0 1",
                "[I32, I32, Sp] instead of [F32, I32, Sp]",
            ),
            (
                "return_call_indirect 0 0",
                "return_call_indirect 0 1",
                "instead of [F32, I32, Sp]",
            ),
            (
                "return_call_indirect 0 0",
                "return_call_indirect 0 9",
                "there is no type 9",
            ),
            (
                "return_call_indirect 0 0",
                "return_call_indirect 1 0",
                "there is no table 1",
            ),
            ("call 1 go", "call 9 go", "there is no function 9"),
            // An import gets no SP, and any other function does.
            ("call 1 go", "call 0 go", "[I32, Sp] instead of [I32]"),
            ("call 0 v4", "call 1 v4", "[I32] instead of [I32, Sp]"),
            ("return_call 1", "return_call 0", "a tail call of an import"),
            (
                "v6: i32 = call 0 v4\n",
                "v6: i32, v7: i32 = call 0 v4\n",
                "results [I32, I32]",
            ),
        ],
    );
}

#[test]
fn what_is_named_is_in_the_module() {
    breaks_in_module(
        NAMES,
        &[
            ("global.get 1", "global.get 0", "[I64] instead of [I32]"),
            ("global.get 1", "global.get 3", "there is no global 3"),
            ("global.set 2", "global.set 1", "global 1 is a constant"),
            ("global.set 2", "global.set 0", "[I64] instead of [I32]"),
            ("memory.grow 0", "memory.grow 1", "there is no memory 1"),
            ("v2 +8", "v2 memory1+8", "there is no memory 1"),
            (
                "memory.init 0 0",
                "memory.init 0 1",
                "there is no data segment 1",
            ),
            ("memory.init 0 0", "memory.init 1 0", "there is no memory 1"),
            ("data.drop 0", "data.drop 1", "there is no data segment 1"),
            ("ref.func 1", "ref.func 3", "there is no function 3"),
            ("table.set 0", "table.set 1", "there is no table 1"),
            (
                "table.init 0 0",
                "table.init 0 1",
                "there is no element segment 1",
            ),
            (
                "elem.drop 0",
                "elem.drop 1",
                "there is no element segment 1",
            ),
            ("memory.copy 0 0", "memory.copy 0 1", "there is no memory 1"),
            ("table.copy 0 0", "table.copy 1 0", "there is no table 1"),
        ],
    );
}

#[test]
fn a_function_has_its_own_type() {
    let own = "the function itself:";
    let wide = NAMES.replacen("(v0: i32, v1", "(v0: i32, v5: i64, v1", 1);
    let wide = wide
        .replacen("variables i32", "variables i32 i64", 1)
        .replace("sp is x1", "sp is x2");
    let result = NAMES
        .replacen("-> (i32", "-> (i64", 1)
        .replace("return v3", "return v2");
    let wasm = wat::parse_str(MODULE).unwrap();
    let module = module::parse(&wasm).unwrap();
    for (text, why) in [
        (wide, "[I32, I64, Sp] instead of [I32, Sp]"),
        (result, "results [I64, Sp] instead of [I32, Sp]"),
    ] {
        let func = parse(&text).unwrap();
        assert_eq!(verify(&func), Ok(()));
        assert_eq!(verify_in(&func, &module, 0), Err(format!("{own} {why}")));
    }
}
