//! Does a hand-written module do the same in an executable of ours and under wasmtime?
//!
//! - [`Compared`]: a module's text, assembled; what it shows under wasmtime; its
//!   executables, built with any flags, and what they show;
//! - [`program`]: a program as data, which must show the same in all of [`crate::ways`];
//! - [`seen`]: what is compared, output and end;
//! - [`prelude`]: the memory and the functions by which such a program shows numbers.

pub mod program;
pub mod seen;

pub use program::{Program, Want, trials};
pub use seen::{End, Seen};

use crate::run::Run;
use crate::tool::Tool;
use crate::{facts, paths, target};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;
use wasi_aot_compiler::{Facts, Options};

/// The beginning of a program that shows numbers: the import of `fd_write`, a memory with
/// these limits (`1`, or `1 3`), and `$print` and `$show`. Bytes 1024 to 1060 of the memory
/// are theirs.
#[must_use]
pub fn prelude(limits: &str) -> String {
    format!(
        r#"(import "wasi_snapshot_preview1" "fd_write"
    (func $fd_write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") {limits})
{}"#,
        include_str!("print.wat")
    )
}

/// A module, in a directory of its own, and what it shows under wasmtime.
#[derive(Debug)]
pub struct Compared {
    directory: TempDir,
    module: PathBuf,
    pub reference: Seen,
}

impl Compared {
    /// Assembles `text` and runs it under wasmtime.
    ///
    /// # Errors
    /// If it isn't a module, or wasmtime ends in a way that isn't known.
    pub fn new(text: &str) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let module = assemble(directory.path(), text)?;
        let reference = wasmtime(&module)?;
        Ok(Self {
            directory,
            module,
            reference,
        })
    }

    /// What its executable shows if it is built with these flags.
    ///
    /// # Errors
    /// If it doesn't build, or ends in a way that isn't known.
    pub fn ours<S: AsRef<str>>(&self, tool: &Tool, flags: &[S]) -> Result<Seen> {
        let program = self.directory.path().join("program");
        build(tool, &self.module, &program, flags)?;
        run(&program)
    }

    /// What a build with these options, for the target under test, knows of Go's code in
    /// the module.
    ///
    /// # Errors
    /// Those of the build.
    pub fn facts(&self, options: Options) -> Result<Facts> {
        let wasm = std::fs::read(&self.module)?;
        let target = target::tested();
        facts::of(&wasm, &[], Options { target, ..options })
    }
}

/// Writes the binary form of `text` to `dir/m.wasm`.
///
/// # Errors
/// If `text` isn't a module's, or can't be written.
pub fn assemble(dir: &Path, text: &str) -> Result<PathBuf> {
    let path = dir.join("m.wasm");
    std::fs::write(&path, wat::parse_str(text)?)?;
    Ok(path)
}

/// What `module` shows under wasmtime.
fn wasmtime(module: &Path) -> Result<Seen> {
    let mut command = Command::new(paths::installed("wasmtime")?);
    command.arg("run").arg(module);
    Seen::wasmtimes(Run::of(command).run()?).context("under wasmtime")
}

/// Builds `module` as `program`.
///
/// # Errors
/// If it doesn't build.
pub fn build<S: AsRef<str>>(tool: &Tool, module: &Path, program: &Path, flags: &[S]) -> Result<()> {
    let built = tool.build(module, program, flags.iter().map(AsRef::as_ref))?;
    ensure!(
        built.ends.is_success(),
        "wasi-aot build: {}: {}",
        built.ends,
        String::from_utf8_lossy(&built.stderr)
    );
    Ok(())
}

/// What `program` shows, which [`build`] made.
///
/// # Errors
/// If it ends in a way that isn't known.
pub fn run(program: &Path) -> Result<Seen> {
    let mut command = target::command(program);
    command.env_clear();
    if let Some(dir) = program.parent() {
        command.current_dir(dir);
    }
    Seen::ours(Run::of(command).run()?)
}
