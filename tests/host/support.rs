//! Plays a scenario with the native program and with ours, and compares.

use anyhow::{Context, Result, bail, ensure};
use harness::go::{Flavour, Goal, NEWEST, Toolchain};
use harness::live::{Live, eventually};
use harness::run::{Finished, Run};
use harness::suite;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::fs::{OFlags, fcntl_setfl};
use std::fmt::Write;
use std::fs::File;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

/// The flags of our executables: they grant the directory that they are started in.
const FLAGS: &[&str] = &["--dir", "."];

/// The guest as an executable, and a fresh directory to run it in.
pub struct Program {
    pub path: PathBuf,
    dir: TempDir,
}

impl Program {
    fn native() -> Result<Self> {
        Self::of(Toolchain::new(NEWEST)?.build("host", Flavour::Plain, Goal::Native)?)
    }

    pub fn ours(tool: &Tool, flags: &[&str]) -> Result<Self> {
        Self::ours_of(tool, "host", flags)
    }

    /// The same with another guest.
    pub fn ours_of(tool: &Tool, guest: &str, flags: &[&str]) -> Result<Self> {
        let module = Toolchain::new(NEWEST)?.build(guest, Flavour::Plain, Goal::Wasip1)?;
        let flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
        Self::of(tool.executable(&module, &flags)?)
    }

    pub fn of(path: PathBuf) -> Result<Self> {
        Ok(Self {
            path,
            dir: tempfile::tempdir()?,
        })
    }

    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.path);
        command.args(args).current_dir(self.dir()).env_clear();
        command
    }

    /// The command that runs a shell script with the program as `$APP`.
    pub fn script(&self, script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(self.dir());
        command.env("APP", &self.path).env("PS1", "");
        command
    }

    /// Starts the program with pipes.
    pub fn start(&self, args: &[&str]) -> Result<Live> {
        Live::start(self.command(args), None, None, None)
    }

    /// Starts the program with this standard input, and pipes for the outputs.
    pub fn start_with(&self, args: &[&str], stdin: impl Into<Stdio>) -> Result<Live> {
        Live::start(self.command(args), Some(stdin.into()), None, None)
    }

    pub fn run(&self, args: &[&str]) -> Result<Finished> {
        Run::of(self.command(args)).run()
    }
}

/// What a program did, in words.
pub fn told(finished: &Finished) -> String {
    let mut words = String::from_utf8_lossy(&finished.stdout).into_owned();
    let stderr = String::from_utf8_lossy(&finished.stderr);
    writeln!(words, "stderr: {stderr}ends: {}", finished.ends).expect("a string takes it all");
    words
}

/// A test: `scenario` must return the same text for our program and for the native one, and the
/// text must contain each of `says`.
pub fn same(
    tool: &Arc<Tool>,
    name: &str,
    says: &'static [&'static str],
    scenario: impl Fn(&Program) -> Result<String> + Send + 'static,
) -> Trial {
    same_with(tool, name, FLAGS, says, scenario)
}

/// [`same`] with other flags.
pub fn same_with(
    tool: &Arc<Tool>,
    name: &str,
    flags: &'static [&'static str],
    says: &'static [&'static str],
    scenario: impl Fn(&Program) -> Result<String> + Send + 'static,
) -> Trial {
    let tool = Arc::clone(tool);
    suite::test(name, move || {
        let ours = scenario(&Program::ours(&tool, flags)?).context("our program")?;
        let native = scenario(&Program::native()?).context("the native program")?;
        for text in says {
            ensure!(
                ours.contains(text),
                "our program doesn't print {text:?}: {ours}"
            );
        }
        let mut lines = ours.lines().zip(native.lines());
        if let Some((ours, native)) = lines.find(|(ours, native)| ours != native) {
            bail!("ours:   {ours}\n    native: {native}");
        }
        ensure!(
            ours == native,
            "ours has {} bytes, native {}",
            ours.len(),
            native.len()
        );
        Ok(())
    })
}

/// A test: `scenario` must succeed with our program.
pub fn ours(
    tool: &Arc<Tool>,
    name: &str,
    scenario: impl FnOnce(&Program) -> Result<()> + Send + 'static,
) -> Trial {
    let tool = Arc::clone(tool);
    suite::test(name, move || scenario(&Program::ours(&tool, FLAGS)?))
}

/// `size` bytes of numbered lines, as the guest writes them.
pub fn numbered(size: usize) -> Vec<u8> {
    let lines = (0..).map(|i| format!("line {i} of the text\n"));
    let mut text = String::with_capacity(size + 40);
    for line in lines {
        if text.len() >= size {
            break;
        }
        text.push_str(&line);
    }
    text.truncate(size);
    text.into_bytes()
}

/// A FIFO called `fifo` in the program's directory.
pub fn fifo(program: &Program) -> Result<PathBuf> {
    let path = program.dir().join("fifo");
    rustix::fs::mkfifoat(
        rustix::fs::CWD,
        &path,
        rustix::fs::Mode::from_raw_mode(0o600),
    )?;
    Ok(path)
}

/// Opens a FIFO for writing as soon as a program has it open for reading. A blocking open would
/// wait forever if no program does.
pub fn fifo_writer(path: &Path) -> Result<File> {
    let nonblock = OFlags::NONBLOCK.bits() as i32;
    let mut opened = None;
    eventually("reader of the FIFO", || {
        let options = File::options()
            .write(true)
            .custom_flags(nonblock)
            .open(path);
        opened = options.ok();
        Ok(opened.is_some())
    })?;
    let file = opened.context("BUG: not opened")?;
    fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}

/// Opens a FIFO for reading, with or without a writer. A read returns its end until there is a
/// writer.
pub fn fifo_reader(path: &Path) -> Result<File> {
    let nonblock = OFlags::NONBLOCK.bits() as i32;
    let file = File::options()
        .read(true)
        .custom_flags(nonblock)
        .open(path)?;
    fcntl_setfl(&file, OFlags::empty())?;
    Ok(file)
}
