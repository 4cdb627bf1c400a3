//! Builds the shim's static library by a separate cargo. Settings of the build that runs it
//! (flags, profiles, wrappers, target directory) don't reach that cargo, and no path of this
//! machine reaches the library.

use crate::flags;
use crate::paths::root;
use crate::toolchain::Toolchain;
use anyhow::{Context, Result, ensure};
use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use wasi_aot_contract::target::Target;

/// Builds the library with these cargo features of the shim. Returns its path.
///
/// # Errors
/// If cargo fails.
pub fn build(
    target: Target,
    tools: &Toolchain,
    features: &[&str],
    target_dir: &Path,
) -> Result<PathBuf> {
    let target_dir = std::path::absolute(target_dir)?;
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    for (name, _) in env::vars_os().filter(|(name, _)| leaks(name)) {
        cargo.env_remove(name);
    }
    let status = cargo
        .current_dir(root().join("runtime-shim"))
        .args(["build", "--quiet", "--release", "--locked", "--lib"])
        .args(["--target", target.triple(), "--features"])
        .arg(features.join(","))
        .arg("--target-dir")
        .arg(&target_dir)
        .env("RUSTC", &tools.rustc)
        .env("RUSTC_WRAPPER", root().join("runtime-shim/images/rustc.sh"))
        .env("CARGO_INCREMENTAL", "0")
        .env("CARGO_ENCODED_RUSTFLAGS", encoded_flags(target))
        .status()
        .context("cargo does not start")?;
    ensure!(
        status.success(),
        "the runtime shim does not build for {}",
        target.name()
    );
    let directory = target_dir.join(target.triple()).join("release");
    Ok(directory.join("libwasi_aot_shim.a"))
}

/// Whether an environment variable would change how the shim is built. That holds for every
/// variable that cargo and clippy set or read, except those for the sources of packages and
/// for the job server.
fn leaks(name: &OsStr) -> bool {
    const KEPT: [&str; 7] = [
        "CARGO_HOME",
        "CARGO_HTTP_",
        "CARGO_MAKEFLAGS",
        "CARGO_NET_",
        "CARGO_REGISTR",
        "CARGO_SOURCE_",
        "CARGO_TERM_",
    ];
    const SET: [&str; 6] = [
        "CARGO_",
        "CLIPPY_",
        "RUSTFLAGS",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTDOC",
    ];
    let name = name.to_string_lossy();
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    begins(&SET) && !begins(&KEPT)
}

/// The target's flags, and flags that replace paths of this machine by short names. Panic
/// messages of the shim have paths, so every executable would have them.
fn encoded_flags(target: Target) -> OsString {
    let mut flags: Vec<OsString> = flags::flags(target).map(OsString::from).collect();
    let mut rename = |directory: &Path, name: &str| {
        let mut flag = OsString::from("--remap-path-prefix=");
        flag.push(directory);
        flag.push("=");
        flag.push(name);
        flags.push(flag);
    };
    rename(&root(), "wasi-aot");
    // Each registry has a directory, whose name depends on the registry's address.
    for registry in registries() {
        rename(&registry, "crates");
    }
    flags.join(OsStr::new("\x1f"))
}

/// The directories of unpacked packages.
fn registries() -> Vec<PathBuf> {
    let cargo_home = env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = || Some(PathBuf::from(env::var_os("HOME")?).join(".cargo"));
    let sources = cargo_home
        .or_else(home)
        .map(|home| home.join("registry/src"));
    let listed = sources.and_then(|sources| std::fs::read_dir(sources).ok());
    let mut registries: Vec<_> = listed
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    registries.sort();
    registries
}
