//! The target `inspect`: `wasi-aot inspect` with any file.

use super::check_message;
use arbitrary::Unstructured;
use std::sync::LazyLock;
use wasi_aot_compiler::{Emit, Options};

/// The largest number of changes to a file, so few that most files are still recognised.
const CHANGES: u8 = 16;

/// Inspects a file: the fuzzer's bytes, or an executable or object of ours with some bytes
/// changed and its end cut off. The fuzzer would never find such a file by itself.
pub fn inspect(data: &[u8]) {
    let Some((&kind, rest)) = data.split_first() else {
        return;
    };
    match SAMPLES.get(usize::from(kind)) {
        None => look(rest),
        Some(sample) => look(&changed(sample, rest)),
    }
}

fn look(file: &[u8]) {
    // Only errors are checked here. The command line prints the report.
    if let Err(error) = wasi_aot_compiler::inspect(file) {
        check_message(&error.to_string());
    }
}

/// A module with each thing that a report describes.
const MODULE: &str = r#"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))
    (table 2 funcref) (elem (i32.const 0) 1 1)
    (memory (export "memory") 2 3)
    (global (mut i32) (i32.const 4))
    (data (i32.const 8) "abc")
    (func $main (export "_start") (local i64)
        (block (br_if 0 (global.get 0)))
        (call_indirect (i32.const 0)) (call 0 (i32.const 1))))"#;

/// An executable, a stripped executable, and an object.
static SAMPLES: LazyLock<[Vec<u8>; 3]> = LazyLock::new(|| {
    let wasm = wat::parse_str(MODULE).expect("BUG: no text of a module");
    let build = |emit, strip| {
        let options = Options {
            emit,
            strip,
            ..Options::default()
        };
        let built = wasi_aot_compiler::build(&wasm, &options, &());
        built.expect("BUG: the module that is inspected doesn't build")
    };
    [
        build(Emit::Exe, false),
        build(Emit::Exe, true),
        build(Emit::Obj, false),
    ]
});

/// A copy of `sample` with the changes that `data` describes.
fn changed(sample: &[u8], data: &[u8]) -> Vec<u8> {
    let mut copy = sample.to_vec();
    let mut data = Unstructured::new(data);
    let last = sample.len() - 1;
    let change = |copy: &mut Vec<u8>, data: &mut Unstructured<'_>| -> arbitrary::Result<()> {
        for _ in 0..data.int_in_range(0..=CHANGES)? {
            // Headers lie at both ends of the file.
            let near = data.int_in_range(0..=last.min(0xffff))?;
            let at = match data.int_in_range(0..=2)? {
                0 => near,
                1 => last - near,
                _ => data.int_in_range(0..=last)?,
            };
            copy[at] = data.arbitrary()?;
        }
        if data.ratio(1, 4)? {
            copy.truncate(data.int_in_range(0..=last)?);
        }
        Ok(())
    };
    // Data that ends early makes the changes up to its end.
    let _ = change(&mut copy, &mut data);
    copy
}
