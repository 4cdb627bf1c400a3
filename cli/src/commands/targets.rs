//! `wasi-aot targets`.

use crate::describe::targets;
use crate::output::Output;
use anyhow::Result;
use clap::Args;

/// List the values of --target and --cpu
#[derive(Debug, Args)]
pub struct Targets {
    /// Print one JSON object; docs/REFERENCE.md lists its keys
    #[arg(long)]
    json: bool,
}

impl Targets {
    pub fn run(self) -> Result<()> {
        let text = if self.json {
            targets::json()
        } else {
            targets::text()
        };
        Output::Stdout.write(text.as_bytes())
    }
}
