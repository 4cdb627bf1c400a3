//! Executables around the corrupted runtime.

use crate::support::{build, guest};
use anyhow::Result;
use harness::go::Goal;
use harness::shim;
use harness::tool::Tool;
use std::path::{Path, PathBuf};
use wasi_aot_shim_images::target::LINUX_AMD64;

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
    let library = shim::library(&LINUX_AMD64, Some("corrupt"))?;
    shim::link(&LINUX_AMD64, &library, &object, Path::new(output))?;
    Ok(output.into())
}
