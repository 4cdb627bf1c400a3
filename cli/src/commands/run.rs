//! `wasi-aot run INPUT ARGS...`: the executable is made, or taken from the cache, and replaces
//! this process.

use super::start_flags::StartFlags;
use crate::flags::go::GoFlags;
use crate::flags::preload::PreloadFlags;
use crate::input;
use crate::notes;
use crate::progress::Progress;
use crate::settings::Settings;
use crate::source::{self, Source};
use crate::start::{self, Module};
use anyhow::Result;
use clap::{Args, ValueHint};
use std::ffi::OsString;

/// Compile a module or a Go package, or take it from the cache, and run it
#[derive(Debug, Args)]
#[command(
    override_usage = "wasi-aot run [OPTIONS] INPUT [ARGS]...",
    after_help = "Examples:
  wasi-aot run --dir . counter.wasm config.txt
  wasi-aot run --dir . ./cmd/counter -- config.txt
  wasi-aot run example.com/tool@v1.2.3 -help

INPUT is a module, - for standard input, of which the program then finds the end, or a
Go package, as build takes it. Everything after INPUT is passed to the program; a -- that
follows a package at once is left out. Executables are kept in
$XDG_CACHE_HOME/wasi-aot (~/.cache/wasi-aot), by what they are made from, so that a
module is compiled once, whatever it is granted; `wasi-aot cache` shows and removes
them. No grant reaches that directory."
)]
pub struct Run {
    /// The module or Go package, and the program's arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        value_name = "INPUT",
        value_hint = ValueHint::FilePath
    )]
    command: Vec<OsString>,

    #[command(flatten)]
    flags: StartFlags,

    #[command(flatten)]
    preload: PreloadFlags,

    #[command(flatten)]
    go: GoFlags,

    #[arg(skip)]
    settings: Settings,
}

impl Run {
    /// With the settings for its package, whose flags are among the arguments already.
    pub fn with_settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    /// The input, and the program's arguments.
    pub fn inputs(&self) -> &[OsString] {
        &self.command
    }

    /// Says that the settings have grants which aren't taken.
    fn note_grants(&self) {
        if self.flags.policy.file().is_none() {
            let progress = Progress::new(self.flags.report.loudness_beside_a_program());
            notes::not_granted_by(&self.settings, "run", &progress);
        }
    }

    /// Returns only if the program couldn't be started.
    pub fn run(self) -> Result<()> {
        let options = self.flags.options()?;
        self.note_grants();
        let (source, count) = Source::of(&self.command, &self.go, &[])?;
        let arguments = &self.command[count..];
        let (module, arguments) = match &source {
            Source::Module(path) => {
                let module = Module {
                    wasm: input::read(path)?,
                    name: source.name(),
                    arg0: path.clone().into(),
                };
                (module, arguments)
            }
            Source::Package {
                package,
                flags,
                overlay,
            } => {
                let progress = Progress::new(self.flags.report.loudness_beside_a_program());
                let program = source::compile(package, flags, *overlay, &progress)?;
                let module = Module {
                    wasm: program.wasm,
                    name: source.name(),
                    arg0: program.name,
                };
                let dashes = arguments.first().is_some_and(|first| first == "--");
                (module, &arguments[usize::from(dashes)..])
            }
        };
        let preloads = self.preload.read()?;
        start::start(
            &self.flags.report,
            &module,
            &preloads.modules(),
            options,
            arguments,
        )
    }
}
