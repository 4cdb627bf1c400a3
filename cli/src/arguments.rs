//! The command line before clap reads it.
//!
//! Go's flags have one dash, which clap takes for a series of short flags. So the flags that
//! wasi-aot has from Go get a second dash. Where the program's own arguments begin, nothing is
//! changed.

use crate::flags::go::GoFlags;
use crate::usage::Usage;
use clap::{ArgAction, ArgMatches, Command};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;

/// The arguments as clap takes them; `command` is the whole command line.
pub fn with_two_dashes(command: &Command, arguments: Vec<OsString>) -> Vec<OsString> {
    let name = arguments.get(1).cloned().unwrap_or_default();
    let has_go_flags = |subcommand: &&Command| {
        let mut longs = subcommand.get_arguments().filter_map(|a| a.get_long());
        longs.any(|long| long == GoFlags::NAMES[0])
    };
    let subcommand = command.find_subcommand(&name).filter(has_go_flags);
    let Some(subcommand) = subcommand else {
        return arguments;
    };
    // The arguments of a program follow its name.
    let ends_at_input = subcommand
        .get_positionals()
        .any(|positional| positional.is_trailing_var_arg_set());
    let mut all = arguments.into_iter();
    let mut changed: Vec<OsString> = all.by_ref().take(2).collect();
    while let Some(argument) = all.next() {
        let is_input = argument == "-" || !argument.as_bytes().starts_with(b"-");
        if argument == "--" || (is_input && ends_at_input) {
            changed.push(argument);
            break;
        }
        let argument = second_dash(argument);
        let value = takes_value(subcommand, &argument);
        changed.push(argument);
        changed.extend(value.then(|| all.next()).flatten());
    }
    changed.extend(all);
    changed
}

/// One of Go's flags, with a second dash.
fn second_dash(argument: OsString) -> OsString {
    let text = argument.to_string_lossy();
    let name = text
        .strip_prefix('-')
        .and_then(|rest| rest.split('=').next());
    if !name.is_some_and(|name| GoFlags::NAMES.contains(&name)) {
        return argument;
    }
    let mut changed = OsString::from("-");
    changed.push(&argument);
    changed
}

/// Parses the arguments of a subcommand again behind the flags of a file. The last value of a
/// flag counts. Flags that the subcommand doesn't have are left out: `run` writes no file.
///
/// # Errors
/// When the flags have a bad value.
pub fn behind(
    command: &Command,
    name: &str,
    arguments: &[OsString],
    flags: &[OsString],
) -> Result<ArgMatches, Usage> {
    let usage = |error: clap::Error| Usage(crate::message::condensed(&error));
    let at = arguments.iter().position(|argument| argument == name);
    let (program, rest) = arguments.split_at(at.map_or(arguments.len(), |at| at + 1));
    let mut command = command
        .clone()
        .mut_subcommand(name, |subcommand| subcommand.args_override_self(true));
    let subcommand = command.find_subcommand(name);
    let has = |flag: &&OsString| {
        let text = flag.to_string_lossy();
        let long = text
            .strip_prefix("--")
            .and_then(|rest| rest.split('=').next());
        let mut known = subcommand.into_iter().flat_map(Command::get_arguments);
        known.any(|known| match long {
            Some(long) => known.get_long() == Some(long),
            None => known.get_short() == text.chars().nth(1),
        })
    };
    let flags: Vec<OsString> = flags.iter().filter(has).cloned().collect();
    // Alone first, so that the error is about the file.
    let alone = [program, &flags, &["-".into()]].concat();
    command.try_get_matches_from_mut(alone).map_err(usage)?;
    let all = [program, &flags, rest].concat();
    command.try_get_matches_from_mut(all).map_err(usage)
}

/// Whether the value of this flag is the next argument.
pub fn takes_value(command: &Command, argument: &OsStr) -> bool {
    let text = argument.to_string_lossy();
    let mut flags = command.get_arguments();
    let flag = match text.strip_prefix("--") {
        Some(name) => flags.find(|flag| flag.get_long() == Some(name)),
        // A value may follow at once, as in -O2.
        None => text.strip_prefix('-').and_then(|name| {
            let mut letters = name.chars();
            let last = letters.next_back()?;
            letters.as_str().is_empty().then_some(())?;
            flags.find(|flag| flag.get_short() == Some(last))
        }),
    };
    flag.is_some_and(|flag| matches!(flag.get_action(), ArgAction::Set | ArgAction::Append))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn changed(line: &str) -> String {
        let arguments = line.split(' ').map(OsString::from).collect();
        let mut command = crate::Cli::command();
        command.build();
        let changed = with_two_dashes(&command, arguments);
        let changed: Vec<_> = changed.iter().map(|a| a.to_str().unwrap()).collect();
        changed.join(" ")
    }

    #[test]
    fn gos_flags_may_have_one_dash() {
        for (given, expected) in [
            ("w build -tags a,b .", "w build --tags a,b ."),
            ("w build . -trimpath", "w build . --trimpath"),
            ("w build -ldflags=-s . -o x", "w build --ldflags=-s . -o x"),
            (
                "w run -mod vendor . -tags x",
                "w run --mod vendor . -tags x",
            ),
        ] {
            assert_eq!(changed(given), expected);
        }
    }

    #[test]
    fn the_rest_stays() {
        for same in [
            "w",
            "w build",
            "w build -v -O2 --tags x . -- -tags y",
            // The value of a flag.
            "w build -o -tags .",
            "w build --env -tags a.wasm",
            "w run --dir a -j 2 a.wasm -tags x",
            "w run - -trimpath",
            "w run -- a -trimpath",
            "w inspect -tags",
            "w unknown -tags",
        ] {
            assert_eq!(changed(same), same);
        }
    }
}
