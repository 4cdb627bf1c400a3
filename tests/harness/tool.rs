//! The command `wasi-aot`, and the executables that it builds in a run of a suite.

use crate::policy_flags;
use crate::run::{Finished, Run};
use crate::{passes, paths, target};
use anyhow::{Context, Result, ensure};
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsStr;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The command `wasi-aot`, and a directory for its outputs in this run of the suite. The
/// directory is removed when this is dropped.
#[derive(Debug)]
pub struct Tool {
    pub path: PathBuf,
    made: TempDir,
}

impl Tool {
    /// The `wasi-aot` that `make build` built, or the one that `WASI_AOT` names.
    pub fn new() -> Result<Self> {
        Ok(Self {
            path: paths::product("wasi-aot", "WASI_AOT")?,
            made: tempfile::tempdir_in(paths::profile_dir()?)?,
        })
    }

    /// The directory for the outputs of this run of the suite.
    #[must_use]
    pub fn directory(&self) -> &Path {
        self.made.path()
    }

    /// The command `wasi-aot ARGS...`, not yet started.
    pub fn command<S: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = S>) -> Command {
        let mut command = Command::new(&self.path);
        command.args(args);
        command
    }

    /// Runs `wasi-aot build MODULE -o OUTPUT FLAGS...` to its end.
    pub fn build<S: AsRef<OsStr>>(
        &self,
        module: &Path,
        output: &Path,
        flags: impl IntoIterator<Item = S>,
    ) -> Result<Finished> {
        let command = self.building(module.as_os_str(), output, flags);
        Run::of(command).seconds(300).run()
    }

    /// The command `wasi-aot build INPUT -o OUTPUT FLAGS...` for the tested target, not yet
    /// started.
    pub fn building<S: AsRef<OsStr>>(
        &self,
        input: &OsStr,
        output: &Path,
        flags: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command =
            self.command(["build".as_ref(), input, "-o".as_ref(), output.as_os_str()]);
        command.args(flags);
        // Tests about targets name a target themselves.
        if target::is_emulated() && !command.get_args().any(|arg| arg == "--target") {
            command.args(["--target", target::tested().name()]);
        }
        // Tests about passes name passes themselves.
        if !command
            .get_args()
            .any(|arg| arg.as_encoded_bytes().starts_with(b"--pass"))
        {
            command.args(passes::flag());
        }
        command
    }

    /// The executable of `module`, built with `flags`. It is made once in a run, and its code is
    /// compiled once for all policies: a policy is given by `wasi-aot grant`, whose result is, byte
    /// for byte, what the build gives (`tests/command/grant.rs`).
    pub fn executable(&self, module: &Path, flags: &[String]) -> Result<PathBuf> {
        let mut hasher = DefaultHasher::new();
        std::fs::read(module)?.hash(&mut hasher);
        flags.hash(&mut hasher);
        let name = module
            .file_stem()
            .context("a module has a name")?
            .to_string_lossy();
        let path = self
            .made
            .path()
            .join(format!("{name}-{:016x}", hasher.finish()));
        paths::make_once(&path, |draft| {
            let (policy, others) = policy_flags::split(flags);
            if policy.is_empty() || policy_flags::emits(&others) {
                let built = self.build(module, draft, flags)?;
                return succeeded("build", &name, flags, &built);
            }
            self.granted(module, draft, flags)
        })?;
        Ok(path)
    }

    /// Writes the executable of `module`, built with `flags`, to `output`, as
    /// [`Self::executable`] makes it.
    ///
    /// # Errors
    /// If the module doesn't build with these flags.
    pub fn granted(&self, module: &Path, output: &Path, flags: &[String]) -> Result<()> {
        let (policy, others) = policy_flags::split(flags);
        let compiled = self.executable(module, &others)?;
        // Another process writes the file. If this one did, a program that another thread starts
        // meanwhile could hold the file open for writing, and `output` couldn't be started.
        let mut command = self.command(["grant".as_ref(), compiled.as_os_str()]);
        command.arg("--quiet").arg("-o").arg(output).args(&policy);
        let name = module.display().to_string();
        succeeded("grant", &name, flags, &Run::of(command).run()?)
    }
}

/// Whether `wasi-aot COMMAND` for the module `name` succeeded.
fn succeeded(command: &str, name: &str, flags: &[String], done: &Finished) -> Result<()> {
    ensure!(
        done.ends.is_success(),
        "wasi-aot {command} {name} {}: {}: {}",
        flags.join(" "),
        done.ends,
        String::from_utf8_lossy(&done.stderr)
    );
    Ok(())
}
