//! Runs the user's `go` command.

use super::overlay::Overlay;
use crate::told::Told;
use anyhow::{Context, Result};
use serde_json::Value;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};

/// The Go that compiles, and what matters here of its settings.
#[derive(Debug)]
pub struct Toolchain {
    pub goroot: PathBuf,
    pub modcache: PathBuf,
    /// As in `go1.27.3`.
    pub version: String,
    flags: String,
}

impl Toolchain {
    /// The toolchain that the `go` command chooses here, or the one of `version` where that is
    /// another one.
    ///
    /// # Errors
    /// [`Told`] when Go failed; without Go.
    pub fn of_user(version: Option<&str>) -> Result<Self> {
        let chosen = Self::ask(None)?;
        match version {
            Some(other) if other != chosen.version => Self::ask(Some(other)),
            _ => Ok(chosen),
        }
    }

    fn ask(version: Option<&str>) -> Result<Self> {
        let mut command = Command::new("go");
        command.args([
            "env",
            "-json",
            "GOROOT",
            "GOMODCACHE",
            "GOVERSION",
            "GOFLAGS",
        ]);
        if let Some(version) = version {
            command.env("GOTOOLCHAIN", version);
        }
        let output = output_of(command)?;
        let read: Value = serde_json::from_slice(&output).context("go env -json isn't JSON")?;
        let setting = |name: &str| {
            let value = read.get(name).and_then(Value::as_str);
            value.unwrap_or_default().to_owned()
        };
        Ok(Self {
            goroot: setting("GOROOT").into(),
            modcache: setting("GOMODCACHE").into(),
            version: setting("GOVERSION"),
            flags: setting("GOFLAGS"),
        })
    }

    /// The minor version: 27 of `go1.27.3` and of `go1.27rc1`.
    pub fn minor(&self) -> Option<u32> {
        let rest = self.version.strip_prefix("go1.")?;
        let end = rest.find(|c: char| !c.is_ascii_digit());
        rest[..end.unwrap_or(rest.len())].parse().ok()
    }

    /// The overlay that GOFLAGS names.
    pub fn overlay(&self) -> Option<PathBuf> {
        let mut flags = self.flags.split_whitespace();
        flags.find_map(|flag| {
            let value = flag.trim_start_matches('-').strip_prefix("overlay=");
            value.map(PathBuf::from)
        })
    }
}

/// `go COMMAND` for wasip1. Where the overlay has another name of GOROOT, the command is that
/// GOROOT's, since a `go` command and its GOROOT must have one version.
pub fn for_wasip1(command: &str, overlay: Option<&Overlay>) -> Command {
    let goroot = overlay.and_then(|overlay| overlay.goroot.as_ref());
    let program = goroot.map_or("go".into(), |goroot| goroot.join("bin/go"));
    let mut go = Command::new(program);
    go.arg(command).env("GOOS", "wasip1").env("GOARCH", "wasm");
    if let Some(goroot) = goroot {
        go.env("GOROOT", goroot).env("GOTOOLCHAIN", "local");
    }
    go
}

/// A setting as `go env` prints it.
///
/// # Errors
/// [`Told`] when Go failed; without Go.
pub fn go_env(name: &str) -> Result<OsString> {
    let text = ask(&["env", name])?;
    Ok(text.trim_end_matches('\n').into())
}

/// The lines of Go's file of settings without those that set `name`. `None` if there is no file.
///
/// # Errors
/// Those of [`go_env`].
pub fn settings_without(name: &str) -> Result<Option<String>> {
    let file = PathBuf::from(go_env("GOENV")?);
    let Ok(settings) = fs::read_to_string(&file) else {
        return Ok(None);
    };
    let sets = |line: &&str| line.split_once('=').is_some_and(|(set, _)| set == name);
    let kept = settings.lines().filter(|line| !sets(line));
    Ok(Some(kept.map(|line| format!("{line}\n")).collect()))
}

/// What `go` prints with these arguments.
///
/// # Errors
/// Those of [`go_env`].
pub fn ask(arguments: &[&str]) -> Result<String> {
    let mut command = Command::new("go");
    command.args(arguments);
    String::from_utf8(output_of(command)?).context("go's output isn't UTF-8")
}

/// Whether this is the flag of that name, as Go's flags are written.
pub fn is_named(flag: &OsStr, wanted: &str) -> bool {
    let text = flag.to_string_lossy();
    let name = text.trim_start_matches('-').split('=').next();
    text.starts_with('-') && name == Some(wanted)
}

fn output_of(mut command: Command) -> Result<Vec<u8>> {
    let output = command.stderr(Stdio::inherit()).output();
    let output = output.map_err(missing)?;
    status(output.status)?;
    Ok(output.stdout)
}

/// Runs the command with its output on standard error: standard output is for ours.
///
/// # Errors
/// [`Told`] when Go failed; without Go.
pub fn finish(mut command: Command) -> Result<()> {
    command.stdin(Stdio::null()).stdout(io::stderr());
    finished(command.status())
}

/// How a command ended.
///
/// # Errors
/// [`Told`] when Go failed; without Go.
pub fn finished(ended: io::Result<ExitStatus>) -> Result<()> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_have_a_minor_one() {
        let minor = |version: &str| {
            let toolchain = Toolchain {
                goroot: PathBuf::new(),
                modcache: PathBuf::new(),
                version: version.into(),
                flags: "-v -overlay=/x.json".into(),
            };
            assert_eq!(toolchain.overlay(), Some("/x.json".into()));
            toolchain.minor()
        };
        assert_eq!(minor("go1.27.3"), Some(27));
        assert_eq!(minor("go1.28rc1"), Some(28));
        assert_eq!(minor("go1.21"), Some(21));
        assert_eq!(minor("devel go1.28-abc"), None);
    }
}
