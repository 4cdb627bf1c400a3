//! Compiles packages for wasip1, and tests them, with the overlay where they use what it has.

use super::Package;
use super::needs;
use super::overlay::Overlay;
use super::term::Replacement;
use super::toolchain::{
    Toolchain, finish, finished, for_wasip1, go_env, is_named, settings_without,
};
use crate::progress::Progress;
use crate::usage::Usage;
use anyhow::{Context, Result, bail};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use wasi_aot_compiler::Observer as _;
use wasi_aot_compiler::version;

/// A compiled program.
#[derive(Debug)]
pub struct Program {
    /// The name that Go gives it.
    pub name: OsString,
    pub wasm: Vec<u8>,
}

/// Compiles a main package for wasip1. `flags` are flags of `go build`. With `overlay`, a program
/// that uses what Go leaves out on wasip1 is compiled with the overlay of Go's library. Go
/// compiles twice then, because only its linker knows what a program uses.
///
/// # Errors
/// [`Told`](crate::told::Told) when Go failed; without Go; when the package isn't one program.
pub fn build(
    package: &Package,
    flags: &[OsString],
    overlay: bool,
    progress: &Progress,
) -> Result<Program> {
    if let Some(flag) = flags.iter().find(|flag| is_named(flag, "o")) {
        bail!(Usage(format!(
            "{} is Go's output, which wasi-aot reads; give -o to wasi-aot, before the --",
            flag.display()
        )));
    }
    let program = compile(package, flags, None, None)?;
    if !overlay || !needs::has_any(&program.wasm) || needs::has_overlay(&program.wasm) {
        return Ok(program);
    }
    let version = version::of_go(&program.wasm);
    match overlay_for(version.as_deref(), flags, progress)? {
        Some(overlay) => {
            let terminals = terminals(package, flags, &program.wasm, progress);
            compile(package, flags, Some(&overlay), terminals.as_ref())
        }
        None => Ok(program),
    }
}

/// The replacement of golang.org/x/term for a program that uses that module. Says so where there
/// is none.
fn terminals(
    package: &Package,
    flags: &[OsString],
    wasm: &[u8],
    progress: &Progress,
) -> Option<Replacement> {
    if !needs::uses_terminals(wasm) {
        return None;
    }
    let made = Replacement::make(package, flags);
    let said = made.inspect_err(|why| {
        progress.note(&format!(
            "golang.org/x/term stays as it is on wasip1, without terminals: {why:#}"
        ));
    });
    said.ok()
}

/// Runs `go test` for wasip1 with these arguments, with the overlay if `overlay` says so.
///
/// # Errors
/// [`Told`](crate::told::Told) when Go failed; without Go.
pub fn test(arguments: &[OsString], overlay: bool, progress: &Progress) -> Result<()> {
    let end = arguments.iter().position(|word| is_named(word, "args"));
    let (gos, tests) = arguments.split_at(end.unwrap_or(arguments.len()));
    let overlay = match overlay {
        true => overlay_for(None, gos, progress)?,
        false => None,
    };
    let mut command = for_wasip1("test", overlay.as_ref());
    match &overlay {
        // Flags may stand behind packages, but nothing says where the tests' own words begin.
        Some(overlay) => {
            let vets = gos.iter().any(|flag| is_named(flag, "vet"));
            if !overlay.is_vetted && !vets {
                command.arg("-vet=off");
            }
            command.arg(overlay.flag()).args(without_overlay_flags(gos))
        }
        None => command.args(gos),
    };
    command.args(tests);
    finished(command.status())
}

/// The overlay for the user's Go, or for that of `version` if Go has chosen another one for the
/// package. Says so where there is none for it.
fn overlay_for(
    version: Option<&str>,
    flags: &[OsString],
    progress: &Progress,
) -> Result<Option<Overlay>> {
    let toolchain = Toolchain::of_user(version)?;
    let theirs = overlay_flag(flags).or_else(|| toolchain.overlay());
    match Overlay::make(&toolchain, theirs.as_deref()) {
        Ok(overlay) => {
            if overlay.is_new {
                progress.note(&format!(
                    "Go compiles its library for {} once more, with signals and modes of files",
                    toolchain.version
                ));
            }
            Ok(Some(overlay))
        }
        Err(error) if error.is::<Usage>() => Err(error),
        Err(error) => {
            progress.note(&format!(
                "signals, modes of files and time zones stay as Go has them on wasip1: no \
                 overlay for {}: {error:#}",
                toolchain.version
            ));
            Ok(None)
        }
    }
}

/// One run of Go.
fn compile(
    package: &Package,
    flags: &[OsString],
    overlay: Option<&Overlay>,
    terminals: Option<&Replacement>,
) -> Result<Program> {
    let directory = tempfile::Builder::new().prefix("wasi-aot-go-").tempdir();
    let directory = directory.context("cannot make a temporary directory")?;
    let output = match package {
        Package::Local(names) => {
            let output = directory.path().join("out");
            fs::create_dir(&output)?;
            let mut command = for_wasip1("build", overlay);
            with_flags(&mut command, flags, overlay);
            command.args(terminals.map(Replacement::flag));
            command.arg("-o").arg(with_slash(&output)).args(names);
            finish(command)?;
            output
        }
        Package::Versioned(name) => {
            let mut command = install(directory.path(), overlay)?;
            with_flags(&mut command, flags, overlay);
            command.arg(name);
            finish(command)?;
            directory.path().join("bin/wasip1_wasm")
        }
    };
    only_program(&output).with_context(|| package.name())
}

/// The last `-overlay` counts.
fn with_flags(command: &mut Command, flags: &[OsString], overlay: Option<&Overlay>) {
    command.args(flags);
    if let Some(overlay) = overlay {
        command.arg(overlay.flag());
    }
}

/// `go install` is the only command that compiles a package of a version without a module
/// around it. It writes below GOPATH, so GOPATH is `directory`, and modules stay where they
/// are. It refuses to cross-compile if GOBIN is set.
fn install(directory: &Path, overlay: Option<&Overlay>) -> Result<Command> {
    let mut command = for_wasip1("install", overlay);
    command.env("GOMODCACHE", go_env("GOMODCACHE")?);
    if let Some(settings) = settings_without("GOBIN")? {
        let file = directory.join("env");
        fs::write(&file, settings)?;
        command.env("GOENV", file);
    }
    command.env_remove("GOBIN").env("GOPATH", directory);
    Ok(command)
}

/// The user's own overlay among flags.
fn overlay_flag(flags: &[OsString]) -> Option<PathBuf> {
    let at = flags.iter().rposition(|flag| is_named(flag, "overlay"))?;
    let text = flags[at].to_str()?;
    match text.split_once('=') {
        Some((_, file)) => Some(file.into()),
        None => flags.get(at + 1).map(PathBuf::from),
    }
}

/// Go's arguments without the user's own overlays.
fn without_overlay_flags(arguments: &[OsString]) -> Vec<&OsString> {
    let mut arguments = arguments.iter();
    let mut kept = Vec::new();
    while let Some(argument) = arguments.next() {
        if !is_named(argument, "overlay") {
            kept.push(argument);
        } else if !argument.to_string_lossy().contains('=') {
            arguments.next();
        }
    }
    kept
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
    fn overlays_of_the_users_own_are_found_and_left_out() {
        let words =
            |line: &str| -> Vec<OsString> { line.split_whitespace().map(OsString::from).collect() };
        for (line, file, rest) in [
            ("-v ./...", None, "-v ./..."),
            ("-v -overlay=a ./...", Some("a"), "-v ./..."),
            ("./x --overlay a -v", Some("a"), "./x -v"),
            ("-overlay a -overlay=b x", Some("b"), "x"),
        ] {
            let all = words(line);
            assert_eq!(overlay_flag(&all), file.map(PathBuf::from), "{line}");
            let kept: Vec<_> = without_overlay_flags(&all).into_iter().cloned().collect();
            assert_eq!(kept, words(rest), "{line}");
        }
    }

    #[test]
    fn the_output_is_not_gos_business() {
        for flag in ["-o", "--o", "-o=x", "--o=x"] {
            assert!(is_named(OsStr::new(flag), "o"), "{flag}");
        }
        for other in ["-overlay", "o", "-mod=mod", "-", ""] {
            assert!(!is_named(OsStr::new(other), "o"), "{other}");
        }
    }
}
