//! `wasi-aot completions SHELL`.

use crate::output::Output;
use anyhow::Result;
use clap::{Args, CommandFactory};
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
    pub fn run(self) -> Result<()> {
        let mut script = Vec::new();
        let mut command = crate::Cli::command();
        clap_complete::generate(self.shell, &mut command, "wasi-aot", &mut script);
        Output::Stdout.write(&script)
    }
}
