//! What is taken for a byte loop, and what is not.

use super::*;
use crate::module;

/// The text of each.
fn all() -> [(&'static str, ByteLoop); 3] {
    let text = include_str!("../../tests/byte_loops.wat");
    let starts = ["(func $memeqbody", "(func $memcmp", "(func $memchr"];
    let [equal, compare, find] = starts.map(|start| text.find(start).unwrap());
    [
        (&text[equal..compare], ByteLoop::Equal),
        (&text[compare..find], ByteLoop::Compare),
        (&text[find..], ByteLoop::Find),
    ]
}

/// What is found in a module of these functions.
fn found(functions: &str) -> BTreeMap<usize, ByteLoop> {
    let wasm = wat::parse_str(format!("(module (memory 1) {functions})")).unwrap();
    byte_loops(&module::parse(&wasm).unwrap())
}

#[test]
fn gos_assembly_is_recognised_whatever_it_is_called() {
    let others = "(func $memcpy (param i32 i32 i32) (result i32) i32.const 0)";
    let functions: String = all()
        .map(|(text, _)| text.replace("(func $mem", "(func $x"))
        .concat();
    let loops = found(&format!("{others} {functions}"));
    let want: BTreeMap<_, _> = (1..).zip(all().map(|(_, byte_loop)| byte_loop)).collect();
    assert_eq!(loops, want);
}

#[test]
fn one_operator_more_or_less_is_something_else() {
    for (text, _) in all() {
        let (start, end) = text.rsplit_once("unreachable)").unwrap();
        assert!(found(&format!("{start} nop unreachable){end}")).is_empty());
        assert!(found(&format!("{start}){end}")).is_empty(), "{start}");
    }
}

/// Bodies with one byte changed, as far as they are valid, are not Go's.
#[test]
fn one_byte_changed_is_something_else() {
    for (body, (text, byte_loop)) in [EQUAL, COMPARE, FIND].into_iter().zip(all()) {
        let wasm = wat::parse_str(format!("(module (memory 1) {text})")).unwrap();
        let at = wasm.windows(body.len()).position(|window| window == body);
        let at = at.expect("the text has the known body");
        let mut still_parsed = 0;
        for i in at..at + body.len() {
            let mut changed = wasm.clone();
            changed[i] ^= 1;
            if let Ok(module) = module::parse(&changed) {
                still_parsed += 1;
                assert!(byte_loops(&module).is_empty(), "{byte_loop:?} {}", i - at);
            }
        }
        assert!(still_parsed > body.len() / 2, "only {still_parsed}");
    }
}

#[test]
fn the_same_body_with_other_types_is_something_else() {
    // COMPARE's and FIND's bodies are invalid with other parameters; with more
    // of them their locals are others'.
    for (text, _) in all() {
        for (from, to) in [
            ("(param i32 i32 i32)", "(param i32 i32 i32 i32)"),
            ("(param i64 i64 i64)", "(param i64 i64 i64 i64)"),
        ] {
            if text.contains(from) {
                assert!(found(&text.replace(from, to)).is_empty(), "{to}");
            }
        }
    }
}
