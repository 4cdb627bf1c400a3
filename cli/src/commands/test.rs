//! `wasi-aot test ARGUMENTS...`: Go's tests, compiled by wasi-aot.

use super::go_exec::GoExec;
use crate::arguments::takes_value;
use crate::flags::go::GoFlags;
use crate::go;
use crate::notes;
use crate::progress::{Loudness, Progress};
use crate::settings::Settings;
use crate::usage::Usage;
use anyhow::{Context, Result};
use clap::{Args, Command, FromArgMatches};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

/// Run a Go package's tests inside the sandbox
#[derive(Debug, Args)]
#[command(
    override_usage = "wasi-aot test [FLAGS OF GO-EXEC] [ARGUMENTS OF GO TEST]...",
    after_help = "Examples:
  wasi-aot test ./...
  wasi-aot test -v -run TestParse -count=1 ./parser
  wasi-aot test --dir . ./...                 # tests may write to their package's directory

Runs `go test` for wasip1 with -exec. Flags with two dashes that `wasi-aot go-exec` has
are for the sandbox; all others are Go's. `wasi-aot go-exec --help` says what tests may
touch without flags."
)]
pub struct Test {
    /// Arguments of go test, and flags of go-exec among them
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

impl Test {
    pub fn run(self) -> Result<()> {
        let (overlay, arguments) = without_overlay(self.arguments);
        let command = go_exec();
        let (mut ours, mut gos) = divide(&command, arguments)?;
        let settings = Settings::of(&[package(&gos)])?;
        let overlay = overlay && !settings.flags.iter().any(|flag| flag == NO_OVERLAY);
        let of_file = of_settings(&command, &settings, &ours)?;
        ours.splice(0..0, of_file.0);
        gos.splice(0..0, of_file.1);
        let this = std::env::current_exe().context("cannot find wasi-aot's own file")?;
        let words = [&[this.into(), "go-exec".into()][..], &ours].concat();
        let quiet = ours.iter().any(|flag| flag == "--quiet");
        let exec = words.iter().map(|word| quoted(word));
        let exec = exec.collect::<Result<Vec<_>, _>>()?.join(OsStr::new(" "));
        let mut arguments = vec!["-exec".into(), exec];
        arguments.extend(gos);
        let progress = Progress::new(Loudness {
            phases: false,
            notes: !quiet,
            progress: false,
        });
        if !ours.iter().any(|flag| is_named(flag, "--policy")) {
            notes::not_granted_by(&settings, "test", &progress);
        }
        go::test(&arguments, overlay, &progress)
    }
}

/// The flag that leaves Go's library as it is.
const NO_OVERLAY: &str = "--no-go-overlay";

/// The first argument of Go's that names a directory or a pattern of directories; without one, Go
/// tests the current directory. The settings for all packages are those for this one.
fn package(gos: &[OsString]) -> &OsStr {
    let is_path = |argument: &&OsString| {
        let text = argument.as_bytes();
        text.starts_with(b"./") || text.starts_with(b"../") || Path::new(argument).is_dir()
    };
    let tests = |argument: &&OsString| !matches!(argument.as_bytes(), b"-args" | b"--args");
    let package = gos.iter().take_while(tests).find(is_path);
    package.map_or(OsStr::new("."), OsString::as_os_str)
}

/// The flags of a file with settings: those of `go-exec`, unless the command line has them, and those
/// of Go, of which the last one counts. Others are about the executable that `build` writes.
///
/// # Errors
/// When a flag has a bad value.
fn of_settings(
    command: &Command,
    settings: &Settings,
    given: &[OsString],
) -> Result<(Vec<OsString>, Vec<OsString>)> {
    let Some(path) = &settings.path else {
        return Ok(Default::default());
    };
    let flags = settings.flags.iter();
    let flags = flags.filter(|flag| is_of(command, flag) || is_gos(flag));
    let divided = divide(command, flags.cloned().collect());
    let (mut ours, gos) = divided.with_context(|| path.display().to_string())?;
    ours.retain(|flag| !given.iter().any(|given| name(given) == name(flag)));
    Ok((ours, gos))
}

/// Whether an argument is one of the flags of `go build` that wasi-aot has.
fn is_gos(argument: &OsStr) -> bool {
    let names = GoFlags::NAMES.iter();
    let mut names = names.map(|name| format!("--{name}"));
    names.any(|name| is_named(argument, &name))
}

/// Whether an argument is the flag of this name, with a value or without.
fn is_named(argument: &OsStr, flag: &str) -> bool {
    name(argument) == flag.as_bytes()
}

/// A flag without its value.
fn name(argument: &OsStr) -> &[u8] {
    let text = argument.as_bytes();
    if text.starts_with(b"-O") {
        return b"-O";
    }
    let end = text.iter().position(|&byte| byte == b'=');
    &text[..end.unwrap_or(text.len())]
}

/// The command `go-exec`, as clap sees it.
fn go_exec() -> Command {
    let mut command = GoExec::augment_args(Command::new("go-exec"));
    command.build();
    command
}

/// Whether the overlay is wanted, and the arguments without the flag that says so.
fn without_overlay(all: Vec<OsString>) -> (bool, Vec<OsString>) {
    let end = all.iter().position(|a| a == "-args" || a == "--args");
    let end = end.unwrap_or(all.len());
    let at = all[..end].iter().position(|a| a == NO_OVERLAY);
    let mut rest = all;
    at.map(|at| rest.remove(at));
    (at.is_none(), rest)
}

/// Divides arguments into those of `go-exec` and those of `go test`.
///
/// # Errors
/// When a flag of `go-exec` has a bad value.
fn divide(command: &Command, all: Vec<OsString>) -> Result<(Vec<OsString>, Vec<OsString>), Usage> {
    let (mut ours, mut gos) = (Vec::new(), Vec::new());
    let mut all = all.into_iter();
    while let Some(argument) = all.next() {
        // The tests get all that follows.
        if argument == "-args" || argument == "--args" {
            gos.push(argument);
            break;
        }
        if is_of(command, &argument) {
            let value = takes_value(command, &argument);
            ours.push(argument);
            ours.extend(value.then(|| all.next()).flatten());
        } else {
            gos.push(argument);
        }
    }
    gos.extend(all);
    let words = [&["go-exec".into()][..], &ours, &["test".into()]].concat();
    let parsed = command.clone().try_get_matches_from(words);
    let parsed = parsed.and_then(|matches| GoExec::from_arg_matches(&matches));
    match parsed {
        Ok(_) => Ok((ours, gos)),
        Err(error) => Err(Usage(crate::message::condensed(&error))),
    }
}

/// Whether an argument is a flag of the command: one with two dashes, or `-O`, which Go lacks.
fn is_of(command: &Command, argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    let Some(name) = text.strip_prefix("--") else {
        return text.starts_with("-O");
    };
    let name = name.split('=').next();
    let mut flags = command.get_arguments();
    flags.any(|flag| flag.get_long().is_some() && flag.get_long() == name && name != Some("help"))
}

/// A word as `go` reads it in `-exec` (`cmd/internal/quoted`): in quotes of one kind, without
/// escapes.
fn quoted(word: &OsStr) -> Result<OsString, Usage> {
    let bytes = word.as_bytes();
    let has = |byte: u8| bytes.contains(&byte);
    let quote = match (has(b'\''), has(b'"')) {
        (true, true) => {
            return Err(Usage(format!(
                "{} has quotes of both kinds, which go test can't hand over",
                word.display()
            )));
        }
        (true, false) => "\"",
        _ => "'",
    };
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_./:=,@+%".contains(byte);
    if !bytes.is_empty() && bytes.iter().all(plain) {
        return Ok(word.into());
    }
    let mut all = OsString::from(quote);
    all.push(word);
    all.push(quote);
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn divided(line: &str) -> Result<(String, String), String> {
        let all = line.split_whitespace().map(OsString::from).collect();
        let (ours, gos) = divide(&go_exec(), all).map_err(|error| error.0)?;
        let joined = |words: Vec<OsString>| words.join(OsStr::new(" ")).into_string().unwrap();
        Ok((joined(ours), joined(gos)))
    }

    #[test]
    fn each_gets_its_own() {
        for (line, ours, gos) in [
            ("", "", ""),
            ("./...", "", "./..."),
            ("-v -run X --dir . ./a", "--dir .", "-v -run X ./a"),
            (
                "--env=A=1 -cpu 1,2 -O0 -count=1",
                "--env=A=1 -O0",
                "-cpu 1,2 -count=1",
            ),
            (
                "-json --no-harden -args --dir x",
                "--no-harden",
                "-json -args --dir x",
            ),
            ("--short", "", "--short"),
        ] {
            assert_eq!(divided(line), Ok((ours.into(), gos.into())), "{line}");
        }
        assert!(
            divided("--max-cpu never")
                .unwrap_err()
                .contains("--max-cpu")
        );
    }

    #[test]
    fn settings_give_way_to_the_command_line() {
        let words = |line: &str| line.split_whitespace().map(OsString::from).collect();
        let of_file = |flags: &str, given: &str| {
            let settings = Settings {
                path: Some("wasi-aot.toml".into()),
                flags: words(flags),
                ..Settings::default()
            };
            let given: Vec<_> = words(given);
            let divided = of_settings(&go_exec(), &settings, &given);
            divided.map_err(|error| format!("{error:#}"))
        };
        let flags = "-O1 --cpu=native --tags=a --strip --emit=obj --trimpath --no-go-overlay";
        let gos: Vec<OsString> = words("--tags=a --trimpath");
        let both = of_file(flags, "");
        assert_eq!(both, Ok((words("-O1 --cpu=native"), gos.clone())));
        let given = of_file(flags, "--cpu x86-64 -O0");
        assert_eq!(given, Ok((Vec::new(), gos)));
        let error = of_file("-O9", "").unwrap_err();
        assert!(error.starts_with("wasi-aot.toml: "), "{error}");
    }

    #[test]
    fn words_are_quoted_as_go_reads_them() {
        for (word, expected) in [
            ("/a/b", "/a/b"),
            ("A=1 2", "'A=1 2'"),
            ("it's", "\"it's\""),
            ("", "''"),
        ] {
            assert_eq!(quoted(OsStr::new(word)).unwrap(), expected);
        }
        assert!(quoted(OsStr::new("'\"")).is_err());
    }
}
