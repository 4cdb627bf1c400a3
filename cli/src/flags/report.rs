//! Flags for the messages of a build and for the number of its threads.

use crate::progress::Loudness;
use anyhow::{Context, Result};
use clap::Args;
use console::user_attended_stderr;
use rayon::ThreadPoolBuilder;

#[derive(Debug, Args)]
pub struct ReportFlags {
    /// Print each build phase with its time and size
    #[arg(short, long, conflicts_with = "quiet")]
    verbose: bool,

    /// Print no notes and no progress, only errors
    #[arg(short, long)]
    quiet: bool,

    /// Compile with N threads [default: one for each processor]
    #[arg(short, long, value_name = "N", value_parser = parse_jobs)]
    jobs: Option<u16>,
}

/// The number of `--jobs`.
fn parse_jobs(value: &str) -> Result<u16, String> {
    let jobs = value.parse().ok();
    let jobs = jobs.filter(|jobs| (1..=1024).contains(jobs));
    jobs.ok_or_else(|| {
        let value = crate::describe::show::printable(value);
        format!("{value} isn't a number of threads; write 1 to 1024, as in -j 4")
    })
}

impl ReportFlags {
    /// For `build`: notes are shown even if standard error isn't a terminal.
    pub fn loudness(&self) -> Loudness {
        Loudness {
            phases: self.verbose,
            notes: !self.quiet,
            progress: !self.quiet,
        }
    }

    /// For `run`: notes are shown only on a terminal, since standard error belongs to the
    /// program.
    pub fn loudness_beside_a_program(&self) -> Loudness {
        let loudness = self.loudness();
        Loudness {
            notes: loudness.notes && user_attended_stderr(),
            ..loudness
        }
    }

    /// Starts the threads that compile. Must be called once, before a build.
    ///
    /// # Errors
    /// When the system doesn't allow so many threads.
    pub fn start_threads(&self) -> Result<()> {
        let Some(jobs) = self.jobs else {
            return Ok(());
        };
        let pool = ThreadPoolBuilder::new().num_threads(jobs.into());
        pool.build_global()
            .with_context(|| format!("cannot start {jobs} threads; give fewer with --jobs"))
    }
}
