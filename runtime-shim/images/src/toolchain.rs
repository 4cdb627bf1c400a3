//! Finds a Rust compiler with a target's standard library, and a linker.

use crate::paths::root;
use anyhow::{Context, Result, bail, ensure};
use std::path::{Path, PathBuf};
use std::process::Command;
use wasi_aot_contract::target::Target;

/// The tools that build the shim for one target.
#[derive(Debug, Clone)]
pub struct Toolchain {
    pub rustc: PathBuf,
    linker: PathBuf,
    /// `rustc 1.95.0 (59807616e 2026-04-14)`.
    pub compiler: String,
    /// `LLD 22.1.2`.
    pub linker_version: String,
}

impl Toolchain {
    /// The rustc that cargo uses, if it has the target's standard library, else the rustc that
    /// `tests/setup-aarch64.sh rust` has fetched.
    ///
    /// # Errors
    /// If neither has the library, or there is no linker.
    pub fn find(target: Target) -> Result<Self> {
        let own = PathBuf::from(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
        let fetched = root().join(".venv/aarch64/rustc");
        let known = [own.clone(), fetched];
        let mut known = known.into_iter().filter(|rustc| knows(rustc, target));
        let Some(rustc) = known.next() else {
            bail!(
                "no installed Rust compiler has the standard library of {}; \
                 run tests/setup-aarch64.sh rust, or rustup target add {0}",
                target.triple()
            );
        };
        let linker = linker(&own)?;
        Ok(Self {
            compiler: first_line(&rustc, &["--version"])?,
            linker_version: linker_version(&linker)?,
            rustc,
            linker,
        })
    }

    /// A command that runs the linker in its mode for ELF.
    #[must_use]
    pub fn linker(&self) -> Command {
        let mut command = Command::new(&self.linker);
        command.args(["-flavor", "gnu"]);
        command
    }
}

/// Whether a compiler exists and has the target's core library.
fn knows(rustc: &Path, target: Target) -> bool {
    let arguments = ["--print", "target-libdir", "--target", target.triple()];
    let Ok(directory) = first_line(rustc, &arguments) else {
        return false;
    };
    let Ok(files) = std::fs::read_dir(directory) else {
        return false;
    };
    files.flatten().any(|file| {
        let name = file.file_name();
        let name = name.to_string_lossy();
        name.starts_with("libcore-") && name.ends_with(".rlib")
    })
}

/// rust-lld, which comes with Rust, else LLVM's lld: the Rust of some distributions has no
/// rust-lld.
fn linker(rustc: &Path) -> Result<PathBuf> {
    let libraries = PathBuf::from(first_line(rustc, &["--print", "target-libdir"])?);
    let rust_lld = libraries.with_file_name("bin").join("rust-lld");
    if rust_lld.exists() {
        return Ok(rust_lld);
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let lld = std::env::split_paths(&path).map(|directory| directory.join("lld"));
    lld.into_iter()
        .find(|lld| lld.exists())
        .context("neither rust-lld nor lld is installed; install lld")
}

fn linker_version(linker: &Path) -> Result<String> {
    let line = first_line(linker, &["-flavor", "gnu", "--version"])?;
    // "LLD 22.1.2 (https://... hash) (compatible with GNU linkers)"
    Ok(line.split(" (").next().unwrap_or(&line).to_owned())
}

fn first_line(program: &Path, arguments: &[&str]) -> Result<String> {
    let output = Command::new(program)
        .args(arguments)
        .output()
        .with_context(|| format!("{} does not start", program.display()))?;
    let stdout = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "{}: {}",
        program.display(),
        output.status
    );
    let line = stdout.lines().next();
    Ok(line
        .with_context(|| format!("{} prints nothing", program.display()))?
        .to_owned())
}
