//! `wasi-aot grant EXECUTABLE -o OUTPUT`.

use crate::flags::policy::PolicyFlags;
use crate::notes;
use crate::output::{Chosen, Output};
use crate::progress::{Loudness, Progress};
use crate::settings;
use anyhow::{Context, Result};
use clap::{Args, ValueHint};
use std::fs;
use std::path::PathBuf;
use wasi_aot_compiler::policy::Policy;

/// Give an executable another policy, without compiling
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  wasi-aot grant --dir-ro /etc/app --dir . app -o app-here
  wasi-aot grant app -o app-confined            # arguments and stdio only

The flags are the whole new policy: nothing of the old policy stays. Code, target and
processor features stay as they were built. The result is, byte for byte, what a build
with these flags gives.")]
pub struct Grant {
    /// An executable that wasi-aot built
    #[arg(value_hint = ValueHint::FilePath)]
    executable: PathBuf,

    /// Write the result to a file, or to - for standard output
    #[arg(short, long)]
    output: PathBuf,

    /// Print no notes, only errors
    #[arg(short, long)]
    quiet: bool,

    #[command(flatten)]
    policy: PolicyFlags,
}

impl Grant {
    pub fn run(self) -> Result<()> {
        let policy = settings::options(&self.policy, Policy::default())?.policy;
        let name = || self.executable.display().to_string();
        let output = Output::new(&self.output, Chosen::ByUser, Some(&self.executable), true)?;
        let old = fs::read(&self.executable).with_context(name)?;
        let new = wasi_aot_compiler::grant(&old, &policy).with_context(name)?;
        output.write(&new)?;
        if let Output::File { path, .. } = &output {
            let progress = Progress::new(Loudness {
                phases: false,
                notes: !self.quiet,
                progress: false,
            });
            notes::own_directory(path, &policy, &progress);
        }
        Ok(())
    }
}
