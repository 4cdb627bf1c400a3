//! Do the functions of `wasi_aot_os_1` do what docs/OS-ABI.md says, and nothing that the policy
//! forbids? The guest is `os`; the tests send it signals, and look at its files.

use crate::support::{self, granted, guest, run, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::{Flavour, Goal, OLDER, Toolchain};
use harness::live::Live;
use harness::run::{Ends, Finished, Run};
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::fs;
use std::io::pipe;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// Preview 1's numbers of TERM, USR1 and others, as arguments.
const TERM: &str = "15";
const USR1: &str = "10";

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("os/signals reach a program that polls", tool, |tool| {
            waits(&Program::new(tool, &[])?, "wait", "ready EAGAIN")
        }),
        test("os/signals reach a goroutine that reads", tool, |tool| {
            waits(&Program::new(tool, &[])?, "goroutine", "ready")
        }),
        test("os/signals reach a program that computes", tool, busy),
        test("os/a signal that isn't caught kills", tool, uncaught),
        test("os/a pending signal acts by default", tool, left),
        test("os/a closed descriptor catches nothing", tool, closed),
        test("os/ignored signals", tool, ignored),
        test(
            "os/signals that the parent ignores or blocks",
            tool,
            inherited,
        ),
        test("os/raised signals", tool, raised),
        test("os/a broken pipe", tool, broken_pipe),
        test("os/--no-signals", tool, refused),
        test("os/modes under a umask", tool, created),
        test("os/modes are set and seen", tool, set),
        test("os/modes stay in a grant for reading", tool, read_only),
        test("os/the executable keeps its mode", tool, own),
        test("os/the host's name", tool, host_name),
        test("os/hostile arguments", tool, hostile),
        test("os/the oldest Go", tool, |tool| {
            let module = Toolchain::new(OLDER[0])?.build("os", Flavour::Plain, Goal::Wasip1)?;
            let program = Program::of(tool, &module, &["--dir", "."])?;
            program.says(&["modes", "create", "new=600"], &["create new ok"])
        }),
        test("os/without the second fence", tool, |tool| {
            let program = Program::new(tool, &["--dir", ".", "--no-harden", "--hostname"])?;
            waits(&program, "wait", "ready EAGAIN")?;
            program.says(&["modes", "create", "new=640"], &["create new ok"])
        }),
    ]
}

/// The guest as an executable, and the directory that it runs in.
struct Program {
    path: PathBuf,
    dir: TempDir,
}

impl Program {
    fn new(tool: &Tool, flags: &[&str]) -> Result<Self> {
        Self::of(tool, &guest("os", Goal::Wasip1)?, flags)
    }

    fn of(tool: &Tool, module: &Path, flags: &[&str]) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let work = dir.path().join("work");
        fs::create_dir(&work)?;
        let path = dir.path().join("program");
        granted(tool, module, &path, flags)?;
        Ok(Self { path, dir })
    }

    fn work(&self) -> PathBuf {
        self.dir.path().join("work")
    }

    fn file(&self, name: &str) -> PathBuf {
        self.work().join(name)
    }

    fn mode(&self, name: &str) -> Result<u32> {
        Ok(fs::metadata(self.file(name))?.permissions().mode() & 0o7777)
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = target::command(&self.path);
        command.args(args).current_dir(self.work()).env_clear();
        command
    }

    fn start(&self, args: &[&str]) -> Result<Live> {
        Live::start(self.command(args), None, None, None)
    }

    fn run(&self, args: &[&str]) -> Result<Finished> {
        run(&self.path, args, &self.work())
    }

    /// Runs the program, which must succeed and print these lines.
    fn says(&self, args: &[&str], lines: &[&str]) -> Result<()> {
        said(&self.run(args)?, Ends::Exit(0), lines)
    }
}

/// Checks how a program has ended and all that it has printed.
fn said(finished: &Finished, ends: Ends, lines: &[&str]) -> Result<()> {
    let out = text(&finished.stdout);
    let same = out.lines().eq(lines.iter().copied());
    ensure!(
        same && finished.ends == ends,
        "{}: {out:?}, not {lines:?}; {}",
        finished.ends,
        text(&finished.stderr)
    );
    Ok(())
}

/// Sends signals to the command, which waits for them.
fn waits(program: &Program, command: &str, ready: &str) -> Result<()> {
    let live = program.start(&[command, USR1, "12", "27", "2", TERM])?;
    live.until(ready)?;
    let mut got = String::new();
    for (signal, number) in [
        (Signal::USR1, 10),
        (Signal::WINCH, 27),
        (Signal::USR1, 10),
        (Signal::INT, 2),
        (Signal::USR2, 12),
    ] {
        // The program may be stopped while it waits, and goes on waiting.
        live.stop_and_continue(1)?;
        live.signal(signal)?;
        got = format!("{got}got {number}\n");
        live.until(&got)?;
    }
    live.signal(Signal::TERM)?;
    let finished = live.ended()?;
    let out = text(&finished.stdout);
    let ended = finished.ends == Ends::Exit(0) && out.contains(&format!("{got}got 15\n"));
    ensure!(ended, "{}: {out}", finished.ends);
    ensure!(command == "wait" || out.ends_with("ticked true\n"), "{out}");
    Ok(())
}

fn busy(tool: &Tool) -> Result<()> {
    let live = Program::new(tool, &[])?;
    let live = live.start(&["busy", TERM, USR1])?;
    live.until("ready")?;
    for _ in 0..20 {
        live.signal(Signal::USR1)?;
    }
    live.signal(Signal::TERM)?;
    let finished = live.ended()?;
    let expected = ["ready", "got [10 15] ok", "then EAGAIN"];
    said(&finished, Ends::Exit(0), &expected)
}

fn uncaught(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &[])?;
    let live = program.start(&["wait", USR1])?;
    live.until("ready")?;
    live.signal(Signal::TERM)?;
    said(
        &live.ended()?,
        Ends::Signal(libc::SIGTERM),
        &["ready EAGAIN"],
    )
}

fn left(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &[])?;
    let leave = |number: &str, action: &str, signal| -> Result<Finished> {
        let live = program.start(&["leave", number, action])?;
        live.until("ready")?;
        live.signal(signal)?;
        live.ended()
    };
    let died = leave(TERM, "0", Signal::TERM)?;
    said(&died, Ends::Signal(libc::SIGTERM), &["ready", "pending"])?;
    let lived = leave(TERM, "2", Signal::TERM)?;
    let expected = ["ready", "pending", "alive 2 EAGAIN"];
    said(&lived, Ends::Exit(0), &expected)?;
    // WINCH does nothing by default.
    let lived = leave("27", "0", Signal::WINCH)?;
    let expected = ["ready", "pending", "alive 0 EAGAIN"];
    said(&lived, Ends::Exit(0), &expected)
}

fn closed(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &[])?;
    let close = |number: &str, signal| -> Result<Finished> {
        let live = program.start(&["close", number])?;
        live.until("ready")?;
        live.signal(signal)?;
        live.ended()
    };
    let died = close(TERM, Signal::TERM)?;
    said(&died, Ends::Signal(libc::SIGTERM), &["ready"])?;
    let lived = close("22", Signal::URG)?;
    said(&lived, Ends::Exit(0), &["ready", "alive", "again EAGAIN"])
}

fn ignored(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &[])?;
    let live = program.start(&["set", "2", TERM, "2"])?;
    live.until("ready")?;
    live.signal(Signal::TERM)?;
    live.signal(Signal::INT)?;
    let expected = ["action 15 2", "action 2 2", "ready", "alive"];
    said(&live.finish()?, Ends::Exit(0), &expected)
}

/// As `nohup` starts a program, and as a parent that waits for signals itself.
fn inherited(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &[])?;
    let actions = ["actions", "1", "2", TERM, "13", "9"];
    let expected = |hup| {
        [
            hup,
            "action 2 0",
            "action 15 0",
            "action 13 0",
            "action 9 ENOTSUP",
        ]
    };
    program.says(&actions, &expected("action 1 0"))?;
    let mut command = program.command(&actions);
    support::ignore(&mut command, &[libc::SIGHUP]);
    said(
        &Run::of(command).run()?,
        Ends::Exit(0),
        &expected("action 1 2"),
    )?;

    // The program may still catch a signal that was ignored, or have it kill.
    let mut command = program.command(&["wait", "1", TERM]);
    support::ignore(&mut command, &[libc::SIGHUP]);
    let live = Live::start(command, None, None, None)?;
    live.until("ready")?;
    live.signal(Signal::HUP)?;
    live.until("got 1")?;
    live.signal(Signal::TERM)?;
    let expected = ["ready EAGAIN", "got 1", "got 15"];
    said(&live.ended()?, Ends::Exit(0), &expected)?;
    let mut command = program.command(&["set", "0", "1"]);
    support::ignore(&mut command, &[libc::SIGHUP]);
    let live = Live::start(command, None, None, None)?;
    live.until("ready")?;
    live.signal(Signal::HUP)?;
    let expected = ["action 1 0", "ready"];
    said(&live.ended()?, Ends::Signal(libc::SIGHUP), &expected)?;

    // A blocked signal is told all the same, and is blocked again afterwards.
    let mut command = program.command(&["leave", TERM, "0"]);
    support::block(&mut command, &[libc::SIGTERM]);
    let live = Live::start(command, None, None, None)?;
    live.until("ready")?;
    live.signal(Signal::TERM)?;
    let finished = live.ended()?;
    let expected = ["ready", "pending", "alive 0 EAGAIN"];
    said(&finished, Ends::Exit(0), &expected)
}

fn raised(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &[])?;
    let expected = [
        "got [2 10 15 27] ok",
        "raise 0 EINVAL",
        "raise 9 ENOTSUP",
        "raise 11 ENOTSUP",
        "raise 31 EINVAL",
        "default",
    ];
    let finished = program.run(&["raise", "27", TERM, "2", USR1])?;
    said(&finished, Ends::Signal(libc::SIGTERM), &expected)
}

/// Writes to a standard output that nobody reads.
fn broken_pipe(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &[])?;
    let write = |action: &str| -> Result<(Ends, String)> {
        let (reader, writer) = pipe()?;
        let command = program.command(&["pipe", action]);
        let live = Live::start(command, None, Some(writer.into()), None)?;
        drop(reader);
        let finished = live.finish()?;
        Ok((finished.ends, text(&finished.stderr)))
    };
    let found = ["0", "1", "2"].map(write);
    let [killed, caught, ignored] = found.map(|result| result.context("a broken pipe"));
    let (ends, _) = killed?;
    ensure!(ends == Ends::Signal(libc::SIGPIPE), "{ends}");
    for (found, signals) in [(caught?, 1), (ignored?, 0)] {
        let expected = (Ends::Exit(0), format!("write EPIPE signals {signals}\n"));
        ensure!(found == expected, "{found:?}");
    }
    Ok(())
}

fn refused(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &["--no-signals"])?;
    let expected = [
        "open ENOTCAPABLE",
        "catch ENOTCAPABLE",
        "ignore ENOTCAPABLE",
        "raise ENOSYS",
        "action 0",
    ];
    program.says(&["refused"], &expected)
}

fn created(tool: &Tool) -> Result<()> {
    for umask in [0o022, 0o077, 0o000] {
        let program = Program::new(tool, &["--dir", "."])?;
        let make = |args: &[&str]| -> Result<Finished> {
            let mut command = program.command(args);
            under(&mut command, umask);
            Run::of(command).run()
        };
        let made = make(&["modes", "create", "file=640", "script=777", "file=777"])?;
        let lines = ["create file ok", "create script ok", "create file ok"];
        said(&made, Ends::Exit(0), &lines)?;
        let made = make(&["modes", "mkdir", "dir=750", "wide=777"])?;
        said(&made, Ends::Exit(0), &["mkdir dir ok", "mkdir wide ok"])?;
        let exclusive = make(&["modes", "create-exclusively", "file=600", "new=400"])?;
        let lines = [
            "create-exclusively file EEXIST",
            "create-exclusively new ok",
        ];
        said(&exclusive, Ends::Exit(0), &lines)?;
        // No file is set-user-ID, set-group-ID or sticky.
        let odd = make(&["modes", "create", "odd=4755", "odd=2755", "odd=1755"])?;
        said(&odd, Ends::Exit(0), &["create odd EINVAL"; 3])?;
        let found = ["file", "script", "dir", "wide", "new"].map(|name| program.mode(name));
        let found = found.into_iter().collect::<Result<Vec<_>>>()?;
        let expected = [0o640, 0o777, 0o750, 0o777, 0o400].map(|mode| mode & !umask);
        ensure!(found == expected, "{umask:o}: {found:?}, not {expected:?}");
        ensure!(!program.file("odd").exists(), "odd");
    }
    Ok(())
}

/// Lets `command` start with this umask.
#[expect(
    unsafe_code,
    reason = "no safe function changes the umask between fork and exec"
)]
fn under(command: &mut Command, umask: u32) {
    // SAFETY: between fork and exec only a system call is made.
    unsafe {
        command.pre_exec(move || {
            libc::umask(umask);
            Ok(())
        });
    }
}

fn set(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &["--dir", "."])?;
    fs::write(program.file("file"), "text")?;
    fs::create_dir(program.file("dir"))?;
    fs::write(program.file("dir/inner"), "text")?;
    std::os::unix::fs::symlink("file", program.file("link"))?;
    std::os::unix::fs::symlink("/etc/passwd", program.file("out"))?;
    let chmod = [
        "modes",
        "chmod",
        "file=600",
        "dir=711",
        "dir/inner=755",
        "dir/=700",
        ".=711",
    ];
    let lines = [
        "chmod file ok",
        "chmod dir ok",
        "chmod dir/inner ok",
        "chmod dir/ ok",
        "chmod . ok",
    ];
    program.says(&chmod, &lines)?;
    let modes = |names: &[&str]| {
        names
            .iter()
            .map(|n| program.mode(n))
            .collect::<Result<Vec<_>>>()
    };
    let found = modes(&["file", "dir", "dir/inner", "."])?;
    ensure!(found == [0o600, 0o700, 0o755, 0o711], "{found:?}");
    program.says(&["modes", "chmod", "link=640"], &["chmod link ok"])?;
    program.says(&["modes", "fchmod", "dir=755"], &["fchmod dir ok"])?;
    program.says(
        &["modes", "fchmod", "dir/inner=604"],
        &["fchmod dir/inner ok"],
    )?;
    let found = modes(&["file", "dir", "dir/inner"])?;
    ensure!(found == [0o640, 0o755, 0o604], "{found:?}");
    let refusals = [
        (&["lchmod", "link=600"][..], "lchmod link ENOTSUP"),
        (&["chmod", "out=666"], "chmod out EPERM"),
        (&["chmod", "none=666"], "chmod none ENOENT"),
        (&["chmod", "file/x=666"], "chmod file/x ENOTDIR"),
        (&["chmod", "file=4755"], "chmod file EINVAL"),
        (&["fchmod-stream", "1=600"], "fchmod-stream 1 ENOTCAPABLE"),
    ];
    for (args, line) in refusals {
        program.says(&[&["modes"], args].concat(), &[line])?;
    }
    let stat = |name: &str, kind: u32| -> Result<String> {
        let found = fs::metadata(program.file(name))?;
        let (uid, gid, size) = (found.uid(), found.gid(), found.size());
        let mode = found.mode() & 0o7777;
        Ok(format!(
            "stat {name} {mode:o} uid {uid} gid {gid} rest 0 type {kind} size {size} same true"
        ))
    };
    // What others have set is seen.
    fs::set_permissions(program.file("dir"), fs::Permissions::from_mode(0o1777))?;
    fs::set_permissions(program.file("file"), fs::Permissions::from_mode(0o6755))?;
    let lines = [stat("file", 4)?, stat("dir", 3)?, stat("dir/inner", 4)?];
    let lines = lines.each_ref().map(String::as_str);
    ensure!(lines[0].starts_with("stat file 6755 "), "{lines:?}");
    program.says(&["stat", "file", "dir", "dir/inner"], &lines)
}

fn read_only(tool: &Tool) -> Result<()> {
    for beside in [
        &["--dir-ro", "."][..],
        &["--dir-ro", ".", "--dir", "/dev/shm"],
    ] {
        let program = Program::new(tool, beside)?;
        fs::write(program.file("file"), "text")?;
        fs::create_dir(program.file("dir"))?;
        let before = (
            program.mode("file")?,
            program.mode("dir")?,
            program.mode(".")?,
        );
        for (what, path) in [
            ("chmod", "file"),
            ("chmod", "dir"),
            ("chmod", "."),
            ("fchmod", "file"),
            ("fchmod", "dir"),
            ("create", "new"),
            ("mkdir", "newer"),
        ] {
            let line = format!("{what} {path} EROFS");
            program.says(&["modes", what, &format!("{path}=777")], &[&line])?;
        }
        let after = (
            program.mode("file")?,
            program.mode("dir")?,
            program.mode(".")?,
        );
        ensure!(before == after, "{before:?} {after:?}");
    }
    Ok(())
}

/// The executable lies in the grant, and is started there.
fn own(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &["--dir", "."])?;
    let moved = program.file("own");
    fs::rename(&program.path, &moved)?;
    let run = |args: &[&str]| run(&moved, args, &program.work());
    let before = program.mode("own")?;
    for what in ["chmod", "fchmod"] {
        let refused = run(&["modes", what, "own=666", ".=777"])?;
        let lines = [format!("{what} own EROFS"), format!("{what} . EROFS")];
        said(
            &refused,
            Ends::Exit(0),
            &lines.each_ref().map(String::as_str),
        )?;
    }
    ensure!(program.mode("own")? == before, "{:o}", program.mode("own")?);
    let made = run(&["modes", "create", "other=755"])?;
    said(&made, Ends::Exit(0), &["create other ok"])?;
    ensure!(program.mode("other")? & 0o111 != 0, "no x bit");
    Ok(())
}

fn host_name(tool: &Tool) -> Result<()> {
    let name = fs::read_to_string("/proc/sys/kernel/hostname")?;
    let name = name.trim_end();
    for (flags, expected) in [
        (&[][..], vec!["host \"\" ENOTCAPABLE".to_owned()]),
        (
            &["--hostname"],
            vec![format!("host {name:?} ok"), "short ERANGE".to_owned()],
        ),
    ] {
        let program = Program::new(tool, flags)?;
        let live = program.start(&["host"])?;
        let pid = live.pid().as_raw_pid();
        let expected = [expected, vec![format!("process {pid}")]].concat();
        let expected: Vec<&str> = expected.iter().map(String::as_str).collect();
        said(&live.ended()?, Ends::Exit(0), &expected)?;
    }
    Ok(())
}

fn hostile(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &["--dir", ".", "--hostname"])?;
    fs::write(program.file("file"), "text")?;
    let before = attributes(&program.file("file"))?;
    let finished = program.run(&["hostile"])?;
    let mut lines: Vec<String> = [
        "signal_open EFAULT",
        "signal_get EFAULT",
        "signal_set EINVAL",
        "signal_set EINVAL",
        "signal_set EBADF",
        "process_id EFAULT",
        "host_name EFAULT",
        "host_name EFAULT",
        "host_name EFAULT",
        "path_stat EFAULT",
        "path_stat EFAULT",
        "path_stat EINVAL",
        "path_stat ENOTDIR",
        "fd_stat EBADF",
        "fd_stat EFAULT",
        "fd_set_mode EBADF",
        "fd_set_mode ENOTCAPABLE",
        "fd_set_mode EINVAL",
        "path_set_mode EINVAL",
        "path_set_mode EFAULT",
        "path_set_mode ENOENT",
        "path_set_mode EBADF",
    ]
    .map(Into::into)
    .into();
    for (set, make) in [
        ("EPERM", "EPERM"),
        ("EPERM", "EPERM"),
        ("EINVAL", "EINVAL"),
        ("ENOENT", "ok"),
        ("ENAMETOOLONG", "ENAMETOOLONG"),
    ] {
        lines.push(format!("path_set_mode {set}"));
        lines.push(format!("path_create_directory {make}"));
    }
    lines.extend(["path_open EINVAL", "path_open EFAULT", "untouched true"].map(Into::into));
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    said(&finished, Ends::Exit(0), &lines)?;
    ensure!(attributes(&program.file("file"))? == before, "file");
    Ok(())
}

fn attributes(file: &Path) -> Result<(u32, i64, i64)> {
    let found = fs::metadata(file)?;
    Ok((found.mode(), found.ctime(), found.ctime_nsec()))
}
