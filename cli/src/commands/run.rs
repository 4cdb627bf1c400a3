//! `wasi-aot run FILE ARGS...`: the executable is made, or taken from the cache, and replaces
//! this process.

use crate::cache::{Cache, Found, Place};
use crate::describe::show;
use crate::flags::codegen::TuningFlags;
use crate::flags::policy::PolicyFlags;
use crate::flags::preload::PreloadFlags;
use crate::flags::report::ReportFlags;
use crate::progress::Progress;
use crate::{input, memory_file};
use anyhow::{Context, Result};
use clap::{Args, ValueHint};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use wasi_aot_compiler::{Observer as _, Options, Preload};

/// Compile a WebAssembly module, or take it from the cache, and run it
#[derive(Debug, Args)]
#[command(
    override_usage = "wasi-aot run [OPTIONS] FILE [ARGS]...",
    after_help = "Examples:
  wasi-aot run --dir . counter.wasm config.txt
  GOOS=wasip1 GOARCH=wasm go test -exec 'wasi-aot run --dir / --inherit-env' ./...

FILE is a module, or - for standard input, of which the program then finds the end.
Everything after FILE is passed to the program. Executables are kept in
$XDG_CACHE_HOME/wasi-aot (~/.cache/wasi-aot), by what they are made from, so that a
module is compiled once, whatever it is granted; `wasi-aot cache` shows and removes
them. No grant reaches that directory."
)]
pub struct Run {
    /// The module, and the program's arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        value_name = "FILE",
        value_hint = ValueHint::FilePath
    )]
    command: Vec<OsString>,

    #[command(flatten)]
    report: ReportFlags,

    #[command(flatten)]
    tuning: TuningFlags,

    #[command(flatten)]
    preload: PreloadFlags,

    #[command(flatten)]
    policy: PolicyFlags,
}

/// Executes an open file by its descriptor, so a file that has taken its name isn't executed
/// instead. The program doesn't get the descriptor. Returns only if executing failed.
fn execute(program: &File, arg0: &OsString, args: &[OsString]) -> io::Error {
    let path = format!("/proc/self/fd/{}", program.as_raw_fd());
    Command::new(path).arg0(arg0).args(args).exec()
}

impl Run {
    /// Returns only if the program couldn't be started.
    pub fn run(self) -> Result<()> {
        let mut options = self.policy.into_options()?;
        self.tuning.apply(&mut options)?;
        let (file, args) = self.command.split_first().context("BUG: no file")?;
        let path = Path::new(file);
        let wasm = input::read(path)?;
        let preloads = self.preload.read()?;
        let modules = preloads.modules();
        let build = |options: &Options| {
            self.report.start_threads()?;
            let progress = Progress::new(self.report.loudness_beside_a_program());
            let built = wasi_aot_compiler::build_with(&wasm, &modules, options, &progress);
            progress.clear();
            built.with_context(|| input::name(path))
        };
        let program = executable(&self.report, &wasm, &modules, &mut options, build)?;
        let error = execute(&program, file, args);
        Err(error).with_context(|| format!("{}: cannot run", input::name(path)))
    }
}

/// The executable: a file of the cache, or a file in memory where there is no place for a
/// cache. A file in memory has no name, so the program can't replace it.
fn executable(
    report: &ReportFlags,
    wasm: &[u8],
    preloads: &[Preload<'_>],
    options: &mut Options,
    build: impl FnOnce(&Options) -> Result<Vec<u8>>,
) -> Result<File> {
    let Place::At { base, path } = Place::of_user() else {
        return memory_file::sealed(&build(options)?);
    };
    let cache = match Cache::create(&base, path.clone())? {
        Ok(cache) => cache,
        Err(error) => {
            note_without_cache(report, &path, &error);
            return memory_file::sealed(&build(options)?);
        }
    };
    if !options.policy.grants.is_empty() {
        let path = cache.path().as_os_str().as_encoded_bytes();
        options.policy.hole = Some(path.to_vec());
    }
    match cache.get(wasm, preloads, options, || build(options))? {
        Found::Kept(file) => Ok(file),
        Found::NotKept(executable, error) => {
            note_without_cache(report, cache.path(), &error);
            memory_file::sealed(&executable)
        }
    }
}

fn note_without_cache(report: &ReportFlags, path: &Path, error: &anyhow::Error) {
    Progress::new(report.loudness_beside_a_program()).note(&format!(
        "{}: cannot keep executables ({error:#}), so each run compiles; set XDG_CACHE_HOME to \
         another directory",
        show::one_line(&path.display().to_string())
    ));
}
