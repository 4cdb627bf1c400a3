//! Does a Go server serve on the listeners that `--listen` opens? Go's own HTTP client is on the
//! other side.

use crate::support::{granted, guest, one_line, run, test, text};
use anyhow::{Context, Result, ensure};
use harness::address;
use harness::daemon::Daemon;
use harness::go::{Flavour, Goal, NEWEST, OLDER, Toolchain};
use harness::run::{Ends, Finished, Run};
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::net::{IpAddr, Ipv6Addr, TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// (value of `--listen` that a build refuses, its advice).
const REFUSED: &[(&str, &[&str], &str)] = &[
    ("no address", &[":8080"], "write 0.0.0.0:8080"),
    ("a name", &["localhost:80"], "localhost isn't an IP address"),
    ("port 65536", &["127.0.0.1:65536"], "or 0 for one of"),
    ("no brackets", &["::1"], "write [::1]:8080"),
    ("twice", &["[::1]:80", "[0::1]:80"], "is given twice"),
    ("one in the other", &["1.2.3.4:80", "[::]:80"], "as well"),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials: Vec<_> = (OLDER.into_iter().chain([NEWEST]))
        .map(|version| {
            let name = format!("listen/a server and its clients, go{version}");
            test(&name, tool, move |tool| serves(tool, version))
        })
        .collect();
    for &(name, addresses, advice) in REFUSED {
        let name = format!("listen/refused by the build: {name}");
        trials.push(test(&name, tool, move |tool| {
            let dir = tempfile::tempdir()?;
            let flags = addresses.iter().flat_map(|address| ["--listen", address]);
            let output = dir.path().join("program");
            let built = tool.build(&guest("hello", Goal::Wasip1)?, &output, flags)?;
            let message = text(&built.stderr);
            ensure!(
                built.ends == Ends::Exit(2) && !output.exists(),
                "{}",
                built.ends
            );
            ensure!(
                message.contains("--listen") && message.contains(advice),
                "{message}"
            );
            Ok(())
        }));
    }
    trials.push(test("listen/few descriptors", tool, few_descriptors));
    trials.push(test("listen/ports of the kernel's choice", tool, chosen));
    trials.push(test("listen/a report of all addresses", tool, reported));
    trials.push(test("listen/an address that is in use", tool, in_use));
    trials.push(test("listen/an address of another machine", tool, |tool| {
        cannot_start(
            tool,
            "192.0.2.1:8080",
            "this machine does not have that address",
        )
    }));
    trials
}

/// A running server that is ready for clients.
struct Site {
    server: Daemon,
    addresses: Vec<String>,
    /// The server's working directory.
    _dir: TempDir,
}

impl Site {
    /// Builds the guest `server` for ports that are free at the moment, with `--dir .`, and
    /// starts it after the shell command `before`. If another process takes a port meanwhile,
    /// this tries again with other ports.
    fn new(tool: &Tool, version: &'static str, ips: &[IpAddr], before: &str) -> Result<Self> {
        let module = Toolchain::new(version)?.build("server", Flavour::Plain, Goal::Wasip1)?;
        for _ in 0..5 {
            let dir = tempfile::tempdir()?;
            std::fs::write(dir.path().join("note"), "a note\n")?;
            let addresses = ips.iter().map(|ip| Ok(address::free(*ip)?.to_string()));
            let addresses = addresses.collect::<Result<Vec<_>>>()?;
            let mut flags = vec!["--dir", "."];
            flags.extend(addresses.iter().flat_map(|a| ["--listen", a.as_str()]));
            granted(tool, &module, &dir.path().join("server"), &flags)?;
            let mut command = target::shell(&format!("{before} exec $RUN ./server"));
            command.current_dir(dir.path());
            let mut server = Daemon::start(command)?;
            if server.says("ready\n")? {
                return Ok(Self {
                    server,
                    addresses,
                    _dir: dir,
                });
            }
            let stderr = text(&server.end()?.stderr);
            ensure!(stderr.contains("the address is in use"), "{stderr}");
        }
        anyhow::bail!("five times another process took the port")
    }

    /// Runs a scenario of the guest `client`, which is a native program.
    fn client(&self, version: &'static str, scenario: &str) -> Result<()> {
        let addresses: Vec<_> = self.addresses.iter().map(String::as_str).collect();
        client(version, scenario, &addresses, &self.server)
    }

    /// Ends the server, which must have answered this many requests for an echo.
    fn end(self, answered: u32) -> Result<Finished> {
        let finished = self.server.end()?;
        ensure!(
            finished.ends.is_success()
                && text(&finished.stdout) == format!("ready\nanswered {answered}\n"),
            "{}: {} {}",
            finished.ends,
            text(&finished.stdout),
            text(&finished.stderr)
        );
        Ok(finished)
    }
}

/// Runs a scenario of the guest `client`, which is a native program, with the `server` at these
/// addresses.
pub fn client(
    version: &'static str,
    scenario: &str,
    addresses: &[&str],
    server: &Daemon,
) -> Result<()> {
    let client = Toolchain::new(version)?.build("client", Flavour::Plain, Goal::Native)?;
    let mut command = Command::new(client);
    command.arg(scenario).args(addresses);
    let done = Run::of(command).seconds(120).run()?;
    ensure!(
        done.ends.is_success(),
        "{scenario}: {}: {}\nthe server says {}",
        done.ends,
        text(&done.stderr),
        server.said()
    );
    Ok(())
}

fn serves(tool: &Tool, version: &'static str) -> Result<()> {
    let second = match address::free(Ipv6Addr::LOCALHOST.into()) {
        Ok(ipv6) => ipv6.ip(),
        Err(_) => address::loopback(),
    };
    let site = Site::new(tool, version, &[address::loopback(), second], "")?;
    for scenario in ["requests", "leaving", "waiting", "listeners", "files"] {
        site.client(version, scenario)?;
    }
    let finished = site.end(1001)?;
    ensure!(finished.stderr.is_empty(), "{}", text(&finished.stderr));
    Ok(())
}

/// A server without free descriptors goes on as soon as it has a free descriptor again. A server
/// that polls more entries than it may have descriptors (most of them for reading and for
/// writing) goes on, too.
fn few_descriptors(tool: &Tool) -> Result<()> {
    let mut site = Site::new(tool, NEWEST, &[address::loopback()], "ulimit -n 20;")?;
    site.client(NEWEST, "stalling")?;
    let address = site.addresses[0].clone();
    let connections = (0..30).map(|_| TcpStream::connect(&address));
    let connections = connections.collect::<std::io::Result<Vec<_>>>()?;
    ensure!(
        site.server.says("http: Accept error")?,
        "the server has ended"
    );
    drop(connections);
    site.client(NEWEST, "echo")?;
    site.end(1).map(drop)
}

/// The server of `dir` with two listeners whose ports the kernel chooses, and one between them. It
/// is ready for clients. Returns the address of the middle one, too.
fn with_chosen_ports(tool: &Tool, dir: &Path, more: &[&str]) -> Result<(Daemon, String)> {
    let ip = address::loopback();
    let (chosen, fixed) = (format!("{ip}:0"), address::free(ip)?.to_string());
    let flags = ["--listen", &chosen, "--listen", &fixed, "--listen", &chosen];
    let flags = [&flags, more].concat();
    granted(
        tool,
        &guest("server", Goal::Wasip1)?,
        &dir.join("server"),
        &flags,
    )?;
    let mut command = target::shell("exec $RUN ./server");
    command.current_dir(dir);
    let mut server = Daemon::start(command)?;
    ensure!(server.says("ready\n")?, "{}", server.said());
    Ok((server, fixed))
}

/// Each port of the kernel's choice has its line, and the server's clients find it there.
fn chosen(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let (server, fixed) = with_chosen_ports(tool, dir.path(), &[])?;
    let said = server.said();
    let lines = said.lines().filter(|line| *line != "ready");
    let prefix = "./server: listening on ";
    let chosen = lines.map(|line| line.strip_prefix(prefix).with_context(|| said.clone()));
    let chosen = chosen.collect::<Result<Vec<_>>>()?;
    ensure!(chosen.len() == 2 && !chosen.contains(&&*fixed), "{said}");
    client(
        NEWEST,
        "listeners",
        &[chosen[0], &fixed, chosen[1]],
        &server,
    )?;
    server.end().map(drop)
}

/// All listeners are in the file, and nothing is printed.
fn reported(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    std::fs::write(
        dir.path().join("report"),
        "an older report, which is longer\n".repeat(9),
    )?;
    let (server, fixed) = with_chosen_ports(tool, dir.path(), &["--listen-report", "report"])?;
    ensure!(server.said() == "ready\n", "{}", server.said());
    let report = std::fs::read_to_string(dir.path().join("report"))?;
    let addresses: Vec<_> = report.lines().collect();
    ensure!(addresses.len() == 3 && addresses[1] == fixed, "{report}");
    client(NEWEST, "listeners", &addresses, &server)?;
    server.end()?;
    // Without its directory it doesn't start.
    let flags = ["--listen", "127.0.0.1:0", "--listen-report", "none/report"];
    let program = dir.path().join("program");
    granted(tool, &guest("hello", Goal::Wasip1)?, &program, &flags)?;
    let ran = run(&program, &[], dir.path())?;
    let name = program.to_str().context("a name in UTF-8")?;
    let texts = [
        "cannot write none/report: its directory does not exist ",
        flags[2],
    ];
    one_line(&ran, 125, name, &texts)
}

fn in_use(tool: &Tool) -> Result<()> {
    let taken = TcpListener::bind((address::loopback(), 0))?;
    let address = taken.local_addr()?.to_string();
    cannot_start(tool, &address, "the address is in use")
}

fn cannot_start(tool: &Tool, address: &str, reason: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    let flags = ["--listen", address];
    granted(tool, &guest("hello", Goal::Wasip1)?, &program, &flags)?;
    let ran = run(&program, &[], dir.path())?;
    let name = program.to_str().context("a name in UTF-8")?;
    let flag = format!("(this program was built with --listen {address})");
    let listens = format!("cannot listen on {address}: {reason} ");
    one_line(&ran, 125, name, &[&listens, &flag])
}
