//! Writes a random Go program. Each function computes something of one kind and returns a digest.
//! `main` prints the digests, or the panic that ends a function.

use crate::calls::{channels, closures, generics, recovery, recursion};
use crate::compute::{arithmetic, floats, machine};
use crate::data::{maps, slices, strings, values};
use crate::expr::{Expressions, INTEGERS};
use harness::rng::Rng;
use std::fmt::Write as _;

/// A kind of function.
const TEMPLATES: &[fn(&mut Expressions<'_>, &mut String, usize)] = &[
    arithmetic, arithmetic, arithmetic, floats, floats, machine, machine, strings, slices, maps,
    values, closures, recovery, recovery, channels, generics, recursion,
];

/// The source of the program of a seed.
pub fn source(seed: u64, functions: usize) -> String {
    let mut rng = Rng::new(seed);
    let mut text = String::from(PRELUDE);
    edges(&mut rng, &mut text);
    let mut main = String::from("func main() {\n");
    for number in 0..functions {
        let template = *rng.pick(TEMPLATES);
        let mut expressions = Expressions { rng: &mut rng };
        template(&mut expressions, &mut text, number);
        writeln!(main, "\trun({number}, f{number})").expect("a string takes everything");
    }
    let end = match rng.below(4) {
        0 => "\tvar m map[string]int\n\tm[\"x\"] = 1\n",
        1 => "\tos.Exit(3)\n",
        2 => "\tpanic(fmt.Sprint(\"the end \", total))\n",
        _ => "",
    };
    text + &main + end + "}\n"
}

/// The code that `main` and all functions share.
const PRELUDE: &str = include_str!("prelude.go");

/// Arrays of values at which operators have special cases.
fn edges(rng: &mut Rng, out: &mut String) {
    for ty in INTEGERS {
        let bits = match ty {
            "int8" | "uint8" => 8,
            "int16" | "uint16" => 16,
            "int32" | "uint32" => 32,
            _ => 64,
        };
        let values: Vec<String> = (0..8)
            .map(|_| {
                let value = rng.integer() >> (64 - bits);
                let value = if rng.chance(50) {
                    value
                } else {
                    rng.integer() & (u64::MAX >> (64 - bits))
                };
                if ty.starts_with('u') {
                    value.to_string()
                } else {
                    ((value << (64 - bits)).cast_signed() >> (64 - bits)).to_string()
                }
            })
            .collect();
        writeln!(out, "var edge_{ty} = [8]{ty}{{{}}}", values.join(", "))
            .expect("a string takes everything");
    }
    for (ty, bits) in [("float32", 32), ("float64", 64)] {
        let values: Vec<String> = (0..8)
            .map(|_| match bits {
                32 => format!("math.Float32frombits({:#x})", rng.float32()),
                _ => format!("math.Float64frombits({:#x})", rng.float64()),
            })
            .collect();
        writeln!(out, "var edge_{ty} = [8]{ty}{{{}}}\n", values.join(", "))
            .expect("a string takes everything");
    }
}
