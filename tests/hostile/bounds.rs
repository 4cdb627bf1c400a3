//! Runs a build with limits on its time and memory.

use anyhow::{Context, Result, ensure};
use harness::run::{Ends, Finished, Run};
use harness::suite::test;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Instant;

/// A module and the outcome of its build.
pub struct Case {
    pub name: &'static str,
    /// Makes the module's bytes.
    pub module: fn() -> Vec<u8>,
    pub becomes: Becomes,
}

/// The outcome of a build.
pub enum Becomes {
    /// An executable, which ends with exit code 0.
    Program,
    /// An executable that isn't run, because the module isn't meant to work.
    File,
    /// One line of error that contains these texts.
    Refused(&'static [&'static str]),
}

/// The address space that a build may use, in KiB.
const MEMORY_KIB: u32 = 4 << 20;
/// The processor time that a build may use, in seconds, all threads together.
const CPU_SECONDS: u32 = 60;
const CLOCK_SECONDS: u64 = 600;

pub fn trial(tool: &Arc<Tool>, case: &'static Case) -> Trial {
    let tool = Arc::clone(tool);
    test(case.name, move || check(&tool, case))
}

fn check(tool: &Tool, case: &Case) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (module, output) = (dir.path().join("m.wasm"), dir.path().join("out/program"));
    fs::create_dir(dir.path().join("out"))?;
    fs::write(&output, "here before")?;
    fs::write(&module, (case.module)())?;
    let started = Instant::now();
    let built = build(tool, &module, &output)?;
    println!("{}: {} in {:?}", case.name, built.ends, started.elapsed());
    let left = fs::read_dir(dir.path().join("out"))?.count();
    ensure!(left == 1, "{left} files beside the output");
    let start = fs::read(&output)?;
    if let Becomes::Refused(texts) = case.becomes {
        let prefix = format!("wasi-aot: {}: ", module.display());
        built.one_line(1, &prefix, texts)?;
        ensure!(start == b"here before", "the output file was touched");
        return Ok(());
    }
    let stderr = String::from_utf8_lossy(&built.stderr);
    ensure!(built.ends.is_success(), "{}: {stderr}", built.ends);
    ensure!(start.starts_with(b"\x7fELF"), "no executable");
    if let Becomes::Program = case.becomes {
        let ran = Run::of(Command::new(&output)).run().context("it")?;
        let stderr = String::from_utf8_lossy(&ran.stderr);
        ensure!(ran.ends == Ends::Exit(0), "it ends: {}: {stderr}", ran.ends);
    }
    Ok(())
}

/// Runs `wasi-aot build` in a shell that sets the limits.
fn build(tool: &Tool, module: &Path, output: &Path) -> Result<Finished> {
    let limits = format!("ulimit -v {MEMORY_KIB}; ulimit -t {CPU_SECONDS}; exec \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &limits, "sh"]).arg(&tool.path);
    command.arg("build").arg(module).arg("-o").arg(output);
    Run::of(command).seconds(CLOCK_SECONDS).run()
}
