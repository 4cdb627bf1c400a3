//! Starts a module: its executable is made, or taken from the cache, and replaces this process.

use crate::cache::{Cache, Found, Place};
use crate::describe::show;
use crate::flags::report::ReportFlags;
use crate::memory_file;
use crate::progress::Progress;
use anyhow::{Context, Result};
use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use wasi_aot_compiler::{Observer as _, Options, Preload};

/// A module to be started.
pub struct Module {
    pub wasm: Vec<u8>,
    /// Its name in messages.
    pub name: String,
    /// The name that the program gets.
    pub arg0: OsString,
}

/// Returns only if the program couldn't be started.
pub fn start(
    report: &ReportFlags,
    module: &Module,
    preloads: &[Preload<'_>],
    mut options: Options,
    arguments: &[OsString],
) -> Result<()> {
    let build = |options: &Options| {
        report.start_threads()?;
        let progress = Progress::new(report.loudness_beside_a_program());
        let built = wasi_aot_compiler::build_with(&module.wasm, preloads, options, &progress);
        progress.clear();
        built.with_context(|| module.name.clone())
    };
    let program = executable(report, &module.wasm, preloads, &mut options, build)?;
    let error = execute(&program, &module.arg0, arguments);
    Err(error).with_context(|| format!("{}: cannot run", module.name))
}

/// Executes an open file by its descriptor, so a file that has taken its name isn't executed
/// instead. The program doesn't get the descriptor. Returns only if executing failed.
fn execute(program: &File, arg0: &OsString, args: &[OsString]) -> io::Error {
    let path = format!("/proc/self/fd/{}", program.as_raw_fd());
    Command::new(path).arg0(arg0).args(args).exec()
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
