//! Builds one package's tests with one version of Go, runs them in both ways, and compares.

use crate::packages::{FAILING, UNSTEADY};
use crate::table::{Row, Table};
use anyhow::{Context, Result, bail, ensure};
use harness::go::Toolchain;
use harness::gotest::{self, Report, Verdict};
use harness::run::{Ends, Run};
use harness::tool::Tool;
use harness::{paths, target};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// The time limits of package testing and of this suite. Only testing can name the test that
/// hangs, but it can't interrupt a loop without calls.
const TEST_TIMEOUT: u64 = 300;
const KILL_TIMEOUT: u64 = 330;

pub struct Case {
    pub package: &'static str,
    pub minor: u32,
    pub toolchain: Toolchain,
}

/// The two ways to compile.
#[derive(Debug, Clone, Copy)]
pub enum Way {
    Knowing,
    Unknowing,
}

impl Way {
    pub const BOTH: [Self; 2] = [Self::Knowing, Self::Unknowing];

    fn flag(self) -> Option<&'static str> {
        match self {
            Self::Knowing => None,
            Self::Unknowing => Some("--no-go-opt"),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Knowing => "default",
            Self::Unknowing => "no-go-opt",
        }
    }
}

/// What an executable did in one of the two ways.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub ends: Ends,
    pub report: Report,
    /// Whether all tests had their turn: neither a panic nor an exit ended them early.
    complete: bool,
    pub took: Duration,
    /// The file with its output.
    log: PathBuf,
}

impl Case {
    /// Runs both ways. Adds the outcomes to `table`, then compares them.
    pub fn check(&self, tool: &Tool, table: &Table) -> Result<()> {
        let module = self.toolchain.build_tests(self.package)?;
        let ours = self.outcome(Way::Knowing, &module, tool)?;
        let reference = self.outcome(Way::Unknowing, &module, tool)?;
        let mut wrong = self.differences(&ours, &reference);
        wrong.extend(self.failures(&reference));
        table.add(Row {
            package: self.package,
            version: self.toolchain.version,
            outcomes: [ours.clone(), reference.clone()],
        });
        if !wrong.is_empty() {
            let logs = [&ours.log, &reference.log].map(|log| log.display().to_string());
            bail!("{}\nsee {}", wrong.join("\n"), logs.join("\nand "));
        }
        Ok(())
    }

    /// Compiles `module` one way and runs it.
    fn outcome(&self, way: Way, module: &Path, tool: &Tool) -> Result<Outcome> {
        let place = TestDirectory::new()?;
        let program = place.path("program");
        let built = tool.build(module, &program, self.flags(way))?;
        ensure!(
            built.ends.is_success(),
            "wasi-aot build ({}): {}",
            way.name(),
            String::from_utf8_lossy(&built.stderr)
        );
        let mut command = target::command(program);
        command
            .arg(gotest::FLAG)
            .arg("-test.short")
            .arg(format!("-test.timeout={TEST_TIMEOUT}s"))
            .current_dir(place.path("root"))
            .env_clear();
        let start = Instant::now();
        let done = Run::of(command)
            .seconds(KILL_TIMEOUT)
            .run()
            .with_context(|| format!("compiled with {}", way.name()))?;
        let took = start.elapsed();
        let log = logs()?.join(format!(
            "{}-{}-{}.log",
            self.package.replace('/', "_"),
            self.toolchain.version,
            way.name()
        ));
        std::fs::write(&log, [&*done.stdout, &*done.stderr].concat())?;
        Ok(Outcome {
            ends: done.ends,
            report: gotest::read(&done.stdout),
            complete: gotest::is_complete(&done.stdout),
            took,
            log,
        })
    }

    /// The tests see GOROOT and start in their package's directory, as under `go test`. Beside
    /// GOROOT they only see [`TestDirectory`], which doesn't depend on the machine.
    fn flags(&self, way: Way) -> Vec<String> {
        let mut flags = vec![
            format!("--dir-ro={}::/go", self.toolchain.goroot.display()),
            "--dir=.::/".into(),
            format!("--env=PWD=/go/src/{}", self.package),
            "--env=GOROOT=/go".into(),
            "--env=HOME=/tmp".into(),
            "--env=TMPDIR=/tmp".into(),
            "--env=PATH=/bin".into(),
        ];
        flags.extend(way.flag().map(Into::into));
        flags
    }

    /// One line for each test whose verdict differs, one line for all tests that ran in only one
    /// way (after a trap there are many), and one line for the exit.
    fn differences(&self, ours: &Outcome, reference: &Outcome) -> Vec<String> {
        let (mut found, mut only_one_way) = (Vec::new(), 0);
        let names: BTreeSet<_> = ours.report.keys().chain(reference.report.keys()).collect();
        for name in names {
            if UNSTEADY.contains(&(self.package, name)) {
                continue;
            }
            match (ours.report.get(name), reference.report.get(name)) {
                (Some(a), Some(b)) if a == b => {}
                (Some(a), Some(b)) => found.push(format!("{name}: {a}, with --no-go-opt {b}")),
                _ => only_one_way += 1,
            }
        }
        if only_one_way > 0 {
            found.push(format!("{only_one_way} tests ran only one way"));
        }
        if ours.ends != reference.ends {
            found.push(format!(
                "{}, with --no-go-opt {}",
                ours.ends, reference.ends
            ));
        }
        found
    }

    /// One line for each test of `outcome` with another verdict than expected.
    fn failures(&self, outcome: &Outcome) -> Vec<String> {
        let known = |name: &str| {
            let listed = |&&(package, minors, test): &&(&str, &[u32], &str)| {
                package == self.package && minors.contains(&self.minor) && test == name
            };
            FAILING.iter().any(|entry| listed(&entry))
        };
        let mut steady = outcome.report.clone();
        steady.retain(|name, _| !UNSTEADY.contains(&(self.package, name)));
        let mut found = gotest::surprises(&steady, known);
        if gotest::count(&outcome.report, Verdict::Pass) == 0 {
            found.push("no test passed".into());
        }
        if !outcome.complete {
            found.push("the program ended before all tests had run".into());
        }
        let any = outcome.report.values().any(|verdict| verdict.failed());
        if outcome.ends.is_success() == any {
            found.push(format!("the tests end with {}", outcome.ends));
        }
        found
    }
}

/// A directory for one run: the executable, and the root that its tests see.
struct TestDirectory(tempfile::TempDir);

impl TestDirectory {
    fn new() -> Result<Self> {
        let place = Self(tempfile::tempdir_in(paths::profile_dir()?)?);
        for dir in ["root/dev", "root/etc", "root/tmp"] {
            std::fs::create_dir_all(place.path(dir))?;
        }
        // The simulated network of package net looks up localhost.
        let hosts = "127.0.0.1 localhost\n::1 localhost\n";
        std::fs::write(place.path("root/etc/hosts"), hosts)?;
        // An empty file in place of the device.
        std::fs::write(place.path("root/dev/null"), "")?;
        Ok(place)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }
}

/// The directory for outputs and results, made if needed.
pub fn logs() -> Result<PathBuf> {
    let dir = paths::profile_dir()?.with_file_name("std");
    std::fs::create_dir_all(&dir)?;
    Ok(dir)
}
