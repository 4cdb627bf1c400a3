//! Builds a command as our executable, in each way, and runs it.

use crate::outcome::{End, Outcome};
use anyhow::{Context, Result, bail};
use harness::facts::Observed;
use harness::{passes, target};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::sync::Mutex;
use std::time::Duration;
use tempfile::TempDir;
use wasi_aot_compiler::passes::Choice;
use wasi_aot_compiler::policy::Policy;
use wasi_aot_compiler::{OptLevel, Options};
use wasi_aot_contract::module::TrapKind;

/// A way to build.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    pub level: OptLevel,
    pub go: Go,
    pub spectre: bool,
    /// Whether variables live in memory, as in the heaviest functions. Random functions are too
    /// small for the compiler to choose this itself.
    pub variables_in_memory: bool,
}

/// Which knowledge of Go the compiler uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Go {
    All,
    /// `--no-go-trust`.
    Verified,
    /// `--no-go-opt`.
    None,
}

/// Ways for modules of any origin.
pub const WAYS: [Way; 5] = [
    way(OptLevel::O0, Go::All),
    way(OptLevel::O1, Go::All),
    way(OptLevel::O2, Go::All),
    way(OptLevel::O2, Go::None),
    IN_MEMORY,
];

/// Ways for modules with many comparisons of bounds.
pub const BOUNDS_WAYS: [Way; 6] = [
    way(OptLevel::O0, Go::All),
    way(OptLevel::O1, Go::All),
    way(OptLevel::O2, Go::All),
    way(OptLevel::O2, Go::None),
    IN_MEMORY,
    GUARDED,
];

/// Ways for modules of Go's shape.
pub const GO_WAYS: [Way; 8] = [
    way(OptLevel::O0, Go::All),
    way(OptLevel::O1, Go::All),
    way(OptLevel::O2, Go::All),
    way(OptLevel::O2, Go::Verified),
    way(OptLevel::O2, Go::None),
    way(OptLevel::O0, Go::None),
    GUARDED,
    IN_MEMORY,
];

const GUARDED: Way = Way {
    spectre: true,
    ..way(OptLevel::O2, Go::All)
};

const IN_MEMORY: Way = Way {
    variables_in_memory: true,
    ..way(OptLevel::O2, Go::All)
};

const fn way(level: OptLevel, go: Go) -> Way {
    Way {
        level,
        go,
        spectre: false,
        variables_in_memory: false,
    }
}

impl Way {
    fn options(self) -> Options {
        Options {
            target: target::tested(),
            opt_level: self.level,
            no_go_opt: self.go == Go::None,
            no_go_trust: self.go == Go::Verified,
            spectre: self.spectre,
            passes: match self.variables_in_memory {
                true => Choice::Without(vec!["values".into()]),
                false => passes::chosen(),
            },
            policy: Policy {
                stack_size: Some(STACK),
                ..Policy::default()
            },
            verify: true,
            ..Options::default()
        }
    }
}

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "-{:?}", self.level)?;
        f.write_str(match self.go {
            Go::All => "",
            Go::Verified => " --no-go-trust",
            Go::None => " --no-go-opt",
        })?;
        f.write_str(match self.variables_in_memory {
            true => ", variables in memory",
            false => "",
        })?;
        f.write_str(if self.spectre { " --spectre on" } else { "" })
    }
}

/// The native stack: more than [`crate::smith::FUEL`] frames need.
const STACK: u64 = 64 << 20;

/// The time limit of a run: ten times what any run takes.
const TIMEOUT: Duration = Duration::from_secs(20);

/// Held while an executable is written and while an executable is started. Between fork and exec,
/// a child has all descriptors that are open here. A file that is open for writing can't be
/// executed.
static WRITING: Mutex<()> = Mutex::new(());

/// The directory in which executables are written and run, one at a time.
pub struct Bench {
    directory: TempDir,
}

impl Bench {
    /// Makes the directory, in memory if the system has such a file system.
    pub fn new() -> Result<Self> {
        let shared = Path::new("/dev/shm");
        let parent = if shared.is_dir() {
            shared.to_owned()
        } else {
            std::env::temp_dir()
        };
        let directory = tempfile::tempdir_in(parent)?;
        Ok(Self { directory })
    }

    fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Builds `wasm`.
    ///
    /// # Errors
    /// Those of the compiler.
    pub fn build(&self, wasm: &[u8], way: Way, observer: &Observed) -> Result<()> {
        let bytes =
            wasi_aot_compiler::build(wasm, &way.options(), observer).context("not built")?;
        let _guard = WRITING.lock().expect("no panic while held");
        let path = self.file("program");
        let _ = fs::remove_file(&path);
        let mut create = OpenOptions::new();
        let mut file = create.write(true).create_new(true).mode(0o700).open(path)?;
        std::io::Write::write_all(&mut file, &bytes)?;
        Ok(())
    }

    /// Runs the executable that was built last, from the call `first` on.
    ///
    /// # Errors
    /// If it can't be run, or ends in a way that is always wrong.
    pub fn run(&self, first: u64) -> Result<Outcome> {
        fs::write(self.file("in"), first.to_le_bytes())?;
        let mut command = target::command(self.file("program"));
        command.env_clear();
        command.stdin(File::open(self.file("in"))?);
        command.stdout(File::create(self.file("out"))?);
        command.stderr(File::create(self.file("err"))?);
        let mut child = {
            let _guard = WRITING.lock().expect("no panic while held");
            command.spawn().context("can't start the executable")?
        };
        let status = wait(&mut child)?;
        let output = fs::read(self.file("out"))?;
        let errors = String::from_utf8_lossy(&fs::read(self.file("err"))?).into_owned();
        let end = end(status, &errors)?;
        Ok(Outcome { end, output })
    }
}

fn wait(child: &mut Child) -> Result<ExitStatus> {
    let pid = Pid::from_child(child);
    let descriptor = pidfd_open(pid, PidfdFlags::empty())?;
    let timeout = TIMEOUT * target::slowness();
    let timespec = Timespec::try_from(timeout)?;
    let mut ended = [PollFd::new(&descriptor, PollFlags::IN)];
    if poll(&mut ended, Some(&timespec))? == 0 {
        child.kill()?;
        child.wait()?;
        bail!("did not end within {timeout:?}");
    }
    Ok(child.wait()?)
}

fn end(status: ExitStatus, errors: &str) -> Result<End> {
    if status.code() == Some(0) && errors.is_empty() {
        return Ok(End::Returned);
    }
    let message = errors.split_once(": trap: ").map(|(_, message)| message);
    let message = message.filter(|_| status.code() == Some(134));
    let mut kinds = TrapKind::ALL.into_iter();
    let kind = message.and_then(|text| kinds.find(|kind| text.starts_with(kind.message())));
    match kind {
        Some(kind) => Ok(End::Trapped(kind)),
        None => bail!(
            "ended with {status}: {}",
            errors.lines().next().unwrap_or("")
        ),
    }
}
