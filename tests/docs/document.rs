//! Runs a document: its files are written and its commands are run, in their order, in an
//! empty directory, and their output is compared with the output in the document.
//!
//! Everything that differs between machines is fixed: HOME is a new directory, LANG is C,
//! `go` is the newest pinned one without a network, and `wasi-aot` the one under test. A
//! document in a directory of `examples/` begins with a copy of that directory; files that
//! another document needs besides its own blocks are in `tests/docs/fixtures/`, by the
//! document's name. 127.0.0.1 stands for an address that no other process uses, and the
//! outputs show the directories as `/work` and `/home/gopher`.

use crate::align::Comparison;
use crate::markdown::{Action, Command, actions};
use crate::session::Session;
use anyhow::{Context, Result, bail, ensure};
use harness::address;
use harness::go::{Goal, Toolchain, keep_go_cache};
use harness::paths;
use harness::tool::Tool;
use std::fmt;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::Mutex;
use tempfile::TempDir;

/// The address that documents name.
const LOOPBACK: &str = "127.0.0.1";

/// The number of commands that were run, and the commands that weren't.
#[derive(Debug, Default)]
pub struct Tally {
    documents: usize,
    run: usize,
    /// Document, number of commands, reason.
    shown: Vec<(String, usize, String)>,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown: usize = self.shown.iter().map(|(_, commands, _)| commands).sum();
        writeln!(
            f,
            "docs: {} commands of {} documents were run, {shown} are only shown",
            self.run, self.documents
        )?;
        let mut shown = self.shown.clone();
        shown.sort();
        for (document, commands, reason) in &shown {
            writeln!(f, "docs: only shown in {document}: {commands} ({reason})")?;
        }
        Ok(())
    }
}

/// Runs `document`, a path below the repository's root.
///
/// # Errors
/// Says which command of which line prints something else, with the difference.
pub fn check(document: &str, tool: &Tool, go: &Toolchain, tally: &Mutex<Tally>) -> Result<()> {
    let path = paths::root().join(document);
    let text = fs::read_to_string(&path)?;
    let actions = actions(&text).with_context(|| document.to_owned())?;
    let place = SessionDirectories::new(document, tool)?;
    let mut session = Session::start(place.bash(go)?)?;
    let loopback = address::loopback().to_string();

    let mut outcomes = Vec::new();
    for action in &actions {
        match action {
            Action::Write { path, text } => {
                let path = place.work.join(path);
                fs::create_dir_all(path.parent().context("BUG: a file without a directory")?)?;
                fs::write(path, text.replace(LOOPBACK, &loopback))?;
            }
            Action::Run(command) => {
                let script = command.script.replace(LOOPBACK, &loopback);
                let output = session.run(&script);
                let output = output.with_context(|| {
                    format!("{document}:{}: $ {}", command.line, command.script)
                })?;
                let back = |line: String| line.replace(&loopback, LOOPBACK).replace(&place.all, "");
                outcomes.push((command, output.into_iter().map(back).collect()));
            }
            Action::Show { .. } => {}
        }
    }
    count(
        document,
        &actions,
        &mut tally.lock().expect("no panic while held"),
    );
    if std::env::var_os("WASI_AOT_BLESS").is_some_and(|value| !value.is_empty()) {
        return Ok(fs::write(&path, blessed(&text, &outcomes))?);
    }
    let failures: String = outcomes
        .iter()
        .filter_map(|(command, output)| failure(document, command, output))
        .collect();
    ensure!(
        failures.is_empty(),
        "the output differs (WASI_AOT_BLESS=1 writes it into the document)\n{failures}"
    );
    Ok(())
}

fn count(document: &str, actions: &[Action], tally: &mut Tally) {
    let mut has_run = false;
    for action in actions {
        match action {
            Action::Write { .. } => {}
            Action::Run(_) => {
                has_run = true;
                tally.run += 1;
            }
            Action::Show { commands, reason } => {
                let shown = (document.to_owned(), *commands, reason.clone());
                tally.shown.push(shown);
            }
        }
    }
    tally.documents += usize::from(has_run);
}

fn failure(document: &str, command: &Command, output: &[String]) -> Option<String> {
    let comparison = Comparison::new(&command.output, output);
    let (line, script) = (command.line, &command.script);
    (!comparison.matches()).then(|| format!("{document}:{line}: $ {script}\n{}", comparison.diff()))
}

/// The document `text` with the outputs that came.
fn blessed(text: &str, outcomes: &[(&Command, Vec<String>)]) -> String {
    let mut lines: Vec<String> = text.lines().map(ToOwned::to_owned).collect();
    // From the end, so that the indices of earlier lines stay right.
    for (command, output) in outcomes.iter().rev() {
        let output = Comparison::new(&command.output, output).blessed();
        let with_margin = |line: String| format!("{}{line}", command.margin).trim_end().to_owned();
        lines.splice(command.lines.clone(), output.into_iter().map(with_margin));
    }
    lines.join("\n") + "\n"
}

/// The directories of a session.
struct SessionDirectories {
    _directory: TempDir,
    /// The name of the directory that holds the others.
    all: String,
    work: PathBuf,
    home: PathBuf,
    tmp: PathBuf,
    bin: PathBuf,
}

impl SessionDirectories {
    fn new(document: &str, tool: &Tool) -> Result<Self> {
        let directory = tempfile::tempdir_in(tool.directory())?;
        let all = directory.path().canonicalize()?;
        let [work, home, tmp, bin] =
            ["work", "home/gopher", "tmp", "bin"].map(|name| all.join(name));
        for directory in [&work, &home, &tmp, &bin] {
            fs::create_dir_all(directory)?;
        }
        // The files that `make build` leaves beside wasi-aot are beside it here, too.
        symlink(&tool.path, bin.join("wasi-aot"))?;
        for name in ["wasi-aot.ld", "libwasi_aot_shim.a"] {
            let path = tool.path.with_file_name(name);
            if path.exists() {
                symlink(path, bin.join(name))?;
            }
        }
        let root = paths::root();
        let (parent, _) = document.rsplit_once('/').unwrap_or_default();
        if parent.starts_with("examples/") {
            copy(&root.join(parent), &work)?;
        }
        let name = document
            .strip_suffix(".md")
            .context("BUG: a document that isn't *.md")?;
        let fixtures = root.join("tests/docs/fixtures").join(name);
        if fixtures.exists() {
            copy(&fixtures, &work)?;
        }
        Ok(Self {
            _directory: directory,
            all: all
                .into_os_string()
                .into_string()
                .ok()
                .context("a path in UTF-8")?,
            work,
            home,
            tmp,
            bin,
        })
    }

    /// Bash, not yet started, with an environment that is the same for everybody.
    fn bash(&self, go: &Toolchain) -> Result<process::Command> {
        let path = std::env::var("PATH")?;
        let go_bin = go.goroot.join("bin");
        let mut bash = process::Command::new("bash");
        bash.args(["--noprofile", "--norc"])
            .current_dir(&self.work)
            .env_clear()
            .env(
                "PATH",
                format!("{}:{}:{path}", self.bin.display(), go_bin.display()),
            )
            .env("HOME", &self.home)
            .env("TMPDIR", &self.tmp)
            .env("USER", "gopher")
            .env("LANG", "C");
        keep_go_cache(&mut bash);
        // Go's settings of all suites: no network, no other toolchain.
        let settings = go.command(Goal::Native)?;
        for (name, value) in settings.get_envs() {
            if let Some(value) = value {
                bash.env(name, value);
            }
        }
        Ok(bash)
    }
}

/// Copies the contents of `from` into `to`. Follows links.
fn copy(from: &Path, to: &Path) -> Result<()> {
    let entries = fs::read_dir(from).with_context(|| format!("{}", from.display()))?;
    for entry in entries {
        let from = entry?.path();
        let to = to.join(from.file_name().context("BUG: an entry without a name")?);
        if from.is_dir() {
            fs::create_dir_all(&to)?;
            copy(&from, &to)?;
        } else if from.is_file() {
            fs::copy(&from, &to).with_context(|| format!("{}", from.display()))?;
        } else {
            bail!("{} isn't a file", from.display());
        }
    }
    Ok(())
}

type Check = (&'static str, fn() -> Result<()>);

/// Tests of this file.
pub const CHECKS: &[Check] = &[
    ("a failure names the line and both outputs", || {
        with_output(&["b"], |command, output| {
            ensure!(
                failure("a.md", command, &output).is_none(),
                "an output that matches"
            );
            let other = ["c".to_owned()];
            let failure = failure("a.md", command, &other).unwrap_or_default();
            ensure!(failure == "a.md:4: $ a\n- b\n+ c\n", "{failure}");
            Ok(())
        })
    }),
    ("blessing changes the output alone", || {
        with_output(&["c", "", "d"], |command, output| {
            let text = blessed(DOCUMENT, &[(command, output)]);
            let expected = "# A\n\n- ```console\n  $ a\n  c\n\n  d\n  ```\n- B\n";
            ensure!(text == expected, "{text}");
            Ok(())
        })
    }),
    ("the tally counts what is not run", || {
        let text = "```console\n$ a\n$ b\n```\n```console no-run (c)\n$ d\n```\n";
        let mut tally = Tally::default();
        count("a.md", &actions(text)?, &mut tally);
        let expected = "docs: 2 commands of 1 documents were run, 1 are only shown\n\
                        docs: only shown in a.md: 1 (c)\n";
        ensure!(tally.to_string() == expected, "{tally}");
        Ok(())
    }),
];

const DOCUMENT: &str = "# A\n\n- ```console\n  $ a\n  b\n  ```\n- B\n";

/// Gives the command of [`DOCUMENT`] with an output.
fn with_output(output: &[&str], check: impl Fn(&Command, Vec<String>) -> Result<()>) -> Result<()> {
    let actions = actions(DOCUMENT)?;
    let [Action::Run(command)] = &actions[..] else {
        bail!("{actions:?}");
    };
    check(command, output.iter().map(ToString::to_string).collect())
}
