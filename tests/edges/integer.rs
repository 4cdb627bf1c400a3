//! Are integer operators, and conversions of floats to integers, right at their limits? Each
//! with constant operands and with operands that are read from memory.

use harness::agree::{self, Program};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

const OVERFLOW: &str = "integer overflow";
const BY_ZERO: &str = "integer divide by zero";
const INVALID: &str = "invalid conversion to integer";

const MIN32: i64 = i32::MIN as i64;
const MIN64: i64 = i64::MIN;

/// (operator, operands, bits of the result).
const BINARY: &[(&str, [i64; 2], u64)] = &[
    ("i32.rem_s", [MIN32, -1], 0),
    ("i64.rem_s", [MIN64, -1], 0),
    ("i32.rem_s", [-7, 4], 0xffff_fffd),
    ("i32.rem_s", [7, -4], 3),
    ("i64.rem_s", [-7, 4], (-3i64) as u64),
    ("i32.div_s", [MIN32, 1], 0x8000_0000),
    ("i32.div_s", [-7, 2], 0xffff_fffd),
    ("i64.div_s", [-7, 2], (-3i64) as u64),
    ("i32.div_u", [MIN32, -1], 0),
    ("i64.div_u", [MIN64, -1], 0),
    ("i32.div_u", [-1, MIN32], 1),
    ("i64.rem_u", [-1, MIN64], i64::MAX as u64),
    ("i32.shl", [1, 32], 1),
    ("i32.shl", [1, 63], 0x8000_0000),
    ("i32.shl", [3, -1], 0x8000_0000),
    ("i32.shr_s", [MIN32, 31], 0xffff_ffff),
    ("i32.shr_s", [MIN32, 33], 0xc000_0000),
    ("i32.shr_u", [MIN32, 95], 1),
    ("i32.rotl", [MIN32 + 1, 33], 3),
    ("i32.rotr", [1, 33], 0x8000_0000),
    ("i32.rotr", [0x1234_5678, 0], 0x1234_5678),
    ("i64.shl", [1, 64], 1),
    ("i64.shl", [1, -1], 1 << 63),
    ("i64.shr_s", [MIN64, 127], u64::MAX),
    ("i64.shr_u", [-1, 65], u64::MAX >> 1),
    ("i64.rotl", [MIN64 + 1, 65], 3),
    ("i64.rotr", [1, 65], 1 << 63),
    ("i32.mul", [0x1_0001, 0x1_0001], 0x0002_0001),
    ("i64.mul", [MIN64, -1], 1 << 63),
    ("i32.sub", [MIN32, 1], 0x7fff_ffff),
];

const UNARY: &[(&str, i64, u64)] = &[
    ("i32.clz", 0, 32),
    ("i32.ctz", 0, 32),
    ("i32.popcnt", 0, 0),
    ("i32.clz", 1, 31),
    ("i32.ctz", MIN32, 31),
    ("i32.popcnt", -1, 32),
    ("i64.clz", 0, 64),
    ("i64.ctz", 0, 64),
    ("i64.popcnt", 0, 0),
    ("i64.clz", 0xffff_ffff, 32),
    ("i64.ctz", 1 << 32, 32),
    ("i64.popcnt", -1, 64),
    ("i32.extend8_s", 0x80, 0xffff_ff80),
    ("i32.extend16_s", 0xffff_8000, 0xffff_8000),
    ("i64.extend8_s", 0x17f, 0x7f),
    ("i64.extend32_s", 0x8000_0000, 0xffff_ffff_8000_0000),
];

const TRAPPING: &[(&str, [i64; 2], &str)] = &[
    ("i32.div_s", [MIN32, -1], OVERFLOW),
    ("i64.div_s", [MIN64, -1], OVERFLOW),
    ("i32.div_s", [MIN32, 0], BY_ZERO),
    ("i64.div_s", [0, 0], BY_ZERO),
    ("i32.div_u", [0, 0], BY_ZERO),
    ("i64.div_u", [-1, 0], BY_ZERO),
    ("i32.rem_s", [MIN32, 0], BY_ZERO),
    ("i64.rem_s", [MIN64, 0], BY_ZERO),
    ("i32.rem_u", [1, 0], BY_ZERO),
    ("i64.rem_u", [1, 0], BY_ZERO),
];

/// (operator, bits of the operand, bits of the result): the last numbers that don't trap.
const TRUNCATED: &[(&str, u64, u64)] = &[
    // 2^31 - 128 and -2^31.
    ("i32.trunc_f32_s", 0x4eff_ffff, 0x7fff_ff80),
    ("i32.trunc_f32_s", 0xcf00_0000, 0x8000_0000),
    // The float below 2^32, and the one above -1.
    ("i32.trunc_f32_u", 0x4f7f_ffff, 0xffff_ff00),
    ("i32.trunc_f32_u", 0xbf7f_ffff, 0),
    // The doubles next to 2^31 and to -2^31 - 1.
    ("i32.trunc_f64_s", 0x41df_ffff_ffff_ffff, 0x7fff_ffff),
    ("i32.trunc_f64_s", 0xc1e0_0000_001f_ffff, 0x8000_0000),
    ("i32.trunc_f64_u", 0x41ef_ffff_ffff_ffff, 0xffff_ffff),
    ("i32.trunc_f64_u", 0xbfef_ffff_ffff_ffff, 0),
    ("i64.trunc_f32_s", 0x5eff_ffff, 0x7fff_ff80_0000_0000),
    ("i64.trunc_f32_s", 0xdf00_0000, 1 << 63),
    ("i64.trunc_f32_u", 0x5f7f_ffff, 0xffff_ff00_0000_0000),
    (
        "i64.trunc_f64_s",
        0x43df_ffff_ffff_ffff,
        0x7fff_ffff_ffff_fc00,
    ),
    ("i64.trunc_f64_s", 0xc3e0_0000_0000_0000, 1 << 63),
    (
        "i64.trunc_f64_u",
        0x43ef_ffff_ffff_ffff,
        0xffff_ffff_ffff_f800,
    ),
    ("i64.trunc_f64_u", 0xbfef_ffff_ffff_ffff, 0),
    ("i64.trunc_f64_u", 0x8000_0000_0000_0000, 0),
];

/// (operator, bits of the operand, trap, result of `trunc_sat`): the first numbers that
/// trap.
const NOT_TRUNCATED: &[(&str, u64, &str, u64)] = &[
    ("i32.trunc_f32_s", 0x4f00_0000, OVERFLOW, 0x7fff_ffff),
    ("i32.trunc_f32_s", 0xcf00_0001, OVERFLOW, 0x8000_0000),
    ("i32.trunc_f32_u", 0x4f80_0000, OVERFLOW, 0xffff_ffff),
    ("i32.trunc_f32_u", 0xbf80_0000, OVERFLOW, 0),
    (
        "i32.trunc_f64_s",
        0x41e0_0000_0000_0000,
        OVERFLOW,
        0x7fff_ffff,
    ),
    (
        "i32.trunc_f64_s",
        0xc1e0_0000_0020_0000,
        OVERFLOW,
        0x8000_0000,
    ),
    (
        "i32.trunc_f64_u",
        0x41f0_0000_0000_0000,
        OVERFLOW,
        0xffff_ffff,
    ),
    ("i32.trunc_f64_u", 0xbff0_0000_0000_0000, OVERFLOW, 0),
    ("i64.trunc_f32_s", 0x5f00_0000, OVERFLOW, i64::MAX as u64),
    ("i64.trunc_f32_s", 0xdf00_0001, OVERFLOW, 1 << 63),
    ("i64.trunc_f32_u", 0x5f80_0000, OVERFLOW, u64::MAX),
    (
        "i64.trunc_f64_s",
        0x43e0_0000_0000_0000,
        OVERFLOW,
        i64::MAX as u64,
    ),
    ("i64.trunc_f64_s", 0xc3e0_0000_0000_0001, OVERFLOW, 1 << 63),
    ("i64.trunc_f64_u", 0x43f0_0000_0000_0000, OVERFLOW, u64::MAX),
    ("i64.trunc_f64_u", 0xfff0_0000_0000_0000, OVERFLOW, 0),
    ("i32.trunc_f32_s", 0x7f80_0001, INVALID, 0),
    ("i32.trunc_f64_u", 0xfff8_0000_0000_0000, INVALID, 0),
    ("i64.trunc_f32_u", 0xffc0_0000, INVALID, 0),
    ("i64.trunc_f64_s", 0x7ff0_0000_0000_0001, INVALID, 0),
];

/// Prints the result of an operator.
pub fn show(operator: &str, operands: &str) -> String {
    let print = if operator.starts_with("i32") {
        "$show"
    } else {
        "$print"
    };
    format!("(call {print} ({operator} {operands}))\n")
}

/// Constant operands, and the same operands read from memory at 0 and 8.
fn operands(ty: &str, values: &[i64]) -> [String; 2] {
    let bits = if ty == "i32" { 0xffff_ffff } else { -1 };
    let known = values
        .iter()
        .map(|value| format!("({ty}.const {})", value & bits));
    let loaded = (0..values.len()).map(|i| format!("({ty}.load (i32.const {}))", 8 * i));
    [known.collect(), loaded.collect()]
}

/// Stores the numbers that [`operands`] loads.
fn stores(values: &[i64]) -> String {
    let store = |(i, value)| format!("(i64.store (i32.const {}) (i64.const {value}))", 8 * i);
    values.iter().enumerate().map(store).collect()
}

fn float_operands(operator: &str, bits: u64) -> [String; 2] {
    let (float, int) = if operator.contains("_f32") {
        ("f32", "i32")
    } else {
        ("f64", "i64")
    };
    [
        format!("({float}.reinterpret_{int} ({int}.const {bits:#x}))"),
        format!("({float}.load (i32.const 0))"),
    ]
}

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut body = String::new();
    let mut prints = Vec::new();
    for &(operator, values, result) in BINARY {
        body += &stores(&values);
        for operands in operands(&operator[..3], &values) {
            body += &show(operator, &operands);
            prints.push(result);
        }
    }
    let binary = Program::printing("binary operators", &body, &prints, "");
    let (mut body, mut prints) = (String::new(), Vec::new());
    for &(operator, value, result) in UNARY {
        body += &stores(&[value]);
        for operands in operands(&operator[..3], &[value]) {
            body += &show(operator, &operands);
            prints.push(result);
        }
    }
    let unary = Program::printing("unary operators", &body, &prints, "");
    let programs = [binary, unary, truncated(), saturated()];
    agree::trials("integer", programs.into_iter().chain(trapping()), tool)
}

fn truncated() -> Program {
    let (mut body, mut prints) = (String::new(), Vec::new());
    for &(operator, bits, result) in TRUNCATED {
        body += &stores(&[bits.cast_signed()]);
        for operand in float_operands(operator, bits) {
            let saturating = operator.replace("trunc_", "trunc_sat_");
            body += &show(operator, &operand);
            body += &show(&saturating, &operand);
            prints.extend([result; 2]);
        }
    }
    Program::printing("conversions that just fit", &body, &prints, "")
}

fn saturated() -> Program {
    let (mut body, mut prints) = (String::new(), Vec::new());
    for &(operator, bits, _, result) in NOT_TRUNCATED {
        body += &stores(&[bits.cast_signed()]);
        for operand in float_operands(operator, bits) {
            body += &show(&operator.replace("trunc_", "trunc_sat_"), &operand);
            prints.push(result);
        }
    }
    Program::printing("conversions that saturate", &body, &prints, "")
}

/// One program for each trap. The result is dropped; the operator must trap all the same.
fn trapping() -> Vec<Program> {
    let mut programs = Vec::new();
    let mut add = |operator: &str, store: &str, operands: [String; 2], trap| {
        for (how, operands) in ["known", "loaded"].iter().zip(operands) {
            let name = format!("{operator} of {how} numbers traps {}", programs.len() / 2);
            let body = format!("{store} (call $show (i32.const 1)) (drop ({operator} {operands}))");
            programs.push(Program::printing(&name, &body, &[1], trap));
        }
    };
    for &(operator, values, trap) in TRAPPING {
        let operands = operands(&operator[..3], &values);
        add(operator, &stores(&values), operands, trap);
    }
    for &(operator, bits, trap, _) in NOT_TRUNCATED {
        let operands = float_operands(operator, bits);
        add(operator, &stores(&[bits.cast_signed()]), operands, trap);
    }
    programs
}
