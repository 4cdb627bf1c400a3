//! `wasi-aot inspect FILE`.

use crate::output::Output;
use crate::{describe, input, settings};
use anyhow::{Context, Result, bail};
use clap::Args;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use wasi_aot_compiler::inspect::{Inspected, MAGIC_SIZE, inspect, is_readable};

/// Show what a module asks for, or what an executable may touch
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  wasi-aot inspect counter.wasm            # can it be built, what may it ask for
  wasi-aot inspect ./counter               # what this executable may touch
  wasi-aot inspect --json ./counter | jq .policy.directories
  wasi-aot inspect --policy ./counter > policy.toml
  wasi-aot build --policy policy.toml .    # the same policy for another program

Reads WebAssembly modules, and the executables and objects that wasi-aot makes. Nothing
is run. If a module can't be built, the report gives the reason and the exit code is 0.")]
pub struct Inspect {
    /// The file, or - for standard input
    file: PathBuf,

    /// List also the dependencies of a Go program
    #[arg(short, long)]
    verbose: bool,

    /// Print one JSON object; docs/JSON.md lists its keys
    #[arg(long, conflicts_with = "verbose")]
    json: bool,

    /// Print the policy of an executable as TOML, which --policy of build, run and grant takes
    #[arg(long, conflicts_with_all = ["verbose", "json"])]
    policy: bool,
}

impl Inspect {
    pub fn run(self) -> Result<()> {
        let name = input::name(&self.file);
        let bytes = if input::is_stdin(&self.file) {
            self.read(io::stdin().lock())
        } else {
            let file = File::open(&self.file).map_err(Into::into);
            file.and_then(|file| self.read(file))
        };
        let bytes = bytes.with_context(|| name.clone())?;
        let inspected = inspect(&bytes).with_context(|| name.clone())?;
        let text = if self.json {
            describe::json(&inspected)
        } else if self.policy {
            policy(&inspected).with_context(|| name.clone())?
        } else {
            describe::text(&shown_name(&self.file, &name), &inspected, self.verbose)
        };
        Output::Stdout.write(text.as_bytes())
    }

    /// The whole file, with text assembled. If the first bytes show that the file can't be
    /// inspected, the rest isn't read: the file may be a device without an end.
    fn read(&self, mut file: impl Read) -> Result<Vec<u8>> {
        const BEGINNING: u64 = 1 << 12;
        let mut bytes = Vec::new();
        file.by_ref().take(BEGINNING).read_to_end(&mut bytes)?;
        if !input::may_be_text(&bytes) {
            bytes = input::module(bytes, &self.file)?;
            is_readable(&bytes[..bytes.len().min(MAGIC_SIZE)])?;
        }
        file.read_to_end(&mut bytes)?;
        input::module(bytes, &self.file)
    }
}

/// The policy as TOML.
fn policy(inspected: &Inspected) -> Result<String> {
    match inspected {
        Inspected::Executable(executable) => settings::written(&executable.manifest.policy),
        Inspected::Module(_) => bail!(
            "a module has no policy; give what wasi-aot build made of it, or leave --policy out to \
             see what the module may ask for"
        ),
    }
}

/// The file's name without directories, for the report.
fn shown_name(file: &Path, otherwise: &str) -> String {
    let name = file.file_name().filter(|name| *name != "-");
    name.map_or_else(
        || otherwise.to_string(),
        |name| name.to_string_lossy().into_owned(),
    )
}
