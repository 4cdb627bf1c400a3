//! Programs that `go test -exec` starts test binaries with.

use crate::check::results_dir;
use anyhow::{Context, Result, ensure};
use harness::go::{Goal, Toolchain};
use harness::gojson::{self, Tested};
use harness::paths;
use harness::run::Run;
use std::ffi::OsString;
use std::path::Path;
use std::process::Command;

/// When package testing gives up, and when we do: only testing can tell which
/// test it was. Seconds.
const TEST_TIMEOUT: u64 = 1500;
const KILL_TIMEOUT: u64 = 1800;

/// One way to run them.
#[derive(Debug)]
pub struct Exec {
    /// Tells it apart in names of files.
    pub name: &'static str,
    /// What it says of itself when asked for its version.
    pub version: String,
    /// The value of `-exec`.
    value: String,
    /// Variables for it, beside those of this process.
    env: Vec<(&'static str, OsString)>,
}

impl Exec {
    /// wasi-aot with what Go's own script grants (lib/wasm/go_wasip1_wasm_exec):
    /// all files, PWD and PATH.
    pub fn wasi_aot(tool: &Path) -> Result<Self> {
        Ok(Self {
            name: "wasi-aot",
            version: version(tool)?,
            value: format!("{} run --dir / --env PWD --env PATH", quoted(tool)?),
            env: Vec::new(),
        })
    }

    /// wasmtime as Go's own script starts it.
    pub fn wasmtime(toolchain: &Toolchain) -> Result<Self> {
        let wasmtime = paths::installed("wasmtime")?;
        let script = toolchain.goroot.join("lib/wasm/go_wasip1_wasm_exec");
        let beside = wasmtime.parent().context("a file is in a directory")?;
        let mut path = beside.as_os_str().to_owned();
        path.push(":");
        path.push(std::env::var_os("PATH").unwrap_or_default());
        Ok(Self {
            name: "wasmtime",
            version: version(&wasmtime)?,
            value: format!("bash {}", quoted(&script)?),
            env: vec![
                ("PATH", path),
                ("GOWASIRUNTIME", "wasmtime".into()),
                // Its images in memory files fail now and then with EBUSY.
                ("GOWASIRUNTIMEARGS", "-O memory-init-cow=n".into()),
            ],
        })
    }

    /// `go test -short` of one package with it. What was printed is in a file that
    /// [`Exec::log`] names.
    pub fn test(&self, toolchain: &Toolchain, package: &str) -> Result<Tested> {
        // What is compiled for this run stays out of the user's caches.
        let cache = tempfile::tempdir_in(results_dir()?)?;
        let mut command = toolchain.command(Goal::Wasip1)?;
        command
            .args(["test", "-short", "-json", "-count=1", "-vet=off"])
            .arg(format!("-timeout={TEST_TIMEOUT}s"))
            .args(["-exec", &self.value, package])
            .current_dir(toolchain.goroot.join("src"))
            .envs(self.env.iter().cloned());
        keep_go_cache(&mut command);
        command.env("XDG_CACHE_HOME", cache.path());
        let done = Run::of(command).seconds(KILL_TIMEOUT).run()?;
        let tested = gojson::read(&done.stdout)?;
        let stderr = String::from_utf8_lossy(&done.stderr);
        let log = Self::log(self.name, package)?;
        std::fs::write(log, format!("{}{stderr}", tested.output))?;
        Ok(tested)
    }

    /// Where the output of `package`'s tests is.
    pub fn log(name: &str, package: &str) -> Result<std::path::PathBuf> {
        let file = format!("{}-{name}.log", package.replace('/', "_"));
        Ok(results_dir()?.join(file))
    }
}

/// Go's build cache, too, would be below XDG_CACHE_HOME; it stays where it is.
fn keep_go_cache(command: &mut Command) {
    let set =
        |name| command.get_envs().any(|(key, _)| key == name) || std::env::var_os(name).is_some();
    if set("GOCACHE") {
        return;
    }
    let base = std::env::var_os("XDG_CACHE_HOME").map(std::path::PathBuf::from);
    let home = || Some(Path::new(&std::env::var_os("HOME")?).join(".cache"));
    if let Some(base) = base.or_else(home) {
        command.env("GOCACHE", base.join("go-build"));
    }
}

/// A path as one field of `-exec`, which takes quotes but no escapes
/// (cmd/internal/quoted).
fn quoted(path: &Path) -> Result<String> {
    let text = path.to_str().context("a path that is not UTF-8")?;
    ensure!(!text.contains('\''), "{text}: go test -exec can't quote it");
    Ok(format!("'{text}'"))
}

fn version(program: &Path) -> Result<String> {
    let mut command = Command::new(program);
    command.arg("--version");
    let done = Run::of(command).run()?;
    ensure!(done.ends.is_success(), "{} --version", program.display());
    Ok(String::from_utf8(done.stdout)?.trim_end().to_owned())
}
