//! Does the overlay of Go's library bring what Go leaves out on wasip1? The guest is built twice
//! by the same Go, natively and by `wasi-aot build`, and behaves the same.

use crate::place::{Place, finish};
use crate::support::text;
use anyhow::{Context, Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, OLDER};
use harness::live::Live;
use harness::paths;
use harness::run::{Ends, Finished, Run};
use harness::suite::test;
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for version in OLDER.into_iter().chain([NEWEST]) {
        let tool = Arc::clone(tool);
        trials.push(test(format!("overlay/go{version}"), move || {
            let overlay = Overlay::new(&tool, version)?;
            let ours = overlay.build(&["--hostname", "--env", "TZ"])?;
            files(&overlay, &ours)?;
            zones(&overlay, &ours)?;
            names(&overlay, &ours)?;
            signals(&overlay, &ours)?;
            if version == NEWEST {
                off(&overlay)?;
                own_overlay(&overlay)?;
                in_the_module_cache(&overlay)?;
                printed(&overlay)?;
            }
            Ok(())
        }));
    }
    trials
}

/// The guest with its programs, in a place.
struct Overlay {
    place: Place,
    /// Where programs run: empty before each.
    work: PathBuf,
}

fn guest() -> PathBuf {
    paths::root().join("tests/guests/overlay")
}

impl Overlay {
    fn new(tool: &Arc<Tool>, version: &'static str) -> Result<Self> {
        let place = Place::new(tool, version, &guest())?;
        Ok(Self {
            work: place.beside("work"),
            place,
        })
    }

    /// Builds the guest for the tested target, and returns the executable.
    fn build(&self, flags: &[&str]) -> Result<PathBuf> {
        self.built_by(self.place.wasi_aot_command(&["build", "-O0", "-q"])?, flags)
    }

    fn built_by(&self, mut command: Command, flags: &[&str]) -> Result<PathBuf> {
        let output = self.place.beside("app");
        command.args(["--force", "--target", target::tested().name(), "-o"]);
        command.arg(&output).arg("--dir").arg(&self.work);
        command.args(flags).arg(".");
        let built = finish(command)?;
        ensure!(built.ends == Ends::Exit(0), "{}", text(&built.stderr));
        Ok(output)
    }

    /// Makes the directory that programs run in empty.
    fn clear(&self) -> Result<()> {
        if self.work.exists() {
            fs::remove_dir_all(&self.work)?;
        }
        Ok(fs::create_dir(&self.work)?)
    }

    /// Runs `PROGRAM USES...`, one of ours or natively, by a shell that does `before` first.
    fn run(&self, program: &Program<'_>, before: &str, uses: &[&str]) -> Result<Finished> {
        self.clear()?;
        let (run, path) = match program {
            Program::Native(path) => ("", path),
            Program::Ours(path) => ("$RUN", path),
        };
        let mut shell = target::shell(&format!("{before}; exec {run} \"$0\" \"$@\""));
        shell.arg(path).args(uses).current_dir(&self.work);
        shell.env("PWD", &self.work).env_remove("TZ");
        Run::of(shell).run()
    }

    /// Runs the program natively and as ours, by the same shell. Both print the same.
    fn same(&self, ours: &Path, before: &str, uses: &[&str]) -> Result<()> {
        let native = self
            .place
            .go
            .build("overlay", Flavour::Plain, Goal::Native)?;
        let expected = self.run(&Program::Native(&native), before, uses)?;
        let found = self.run(&Program::Ours(ours), before, uses)?;
        ensure!(
            expected.ends == Ends::Exit(0)
                && found.ends == expected.ends
                && found.stdout == expected.stdout,
            "{before}; {uses:?}: {}\n{}{}natively: {}\n{}",
            found.ends,
            text(&found.stdout),
            text(&found.stderr),
            expected.ends,
            text(&expected.stdout)
        );
        Ok(())
    }

    fn start(&self, program: &Path, uses: &[&str]) -> Result<Live> {
        self.clear()?;
        let mut command = target::command(program);
        command.args(uses).current_dir(&self.work).env_clear();
        Live::start(command, None, None, None)
    }
}

enum Program<'a> {
    Native(&'a Path),
    Ours(&'a Path),
}

fn files(overlay: &Overlay, ours: &Path) -> Result<()> {
    for umask in ["022", "077", "027"] {
        overlay.same(ours, &format!("umask {umask}"), &["modes", "root"])?;
    }
    overlay.same(ours, ":", &["errors"])
}

/// The zones come from the program, so that no zone of the machine matters.
fn zones(overlay: &Overlay, ours: &Path) -> Result<()> {
    for zone in ["Asia/Tokyo", "Europe/Lisbon", "", "No/Such"] {
        overlay.same(ours, &format!("export TZ={zone}"), &["zones"])?;
    }
    Ok(())
}

fn names(overlay: &Overlay, ours: &Path) -> Result<()> {
    overlay.same(ours, ":", &["names", "self"])
}

fn signals(overlay: &Overlay, ours: &Path) -> Result<()> {
    let live = overlay.start(ours, &["notify"])?;
    live.until("ready")?;
    let mut said = String::from("ready\n");
    for (signal, name) in [
        (Signal::HUP, "hangup"),
        (Signal::INT, "interrupt"),
        (Signal::QUIT, "quit"),
        (Signal::USR1, "user defined signal 1"),
        (Signal::USR2, "user defined signal 2"),
        (Signal::WINCH, "window changed"),
        (Signal::TERM, "terminated"),
    ] {
        live.signal(signal)?;
        said.push_str(name);
        said.push('\n');
        live.until(&said)?;
    }
    let ended = live.ended()?;
    said.push_str("deferred\n");
    ensure!(ended.ends == Ends::Exit(0) && text(&ended.stdout) == said);

    // A waiting program doesn't compute.
    let live = overlay.start(ours, &["reset"])?;
    live.until("ready")?;
    live.until_state('S')?;
    live.signal(Signal::TERM)?;
    live.until("terminated\nagain\n")?;
    live.signal(Signal::TERM)?;
    ensure!(live.ended()?.ends == Ends::Signal(15));

    let live = overlay.start(ours, &["context"])?;
    live.until("ready")?;
    live.signal(Signal::INT)?;
    live.until("context canceled")?;
    ensure!(live.ended()?.ends == Ends::Exit(0));

    let live = overlay.start(ours, &["ignore"])?;
    live.until("true false\nready")?;
    live.signal(Signal::INT)?;
    live.until_state('S')?;
    // A signal that the program leaves alone.
    live.signal(Signal::QUIT)?;
    let ended = live.ended()?;
    ensure!(ended.ends == Ends::Exit(2));
    ensure!(text(&ended.stderr).starts_with("SIGQUIT: quit\nPC=0x"));

    let live = overlay.start(ours, &["ignore"])?;
    live.until("ready")?;
    live.signal(Signal::TERM)?;
    ensure!(live.ended()?.ends == Ends::Signal(15));
    Ok(())
}

fn off(overlay: &Overlay) -> Result<()> {
    let ours = overlay.build(&["--no-go-overlay"])?;
    let said = overlay.run(&Program::Ours(&ours), "umask 022", &["modes"])?;
    // Go's fiction.
    ensure!(text(&said.stdout).contains("-rw------- plain\n"));
    let ours = overlay.build(&["--no-signals"])?;
    let live = overlay.start(&ours, &["notify"])?;
    live.until("ready")?;
    // A shell starts jobs in the background with INT ignored.
    live.signal(Signal::TERM)?;
    ensure!(live.ended()?.ends == Ends::Signal(15));
    let said = overlay.run(&Program::Ours(&ours), ":", &["names"])?;
    ensure!(
        text(&said.stdout).contains("not granted by wasi-aot: --hostname"),
        "{}",
        text(&said.stdout)
    );
    Ok(())
}

/// The user's own overlay is used, too, unless both replace the same file.
fn own_overlay(overlay: &Overlay) -> Result<()> {
    let main = guest().join("root_new.go");
    let other = overlay.place.beside("other.go");
    fs::write(
        &other,
        "package main\n\nfunc root() { println(\"replaced\") }\n",
    )?;
    let json = overlay.place.beside("overlay.json");
    let replacing = |file: &Path| format!("{{\"Replace\":{{{file:?}:{other:?}}}}}");
    fs::write(&json, replacing(&main))?;
    let flag = format!("-overlay={}", json.display());
    let mut command = overlay.place.wasi_aot_command(&["build", "-O0", "-q"])?;
    command.env("GOFLAGS", format!("-buildvcs=false {flag}"));
    let ours = overlay.built_by(command, &[])?;
    let said = overlay.run(&Program::Ours(&ours), ":", &["root", "self"])?;
    ensure!(
        text(&said.stderr) == "replaced\n" && text(&said.stdout).ends_with("interrupt\n"),
        "{}{}",
        text(&said.stderr),
        text(&said.stdout)
    );
    let signals = overlay.place.go.goroot.join("src/os/signal/signal_unix.go");
    fs::copy(&signals, &other)?;
    fs::write(&json, replacing(&signals))?;
    let refused = Run::of(
        overlay
            .place
            .wasi_aot_command(&["build", ".", "--", &flag])?,
    )
    .run()?;
    refused.one_line(
        2,
        "wasi-aot: -overlay ",
        &["signal_unix.go", "--no-go-overlay"],
    )
}

/// Go refuses overlays for a GOROOT below GOMODCACHE.
fn in_the_module_cache(overlay: &Overlay) -> Result<()> {
    let around = overlay
        .place
        .go
        .goroot
        .parent()
        .context("GOROOT lies somewhere")?;
    let mut command = overlay.place.wasi_aot_command(&["build", "-O0", "-q"])?;
    command.env("GOMODCACHE", around);
    let ours = overlay.built_by(command, &[])?;
    overlay.same(&ours, ":", &["self"])?;
    let mut command = overlay.place.wasi_aot_command(&["overlay"])?;
    command.env("GOMODCACHE", around);
    let refused = Run::of(command).run()?;
    refused.one_line(1, "wasi-aot: ", &["module cache", "wasi-aot build"])
}

/// What `wasi-aot overlay` prints is for the user's own go command.
fn printed(overlay: &Overlay) -> Result<()> {
    let printed = Run::of(overlay.place.wasi_aot_command(&["overlay"])?).run()?;
    let json = text(&printed.stdout).trim().to_owned();
    let module = overlay.place.beside("module.wasm");
    let mut command = overlay.place.go.command(Goal::Wasip1)?;
    command.arg("build").arg(format!("-overlay={json}"));
    command.arg("-o").arg(&module).arg(".").current_dir(guest());
    let built = Run::of(command).seconds(600).run()?;
    ensure!(built.ends == Ends::Exit(0), "{}", text(&built.stderr));
    let ours = overlay.place.beside("app");
    let built = overlay
        .place
        .tool
        .build(&module, &ours, ["-O0", "--force"])?;
    let said = text(&built.stderr);
    ensure!(!said.contains("no signal"), "{said}");
    overlay.same(&ours, ":", &["self"])?;
    // A module without the overlay gets a note.
    let without = overlay
        .place
        .go
        .build("overlay", Flavour::Plain, Goal::Wasip1)?;
    let built = overlay
        .place
        .tool
        .build(&without, &ours, ["-O0", "--force"])?;
    let said = text(&built.stderr);
    ensure!(
        said.contains("no signal reaches the module") && said.contains("wasi-aot build PACKAGE"),
        "{said}"
    );
    Ok(())
}
