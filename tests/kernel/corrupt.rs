//! Executables around the runtime that lets its guest make any system call
//! (`runtime-shim/src/corrupt.rs`).

use anyhow::Result;
use harness::tool::Tool;
use harness::{paths, shim};
use std::path::{Path, PathBuf};
use wasi_aot_shim_images::target::LINUX_ARM64;

/// What `wasi-aot build` makes of `module` and `flags`, linked with that runtime.
pub fn executable(tool: &Tool, module: &Path, flags: &[String]) -> Result<PathBuf> {
    let object = tool.executable(module, &[flags, &["--emit=obj".into()]].concat())?;
    let output = PathBuf::from(format!("{}.linked", object.display()));
    paths::make_once(&output, |draft| {
        let library = shim::library(&LINUX_ARM64, Some("corrupt"))?;
        shim::link(&LINUX_ARM64, &library, &object, draft)
    })?;
    Ok(output)
}
