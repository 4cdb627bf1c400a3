//! Every instruction of SIMD and relaxed SIMD compiles, for every target, at every
//! level of its processors and every level of optimisation. What they do, the specification's testsuite tests.

use std::collections::BTreeSet;
use wasi_aot_compiler::internals::{feature_of, proposal_of};
use wasi_aot_compiler::{Emit, OptLevel, Options, Target};
use wasmparser::{Parser, Payload};

/// How many instructions there are (core specification 2.0, "Vector Instructions";
/// relaxed SIMD's overview, "Binary format").
const SIMD: usize = 236;
const RELAXED: usize = 20;

fn all() -> Vec<u8> {
    wat::parse_str(include_str!("simd.wat")).unwrap()
}

#[test]
fn none_is_missing_from_the_module() {
    let wasm = all();
    let mut simd = BTreeSet::new();
    let mut relaxed = BTreeSet::new();
    for payload in Parser::new(0).parse_all(&wasm) {
        let Payload::CodeSectionEntry(body) = payload.unwrap() else {
            continue;
        };
        for operator in body.get_operators_reader().unwrap() {
            let operator = operator.unwrap();
            match proposal_of(&operator) {
                "simd" => simd.insert(feature_of(&operator)),
                "relaxed_simd" => relaxed.insert(feature_of(&operator)),
                _ => false,
            };
        }
    }
    assert_eq!((simd.len(), relaxed.len()), (SIMD, RELAXED));
}

#[test]
fn all_compile_everywhere() {
    let wasm = all();
    for target in Target::ALL {
        let cpu = target.cpu();
        let levels = cpu.levels.iter().map(|level| level.features);
        for features in levels.chain([cpu.all()]) {
            for opt_level in [OptLevel::O0, OptLevel::O1, OptLevel::O2] {
                let options = Options {
                    target,
                    cpu: Some(features),
                    opt_level,
                    emit: Emit::Obj,
                    ..Options::default()
                };
                let place = format!("{} {}", target.name(), cpu.spec(features));
                let object = wasi_aot_compiler::build(&wasm, &options, &());
                let object = object.unwrap_or_else(|e| panic!("{place}: {e}"));
                assert!(object.starts_with(b"\x7fELF"), "{place}");
            }
        }
    }
}
