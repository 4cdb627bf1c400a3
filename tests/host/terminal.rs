//! Do programs work on a terminal? The test holds the other end of a pseudo-terminal.

use crate::support::{Program, numbered, ours, same, told};
use anyhow::{Context, Result, ensure};
use harness::live::{Live, eventually};
use harness::run::Ends;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
use rustix::process::Signal;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::tcgetattr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::process::Stdio;
use std::sync::{Arc, Mutex};
use std::{ffi::OsStr, thread};

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        same(
            tool,
            "terminal/timers go on while a goroutine reads",
            &["ticks done", "\"the line\\n\" <nil>"],
            |program| {
                let terminal = Terminal::new()?;
                let live = terminal.start(program, &["ticks", "-"])?;
                terminal.until("ticks done")?;
                terminal.type_in(b"the line\n")?;
                let finished = live.finish()?;
                terminal.until("<nil>")?;
                Ok(format!("{}{}", told(&finished), terminal.shown()))
            },
        ),
        unchanged(tool, "after an end", |live, terminal| {
            terminal.type_in(b"x\n")?;
            ensure!(live.finish()?.ends == Ends::Exit(0));
            Ok(())
        }),
        unchanged(tool, "after a kill", |live, _| {
            live.signal(Signal::KILL)?;
            ensure!(live.finish()?.ends == Ends::Signal(9));
            Ok(())
        }),
        ours(
            tool,
            "terminal/flags are as before after a panic",
            |program| {
                let terminal = Terminal::new()?;
                let before = terminal.flags()?;
                let live = terminal.start(program, &["panic", "100"])?;
                ensure!(live.finish()?.ends == Ends::Exit(2));
                terminal.until("goroutine 1")?;
                ensure!(terminal.flags()? == before, "changed: {before}");
                Ok(())
            },
        ),
        ours(
            tool,
            "terminal/O_NONBLOCK set by others loses no output",
            |program| {
                let terminal = Terminal::new()?;
                fcntl_setfl(&terminal.shared, OFlags::RDWR | OFlags::NONBLOCK)?;
                let before = terminal.flags()?;
                let live = terminal.start(program, &["flood", "1000000"])?;
                ensure!(live.finish()?.ends == Ends::Exit(0));
                terminal.until("1000000 ok")?;
                let expected = String::from_utf8(numbered(1_000_000))? + "1000000 ok\n";
                ensure!(terminal.shown() == expected, "the output differs");
                ensure!(terminal.flags()? == before, "changed: {before}");
                Ok(())
            },
        ),
        same(
            tool,
            "terminal/Ctrl-Z and fg while a goroutine reads",
            &["ticks done", "stopped", "\"the line\\n\" <nil>", "ended 0"],
            |program| {
                ctrl_z(program, "ticks -", |terminal| {
                    terminal.until("ticks done")?;
                    Ok(())
                })
            },
        ),
        same(
            tool,
            "terminal/Ctrl-C ends the program",
            &["ticks done", "ended 130"],
            |program| {
                let terminal = Terminal::new()?;
                let live = terminal.session(
                    program,
                    "set -m; trap true INT; $APP ticks -; echo ended $?",
                )?;
                terminal.until("ticks done")?;
                terminal.type_in(b"\x03")?;
                terminal.until("ended")?;
                live.finish()?;
                Ok(terminal.shown())
            },
        ),
    ]
}

/// The terminal's modes and the flags of its open file description stay the same while the
/// program reads, and after `end` has ended the program.
fn unchanged(tool: &Arc<Tool>, name: &str, end: fn(Live, &Terminal) -> Result<()>) -> Trial {
    let name = format!("terminal/flags are as before {name}");
    ours(tool, &name, move |program| {
        let terminal = Terminal::new()?;
        let before = terminal.flags()?;
        let live = terminal.start(program, &["ticks", "-"])?;
        terminal.until("ticks done")?;
        ensure!(terminal.flags()? == before, "changed meanwhile: {before}");
        end(live, &terminal)?;
        ensure!(terminal.flags()? == before, "changed: {before}");
        Ok(())
    })
}

/// Stops the program by Ctrl-Z when `ready` has returned, continues it, and types a line.
fn ctrl_z(program: &Program, args: &str, ready: fn(&Terminal) -> Result<()>) -> Result<String> {
    let terminal = Terminal::new()?;
    let script = format!("set -m; $APP {args}; echo stopped; fg %1 >/dev/null; echo ended $?");
    let live = terminal.session(program, &script)?;
    ready(&terminal)?;
    terminal.type_in(b"\x1a")?;
    terminal.until("stopped")?;
    terminal.type_in(b"the line\n")?;
    terminal.until("ended")?;
    live.finish()?;
    // The shell's message on the stopped job has the program's path.
    let shown = terminal.shown();
    let lines = shown.lines().filter(|line| !line.contains("Stopped"));
    Ok(lines.map(|line| format!("{line}\n")).collect())
}

/// A pseudo-terminal. Echo is on, so typed text is shown, too.
pub struct Terminal {
    /// The test's end.
    master: File,
    /// An open file description that programs share with the test.
    shared: File,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    pub fn new() -> Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let shared = File::options()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits() as i32)
            .open(OsStr::from_bytes(name.as_bytes()))?;
        let master = File::from(master);
        let shown = Arc::<Mutex<Vec<u8>>>::default();
        let (mut reader, into) = (master.try_clone()?, Arc::clone(&shown));
        // Ends when no process has the other end open.
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                let mut shown = into.lock().expect("no panic while held");
                shown.extend_from_slice(&buffer[..n]);
            }
        });
        Ok(Self {
            master,
            shared,
            shown,
        })
    }

    fn stdio(&self) -> Result<Option<Stdio>> {
        Ok(Some(self.shared.try_clone()?.into()))
    }

    /// A command with the terminal as its three streams, but not as its controlling terminal.
    fn start(&self, program: &Program, args: &[&str]) -> Result<Live> {
        let command = program.command(args);
        Live::start(command, self.stdio()?, self.stdio()?, self.stdio()?)
    }

    /// A script in its own session with the terminal as its controlling terminal.
    pub fn session(&self, program: &Program, script: &str) -> Result<Live> {
        let script = format!("exec setsid --ctty --wait sh -c '{script}'");
        let command = program.script(&script);
        Live::start(command, self.stdio()?, self.stdio()?, self.stdio()?)
    }

    pub fn type_in(&self, bytes: &[u8]) -> Result<()> {
        Ok((&self.master).write_all(bytes)?)
    }

    /// Everything that was written to the terminal, with the line ends of the program.
    pub fn shown(&self) -> String {
        let bytes = self.shown.lock().expect("no panic while held");
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
    }

    pub fn until(&self, marker: &str) -> Result<()> {
        let shows = || Ok(self.shown().contains(marker));
        eventually(&format!("the output {marker:?}"), shows).context(self.shown())
    }

    /// The terminal's modes and the flags of its open file description.
    fn flags(&self) -> Result<String> {
        let flags = fcntl_getfl(&self.shared)?;
        Ok(format!("{:?} {flags:?}", tcgetattr(&self.shared)?))
    }
}
