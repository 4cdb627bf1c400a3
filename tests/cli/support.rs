//! What the files of this suite share.

use anyhow::{Context, Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, Toolchain};
use harness::run::{Ends, Finished, Run};
use harness::suite;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// The test called `name`.
pub fn test(
    name: &str,
    tool: &Arc<Tool>,
    body: impl FnOnce(&Tool) -> Result<()> + Send + 'static,
) -> Trial {
    let tool = Arc::clone(tool);
    suite::test(name, move || body(&tool))
}

/// A guest built by the newest Go.
pub fn guest(name: &str, goal: Goal) -> Result<PathBuf> {
    Toolchain::new(NEWEST)?.build(name, Flavour::Plain, goal)
}

/// Writes the binary form of `text` to `dir/NAME`; it need not be valid.
pub fn assemble(dir: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = dir.join(name);
    std::fs::write(&path, wat::parse_str(text)?)?;
    Ok(path)
}

/// `wasi-aot build` with an empty standard error but for notes.
pub fn build(tool: &Tool, module: &Path, output: &Path, flags: &[&str]) -> Result<()> {
    let built = tool.build(module, output, flags)?;
    ensure!(
        built.ends.is_success() && built.stdout.is_empty(),
        "build {}: {} {}",
        module.display(),
        built.ends,
        text(&built.stderr)
    );
    Ok(())
}

/// Runs `program` in `dir`.
pub fn run(program: &Path, args: &[&str], dir: &Path) -> Result<Finished> {
    let mut command = Command::new(program);
    command.args(args).current_dir(dir).env_clear();
    Run::of(command).run()
}

/// Holds `finished` to one line on standard error that starts with `prefix` and
/// holds `texts`, nothing on standard output, and this exit code.
pub fn one_line(finished: &Finished, code: i32, prefix: &str, texts: &[&str]) -> Result<()> {
    let stderr = text(&finished.stderr);
    ensure!(
        finished.ends == Ends::Exit(code),
        "{}, not exit {code}: {stderr}",
        finished.ends
    );
    ensure!(
        finished.stdout.is_empty(),
        "writes to standard output: {}",
        text(&finished.stdout)
    );
    let line = stderr
        .strip_suffix('\n')
        .context("standard error has no last line")?;
    ensure!(!line.contains('\n'), "more than one line: {stderr}");
    ensure!(
        line.starts_with(prefix),
        "starts otherwise than with {prefix:?}: {line}"
    );
    for text in texts {
        ensure!(line.contains(text), "says nowhere {text:?}: {line}");
    }
    Ok(())
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
