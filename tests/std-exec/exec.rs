//! The programs by which `go test -exec` starts test binaries.

use crate::check::results_dir;
use anyhow::{Context, Result, ensure};
use harness::go::{Goal, Toolchain, keep_go_cache, quoted};
use harness::gojson::{self, Tested};
use harness::paths;
use harness::run::Run;
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The time limits of package testing and of this suite, in seconds. Only testing can name the
/// test that hangs.
const TEST_TIMEOUT: u64 = 1500;
const KILL_TIMEOUT: u64 = 1800;

/// One way to run test binaries.
#[derive(Debug)]
pub struct Exec {
    /// The part of file names that stands for this way.
    pub name: &'static str,
    /// The version that it prints.
    pub version: String,
    /// The value of `-exec`.
    value: String,
    /// Variables for the program, beside the variables of this process.
    env: Vec<(&'static str, OsString)>,
}

impl Exec {
    /// wasi-aot with the grants of Go's own script (lib/wasm/go_wasip1_wasm_exec): all files, PWD
    /// and PATH.
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
                // With copy-on-write memory, wasmtime fails now and then with EBUSY.
                ("GOWASIRUNTIMEARGS", "-O memory-init-cow=n".into()),
            ],
        })
    }

    /// Runs `go test -short` of one package. The output is in the file [`Exec::log`].
    pub fn test(&self, toolchain: &Toolchain, package: &str) -> Result<Timed> {
        let timed = self.run(toolchain, package)?.read()?;
        std::fs::write(Self::log(self.name, package)?, &timed.tested.output)?;
        Ok(timed)
    }

    /// The same, with an outcome that is kept from run to run: it depends only on the versions of
    /// Go and of this program.
    pub fn test_once(&self, toolchain: &Toolchain, package: &str) -> Result<Timed> {
        let mut hasher = DefaultHasher::new();
        (&self.value, &self.version, toolchain.version, package).hash(&mut hasher);
        let name = Self::log(self.name, package)?;
        let kept = name.with_extension(format!("{:016x}.json", hasher.finish()));
        paths::make_once(&kept, |draft| {
            let Raw { times, events } = self.run(toolchain, package)?;
            Ok(std::fs::write(draft, format!("{times}\n{events}"))?)
        })?;
        let text = std::fs::read_to_string(kept)?;
        let (times, events) = text.split_once('\n').context("BUG: an empty file")?;
        Raw {
            times: times.to_owned(),
            events: events.to_owned(),
        }
        .read()
    }

    fn run(&self, toolchain: &Toolchain, package: &str) -> Result<Raw> {
        // The run gets its own caches, so that the user's stay as they are.
        let scratch = tempfile::tempdir_in(results_dir()?)?;
        let times = scratch.path().join("times");
        let timed = paths::root().join("tests/std-exec/timed.sh");
        let exec = [quoted(&timed)?, quoted(&times)?, self.value.clone()].join(" ");
        let mut command = toolchain.command(Goal::Wasip1)?;
        command
            .args(["test", "-short", "-json", "-count=1", "-vet=off"])
            .arg(format!("-timeout={TEST_TIMEOUT}s"))
            .args(["-exec", &exec, package])
            .current_dir(toolchain.goroot.join("src"))
            .envs(self.env.iter().cloned());
        keep_go_cache(&mut command);
        command.env("XDG_CACHE_HOME", scratch.path());
        let done = Run::of(command).seconds(KILL_TIMEOUT).run()?;
        ensure!(
            !done.stdout.is_empty(),
            "go test {package}: {} {}",
            done.ends,
            String::from_utf8_lossy(&done.stderr)
        );
        // The file is missing if the tests don't build.
        let times = std::fs::read_to_string(times).unwrap_or_default();
        Ok(Raw {
            times: times.lines().nth(1).unwrap_or_default().to_owned(),
            events: String::from_utf8_lossy(&done.stdout).into_owned(),
        })
    }

    /// Where the output of `package`'s tests is.
    pub fn log(name: &str, package: &str) -> Result<PathBuf> {
        let file = format!("{}-{name}.log", package.replace('/', "_"));
        Ok(results_dir()?.join(file))
    }
}

/// One package's tests, and the time that they took.
#[derive(Debug)]
pub struct Timed {
    pub tested: Tested,
    /// Processor time of the program that `-exec` starts, in seconds.
    pub seconds: f64,
}

/// The outputs of `timed.sh` and `go test -json`.
struct Raw {
    times: String,
    events: String,
}

impl Raw {
    fn read(&self) -> Result<Timed> {
        let mut seconds = 0.0;
        for time in self.times.split_whitespace() {
            let parsed = time.strip_suffix('s').and_then(|time| time.split_once('m'));
            let (m, s) = parsed.with_context(|| format!("BUG: times wrote {time:?}"))?;
            seconds += m.parse::<f64>()? * 60.0 + s.parse::<f64>()?;
        }
        Ok(Timed {
            tested: gojson::read(self.events.as_bytes())?,
            seconds,
        })
    }
}

fn version(program: &Path) -> Result<String> {
    let mut command = Command::new(program);
    command.arg("--version");
    let done = Run::of(command).run()?;
    ensure!(done.ends.is_success(), "{} --version", program.display());
    Ok(String::from_utf8(done.stdout)?.trim_end().to_owned())
}
