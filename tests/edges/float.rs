//! Are floats right to the bit? NaNs that must keep their bits, NaNs that operators make,
//! rounding, minima and maxima, conversions. Where the specification allows a set of
//! results, the result must be one of the set.

use harness::agree::{self, Program, Want};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::sync::Arc;

/// Signalling and quiet NaNs with payloads, of both signs.
const NANS32: [u64; 4] = [0x7f80_0001, 0xffa5_5aa5, 0x7fc1_2345, 0xffff_ffff];
const NANS64: [u64; 4] = [
    0x7ff0_0000_0000_0001,
    0xfff5_5aa5_5aa5_5aa5,
    0x7ff8_1234_5678_9abc,
    u64::MAX,
];

/// A type of float: the integer of the same size, the number of bits, the function that
/// prints them, and some NaNs.
struct Float {
    float: &'static str,
    int: &'static str,
    bits: u32,
    print: &'static str,
    nans: [u64; 4],
}

const FLOATS: [Float; 2] = [
    Float {
        float: "f32",
        int: "i32",
        bits: 32,
        print: "$show",
        nans: NANS32,
    },
    Float {
        float: "f64",
        int: "i64",
        bits: 64,
        print: "$print",
        nans: NANS64,
    },
];

impl Float {
    /// The float with these bits, as a constant and read from memory.
    fn operands(&self, bits: u64) -> [String; 2] {
        let Self { float, int, .. } = self;
        [
            format!("({float}.reinterpret_{int} ({int}.const {bits:#x}))"),
            format!(
                "({float}.load (block (result i32) ({int}.store (i32.const 8) ({int}.const {bits:#x})) (i32.const 8)))"
            ),
        ]
    }

    /// Prints the bits of a float.
    fn show(&self, value: &str) -> String {
        let Self {
            float, int, print, ..
        } = self;
        format!("(call {print} ({int}.reinterpret_{float} {value}))\n")
    }

    fn quiet(&self) -> u64 {
        if self.bits == 32 { 1 << 22 } else { 1 << 51 }
    }

    fn sign(&self) -> u64 {
        1 << (self.bits - 1)
    }

    /// Operators that move a NaN without a change, or change its sign alone.
    fn kept(&self) -> Program {
        let Self { float, .. } = self;
        let (mut body, mut prints) = (String::new(), Vec::new());
        let sign = self.sign();
        for nan in self.nans {
            for x in self.operands(nan) {
                let copies = [
                    x.clone(),
                    format!("(call $through_{float} {x} {x})"),
                    format!(
                        "(block (result {float}) (global.set $global_{float} {x}) (global.get $global_{float}))"
                    ),
                    format!(
                        "(block (result {float}) ({float}.store (i32.const 17) {x}) ({float}.load (i32.const 17)))"
                    ),
                    format!("(select {x} ({float}.const 1) (i32.const 1))"),
                    format!("(select ({float}.const 1) {x} (i32.load (i32.const 64)))"),
                    format!("({float}.copysign {x} {x})"),
                    format!("({float}.neg ({float}.neg {x}))"),
                ];
                for copy in copies {
                    body += &self.show(&copy);
                    prints.push(Want::Exactly(nan));
                }
                let changed = [
                    (format!("({float}.neg {x})"), nan ^ sign),
                    (format!("({float}.abs {x})"), nan & !sign),
                    (
                        format!("({float}.copysign {x} ({float}.const -0))"),
                        nan | sign,
                    ),
                    (
                        format!("({float}.copysign {x} ({float}.const 0))"),
                        nan & !sign,
                    ),
                    (format!("({float}.abs ({float}.neg {x}))"), nan & !sign),
                    (format!("({float}.neg ({float}.abs {x}))"), nan | sign),
                ];
                for (value, bits) in changed {
                    body += &self.show(&value);
                    prints.push(Want::Exactly(bits));
                }
            }
        }
        Program::printing(
            &format!("bits of {float} NaNs that are kept"),
            &body,
            &[],
            "",
        )
        .allowing(prints)
        .with(&format!(
            "(global $global_{float} (mut {float}) ({float}.const 0))
                 (func $through_{float} (param {float} {float}) (result {float}) (local {float})
                   (local.set 2 (local.get 1)) (local.get 2))"
        ))
    }

    /// Arithmetic with canonical NaNs gives a canonical NaN; with other NaNs, any quiet NaN.
    fn propagated(&self) -> Program {
        let Self { float, bits, .. } = self;
        let (mut body, mut prints) = (String::new(), Vec::new());
        let infinity = if *bits == 32 {
            0x7f80_0000
        } else {
            0x7ff0_0000_0000_0000
        };
        let canonical = infinity | self.quiet();
        let nans = self
            .nans
            .into_iter()
            .chain([canonical, canonical | self.sign()]);
        for nan in nans {
            let want = Want::Nan(*bits, nan & !self.sign() == canonical);
            for x in self.operands(nan) {
                for operator in ["add", "sub", "mul", "div", "min", "max"] {
                    for y in ["const 1", "const -0", "const inf"] {
                        body += &self.show(&format!("({float}.{operator} {x} ({float}.{y}))"));
                        body += &self.show(&format!("({float}.{operator} ({float}.{y}) {x})"));
                        prints.extend([want.clone(), want.clone()]);
                    }
                }
                for operator in ["sqrt", "ceil", "floor", "trunc", "nearest"] {
                    body += &self.show(&format!("({float}.{operator} {x})"));
                    prints.push(want.clone());
                }
            }
        }
        // Operators that make NaNs of operands that aren't NaNs.
        for made in [
            "(sub inf inf)",
            "(mul 0 inf)",
            "(div 0 0)",
            "(div inf inf)",
            "(add inf -inf)",
        ] {
            let parts: Vec<&str> = made.trim_matches(['(', ')']).split(' ').collect();
            body += &self.show(&format!(
                "({float}.{} ({float}.const {}) ({float}.const {}))",
                parts[0], parts[1], parts[2]
            ));
            prints.push(Want::Nan(*bits, true));
        }
        body += &self.show(&format!("({float}.sqrt ({float}.const -1))"));
        prints.push(Want::Nan(*bits, true));
        Program::printing(&format!("{float} NaNs that operators give"), &body, &[], "")
            .allowing(prints)
    }

    /// (operator, operands, result), as text; all are floats of this type.
    fn exact(&self) -> Program {
        const CASES: &[(&str, &str, &str)] = &[
            ("nearest", "0.5", "0"),
            ("nearest", "-0.5", "-0"),
            ("nearest", "1.5", "2"),
            ("nearest", "2.5", "2"),
            ("nearest", "-2.5", "-2"),
            ("nearest", "-0", "-0"),
            ("nearest", "8388607.5", "8388608"),
            ("nearest", "8388609", "8388609"),
            ("nearest", "0x1p60", "0x1p60"),
            ("ceil", "-0.5", "-0"),
            ("ceil", "0x1p-149", "1"),
            ("floor", "-0x1p-149", "-1"),
            ("floor", "-0", "-0"),
            ("trunc", "-0.9", "-0"),
            ("sqrt", "-0", "-0"),
            ("min", "-0 0", "-0"),
            ("min", "0 -0", "-0"),
            ("max", "-0 0", "0"),
            ("max", "0 -0", "0"),
            ("min", "-inf inf", "-inf"),
            ("max", "-inf inf", "inf"),
            ("min", "1 -inf", "-inf"),
            ("add", "-0 0", "0"),
            ("add", "-0 -0", "-0"),
            ("sub", "0 0", "0"),
            ("sub", "-0 0", "-0"),
            ("mul", "-1 0", "-0"),
            ("div", "-1 0", "-inf"),
            ("div", "0 -3", "-0"),
            ("copysign", "5 -0", "-5"),
            ("abs", "-0", "0"),
            ("neg", "0", "-0"),
        ];
        let Self { float, int, .. } = self;
        let mut body = String::new();
        for (operator, operands, result) in CASES {
            let known: String = operands
                .split(' ')
                .map(|x| format!("({float}.const {x})"))
                .collect();
            let loaded: String = operands
                .split(' ')
                .zip([8, 16])
                .map(|(x, at)| format!("({float}.load (block (result i32) ({float}.store (i32.const {at}) ({float}.const {x})) (i32.const {at})))"))
                .collect();
            for operands in [known, loaded] {
                body += &format!(
                    "(call $show ({int}.eq ({int}.reinterpret_{float} ({float}.{operator} {operands})) ({int}.reinterpret_{float} ({float}.const {result}))))"
                );
            }
        }
        Program::printing(&format!("{float} results to the bit"), &body, &[], "")
            .allowing(vec![Want::Exactly(1); 2 * CASES.len()])
    }
}

/// (operator, bits of the integer, bits of the float).
const CONVERTED: &[(&str, u64, u64)] = &[
    // Halfway cases go to even.
    ("f32.convert_i32_s", 0x0100_0001, 0x4b80_0000),
    ("f32.convert_i32_s", 0x0100_0003, 0x4b80_0002),
    ("f32.convert_i32_s", 0xfeff_ffff, 0xcb80_0000),
    ("f32.convert_i32_s", 0x7fff_ffff, 0x4f00_0000),
    ("f32.convert_i32_u", 0xffff_ffff, 0x4f80_0000),
    ("f32.convert_i32_u", 0xffff_ff7f, 0x4f7f_ffff),
    ("f32.convert_i32_u", 0x8000_0080, 0x4f00_0000),
    ("f32.convert_i32_u", 0x8000_0081, 0x4f00_0001),
    // A conversion to a double first would round to even, and these results would be one
    // less.
    ("f32.convert_i64_u", 0x8000_0080_0000_0001, 0x5f00_0001),
    ("f32.convert_i64_s", 0x4000_0040_0000_0001, 0x5e80_0001),
    ("f32.convert_i64_s", 0x4000_0040_0000_0000, 0x5e80_0000),
    ("f32.convert_i64_u", 0x8000_0080_0000_0000, 0x5f00_0000),
    ("f32.convert_i64_u", u64::MAX, 0x5f80_0000),
    ("f32.convert_i64_u", 0xffff_ff7f_ffff_ffff, 0x5f7f_ffff),
    ("f32.convert_i64_s", i64::MIN.cast_unsigned(), 0xdf00_0000),
    ("f32.convert_i64_s", 0, 0),
    ("f64.convert_i32_u", 0xffff_ffff, 0x41ef_ffff_ffe0_0000),
    ("f64.convert_i32_s", 0x8000_0000, 0xc1e0_0000_0000_0000),
    (
        "f64.convert_i64_s",
        0x0020_0000_0000_0001,
        0x4340_0000_0000_0000,
    ),
    (
        "f64.convert_i64_s",
        0x0020_0000_0000_0003,
        0x4340_0000_0000_0002,
    ),
    (
        "f64.convert_i64_u",
        0x8000_0000_0000_0400,
        0x43e0_0000_0000_0000,
    ),
    (
        "f64.convert_i64_u",
        0x8000_0000_0000_0401,
        0x43e0_0000_0000_0001,
    ),
    (
        "f64.convert_i64_u",
        0x8000_0000_0000_0c00,
        0x43e0_0000_0000_0002,
    ),
    ("f64.convert_i64_u", u64::MAX, 0x43f0_0000_0000_0000),
    (
        "f64.convert_i64_u",
        0x7fff_ffff_ffff_ffff,
        0x43e0_0000_0000_0000,
    ),
];

/// `f32.demote_f64`: (double, float).
const DEMOTED: &[(u64, u64)] = &[
    // Halfway between 1 and the next float: to even. A bit above halfway: up.
    (0x3ff0_0000_1000_0000, 0x3f80_0000),
    (0x3ff0_0000_1000_0001, 0x3f80_0001),
    (0x3ff0_0000_3000_0000, 0x3f80_0002),
    // Halfway between the largest float and 2^128: infinity. Below halfway: the largest.
    (0x47ef_ffff_f000_0000, 0x7f80_0000),
    (0x47ef_ffff_efff_ffff, 0x7f7f_ffff),
    // Half of the least subnormal: 0. A bit above: the least subnormal.
    (0x3690_0000_0000_0000, 0),
    (0x3690_0000_0000_0001, 1),
    (0xb690_0000_0000_0000, 0x8000_0000),
    // Up to the least normal float; and -0.
    (0x380f_ffff_f000_0000, 0x0080_0000),
    (0x8000_0000_0000_0001, 0x8000_0000),
];

fn converted() -> Program {
    let [f32, f64] = &FLOATS;
    let (mut body, mut prints) = (String::new(), Vec::new());
    for &(operator, from, to) in CONVERTED {
        let float = if operator.starts_with("f32") {
            f32
        } else {
            f64
        };
        let int = &operator[12..15];
        let bits = if int == "i32" {
            from & 0xffff_ffff
        } else {
            from
        };
        let known = format!("({int}.const {bits:#x})");
        let loaded = format!(
            "({int}.load (block (result i32) ({int}.store (i32.const 8) {known}) (i32.const 8)))"
        );
        for operand in [known, loaded] {
            body += &float.show(&format!("({operator} {operand})"));
            prints.push(Want::Exactly(to));
        }
    }
    for &(from, to) in DEMOTED {
        for operand in f64.operands(from) {
            body += &f32.show(&format!("(f32.demote_f64 {operand})"));
            prints.push(Want::Exactly(to));
        }
    }
    for nan in NANS64 {
        for operand in f64.operands(nan) {
            body += &f32.show(&format!("(f32.demote_f64 {operand})"));
            prints.push(Want::Nan(32, false));
        }
    }
    for nan in NANS32 {
        for operand in f32.operands(nan) {
            body += &f64.show(&format!("(f64.promote_f32 {operand})"));
            prints.push(Want::Nan(64, false));
        }
    }
    Program::printing("conversions round once", &body, &[], "").allowing(prints)
}

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut programs = vec![converted()];
    for float in &FLOATS {
        programs.extend([float.kept(), float.propagated(), float.exact()]);
    }
    agree::trials("float", programs, tool)
}
