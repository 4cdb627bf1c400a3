//! Hand-written programs that must do what they do under wasmtime, at every
//! optimisation level: the same output, the same end, the same trap.

use crate::support::{assemble, build, run, test, text};
use anyhow::{Context, Result, ensure};
use harness::paths;
use harness::run::{Ends, Finished, Run};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// A program: what its module has beside `print.wat`, what `_start` does, and the
/// trap it ends with, in wasi-aot's words; empty for none.
pub struct Program {
    pub name: &'static str,
    pub items: &'static str,
    pub body: &'static str,
    pub trap: &'static str,
}

/// wasi-aot's words for a trap and wasmtime's.
const TRAPS: [(&str, &str); 6] = [
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
];

const LEVELS: [&[&str]; 3] = [&["-O0"], &["-O2"], &["-O2", "--no-go-opt"]];

/// One test for each program.
pub fn trials(suite: &str, programs: &'static [Program], tool: &Arc<Tool>) -> Vec<Trial> {
    let one = |program: &'static Program| {
        let name = format!("{suite}/{}", program.name);
        test(&name, tool, move |tool| agree(tool, program))
    };
    programs.iter().map(one).collect()
}

fn agree(tool: &Tool, program: &Program) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = format!(
        r#"(module {} {} (func $main (export "_start") {}))"#,
        include_str!("print.wat"),
        program.items,
        program.body
    );
    let module = assemble(dir.path(), "m.wasm", &module)?;
    let mut wasmtime = Command::new(paths::installed("wasmtime")?);
    wasmtime.arg("run").arg(&module);
    let reference = Run::of(wasmtime).run()?;
    ended(&reference, program, |trap| {
        let words = TRAPS.iter().find(|(ours, _)| *ours == trap);
        Ok(words.context("a trap without wasmtime's words")?.1)
    })
    .context("under wasmtime")?;
    for flags in LEVELS {
        let finished = built_and_run(tool, &module, flags, dir.path())?;
        ended(&finished, program, Ok).with_context(|| flags.join(" "))?;
        ensure!(
            finished.stdout == reference.stdout,
            "{}: {} instead of {}",
            flags.join(" "),
            text(&finished.stdout),
            text(&reference.stdout)
        );
    }
    // A program that shows nothing and ends well would agree whatever it did.
    let silent = reference.stdout.is_empty() && program.trap.is_empty();
    ensure!(!silent, "the program shows nothing");
    Ok(())
}

fn built_and_run(tool: &Tool, module: &Path, flags: &[&str], dir: &Path) -> Result<Finished> {
    let output = dir.join("program");
    build(tool, module, &output, flags)?;
    run(&output, &[], dir)
}

/// Holds `finished` to the program's trap, as `words` has it.
fn ended<'a>(
    finished: &Finished,
    program: &'a Program,
    words: impl Fn(&'a str) -> Result<&'a str>,
) -> Result<()> {
    let stderr = text(&finished.stderr);
    if program.trap.is_empty() {
        ensure!(
            finished.ends == Ends::Exit(0),
            "{}: {stderr}",
            finished.ends
        );
        return Ok(());
    }
    let says = format!("trap: {}", words(program.trap)?);
    ensure!(
        finished.ends == Ends::Exit(134),
        "{}: {stderr}",
        finished.ends
    );
    ensure!(stderr.contains(&says), "{says:?} is not in {stderr}");
    Ok(())
}
