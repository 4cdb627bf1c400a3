//! Does `--max-cpu` end a program when it has used its processor time, whatever it does, and
//! not before?

use crate::support::{assemble, build, granted, guest, run, test, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::run::{Ends, Finished, Run};
use harness::shim;
use harness::target::{self, natively};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use wasi_aot_shim_images::Target;

/// The exit code that the documents promise.
const USED_UP: i32 = 152;

const LOOP: &str = r#"(module (memory 1) (func (export "_start") (loop (br 0))))"#;

/// A program that uses its time in the kernel.
const CALLS: &str = r#"(module
    (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
    (memory (export "memory") 16)
    (func (export "_start")
        (loop (drop (call $random (i32.const 0) (i32.const 1000000))) (br 0))))"#;

/// Reads once from standard input.
const READS: &str = r#"(module
    (import "wasi_snapshot_preview1" "fd_read" (func $read (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (func (export "_start") (i32.store (i32.const 4) (i32.const 8))
        (drop (call $read (i32.const 0) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("max-cpu/a loop without calls", tool, |tool| {
            ends(tool, LOOP)
        }),
        test("max-cpu/a loop of system calls", tool, |tool| {
            ends(tool, CALLS)
        }),
        test("max-cpu/Go that is preempted", tool, |tool| {
            let flags = ["--max-cpu", "20ms"];
            go(tool, "failure", "infinite", &flags, "20ms")
        }),
        test("max-cpu/Go that isn't preempted", tool, |tool| {
            let flags = ["--max-cpu", "300ms", "--no-preempt"];
            go(tool, "concurrency", "preempted", &flags, "300ms")
        }),
        natively(test("max-cpu/as precise as the timer", tool, precise)),
        test("max-cpu/waiting uses no time", tool, waiting),
        natively(test(
            "max-cpu/time before the program doesn't count",
            tool,
            before,
        )),
        natively(test("max-cpu/ignored and blocked signals", tool, refused)),
        natively(test("max-cpu/beside ulimit -t", tool, ulimit)),
        natively(test("max-cpu/a corrupted runtime", tool, corrupted)),
        natively(test("max-cpu/no fence is in the way", tool, |tool| {
            for flags in [&["--no-harden"][..], &["--dir", "."], &["--dir-ro", "."]] {
                let dir = tempfile::tempdir()?;
                let program = made(tool, LOOP, "20ms", flags, dir.path())?;
                used_up(&run(&program, &[], dir.path())?, "20ms")?;
            }
            Ok(())
        })),
    ]
}

/// Builds `module` as a program in `dir` with this limit.
fn made(
    tool: &Tool,
    module: &str,
    limit: &str,
    flags: &[&str],
    dir: &Path,
) -> Result<std::path::PathBuf> {
    let module = assemble(dir, "m.wasm", module)?;
    let program = dir.join("program");
    let flags = [&["--max-cpu", limit], flags].concat();
    build(tool, &module, &program, &flags)?;
    Ok(program)
}

fn used_up(finished: &Finished, limit: &str) -> Result<()> {
    let says = format!(
        "program: used more than the {limit} of processor time that it was built with (--max-cpu)\n"
    );
    let said = text(&finished.stderr);
    ensure!(
        finished.ends == Ends::Exit(USED_UP) && said.ends_with(&says),
        "{}: {said}",
        finished.ends
    );
    Ok(())
}

fn ends(tool: &Tool, module: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = made(tool, module, "1500ms", &[], dir.path())?;
    let start = Instant::now();
    used_up(&run(&program, &[], dir.path())?, "1500ms")?;
    ensure!(start.elapsed() >= Duration::from_millis(1500), "too early");
    Ok(())
}

fn go(tool: &Tool, name: &str, argument: &str, flags: &[&str], limit: &str) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    granted(tool, &guest(name, Goal::Wasip1)?, &program, flags)?;
    used_up(&run(&program, &[argument], dir.path())?, limit)
}

/// The program ends no earlier than the limit, and not much later: a tick of the kernel is at
/// most 10 ms.
fn precise(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    for module in [LOOP, CALLS] {
        let program = made(tool, module, "250ms", &[], dir.path())?;
        let mut command = Command::new(&program);
        let child = command.stderr(Stdio::null()).spawn()?;
        let (mut status, mut usage) = (0, std::mem::MaybeUninit::<libc::rusage>::zeroed());
        // SAFETY: `child` hasn't been waited for, and both pointers are to their types.
        let waited = unsafe { libc::wait4(child.id() as i32, &mut status, 0, usage.as_mut_ptr()) };
        ensure!(
            waited == child.id() as i32,
            "{}",
            io::Error::last_os_error()
        );
        // SAFETY: the kernel has filled it in; zeroes are valid, too.
        let usage = unsafe { usage.assume_init() };
        let time = |time: libc::timeval| {
            Duration::from_secs(time.tv_sec as u64) + Duration::from_micros(time.tv_usec as u64)
        };
        let used = time(usage.ru_utime) + time(usage.ru_stime);
        ensure!(libc::WEXITSTATUS(status) == USED_UP, "status {status:#x}");
        let right = Duration::from_millis(249)..Duration::from_millis(300);
        ensure!(right.contains(&used), "used {used:?}");
    }
    Ok(())
}

fn waiting(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    made(tool, READS, "700ms", &[], dir.path())?;
    let mut command = target::shell("(sleep 1; echo) | $RUN ./program");
    command.current_dir(dir.path());
    let finished = Run::of(command).run()?;
    ensure!(finished.ends.is_success(), "{}", text(&finished.stderr));
    Ok(())
}

/// A shell that has used processor time executes the program in its own process. The limit
/// counts from the program's start.
fn before(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    made(tool, READS, "10ms", &[], dir.path())?;
    let script = "i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; times; exec ./program";
    let mut command = target::shell(script);
    command.current_dir(dir.path());
    let finished = Run::of(command).run()?;
    ensure!(finished.ends.is_success(), "{}", text(&finished.stderr));
    let times = text(&finished.stdout);
    ensure!(!times.starts_with("0m0.00"), "no time passed: {times}");
    Ok(())
}

fn refused(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let program = made(tool, LOOP, "20ms", &[], dir.path())?;
    for blocks in [false, true] {
        let mut command = Command::new(&program);
        if blocks {
            crate::support::block(&mut command, &[libc::SIGXCPU]);
        } else {
            crate::support::ignore(&mut command, &[libc::SIGXCPU]);
        }
        used_up(&Run::of(command).run()?, "20ms")?;
    }
    Ok(())
}

/// A guest that has broken the runtime ignores the signal: system call 13 (rt_sigaction) with
/// SIG_IGN, 1, for SIGXCPU. The kernel ends the program nevertheless.
fn corrupted(tool: &Tool) -> Result<()> {
    let module = r#"(module
        (import "wasi_snapshot_preview1" "clock_res_get" (func $call (param i32 i32) (result i32)))
        (memory (export "memory") 1)
        (func (export "_start")
            (i64.store (i32.const 256) (i64.const 1))
            (i64.store (i32.const 0) (i64.const 13)) (i64.store (i32.const 8) (i64.const 24))
            (i64.store (i32.const 16) (i64.const 256)) (i64.store (i32.const 32) (i64.const 8))
            (i64.store (i32.const 56) (i64.const 2))
            (drop (call $call (i32.const 0xbad) (i32.const 0)))
            (if (i64.ne (i64.load (i32.const 0)) (i64.const 0)) (then unreachable))
            (loop (br 0))))"#;
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "m.wasm", module)?;
    let flags = ["--max-cpu".into(), "100ms".into()];
    let program = shim::executable(tool, Target::LinuxAmd64, shim::CORRUPT, &module, &flags)?;
    let start = Instant::now();
    let finished = Run::of(Command::new(program)).run()?;
    ensure!(
        finished.ends == Ends::Signal(libc::SIGKILL),
        "{}: {}",
        finished.ends,
        text(&finished.stderr)
    );
    ensure!(start.elapsed() >= Duration::from_secs(1), "too early");
    Ok(())
}

/// A caller who sets RLIMIT_CPU sees that limit's signal.
fn ulimit(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    made(tool, LOOP, "1h", &[], dir.path())?;
    let mut command = target::shell("ulimit -t 1; exec ./program");
    command.current_dir(dir.path());
    let finished = Run::of(command).run()?;
    let ends = [Ends::Signal(libc::SIGXCPU), Ends::Signal(libc::SIGKILL)];
    ensure!(ends.contains(&finished.ends), "{}", finished.ends);
    ensure!(finished.stderr.is_empty(), "{}", text(&finished.stderr));
    Ok(())
}
