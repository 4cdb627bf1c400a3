//! The runtime's static library with features for tests, and linking with `ld`.

use crate::paths;
use crate::run::Run;
use crate::tool::Tool;
use anyhow::{Result, ensure};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, PoisonError};
use wasi_aot_shim_images::toolchain::Toolchain;
use wasi_aot_shim_images::{Target, archive};

/// Libraries by target and feature.
type Built = HashMap<(Target, Option<&'static str>), PathBuf>;

/// The library for a target, with this feature of the runtime or none. It is built once in
/// a run. Each feature has its own directory.
///
/// # Errors
/// If it doesn't build.
pub fn library(target: Target, feature: Option<&'static str>) -> Result<PathBuf> {
    static BUILT: LazyLock<Mutex<Built>> = LazyLock::new(Mutex::default);
    let mut built = BUILT.lock().unwrap_or_else(PoisonError::into_inner);
    let key = (target, feature);
    if let Some(path) = built.get(&key) {
        return Ok(path.clone());
    }
    let directory = paths::profile_dir()?.with_file_name(feature.unwrap_or("shim-images"));
    let tools = Toolchain::find(target)?;
    let features: Vec<&str> = feature.into_iter().collect();
    let path = archive::build(target, &tools, &features, &directory)?;
    built.insert(key, path.clone());
    Ok(path)
}

/// The feature by which a guest makes any system call (`runtime-shim/src/corrupt.rs`).
pub const CORRUPT: &str = "corrupt";

/// The feature that asks goroutines to give way every 0.2 ms
/// (`runtime-shim/src/preempt.rs`).
pub const EAGER: &str = "eager";

/// The feature that enters the module again after an access that trapped
/// (`runtime-shim/src/again.rs`).
pub const AGAIN: &str = "again";

/// An executable of `module`, built with `flags`, with a runtime that has this feature. It
/// is built once in a run.
///
/// # Errors
/// If it doesn't build.
pub fn executable(
    tool: &Tool,
    target: Target,
    feature: &'static str,
    module: &Path,
    flags: &[String],
) -> Result<PathBuf> {
    let flags = [flags, &["--emit=obj".into()]].concat();
    let object = tool.executable(module, &flags)?;
    let output = PathBuf::from(format!("{}.{feature}", object.display()));
    paths::make_once(&output, |draft| {
        let library = library(target, Some(feature))?;
        link(target, &library, &object, draft)
    })?;
    Ok(output)
}

/// Links `object` with the runtime in `archive` by our script. For arm64 Rust's linker does
/// it, since the machine's `ld` may not know the target.
///
/// # Errors
/// If the linker fails.
pub fn link(target: Target, archive: &Path, object: &Path, output: &Path) -> Result<()> {
    let script = paths::product("wasi-aot.ld", "WASI_AOT_LD_SCRIPT")?;
    let mut command = if target == Target::LinuxArm64 {
        let mut linker = Toolchain::find(target)?.linker();
        linker.args(["--defsym=ARM64=1", "-z"]);
        linker.arg(format!("max-page-size={}", target.page_size()));
        linker
    } else {
        Command::new("ld")
    };
    command.arg("-T").arg(script).arg("-o");
    command.args([output, object, archive]);
    let linked = Run::of(command).run()?;
    let stderr = String::from_utf8_lossy(&linked.stderr);
    ensure!(linked.ends.is_success(), "ld: {stderr}");
    Ok(())
}
