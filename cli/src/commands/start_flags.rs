//! The flags of the commands that make an executable and start it at once: `run` and `go-exec`.

use crate::flags::codegen::TuningFlags;
use crate::flags::policy::PolicyFlags;
use crate::flags::report::ReportFlags;
use crate::settings;
use anyhow::Result;
use clap::Args;
use wasi_aot_compiler::Options;
use wasi_aot_compiler::policy::Policy;

#[derive(Debug, Args)]
pub struct StartFlags {
    #[command(flatten)]
    pub report: ReportFlags,

    #[command(flatten)]
    pub tuning: TuningFlags,

    #[command(flatten)]
    pub policy: PolicyFlags,
}

impl StartFlags {
    /// The options that the flags say. A file that came with the sources grants nothing to a program
    /// that starts at once, so below the flags lies the file of `--policy` alone.
    ///
    /// # Errors
    /// Those of [`settings::options`] and [`TuningFlags::apply`].
    pub fn options(&self) -> Result<Options> {
        let mut options = settings::options(&self.policy, Policy::default())?;
        self.tuning.apply(&mut options)?;
        Ok(options)
    }
}
