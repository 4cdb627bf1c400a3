//! What a module does when it is built and run, and what it does under wasmtime:
//! its output, and how it ends, traps in the same words for both.

use crate::run::{Ends, Finished, Run};
use crate::tool::Tool;
use crate::{paths, target};
use anyhow::{Context, Result, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;

/// wasi-aot's words for a trap and wasmtime's.
const TRAPS: [(&str, &str); 11] = [
    ("unreachable", "wasm `unreachable` instruction executed"),
    ("out of bounds memory access", "out of bounds memory access"),
    (
        "undefined element",
        "undefined element: out of bounds table access",
    ),
    (
        "out of bounds table access",
        "undefined element: out of bounds table access",
    ),
    ("uninitialized element", "uninitialized element"),
    ("indirect call type mismatch", "indirect call type mismatch"),
    ("integer divide by zero", "integer divide by zero"),
    ("integer overflow", "integer overflow"),
    (
        "invalid conversion to integer",
        "invalid conversion to integer",
    ),
    ("native stack overflow", "call stack exhausted"),
    // Nothing of the specification's: a trusted fact that doesn't hold.
    ("resumed where Go never resumes", "resumed where Go never"),
];

/// How a program ends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    Normal(Ends),
    /// In wasmtime's words.
    Trap(&'static str),
}

impl End {
    /// The trap for which wasi-aot has these words.
    #[must_use]
    pub fn trap(ours: &str) -> Option<Self> {
        let found = TRAPS.iter().find(|(words, _)| *words == ours)?;
        Some(Self::Trap(found.1))
    }
}

/// What a program shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub end: End,
    pub stdout: Vec<u8>,
}

impl Seen {
    fn of(
        finished: Finished,
        words: impl Fn(&(&'static str, &'static str)) -> &'static str,
    ) -> Result<Self> {
        let end = if finished.ends == Ends::Exit(134) {
            let stderr = String::from_utf8_lossy(&finished.stderr);
            let said = stderr.split_once("trap: ").context("no trap")?.1;
            let found = TRAPS.iter().find(|pair| said.starts_with(words(pair)));
            let found = found.with_context(|| format!("unknown words: {stderr}"))?;
            End::Trap(found.1)
        } else {
            End::Normal(finished.ends)
        };
        Ok(Self {
            end,
            stdout: finished.stdout,
        })
    }
}

/// Writes the binary form of `text` to `dir/m.wasm`.
pub fn assemble(dir: &Path, text: &str) -> Result<PathBuf> {
    let path = dir.join("m.wasm");
    std::fs::write(&path, wat::parse_str(text)?)?;
    Ok(path)
}

/// What `module` does under wasmtime.
pub fn wasmtime(module: &Path) -> Result<Seen> {
    let mut command = Command::new(paths::installed("wasmtime")?);
    command.arg("run").arg(module);
    let finished = Run::of(command).run()?;
    Seen::of(finished, |pair| pair.1).context("under wasmtime")
}

/// Builds `module` as `program`; gives what `build -v` says.
pub fn build<S: AsRef<str>>(
    tool: &Tool,
    module: &Path,
    program: &Path,
    flags: &[S],
) -> Result<String> {
    let flags = ["-v"].into_iter().chain(flags.iter().map(AsRef::as_ref));
    let built = tool.build(module, program, flags)?;
    let said = String::from_utf8_lossy(&built.stderr).into_owned();
    ensure!(built.ends.is_success(), "build: {}: {said}", built.ends);
    Ok(said)
}

/// What `program` does, which [`build`] made.
pub fn run(program: &Path) -> Result<Seen> {
    let mut command = target::command(program);
    command.env_clear();
    if let Some(dir) = program.parent() {
        command.current_dir(dir);
    }
    Seen::of(Run::of(command).run()?, |pair| pair.0)
}
