//! A directory in which `wasi-aot` works on a Go package, with one Go, and with a cache of its own.

use anyhow::Result;
use harness::go::{Toolchain, keep_go_cache};
use harness::run::{Finished, Run};
use harness::tool::Tool;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

pub struct Place {
    pub tool: Arc<Tool>,
    pub go: Toolchain,
    /// What is made lies here.
    pub directory: TempDir,
    /// The package, in which commands run.
    pub source: PathBuf,
}

impl Place {
    /// An empty directory for the package at `source`; a relative one lies in the directory.
    pub fn new(tool: &Arc<Tool>, version: &'static str, source: &Path) -> Result<Self> {
        // Tests write here, and go-exec grants the directory for temporary files.
        let directory = tempfile::tempdir_in(tool.directory())?;
        Ok(Self {
            tool: Arc::clone(tool),
            go: Toolchain::new(version)?,
            source: directory.path().join(source),
            directory,
        })
    }

    /// A file of the package.
    pub fn path(&self, below: &str) -> PathBuf {
        self.source.join(below)
    }

    /// A file beside the package.
    pub fn beside(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// `PROGRAM ARGS...` in the package's directory, with this Go on PATH. Go's build cache is the
    /// one that all tests share.
    pub fn command<S: AsRef<OsStr>>(&self, program: &Path, arguments: &[S]) -> Result<Command> {
        let mut command = Command::new(program);
        self.go.lend(&mut command)?;
        keep_go_cache(&mut command);
        command.env("XDG_CACHE_HOME", self.beside("cache"));
        command.args(arguments).current_dir(&self.source);
        Ok(command)
    }

    /// `wasi-aot ARGS...`, in the same way.
    pub fn wasi_aot_command(&self, arguments: &[&str]) -> Result<Command> {
        self.command(&self.tool.path, arguments)
    }

    /// Runs [`Self::wasi_aot_command`].
    pub fn wasi_aot(&self, arguments: &[&str]) -> Result<Finished> {
        finish(self.wasi_aot_command(arguments)?)
    }
}

/// Runs a command that may compile Go's library.
pub fn finish(command: Command) -> Result<Finished> {
    Run::of(command).seconds(600).run()
}
