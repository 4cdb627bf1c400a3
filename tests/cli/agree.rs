//! Hand-written programs that must do what they do under wasmtime, in each of
//! [`harness::ways`]: the same output, the same end, the same trap.

use crate::support::{test, text};
use anyhow::{Context, Result, ensure};
use harness::agree::{self, End};
use harness::run::Ends;
use harness::tool::Tool;
use harness::ways::ways;
use libtest_mimic::Trial;
use std::sync::Arc;

/// A program: what its module has beside `print.wat`, what `_start` does, and the
/// trap it ends with, in wasi-aot's words; empty for none.
pub struct Program {
    pub name: &'static str,
    pub items: &'static str,
    pub body: &'static str,
    pub trap: &'static str,
}

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
    let module = agree::assemble(dir.path(), &module)?;
    let reference = agree::wasmtime(&module)?;
    let end = match program.trap {
        "" => End::Normal(Ends::Exit(0)),
        trap => End::trap(trap).context("no such trap")?,
    };
    ensure!(reference.end == end, "wasmtime: {:?}", reference.end);
    for flags in ways() {
        let output = dir.path().join("program");
        agree::build(tool, &module, &output, &flags)?;
        let seen = agree::run(&output)?;
        ensure!(
            seen == reference,
            "{}: {:?} {} instead of {:?} {}",
            flags.join(" "),
            seen.end,
            text(&seen.stdout),
            reference.end,
            text(&reference.stdout)
        );
    }
    // A program that shows nothing and ends well would agree whatever it did.
    let silent = reference.stdout.is_empty() && program.trap.is_empty();
    ensure!(!silent, "the program shows nothing");
    Ok(())
}
