//! Runs a machine and reads its console.

use crate::machines::Machine;
use anyhow::{Context, Result, bail, ensure};
use harness::live::Live;
use harness::paths;
use harness::run::Ends;
use std::collections::HashMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

/// A machine that prints nothing for so long hangs. The guest `machine` kills a program sooner,
/// and a check has two programs at most.
const SILENCE: Duration = Duration::from_secs(300);

/// The output of a machine.
#[derive(Debug, Default)]
pub struct Console {
    facts: HashMap<String, String>,
    /// For each check, by name: how it failed; `None` if it passed.
    checks: HashMap<String, Option<String>>,
    /// The check that was begun last.
    at: String,
    /// Why the machine didn't reach its end, with everything that it printed.
    stopped: Option<String>,
}

impl Console {
    fn parse(text: &str) -> Self {
        let mut console = Self::default();
        for line in text.lines().map(str::trim_end) {
            if let Some((name, value)) = prefixed(line, "FACT ", " ") {
                console.facts.insert(name, value);
            } else if let Some((name, _)) = prefixed(line, "PASS ", ": ") {
                console.checks.insert(name, None);
            } else if let Some((name, how)) = prefixed(line, "FAIL ", ": ") {
                console.checks.insert(name, Some(how));
            } else if let Some(name) = line.strip_prefix("AT ") {
                name.clone_into(&mut console.at);
            }
        }
        console
    }

    pub fn fact(&self, name: &str) -> Result<&str> {
        let fact = self.facts.get(name).map(String::as_str);
        fact.with_context(|| format!("the machine doesn't say its {name}"))
    }

    /// # Errors
    /// If the machine didn't run all of its checks and switch itself off.
    pub fn came_to_its_end(&self) -> Result<()> {
        match &self.stopped {
            None => Ok(()),
            Some(how) => bail!("{how}"),
        }
    }

    /// # Errors
    /// How the check failed, or that the machine didn't run it.
    pub fn passed(&self, check: &str) -> Result<()> {
        match self.checks.get(check) {
            Some(None) => Ok(()),
            Some(Some(how)) => bail!("{how}"),
            None if self.at == check => bail!("the machine stopped in it"),
            None => bail!("not run: the machine stopped in {:?}", self.at),
        }
    }
}

/// `PREFIX name SEPARATOR rest`; names have no separator in them.
fn prefixed(line: &str, prefix: &str, separator: &str) -> Option<(String, String)> {
    let (name, rest) = line.strip_prefix(prefix)?.split_once(separator)?;
    Some((name.to_owned(), rest.to_owned()))
}

/// Boots `machine` with the file system `image` and waits until it switches itself off, or
/// hangs.
///
/// # Errors
/// If the kernel or the emulator is missing.
pub fn run(machine: &Machine, image: &[u8]) -> Result<Console> {
    let mut file = tempfile::NamedTempFile::new()?;
    file.write_all(image)?;
    let mut command = Command::new(installed("qemu-system")?);
    command
        .args(["-M", "virt", "-cpu", machine.cpu, "-m", "2048"])
        .args(["-nodefaults", "-no-reboot", "-display", "none"])
        .args(["-serial", "stdio", "-monitor", "none", "-net", "none"])
        .arg("-kernel")
        .arg(installed(&machine.kernel_path())?)
        .arg("-initrd")
        .arg(file.path())
        .args(["-append", "console=ttyAMA0 quiet panic=-1 rdinit=/init"]);
    let live = Live::start(command, Some(Stdio::null()), None, None)?;
    let finished = live.ended_or_silent(SILENCE)?;
    let text = String::from_utf8_lossy(&finished.stdout);
    let mut console = Console::parse(&text);
    if !finished.ends.is_success() || !text.lines().any(|line| line.trim_end() == "DONE") {
        let how = match finished.ends {
            Ends::Signal(libc::SIGKILL) => format!("silent for {SILENCE:?}"),
            ends => ends.to_string(),
        };
        console.stopped = Some(format!(
            "{how} in {:?}; it said {}{text}",
            console.at,
            String::from_utf8_lossy(&finished.stderr)
        ));
    }
    Ok(console)
}

/// A file below `.venv/aarch64`.
///
/// # Errors
/// If it is missing.
pub fn installed(name: &str) -> Result<PathBuf> {
    let path = paths::root().join(".venv/aarch64").join(name);
    ensure!(
        path.exists(),
        "{} is missing; make test-aarch64-system fetches it, with PAGES=1 if it is linux-6.1-64k",
        path.display()
    );
    Ok(path)
}
