//! Is WASI preview 1 implemented as WebAssembly's own tests ask
//! (<https://github.com/WebAssembly/wasi-testsuite>)? Each module is built with wasi-aot and run
//! as a native executable.
//!
//! `tests/wasi-suite.sh` finds the tests. Without them this suite has no cases, and `make test`
//! says so at its end. `.ci/run` requires them.

mod specification;

use anyhow::{Context, Result, ensure};
use harness::run::{Ends, Reader, Run, Stdin};
use harness::suite::test;
use harness::tool::Tool;
use harness::{address, paths, target};
use libtest_mimic::Trial;
use specification::Specification;
use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// The suite has at least this many modules.
const AT_LEAST: usize = 72;

fn main() -> Result<()> {
    let tool = Arc::new(Tool::new()?);
    let trials = match suite()? {
        Some(directory) => trials(&directory, &tool)?,
        None => Vec::new(),
    };
    harness::main(trials)
}

/// The directory of the suite, if it is on this machine.
fn suite() -> Result<Option<PathBuf>> {
    let script = paths::root().join("tests/wasi-suite.sh");
    let output = Command::new(&script)
        .arg("where")
        .output()
        .with_context(|| format!("can't run {}", script.display()))?;
    ensure!(output.status.success(), "{} failed", script.display());
    let path = String::from_utf8(output.stdout)?;
    let path = path.trim_end();
    Ok((!path.is_empty()).then(|| PathBuf::from(path)))
}

fn trials(directory: &Path, tool: &Arc<Tool>) -> Result<Vec<Trial>> {
    let mut modules = Vec::new();
    find_modules(directory, &mut modules)?;
    ensure!(
        modules.len() >= AT_LEAST,
        "only {} modules of {AT_LEAST} below {}",
        modules.len(),
        directory.display()
    );
    modules.sort();
    let mut trials = Vec::new();
    for module in modules {
        let name = module.strip_prefix(directory).unwrap_or(&module);
        let name = format!("wasi/{}", name.with_extension("").display());
        if needs_wasi_libc(directory, &module)? {
            let (tool, module) = (Arc::clone(tool), module.clone());
            trials.push(test(format!("{name} beside a listener"), move || {
                let address = address::free(address::loopback())?.to_string();
                conforms(&tool, &module, &["--listen", &address])
            }));
        }
        let tool = Arc::clone(tool);
        trials.push(test(name, move || conforms(&tool, &module, &[])));
    }
    Ok(trials)
}

/// Whether a module uses a directory through wasi-libc. wasi-libc must also find the directory
/// after a preopened socket.
fn needs_wasi_libc(suite: &Path, module: &Path) -> Result<bool> {
    let is_c = (module.strip_prefix(suite)?.components()).any(|part| part.as_os_str() == "c");
    Ok(is_c && Specification::beside(module)?.root.is_some())
}

/// Finds the modules for preview 1. The repository has modules for other versions, too.
fn find_modules(directory: &Path, found: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(directory).with_context(|| directory.display().to_string())? {
        let entry = entry?;
        let path = entry.path();
        if entry.file_type()?.is_dir() {
            if path.file_name().is_none_or(|name| name != "wasm32-wasip3") {
                find_modules(&path, found)?;
            }
        } else if path
            .extension()
            .is_some_and(|extension| extension == "wasm")
        {
            found.push(path);
        }
    }
    Ok(())
}

/// Builds one module with `extra` flags, runs it, and compares it with its specification.
fn conforms(tool: &Tool, module: &Path, extra: &[&str]) -> Result<()> {
    let specification = Specification::beside(module)?;
    let directory = tempfile::tempdir()?;
    let mut flags: Vec<OsString> = extra.iter().map(Into::into).collect();
    if let Some(root) = &specification.root {
        let copy = directory.path().join("root");
        copy_tree(root, &copy)?;
        let mut grant = copy.into_os_string();
        grant.push("::/");
        flags.extend(["--dir".into(), grant]);
    }
    for variable in &specification.env {
        flags.extend(["--env".into(), variable.into()]);
    }
    let program = directory.path().join("program");
    let built = tool.build(module, &program, flags)?;
    ensure!(
        built.ends.is_success(),
        "build: {} {}",
        built.ends,
        String::from_utf8_lossy(&built.stderr)
    );
    let mut command = target::command(&program);
    command
        .args(&specification.args)
        .current_dir(directory.path())
        .env_clear();
    let finished = Run::of(command)
        .pipes(Stdin::Silent, Reader::Eager, Reader::Eager)
        .run()?;
    ensure!(
        finished.ends == Ends::Exit(specification.exit_code),
        "{}, not exit {}: {}",
        finished.ends,
        specification.exit_code,
        String::from_utf8_lossy(&finished.stderr)
    );
    says("output", &finished.stdout, specification.stdout.as_deref())?;
    says("error", &finished.stderr, specification.stderr.as_deref())
}

/// Compares a standard stream with the expected text, if the specification has one.
fn says(stream: &str, found: &[u8], expected: Option<&str>) -> Result<()> {
    let found = String::from_utf8_lossy(found);
    if let Some(expected) = expected {
        ensure!(
            found == expected,
            "standard {stream} is {found:?}, not {expected:?}"
        );
    }
    Ok(())
}

fn copy_tree(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let (source, target) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type()?;
        if kind.is_dir() {
            copy_tree(&source, &target)?;
        } else if kind.is_symlink() {
            symlink(fs::read_link(&source)?, &target)?;
        } else {
            fs::copy(&source, &target)?;
        }
    }
    Ok(())
}
