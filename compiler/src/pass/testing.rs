//! For tests of single passes: functions as text ([`crate::ir::parse`]), before and behind a
//! pass.
//!
//! A function is verified before and behind the pass, and what is printed is read back.

use super::{Cx, Solved};
use crate::go::Knowledge;
use crate::ir::{Func, parse, verify};
use crate::module;

/// Reads a function that is valid.
pub fn read(text: &str) -> Func {
    let func = parse(text).unwrap_or_else(|why| panic!("{why}\n{text}"));
    verify(&func).unwrap_or_else(|why| panic!("{why}\n{text}"));
    func
}

/// What a pass makes of a function: the number of changes, and the text.
pub fn run(text: &str, pass: impl FnOnce(&mut Func) -> usize) -> (usize, String) {
    let mut func = read(text);
    let changes = pass(&mut func);
    verify(&func).unwrap_or_else(|why| panic!("{why}\n{func}"));
    let printed = func.to_string();
    assert_eq!(read(&printed).to_string(), printed, "what is read back");
    (changes, printed)
}

/// Asserts that a pass makes `after` of `before`, in so many changes.
#[track_caller]
pub fn becomes(before: &str, after: &str, changes: usize, pass: impl FnOnce(&mut Func) -> usize) {
    let (counted, printed) = run(before, pass);
    assert_eq!(printed, read(after).to_string(), "\n{printed}");
    assert_eq!(counted, changes, "changes");
}

/// Asserts that a pass leaves a function alone.
#[track_caller]
pub fn stays(text: &str, pass: impl FnOnce(&mut Func) -> usize) {
    becomes(text, text, 0, pass);
}

/// Text with one place of it, which has to be there, replaced.
#[track_caller]
pub fn but(text: &str, from: &str, to: &str) -> String {
    assert!(text.contains(from), "{from} isn't there\n{text}");
    text.replacen(from, to, 1)
}

/// Calls `f` with what passes know of the first function of an almost empty module.
pub fn with_cx<T>(
    go: Option<&Knowledge>,
    solved: Option<&Solved>,
    f: impl FnOnce(&Cx<'_, '_>) -> T,
) -> T {
    let wasm = wat::parse_str("(module (func (param i32) (result i32) unreachable))").unwrap();
    let module = module::parse(&wasm).unwrap();
    f(&Cx {
        module: &module,
        function: 0,
        go,
        solved,
        byte_loop: None,
        preempted: false,
        sp_is_address: true,
    })
}
