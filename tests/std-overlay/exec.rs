//! Runs `wasi-aot test` as a user does, with the grants that the tests need.

use crate::edits;
use crate::packages::Package;
use anyhow::{Result, ensure};
use harness::go::{Toolchain, keep_go_cache, quoted};
use harness::gojson::{self, Tested};
use harness::run::{Finished, Run};
use harness::{paths, target};
use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Command;
use tempfile::TempDir;

/// The time limits of package testing and of this suite, in seconds. Only testing can name the
/// test that hangs.
const TEST_TIMEOUT: u64 = 300;
const KILL_TIMEOUT: u64 = 600;

/// What root may do and others may not: without, modes of files count for root, too. Tests that
/// would be skipped for root run on wasip1, where nobody is root.
const ROOTS_RIGHTS: &str = "--bounding-set=-dac_override,-dac_read_search";

/// The tests' directory for temporary files, below [`Go::scratch`].
const TEMPORARY: &str = "tmp";

/// A version of Go, and the test files that this suite changes for it.
pub struct Go {
    pub minor: u32,
    toolchain: Toolchain,
    overlay: PathBuf,
    scratch: TempDir,
}

impl Go {
    pub fn new(version: &'static str) -> Result<Self> {
        let toolchain = Toolchain::new(version)?;
        let minor = crate::minor(version)?;
        let scratch = tempfile::tempdir_in(results_dir()?)?;
        let overlay = edits::overlay(&toolchain.goroot, minor, scratch.path())?;
        std::fs::create_dir(scratch.path().join(TEMPORARY))?;
        Ok(Self {
            minor,
            toolchain,
            overlay,
            scratch,
        })
    }

    pub fn version(&self) -> &'static str {
        self.toolchain.version
    }

    /// `PREFIX... wasi-aot test FLAGS...`, with all files granted as Go's own script for wasip1
    /// does (lib/wasm/go_wasip1_wasm_exec), and the host's name.
    pub fn test(&self, prefix: &[&str], flags: &[&str]) -> Result<Command> {
        let tool = paths::product("wasi-aot", "WASI_AOT")?;
        let mut words: Vec<&OsStr> = prefix.iter().map(OsStr::new).collect();
        if rustix::process::geteuid().is_root() {
            words.extend(["setpriv", ROOTS_RIGHTS].map(OsStr::new));
        }
        words.push(tool.as_os_str());
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg("test");
        self.toolchain.lend(&mut command)?;
        keep_go_cache(&mut command);
        // The run gets its own cache, so that the user's stays as it is.
        command.env("XDG_CACHE_HOME", self.scratch.path().join("cache"));
        command.env("TMPDIR", self.scratch.path().join(TEMPORARY));
        command.current_dir(self.toolchain.goroot.join("src"));
        if target::is_emulated() {
            command.arg("-exec").arg(self.emulated()?);
        } else {
            command.args(["--dir", "/", "--hostname"]);
        }
        let timeout = TEST_TIMEOUT * u64::from(target::slowness());
        command
            .arg("-overlay")
            .arg(&self.overlay)
            .args(["-count=1", "-vet=off"])
            .arg(format!("-timeout={timeout}s"))
            .args(flags);
        Ok(command)
    }

    /// The value of `-exec` that builds for the tested target and starts the emulator, with the
    /// same grants.
    fn emulated(&self) -> Result<String> {
        let script = paths::root().join("tests/std-overlay/emulated.sh");
        let tool = paths::product("wasi-aot", "WASI_AOT")?;
        let emulator = PathBuf::from(target::command("").get_program());
        let words = [
            quoted(&script)?,
            quoted(&tool)?,
            crate::target().to_owned(),
            quoted(&emulator)?,
            quoted(self.scratch.path())?,
        ];
        Ok(words.join(" "))
    }

    /// Tests a package. The output is in the file that [`Go::log`] names.
    pub fn tested(&self, package: &Package) -> Result<Tested> {
        let mut flags = vec!["-json"];
        if package.short {
            flags.push("-short");
        }
        let left_out = format!("-skip=^({})$", package.left_out().join("|"));
        if !package.left_out().is_empty() {
            flags.push(&left_out);
        }
        let package = package.name;
        flags.push(package);
        let done = run(self.test(&[], &flags)?)?;
        ensure!(
            !done.stdout.is_empty(),
            "wasi-aot test {package}: {} {}",
            done.ends,
            String::from_utf8_lossy(&done.stderr)
        );
        let tested = gojson::read(&done.stdout)?;
        std::fs::write(self.log(package)?, &tested.output)?;
        Ok(tested)
    }

    /// Where the output of `package`'s tests is.
    pub fn log(&self, package: &str) -> Result<PathBuf> {
        let (package, target) = (package.replace('/', "_"), crate::target().replace('/', "_"));
        let file = format!("{package}-go{}-{target}.log", self.version());
        Ok(results_dir()?.join(file))
    }
}

/// Tests that fail leave directories behind that their owner can't read, so can't remove.
impl Drop for Go {
    fn drop(&mut self) {
        let mut command = Command::new("chmod");
        command.args(["-R", "u+rwx"]).arg(self.scratch.path());
        // Else the directories stay, below `target`.
        let _ = Run::of(command).run();
    }
}

pub fn run(command: Command) -> Result<Finished> {
    Run::of(command).seconds(KILL_TIMEOUT).run()
}

/// The directory for outputs and results, made if needed.
pub fn results_dir() -> Result<PathBuf> {
    let dir = paths::profile_dir()?.with_file_name("std-overlay");
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}
