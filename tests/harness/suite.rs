//! Each [`Case`] with Go versions and flavours, as tests with names like
//! `failure/panic go1.27.3 plain`.
//!
//! By default every case runs with the newest Go and the plain flavour. Sample cases also
//! run with each other version and each other flavour. `WASI_AOT_TEST_MATRIX=all` runs every
//! case with every version and flavour. Under an emulator only the newest Go and the plain
//! flavour are the default.
//!
//! Sample cases also run in the other [`Way`]s: compiled with less knowledge of Go, and with
//! goroutines that are preempted all the time. Neither may make a difference. Flavours that
//! have the same code as another flavour are left out there.

use crate::case::{Case, Reference};
use crate::compare::{self, Outcome};
use crate::go::{Flavour, Goal, NEWEST, OLDER, Toolchain};
use crate::run::{Finished, Run};
use crate::tool::Tool;
use crate::{failures, passes, paths, shim, target, tree};
use anyhow::{Context, Result, bail, ensure};
use libtest_mimic::{Failed, Trial};
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use wasi_aot_shim_images::Target;

/// How an executable is made of a case's module and flags. The way may make no difference to
/// what the program does.
#[derive(Debug, Clone, Copy)]
enum Way {
    Default,
    /// With less knowledge of Go.
    Flag(&'static str),
    /// With a runtime that preempts goroutines all the time.
    Eager,
}

/// The end of a test's name.
impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => Ok(()),
            Self::Flag(flag) => write!(f, " {flag}"),
            Self::Eager => f.write_str(" eager"),
        }
    }
}

impl Way {
    const ALL: [Self; 4] = [
        Self::Flag("--no-go-opt"),
        Self::Flag("--no-go-trust"),
        Self::Eager,
        Self::Default,
    ];

    fn executable(self, tool: &Tool, module: &Path, mut flags: Vec<String>) -> Result<PathBuf> {
        match self {
            Self::Default => tool.executable(module, &flags),
            Self::Flag(flag) => {
                flags.push(flag.into());
                tool.executable(module, &flags)
            }
            Self::Eager => {
                let target = Target::named(target::tested().name());
                let target = target.context("BUG: a target without an image")?;
                shim::executable(tool, target, shim::EAGER, module, &flags)
            }
        }
    }
}

/// Cases with one subject.
#[derive(Debug, Clone, Copy)]
pub struct Family {
    pub name: &'static str,
    pub cases: &'static [Case],
}

/// The tests of `families` that `WASI_AOT_TEST_MATRIX` and the target choose.
pub fn trials(families: &[Family], tool: &Arc<Tool>) -> Result<Vec<Trial>> {
    let all = std::env::var("WASI_AOT_TEST_MATRIX").is_ok_and(|value| value == "all");
    let mut trials = Vec::new();
    for (version, flavour) in combinations(all) {
        let whole = all || (version, flavour) == (NEWEST, Flavour::Plain);
        let toolchain = Toolchain::new(version)?;
        for family in families {
            let cases = family.cases.iter().filter(|case| whole || case.sample);
            for case in cases.filter(|case| passes::all_run() || !case.frame_sizes) {
                let in_others = case.sample && (all || flavour.changes_code());
                for way in Way::ALL {
                    if !in_others && !matches!(way, Way::Default) {
                        continue;
                    }
                    let name = format!("{}/{} go{version} {flavour}{way}", family.name, case.name);
                    let (tool, toolchain) = (Arc::clone(tool), toolchain.clone());
                    trials.push(test(name, move || {
                        check(case, &tool, &toolchain, flavour, way)
                    }));
                }
            }
        }
    }
    let names: HashSet<_> = trials.iter().map(Trial::name).collect();
    ensure!(
        names.len() == trials.len(),
        "BUG: two cases have the same name"
    );
    Ok(trials)
}

/// A test. Its failure's message is the whole chain of the error.
pub fn test(name: impl Into<String>, body: impl FnOnce() -> Result<()> + Send + 'static) -> Trial {
    let name = name.into();
    Trial::test(name.clone(), move || {
        body().map_err(|error| {
            let message = format!("{error:#}");
            // The test fails, whether or not its failure can be recorded.
            let _ = failures::record(&name, &message);
            Failed::from(message)
        })
    })
}

/// A test that gets `tool`.
pub fn with_tool(
    name: impl Into<String>,
    tool: &Arc<Tool>,
    body: impl FnOnce(&Tool) -> Result<()> + Send + 'static,
) -> Trial {
    let tool = Arc::clone(tool);
    test(name, move || body(&tool))
}

fn combinations(all: bool) -> Vec<(&'static str, Flavour)> {
    if target::is_emulated() && !all {
        return vec![(NEWEST, Flavour::Plain)];
    }
    let versions = || [NEWEST].into_iter().chain(OLDER);
    if all {
        return versions()
            .flat_map(|v| Flavour::ALL.map(|f| (v, f)))
            .collect();
    }
    let flavours = Flavour::ALL.into_iter().map(|f| (NEWEST, f));
    flavours.chain(OLDER.map(|v| (v, Flavour::Plain))).collect()
}

/// Compares a case, made in one way, with its reference.
fn check(
    case: &Case,
    tool: &Tool,
    toolchain: &Toolchain,
    flavour: Flavour,
    way: Way,
) -> Result<()> {
    let module = toolchain.build(case.guest, flavour, Goal::Wasip1)?;
    let ours = CaseRoot::new(case, toolchain)?;
    let program = way.executable(tool, &module, ours.all(case.flags))?;
    let mut command = target::command(program);
    command.envs(ours.env(case));
    let ours = ours.run(command, case).context("our executable")?;

    let reference = reference(case, toolchain, &module).context("the reference")?;
    let mut wrong = compare::differences(&ours, &reference, case.compare);
    if reference.ends != case.ends {
        wrong.push(format!(
            "the reference ends with {}, the case expects {}",
            reference.ends, case.ends
        ));
    }
    for text in case.says {
        let held = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(text);
        if !held(&ours.stdout) && !held(&ours.stderr) {
            wrong.push(format!("neither output contains {text:?}"));
        }
    }
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(())
}

/// The outcome of the case's reference.
fn reference(case: &Case, toolchain: &Toolchain, module: &Path) -> Result<Outcome> {
    let root = CaseRoot::new(case, toolchain)?;
    match case.reference {
        Reference::Native => {
            // Flavours change modules; the native program is always the plain one.
            let program = toolchain.build(case.guest, Flavour::Plain, Goal::Native)?;
            let mut command = Command::new(program);
            command.envs(root.env(case));
            root.run(command, case)
        }
        Reference::Wasmtime(flags) => {
            let command = wasmtime(case, flags, module, &root)?;
            root.run(command, case)
        }
        Reference::Stated {
            stdout,
            stderr,
            written,
        } => {
            for (path, content) in written {
                std::fs::write(root.path().join(path), content)?;
            }
            Ok(Outcome {
                ends: case.ends,
                stdout: stdout.into(),
                stderr: stderr.into(),
                tree: tree::read(root.path())?,
            })
        }
    }
}

fn wasmtime(case: &Case, flags: &[&str], module: &Path, root: &CaseRoot) -> Result<Command> {
    let wasmtime = paths::installed("wasmtime")?;
    // With copy-on-write memory, wasmtime fails now and then with EBUSY.
    let common = ["-O", "memory-init-cow=n"];
    let compiled = module.with_extension("cwasm");
    paths::make_once(&compiled, |draft| {
        let mut command = Command::new(&wasmtime);
        command
            .arg("compile")
            .args(common)
            .arg(module)
            .arg("-o")
            .arg(draft);
        let done = Run::of(command).seconds(300).run()?;
        ensure!(
            done.ends.is_success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        Ok(())
    })?;
    let mut command = Command::new(wasmtime);
    command
        .args(["run", "--allow-precompiled"])
        .args(common)
        .args(flags);
    if case.flags.iter().any(|flag| flag.starts_with("--dir")) {
        let work = root.path().join("work");
        let work = work.display();
        command.args([
            "--dir".into(),
            format!("{work}::{work}"),
            "--env".into(),
            format!("PWD={work}"),
        ]);
    }
    for (name, value) in root.env(case) {
        command.args(["--env", &format!("{name}={value}")]);
    }
    command.arg(compiled);
    Ok(command)
}

/// A case's ROOT: a fresh directory with the case's inputs.
struct CaseRoot {
    root: tempfile::TempDir,
    goroot: PathBuf,
}

impl CaseRoot {
    fn new(case: &Case, toolchain: &Toolchain) -> Result<Self> {
        let root = tempfile::tempdir()?;
        std::fs::create_dir(root.path().join("work"))?;
        for input in case.inputs {
            input
                .place(root.path(), &toolchain.goroot)
                .with_context(|| format!("{input:?}"))?;
        }
        let goroot = toolchain.goroot.clone();
        Ok(Self { root, goroot })
    }

    fn path(&self) -> &Path {
        self.root.path()
    }

    fn fill(&self, text: &str) -> String {
        text.replace("{root}", &self.path().display().to_string())
            .replace("{goroot}", &self.goroot.display().to_string())
    }

    fn all(&self, texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| self.fill(text)).collect()
    }

    fn env(&self, case: &Case) -> Vec<(&'static str, String)> {
        case.env
            .iter()
            .map(|(name, value)| (*name, self.fill(value)))
            .collect()
    }

    /// Runs `command` with the case's arguments and streams in `ROOT/work`. Of its
    /// environment, only variables that were set explicitly are kept.
    fn run(self, mut command: Command, case: &Case) -> Result<Outcome> {
        let env: Vec<_> = command
            .get_envs()
            .filter_map(|(k, v)| Some((k.to_owned(), v?.to_owned())))
            .collect();
        command.env_clear().envs(env);
        command
            .args(self.all(case.args))
            .current_dir(self.path().join("work"));
        let run = Run::of(command)
            .pipes(case.stdin, case.stdout, case.stderr)
            .seconds(case.seconds);
        let Finished {
            ends,
            stdout,
            stderr,
        } = run.run()?;
        Ok(Outcome {
            ends,
            stdout: self.anonymous(stdout),
            stderr: self.anonymous(stderr),
            tree: tree::read(self.path())?,
        })
    }

    fn anonymous(&self, bytes: Vec<u8>) -> Vec<u8> {
        match String::from_utf8(bytes) {
            Ok(text) => text
                .replace(&self.path().display().to_string(), "{root}")
                .into(),
            Err(error) => error.into_bytes(),
        }
    }
}
