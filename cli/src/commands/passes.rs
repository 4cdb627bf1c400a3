//! `wasi-aot passes`.

use crate::describe::passes;
use crate::output::Output;
use anyhow::Result;
use clap::Args;

/// List the passes that functions go through, the values of --pass
#[derive(Debug, Args)]
pub struct Passes {
    /// Print one JSON object; docs/JSON.md lists its keys
    #[arg(long)]
    json: bool,
}

impl Passes {
    pub fn run(self) -> Result<()> {
        let text = if self.json {
            passes::json()
        } else {
            passes::text()
        };
        Output::Stdout.write(text.as_bytes())
    }
}
