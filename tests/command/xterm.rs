//! Does golang.org/x/term do natively what it does here? The guest is built twice by the same Go,
//! natively and by `wasi-aot build`, and shows the same on a terminal.

use crate::place::{Place, finish};
use crate::support::text;
use anyhow::{Result, ensure};
use harness::go::{Goal, NEWEST, OLDER};
use harness::live::{Live, eventually};
use harness::paths;
use harness::run::{Ends, Run};
use harness::suite::test;
use harness::target;
use harness::terminal::Terminal;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::process::Signal;
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetwinsize};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for version in [OLDER[0], NEWEST] {
        let tool = Arc::clone(tool);
        trials.push(test(format!("xterm/go{version}"), move || {
            let place = xterm(&tool, version)?;
            let (native, ours) = (native(&place)?, ours(&place, &["--tty"])?);
            for (steps, typed) in DIALOGUES {
                let expected = dialogue(&native, false, steps, typed)?;
                let found = dialogue(&ours, true, steps, typed)?;
                ensure!(
                    found == expected,
                    "{steps}: {found:?}, natively {expected:?}"
                );
            }
            ends(&ours)?;
            if version == NEWEST {
                without_a_terminal(&native, &ours)?;
                reproducible(&place, &ours)?;
                refused(&place)?;
                left_out(&place)?;
            }
            Ok(())
        }));
    }
    trials
}

/// What to wait for, and what is typed then.
type Typed = &'static [(&'static str, &'static [u8])];

const DIALOGUES: &[(&str, Typed)] = &[
    ("is size", &[]),
    (
        "raw key key restore key",
        &[("raw", b"q"), ("\"q\"", b"\x03"), ("restored", b"a\n")],
    ),
    ("password", &[("password:", b"secret\n")]),
    ("password", &[("password:", b"two words\x15other\n")]),
    ("raw password restore", &[("password:", b"secret\n")]),
    ("state raw restore restore", &[]),
    ("tty is size password", &[("password:", b"secret\n")]),
    ("tty raw terminal restore", &[("> ", b"abc\x7fd\r")]),
    ("raw terminal restore", &[("> ", b"abc\x7fd\r")]),
];

/// A place with a copy of the guest.
fn xterm(tool: &Arc<Tool>, version: &'static str) -> Result<Place> {
    let place = Place::new(tool, version, Path::new("xterm"))?;
    fs::create_dir(&place.source)?;
    for file in ["go.mod", "go.sum", "main.go"] {
        let from = paths::root().join("tests/guests/xterm").join(file);
        fs::copy(from, place.path(file))?;
    }
    Ok(place)
}

/// The command, which may download modules.
fn with_downloads(place: &Place, mut command: Command) -> Result<Command> {
    place.go.with_downloads(&mut command)?;
    command.env_remove("GOWORK");
    Ok(command)
}

fn native(place: &Place) -> Result<PathBuf> {
    let output = place.beside("native");
    let mut command = place.go.command(Goal::Native)?;
    place.go.with_downloads(&mut command)?;
    command.arg("build").arg("-o").arg(&output).arg(".");
    command.current_dir(&place.source);
    let built = finish(command)?;
    ensure!(built.ends == Ends::Exit(0), "{}", text(&built.stderr));
    Ok(output)
}

fn ours(place: &Place, flags: &[&str]) -> Result<PathBuf> {
    let output = place.beside("ours");
    let said = build(place, &output, &[&["-q"], flags].concat())?;
    ensure!(said.is_empty(), "{said}");
    Ok(output)
}

/// Builds the guest, and returns what the build says.
fn build(place: &Place, output: &Path, flags: &[&str]) -> Result<String> {
    let command = place.wasi_aot_command(&["build", "-O0", "--force"])?;
    let mut command = with_downloads(place, command)?;
    command.args(["--target", target::tested().name(), "-o"]);
    command.arg(output).arg(".").args(flags);
    let built = finish(command)?;
    ensure!(built.ends == Ends::Exit(0), "{}", text(&built.stderr));
    Ok(text(&built.stderr))
}

/// Starts the program on the terminal, as a shell does.
fn start(terminal: &Terminal, program: &Path, ours: bool, steps: &str) -> Result<Live> {
    let run = if ours { "$RUN " } else { "" };
    let script =
        format!("exec setsid --ctty --wait sh -c \"{run}\\$APP {steps}; echo ended \\$?\"");
    let mut shell = target::shell(&script);
    shell.env("APP", program);
    terminal.start(shell)
}

/// What the terminal shows of a dialogue. The terminal is as before at the end.
fn dialogue(program: &Path, ours: bool, steps: &str, typed: Typed) -> Result<String> {
    let terminal = Terminal::new()?;
    let size = Winsize {
        ws_row: 31,
        ws_col: 101,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&terminal.shared, size)?;
    let before = terminal.flags()?;
    let live = start(&terminal, program, ours, steps)?;
    for (marker, bytes) in typed {
        terminal.until(marker)?;
        // A password is typed once the echo is off.
        if *marker == "password:" {
            eventually("no echo", || {
                let found = tcgetattr(&terminal.shared)?.local_modes;
                Ok(!found.contains(LocalModes::ECHO) && found.contains(LocalModes::ICANON))
            })?;
        }
        terminal.type_in(bytes)?;
    }
    terminal.until("ended")?;
    live.finish()?;
    ensure!(terminal.flags()? == before, "{steps}");
    Ok(terminal.shown())
}

/// Where natively the terminal would be left raw, the runtime restores it.
fn ends(program: &Path) -> Result<()> {
    let terminal = Terminal::new()?;
    let before = terminal.flags()?;
    let raw = || {
        eventually("raw mode", || {
            Ok(!tcgetattr(&terminal.shared)?
                .local_modes
                .contains(LocalModes::ICANON))
        })
    };
    let run = |steps: &str| -> Result<Live> {
        let mut command = target::command(program);
        command.args(steps.split_whitespace()).env_clear();
        terminal.start(command)
    };
    for (steps, ends) in [
        ("raw", Ends::Exit(0)),
        ("raw exit=3", Ends::Exit(3)),
        ("raw panic", Ends::Exit(2)),
    ] {
        let ended = run(steps)?.finish()?.ends;
        ensure!(ended == ends, "{steps}: {ended}");
        ensure!(terminal.flags()? == before, "{steps}");
    }
    for signal in [Signal::TERM, Signal::INT] {
        let live = run("raw wait")?;
        raw()?;
        live.signal(signal)?;
        let ended = live.finish()?.ends;
        ensure!(ended == Ends::Signal(signal.as_raw()), "{ended}");
        ensure!(terminal.flags()? == before, "{signal:?}");
    }
    Ok(())
}

fn without_a_terminal(native: &Path, ours: &Path) -> Result<()> {
    let steps = "is size raw state password";
    let run = |run: &str, program: &Path| -> Result<(Ends, String)> {
        let mut shell = target::shell(&format!("exec {run} \"$0\" {steps} </dev/null"));
        shell.arg(program);
        let finished = Run::of(shell).run()?;
        Ok((finished.ends, text(&finished.stderr)))
    };
    let (expected, found) = (run("", native)?, run("$RUN", ours)?);
    ensure!(found == expected, "{found:?}, natively {expected:?}");
    Ok(())
}

/// The same build gives the same bytes, which name no temporary directory.
fn reproducible(place: &Place, ours: &Path) -> Result<()> {
    let again = place.beside("again");
    build(place, &again, &["-q", "--tty"])?;
    ensure!(
        fs::read(ours)? == fs::read(&again)?,
        "the executables differ"
    );
    Ok(())
}

/// Without the right a program learns that there is no terminal.
fn refused(place: &Place) -> Result<()> {
    let ours = ours(place, &[])?;
    let shown = dialogue(&ours, true, "is size raw password tty", &[])?;
    let errors = shown.matches("apabilities").count();
    ensure!(
        shown.starts_with("is false false\n") && errors == 3,
        "{shown}"
    );
    Ok(())
}

/// Where something else chooses the modules, a note says so, and the program is built all the
/// same.
fn left_out(place: &Place) -> Result<()> {
    let output = place.beside("other");
    let go_mod = place.path("go.mod");
    let text = fs::read_to_string(&go_mod)?;
    let says = |flags: &[&str], note: &str| -> Result<()> {
        let said = build(place, &output, flags)?;
        ensure!(
            said.contains("golang.org/x/term stays") && said.contains(note),
            "{said}"
        );
        let shown = dialogue(&output, true, "is", &[])?;
        ensure!(shown.starts_with("is false"), "{shown}");
        Ok(())
    };
    says(&["--", "-mod=mod"], "-mod=mod chooses the modules")?;
    let other = place.path("other.mod");
    fs::write(&other, &text)?;
    fs::copy(place.path("go.sum"), place.path("other.sum"))?;
    says(&["--", "-modfile=other.mod"], "-modfile=other.mod chooses")?;
    let work = place.path("go.work");
    fs::write(&work, "go 1.21\n\nuse .\n")?;
    says(&[], "a workspace chooses the modules")?;
    fs::remove_file(&work)?;
    ensure!(fs::read_to_string(&go_mod)? == text, "go.mod has changed");
    let vendor = place.command(&place.go.goroot.join("bin/go"), &["mod", "vendor"])?;
    let vendored = finish(with_downloads(place, vendor)?)?;
    ensure!(vendored.ends == Ends::Exit(0));
    says(&[], "the vendor directory chooses the modules")
}
