//! Does `wasi-aot` need anything of the machine? It must not: it builds in a root directory
//! that holds only `wasi-aot`, its shared libraries and the module, without PATH and without
//! /proc.

use crate::support::{guest, run, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::Goal;
use harness::run::Run;
use harness::target::natively;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![natively(test(
        "isolation/a root with nothing else",
        tool,
        alone,
    ))]
}

fn alone(tool: &Tool) -> Result<()> {
    let root = tempfile::tempdir()?;
    let root = root.path();
    fs::copy(&tool.path, root.join("wasi-aot"))?;
    for library in libraries(&tool.path)? {
        let copy = root.join(library.strip_prefix("/")?);
        fs::create_dir_all(copy.parent().context("a library lies in a directory")?)?;
        fs::copy(&library, copy)?;
    }
    fs::copy(guest("hello", Goal::Wasip1)?, root.join("hello.wasm"))?;

    let built = in_root(root, &["/wasi-aot", "build", "/hello.wasm", "-o", "/hello"])?;
    ensure!(
        built.ends.is_success(),
        "{}: {}",
        built.ends,
        text(&built.stderr)
    );
    let ran = run(&root.join("hello"), &[], root)?;
    ensure!(
        ran.stdout.starts_with(b"hello, "),
        "{}: {}",
        ran.ends,
        text(&ran.stderr)
    );
    let alone = in_root(root, &["/hello"])?;
    ensure!(
        alone.stdout == ran.stdout,
        "in the root, the executable says {}",
        text(&alone.stderr)
    );
    Ok(())
}

/// The shared libraries and the dynamic linker that `program` loads.
fn libraries(program: &Path) -> Result<Vec<PathBuf>> {
    let mut command = Command::new("ldd");
    command.arg(program);
    let listed = Run::of(command).run()?;
    // ldd exits with 1 for a static program. Then there is nothing to copy.
    let words = text(&listed.stdout);
    let paths = words
        .split_whitespace()
        .filter(|word| word.starts_with('/') && !word.ends_with(':'));
    Ok(paths.map(PathBuf::from).collect())
}

/// Runs a program with `root` as its root directory and an empty environment. A user who isn't
/// root gets the right to do so from a namespace.
fn in_root(root: &Path, program: &[&str]) -> Result<harness::run::Finished> {
    // PATH still holds while the commands are looked up; then the environment is emptied.
    let script = r#"if [ "$(id -u)" = 0 ]; then exec "$(command -v env)" -i "$(command -v chroot)" "$@"
        else exec "$(command -v unshare)" -r "$(command -v env)" -i "$(command -v chroot)" "$@"; fi"#;
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(root).args(program);
    Run::of(command).seconds(300).run()
}
