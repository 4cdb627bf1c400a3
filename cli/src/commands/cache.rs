//! `wasi-aot cache dir|size|clean`.

use crate::cache::{self, Place, Total};
use crate::describe::show;
use crate::usage::Usage;
use anyhow::Result;
use clap::{Args, Subcommand};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Duration;
use wasi_aot_compiler::policy::parse_size;

/// Show or remove what wasi-aot keeps: executables of run, and changed files of Go's library
#[derive(Debug, Args)]
#[command(
    after_help = "The cache takes at most 2 GiB. What wasn't used for 30 days is removed, and beyond
2 GiB what wasn't used for longest.

An entry depends on the module, the flags and wasi-aot's sources, so a copy of the
directory is good on another machine, too."
)]
pub struct Cache {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Print the cache's directory
    Dir,
    /// Print how much there is, and its size
    Size,
    /// Remove it
    Clean(Clean),
}

#[derive(Debug, Args)]
struct Clean {
    /// Keep what was used last, up to this size together, like 500MB
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max: Option<u64>,
}

impl Cache {
    pub fn run(self) -> Result<()> {
        let path = path()?;
        let mut stdout = io::stdout().lock();
        if matches!(self.command, Command::Dir) {
            writeln!(stdout, "{}", path.display())?;
            return Ok(());
        }
        let cache = cache::Cache::existing(path)?;
        let (total, what) = match self.command {
            Command::Clean(Clean { max }) => {
                let limit = max.unwrap_or(0);
                let sweep = |cache: &cache::Cache| cache.sweep(Duration::MAX, limit);
                (cache.as_ref().map(sweep), "removed ")
            }
            _ => (cache.as_ref().map(cache::Cache::total), ""),
        };
        writeln!(stdout, "{what}{}", sentence(&total.unwrap_or_default()))?;
        Ok(())
    }
}

/// # Errors
/// When the environment names no place for a cache.
fn path() -> Result<PathBuf, Usage> {
    match Place::of_user() {
        Place::At { path, .. } => Ok(path),
        Place::Unknown => Err(Usage(
            "there is no cache without XDG_CACHE_HOME or HOME; set XDG_CACHE_HOME to a directory"
                .into(),
        )),
    }
}

fn sentence(total: &Total) -> String {
    let noun = match total.entries {
        1 => "executable",
        _ => "executables",
    };
    let libraries = match total.libraries {
        0 => String::new(),
        1 => " and 1 library of changed Go files".into(),
        more => format!(" and {more} libraries of changed Go files"),
    };
    let bytes = show::bytes(total.bytes);
    format!("{} {noun}{libraries}, {bytes}", total.entries)
}
