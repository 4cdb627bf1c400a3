//! Completion scripts, tried in the shells that they are for.

use crate::terminal::Terminal;
use crate::workspace::Workspace;
use std::fs;
use std::process::{Child, Command};

/// (typed text, the same text completed by the Tab key): names of subcommands, flags after a
/// subcommand, and values of a flag.
const COMPLETED: &[(&str, &str)] = &[
    ("wasi-aot insp", "wasi-aot inspect "),
    ("wasi-aot build --max-m", "wasi-aot build --max-memory "),
    ("wasi-aot run --inh", "wasi-aot run --inherit-env "),
    (
        "wasi-aot build --target linux/ar",
        "wasi-aot build --target linux/arm64 ",
    ),
    ("wasi-aot build noth", "wasi-aot build nothing.wasm "),
];

/// An installed shell, or a line that says that the shell's test is skipped.
fn is_here(shell: &str) -> bool {
    let here = Command::new(shell).args(["-c", ":"]).status().is_ok();
    if !here {
        eprintln!("SKIPPED: {shell} is not installed");
    }
    here
}

fn script(workspace: &Workspace, shell: &str) -> String {
    let script = workspace.succeed(&["completions", shell]);
    fs::write(workspace.path("script"), &script).unwrap();
    String::from_utf8(script).unwrap()
}

/// An interactive shell, ended when dropped.
struct Shell {
    terminal: Terminal,
    child: Child,
}

impl Shell {
    /// Starts `program`, without any start-up file, and has it read `script`.
    fn start(workspace: &Workspace, program: &[&str], script: &str) -> Self {
        let terminal = Terminal::new();
        let mut command = Command::new(program[0]);
        command.args(&program[1..]).current_dir(workspace.path(""));
        command.env_clear().env("HOME", workspace.path(""));
        command.env("PATH", "/usr/bin:/bin").env("TERM", "dumb");
        let child = terminal.start(&mut command);
        // In two parts, so that the echo of the typed text isn't taken for the output.
        terminal.type_in(&format!("{script}; echo 're'\"ady\"\n"));
        terminal.until("\nready");
        terminal.take();
        Self { terminal, child }
    }

    /// Checks that the Tab key completes `typed` to `expected`.
    fn complete(&self, typed: &str, expected: &str) {
        // The program's name is a function here, which shows its arguments.
        self.terminal.type_in(&format!("{typed}\t-END\n"));
        self.terminal.until("-END>");
        let shown = self.terminal.take();
        // zsh writes `=` behind a flag that takes a value.
        let shown = shown.replace("=-END>", " -END>");
        let words: Vec<_> = expected.split_whitespace().skip(1).collect();
        let words = format!("<{} -END>", words.join(" "));
        assert!(shown.contains(&words), "{typed}: {shown:?}");
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // Fails if the shell has already ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn bash_completes() {
    if !is_here("bash") {
        return;
    }
    let workspace = Workspace::new();
    script(&workspace, "bash");
    let start = "wasi-aot() { echo \"<$*>\"; }; source ./script";
    let shell = Shell::start(&workspace, &["bash", "--norc", "--noprofile", "-i"], start);
    for (typed, expected) in COMPLETED {
        shell.complete(typed, expected);
    }
    // Values that don't belong to a flag.
    shell.complete("wasi-aot completions fi", "wasi-aot completions fish ");
    // A file, though nothing is typed of its name.
    fs::create_dir(workspace.path("one")).unwrap();
    fs::write(workspace.path("one/module.wasm"), "").unwrap();
    shell.terminal.type_in("cd one\n");
    shell.complete("wasi-aot build ", "wasi-aot build module.wasm");
}

#[test]
fn zsh_completes() {
    if !is_here("zsh") {
        return;
    }
    let workspace = Workspace::new();
    script(&workspace, "zsh");
    let start = "function wasi-aot() { echo \"<$*>\" }; autoload -U compinit; compinit -u -D; source ./script";
    let shell = Shell::start(&workspace, &["zsh", "-f", "-i"], start);
    for (typed, expected) in COMPLETED {
        shell.complete(typed, expected);
    }
    // Values that don't belong to a flag.
    shell.complete("wasi-aot completions fi", "wasi-aot completions fish ");
}

#[test]
fn fish_completes() {
    if !is_here("fish") {
        return;
    }
    let workspace = Workspace::new();
    script(&workspace, "fish");
    for (typed, expected) in COMPLETED {
        let mut fish = Command::new("fish");
        fish.args([
            "--no-config",
            "-c",
            "source ./script; complete -C $argv",
            typed,
        ]);
        fish.current_dir(workspace.path(""))
            .env("HOME", workspace.path(""));
        let output = fish.output().unwrap();
        let candidates = String::from_utf8(output.stdout).unwrap();
        let word = expected.split_whitespace().next_back().unwrap();
        // A tab and a description may follow.
        let names: Vec<_> = candidates
            .lines()
            .map(|line| line.split('\t').next())
            .collect();
        assert_eq!(names, [Some(word)], "{typed}: {candidates}");
    }
}

#[test]
fn scripts_of_all_shells_have_the_flags_but_no_hidden_ones() {
    let workspace = Workspace::new();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = script(&workspace, shell);
        assert!(script.contains("max-memory"), "{shell}");
        assert!(!script.contains("forget-resume-points"), "{shell}");
    }
    let output = workspace.run(&["completions", "tcsh"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("bash"));
}
