//! Do the functions of `wasi_aot_os_1` for terminals do what docs/OS-ABI.md says, and is the
//! terminal as before at every end of the program? The guest is `terminal`; the test types at a
//! pseudo-terminal and looks at the modes.

use crate::support::{assemble, build, granted, guest, test, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::live::{Live, eventually};
use harness::run::{Ends, Run};
use harness::target;
use harness::terminal::Terminal;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::process::Signal;
use rustix::termios::{LocalModes, Winsize, tcgetattr, tcsetattr, tcsetwinsize};
use std::fs;
use std::io::pipe;
use std::os::fd::AsRawFd;
use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("terminal/sizes", tool, sizes),
        test("terminal/raw mode", tool, raw),
        test("terminal/no echo", tool, no_echo),
        test("terminal/odd attributes are restored", tool, odd),
        test("terminal/restored after each end", tool, ends),
        test("terminal/restored after the entry returns", tool, returns),
        test("terminal/restored after each signal", tool, signals),
        test("terminal/restored after a limit", tool, limit),
        test("terminal/left by SIGKILL", tool, kill),
        test("terminal/signals keep their actions", tool, actions),
        test("terminal/the controlling terminal", tool, controlling),
        test("terminal/in the background", tool, background),
        test("terminal/not a terminal", tool, none),
        test("terminal/without --tty", tool, refused),
        test("terminal/a grant for reading", tool, read_only),
        test("terminal/without the second fence", tool, |tool| {
            let (program, terminal) = (
                Program::new(tool, &["--tty", "--no-harden"])?,
                Terminal::new()?,
            );
            restored(&program, &terminal, "set=1 exit=3", Ends::Exit(3))
        }),
    ]
}

struct Program {
    path: PathBuf,
    _dir: TempDir,
}

impl Program {
    fn new(tool: &Tool, flags: &[&str]) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("program");
        granted(tool, &guest("terminal", Goal::Wasip1)?, &path, flags)?;
        Ok(Self { path, _dir: dir })
    }

    fn with_right(tool: &Tool) -> Result<(Self, Terminal)> {
        Ok((Self::new(tool, &["--tty"])?, Terminal::new()?))
    }

    fn command(&self, steps: &str) -> Command {
        let mut command = target::command(&self.path);
        command.args(steps.split_whitespace()).env_clear();
        command
    }
}

/// Waits until the terminal shows the modes of `raw` and `echo`.
fn until_modes(terminal: &Terminal, lines: bool, echo: bool) -> Result<()> {
    eventually("other modes", || {
        let found = tcgetattr(&terminal.shared)?.local_modes;
        Ok(found.contains(LocalModes::ICANON) == lines && found.contains(LocalModes::ECHO) == echo)
    })
}

/// Runs steps that change the terminal's modes and end the program, which leaves the terminal as it
/// was.
fn restored(program: &Program, terminal: &Terminal, steps: &str, ends: Ends) -> Result<()> {
    let before = terminal.flags()?;
    let changed = || terminal.shown().matches("set 1 ok 1\n").count();
    let earlier = changed();
    let finished = terminal.start(program.command(steps))?.finish()?;
    let shown = terminal.shown();
    ensure!(finished.ends == ends, "{steps}: {}: {shown}", finished.ends);
    eventually("a change", || Ok(changed() > earlier))?;
    let after = terminal.flags()?;
    ensure!(after == before, "{steps}: {after}, not {before}");
    Ok(())
}

fn sizes(tool: &Tool) -> Result<()> {
    let (program, terminal) = Program::with_right(tool)?;
    let size = |columns, rows| Winsize {
        ws_row: rows,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    tcsetwinsize(&terminal.shared, size(132, 43))?;
    let live = terminal.start(program.command("size read size"))?;
    terminal.until("size 132x43\n")?;
    tcsetwinsize(&terminal.shared, size(65535, 1))?;
    terminal.type_in(b"\n")?;
    live.finish()?;
    terminal.until("size 65535x1\n")
}

fn raw(tool: &Tool) -> Result<()> {
    let (program, terminal) = Program::with_right(tool)?;
    let before = terminal.flags()?;
    let live = terminal.start(program.command("mode set=1 read read set=0 read"))?;
    until_modes(&terminal, false, false)?;
    terminal.type_in(b"q")?;
    terminal.until("read \"q\" <nil>")?;
    terminal.type_in(b"\x03")?;
    terminal.until("read \"\\x03\" <nil>")?;
    terminal.until("set 0 ok 0")?;
    ensure!(terminal.flags()? == before);
    terminal.type_in(b"line\n")?;
    ensure!(live.finish()?.ends == Ends::Exit(0));
    terminal.until("read \"line\\n\" <nil>")?;
    ensure!(
        terminal.shown().starts_with("mode 0\nset 1 ok 1\n"),
        "{}",
        terminal.shown()
    );
    Ok(())
}

fn no_echo(tool: &Tool) -> Result<()> {
    let (program, terminal) = Program::with_right(tool)?;
    let live = terminal.start(program.command("set=2 read set=1 set=3 read set=1 set=0"))?;
    until_modes(&terminal, true, false)?;
    terminal.type_in(b"secret\n")?;
    terminal.until("read \"secret\\n\" <nil>")?;
    // In raw mode, too, a line is read for a password.
    terminal.until("set 3 ok 3")?;
    terminal.type_in(b"another\r")?;
    terminal.until("read \"another\\n\" <nil>")?;
    ensure!(live.finish()?.ends == Ends::Exit(0));
    let shown = terminal.shown();
    ensure!(shown.matches("secret").count() == 1, "{shown}");
    ensure!(shown.matches("another").count() == 1, "{shown}");
    Ok(())
}

/// What no mode has is restored, too.
fn odd(tool: &Tool) -> Result<()> {
    let (program, terminal) = Program::with_right(tool)?;
    let mut odd = tcgetattr(&terminal.shared)?;
    odd.local_modes
        .remove(LocalModes::ECHOE | LocalModes::IEXTEN);
    odd.special_codes[rustix::termios::SpecialCodeIndex::VINTR] = 7;
    tcsetattr(
        &terminal.shared,
        rustix::termios::OptionalActions::Now,
        &odd,
    )?;
    restored(
        &program,
        &terminal,
        "set=1 set=0 set=2 set=1",
        Ends::Exit(0),
    )
}

fn ends(tool: &Tool) -> Result<()> {
    let (program, terminal) = Program::with_right(tool)?;
    for (steps, ends) in [
        ("set=1", Ends::Exit(0)),
        ("set=2 set=1 exit=0", Ends::Exit(0)),
        ("set=1 exit=7", Ends::Exit(7)),
        ("set=1 panic", Ends::Exit(2)),
        ("set=1 nil", Ends::Exit(134)),
    ] {
        restored(&program, &terminal, steps, ends)?;
    }
    // By SIGPIPE, as Go's library wants it.
    let (reader, writer) = pipe()?;
    drop(reader);
    let before = terminal.flags()?;
    let stdin = terminal.stdio()?;
    let broken = program.command("set=1 broken");
    let live = Live::start(broken, stdin, Some(writer.into()), None)?;
    let finished = live.finish()?;
    ensure!(
        finished.ends == Ends::Signal(libc::SIGPIPE),
        "{}",
        finished.ends
    );
    ensure!(text(&finished.stderr).contains("set 1 ok 1"));
    ensure!(terminal.flags()? == before);
    Ok(())
}

/// Go's library always exits, other modules may return.
fn returns(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "module", RETURNS)?;
    let path = dir.path().join("program");
    build(tool, &module, &path, &["--tty"])?;
    let terminal = Terminal::new()?;
    let before = terminal.flags()?;
    let live = terminal.start(target::command(&path))?;
    until_modes(&terminal, false, false)?;
    terminal.type_in(b"x")?;
    ensure!(live.finish()?.ends == Ends::Exit(0));
    ensure!(terminal.flags()? == before);
    Ok(())
}

/// Sets raw mode, reads a byte and returns.
const RETURNS: &str = r#"(module
  (import "wasi_aot_os_1" "terminal_set_mode" (func $set (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "\10\00\00\00\01\00\00\00")
  (func (export "_start")
    (if (call $set (i32.const 0) (i32.const 1)) (then unreachable))
    (if (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 8)) (then unreachable))))"#;

fn signals(tool: &Tool) -> Result<()> {
    let (program, terminal) = Program::with_right(tool)?;
    let before = terminal.flags()?;
    let all = [
        Signal::HUP,
        Signal::INT,
        Signal::QUIT,
        Signal::ABORT,
        Signal::SEGV,
        Signal::USR1,
        Signal::ALARM,
        Signal::TERM,
        Signal::XCPU,
        Signal::SYS,
    ];
    for (signal, steps) in all
        .into_iter()
        .zip(["set=1 wait", "set=1 spin"].into_iter().cycle())
    {
        let live = terminal.start(program.command(steps))?;
        until_modes(&terminal, false, false)?;
        live.signal(signal)?;
        let ends = live.finish()?.ends;
        // Go programs show their goroutines on SIGQUIT.
        let expected = match signal {
            Signal::QUIT => Ends::Exit(2),
            signal => Ends::Signal(signal.as_raw()),
        };
        ensure!(ends == expected, "{signal:?}: {ends}");
        ensure!(terminal.flags()? == before, "{signal:?}");
    }
    Ok(())
}

fn limit(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &["--tty", "--max-cpu", "200ms"])?;
    restored(&program, &Terminal::new()?, "set=1 spin", Ends::Exit(152))
}

/// What the documents say about SIGKILL.
fn kill(tool: &Tool) -> Result<()> {
    let (program, terminal) = Program::with_right(tool)?;
    let live = terminal.start(program.command("set=1 wait"))?;
    until_modes(&terminal, false, false)?;
    live.signal(Signal::KILL)?;
    live.finish()?;
    until_modes(&terminal, false, false)
}

/// A signal that the program catches, or that the parent ignores, doesn't end it. A caught one that
/// gets its default action while it is pending does, and then the terminal is restored.
fn actions(tool: &Tool) -> Result<()> {
    let (program, terminal) = Program::with_right(tool)?;
    let before = terminal.flags()?;
    for steps in [
        "catch=15 set=1 read default=15",
        "set=1 catch=15 read default=15",
    ] {
        let live = terminal.start(program.command(steps))?;
        until_modes(&terminal, false, false)?;
        live.until_state('S')?;
        live.signal(Signal::TERM)?;
        terminal.type_in(b"x")?;
        let ends = live.finish()?.ends;
        ensure!(ends == Ends::Signal(libc::SIGTERM), "{steps}: {ends}");
        ensure!(terminal.flags()? == before, "{steps}");
        ensure!(!terminal.shown().contains("default"));
    }
    let mut command = program.command("set=1 read exit=5");
    crate::support::ignore(&mut command, &[libc::SIGHUP]);
    let live = terminal.start(command)?;
    until_modes(&terminal, false, false)?;
    live.signal(Signal::HUP)?;
    terminal.type_in(b"x")?;
    ensure!(live.finish()?.ends == Ends::Exit(5));
    ensure!(terminal.flags()? == before);
    Ok(())
}

/// A script in its own session, with the terminal as its controlling terminal.
fn session(program: &Program, terminal: &Terminal, script: &str) -> Result<Live> {
    let mut shell = target::shell(&format!("exec setsid --ctty --wait sh -c '{script}'"));
    shell.env("APP", &program.path).env("PS1", "");
    terminal.start(shell)
}

/// `terminal_open` gives the terminal even if no stream leads to it.
fn controlling(tool: &Tool) -> Result<()> {
    let (program, terminal) = Program::with_right(tool)?;
    let before = terminal.flags()?;
    let steps = "mode open mode set=2 read set=0 write=typed open read set=1";
    let script = format!("$RUN $APP {steps} </dev/null >/dev/null; echo ended $?");
    let live = session(&program, &terminal, &script)?;
    terminal.until("set 2 ok 2")?;
    terminal.type_in(b"secret\n")?;
    terminal.until("typed\nopen ok\n")?;
    terminal.type_in(b"line\n")?;
    terminal.until("ended 0")?;
    live.finish()?;
    let shown = terminal.shown();
    ensure!(
        shown.starts_with("mode ENOTTY\nopen ok\nmode 0\n"),
        "{shown}"
    );
    ensure!(
        shown.matches("secret").count() == 1 && shown.contains("set 1 ok 1"),
        "{shown}"
    );
    ensure!(terminal.flags()? == before);
    // Without one.
    let mut alone = target::shell("exec setsid --wait $RUN \"$0\" open");
    alone.arg(&program.path);
    let said = text(&Run::of(alone).run()?.stderr);
    ensure!(said == "open ENXIO\nend\n", "{said}");
    Ok(())
}

/// A program that dies in the background leaves the terminal to whoever has it.
fn background(tool: &Tool) -> Result<()> {
    let (program, terminal) = Program::with_right(tool)?;
    // The shell's own modes are in force when the program dies. (`wait` returns 148 while it knows
    // the program as stopped.)
    let script = "set -m; $RUN $APP set=2 wait & fg %1 >/dev/null; stty -echo -icanon -ixon; \
                  kill %1; kill -CONT %1; \
                  while wait $!; s=$?; [ $s = 148 ]; do sleep 0.1; done; \
                  echo ended $s; stty -a | tr \" \" \"\\n\" | grep ixon; echo end";
    let live = session(&program, &terminal, script)?;
    terminal.until("ready")?;
    until_modes(&terminal, true, false)?;
    terminal.type_in(b"\x1a")?;
    terminal.until("ended 143")?;
    terminal.until("ixon\nend\n")?;
    live.finish()?;
    let shown = terminal.shown();
    ensure!(shown.contains("-ixon"), "{shown}");
    Ok(())
}

fn none(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &["--tty"])?;
    let run = Run::of(program.command("size mode set=1 fd=1 set=2 fd=99 set=1 size set=4 hostile"));
    let said = text(&run.run()?.stderr);
    let expected = "size ENOTTY\nmode ENOTTY\nset 1 ENOTTY ENOTTY\nset 2 ENOTTY ENOTTY\n\
                    set 1 EBADF EBADF\nsize EBADF\nset 4 EINVAL EBADF\n\
                    hostile EFAULT EFAULT EFAULT\nend\n";
    ensure!(said == expected, "{said}");
    Ok(())
}

fn refused(tool: &Tool) -> Result<()> {
    let (program, terminal) = (Program::new(tool, &[])?, Terminal::new()?);
    let before = terminal.flags()?;
    let script = "$RUN $APP open size mode set=1; echo ended $?";
    session(&program, &terminal, script)?.finish()?;
    terminal.until("ended 0")?;
    let no = "ENOTCAPABLE";
    let expected = format!("open {no}\nsize {no}\nmode {no}\nset 1 {no} {no}\nend\nended 0\n");
    ensure!(terminal.shown() == expected, "{}", terminal.shown());
    ensure!(terminal.flags()? == before);
    Ok(())
}

/// A terminal below a `--dir-ro` can be looked at.
fn read_only(tool: &Tool) -> Result<()> {
    let terminal = Terminal::new()?;
    let name = fs::read_link(format!("/proc/self/fd/{}", terminal.shared.as_raw_fd()))?;
    for (flag, opened) in [("--dir", "set 1 ok 1"), ("--dir-ro", "set 1 EROFS 0")] {
        let program = Program::new(tool, &["--tty", flag, "/dev/pts"])?;
        let before = terminal.flags()?;
        let run = Run::of(program.command(&format!("path={} mode set=1", name.display())));
        let said = text(&run.run()?.stderr);
        ensure!(said.contains(opened), "{flag}: {said}");
        ensure!(terminal.flags()? == before, "{flag}");
    }
    Ok(())
}
