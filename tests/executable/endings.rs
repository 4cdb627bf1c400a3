//! Does a program without handlers end by the signal itself, whatever it is doing, so that a shell
//! shows 128 plus the signal's number? And does it go on if its parent ignores the signal?

use crate::support::{self, test};
use anyhow::{Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, Toolchain};
use harness::live::Live;
use harness::run::Ends;
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::fs::{CWD, Mode, mkfifoat};
use rustix::process::Signal;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const SIGNALS: [Signal; 3] = [Signal::HUP, Signal::INT, Signal::TERM];

/// What the first goroutine does.
const STATES: [&str; 6] = ["computes", "loops", "sleeps", "receives", "reads", "opens"];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for state in STATES {
        let name = format!("endings/by a signal while a goroutine {state}");
        trials.push(test(&name, tool, move |tool| {
            for signal in SIGNALS {
                let ends = ended(tool, state, &[], &[signal])?;
                ensure!(ends == Ends::Signal(signal.as_raw()), "{signal:?}: {ends}");
            }
            Ok(())
        }));
    }
    // As nohup and a shell's `&` do.
    trials.push(test(
        "endings/not by a signal that the parent ignores",
        tool,
        |tool| {
            let ignored = [libc::SIGHUP, libc::SIGINT];
            let signals = [Signal::HUP, Signal::INT, Signal::TERM];
            for state in STATES {
                let ends = ended(tool, state, &ignored, &signals)?;
                ensure!(ends == Ends::Signal(libc::SIGTERM), "{state}: {ends}");
            }
            Ok(())
        },
    ));
    trials
}

/// How the program ends that gets these signals in this state, and ignores some at its start.
fn ended(tool: &Tool, state: &str, ignored: &[i32], signals: &[Signal]) -> Result<Ends> {
    let module = Toolchain::new(NEWEST)?.build("endings", Flavour::Plain, Goal::Wasip1)?;
    let executable = tool.executable(&module, &["--dir".into(), ".".into()])?;
    let dir = tempfile::tempdir()?;
    mkfifoat(CWD, dir.path().join("fifo"), Mode::RUSR | Mode::WUSR)?;
    let mut command = target::command(executable);
    command
        .args([state, "fifo"])
        .current_dir(dir.path())
        .env_clear();
    support::ignore(&mut command, ignored);
    let live = Live::start(command, None, None, None)?;
    live.until("ready\n")?;
    for &signal in signals {
        thread::sleep(Duration::from_millis(30));
        live.signal(signal)?;
    }
    Ok(live.ended()?.ends)
}
