//! Executables around the runtime that lets its guest make any system call
//! (`runtime-shim/src/corrupt.rs`).

use anyhow::{Context, Result, ensure};
use harness::paths;
use harness::run::Run;
use harness::tool::Tool;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use wasi_aot_shim_images::archive;
use wasi_aot_shim_images::target::LINUX_ARM64;
use wasi_aot_shim_images::toolchain::Toolchain;

/// What `wasi-aot build` makes of `module` and `flags`, linked with that runtime.
pub fn executable(tool: &Tool, module: &Path, flags: &[String]) -> Result<PathBuf> {
    let object = tool.executable(module, &[flags, &["--emit=obj".into()]].concat())?;
    let output = PathBuf::from(format!("{}.linked", object.display()));
    paths::make_once(&output, |draft| link(&object, draft))?;
    Ok(output)
}

fn link(object: &Path, output: &Path) -> Result<()> {
    let script = paths::root().join("runtime-shim/wasi-aot.ld");
    let mut command = Toolchain::find(&LINUX_ARM64)?.linker();
    command
        .args(["-static", "-z"])
        .arg(format!("max-page-size={}", LINUX_ARM64.page_size))
        .arg("-T")
        .arg(script)
        .arg("-o")
        .args([output, object, library()?]);
    let linked = Run::of(command).run().context("the linker")?;
    let stderr = String::from_utf8_lossy(&linked.stderr);
    ensure!(linked.ends.is_success(), "the linker: {stderr}");
    Ok(())
}

/// The runtime's static library with the feature `corrupt`, built once in a run.
fn library() -> Result<&'static Path> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    let build = || {
        let tools = Toolchain::find(&LINUX_ARM64)?;
        let directory = paths::profile_dir()?.with_file_name("corrupt");
        archive::build(&LINUX_ARM64, &tools, &["corrupt"], &directory)
    };
    match BUILT.get_or_init(|| build().map_err(|error| format!("{error:#}"))) {
        Ok(path) => Ok(path),
        Err(error) => anyhow::bail!("{error}"),
    }
}
