//! A bash process that runs the commands of a document, one after the other.
//!
//! Each command is a file that bash reads with `.`, so `cd`, variables, functions and jobs
//! in the background last, and `$?` is the status of the command before. Standard input is
//! `/dev/null`. Both outputs are one pipe; a mark that nobody can guess ends the output of
//! a command. The session is a process group, and all of it ends with the session.

use anyhow::{Context, Result, bail, ensure};
use rustix::process::{Pid, Signal, kill_process_group};
use std::fs;
use std::io::{PipeReader, Read, Write};
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a command may take: a cold `go build` on a busy machine, many times over.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often to look whether bash still lives.
const PAUSE: Duration = Duration::from_millis(100);

/// A running bash.
#[derive(Debug)]
pub struct Session {
    child: Child,
    stdin: ChildStdin,
    output: Receiver<Vec<u8>>,
    /// Output that doesn't belong to a command yet.
    pending: Vec<u8>,
    mark: String,
    /// Holds the commands' files.
    scripts: TempDir,
    count: usize,
}

impl Session {
    /// Starts bash as `command` says: its directory and environment.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start(mut command: Command) -> Result<Self> {
        let (reader, writer) = std::io::pipe()?;
        command
            .stdin(Stdio::piped())
            .stdout(writer.try_clone()?)
            .stderr(writer)
            .process_group(0);
        let mut child = command.spawn().context("can't start bash")?;
        // The command keeps the pipe's other end open.
        drop(command);
        let scripts = tempfile::tempdir()?;
        let mut random = [0; 16];
        fs::File::open("/dev/urandom")?.read_exact(&mut random)?;
        Ok(Self {
            stdin: child.stdin.take().context("a pipe")?,
            child,
            output: chunks(reader),
            pending: Vec::new(),
            mark: format!("<end of command {:032x}>", u128::from_ne_bytes(random)),
            scripts,
            count: 0,
        })
    }

    /// Runs `script`. Returns the lines that it and jobs in the background wrote until it
    /// ended.
    ///
    /// # Errors
    /// If it ends the session, or doesn't end.
    pub fn run(&mut self, script: &str) -> Result<Vec<String>> {
        self.count += 1;
        let path = self.path();
        fs::write(&path, format!("{script}\n"))?;
        let (path, mark) = (path.display(), &self.mark);
        // The subshell restores the status, in case the next command reads `$?`.
        let step = format!(". '{path}' </dev/null; (s=$?; printf %s '{mark}'; exit $s)\n");
        self.stdin
            .write_all(step.as_bytes())
            .context("bash has ended")?;
        let output = self.until_mark()?;
        Ok(output
            .lines()
            .map(|line| line.trim_end().to_owned())
            .collect())
    }

    fn path(&self) -> PathBuf {
        self.scripts.path().join(self.count.to_string())
    }

    fn until_mark(&mut self) -> Result<String> {
        let deadline = Instant::now() + PATIENCE;
        let mark = self.mark.as_bytes();
        loop {
            let found = self.pending.windows(mark.len()).position(|w| w == mark);
            if let Some(at) = found {
                let rest = self.pending.split_off(at + mark.len());
                let mut output = std::mem::replace(&mut self.pending, rest);
                output.truncate(at);
                return Ok(String::from_utf8_lossy(&output).into_owned());
            }
            let said = || String::from_utf8_lossy(&self.pending).into_owned();
            match self.output.recv_timeout(PAUSE) {
                Ok(chunk) => self.pending.extend(chunk),
                // A job in the background may keep the pipe open longer than bash lives.
                Err(_) if self.child.try_wait()?.is_some() => {
                    bail!("it ended the session: {}", said())
                }
                Err(RecvTimeoutError::Disconnected) => thread::sleep(PAUSE),
                Err(RecvTimeoutError::Timeout) if Instant::now() < deadline => {}
                Err(RecvTimeoutError::Timeout) => {
                    bail!("it didn't end within {PATIENCE:?}: {}", said())
                }
            }
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        let id = self.child.id().try_into().ok().and_then(Pid::from_raw);
        let group = id.expect("BUG: a child has a process id");
        // If all of it has ended by itself, there is nothing to end.
        let _ = kill_process_group(group, Signal::KILL);
        let _ = self.child.wait();
    }
}

/// Reads `reader` to its end, in a thread of its own.
fn chunks(mut reader: PipeReader) -> Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut buffer = vec![0; 1 << 15];
        while let Ok(n @ 1..) = reader.read(&mut buffer) {
            if sender.send(buffer[..n].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

type Check = (&'static str, fn() -> Result<()>);

/// Tests of this file.
pub const CHECKS: &[Check] = &[
    ("a session keeps its state", || {
        let mut session = bash()?;
        says(&mut session, "a=1; cd /", &[])?;
        says(&mut session, "echo $a; pwd", &["1", "/"])?;
        says(&mut session, "(exit 7)", &[])?;
        says(&mut session, "echo $?", &["7"])?;
        says(&mut session, "sleep 100 &", &[])?;
        says(&mut session, "kill $!; echo killed", &["killed"])
    }),
    ("both outputs come in order", || {
        let script = "echo a; echo b >&2; echo c; printf d";
        says(&mut bash()?, script, &["a", "b", "c", "d"])
    }),
    ("a command reads no other command", || {
        let mut session = bash()?;
        says(&mut session, "cat", &[])?;
        says(&mut session, "echo on", &["on"])
    }),
    ("a syntax error is an output", || {
        let mut session = bash()?;
        let output = session.run("if")?;
        ensure!(output.join("\n").contains("syntax error"), "{output:?}");
        says(&mut session, "echo on", &["on"])
    }),
    ("an exit is an error", || {
        let error = bash()?.run("echo bye; exit 0");
        let error = error.err().context("no error")?.to_string();
        ensure!(error == "it ended the session: bye\n", "{error}");
        let error = bash()?.run("sleep 1000 & exit 0");
        ensure!(error.is_err(), "no error beside a job in the background");
        Ok(())
    }),
    ("jobs end with the session", || {
        let mut session = bash()?;
        let id = session.run("sleep 1000 & echo $!")?.join("");
        drop(session);
        let process = PathBuf::from("/proc").join(&id).join("cmdline");
        let sleeps = || fs::read(&process).is_ok_and(|line| line.starts_with(b"sleep"));
        for _ in 0..1000 {
            if !sleeps() {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(5));
        }
        bail!("process {id} goes on")
    }),
];

fn bash() -> Result<Session> {
    let mut command = Command::new("bash");
    command.args(["--noprofile", "--norc"]);
    Session::start(command)
}

fn says(session: &mut Session, script: &str, expected: &[&str]) -> Result<()> {
    let output = session.run(script)?;
    ensure!(output == expected, "{script}: {output:?}");
    Ok(())
}
