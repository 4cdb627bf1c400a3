//! The second fence holds where the first doesn't: a runtime that was corrupted to
//! make any system call the guest asks for (`runtime-shim/src/corrupt.rs`) is kept in
//! by Landlock and by seccomp, each by itself and both together; without them
//! (`--no-harden`) the same attempts succeed.

mod attempts;
mod shim;

use crate::support::{guest, test, text};
use anyhow::{Context, Result, bail, ensure};
use attempts::{Attempt, Outcome, Policy};
use harness::go::Goal;
use harness::run::{Ends, Finished, Run};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let policies = [Policy::Both, Policy::ReadOnly, Policy::Nothing];
    let mut trials: Vec<Trial> = policies
        .map(|policy| {
            let name = format!("harden/corrupted, {policy}");
            test(&name, tool, move |tool| holds(tool, policy))
        })
        .into();
    for (flag, fenced) in [(None, true), (Some("--no-harden"), false)] {
        let name = format!("harden/what the kernel says, {}", flag.unwrap_or("default"));
        trials.push(test(&name, tool, move |tool| stands(tool, flag, fenced)));
    }
    trials
}

/// Which fences are up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fences {
    None,
    Landlock,
    Seccomp,
    Both,
}

impl Fences {
    const ALL: [Self; 4] = [Self::None, Self::Landlock, Self::Seccomp, Self::Both];

    /// The layer that the corrupted runtime is told to leave out.
    fn without(self) -> Option<&'static str> {
        match self {
            Self::Landlock => Some("seccomp"),
            Self::Seccomp => Some("Landlock"),
            Self::None | Self::Both => None,
        }
    }

    fn expected(self, attempt: &Attempt) -> Outcome {
        match self {
            Self::None => Outcome::Works,
            Self::Landlock => attempt.landlock,
            Self::Seccomp => attempt.seccomp,
            Self::Both if attempt.seccomp == Outcome::Killed => Outcome::Killed,
            Self::Both => attempt.landlock,
        }
    }
}

/// All attempts of `policy` behind all combinations of fences.
fn holds(tool: &Tool, policy: Policy) -> Result<()> {
    let place = Place::new()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let attempts = attempts::of(policy, &place, listener.local_addr()?.port())?;
    let flags = policy.flags(&place);
    let fenced = shim::executable(tool, &place.path("fenced"), &flags)?;
    let open = [&flags[..], &["--no-harden".into()]].concat();
    let open = shim::executable(tool, &place.path("open"), &open)?;
    let mut wrong = Vec::new();
    for attempt in &attempts {
        for fences in Fences::ALL {
            place.restore()?;
            let program = if fences == Fences::None {
                &open
            } else {
                &fenced
            };
            let mut command = Command::new(program);
            command.args(&attempt.calls).env_clear();
            if let Some(layer) = fences.without() {
                command.env("WASI_AOT_WITHOUT", layer);
            }
            let finished = Run::of(command).run()?;
            let (found, expected) = (outcome(&finished)?, fences.expected(attempt));
            if found != expected {
                let name = attempt.name;
                wrong.push(format!("{name}, {fences:?}: {found:?}, not {expected:?}"));
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// What became of the last call of an attempt.
fn outcome(finished: &Finished) -> Result<Outcome> {
    let said = text(&finished.stdout);
    match (finished.ends, said.lines().last()) {
        (Ends::Signal(libc::SIGSYS), _) => Ok(Outcome::Killed),
        // Another program took its place.
        (Ends::Exit(0), None) => Ok(Outcome::Works),
        (Ends::Exit(0), Some(result)) => match result.parse::<i64>()? {
            0.. => Ok(Outcome::Works),
            errno => Ok(Outcome::Fails(-errno as i32)),
        },
        (ends, _) => bail!("{ends}: {said}{}", text(&finished.stderr)),
    }
}

/// A directory with two to be granted, and a secret beside them.
pub struct Place(TempDir);

impl Place {
    fn new() -> Result<Self> {
        let place = Self(tempfile::tempdir()?);
        place.restore()?;
        Ok(place)
    }

    pub fn path(&self, below: &str) -> String {
        self.0.path().join(below).display().to_string()
    }

    /// Undoes what an attempt may have done.
    fn restore(&self) -> Result<()> {
        for dir in ["rw", "ro", "new"] {
            let dir = self.path(dir);
            if Path::new(&dir).exists() {
                fs::remove_dir_all(&dir)?;
            }
        }
        let _ = fs::remove_file(self.path("moved"));
        for (dir, file) in [("rw", "rw/file"), ("ro", "ro/file")] {
            fs::create_dir(self.path(dir))?;
            fs::write(self.path(file), "granted")?;
        }
        fs::write(self.path("secret"), "secret")?;
        fs::copy("/bin/true", self.path("rw/program"))?;
        Ok(())
    }
}

/// An executable as it is shipped is behind both fences while its guest runs, or
/// behind none.
fn stands(tool: &Tool, flag: Option<&str>, fenced: bool) -> Result<()> {
    let flags: Vec<String> = flag.map(Into::into).into_iter().collect();
    let program = tool.executable(&guest("stdio", Goal::Wasip1)?, &flags)?;
    let mut child = Command::new(program)
        .arg("lines")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().context("a pipe")?;
    std::io::Write::write_all(&mut input, b"one\n")?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("a pipe")?).read_line(&mut line)?;
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    drop(input);
    child.wait()?;
    ensure!(line == "1: ONE\n", "says {line:?}");
    let field = |name: &str| {
        let mut lines = status.lines();
        lines.find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(":\t")?.to_owned()))
    };
    let found = [field("NoNewPrivs"), field("Seccomp")];
    let expected = if fenced { ["1", "2"] } else { ["0", "0"] };
    ensure!(
        found == expected.map(|value| Some(value.into())),
        "the kernel says {found:?}"
    );
    Ok(())
}
