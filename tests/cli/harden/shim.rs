//! Executables around the corrupted runtime.

use crate::ld;
use crate::support::{build, guest};
use anyhow::Result;
use harness::go::Goal;
use harness::paths;
use harness::tool::Tool;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use wasi_aot_shim_images::archive;
use wasi_aot_shim_images::target::LINUX_AMD64;
use wasi_aot_shim_images::toolchain::Toolchain;

/// Compiles the guest `corrupt` with `flags` to `output`.
pub fn executable(tool: &Tool, output: &str, flags: &[String]) -> Result<PathBuf> {
    let module = guest("corrupt", Goal::Wasip1)?;
    let object = PathBuf::from(format!("{output}.o"));
    let flags: Vec<&str> = flags.iter().map(String::as_str).collect();
    build(
        tool,
        &module,
        &object,
        &[&flags[..], &["--emit=obj"]].concat(),
    )?;
    ld::link_with(library()?, &object, Path::new(output))?;
    Ok(output.into())
}

/// The runtime's static library with the feature `corrupt`, built once in a run.
fn library() -> Result<&'static Path> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match BUILT.get_or_init(|| build_library().map_err(|error| format!("{error:#}"))) {
        Ok(path) => Ok(path),
        Err(error) => anyhow::bail!("{error}"),
    }
}

fn build_library() -> Result<PathBuf> {
    let tools = Toolchain::find(&LINUX_AMD64)?;
    let directory = paths::profile_dir()?.with_file_name("corrupt");
    archive::build(&LINUX_AMD64, &tools, &["corrupt"], &directory)
}
