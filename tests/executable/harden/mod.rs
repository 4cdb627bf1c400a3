//! Does the second fence hold if the first one is broken? The runtime is corrupted
//! (`runtime-shim/src/corrupt.rs`): it makes any system call for the guest. Landlock, seccomp,
//! and mseal with MDWE must stop the guest's attempts, each layer alone and all together.
//! Without them (`--no-harden`) the same attempts must succeed. With an older version of
//! Landlock, the runtime asks only for restrictions that this version has.

mod attempts;

use crate::support::{guest, test, text};
use anyhow::{Context, Result, bail, ensure};
use attempts::{Attempt, Policy};
use harness::fences::{Fences, Outcome, landlock_stands};
use harness::go::Goal;
use harness::paths;
use harness::run::{Ends, Finished, Run};
use harness::shim;
use harness::target::natively;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use tempfile::TempDir;
use wasi_aot_shim_images::Target;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let policies = [
        Policy::Both,
        Policy::Files,
        Policy::ReadOnly,
        Policy::Nothing,
    ];
    let mut trials: Vec<Trial> = Vec::new();
    for policy in policies {
        for pretended in [None, Some(2), Some(1)] {
            let version = pretended.map_or(String::new(), |v| format!(", Landlock {v}"));
            let name = format!("harden/corrupted, {policy}{version}");
            let body = move |tool: &Tool| holds(tool, policy, pretended, false);
            trials.push(natively(test(&name, tool, body)));
        }
        let name = format!("harden/corrupted, {policy}, imports wasi_aot_os_1");
        let body = move |tool: &Tool| holds(tool, policy, None, true);
        trials.push(natively(test(&name, tool, body)));
    }
    trials.push(natively(test("harden/corrupted, @tmp", tool, temporary)));
    for version in [1, 2, 3] {
        let name = format!("harden/files behind Landlock {version}");
        let body = move |tool: &Tool| same_files(tool, version);
        trials.push(natively(test(&name, tool, body)));
    }
    for (flag, fenced) in [(None, true), (Some("--no-harden"), false)] {
        let name = format!("harden/layers in /proc, {}", flag.unwrap_or("default"));
        trials.push(natively(test(&name, tool, move |tool| {
            stands(tool, flag, fenced)
        })));
    }
    trials
}

/// A module that calls the functions for signals and modes, to be linked with another one.
const OS: &str = r#"(module
    (import "wasi_aot_os_1" "signal_open" (func $open (param i32) (result i32)))
    (import "wasi_aot_os_1" "fd_set_mode" (func $mode (param i32 i32) (result i32)))
    (func (export "call") (result i32)
        (i32.add (call $open (i32.const 0)) (call $mode (i32.const 0) (i32.const 0)))))"#;

/// Makes all attempts of `policy` behind each layer, and compares the outcomes. `pretended` is
/// the version of Landlock; `None` means this machine's version. With `os` the module imports
/// functions of `wasi_aot_os_1`.
fn holds(tool: &Tool, policy: Policy, pretended: Option<u32>, os: bool) -> Result<()> {
    let version = attempts::landlock_version();
    if pretended.is_some_and(|pretended| pretended > version) {
        eprintln!("SKIPPED: this kernel's version of Landlock is {version}");
        return Ok(());
    }
    let version = pretended.unwrap_or(version);
    let place = AttemptDirectory::new()?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let port = listener.local_addr()?.port();
    let attempts = attempts::of(policy, &place, port, version, os)?;
    let mut flags = policy.flags();
    if os {
        let preload = tool.directory().join("os.wasm");
        paths::make_once(&preload, |draft| Ok(fs::write(draft, wat::parse_str(OS)?)?))?;
        flags.extend(["--preload".into(), format!("os={}", preload.display())]);
    }
    let module = guest("corrupt", Goal::Wasip1)?;
    let fenced = shim::executable(tool, Target::LinuxAmd64, shim::CORRUPT, &module, &flags)?;
    let open = [&flags[..], &["--no-harden".into()]].concat();
    let open = shim::executable(tool, Target::LinuxAmd64, shim::CORRUPT, &module, &open)?;
    let (mut wrong, mut possible) = (Vec::new(), 0);
    for attempt in &attempts {
        let name = attempt.name;
        let outcome = |fences| {
            let programs = [&*open, &*fenced];
            try_once(attempt, fences, &place, programs, pretended)
        };
        let unfenced = outcome(Fences::None)?;
        if unfenced != Outcome::Works {
            // Something else refuses the attempt here, such as a container.
            eprintln!("SKIPPED: {name}: {unfenced:?} here without a fence of ours");
            continue;
        }
        possible += 1;
        let landlock = if landlock_stands(version, policy.is_writable()) {
            attempt.landlock
        } else {
            Outcome::Works
        };
        let each = [
            Fences::Landlock,
            Fences::Seccomp,
            Fences::Memory,
            Fences::All,
        ];
        for fences in each {
            let expected = match attempt.all {
                Some(all) if fences == Fences::All => all,
                _ => fences.expected(landlock, attempt.seccomp, attempt.memory),
            };
            let found = outcome(fences)?;
            if found != expected {
                wrong.push(format!("{name}, {fences:?}: {found:?}, not {expected:?}"));
            }
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    ensure!(
        possible * 2 > attempts.len(),
        "only {possible} of {} attempts are possible here at all",
        attempts.len()
    );
    if version == 0 {
        eprintln!("SKIPPED: Landlock, which this kernel doesn't have");
    }
    if !attempts::memory::can_seal() {
        eprintln!("SKIPPED: mseal, which this kernel doesn't have");
    }
    Ok(())
}

/// Makes one attempt behind some layers. The first of `programs` has no second fence, the
/// second has it.
fn try_once(
    attempt: &Attempt,
    fences: Fences,
    place: &AttemptDirectory,
    programs: [&Path; 2],
    pretended: Option<u32>,
) -> Result<Outcome> {
    place.restore()?;
    let program = programs[usize::from(fences != Fences::None)];
    let mut command = Command::new(program);
    command.args(attempt.calls(program)?).env_clear();
    command.current_dir(place.path(""));
    if let Some(version) = pretended {
        command.env("WASI_AOT_LANDLOCK", version.to_string());
    }
    if let Some(layer) = fences.without() {
        command.env("WASI_AOT_WITHOUT", layer);
    }
    outcome(&Run::of(command).run()?)
}

/// With `@tmp` the process must be able to remove its own directory from the user's. So behind
/// Landlock it can remove empty directories of the user's other `@tmp`s, and nothing else.
fn temporary(tool: &Tool) -> Result<()> {
    let version = attempts::landlock_version();
    let module = guest("corrupt", Goal::Wasip1)?;
    let flags = ["--dir", "@tmp"].map(String::from);
    let program = shim::executable(tool, Target::LinuxAmd64, shim::CORRUPT, &module, &flags)?;
    let place = tempfile::tempdir()?;
    let all = format!("wasi-aot-{}", fs::metadata(&program)?.uid());
    let all = place.path().join(all);
    fs::create_dir_all(all.join("other/tmp"))?;
    fs::set_permissions(&all, fs::Permissions::from_mode(0o700))?;
    fs::create_dir(place.path().join("empty"))?;
    fs::write(all.join("other/file"), "other")?;
    let denied = match landlock_stands(version, true) {
        true => Outcome::Fails(libc::EACCES),
        false => Outcome::Works,
    };
    let remove = |path: &str, flags: i32| {
        let path = place
            .path()
            .join(path.replace("ALL", &all.display().to_string()));
        format!(
            "{} {} @{} {flags}",
            libc::SYS_unlinkat,
            libc::AT_FDCWD,
            path.display()
        )
    };
    for (calls, expected) in [
        (remove("ALL/other/tmp", libc::AT_REMOVEDIR), Outcome::Works),
        (remove("ALL/other/file", 0), denied),
        (remove("empty", libc::AT_REMOVEDIR), denied),
        (
            format!(
                "{} {} @{}/x 0",
                libc::SYS_mkdirat,
                libc::AT_FDCWD,
                all.display()
            ),
            denied,
        ),
    ] {
        let mut command = Command::new(&program);
        command
            .args(calls.split(' '))
            .env_clear()
            .env("TMPDIR", place.path());
        let found = outcome(&Run::of(command).run()?)?;
        ensure!(found == expected, "{calls}: {found:?}, not {expected:?}");
    }
    let left = fs::read_dir(&all)?.count();
    ensure!(
        left == 1 || denied == Outcome::Works,
        "{left} directories are left"
    );
    Ok(())
}

/// The outcome of the last call of an attempt.
fn outcome(finished: &Finished) -> Result<Outcome> {
    let said = text(&finished.stdout);
    match (finished.ends, said.lines().last()) {
        (Ends::Signal(libc::SIGSYS), _) => Ok(Outcome::Killed),
        // The attempt executed another program.
        (Ends::Exit(0), None) => Ok(Outcome::Works),
        (Ends::Exit(0), Some(result)) => match result.parse::<i64>()? {
            0.. => Ok(Outcome::Works),
            errno => Ok(Outcome::Fails(-errno as i32)),
        },
        (ends, _) => bail!("{ends}: {said}{}", text(&finished.stderr)),
    }
}

/// With an older version of Landlock, programs do the same with files, although seccomp may
/// refuse openat2 then.
fn same_files(tool: &Tool, version: u32) -> Result<()> {
    if attempts::landlock_version() < version {
        eprintln!("SKIPPED: this kernel has no Landlock {version}");
        return Ok(());
    }
    let writing: &[&[&str]] = &[
        &["write"],
        &["open"],
        &["append"],
        &["truncate"],
        &["times"],
        &["mkdir"],
        &["readdir"],
        &["rename"],
        &["remove"],
        &["links"],
        &["walk"],
    ];
    let reading: &[&[&str]] = &[&["lines"], &["none"]];
    for (name, grant, commands) in [
        ("files", "--dir", writing),
        ("counter", "--dir-ro", reading),
    ] {
        let flags = [grant, "."].map(Into::into);
        let module = guest(name, Goal::Wasip1)?;
        let program = shim::executable(tool, Target::LinuxAmd64, shim::CORRUPT, &module, &flags)?;
        for command in commands {
            let run = |pretended: Option<u32>| {
                let dir = tempfile::tempdir()?;
                fs::write(dir.path().join("lines"), "one\ntwo\n")?;
                let mut started = Command::new(&program);
                started.args(*command).env_clear().current_dir(dir.path());
                if let Some(version) = pretended {
                    started.env("WASI_AOT_LANDLOCK", version.to_string());
                }
                let done = Run::of(started).run()?;
                let top = dir.path().display().to_string();
                let said = |bytes: &[u8]| text(bytes).replace(&top, "");
                anyhow::Ok((done.ends, said(&done.stdout), said(&done.stderr)))
            };
            let (here, there) = (run(None)?, run(Some(version))?);
            ensure!(here == there, "{name} {command:?}: {there:?}, not {here:?}");
            let missing = *command == ["none"];
            ensure!(
                here.0.is_success() != missing,
                "{name} {command:?}: {here:?}"
            );
        }
    }
    Ok(())
}

/// A directory with two directories to be granted, and a secret beside them.
pub struct AttemptDirectory(TempDir);

impl AttemptDirectory {
    fn new() -> Result<Self> {
        let place = Self(tempfile::tempdir()?);
        place.restore()?;
        Ok(place)
    }

    pub fn path(&self, below: &str) -> String {
        self.0.path().join(below).display().to_string()
    }

    /// Restores what an attempt may have changed.
    fn restore(&self) -> Result<()> {
        for dir in ["rw", "ro", "new"] {
            let dir = self.path(dir);
            if Path::new(&dir).exists() {
                fs::remove_dir_all(&dir)?;
            }
        }
        // An attempt may have changed its mode, which also binds root without capabilities.
        for file in ["moved", "secret"] {
            let _ = fs::remove_file(self.path(file));
        }
        for (dir, file) in [("rw", "rw/file"), ("ro", "ro/file")] {
            fs::create_dir(self.path(dir))?;
            fs::write(self.path(file), "granted")?;
        }
        fs::write(self.path("secret"), "secret")?;
        fs::copy("/bin/true", self.path("rw/program"))?;
        Ok(())
    }
}

/// While its guest runs, an ordinary executable is behind both layers; with `--no-harden` it
/// is behind neither layer.
fn stands(tool: &Tool, flag: Option<&str>, fenced: bool) -> Result<()> {
    let flags: Vec<String> = flag.map(Into::into).into_iter().collect();
    let program = tool.executable(&guest("stdio", Goal::Wasip1)?, &flags)?;
    let mut child = Command::new(program)
        .arg("lines")
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = child.stdin.take().context("a pipe")?;
    std::io::Write::write_all(&mut input, b"one\n")?;
    let mut line = String::new();
    BufReader::new(child.stdout.take().context("a pipe")?).read_line(&mut line)?;
    let status = fs::read_to_string(format!("/proc/{}/status", child.id()))?;
    drop(input);
    child.wait()?;
    ensure!(line == "1: ONE\n", "says {line:?}");
    let own = fs::read_to_string("/proc/self/status")?;
    // A container may have added filters of its own.
    let filters = |status| field(status, "Seccomp_filters").ok()?.parse::<u32>().ok();
    if fenced {
        let found = ["NoNewPrivs", "Seccomp"].map(|name| field(&status, name));
        let [no_new_privs, seccomp] = found;
        ensure!((no_new_privs?, seccomp?) == ("1", "2"), "{status}");
    }
    // Linux counts filters from 5.9 on.
    if let (Some(around), Some(there)) = (filters(&own), filters(&status)) {
        ensure!(there == around + u32::from(fenced), "{status}");
    }
    Ok(())
}

/// A line of `/proc/PID/status`.
fn field<'a>(status: &'a str, name: &str) -> Result<&'a str> {
    let mut lines = status.lines();
    let found = lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(":\t"));
    found.with_context(|| format!("the kernel doesn't say {name}"))
}
