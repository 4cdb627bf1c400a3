//! `wasi-aot inspect FILE`.

use crate::describe;
use crate::output::Output;
use anyhow::{Context, Result};
use clap::Args;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use wasi_aot_compiler::inspect::{MAGIC_SIZE, inspect, is_readable};

/// Tell what a module asks for, or what an executable may do
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  wasi-aot inspect counter.wasm            # can it be built, what will it ask for
  wasi-aot inspect ./counter               # what this executable may touch
  wasi-aot inspect --json ./counter | jq .policy.directories

Reads WebAssembly modules, and the executables and objects that wasi-aot makes; nothing
is run. A module that can't be built is described with the reason and is no error.")]
pub struct Inspect {
    /// The file, or - for standard input
    file: PathBuf,

    /// Print one JSON object, whose keys the README lists
    #[arg(long)]
    json: bool,
}

impl Inspect {
    pub fn run(self) -> Result<()> {
        let is_stdin = self.file.as_os_str() == "-";
        let name = if is_stdin {
            "standard input".into()
        } else {
            self.file.display().to_string()
        };
        let bytes = if is_stdin {
            read(io::stdin().lock())
        } else {
            File::open(&self.file).map_err(Into::into).and_then(read)
        };
        let bytes = bytes.with_context(|| name.clone())?;
        let inspected = inspect(&bytes).with_context(|| name.clone())?;
        let text = if self.json {
            describe::json(&inspected)
        } else {
            describe::text(&shown_name(&self.file, &name), &inspected)
        };
        Output::Stdout.write(text.as_bytes())
    }
}

/// The whole file, unless its first bytes say that it is nothing to inspect: it may
/// be a device without end.
fn read(mut file: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.by_ref()
        .take(MAGIC_SIZE as u64)
        .read_to_end(&mut bytes)?;
    is_readable(&bytes)?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The file's own name, as the report calls it.
fn shown_name(file: &Path, otherwise: &str) -> String {
    let name = file.file_name().filter(|name| *name != "-");
    name.map_or_else(
        || otherwise.to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}
