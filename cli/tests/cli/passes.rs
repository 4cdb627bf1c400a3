//! Passes: the list of them, builds without some, and the search for one that is at fault.

use crate::workspace::Workspace;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

/// Exits with 7 * 6, which takes two functions.
const PROGRAM: &str = r#"(module
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (func $seven (result i32) (local i32) (local.set 0 (i32.const 7)) (local.get 0))
    (func $times_six (param i32) (result i32) (i32.mul (local.get 0) (i32.const 6)))
    (func (export "_start") (call $exit (call $times_six (call $seven)))))"#;

fn with_program() -> Workspace {
    let workspace = Workspace::new();
    fs::write(workspace.path("program.wat"), PROGRAM).unwrap();
    workspace
}

/// The exit code of the executable of [`PROGRAM`], built with `flags`.
fn exit_code(workspace: &Workspace, flags: &[&str]) -> Option<i32> {
    let args = ["build", "-q", "program.wat", "-o", "program"];
    workspace.succeed(&[&args[..], flags].concat());
    let status = Command::new(workspace.path("program")).output().unwrap();
    status.status.code()
}

/// The names of all passes.
fn names(workspace: &Workspace) -> Vec<String> {
    let json = workspace.succeed(&["passes", "--json"]);
    let json: Value = serde_json::from_slice(&json).unwrap();
    let passes = json["passes"].as_array().unwrap().iter();
    passes
        .map(|pass| pass["name"].as_str().unwrap().to_string())
        .collect()
}

#[test]
fn the_list_has_a_line_for_each_pass() {
    let workspace = Workspace::new();
    let text = String::from_utf8(workspace.succeed(&["passes"])).unwrap();
    for name in names(&workspace) {
        let begins = format!("  {name} ");
        assert!(text.lines().any(|line| line.starts_with(&begins)), "{text}");
    }
}

#[test]
fn a_program_does_the_same_without_a_pass() {
    let workspace = with_program();
    for name in names(&workspace) {
        for flags in [["--pass", &format!("-{name}")], ["--pass", &name]] {
            assert_eq!(exit_code(&workspace, &flags), Some(42), "{flags:?}");
        }
    }
    for limit in 0..10 {
        let flags = ["--pass-limit", &limit.to_string()];
        assert_eq!(exit_code(&workspace, &flags), Some(42), "{flags:?}");
    }
}

#[test]
fn functions_are_shown_behind_a_pass() {
    let workspace = with_program();
    let show = |emit: &str, function: &str| {
        let args = ["build", "program.wat", "-o", "-", "--emit", emit];
        let text = workspace.succeed(&[&args[..], &["--function", function]].concat());
        String::from_utf8(text).unwrap()
    };
    for emit in ["ir", "ir=values", "clif", "asm"] {
        let text = show(emit, "^se");
        assert!(text.starts_with("; seven\n"), "{emit}: {text}");
        assert!(!text.contains("times_six"), "{emit}: {text}");
    }
    // Calls are named.
    for emit in ["clif", "asm"] {
        let text = show(emit, "_start");
        assert!(text.contains(" ; times_six\n"), "{emit}: {text}");
    }
    let args = ["build", "program.wat", "-o", "-", "--emit", "ir"];
    let message = workspace.fail(1, &[&args[..], &["--function", "eight"]].concat());
    assert_eq!(
        message,
        "program.wat: no function has a name that matches eight; leave --function out to see \
         all names"
    );
}

fn bisect(workspace: &Workspace, good: &str, flags: &[&str]) -> Output {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests");
    let mut script = Command::new(tests.join("bisect.sh"));
    script.env("WASI_AOT", env!("CARGO_BIN_EXE_wasi-aot"));
    script
        .arg(workspace.path("program.wat"))
        .arg(good)
        .args(flags);
    script.output().unwrap()
}

#[test]
fn the_pass_and_the_function_of_a_fault_are_found() {
    let workspace = with_program();
    let good = r#""$1"; test $? = 42"#;
    for name in names(&workspace) {
        // A pass for Go's functions doesn't run on these.
        for function in ["seven", "_start"] {
            let breaks = format!("{name}={function}");
            let flags = ["--break-function", &breaks];
            if exit_code(&workspace, &flags) == Some(42) {
                continue;
            }
            let output = bisect(&workspace, good, &flags);
            let found = String::from_utf8(output.stdout.clone()).unwrap();
            assert!(output.status.success(), "{output:?}");
            let expected = format!(" on: {name} on {function}\n");
            assert!(found.ends_with(&expected), "{found:?}, not {expected:?}");
        }
    }
    let values = exit_code(&workspace, &["--break-function", "values=seven"]);
    assert_ne!(values, Some(42), "nothing was broken");
}

#[test]
fn a_fault_that_no_pass_makes_is_not_searched() {
    let workspace = with_program();
    for (good, said) in [("false", "without any pass"), ("true", "with all passes")] {
        let output = bisect(&workspace, good, &[]);
        let message = String::from_utf8_lossy(&output.stderr);
        assert!(
            !output.status.success() && message.contains(said),
            "{message}"
        );
    }
}
