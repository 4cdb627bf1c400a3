//! The messages on standard error: one line for each error or note. A line begins with
//! `wasi-aot: `. clap's errors, which have several lines, get the same form.
//!
//! Text in a line may come from a file or from the command line. Characters that a terminal
//! could take for a command are escaped.

use crate::describe::show;
use crate::told::Told;
use crate::usage;
use clap::ValueEnum;
use clap::error::{ContextKind, ContextValue, ErrorKind};
use console::style;
use std::error::Error;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::sync::OnceLock;

/// When text is coloured; [`When::Auto`] leaves it to the `console` crate, which looks at the
/// terminal, NO_COLOR and TERM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum When {
    Auto,
    Always,
    Never,
}

/// Sets when text is coloured from now on. The default is [`When::Auto`].
pub fn set_colours(when: When) {
    if when != When::Auto {
        console::set_colors_enabled(when == When::Always);
        console::set_colors_enabled_stderr(when == When::Always);
    }
}

/// Prints the line for `error` and returns the exit code: 2 if the command line is wrong. Prints
/// nothing if another program has said what failed.
pub fn failure(error: &anyhow::Error) -> ExitCode {
    if let Some(&Told(code)) = error.root_cause().downcast_ref() {
        return ExitCode::from(code);
    }
    let causes: Vec<_> = error.chain().map(without_number).collect();
    if usage::is_usage(error) {
        misuse(&causes.join(": "))
    } else {
        error_line(&causes.join(": "));
        ExitCode::FAILURE
    }
}

/// Prints clap's text and returns the exit code. Help and versions are printed as they are, an
/// error as one line.
pub fn of_clap(error: &clap::Error) -> ExitCode {
    match error.kind() {
        ErrorKind::DisplayHelp
        | ErrorKind::DisplayVersion
        | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            // Printing fails if the reader is gone; then nobody can be told.
            let _ = error.print();
            if error.use_stderr() {
                ExitCode::from(2)
            } else {
                ExitCode::SUCCESS
            }
        }
        _ => misuse(&condensed(error)),
    }
}

/// Prints a note. Unlike the progress line, a note isn't removed later.
pub fn note(text: &str) {
    let prefix = style("wasi-aot:").yellow().bold().for_stderr();
    // Writing fails if standard error is gone; then nobody can be told.
    let _ = writeln!(io::stderr(), "{prefix} note: {text}");
}

/// Prints a line about a wrong command line, with the command that shows the help. Returns the
/// exit code.
fn misuse(text: &str) -> ExitCode {
    error_line(&format!("{text} (see {})", help()));
    ExitCode::from(2)
}

fn error_line(text: &str) {
    let prefix = style("wasi-aot:").red().bold().for_stderr();
    let _ = writeln!(io::stderr(), "{prefix} {}", show::one_line(text));
}

/// The command that shows the help on the given subcommand, if one is given.
static HELP: OnceLock<String> = OnceLock::new();

/// Finds the given subcommand of `command`. Lines about a wrong command line name that
/// subcommand's help. Must be called before the other functions of this file.
pub fn set_help(command: &clap::Command) {
    let first = std::env::args_os().nth(1);
    let mut subcommands = command.get_subcommands().map(clap::Command::get_name);
    let given = subcommands.find(|name| first.as_deref().is_some_and(|first| first == *name));
    if let Some(name) = given {
        // A second call would find the same subcommand.
        let _ = HELP.set(format!("wasi-aot {name} --help"));
    }
}

fn help() -> &'static str {
    HELP.get().map_or("wasi-aot --help", String::as_str)
}

/// An error's text, without the number that Rust appends to system errors.
fn without_number(cause: &(dyn Error + 'static)) -> String {
    let text = cause.to_string();
    let of_io = (cause.downcast_ref::<io::Error>()).and_then(io::Error::raw_os_error);
    let of_rustix = || {
        cause
            .downcast_ref()
            .map(|e: &rustix::io::Errno| e.raw_os_error())
    };
    let number = of_io.or_else(of_rustix);
    let suffix = number.map(|number| format!(" (os error {number})"));
    match suffix.and_then(|suffix| text.strip_suffix(&suffix).map(str::to_owned)) {
        Some(text) => text,
        None => text,
    }
}

/// clap's error in one line, without its usage.
pub fn condensed(error: &clap::Error) -> String {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    if let (ErrorKind::ValueValidation, Some(arg), Some(source)) =
        (error.kind(), text(ContextKind::InvalidArg), error.source())
    {
        let flag = arg.split(' ').next().unwrap_or(arg);
        return format!("{flag}: {source}");
    }
    let mut line = joined(&error.to_string());
    if let (ErrorKind::InvalidSubcommand, Some(given)) =
        (error.kind(), text(ContextKind::InvalidSubcommand))
        && Path::new(given).is_file()
    {
        line += &format!("; to compile that file: wasi-aot build {given}");
    }
    line
}

/// The lines of clap's text before the usage, joined into one line.
fn joined(text: &str) -> String {
    let is_end = |line: &&str| line.starts_with("Usage:") || line.starts_with("For more");
    let lines = text.lines().map(str::trim).take_while(|line| !is_end(line));
    // clap's tip about values that begin with `-` is left out, since it rarely helps.
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with("tip: to pass"));
    let mut all = String::new();
    for line in lines {
        let line = line
            .trim_start_matches("error: ")
            .trim_start_matches("tip: ");
        let line = line
            .strip_prefix('[')
            .and_then(|l| l.strip_suffix(']'))
            .unwrap_or(line);
        if !all.is_empty() {
            all += if all.ends_with(':') { " " } else { "; " };
        }
        all += line;
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use anyhow::Context;

    #[test]
    fn errors_of_the_system_have_no_number() {
        let io = || io::Error::from_raw_os_error(2);
        let text = |error: anyhow::Error| -> String {
            let causes: Vec<_> = error.chain().map(without_number).collect();
            causes.join(": ")
        };
        assert_eq!(text(io().into()), "No such file or directory");
        let named = Err::<(), _>(io()).context("a (os error 2)").unwrap_err();
        assert_eq!(text(named), "a (os error 2): No such file or directory");
        let errno = rustix::io::Errno::ACCESS;
        assert_eq!(text(errno.into()), "Permission denied");
    }

    #[test]
    fn claps_lines_become_one() {
        let text = "error: invalid value 'x' for '-O <LEVEL>'\n  [possible values: 0, 1]\n\n  \
                    tip: a similar value exists: '0'\n\nUsage: a\n\nFor more information, try";
        assert_eq!(
            joined(text),
            "invalid value 'x' for '-O <LEVEL>'; possible values: 0, 1; a similar value exists: '0'"
        );
        let text = "error: the following required arguments were not provided:\n  <INPUT>\n\nUsage";
        assert_eq!(
            joined(&text.replace("\n\nUsage", "\n\nUsage: a")),
            "the following required arguments were not provided: <INPUT>"
        );
    }
}
