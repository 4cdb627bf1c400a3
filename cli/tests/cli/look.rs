//! Notes, progress and colours on a terminal, and the cases in which they aren't shown.

use crate::terminal::Terminal;
use crate::workspace::{Workspace, succeeded};
use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A command that may open files, so that a build without a grant has a note.
const FILES: &str = r#"(module
    (import "wasi_snapshot_preview1" "path_unlink_file"
        (func (param i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (func (export "_start")))"#;
const NOTE: &str = "wasi-aot: note: the program can open files, but no directory is granted; \
                    grant one with --dir or --dir-ro\n";

fn with_files() -> Workspace {
    let workspace = Workspace::new();
    fs::write(workspace.path("files.wat"), FILES).unwrap();
    workspace
}

/// The text that `wasi-aot ARGS` writes to standard error, which is a terminal, with these
/// variables.
fn on_terminal(workspace: &Workspace, args: &[&str], variables: &[(&str, &str)]) -> String {
    let terminal = Terminal::new();
    let mut command = workspace.command(args);
    command
        .env_clear()
        .env("XDG_CACHE_HOME", workspace.path("cache"));
    command.envs(variables.iter().copied());
    let status = command
        .stderr(terminal.stdio())
        .stdout(Stdio::null())
        .status();
    status.unwrap();
    terminal.say_end();
    let shown = terminal.take();
    shown.replace("\r\n", "\n").replace("END\n", "")
}

const XTERM: (&str, &str) = ("TERM", "xterm");

#[test]
fn quiet_leaves_notes_out() {
    let workspace = with_files();
    let output = workspace.run(&["build", "files.wat"]);
    assert_eq!(String::from_utf8(output.stderr).unwrap(), NOTE);
    workspace.succeed(&["build", "-q", "files.wat"]);
    workspace.succeed(&["build", "--quiet", "--dir", "/", "files.wat"]);
    let message = workspace.fail(1, &["build", "-q", "absent.wasm"]);
    assert_eq!(message, "absent.wasm: No such file or directory");
}

#[test]
fn run_has_notes_on_a_terminal_only() {
    let workspace = with_files();
    let mut command = workspace.command(&["run", "files.wat"]);
    succeeded(
        &command
            .env("XDG_CACHE_HOME", workspace.path("other"))
            .output()
            .unwrap(),
    );
    let dumb = [("TERM", "dumb")];
    assert_eq!(
        on_terminal(&workspace, &["run", "-O1", "files.wat"], &dumb),
        NOTE
    );
    assert_eq!(
        on_terminal(&workspace, &["run", "-O0", "-q", "files.wat"], &dumb),
        ""
    );
}

#[test]
fn run_tells_phases_if_asked() {
    let workspace = Workspace::new();
    let mut command = workspace.command(&["run", "-v", "nothing.wasm"]);
    let output = command
        .env("XDG_CACHE_HOME", workspace.path("cache"))
        .output()
        .unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(
        stderr.lines().any(|line| line.starts_with("link ")),
        "{stderr}"
    );
}

#[test]
fn colours_are_for_terminals_that_want_them() {
    let workspace = Workspace::new();
    let args = |color| ["build", "--color", color, "absent.wasm"];
    let red = "\u{1b}[31m\u{1b}[1mwasi-aot:\u{1b}[0m absent.wasm: No such file";
    let plain = "wasi-aot: absent.wasm: No such file";
    for (color, variables, expected) in [
        ("auto", &[XTERM][..], red),
        ("auto", &[XTERM, ("NO_COLOR", "1")], plain),
        ("auto", &[("TERM", "dumb")], plain),
        ("never", &[XTERM], plain),
        ("always", &[("TERM", "dumb"), ("NO_COLOR", "1")], red),
    ] {
        let shown = on_terminal(&workspace, &args(color), variables);
        assert!(
            shown.starts_with(expected),
            "{color} {variables:?}: {shown:?}"
        );
    }
    // In a pipe.
    for (color, expected) in [("auto", plain), ("always", red)] {
        let output = workspace
            .command(&args(color))
            .env("TERM", "xterm")
            .output()
            .unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(stderr.starts_with(expected), "{color}: {stderr:?}");
    }
    workspace.succeed(&["build", "nothing.wasm"]);
    for (color, has_bold) in [("always", true), ("auto", false)] {
        let report = workspace.succeed(&["--color", color, "inspect", "nothing"]);
        let report = String::from_utf8(report).unwrap();
        assert_eq!(
            report.contains("\u{1b}[1mWhat it may touch\u{1b}[0m"),
            has_bold,
            "{report}"
        );
        assert_eq!(report.contains('\u{1b}'), has_bold, "{report}");
    }
}

/// A module that takes more than a second to compile in one thread.
fn large() -> String {
    let body = "(local.set 0 (i32.add (i32.mul (local.get 0) (i32.const 7)) (local.get 1)))";
    let function = format!(
        "(func (param i32 i32) (result i32) {} (local.get 0))",
        body.repeat(200)
    );
    format!(
        "(module {} (func (export \"_start\")))",
        function.repeat(6000)
    )
}

#[test]
fn a_long_build_shows_progress_on_a_terminal() {
    let workspace = Workspace::new();
    fs::write(
        workspace.path("large.wasm"),
        wat::parse_str(large()).unwrap(),
    )
    .unwrap();
    let build = |flags: &[&str], variables: &[(&str, &str)]| {
        let args = [&["build", "-j1", "large.wasm"], flags].concat();
        let start = Instant::now();
        let shown = on_terminal(&workspace, &args, variables);
        assert!(
            start.elapsed() > Duration::from_millis(1200),
            "too fast to show anything"
        );
        shown
    };
    let shown = build(&[], &[XTERM]);
    assert!(shown.contains("compiling functions: "), "{shown:?}");
    assert!(shown.contains(" of 6001 ("), "{shown:?}");
    // In the end the line is removed.
    let is_removed = |shown: &str| shown.ends_with("\r\u{1b}[2K");
    assert!(is_removed(&shown), "{shown:?}");
    let shown = on_terminal(&workspace, &["run", "-j1", "large.wasm"], &[XTERM]);
    assert!(
        shown.contains("compiling functions: ") && is_removed(&shown),
        "{shown:?}"
    );
    for (flags, variables) in [(&["-q"][..], [XTERM]), (&[], [("TERM", "dumb")])] {
        assert_eq!(build(flags, &variables), "");
    }
}

#[test]
fn jobs_are_threads() {
    let workspace = Workspace::new();
    let mut built = Vec::new();
    for jobs in [1, 3] {
        // At its end the build waits for a reader of the FIFO.
        let fifo = workspace.path("fifo");
        let _ = fs::remove_file(&fifo);
        assert!(
            Command::new("mkfifo")
                .arg(&fifo)
                .status()
                .unwrap()
                .success()
        );
        let mut command = workspace.command(&["build", "nothing.wasm", "-o", "fifo", "-j"]);
        let mut child = command.arg(jobs.to_string()).spawn().unwrap();
        let tasks = format!("/proc/{}/task", child.id());
        let start = Instant::now();
        // The main thread, and the threads that compile.
        while fs::read_dir(&tasks).unwrap().count() != jobs + 1 {
            assert!(
                start.elapsed() < Duration::from_secs(30),
                "{jobs}: not as many threads"
            );
            std::thread::sleep(Duration::from_millis(5));
        }
        built.push(fs::read(&fifo).unwrap());
        assert!(child.wait().unwrap().success());
    }
    assert!(!built[0].is_empty() && built[0] == built[1]);
}
