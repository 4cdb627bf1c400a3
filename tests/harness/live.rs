//! A program that a test talks to while it runs.

use crate::run::{Collected, Ends, Finished, Reader, wait};
use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};
use std::io::Write;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// The time limit of each wait: ten times what any program needs.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running program. Killed when dropped.
#[derive(Debug)]
pub struct Live {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: Option<Collected>,
    stderr: Option<Collected>,
}

impl Live {
    /// Starts `command`. Each of the three streams that isn't given is a pipe.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start(
        mut command: Command,
        stdin: Option<Stdio>,
        stdout: Option<Stdio>,
        stderr: Option<Stdio>,
    ) -> Result<Self> {
        command.stdin(stdin.unwrap_or_else(Stdio::piped));
        command.stdout(stdout.unwrap_or_else(Stdio::piped));
        command.stderr(stderr.unwrap_or_else(Stdio::piped));
        let program = command.get_program().to_owned();
        let mut child = command
            .spawn()
            .with_context(|| format!("can't start {}", program.display()))?;
        let collect = |pipe| Collected::from(pipe, Reader::Eager);
        Ok(Self {
            stdin: child.stdin.take(),
            stdout: child.stdout.take().map(collect),
            stderr: (child.stderr.take()).map(|pipe| Collected::from(pipe, Reader::Eager)),
            child,
        })
    }

    /// Waits until `marker` was written to standard output, which must be a pipe.
    ///
    /// # Errors
    /// If it takes too long.
    pub fn until(&self, marker: &str) -> Result<()> {
        let stdout = self.stdout.as_ref().context("BUG: no pipe")?;
        let stderr = || self.stderr.as_ref().map(Collected::so_far);
        eventually(&format!("the output {marker:?}"), || {
            Ok(String::from_utf8_lossy(&stdout.so_far()).contains(marker))
        })
        .with_context(|| {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            format!(
                "the program wrote {:?} and on standard error {:?}",
                text(&stdout.so_far()),
                text(&stderr().unwrap_or_default())
            )
        })
    }

    /// Writes to standard input, which must be a pipe.
    ///
    /// # Errors
    /// If the program has closed it.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let stdin = self.stdin.as_mut().context("BUG: no pipe")?;
        Ok(stdin.write_all(bytes)?)
    }

    pub fn close_stdin(&mut self) {
        self.stdin = None;
    }

    #[must_use]
    pub fn pid(&self) -> Pid {
        Pid::from_child(&self.child)
    }

    /// # Errors
    /// If it has ended.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(self.pid(), signal).with_context(|| format!("sending {signal:?}"))
    }

    /// Waits until `/proc/PID/stat` shows the state with this letter: S for waiting in a
    /// system call, T for stopped.
    ///
    /// # Errors
    /// If it takes too long.
    pub fn until_state(&self, letter: char) -> Result<()> {
        let path = format!("/proc/{}/stat", self.pid().as_raw_pid());
        eventually(&format!("the state {letter}"), || {
            let stat = std::fs::read_to_string(&path)?;
            let state = stat.rsplit_once(") ").context("no state")?.1;
            Ok(state.starts_with(letter))
        })
    }

    /// Stops and continues the program, `times` times, each time while it waits in a system
    /// call.
    ///
    /// # Errors
    /// If it doesn't stop, or doesn't wait again.
    pub fn stop_and_continue(&self, times: u32) -> Result<()> {
        for _ in 0..times {
            self.until_state('S')?;
            self.signal(Signal::STOP)?;
            self.until_state('T')?;
            self.signal(Signal::CONT)?;
        }
        Ok(())
    }

    /// Closes standard input and waits for the end.
    ///
    /// # Errors
    /// If it takes too long.
    pub fn finish(mut self) -> Result<Finished> {
        self.close_stdin();
        self.ended()
    }

    /// Waits for the end.
    ///
    /// # Errors
    /// If it takes too long.
    pub fn ended(mut self) -> Result<Finished> {
        let status = wait(&mut self.child, PATIENCE)?;
        let so_far = |pipe: &Option<Collected>| pipe.as_ref().map(Collected::so_far);
        let Some(status) = status else {
            bail!(
                "did not end within {PATIENCE:?}; it wrote {:?} and on stderr {:?}",
                String::from_utf8_lossy(&so_far(&self.stdout).unwrap_or_default()),
                String::from_utf8_lossy(&so_far(&self.stderr).unwrap_or_default()),
            );
        };
        Ok(self.finished(status))
    }

    /// Waits for the end. Kills the program when it has written nothing to standard output,
    /// which must be a pipe, for `patience`.
    ///
    /// # Errors
    /// If the system can't wait for it.
    pub fn ended_or_silent(mut self, patience: Duration) -> Result<Finished> {
        let mut written = 0;
        let mut since = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait()? {
                break status;
            }
            let now = self.stdout.as_ref().context("BUG: no pipe")?.so_far().len();
            if now != written {
                (written, since) = (now, Instant::now());
            } else if since.elapsed() > patience {
                self.child.kill()?;
                break self.child.wait()?;
            }
            thread::sleep(Duration::from_millis(20));
        };
        Ok(self.finished(status))
    }

    fn finished(&mut self, status: ExitStatus) -> Finished {
        let all = |pipe: &mut Option<Collected>| pipe.take().map(Collected::all);
        Finished {
            ends: Ends::of(status),
            stdout: all(&mut self.stdout).unwrap_or_default(),
            stderr: all(&mut self.stderr).unwrap_or_default(),
        }
    }
}

impl Drop for Live {
    fn drop(&mut self) {
        // Fails when it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until `condition` holds.
///
/// # Errors
/// The errors of the condition; and an error with `what` in its message if the wait takes
/// too long.
pub fn eventually(what: &str, mut condition: impl FnMut() -> Result<bool>) -> Result<()> {
    let start = Instant::now();
    while !condition()? {
        if start.elapsed() > PATIENCE {
            bail!("waited {PATIENCE:?} for {what}");
        }
        thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Finished {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        let live = Live::start(command, None, None, None).unwrap();
        live.ended_or_silent(Duration::from_millis(500)).unwrap()
    }

    #[test]
    fn silence_ends_a_program() {
        let done = shell("echo so far; exec sleep 100");
        assert_eq!(
            (done.ends, &*done.stdout),
            (Ends::Signal(9), &b"so far\n"[..])
        );
    }

    #[test]
    fn one_that_goes_on_writing_is_left_alone() {
        let done = shell("for i in 1 2 3 4 5 6 7 8; do echo; sleep 0.1; done; exit 3");
        assert_eq!(done.ends, Ends::Exit(3));
    }
}
