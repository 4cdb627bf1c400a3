//! Runs a program to its end: feeds its input, reads its output, and kills it when it takes
//! too long.

use crate::target;
use anyhow::{Context, Result, bail, ensure};
use std::fmt;
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// Where standard input comes from.
#[derive(Debug, Clone, Copy)]
pub enum Stdin {
    /// `/dev/null`.
    Null,
    /// A pipe without data that stays open until the program closes its standard output.
    Silent,
    /// A pipe with these bytes, then its end.
    Bytes(&'static [u8]),
    /// A pipe without data until the program has written `marker` to standard output; then
    /// with `bytes` and its end.
    AfterOutput {
        marker: &'static str,
        bytes: &'static [u8],
    },
}

/// How the other end of an output pipe behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reader {
    /// Reads everything at once.
    Eager,
    /// Starts late and pauses often, so that the pipe is full most of the time.
    Slow,
    /// Reads one line and closes, as `head -1` does.
    FirstLine,
}

/// How a program ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ends {
    Exit(i32),
    /// Killed by this signal.
    Signal(i32),
}

impl Ends {
    #[must_use]
    pub fn is_success(self) -> bool {
        self == Self::Exit(0)
    }

    pub(crate) fn of(status: ExitStatus) -> Self {
        match (status.code(), status.signal()) {
            (Some(code), _) => Self::Exit(code),
            (None, Some(signal)) => Self::Signal(signal),
            (None, None) => unreachable!("BUG: a process ends by exit or signal"),
        }
    }
}

impl fmt::Display for Ends {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(code) => write!(f, "exit {code}"),
            Self::Signal(signal) => write!(f, "signal {signal}"),
        }
    }
}

/// The outcome of a program: its outputs and its end.
#[derive(Debug, Clone)]
pub struct Finished {
    pub ends: Ends,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

impl Finished {
    /// Checks that the program wrote one printable line to standard error, which starts with
    /// `prefix` and contains `texts`; wrote nothing to standard output; and ended with this
    /// exit code.
    ///
    /// # Errors
    /// The first difference.
    pub fn one_line(&self, code: i32, prefix: &str, texts: &[&str]) -> Result<()> {
        let stderr = String::from_utf8_lossy(&self.stderr);
        ensure!(
            self.ends == Ends::Exit(code),
            "ends with {} instead of exit {code}: {stderr}",
            self.ends
        );
        ensure!(
            self.stdout.is_empty(),
            "writes to standard output: {}",
            String::from_utf8_lossy(&self.stdout)
        );
        let line = stderr
            .strip_suffix('\n')
            .context("standard error doesn't end with a newline")?;
        ensure!(
            !line.contains(char::is_control),
            "more than one printable line: {stderr:?}"
        );
        ensure!(
            line.starts_with(prefix),
            "doesn't start with {prefix:?}: {line}"
        );
        for text in texts {
            ensure!(line.contains(text), "doesn't contain {text:?}: {line}");
        }
        Ok(())
    }
}

/// A program about to run.
#[derive(Debug)]
pub struct Run {
    command: Command,
    stdin: Stdin,
    stdout: Reader,
    stderr: Reader,
    timeout: Duration,
}

impl Run {
    #[must_use]
    pub fn of(command: Command) -> Self {
        Self {
            command,
            stdin: Stdin::Null,
            stdout: Reader::Eager,
            stderr: Reader::Eager,
            timeout: Duration::from_secs(60) * target::slowness(),
        }
    }

    #[must_use]
    pub fn pipes(mut self, stdin: Stdin, stdout: Reader, stderr: Reader) -> Self {
        (self.stdin, self.stdout, self.stderr) = (stdin, stdout, stderr);
        self
    }

    #[must_use]
    pub fn seconds(mut self, seconds: u64) -> Self {
        self.timeout = Duration::from_secs(seconds) * target::slowness();
        self
    }

    /// Runs it to its end.
    ///
    /// # Errors
    /// If it can't be started or doesn't end in time.
    pub fn run(mut self) -> Result<Finished> {
        self.command.stdin(match self.stdin {
            Stdin::Null => Stdio::null(),
            Stdin::Silent | Stdin::Bytes(_) | Stdin::AfterOutput { .. } => Stdio::piped(),
        });
        self.command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let program = self.command.get_program().to_owned();
        let mut child = self
            .command
            .spawn()
            .with_context(|| format!("can't start {}", program.display()))?;
        let stdout = Collected::from(child.stdout.take().context("a pipe")?, self.stdout);
        let stderr = Collected::from(child.stderr.take().context("a pipe")?, self.stderr);
        feed(&mut child, self.stdin, &stdout);
        let status = wait(&mut child, self.timeout)?;
        let Some(status) = status else {
            bail!(
                "{} did not end within {:?}; it wrote {:?} and on stderr {:?}",
                program.display(),
                self.timeout,
                String::from_utf8_lossy(&stdout.so_far()),
                String::from_utf8_lossy(&stderr.so_far()),
            );
        };
        Ok(Finished {
            ends: Ends::of(status),
            stdout: stdout.all(),
            stderr: stderr.all(),
        })
    }
}

/// Waits for the end; `None` if it had to be killed.
pub(crate) fn wait(child: &mut Child, timeout: Duration) -> Result<Option<ExitStatus>> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(200);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if start.elapsed() > timeout {
            child.kill()?;
            child.wait()?;
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

fn feed(child: &mut Child, stdin: Stdin, stdout: &Collected) {
    let Some(mut pipe) = child.stdin.take() else {
        return;
    };
    let shared = Arc::clone(&stdout.shared);
    thread::spawn(move || {
        let bytes = match stdin {
            Stdin::Null => return,
            Stdin::Silent => return shared.wait(|_| false),
            Stdin::Bytes(bytes) => bytes,
            Stdin::AfterOutput { marker, bytes } => {
                let marker = marker.as_bytes();
                shared.wait(|bytes| bytes.windows(marker.len()).any(|w| w == marker));
                bytes
            }
        };
        // Fails if the program ends without reading its input, as it may.
        let _ = pipe.write_all(bytes);
    });
}

#[derive(Debug, Default)]
struct Shared {
    /// The bytes that were read, and whether the pipe has ended.
    state: Mutex<(Vec<u8>, bool)>,
    changed: Condvar,
}

impl Shared {
    fn update(&self, change: impl FnOnce(&mut (Vec<u8>, bool))) {
        change(&mut self.state.lock().expect("no panic while held"));
        self.changed.notify_all();
    }

    /// Waits until the output has ended or `is_enough` holds.
    fn wait(&self, is_enough: impl Fn(&[u8]) -> bool) {
        let state = self.state.lock().expect("no panic while held");
        let waiting = |(bytes, ended): &mut (Vec<u8>, bool)| !*ended && !is_enough(bytes);
        drop(
            self.changed
                .wait_while(state, waiting)
                .expect("no panic while held"),
        );
    }
}

/// The bytes of an output pipe, read by a thread.
#[derive(Debug)]
pub(crate) struct Collected {
    shared: Arc<Shared>,
    thread: thread::JoinHandle<()>,
}

impl Collected {
    pub(crate) fn from(pipe: impl Read + Send + 'static, reader: Reader) -> Self {
        let shared = Arc::<Shared>::default();
        let into = Arc::clone(&shared);
        let thread = thread::spawn(move || {
            match reader {
                Reader::Eager => read(pipe, &into, Duration::ZERO),
                Reader::Slow => {
                    thread::sleep(Duration::from_millis(200));
                    read(pipe, &into, Duration::from_millis(10));
                }
                Reader::FirstLine => read_line(pipe, &into),
            }
            into.update(|state| state.1 = true);
        });
        Self { shared, thread }
    }

    pub(crate) fn so_far(&self) -> Vec<u8> {
        self.shared
            .state
            .lock()
            .expect("no panic while held")
            .0
            .clone()
    }

    pub(crate) fn all(self) -> Vec<u8> {
        self.thread.join().expect("BUG: a reading thread panicked");
        std::mem::take(&mut self.shared.state.lock().expect("no panic while held").0)
    }
}

fn read(mut pipe: impl Read, into: &Shared, pause: Duration) {
    let mut buffer = vec![0; 1 << 15];
    while let Ok(n @ 1..) = pipe.read(&mut buffer) {
        into.update(|state| state.0.extend_from_slice(&buffer[..n]));
        thread::sleep(pause);
    }
}

fn read_line(mut pipe: impl Read, into: &Shared) {
    let mut byte = [0];
    while let Ok(1) = pipe.read(&mut byte) {
        into.update(|state| state.0.push(byte[0]));
        if byte == *b"\n" {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Run {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        Run::of(command)
    }

    #[test]
    fn gives_output_and_end() {
        let done = shell("cat; echo err >&2; exit 3")
            .pipes(Stdin::Bytes(b"in"), Reader::Eager, Reader::Slow)
            .run()
            .unwrap();
        assert_eq!(
            (done.ends, &*done.stdout, &*done.stderr),
            (Ends::Exit(3), &b"in"[..], &b"err\n"[..])
        );
    }

    #[test]
    fn gives_signals() {
        assert_eq!(shell("kill -9 $$").run().unwrap().ends, Ends::Signal(9));
    }

    #[test]
    fn kills_what_does_not_end() {
        let error = shell("echo so far; exec sleep 100")
            .seconds(1)
            .run()
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("did not end within 1s") && error.contains("so far"),
            "{error}"
        );
    }

    #[test]
    fn first_line_closes_the_pipe() {
        let done = shell("while echo y; do :; done")
            .pipes(Stdin::Null, Reader::FirstLine, Reader::Eager)
            .run()
            .unwrap();
        assert_eq!(done.stdout, b"y\n");
        assert!(!done.ends.is_success());
    }

    #[test]
    fn input_waits_for_output() {
        let done = shell("sleep 0.1; echo ready; cat")
            .pipes(
                Stdin::AfterOutput {
                    marker: "ready",
                    bytes: b"now",
                },
                Reader::Eager,
                Reader::Eager,
            )
            .run()
            .unwrap();
        assert_eq!(done.stdout, b"ready\nnow");
    }
}
