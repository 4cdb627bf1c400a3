//! A program that runs beside the test until its standard input ends.

use crate::run::{Collected, Ends, Finished, Reader, wait};
use anyhow::{Context, Result, bail};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How long it may take to say something, or to end: far more than it needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program, killed when dropped.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    /// Open as long as the program is to run.
    stdin: Option<ChildStdin>,
    /// Both until they are given away at the end.
    outputs: Option<[Collected; 2]>,
}

impl Daemon {
    /// Starts `command`.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start(mut command: Command) -> Result<Self> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let program = command.get_program().to_owned();
        let mut child = (command.spawn()).with_context(|| format!("{}", program.display()))?;
        let stdout = Collected::from(child.stdout.take().context("a pipe")?, Reader::Eager);
        let stderr = Collected::from(child.stderr.take().context("a pipe")?, Reader::Eager);
        Ok(Self {
            stdin: child.stdin.take(),
            outputs: Some([stdout, stderr]),
            child,
        })
    }

    /// Both outputs so far, standard error last.
    #[must_use]
    pub fn said(&self) -> String {
        let outputs = self.outputs.iter().flatten();
        let said: Vec<_> = outputs.map(Collected::so_far).collect();
        String::from_utf8_lossy(&said.concat()).into_owned()
    }

    /// Waits until it has written `text`, to either output; false if it ends before.
    ///
    /// # Errors
    /// If it does neither.
    pub fn says(&mut self, text: &str) -> Result<bool> {
        let start = Instant::now();
        loop {
            let ended = self.child.try_wait()?.is_some();
            if self.said().contains(text) {
                return Ok(true);
            }
            if ended {
                return Ok(false);
            }
            if start.elapsed() > PATIENCE {
                bail!("{text:?} wasn't said, but {:?}", self.said());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends its standard input and waits for its own end.
    ///
    /// # Errors
    /// If it goes on.
    pub fn end(mut self) -> Result<Finished> {
        drop(self.stdin.take());
        let status = wait(&mut self.child, PATIENCE)?;
        let status =
            status.with_context(|| format!("it goes on and has said {:?}", self.said()))?;
        let outputs = self.outputs.take().context("BUG: ended twice")?;
        let [stdout, stderr] = outputs.map(Collected::all);
        Ok(Finished {
            ends: Ends::of(status),
            stdout,
            stderr,
        })
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // One that has ended can't be killed, and needn't.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
