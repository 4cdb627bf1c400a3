//! Runs the wasi-aot binary in a directory of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

/// A command that does nothing and succeeds.
pub const NOTHING: &str = r#"(module (memory (export "memory") 1) (func (export "_start")))"#;

/// A directory with `nothing.wasm`, removed at the end.
pub struct Workspace(TempDir);

impl Workspace {
    pub fn new() -> Self {
        let workspace = Self(tempfile::tempdir().unwrap());
        let wasm = wat::parse_str(NOTHING).unwrap();
        fs::write(workspace.path("nothing.wasm"), wasm).unwrap();
        workspace
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// `wasi-aot ARGS`, to be run in the directory with no input.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wasi-aot"));
        command.args(args).current_dir(self.0.path());
        command.stdin(Stdio::null());
        command
    }

    pub fn run(&self, args: &[&str]) -> Output {
        self.command(args).output().unwrap()
    }

    /// Runs it, insists on success and silence on stderr, and returns stdout.
    pub fn succeed(&self, args: &[&str]) -> Vec<u8> {
        succeeded(&self.run(args))
    }

    /// Runs it, insists on this exit code and one line on stderr, and returns the line as
    /// [`failed`] does.
    pub fn fail(&self, code: i32, args: &[&str]) -> String {
        failed(code, &self.run(args))
    }

    /// Names of the files in the directory, sorted.
    pub fn files(&self) -> Vec<String> {
        let entries = fs::read_dir(self.0.path()).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    }
}

/// Checks that a run succeeded with an empty stderr, and returns its stdout.
pub fn succeeded(output: &Output) -> Vec<u8> {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {stderr}", output.status);
    assert_eq!(stderr, "");
    output.stdout.clone()
}

/// Checks that a run failed with `code` and one line on stderr. Returns that line without
/// `wasi-aot: `. For code 2 the line must end with the hint to the help, which is left out,
/// too.
pub fn failed(code: i32, output: &Output) -> String {
    let stderr = String::from_utf8(output.stderr.clone()).unwrap();
    assert_eq!(output.status.code(), Some(code), "{stderr}");
    let line = stderr.strip_prefix("wasi-aot: ");
    let line = line.and_then(|line| line.strip_suffix('\n'));
    let line = line.unwrap_or_else(|| panic!("not one line of ours: {stderr:?}"));
    assert!(!line.contains('\n'), "{stderr:?}");
    if code != 2 {
        return line.into();
    }
    let hint = line
        .rsplit_once(" (see wasi-aot ")
        .filter(|(_, hint)| hint.ends_with("--help)"));
    let (line, _) = hint.unwrap_or_else(|| panic!("no hint to the help: {line:?}"));
    line.into()
}

/// Whether the file can be executed by anyone.
pub fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(path).unwrap().permissions().mode() & 0o111 != 0
}
