//! `wasi-aot completions SHELL`.

use crate::output::Output;
use anyhow::{Context, Result};
use clap::{Args, Command};
use clap_complete::Shell;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  wasi-aot completions bash > ~/.local/share/bash-completion/completions/wasi-aot
  wasi-aot completions zsh > ~/.zfunc/_wasi-aot
  wasi-aot completions fish > ~/.config/fish/completions/wasi-aot.fish")]
pub struct Completions {
    /// The shell to complete for
    shell: Shell,
}

impl Completions {
    /// Writes the completions of `command`, which describes the whole command line.
    pub fn run(self, command: &Command) -> Result<()> {
        let mut script = Vec::new();
        let mut command = visible(command);
        clap_complete::generate(self.shell, &mut command, "wasi-aot", &mut script);
        let script = String::from_utf8(script).context("BUG: a script that isn't text")?;
        let script = match self.shell {
            Shell::Bash => files_first(&one_spelling(&script)),
            _ => script,
        };
        Output::Stdout.write(script.as_bytes())
    }
}

/// A copy of `command` without its hidden flags, since some of clap's generators offer hidden
/// flags. Only the parts that generators read are copied.
fn visible(command: &Command) -> Command {
    let about = command.get_about().cloned().unwrap_or_default();
    let shown = command.get_arguments().filter(|arg| !arg.is_hide_set());
    Command::new(command.get_name().to_owned())
        .about(about)
        .args(shown.cloned())
        .subcommands(command.get_subcommands().map(visible))
}

/// The bash script with one name for each subcommand's state. clap_complete 4.6 takes the
/// hyphen of the program's name for the separator between subcommands where it compares the
/// state, but not where it sets the state, so flags of subcommands aren't completed
/// (clap-rs/clap#6421). A script without this fault stays as it is.
fn one_spelling(script: &str) -> String {
    script.replace("wasi__subcmd__aot", "wasi__aot")
}

/// The bash script with files as the completion of an empty word after a subcommand that takes
/// files. clap_complete offers all flags there, and no file. After a dash, flags are offered;
/// where words other than flags may come, they stay.
fn files_first(script: &str) -> String {
    const OFFER: &str = r#"COMPREPLY=( $(compgen -W "${opts}" -- "${cur}") )"#;
    let (mut only_flags, mut after_dash) = (false, false);
    let mut lines = Vec::new();
    for line in script.lines() {
        if let Some(words) = line.trim().strip_prefix("opts=") {
            let mut words = words.trim_matches('"').split_whitespace();
            only_flags = words.all(|word| word.starts_with('-'));
        }
        let condition = line.split_once(" || ${COMP_CWORD} -eq ");
        let offers = line.trim() == OFFER;
        lines.push(match condition {
            Some((before, _)) if only_flags => format!("{before} ]] ; then"),
            // An empty answer makes bash complete names of files.
            _ if offers && only_flags && !after_dash => line.replace(OFFER, "COMPREPLY=()"),
            _ => line.to_owned(),
        });
        // The offer on the line after the condition.
        after_dash = condition.is_some();
    }
    lines.join("\n") + "\n"
}
