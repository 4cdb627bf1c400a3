//! The flags of `build` as a table: the keys are the long names, without dashes. Flags of the
//! policy stand in the policy's table, so that both files with a policy look the same.

use super::document::{Fault, Table, Value};
use crate::flags::codegen::CodegenFlags;
use crate::flags::go::GoFlags;
use clap::{Arg, ArgAction, Args, Command};
use std::ffi::OsString;

/// The arguments that the table stands for. Their values are checked where the command line is
/// parsed.
///
/// # Errors
/// For a key that isn't a flag, and a value of another type.
pub(super) fn arguments(table: &Table<'_>) -> Result<Vec<OsString>, Fault> {
    let command = GoFlags::augment_args(CodegenFlags::augment_args(Command::new("build")));
    let known: Vec<&str> = command.get_arguments().filter_map(name).collect();
    let mut arguments = Vec::new();
    for (key, value) in table.entries() {
        let mut flags = command.get_arguments();
        let Some(flag) = flags.find(|flag| name(flag) == Some(key.text())) else {
            return Err(key.unknown(&known));
        };
        if matches!(flag.get_action(), ArgAction::SetTrue) {
            arguments.extend(value.bool()?.then(|| format!("--{}", key.text()).into()));
        } else {
            for value in values(value)? {
                arguments.push(argument(flag, &value.scalar()?));
            }
        }
    }
    Ok(arguments)
}

/// A flag's key. `-O` has no long name.
fn name(flag: &Arg) -> Option<&str> {
    let hidden = flag.is_hide_set();
    let long = flag
        .get_long()
        .or((flag.get_short() == Some('O')).then_some("O"));
    long.filter(|_| !hidden)
}

fn argument(flag: &Arg, value: &str) -> OsString {
    match flag.get_long() {
        Some(long) => format!("--{long}={value}").into(),
        None => format!("-O{value}").into(),
    }
}

/// A list's elements, or the value itself.
fn values(value: Value<'_>) -> Result<Vec<Value<'_>>, Fault> {
    match value.is_list() {
        true => value.list(),
        false => Ok(vec![value]),
    }
}
