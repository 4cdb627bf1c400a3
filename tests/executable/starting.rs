//! What does an executable say if it can't start? It prints one line and exits with 125.

use crate::support::{granted, guest, one_line, test, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::run::{Finished, Run};
use harness::target::{self, natively};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::path::Path;
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("starting/a missing directory", tool, |tool| {
            let dir = tempfile::tempdir()?;
            let ran = start(tool, &["--dir", "data"], "exec $RUN ./program", dir.path())?;
            one_line(&ran, 125, "./program: ", &["data", "does not exist"])?;
            std::fs::create_dir(dir.path().join("data"))?;
            succeeds(&again("exec $RUN ./program", dir.path())?)
        }),
        test("starting/a missing absolute directory", tool, |tool| {
            let dir = tempfile::tempdir()?;
            let ran = start(
                tool,
                &["--dir-ro", "/no/such/directory::/d"],
                "exec $RUN ./program",
                dir.path(),
            )?;
            one_line(&ran, 125, "./program: ", &["/no/such/directory"])
        }),
        test("starting/a file instead of a directory", tool, |tool| {
            let dir = tempfile::tempdir()?;
            std::fs::write(dir.path().join("data"), "")?;
            let ran = start(tool, &["--dir", "data"], "exec $RUN ./program", dir.path())?;
            one_line(&ran, 125, "./program: ", &["data"])
        }),
        natively(test("starting/too little address space", tool, |tool| {
            let dir = tempfile::tempdir()?;
            let ran = start(
                tool,
                &[],
                "ulimit -v 2000000; exec $RUN ./program",
                dir.path(),
            )?;
            one_line(&ran, 125, "./program: ", &["address space"])
        })),
        // Enough for linear memory, but not for the default native stack.
        natively(test(
            "starting/address space for a smaller stack",
            tool,
            |tool| {
                let dir = tempfile::tempdir()?;
                succeeds(&start(
                    tool,
                    &[],
                    "ulimit -v 7000000; exec $RUN ./program",
                    dir.path(),
                )?)
            },
        )),
        test("starting/an unlimited stack", tool, |tool| {
            let dir = tempfile::tempdir()?;
            succeeds(&start(
                tool,
                &[],
                "ulimit -s unlimited; exec $RUN ./program",
                dir.path(),
            )?)
        }),
        test(
            "starting/a long environment and many arguments",
            tool,
            |tool| {
                let dir = tempfile::tempdir()?;
                let script = "X=$(printf %0100000d 7); export X; exec $RUN ./program $(seq 10000)";
                succeeds(&start(tool, &["--inherit-env"], script, dir.path())?)
            },
        ),
        test("starting/closed standard streams", tool, |tool| {
            let dir = tempfile::tempdir()?;
            let ran = start(tool, &[], "exec $RUN ./program <&- >&- 2>&-", dir.path())?;
            ensure!(
                matches!(ran.ends, harness::run::Ends::Exit(_)),
                "{}",
                ran.ends
            );
            Ok(())
        }),
    ]
}

/// Builds the guest hello as `program` in `dir` and runs `script` there.
fn start(tool: &Tool, flags: &[&str], script: &str, dir: &Path) -> Result<Finished> {
    granted(
        tool,
        &guest("hello", Goal::Wasip1)?,
        &dir.join("program"),
        flags,
    )?;
    again(script, dir)
}

fn again(script: &str, dir: &Path) -> Result<Finished> {
    let mut command = target::shell(script);
    command.current_dir(dir);
    Run::of(command).run()
}

fn succeeds(ran: &Finished) -> Result<()> {
    ensure!(
        ran.ends.is_success() && ran.stdout.starts_with(b"hello, "),
        "{}: {}",
        ran.ends,
        text(&ran.stderr)
    );
    Ok(())
}
