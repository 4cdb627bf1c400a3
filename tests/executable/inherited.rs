//! Does an executable keep nothing of its parent that its policy doesn't grant? A parent can
//! hand over open descriptors, blocked and ignored signals, capabilities, and the rights of
//! the file's owner.

use crate::support::{assemble, block, build, granted, guest, ignore, one_line, run, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::Goal;
use harness::live::Live;
use harness::run::{Ends, Run};
use harness::target::{self, natively};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::fs::{PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// A program that prints that it runs, then reads until its input ends.
const WAITS: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 100) "there")
    (func (export "_start")
        (i32.store (i32.const 0) (i32.const 100)) (i32.store (i32.const 4) (i32.const 5))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;

/// A user ID without rights.
const NOBODY: u32 = 65534;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("inherited/open descriptors are closed", tool, descriptors),
        test("inherited/blocked and ignored signals", tool, signals),
        test("inherited/preemption's signal", tool, preemption),
        natively(test("inherited/a set-user-ID file", tool, set_user_id)),
        natively(test(
            "inherited/a file with capabilities",
            tool,
            file_capabilities,
        )),
        natively(test("inherited/root's capabilities", tool, capabilities)),
        natively(test("inherited/ambient capabilities", tool, ambient)),
        natively(test(
            "inherited/root in a directory of another user",
            tool,
            of_others,
        )),
    ]
}

/// Builds [`WAITS`] as `dir/program`.
fn waits(tool: &Tool, flags: &[&str], dir: &Path) -> Result<std::path::PathBuf> {
    let module = assemble(dir, "m.wasm", WAITS)?;
    let program = dir.join("program");
    build(tool, &module, &program, flags)?;
    Ok(program)
}

fn descriptors(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let file = File::create(dir.path().join("file"))?;
    let (low, high) = (file.as_raw_fd(), 200);
    for flags in [
        &[][..],
        &["--dir", "."],
        &["--dir-ro", "."],
        &["--no-harden"],
    ] {
        let program = waits(tool, flags, dir.path())?;
        let mut command = target::command(program);
        command.current_dir(dir.path());
        // SAFETY: between fork and exec only system calls are made.
        unsafe {
            command.pre_exec(move || {
                let kept = libc::fcntl(low, libc::F_SETFD, 0) == 0 && libc::dup2(low, high) >= 0;
                if kept {
                    Ok(())
                } else {
                    Err(std::io::Error::last_os_error())
                }
            });
        }
        let live = Live::start(command, None, None, None)?;
        live.until("there")?;
        let mut open = Vec::new();
        for entry in fs::read_dir(format!("/proc/{}/fd", live.pid().as_raw_pid()))? {
            open.push(fs::read_link(entry?.path())?);
        }
        let kept = open.contains(&dir.path().join("file"));
        // Standard input, output and error, and the granted directory, by its name and as `.`.
        let granted = if flags.len() == 2 { 2 } else { 0 };
        ensure!(!kept && open.len() == 3 + granted, "{flags:?}: {open:?}");
        live.finish()?;
    }
    Ok(())
}

/// A trap ends the program even if its signals are blocked or ignored.
fn signals(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    for (instructions, says) in [
        (
            "(drop (i32.load (i32.const 65536)))",
            "out of bounds memory access",
        ),
        ("unreachable", "unreachable"),
        ("(call $deep)", "native stack overflow"),
        (
            "(drop (i32.div_s (i32.const 1) (i32.load (i32.const 0))))",
            "integer divide by zero",
        ),
    ] {
        let module = format!(
            r#"(module (memory 1) (func $deep (call $deep) (call $deep))
                (func (export "_start") {instructions}))"#
        );
        let module = assemble(dir.path(), "m.wasm", &module)?;
        let program = dir.path().join("program");
        build(tool, &module, &program, &["--stack-size", "1MiB"])?;
        let faults = [
            libc::SIGSEGV,
            libc::SIGBUS,
            libc::SIGILL,
            libc::SIGFPE,
            libc::SIGTRAP,
        ];
        for way in [block, ignore] {
            let mut command = target::command(&program);
            way(&mut command, &faults);
            let finished = Run::of(command).run()?;
            let said = text(&finished.stderr);
            ensure!(
                finished.ends == Ends::Exit(134) && said.contains(says),
                "{}: {said}",
                finished.ends
            );
        }
    }
    Ok(())
}

/// Goroutines are preempted even if the signal for preemption was blocked or ignored.
fn preemption(tool: &Tool) -> Result<()> {
    let module = guest("concurrency", Goal::Wasip1)?;
    let program = tool.executable(&module, &[])?;
    for way in [block, ignore] {
        let mut command = target::command(&program);
        command.arg("preempted");
        way(&mut command, &[libc::SIGVTALRM]);
        let finished = Run::of(command).run()?;
        let said = text(&finished.stdout);
        ensure!(
            said == "both had a turn: true\n",
            "{}: {said}",
            finished.ends
        );
    }
    Ok(())
}

fn is_root() -> bool {
    // SAFETY: the call takes nothing.
    let root = unsafe { libc::geteuid() } == 0;
    if !root {
        eprintln!("SKIPPED: only root can give a file rights");
    }
    root
}

/// The command that starts `program` in `dir` as a user without rights.
fn as_nobody(program: &Path, dir: &Path) -> Command {
    let mut command = Command::new(program);
    command
        .uid(NOBODY)
        .gid(NOBODY)
        .current_dir(dir)
        .env("SECRET", "1");
    command
}

/// A fresh directory that all users can reach.
fn reachable() -> Result<tempfile::TempDir> {
    let dir = tempfile::tempdir()?;
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755))?;
    Ok(dir)
}

/// A set-user-ID program refuses a grant of a directory that its caller would choose, and
/// grants a directory that its owner chose.
fn privileged(tool: &Tool, give_rights: impl Fn(&Path) -> Result<()>) -> Result<()> {
    let dir = reachable()?;
    let absolute = dir.path().display().to_string();
    let named = format!("{absolute}::/data");
    let optional = format!("?{named}");
    for (flags, says) in [
        (&["--dir", "."][..], "--dir ."),
        (&["--dir-ro", ".::/data"], "--dir-ro .::/data"),
        (&["--dir-ro", &named, "--dir-ro", "m"], "--dir-ro m"),
        (&["--dir-ro", "@exe::/data"], "--dir-ro @exe::/data"),
        (&["--dir", "@tmp"], "--dir @tmp"),
        (&["--dir-ro", &optional], &optional),
        (&["--inherit-env"], "--inherit-env"),
        (&["--listen-fds"], "--listen-fds"),
        (
            &["--listen", "127.0.0.1:0", "--listen-report", "report"],
            "--listen-report",
        ),
        (&["--dir-ro", &named, "--env", "SECRET"], ""),
    ] {
        let program = waits(tool, flags, dir.path())?;
        give_rights(&program)?;
        let finished = Run::of(as_nobody(&program, dir.path())).run()?;
        if says.is_empty() {
            let said = text(&finished.stderr);
            ensure!(finished.ends.is_success(), "{flags:?}: {said}");
        } else {
            let name = format!("{}: ", program.display());
            let texts = [says, "more rights than its caller", "build with"];
            one_line(&finished, 125, &name, &texts)?;
        }
        // Started by its owner, it is an ordinary program.
        let finished = run(&program, &[], dir.path());
        fs::remove_file(&program)?;
        let finished = finished?;
        let lacks = ["--dir-ro m", "--listen-fds"].contains(&says);
        ensure!(
            finished.ends.is_success() || lacks,
            "{flags:?}: {}",
            text(&finished.stderr)
        );
    }
    Ok(())
}

fn set_user_id(tool: &Tool) -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    privileged(tool, |program| {
        Ok(fs::set_permissions(
            program,
            fs::Permissions::from_mode(0o4755),
        )?)
    })
}

/// Does what `setcap cap_net_bind_service=ep` does: sets the file's attribute (uapi
/// linux/capability.h, `struct vfs_cap_data`, revision 2 with the flag for "effective").
fn set_capability(program: &Path) -> Result<()> {
    const NET_BIND_SERVICE: u32 = 1 << 10;
    let words = [0x0200_0001, NET_BIND_SERVICE, 0, 0, 0];
    let value: Vec<u8> = words.into_iter().flat_map(u32::to_le_bytes).collect();
    let path = std::ffi::CString::new(program.as_os_str().as_encoded_bytes())?;
    let name = c"security.capability";
    // SAFETY: both names end with a NUL, and the value has as many bytes as it says.
    let set = unsafe {
        libc::setxattr(
            path.as_ptr(),
            name.as_ptr(),
            value.as_ptr().cast(),
            value.len(),
            0,
        )
    };
    ensure!(set == 0, "setxattr: {}", std::io::Error::last_os_error());
    Ok(())
}

fn file_capabilities(tool: &Tool) -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    privileged(tool, set_capability)?;
    // The server opens a low port, and has no capability left when it serves.
    let dir = reachable()?;
    let port = (700..1024).find(|port| std::net::TcpListener::bind(("127.0.0.1", *port)).is_ok());
    let listen = format!("127.0.0.1:{}", port.context("a free port")?);
    let program = waits(tool, &["--listen", &listen], dir.path())?;
    set_capability(&program)?;
    let live = Live::start(as_nobody(&program, dir.path()), None, None, None)?;
    live.until("there")?;
    std::net::TcpStream::connect(&listen)?;
    ensure!(sets(&live)? == [0, 0, 0, 0]);
    live.finish()?;
    Ok(())
}

/// Inheritable, permitted, effective and ambient capabilities.
fn sets(live: &Live) -> Result<[u64; 4]> {
    let status = fs::read_to_string(format!("/proc/{}/status", live.pid().as_raw_pid()))?;
    let mut sets = [0; 4];
    for (set, name) in sets
        .iter_mut()
        .zip(["CapInh", "CapPrm", "CapEff", "CapAmb"])
    {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        let digits = line.with_context(|| format!("no {name}"))?;
        *set = u64::from_str_radix(digits.trim_start_matches([':', '\t']), 16)?;
    }
    Ok(sets)
}

const DAC_OVERRIDE: u64 = 1 << 1;
const DAC_READ_SEARCH: u64 = 1 << 2;
const FOWNER: u64 = 1 << 3;

/// The grants decide which capabilities are left.
fn capabilities(tool: &Tool) -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    let dir = tempfile::tempdir()?;
    fs::create_dir(dir.path().join("data"))?;
    let writing = DAC_OVERRIDE | DAC_READ_SEARCH | FOWNER;
    for (flags, kept) in [
        (&[][..], 0),
        (&["--no-harden"], 0),
        (&["--dir-ro", "."], DAC_READ_SEARCH),
        (&["--dir", "."], writing),
        (&["--dir-ro", ".", "--dir", "data"], writing),
    ] {
        let program = waits(tool, flags, dir.path())?;
        let mut command = Command::new(&program);
        command.current_dir(dir.path());
        let live = Live::start(command, None, None, None)?;
        live.until("there")?;
        let own = own_permitted()?;
        ensure!(
            sets(&live)? == [0, kept & own, kept & own, 0],
            "{flags:?}: {:x?}",
            sets(&live)?
        );
        live.finish()?;
    }
    Ok(())
}

/// Root in a container has only some capabilities.
fn own_permitted() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("CapPrm:\t"));
    Ok(u64::from_str_radix(line.context("no CapPrm")?, 16)?)
}

/// Ambient capabilities, as AmbientCapabilities= of systemd gives them to a service that isn't
/// root.
fn ambient(tool: &Tool) -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    let dir = reachable()?;
    let program = waits(tool, &[], dir.path())?;
    let mut command = Command::new("setpriv");
    command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]);
    command.args([
        "--inh-caps=+net_bind_service,+sys_time",
        "--ambient-caps=+net_bind_service,+sys_time",
    ]);
    command.arg(program).current_dir(dir.path());
    let live = match Live::start(command, None, None, None) {
        Ok(live) => live,
        Err(error) => {
            eprintln!("SKIPPED: no setpriv: {error:#}");
            return Ok(());
        }
    };
    live.until("there")?;
    ensure!(sets(&live)? == [0, 0, 0, 0], "{:x?}", sets(&live)?);
    live.finish()?;
    Ok(())
}

/// A container's volumes belong to other users than its root.
fn of_others(tool: &Tool) -> Result<()> {
    if !is_root() {
        return Ok(());
    }
    let program = tempfile::tempdir()?;
    let program = program.path().join("program");
    granted(
        tool,
        &guest("files", Goal::Wasip1)?,
        &program,
        &["--dir", "."],
    )?;
    for command in ["write", "read", "times", "rename", "remove", "links"] {
        let dir = tempfile::tempdir()?;
        chown(dir.path(), Some(NOBODY), Some(NOBODY))?;
        fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o1700))?;
        let finished = run(&program, &[command], dir.path())?;
        ensure!(
            finished.ends.is_success(),
            "{command}: {}: {}",
            finished.ends,
            text(&finished.stderr)
        );
    }
    Ok(())
}
