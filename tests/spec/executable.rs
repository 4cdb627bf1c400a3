//! Builds a program as an executable, and runs it with a [`Plan`].

use crate::driver::{PLACEHOLDER, Plan};
use crate::program::Program;
use anyhow::{Context, Result, bail, ensure};
use harness::run::{Ends, Run};
use harness::{passes, target};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;
use wasi_aot_compiler::cpu::{self, Features};
use wasi_aot_compiler::passes::Choice;
use wasi_aot_compiler::policy::Policy;
use wasi_aot_compiler::{Error, OptLevel, Options};

/// Enough for the deepest recursion that must work, and used up quickly by endless recursion.
const STACK: u64 = 1 << 20;

/// Ways to build, which must make no difference. The first is the default. Others are for the
/// lowest level of processors, the default level, the next level, and all features of this
/// machine, as far as the machine has them. Under an emulator only the first is used. A file
/// with bounds comparisons is also built with `--spectre on`.
pub fn ways(file: &str) -> Vec<Options> {
    let target = target::tested();
    let cpu = target.cpu();
    let default = cpu.default.features;
    let native = cpu::native(target).unwrap_or(default);
    let above = cpu.levels.iter().map(|level| level.features);
    let above = above
        .filter(|&level| native.contains(level))
        .find(|&level| level != default && level.contains(default))
        .unwrap_or(default);
    let way = |opt_level, no_go_opt, features| Options {
        target,
        opt_level,
        no_go_opt,
        cpu: Some(features),
        passes: passes::chosen(),
        policy: Policy {
            stack_size: Some(STACK),
            ..Policy::default()
        },
        verify: true,
        ..Options::default()
    };
    let mut ways = vec![
        way(OptLevel::O2, false, default),
        way(OptLevel::O2, true, above),
        way(OptLevel::O0, false, default),
        way(OptLevel::O2, false, Features::NONE),
        Options {
            passes: Choice::Without(vec!["values".into()]),
            ..way(OptLevel::O2, false, above)
        },
        way(OptLevel::O2, false, native),
    ];
    if target::is_emulated() {
        ways.truncate(1);
    }
    if BOUNDS.iter().any(|about| file.contains(about)) {
        ways.push(Options {
            spectre: true,
            ..way(OptLevel::O2, false, default)
        });
    }
    ways
}

/// Files whose names contain one of these texts have bounds comparisons in the generated
/// code.
const BOUNDS: [&str; 8] = [
    "address", "bulk", "memory", "data", "table", "elem", "indirect", "load",
];

pub struct Executable {
    path: PathBuf,
    /// The offset of the plan in the file.
    plan: u64,
    _directory: TempDir,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// By `proc_exit`.
    Exit(u16),
    /// With a trap of this message.
    Trap(String),
    /// In another way, which is always wrong.
    Odd(String),
}

impl Executable {
    /// Builds the executable of a program.
    ///
    /// # Errors
    /// As the compiler says; and if the file can't be written.
    pub fn build(program: &Program, options: &Options) -> Result<Result<Self, Error>> {
        let (main, preloads) = (&program.main, program.preloads());
        let bytes = match wasi_aot_compiler::build_with(main, &preloads, options, &()) {
            Ok(bytes) => bytes,
            Err(error) => return Ok(Err(error)),
        };
        let placeholder = PLACEHOLDER.to_le_bytes();
        let mut places = (0..bytes.len()).filter(|&at| bytes[at..].starts_with(&placeholder));
        let (place, other) = (places.next(), places.next());
        let plan = place.context("the executable has no plan")? as u64;
        ensure!(other.is_none(), "the executable has several plans");
        let directory = tempfile::tempdir()?;
        let path = directory.path().join("spec");
        let mut create = std::fs::OpenOptions::new();
        let file = create
            .write(true)
            .create_new(true)
            .mode(0o700)
            .open(&path)?;
        file.write_all_at(&bytes, 0)?;
        Ok(Ok(Self {
            path,
            plan,
            _directory: directory,
        }))
    }

    /// Runs it.
    ///
    /// # Errors
    /// If it can't be run, or doesn't end.
    pub fn run(&self, plan: Plan) -> Result<End> {
        patiently(|| {
            let file = std::fs::OpenOptions::new().write(true).open(&self.path)?;
            Ok(file.write_all_at(&plan.cell(), self.plan)?)
        })?;
        let finished = patiently(|| {
            let mut command = target::command(&self.path);
            command.env_clear();
            Run::of(command).seconds(120).run()
        })?;
        let stderr = String::from_utf8_lossy(&finished.stderr);
        Ok(match finished.ends {
            Ends::Exit(code @ 0..=100) if stderr.is_empty() => End::Exit(code as u16),
            Ends::Exit(134) => match stderr.split_once("trap: ") {
                Some((_, message)) => End::Trap(first_line(message)),
                None => End::Odd(format!("exit 134: {}", first_line(&stderr))),
            },
            ends => End::Odd(format!("{ends}: {}", first_line(&stderr))),
        })
    }
}

fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

/// Repeats `action` while the file is busy. A process that another thread has forked keeps
/// the descriptor that wrote the file until it executes its program.
fn patiently<T>(mut action: impl FnMut() -> Result<T>) -> Result<T> {
    for _ in 0..2000 {
        match action() {
            Err(error) if is_busy(&error) => thread::sleep(Duration::from_millis(5)),
            other => return other,
        }
    }
    bail!("the executable stays busy")
}

fn is_busy(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<io::Error>();
    io.is_some_and(|error| error.kind() == io::ErrorKind::ExecutableFileBusy)
}
