//! A program that runs beside the test until its standard input ends.

use crate::run::{Collected, Ends, Finished, Reader, wait};
use anyhow::{Context, Result, bail};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The time limit for an output and for the end: far more than programs need.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program, killed when dropped.
#[derive(Debug)]
pub struct Daemon {
    child: Child,
    /// The program runs as long as this is open.
    stdin: Option<ChildStdin>,
    /// Standard output and standard error, until [`Self::end`] takes them.
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

    /// What the program has written so far: standard output, then standard error.
    #[must_use]
    pub fn said(&self) -> String {
        let outputs = self.outputs.iter().flatten();
        let said: Vec<_> = outputs.map(Collected::so_far).collect();
        String::from_utf8_lossy(&said.concat()).into_owned()
    }

    /// Waits until the program has written `text` to either output. False if it ends before.
    ///
    /// # Errors
    /// If it does neither within the time limit.
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
                bail!("waited for {text:?}; the program wrote {:?}", self.said());
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Closes the program's standard input and waits for its end.
    ///
    /// # Errors
    /// If it doesn't end within the time limit.
    pub fn end(mut self) -> Result<Finished> {
        drop(self.stdin.take());
        let status = wait(&mut self.child, PATIENCE)?;
        let status = status
            .with_context(|| format!("the program doesn't end; it wrote {:?}", self.said()))?;
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
        // Fails if the program has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
