//! Runs the user's `go` command.

use super::Package;
use crate::told::Told;
use crate::usage::Usage;
use anyhow::{Context, Result, bail};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};

/// A compiled program.
#[derive(Debug)]
pub struct Program {
    /// The name that Go gives it.
    pub name: OsString,
    pub wasm: Vec<u8>,
}

/// Compiles a main package for wasip1. `flags` are flags of `go build`.
///
/// # Errors
/// [`Told`] when Go failed; without Go; when the package isn't one program.
pub fn build(package: &Package, flags: &[OsString]) -> Result<Program> {
    if let Some(flag) = flags.iter().find(|flag| names_output(flag)) {
        bail!(Usage(format!(
            "{} is Go's output, which wasi-aot reads; give -o to wasi-aot, before the --",
            flag.display()
        )));
    }
    let directory = tempfile::Builder::new().prefix("wasi-aot-go-").tempdir();
    let directory = directory.context("cannot make a temporary directory")?;
    let output = match package {
        Package::Local(names) => {
            let output = directory.path().join("out");
            fs::create_dir(&output)?;
            let mut command = for_wasip1(["build"]);
            command
                .args(flags)
                .arg("-o")
                .arg(with_slash(&output))
                .args(names);
            finish(command)?;
            output
        }
        Package::Versioned(name) => install(name, flags, directory.path())?,
    };
    only_program(&output).with_context(|| package.name())
}

/// Runs `go test` for wasip1 with these arguments.
///
/// # Errors
/// [`Told`] when Go failed; without Go.
pub fn test(arguments: &[OsString]) -> Result<()> {
    let mut command = for_wasip1(["test"]);
    command.args(arguments);
    finished(command.status())
}

/// `go install` is the only command that compiles a package of a version without a module
/// around it. It writes below GOPATH, so GOPATH is `directory`, and modules stay where they
/// are. It refuses to cross-compile if GOBIN is set.
fn install(name: &OsStr, flags: &[OsString], directory: &Path) -> Result<PathBuf> {
    let mut command = for_wasip1(["install"]);
    command.env("GOMODCACHE", go_env("GOMODCACHE")?);
    let file = PathBuf::from(go_env("GOENV")?);
    if let Ok(settings) = fs::read_to_string(&file) {
        let kept = settings.lines().filter(|line| !line.starts_with("GOBIN="));
        let without = directory.join("env");
        fs::write(
            &without,
            kept.map(|line| format!("{line}\n")).collect::<String>(),
        )?;
        command.env("GOENV", without);
    }
    command.env_remove("GOBIN").env("GOPATH", directory);
    command.args(flags).arg(name);
    finish(command)?;
    Ok(directory.join("bin/wasip1_wasm"))
}

/// A setting as `go env` prints it.
fn go_env(name: &str) -> Result<OsString> {
    let output = Command::new("go")
        .args(["env", name])
        .stderr(Stdio::inherit())
        .output();
    let output = output.map_err(missing)?;
    status(output.status)?;
    let text = String::from_utf8(output.stdout).context("go env isn't UTF-8")?;
    Ok(text.trim_end_matches('\n').into())
}

fn for_wasip1<const N: usize>(arguments: [&str; N]) -> Command {
    let mut command = Command::new("go");
    command
        .args(arguments)
        .env("GOOS", "wasip1")
        .env("GOARCH", "wasm");
    command
}

/// Runs the command with its output on standard error: standard output is for ours.
fn finish(mut command: Command) -> Result<()> {
    command.stdin(Stdio::null()).stdout(io::stderr());
    finished(command.status())
}

fn finished(ended: io::Result<ExitStatus>) -> Result<()> {
    status(ended.map_err(missing)?)
}

fn status(status: ExitStatus) -> Result<()> {
    match status.success() {
        true => Ok(()),
        false => Err(Told(status.code().and_then(|c| c.try_into().ok()).unwrap_or(1)).into()),
    }
}

fn missing(error: io::Error) -> anyhow::Error {
    match error.kind() {
        io::ErrorKind::NotFound => anyhow::anyhow!(
            "the go command isn't on PATH, and a Go package needs it; install Go from \
             https://go.dev/dl, or give a module that was built with GOOS=wasip1 GOARCH=wasm go build"
        ),
        _ => anyhow::Error::new(error).context("cannot start go"),
    }
}

/// Whether this is `-o`, as Go's flags are written.
fn names_output(flag: &OsStr) -> bool {
    let text = flag.to_string_lossy();
    let name = text.trim_start_matches('-').split('=').next();
    text.starts_with('-') && name == Some("o")
}

/// The path with a slash at its end, which tells Go that it is a directory.
fn with_slash(path: &Path) -> OsString {
    let mut text = path.as_os_str().to_owned();
    text.push("/");
    text
}

/// The program that Go wrote into a directory.
fn only_program(directory: &Path) -> Result<Program> {
    let entries = match fs::read_dir(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
        entries => entries?.collect::<io::Result<_>>()?,
    };
    match &entries[..] {
        [entry] => Ok(Program {
            name: entry.file_name(),
            wasm: fs::read(entry.path())?,
        }),
        // Go says nothing about a package that is no program.
        [] => bail!("not a program; give a package main"),
        several => {
            let mut names: Vec<_> = several.iter().map(|entry| entry.file_name()).collect();
            names.sort();
            let names = names.join(OsStr::new(", "));
            bail!("several programs ({}); give one of them", names.display())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_is_not_gos_business() {
        for flag in ["-o", "--o", "-o=x", "--o=x"] {
            assert!(names_output(OsStr::new(flag)), "{flag}");
        }
        for other in ["-overlay", "o", "-mod=mod", "-", ""] {
            assert!(!names_output(OsStr::new(other)), "{other}");
        }
    }
}
