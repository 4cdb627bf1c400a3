//! The checks of each machine. A Go program must do what native Go does on that machine, unless
//! the check states something else.

use crate::attempts;
use crate::check::Check;
use crate::machines::Machine;
use crate::modules::{MODULES, SLEEPER};
use anyhow::{Result, ensure};
use harness::fences::landlock_stands;
use libc::{ENOSYS, EPERM};
use std::collections::BTreeSet;

/// Numbers of system calls on aarch64 (uapi `asm-generic/unistd.h`).
const SECCOMP: u32 = 277;
const OPENAT: u32 = 56;
const OPENAT2: u32 = 437;

/// Kernels before 5.1 have no calls from this number on, on every processor. On aarch64 kernels
/// before 3.17 have none from `seccomp` on, and no `getrandom`.
const SINCE_5_1: u32 = 424;

/// Flags of the guest `files`: a grant of its working directory.
const HERE: &[&str] = &["--dir", "."];

/// The checks of a machine. Their names differ.
///
/// # Errors
/// If two have the same name.
pub fn on(machine: &Machine) -> Result<Vec<Check>> {
    let mut checks = same();
    checks.extend(failures());
    checks.extend(modules());
    checks.extend(fences(machine.landlock));
    checks.extend(older());
    checks.extend(attempts::behind_fences(machine.landlock));
    let names: BTreeSet<_> = checks.iter().map(|check| &check.name).collect();
    ensure!(
        names.len() == checks.len(),
        "BUG: two checks have the same name"
    );
    Ok(checks)
}

fn hello() -> Check {
    Check::run("hello", "hello", &[], &[]).says("hello", "")
}

fn files(command: &str) -> Check {
    Check::run(format!("files {command}"), "files", HERE, &[command]).as_native()
}

/// Commands of guests that do what the native guest does.
fn same() -> Vec<Check> {
    const FILES: &[&str] = &[
        "write",
        "open",
        "append",
        "seek",
        "at",
        "truncate",
        "times",
        "stat",
        "mkdir",
        "readdir",
        "rename",
        "remove",
        "links",
        "walk",
        "large-dir",
        "temp",
        "chdir",
        "odd-names",
        "sync",
        "closed",
        "many-open",
    ];
    const CONCURRENCY: &[&str] = &[
        "pipeline",
        "unbuffered",
        "selects",
        "workers",
        "stacks",
        "collector",
        "tickers",
        "context",
        "mutex",
        "cond",
        "once",
        "pool",
        "syncmap",
        "atomic",
        "generics",
    ];
    // Not "convert": the processor decides on a negative float as uint64.
    const NUMERIC: &[&str] = &["integers", "floats", "bits"];
    let mut checks = vec![
        hello(),
        // Native Go runs timers that are due at the same time in any order.
        Check::run("concurrency timers", "concurrency", &[], &["timers"])
            .says("true true\ntimeout\nreset", ""),
    ];
    checks.extend(FILES.iter().map(|command| files(command)));
    for (guest, commands) in [("concurrency", CONCURRENCY), ("numeric", NUMERIC)] {
        checks.extend(commands.iter().map(|command| {
            Check::run(format!("{guest} {command}"), guest, &[], &[command]).as_native()
        }));
    }
    checks
}

/// Go's own failures, deep stacks, and cases that need a timer.
fn failures() -> Vec<Check> {
    let check = |name: &str, args: &[&str]| Check::run(name, "failure", &[], args).as_native();
    let panics = |args: &[&str], says| {
        let name = format!("a panic, {}", args[0]);
        check(&name, args).exits(2).says("before", says)
    };
    vec![
        panics(&["nil"], "nil pointer dereference"),
        panics(&["divide"], "integer divide by zero"),
        panics(&["index", "7"], "index out of range"),
        panics(&["deadlock"], "all goroutines are asleep"),
        check("recovered panics", &["recover"]),
        check("a deep panic", &["deep-recover", "100000"]),
        check("deep recursion", &["recursion", "3000000"]),
        check("200 MiB", &["memory", "200"]),
        Check::run("preemption", "concurrency", &[], &["preempted"])
            .says("both had a turn: true", ""),
    ]
}

/// Hand-written modules: traps, memories, a preload.
fn modules() -> Vec<Check> {
    // A smaller stack overflows sooner.
    let flags = &["--stack-size", "16MiB"];
    MODULES
        .iter()
        .filter(|module| module.name != SLEEPER)
        .map(|module| {
            let exit = if module.says.is_empty() { 0 } else { 134 };
            Check::run(module.name, module.name, flags, &[])
                .exits(exit)
                .says("", module.says)
        })
        .collect()
}

/// The guest prints lines until its input ends.
fn lines(name: &str, flags: &'static [&'static str]) -> Check {
    Check::run(name, "stdio", flags, &["lines"])
}

fn escape(name: &str) -> Check {
    Check::run(name, "files", HERE, &["escape", "/secret"]).says("write /secret: true", "")
}

/// Both layers are raised while a program runs, a program can do everything that it needs, and
/// the expected call resolves paths.
fn fences(landlock_version: u32) -> Vec<Check> {
    const ADDRESS: &str = "127.0.0.1:8080";
    // If this version of Landlock doesn't see O_TRUNC, seccomp refuses openat2.
    let blind = landlock_version < 3 && landlock_stands(landlock_version, true);
    let resolving = if blind { OPENAT } else { OPENAT2 };
    let sleeper = |name: &str, call| Check::run(name, SLEEPER, HERE, &[]).sleeps(call);
    let mut checks = vec![
        lines("one filter", &[]).fenced(1),
        lines("--no-harden", &["--no-harden"]).fenced(0),
        escape("ways out of a grant"),
        sleeper("paths by what is there", resolving),
        sleeper("paths by walking", OPENAT).lacking(SINCE_5_1, ENOSYS),
    ];
    checks.extend(["requests", "leaving", "waiting"].map(|scenario| {
        let name = format!("a server, {scenario}");
        Check::run(name, "server", &["--listen", ADDRESS], &[]).serves(scenario, ADDRESS)
    }));
    checks
}

/// Programs do the same if the kernel lacks a call, or a container forbids it.
fn older() -> Vec<Check> {
    let mut checks = Vec::new();
    for errno in [ENOSYS, EPERM] {
        let since_5_1 = [
            "write", "open", "times", "readdir", "rename", "links", "walk",
        ]
        .map(files)
        .into_iter()
        .chain([escape("ways out")]);
        checks.extend(since_5_1.map(|check| check.lacking(SINCE_5_1, errno)));
        // The filter by prctl.
        checks.push(lines("a filter", &[]).fenced(2).lacking(SECCOMP, errno));
        checks.push(hello().lacking(SECCOMP, errno));
    }
    checks
}
