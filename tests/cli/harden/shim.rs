//! Executables around the corrupted runtime.

use crate::ld;
use crate::support::{build, guest, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::paths;
use harness::run::Run;
use harness::tool::Tool;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

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
    ld::link_with(archive()?, &object, Path::new(output))?;
    Ok(output.into())
}

/// The runtime's static library with the feature `corrupt`, built once in a run by
/// cargo, which knows whether it must be.
fn archive() -> Result<&'static Path> {
    static BUILT: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match BUILT.get_or_init(|| build_archive().map_err(|error| format!("{error:#}"))) {
        Ok(path) => Ok(path),
        Err(error) => anyhow::bail!("{error}"),
    }
}

fn build_archive() -> Result<PathBuf> {
    let target = paths::profile_dir()?.with_file_name("corrupt");
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .current_dir(paths::root().join("runtime-shim"))
        .args([
            "build",
            "--release",
            "--locked",
            "--lib",
            "--features=corrupt",
        ])
        .arg("--target-dir")
        .arg(&target)
        .env(
            "RUSTFLAGS",
            "-Crelocation-model=static -Cforce-frame-pointers=yes",
        )
        .env_remove("CARGO_ENCODED_RUSTFLAGS");
    let built = Run::of(cargo).seconds(600).run()?;
    ensure!(
        built.ends.is_success(),
        "the corrupted runtime doesn't build: {}",
        text(&built.stderr)
    );
    Ok(target.join("release/libwasi_aot_shim.a"))
}
