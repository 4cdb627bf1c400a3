//! `wasi-aot version`.

use crate::output::Output;
use anyhow::Result;
use clap::Args;
use wasi_aot_compiler::{Target, version};

/// Print the version
#[derive(Debug, Args)]
pub struct Version {
    /// Print also the commit, the versions of Cranelift and of the contract, and the targets
    #[arg(short, long)]
    verbose: bool,
}

impl Version {
    pub fn run(self) -> Result<()> {
        let mut text = concat!("wasi-aot ", env!("CARGO_PKG_VERSION"), "\n").to_owned();
        if self.verbose {
            let fields = [
                ("commit", env!("WASI_AOT_COMMIT").to_owned()),
                ("Cranelift", version::CRANELIFT.to_owned()),
                ("contract", version::CONTRACT.to_string()),
                ("targets", Target::ALL.map(Target::name).join(", ")),
            ];
            for (name, value) in fields {
                text += &format!("{name:<10} {value}\n");
            }
        }
        Output::Stdout.write(text.as_bytes())
    }
}
