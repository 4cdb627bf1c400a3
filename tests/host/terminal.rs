//! Do programs work on a terminal? The test holds the other end of a pseudo-terminal.

use crate::support::{Program, numbered, ours, same, told};
use anyhow::{Result, ensure};
use harness::live::Live;
use harness::run::Ends;
use harness::terminal::Terminal;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::process::Signal;
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        same(
            tool,
            "terminal/timers go on while a goroutine reads",
            &["ticks done", "\"the line\\n\" <nil>"],
            |program| {
                let terminal = Terminal::new()?;
                let live = terminal.start(program.command(&["ticks", "-"]))?;
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
                let live = terminal.start(program.command(&["panic", "100"]))?;
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
                let live = terminal.start(program.command(&["flood", "1000000"]))?;
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
                let live = session(
                    &terminal,
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
        let live = terminal.start(program.command(&["ticks", "-"]))?;
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
    let live = session(&terminal, program, &script)?;
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

/// A script in its own session with the terminal as its controlling terminal.
pub fn session(terminal: &Terminal, program: &Program, script: &str) -> Result<Live> {
    let script = format!("exec setsid --ctty --wait sh -c '{script}'");
    terminal.start(program.script(&script))
}
