//! Inputs that are taken as modules, and the messages about other inputs.

use crate::workspace::{NOTHING, Workspace, failed, succeeded};
use std::fs::{self, File};
use std::process::{Command, Stdio};

#[test]
fn text_is_compiled_as_the_binary_is() {
    let workspace = Workspace::new();
    workspace.succeed(&["build", "nothing.wasm", "-o", "expected"]);
    let expected = fs::read(workspace.path("expected")).unwrap();
    fs::write(workspace.path("text.wat"), NOTHING).unwrap();
    workspace.succeed(&["build", "text.wat"]);
    assert_eq!(fs::read(workspace.path("text")).unwrap(), expected);
    fs::copy(workspace.path("text.wat"), workspace.path("other")).unwrap();
    workspace.succeed(&["build", "other"]);
    assert_eq!(fs::read(workspace.path("other.out")).unwrap(), expected);
    let report = workspace.succeed(&["inspect", "text.wat"]);
    assert!(
        String::from_utf8(report)
            .unwrap()
            .starts_with("text.wat: a WebAssembly command")
    );
    workspace.succeed(&["run", "text.wat"]);

    fs::write(workspace.path("bad.wat"), "(module\n  (funk))").unwrap();
    for command in ["build", "run", "inspect"] {
        let message = workspace.fail(1, &[command, "bad.wat"]);
        assert!(
            message.starts_with("bad.wat: invalid WebAssembly text: "),
            "{message}"
        );
        assert!(message.ends_with("(line 2, column 4)"), "{message}");
    }
}

#[test]
fn a_preload_may_be_text() {
    let workspace = Workspace::new();
    let library = r#"(module (func (export "f")))"#;
    let program = r#"(module (import "env" "f" (func)) (memory (export "memory") 1)
        (func (export "_start") (call 0)))"#;
    fs::write(workspace.path("env.wat"), library).unwrap();
    fs::write(workspace.path("app.wat"), program).unwrap();
    workspace.succeed(&["build", "--preload", "env=env.wat", "app.wat"]);
    let status = Command::new(workspace.path("app")).status().unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn compressed_input_names_what_unpacks_it() {
    let workspace = Workspace::new();
    let mut gzip = Command::new("gzip");
    gzip.args(["-k", "nothing.wasm"])
        .current_dir(workspace.path(""));
    assert!(gzip.status().unwrap().success());
    for command in ["build", "run", "inspect"] {
        let message = workspace.fail(1, &[command, "nothing.wasm.gz"]);
        assert_eq!(
            message,
            "nothing.wasm.gz: compressed with gzip; unpack it first (gunzip)"
        );
    }
}

#[test]
fn a_go_package_needs_go() {
    let workspace = Workspace::new();
    fs::create_dir_all(workspace.path("cmd/x")).unwrap();
    fs::write(workspace.path("main.go"), "package main\n").unwrap();
    for input in ["main.go", "./cmd/x", "cmd/x", ".", "./...", "a.b/c@v1"] {
        for args in [&["build"][..], &["build", "-o", "program"], &["run"]] {
            let mut command = workspace.command(&[args, &[input]].concat());
            let message = failed(1, &command.env("PATH", "").output().unwrap());
            let start = "the go command isn't on PATH, and a Go package needs it; install Go from";
            assert!(message.starts_with(start), "{message}");
        }
    }
    assert_eq!(workspace.files(), ["cmd", "main.go", "nothing.wasm"]);
}

#[test]
fn other_files_are_refused_whatever_their_name() {
    let workspace = Workspace::new();
    for name in ["script", "other.wasm"] {
        fs::write(workspace.path(name), "#!/bin/sh\n").unwrap();
        let message = workspace.fail(1, &["build", name]);
        assert!(
            message.starts_with(&format!("{name}: not a WebAssembly module")),
            "{message}"
        );
    }
}

#[test]
fn run_takes_the_module_from_standard_input() {
    let workspace = Workspace::new();
    let run = |stdin: Stdio| {
        let mut command = workspace.command(&["run", "-", "argument"]);
        command
            .env("XDG_CACHE_HOME", workspace.path("cache"))
            .stdin(stdin);
        command.output().unwrap()
    };
    let module = File::open(workspace.path("nothing.wasm")).unwrap();
    succeeded(&run(module.into()));
    assert_eq!(
        failed(1, &run(Stdio::null())),
        "standard input: an empty file, not a WebAssembly module; build one with \
         GOOS=wasip1 GOARCH=wasm go build"
    );
}
