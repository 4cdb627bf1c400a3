//! Does SIGQUIT show where the goroutines are, as native Go does, and end the program with 2?
//!
//! The traces are compared with those of the native program: the state of each goroutine of the
//! guest's own, and its functions with file and line. The frames of Go's library aren't compared,
//! because they differ between systems.

use crate::support::{self, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, OLDER, Toolchain};
use harness::live::Live;
use harness::run::{Ends, Finished};
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::process::Command;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// What the first goroutine does.
const STATES: [&str; 5] = ["computes", "sleeps", "receives", "selects", "reads"];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for version in OLDER.into_iter().chain([NEWEST]) {
        for state in STATES {
            let name = format!("quit/a goroutine {state}, go{version}");
            let trial = test(&name, tool, move |tool| as_natively(tool, version, state));
            trials.push(target::natively(trial));
        }
        let name = format!("quit/goroutines that switch all the time, go{version}");
        trials.push(test(&name, tool, move |tool| {
            let finished = quit(program(tool, version, &[], "switches")?)?;
            ensure!(finished.ends == Ends::Exit(2), "{}", finished.ends);
            ensure!(
                // One goroutine runs a function literal alone, and such frames aren't counted.
                goroutines(&finished).len() == 4,
                "{}",
                text(&finished.stderr)
            );
            Ok(())
        }));
    }
    for value in ["none", "single", "all", "system", "crash"] {
        let name = format!("quit/GOTRACEBACK={value}");
        trials.push(test(&name, tool, move |tool| traceback(tool, value)));
    }
    trials.push(test("quit/a loop without calls", tool, loops));
    trials.push(test("quit/a second time", tool, twice));
    trials.push(test("quit/ignored by the parent", tool, ignored));
    for flag in ["--no-preempt", "--no-go-trust", "--no-go-opt"] {
        let name = format!("quit/not with {flag}");
        trials.push(test(&name, tool, move |tool| {
            let finished = quit(program(tool, NEWEST, &[flag], "sleeps")?)?;
            ensure!(
                finished.ends == Ends::Signal(libc::SIGQUIT),
                "{}",
                finished.ends
            );
            ensure!(finished.stderr.is_empty(), "{}", text(&finished.stderr));
            Ok(())
        }));
    }
    trials
}

fn program(tool: &Tool, version: &'static str, flags: &[&str], state: &str) -> Result<Command> {
    let module = Toolchain::new(version)?.build("endings", Flavour::Plain, Goal::Wasip1)?;
    let mut flags: Vec<String> = flags.iter().map(ToString::to_string).collect();
    flags.extend(["--env".into(), "GOTRACEBACK".into()]);
    let mut command = target::command(tool.executable(&module, &flags)?);
    command.arg(state).env_clear();
    Ok(command)
}

/// Sends SIGQUIT when the program is in its state.
fn quit(command: Command) -> Result<Finished> {
    let live = ready(command)?;
    live.signal(Signal::QUIT)?;
    live.ended()
}

fn ready(command: Command) -> Result<Live> {
    let live = Live::start(command, None, None, None)?;
    live.until("ready\n")?;
    thread::sleep(Duration::from_millis(50));
    Ok(live)
}

/// A goroutine of the guest's own: its state, and its frames as `FUNCTION FILE:LINE`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Goroutine {
    state: String,
    frames: Vec<String>,
}

/// The goroutines on standard error that run a function of package main, sorted.
fn goroutines(finished: &Finished) -> Vec<Goroutine> {
    let all = text(&finished.stderr);
    let all = all.split("\n\n").filter_map(goroutine);
    let mut all: Vec<Goroutine> = all.filter(|g| !g.frames.is_empty()).collect();
    all.sort();
    all
}

fn goroutine(trace: &str) -> Option<Goroutine> {
    let mut lines = trace.lines();
    let header = lines.next()?.strip_prefix("goroutine ")?;
    let state = header.split_once('[')?.1.strip_suffix("]:")?;
    let lines: Vec<&str> = lines.collect();
    let frame = |pair: &[&str]| {
        let (name, place) = (pair[0], pair[1].strip_prefix('\t')?);
        let name = name.strip_prefix("main.")?.split('(').next()?;
        let place = place.split(' ').next()?.rsplit('/').next()?;
        // Which helpers of `go` statements there are depends on what is inlined.
        (!name.contains(".gowrap") && !name.contains(".func")).then(|| format!("{name} {place}"))
    };
    // A native read of a pipe that isn't in non-blocking mode waits in the kernel.
    let state = state.replace("syscall", "IO wait");
    Some(Goroutine {
        state,
        frames: lines.chunks_exact(2).filter_map(frame).collect(),
    })
}

fn as_natively(tool: &Tool, version: &'static str, state: &str) -> Result<()> {
    let native = Toolchain::new(version)?.build("endings", Flavour::Plain, Goal::Native)?;
    let mut command = Command::new(native);
    command.arg(state).env_clear();
    let native = quit(command)?;
    let ours = quit(program(tool, version, &[], state)?)?;
    ensure!(
        ours.ends == Ends::Exit(2) && native.ends == ours.ends,
        "{}",
        ours.ends
    );
    let said = text(&ours.stderr);
    let mut lines = said.lines();
    ensure!(lines.next() == Some("SIGQUIT: quit"), "{said}");
    let pc = lines.next().unwrap_or_default();
    ensure!(
        pc.starts_with("PC=0x") && pc.ends_with(" m=0 sigcode=0"),
        "{said}"
    );
    let (native, ours) = (goroutines(&native), goroutines(&ours));
    ensure!(native.len() == 4, "natively {native:?}");
    // Where a computing goroutine stops depends on time.
    let comparable = |g: &Goroutine| !g.state.starts_with("run");
    let pairs = native.iter().zip(&ours);
    let same = pairs
        .filter(|(native, _)| comparable(native))
        .all(|(native, ours)| native == ours);
    ensure!(
        same && native.len() == ours.len(),
        "natively {native:?}, ours {ours:?}\n{said}"
    );
    if state == "computes" {
        let running = ours.iter().find(|g| g.state == "running");
        let running = running.context("no goroutine runs")?;
        let names: Vec<&str> = running
            .frames
            .iter()
            .filter_map(|f| f.split(' ').next())
            .collect();
        ensure!(names.ends_with(&["computes", "main"]), "{names:?}");
    }
    Ok(())
}

/// As for a fatal error: `single` shows all goroutines, because none of them has failed.
fn traceback(tool: &Tool, value: &str) -> Result<()> {
    let mut command = program(tool, NEWEST, &[], "receives")?;
    command.env("GOTRACEBACK", value);
    let finished = quit(command)?;
    // Go's code for a core dump is a trap on wasm.
    let code = if value == "crash" { 134 } else { 2 };
    ensure!(finished.ends == Ends::Exit(code), "{}", finished.ends);
    let said = text(&finished.stderr);
    let shown = if value == "none" { 0 } else { 4 };
    ensure!(goroutines(&finished).len() == shown, "{said}");
    let of_runtime = ["system", "crash"].contains(&value);
    for part in ["[GC sweep wait]:\n", "runtime stack:\n"] {
        ensure!(said.contains(part) == of_runtime, "{said}");
    }
    Ok(())
}

/// No trace of Go's can be made, so the runtime says where the native code is.
fn loops(tool: &Tool) -> Result<()> {
    let finished = quit(program(tool, NEWEST, &[], "loops")?)?;
    said_by_runtime(
        &finished,
        ": SIGQUIT: quit, and no goroutine has given way\n",
    )
}

fn twice(tool: &Tool) -> Result<()> {
    let live = ready(program(tool, NEWEST, &[], "loops")?)?;
    live.signal(Signal::QUIT)?;
    // The kernel drops a signal that comes while the timer's is pending.
    for _ in 0..20 {
        thread::sleep(Duration::from_millis(20));
        live.signal(Signal::QUIT)?;
    }
    let finished = live.ended()?;
    // Where the machine is busy, the kernel may drop all of them, and the limit of time ends it.
    let said = text(&finished.stderr);
    let by_timer = ": SIGQUIT: quit, and no goroutine has given way\n";
    let message = if said.contains(by_timer) {
        by_timer
    } else {
        ": SIGQUIT: quit\n"
    };
    said_by_runtime(&finished, message)
}

fn said_by_runtime(finished: &Finished, message: &str) -> Result<()> {
    let said = text(&finished.stderr);
    ensure!(finished.ends == Ends::Exit(2), "{}: {said}", finished.ends);
    let first = said.find(message).context(said.clone())? + message.len();
    ensure!(
        said[first..].starts_with("    at main.loops\n    at main.main\n"),
        "{said}"
    );
    Ok(())
}

fn ignored(tool: &Tool) -> Result<()> {
    let mut command = program(tool, NEWEST, &[], "sleeps")?;
    support::ignore(&mut command, &[libc::SIGQUIT]);
    let live = ready(command)?;
    live.signal(Signal::QUIT)?;
    thread::sleep(Duration::from_millis(100));
    live.signal(Signal::TERM)?;
    let finished = live.ended()?;
    ensure!(
        finished.ends == Ends::Signal(libc::SIGTERM),
        "{}",
        finished.ends
    );
    ensure!(finished.stderr.is_empty(), "{}", text(&finished.stderr));
    Ok(())
}
