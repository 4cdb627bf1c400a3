//! The destination of the result. The result is written whole or not at all, and never over
//! the input.

use crate::workspace::{Workspace, failed, is_executable, succeeded};
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, symlink};
use std::process::{Command, Stdio};

#[test]
fn the_executable_can_be_run() {
    let workspace = Workspace::new();
    workspace.succeed(&["build", "nothing.wasm", "-o", "program"]);
    assert_eq!(workspace.files(), ["nothing.wasm", "program"]);
    assert!(is_executable(&workspace.path("program")));
    let status = Command::new(workspace.path("program")).status().unwrap();
    assert!(status.success(), "{status}");
}

#[test]
fn permissions_respect_the_umask() {
    let workspace = Workspace::new();
    let script = r#"umask 027 && exec "$0" build nothing.wasm"#;
    let binary = env!("CARGO_BIN_EXE_wasi-aot");
    let mut shell = Command::new("sh");
    shell.args(["-c", script, binary]);
    let output = shell.current_dir(workspace.path("")).output().unwrap();
    succeeded(&output);
    let mode = fs::metadata(workspace.path("nothing")).unwrap().mode();
    assert_eq!(mode & 0o7777, 0o750);
}

#[test]
fn the_output_is_named_after_the_input() {
    let workspace = Workspace::new();
    for emit in ["exe", "obj", "ir", "clif", "asm"] {
        workspace.succeed(&["build", "--emit", emit, "nothing.wasm"]);
    }
    let expected = [
        "nothing",
        "nothing.clif",
        "nothing.ir",
        "nothing.o",
        "nothing.s",
        "nothing.wasm",
    ];
    assert_eq!(workspace.files(), expected);
    assert!(!is_executable(&workspace.path("nothing.o")));
}

#[test]
fn an_old_output_is_replaced_and_not_written_into() {
    let workspace = Workspace::new();
    let (new, old) = (workspace.path("nothing"), workspace.path("old"));
    fs::write(&new, "old").unwrap();
    fs::hard_link(&new, &old).unwrap();
    workspace.succeed(&["build", "nothing.wasm", "-o", "nothing"]);
    assert_eq!(fs::read(&old).unwrap(), b"old");
    assert_ne!(fs::read(&new).unwrap(), b"old");
}

#[test]
fn a_symlink_stays_and_its_target_is_replaced() {
    let workspace = Workspace::new();
    fs::create_dir(workspace.path("bin")).unwrap();
    fs::write(workspace.path("bin/program"), "old").unwrap();
    symlink("bin/program", workspace.path("link")).unwrap();
    workspace.succeed(&["build", "nothing.wasm", "-o", "link"]);
    let link = fs::read_link(workspace.path("link")).unwrap();
    assert_eq!(link.to_str(), Some("bin/program"));
    assert!(is_executable(&workspace.path("bin/program")));
}

#[test]
fn a_failed_build_leaves_the_old_output() {
    let workspace = Workspace::new();
    fs::write(workspace.path("broken.wasm"), "not wasm").unwrap();
    fs::write(workspace.path("broken"), "old").unwrap();
    let message = workspace.fail(1, &["build", "broken.wasm", "-o", "broken"]);
    assert!(
        message.starts_with("broken.wasm: not a WebAssembly module"),
        "{message}"
    );
    assert_eq!(fs::read(workspace.path("broken")).unwrap(), b"old");
    assert_eq!(workspace.files(), ["broken", "broken.wasm", "nothing.wasm"]);
}

#[test]
fn a_failed_write_leaves_the_old_output_and_no_temporary_file() {
    let workspace = Workspace::new();
    fs::write(workspace.path("nothing"), "old").unwrap();
    // The limit on file sizes is one block, so the write stops in the middle.
    let script = r#"trap "" XFSZ && ulimit -f 1 && exec "$0" build nothing.wasm -o nothing"#;
    let binary = env!("CARGO_BIN_EXE_wasi-aot");
    let mut shell = Command::new("sh");
    shell.args(["-c", script, binary]);
    let output = shell.current_dir(workspace.path("")).output().unwrap();
    let message = failed(1, &output);
    assert!(
        message.contains("nothing: cannot write: File too large"),
        "{message}"
    );
    assert_eq!(fs::read(workspace.path("nothing")).unwrap(), b"old");
    assert_eq!(workspace.files(), ["nothing", "nothing.wasm"]);
}

#[test]
fn a_full_device_is_an_error() {
    let workspace = Workspace::new();
    let message = workspace.fail(1, &["build", "nothing.wasm", "-o", "/dev/full"]);
    assert_eq!(message, "/dev/full: No space left on device");
    workspace.succeed(&["build", "nothing.wasm", "-o", "/dev/null"]);
    let null = fs::metadata("/dev/null").unwrap();
    assert!(!null.is_file(), "the device was replaced");
}

#[test]
fn a_full_stdout_is_an_error() {
    let workspace = Workspace::new();
    let full = File::options().write(true).open("/dev/full").unwrap();
    let args = ["build", "nothing.wasm", "--emit", "clif", "-o", "-"];
    let output = workspace.command(&args).stdout(full).output().unwrap();
    let message = failed(1, &output);
    assert_eq!(message, "standard output: No space left on device");
}

#[test]
fn bad_destinations_are_refused_before_the_build() {
    let workspace = Workspace::new();
    fs::create_dir(workspace.path("bad")).unwrap();
    fs::write(workspace.path("bad/nothing.wasm"), b"\0asm").unwrap();
    let refused = [
        (
            "new/",
            "new/nothing: cannot write there: No such file or directory",
        ),
        (
            "absent/..",
            "absent/..: isn't a file name; give one with -o",
        ),
        (
            "/sys/program",
            "/sys/program: cannot write there: Permission denied",
        ),
        (
            "absent/program",
            "absent/program: cannot write there: No such file or directory",
        ),
        (
            "nothing.wasm/program",
            "nothing.wasm/program: cannot write there: the parent is not a directory",
        ),
    ];
    for (output, expected) in refused {
        // The input can't be compiled, which would be the next error.
        let message = workspace.fail(1, &["build", "bad/nothing.wasm", "-o", output]);
        assert_eq!(message, expected);
    }
    assert_eq!(workspace.files(), ["bad", "nothing.wasm"]);
}

#[test]
fn the_input_is_never_overwritten() {
    let workspace = Workspace::new();
    let before = fs::read(workspace.path("nothing.wasm")).unwrap();
    fs::hard_link(workspace.path("nothing.wasm"), workspace.path("hard")).unwrap();
    symlink("nothing.wasm", workspace.path("soft")).unwrap();
    for output in ["nothing.wasm", "./nothing.wasm", "hard", "soft"] {
        let message = workspace.fail(1, &["build", "nothing.wasm", "-o", output]);
        let expected = format!("{output}: is the input file; give another name with -o");
        assert_eq!(message, expected);
    }
    assert_eq!(fs::read(workspace.path("nothing.wasm")).unwrap(), before);
}

#[test]
fn an_input_that_cannot_be_read_is_named() {
    let workspace = Workspace::new();
    let message = workspace.fail(1, &["build", "absent.wasm"]);
    assert_eq!(message, "absent.wasm: No such file or directory");
}

#[test]
fn a_program_runs_where_no_cache_can_be_made() {
    let workspace = Workspace::new();
    let mut command = workspace.command(&["run", "nothing.wasm"]);
    let base = workspace.path("nothing.wasm");
    let output = command.env("XDG_CACHE_HOME", &base).output().unwrap();
    assert_eq!(succeeded(&output), b"");
    assert_eq!(workspace.files(), ["nothing.wasm"]);
}

#[test]
fn text_goes_to_stdout_as_it_goes_to_a_file() {
    let workspace = Workspace::new();
    for emit in ["clif", "asm"] {
        let to = |output| ["build", "nothing.wasm", "--emit", emit, "-o", output];
        let text = workspace.succeed(&to("-"));
        assert!(!text.is_empty());
        assert!(std::str::from_utf8(&text).is_ok());
        assert_eq!(workspace.succeed(&to("/dev/stdout")), text);
        workspace.succeed(&to("file"));
        assert_eq!(fs::read(workspace.path("file")).unwrap(), text);
    }
}

#[test]
fn dev_stdout_in_a_file_is_not_replaced() {
    let workspace = Workspace::new();
    let path = workspace.path("text");
    let args = [
        "build",
        "nothing.wasm",
        "--emit",
        "clif",
        "-o",
        "/dev/stdout",
    ];
    let file = File::create(&path).unwrap();
    let output = workspace.command(&args).stdout(file).output().unwrap();
    succeeded(&output);
    assert!(fs::metadata(&path).unwrap().len() > 0);
    assert!(fs::symlink_metadata("/dev/stdout").unwrap().is_symlink());
}

#[test]
fn a_reader_that_goes_away_isnt_an_error() {
    let workspace = Workspace::new();
    let runs: [&[&str]; 2] = [
        &["build", "nothing.wasm", "--emit", "asm", "-o", "-"],
        &["completions", "bash"],
    ];
    for args in runs {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let output = workspace.command(args).stdout(writer).output().unwrap();
        succeeded(&output);
    }
}

#[test]
fn the_module_can_come_from_stdin() {
    let workspace = Workspace::new();
    let mut command = workspace.command(&["build", "-", "-o", "program"]);
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    let wasm = fs::read(workspace.path("nothing.wasm")).unwrap();
    child.stdin.take().unwrap().write_all(&wasm).unwrap();
    assert!(child.wait().unwrap().success());
    workspace.succeed(&["build", "nothing.wasm"]);
    let from_file = fs::read(workspace.path("nothing")).unwrap();
    assert_eq!(fs::read(workspace.path("program")).unwrap(), from_file);

    let mut command = workspace.command(&["build", "-", "-o", "program"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(failed(1, &output).starts_with("standard input: "));
}

#[test]
fn verbose_tells_the_phases_on_stderr() {
    let workspace = Workspace::new();
    let output = workspace.run(&["build", "-v", "nothing.wasm"]);
    assert!(output.status.success());
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.lines().count() >= 2, "{stderr}");
    assert!(stderr.lines().all(|line| line.contains(" ms")), "{stderr}");
    assert!(
        !stderr.contains('\x1b'),
        "a progress line where nobody watches: {stderr}"
    );
}
