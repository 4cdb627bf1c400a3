//! A program's two executables: made by wasi-aot from the package's path, and by Go for this machine.

use crate::program::{By, Program};
use anyhow::{Context, Result, ensure};
use harness::go::Toolchain;
use harness::paths;
use harness::run::Run;
use harness::target;
use harness::tool::Tool;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The seconds for downloads and a build of all that a program depends on.
const BUILD_SECONDS: u64 = 900;

/// A program's executables. Both have the program's own name.
#[derive(Debug)]
pub struct Built {
    ours: PathBuf,
    native: PathBuf,
}

impl Built {
    /// Builds what isn't built yet. Native executables are kept from run to run.
    ///
    /// # Errors
    /// What Go or wasi-aot says.
    pub fn new(program: &Program, tool: &Tool, toolchain: &Toolchain) -> Result<Self> {
        let name = program.name();
        let (_, version) = program
            .package
            .split_once('@')
            .context("BUG: a package without a version")?;
        let directory = format!("{name}-{version}-go{}", toolchain.version);
        let native = paths::guest_cache()?.join("programs").join(&directory);
        let native = native.join(name);
        paths::make_once(&native, |draft| install(program, toolchain, draft))?;
        let ours = tool.directory().join(directory).join(name);
        paths::make_once(&ours, |draft| compile(program, tool, toolchain, draft))?;
        Ok(Self { ours, native })
    }

    /// The executable that runs if ours, or else the native one, is the one to be judged.
    pub fn path(&self, is_ours: bool, by: By) -> &Path {
        if is_ours == (by == By::Same) {
            &self.ours
        } else {
            &self.native
        }
    }

    /// The command that starts it.
    pub fn command(&self, is_ours: bool, by: By) -> Command {
        let path = self.path(is_ours, by);
        if path == self.ours {
            target::command(path)
        } else {
            Command::new(path)
        }
    }
}

/// `go install PACKAGE`; the executable becomes `draft`.
fn install(program: &Program, toolchain: &Toolchain, draft: &Path) -> Result<()> {
    let directory = draft.with_extension("bin");
    let mut command = Command::new(toolchain.goroot.join("bin/go"));
    command.args(["install", program.package]);
    run(command, toolchain, |command| {
        command.env("GOBIN", &directory);
    })?;
    Ok(fs::rename(directory.join(program.name()), draft)?)
}

/// `wasi-aot build PACKAGE`; the executable becomes `draft`.
fn compile(program: &Program, tool: &Tool, toolchain: &Toolchain, draft: &Path) -> Result<()> {
    let flags = ["-q"].iter().chain(program.grants);
    let command = tool.building(program.package.as_ref(), draft, flags);
    run(command, toolchain, |_| ())
}

fn run(mut command: Command, toolchain: &Toolchain, set: impl Fn(&mut Command)) -> Result<()> {
    toolchain.lend(&mut command)?;
    toolchain.with_downloads(&mut command)?;
    set(&mut command);
    // A module around it would have a say.
    command.current_dir(paths::guest_cache()?);
    let said = format!("{command:?}");
    let done = Run::of(command).seconds(BUILD_SECONDS).run()?;
    ensure!(
        done.ends.is_success(),
        "{said}: {}: {}",
        done.ends,
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}
