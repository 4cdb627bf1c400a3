//! The name of the output: the default name, and the files that a default name never
//! overwrites.

use crate::workspace::{Workspace, is_executable};
use std::fs;

const REFUSED: &str = "exists, and wasi-aot didn't make it; give another name with -o, or \
                       --force to overwrite it";

#[test]
fn a_file_of_others_isnt_overwritten_by_default() {
    let workspace = Workspace::new();
    for (emit, output) in [
        ("exe", "nothing"),
        ("obj", "nothing.o"),
        ("clif", "nothing.clif"),
        ("asm", "nothing.s"),
    ] {
        let args = ["build", "--emit", emit, "nothing.wasm"];
        let path = workspace.path(output);
        for foreign in [&b"keep"[..], b"\x7fELF of others", b"; a comment\nret\n"] {
            fs::write(&path, foreign).unwrap();
            assert_eq!(workspace.fail(1, &args), format!("{output}: {REFUSED}"));
            assert_eq!(fs::read(&path).unwrap(), foreign);
        }
        workspace.succeed(&[&args[..], &["--force"]].concat());
        let made = fs::read(&path).unwrap();
        // A build's output and an empty file are overwritten without --force.
        workspace.succeed(&args);
        fs::write(&path, "").unwrap();
        workspace.succeed(&args);
        assert_eq!(fs::read(&path).unwrap(), made);
        // Any file that the user names is overwritten, too.
        fs::write(&path, "keep").unwrap();
        workspace.succeed(&[&args[..], &["-o", output]].concat());
        assert_eq!(fs::read(&path).unwrap(), made);
    }
}

#[test]
fn an_executable_of_this_machine_isnt_overwritten_by_default() {
    let workspace = Workspace::new();
    fs::copy(env!("CARGO_BIN_EXE_wasi-aot"), workspace.path("nothing")).unwrap();
    let message = workspace.fail(1, &["build", "nothing.wasm"]);
    assert_eq!(message, format!("nothing: {REFUSED}"));
}

#[test]
fn an_output_directory_gets_the_default_name() {
    let workspace = Workspace::new();
    fs::create_dir(workspace.path("bin")).unwrap();
    for output in ["bin/", "bin", "./bin/."] {
        workspace.succeed(&["build", "nothing.wasm", "-o", output]);
        assert!(is_executable(&workspace.path("bin/nothing")));
        fs::remove_file(workspace.path("bin/nothing")).unwrap();
    }
    workspace.succeed(&["build", "--emit", "obj", "nothing.wasm", "-o", "bin/"]);
    assert!(workspace.path("bin/nothing.o").exists());
    // The file's name is the default, so here, too, a foreign file isn't overwritten.
    fs::write(workspace.path("bin/nothing"), "keep").unwrap();
    let message = workspace.fail(1, &["build", "nothing.wasm", "-o", "bin/"]);
    assert_eq!(message, format!("bin/nothing: {REFUSED}"));
}

#[test]
fn a_directory_of_the_default_name_is_named_with_a_way_out() {
    let workspace = Workspace::new();
    fs::create_dir(workspace.path("nothing")).unwrap();
    let message = workspace.fail(1, &["build", "nothing.wasm"]);
    assert_eq!(
        message,
        "nothing: is a directory, so the output needs another name; give one with -o, or \
         -o nothing/ to write nothing/nothing"
    );
    workspace.succeed(&["build", "nothing.wasm", "-o", "nothing/"]);
    assert!(is_executable(&workspace.path("nothing/nothing")));
}

#[test]
fn a_module_of_another_name_becomes_name_out() {
    let workspace = Workspace::new();
    fs::rename(workspace.path("nothing.wasm"), workspace.path("tool")).unwrap();
    workspace.succeed(&["build", "tool"]);
    assert!(is_executable(&workspace.path("tool.out")));
    workspace.succeed(&["build", "--emit", "asm", "tool"]);
    assert_eq!(workspace.files(), ["tool", "tool.out", "tool.s"]);
}
