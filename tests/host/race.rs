//! Can a race lead a program out of its grant? Another process swaps a directory for a link that
//! leads out, all the time. The program may reach the directory or nothing, and never the
//! link's target. The runtime alone must ensure that: the program is built with
//! `--no-harden`.

use crate::support::Program;
use anyhow::{Result, ensure};
use harness::run::Run;
use harness::suite;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How often the program tries. That takes some seconds.
const TRIES: &str = "20000";

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let tool = Arc::clone(tool);
    let name = "race/a directory and a link that leads out";
    vec![suite::test(name, move || {
        swapped(&Program::ours(&tool, &["--dir", ".", "--no-harden"])?)
    })]
}

fn swapped(program: &Program) -> Result<()> {
    let outside = tempfile::tempdir()?;
    fs::write(outside.path().join("file"), "outside")?;
    let at = |name: &str| program.dir().join(name);
    fs::create_dir(at("swapped"))?;
    fs::write(at("swapped/file"), "inside")?;
    std::os::unix::fs::symlink(outside.path(), at("link"))?;

    let done = AtomicBool::new(false);
    let run = Run::of(program.command(&["race", TRIES])).seconds(300);
    let (finished, swaps) = std::thread::scope(|scope| {
        let swapping = scope.spawn(|| swap(&at("swapped"), &at("link"), &done));
        let finished = run.run();
        done.store(true, Ordering::Relaxed);
        (finished, swapping.join().expect("swapping doesn't panic"))
    });
    let (finished, swaps) = (finished?, swaps?);
    let said = String::from_utf8_lossy(&finished.stdout).into_owned();
    ensure!(
        said == "inside: true refused: true\nelse: map[]\n",
        "{}, {swaps} swaps: {said}",
        finished.ends
    );
    let left: Vec<_> = fs::read_dir(outside.path())?.collect::<Result<_, _>>()?;
    ensure!(left.len() == 1, "outside there are {left:?}");
    ensure!(fs::read(outside.path().join("file"))? == b"outside");
    Ok(())
}

/// Exchanges two names until `done` is set; returns how often.
fn swap(a: &Path, b: &Path, done: &AtomicBool) -> Result<u64> {
    let mut swaps = 0;
    while !done.load(Ordering::Relaxed) {
        renameat_with(CWD, a, CWD, b, RenameFlags::EXCHANGE)?;
        swaps += 1;
    }
    Ok(swaps)
}
