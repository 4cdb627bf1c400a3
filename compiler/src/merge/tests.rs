//! Merged modules, as the rest of the compiler sees them. `tests/codegen/preload.rs` and
//! `tests/spec` run merged modules.

use super::{Preload, merge};
use crate::error::Error;
use crate::module::{Constant, Gaps, Module, parse};
use std::borrow::Cow;

/// Merges texts, the main module last, and lets `look` see the result.
fn merged(texts: &[(&str, &str)], look: impl FnOnce(&Module<'_>)) {
    let wasm: Vec<_> = texts.iter().map(|(_, text)| binary(text)).collect();
    let (main, preloads) = wasm.split_last().unwrap();
    let preloads = preloads.iter().zip(texts);
    let preloads: Vec<_> = preloads
        .map(|(wasm, (name, _))| Preload { name, wasm })
        .collect();
    let merged = merge(main, &preloads, Gaps::LeftOut).unwrap();
    look(&parse(&merged).unwrap());
}

fn binary(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

#[test]
fn a_module_that_needs_nothing_stays_as_it_is() {
    for text in [
        r#"(module (memory 1) (table 1 funcref) (data (i32.const 65535) "a") (elem (i32.const 0) 0) (func))"#,
        // An offset that has to be computed, and fits.
        r#"(module (memory 1) (data (i32.add (i32.const 1) (i32.const 2)) "a"))"#,
        r#"(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32))))"#,
    ] {
        let wasm = binary(text);
        let merged = merge(&wasm, &[], Gaps::LeftOut).unwrap();
        assert!(
            matches!(merged, Cow::Borrowed(same) if same == wasm),
            "{text}"
        );
    }
}

#[test]
fn what_is_the_main_modules_comes_first() {
    let texts = [
        (
            "a",
            r#"(module (func (export "yield") (import "wasi_snapshot_preview1" "sched_yield") (result i32))
                (memory (export "m") 1) (table 2 funcref) (global (export "g") i64 (i64.const 7))
                (func $f (export "f"))
                (elem (i32.const 1) $f) (data (i32.const 2) "xy"))"#,
        ),
        (
            "",
            r#"(module (import "a" "g" (global i64)) (import "a" "f" (func)) (import "a" "m" (memory 1))
                (table 3 funcref) (global (mut i32) (i32.const 5)) (global i64 (global.get 0))
                (func $own) (elem (i32.const 0) $own 0) (data (i32.const 3) "z") (export "own" (func $own)))"#,
        ),
    ];
    merged(&texts, |module| {
        assert_eq!(module.imports.len(), 1);
        let globals: Vec<_> = module.globals.iter().map(|g| g.init).collect();
        let seven = Constant::I64(7);
        assert_eq!(globals, [seven, Constant::I32(5), seven]);
        // The import, the main module's function, the preload's.
        let tables: Vec<_> = module.tables.iter().map(|t| t.elements.clone()).collect();
        assert_eq!(tables, [vec![Some(1), Some(2), None], vec![None, Some(2)]]);
        assert_eq!(*module.image.filled(), *b"\0\0xz");
        assert_eq!(module.own_name(1), Some("own"));
        assert_eq!(module.own_name(2), Some("a!f"));
        assert_eq!(module.start, None);
    });
}

#[test]
fn segments_are_left_for_the_start_only_where_that_can_be_told() {
    // The preload's start function can see its own table, into which the main module may
    // write, but not the main module's memory. So only a segment of that table is deferred.
    let preload = r#"(module (table (export "t") 1 funcref) (func $f (export "f")) (start $f))"#;
    let main = |item: &str| {
        format!(r#"(module (import "a" "t" (table 1 funcref)) {item} (memory 1) (func $g))"#)
    };
    let own = main(r#"(data (i32.const 0) "own")"#);
    merged(&[("a", preload), ("", &own)], |module| {
        assert_eq!(*module.image.filled(), *b"own");
        assert!(!module.tables[0].written);
    });
    let shared = main("(elem (i32.const 0) $g)");
    merged(&[("a", preload), ("", &shared)], |module| {
        assert!(module.tables[0].elements.is_empty());
        assert!(module.tables[0].written);
        assert_eq!(module.elements[0].len(), 1);
    });
}

#[test]
fn a_segment_behind_one_that_does_not_fit_is_left_too() {
    let text = r#"(module (memory 1) (data (i32.const 0) "a") (data (i32.const 65536) "b") (data (i32.const 1) "c"))"#;
    merged(&[("", text)], |module| {
        assert_eq!(*module.image.filled(), *b"a");
        let kept: Vec<_> = module.data.iter().map(|bytes| bytes.len()).collect();
        assert_eq!(kept, [0, 1, 1]);
        let start = module.start.and_then(|start| module.own_name(start));
        assert_eq!(start, Some("instantiation"));
    });
}

#[test]
fn encodings_of_several_memories_are_no_way_in() {
    // memory.size with a long zero, in a module with an unsatisfied import.
    let mut wasm = binary(r#"(module (import "a" "f" (func)) (memory 0) (func memory.size drop))"#);
    let at = wasm.windows(2).rposition(|pair| pair == [0x3f, 0]).unwrap();
    wasm.splice(at + 1..at + 2, [0x80, 0]);
    // Of the section and of the body.
    for length in [at - 4, at - 2] {
        wasm[length] += 1;
    }
    let error = merge(&wasm, &[], Gaps::LeftOut).unwrap_err();
    assert!(
        matches!(error, Error::Invalid { .. } | Error::Truncated { .. }),
        "{error}"
    );
}

#[test]
fn an_error_in_a_preload_names_it() {
    let (main, preload) = (
        binary("(module)"),
        binary(r#"(module (import "b" "f" (func)))"#),
    );
    let preload = Preload {
        name: "a\n",
        wasm: &preload,
    };
    let error = merge(&main, &[preload], Gaps::LeftOut)
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("preload a\\n: unknown import b.f"),
        "{error}"
    );
}
