//! Does an executable take the listening sockets that a service manager passes, and nothing else?

use crate::listen::client;
use crate::support::{build, guest, one_line, test, text};
use anyhow::{Context, Result, ensure};
use harness::address;
use harness::daemon::Daemon;
use harness::go::{Goal, NEWEST};
use harness::run::{Finished, Run};
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs::File;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Passes sockets to this process, as the variables of `sd_listen_fds(3)` say it.
const PASS: &str = "export LISTEN_PID=$$ LISTEN_FDS";

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("passed/a server on sockets of TCP and Unix", tool, |tool| {
            serves(tool, &[])
        }),
        test("passed/without the second fence", tool, |tool| {
            serves(tool, &["--no-harden"])
        }),
        test("passed/what is no listener for this process", tool, refused),
        test("passed/sockets without the flag", tool, without),
    ]
}

/// The command that runs the script in `dir` with these descriptors from 3 on.
fn passing(dir: &Path, script: &str, sockets: &[OwnedFd]) -> Command {
    let mut command = target::shell(script);
    command.current_dir(dir);
    command.env("LISTEN_FDS", sockets.len().to_string());
    let numbers: Vec<_> = sockets.iter().map(AsRawFd::as_raw_fd).collect();
    // SAFETY: between fork and exec only system calls are made, and nothing is allocated.
    unsafe {
        command.pre_exec(move || {
            // First away from the numbers from 3 on, to which they are then moved.
            for (number, place) in numbers.iter().zip(100..) {
                move_to(*number, place)?;
            }
            for (place, number) in (100..).zip(3..).take(numbers.len()) {
                move_to(place, number)?;
            }
            Ok(())
        });
    }
    command
}

/// Copies a descriptor to another number, under which it is inherited.
fn move_to(from: i32, to: i32) -> std::io::Result<()> {
    // SAFETY: the call takes numbers only.
    if unsafe { libc::dup2(from, to) } < 0 {
        return Err(std::io::Error::last_os_error());
    }
    Ok(())
}

/// What a server answers by HTTP.
fn get(mut connection: impl Read + Write, path: &str) -> Result<String> {
    write!(connection, "GET {path} HTTP/1.0\r\n\r\n")?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    let body = answer.rsplit("\r\n").next().map(str::to_owned);
    body.with_context(|| answer.clone())
}

/// Sockets that are passed come first, then those that the executable opens.
fn serves(tool: &Tool, flags: &[&str]) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let tcp = TcpListener::bind((address::loopback(), 0))?;
    let at = tcp.local_addr()?.to_string();
    let path = dir.path().join("socket");
    let sockets = [tcp.into(), UnixListener::bind(&path)?.into()];
    let own = format!("{}:0", address::loopback());
    let flags = [flags, &["--listen", &own, "--listen-fds"]].concat();
    let flags = [&flags[..], &["--listen-report", "report"]].concat();
    let program = dir.path().join("server");
    build(tool, &guest("server", Goal::Wasip1)?, &program, &flags)?;
    let script = format!("{PASS}; exec $RUN ./server");
    let mut server = Daemon::start(passing(dir.path(), &script, &sockets))?;
    ensure!(server.says("ready\n")?, "{}", server.said());
    let report = std::fs::read_to_string(dir.path().join("report"))?;
    let lines: Vec<_> = report.lines().collect();
    let unix = format!("unix:{}", path.display());
    ensure!(lines.len() == 3 && lines[..2] == [&at, &unix], "{report}");
    ensure!(get(TcpStream::connect(&at)?, "/listener")? == "listener 0\n");
    ensure!(get(UnixStream::connect(&path)?, "/listener")? == "listener 1\n");
    ensure!(get(TcpStream::connect(lines[2])?, "/listener")? == "listener 2\n");
    for scenario in ["requests", "leaving"] {
        client(NEWEST, scenario, &[&at], &server)?;
    }
    let finished = server.end()?;
    ensure!(finished.ends.is_success(), "{}", text(&finished.stderr));
    Ok(())
}

/// Runs `./program` with these descriptors.
fn run(dir: &Path, script: &str, sockets: &[OwnedFd]) -> Result<Finished> {
    let script = format!("{script}; exec $RUN ./program");
    Run::of(passing(dir, &script, sockets)).run()
}

fn refused(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let flags = ["--listen-fds"];
    let program = dir.path().join("program");
    build(tool, &guest("hello", Goal::Wasip1)?, &program, &flags)?;
    let listener = || Ok::<OwnedFd, anyhow::Error>(TcpListener::bind("127.0.0.1:0")?.into());
    let other = TcpListener::bind("127.0.0.1:0")?;
    let connection = TcpStream::connect(other.local_addr()?)?;
    let udp = UdpSocket::bind("127.0.0.1:0")?;
    let file = File::open("/dev/null")?;
    for (script, sockets, says) in [
        ("unset LISTEN_FDS", vec![], "LISTEN_FDS is not set"),
        (":", vec![listener()?], "LISTEN_PID is not set"),
        (
            "export LISTEN_PID=$PPID LISTEN_FDS",
            vec![listener()?],
            "LISTEN_PID is another process",
        ),
        (PASS, vec![], "LISTEN_FDS is not a number of sockets"),
        (
            "export LISTEN_PID=$$ LISTEN_FDS=2",
            vec![listener()?],
            "descriptor 4 is not open",
        ),
        (
            PASS,
            vec![listener()?, udp.into()],
            "descriptor 4 is a socket without streams, such as one for datagrams",
        ),
        (
            PASS,
            vec![connection.into()],
            "descriptor 3 is a socket that does not listen",
        ),
        (PASS, vec![file.into()], "descriptor 3 is not a socket"),
    ] {
        let ran = run(dir.path(), script, &sockets)?;
        let hint = "start it by a socket unit of systemd, or by systemd-socket-activate -l PORT";
        one_line(&ran, 125, "./program: cannot take sockets: ", &[says, hint])?;
    }
    // The same program starts with a listener.
    let ran = run(dir.path(), PASS, &[listener()?])?;
    ensure!(ran.ends.is_success(), "{}", text(&ran.stderr));
    Ok(())
}

/// An executable that was built without the flag has nothing of what is passed.
fn without(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let listener = TcpListener::bind((address::loopback(), 0))?;
    let module = guest("server", Goal::Wasip1)?;
    let flags = ["--env", "LISTEN_FDS"];
    build(tool, &module, &dir.path().join("program"), &flags)?;
    let ran = run(dir.path(), PASS, &[listener.into()])?;
    ensure!(
        !ran.ends.is_success() && text(&ran.stderr).contains("file+net"),
        "{}: {}",
        ran.ends,
        text(&ran.stderr)
    );
    Ok(())
}
