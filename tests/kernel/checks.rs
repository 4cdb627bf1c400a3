//! What is checked on each machine. Programs of Go do what native Go does there, but
//! where something else is stated.

use crate::attempts;
use crate::machines::Machine;
use anyhow::Result;
use serde_json::{Value, json};

/// System calls by their numbers on aarch64, which are those of uapi
/// `asm-generic/unistd.h`.
const SECCOMP: u32 = 277;
const OPENAT: u32 = 56;
const OPENAT2: u32 = 437;

/// What kernels before 5.1 don't have begins with this number on every processor; what
/// those before 3.17 don't, on aarch64, with `seccomp` and `getrandom`.
const SINCE_5_1: u32 = 424;

const ENOSYS: i32 = 38;
const EPERM: i32 = 1;

/// An executable of a machine.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Program {
    /// A guest of the tests, or a module of [`crate::modules`].
    pub guest: &'static str,
    /// Built by Go for the machine, or else by wasi-aot with these flags.
    pub native: bool,
    pub flags: &'static [&'static str],
}

impl Program {
    const fn native(guest: &'static str) -> Self {
        Self {
            guest,
            native: true,
            flags: &[],
        }
    }

    const fn ours(guest: &'static str, flags: &'static [&'static str]) -> Self {
        Self {
            guest,
            native: false,
            flags,
        }
    }

    /// Where it is on the machine.
    pub fn path(&self) -> String {
        let kind = if self.native { "native" } else { "ours" };
        let flags = self.flags.concat().replace(['/', ' '], "_");
        format!("/bin/{}-{kind}{flags}", self.guest)
    }
}

/// How a check looks at its program: see the guest `machine`.
#[derive(Debug, Clone)]
pub enum Look {
    Run,
    /// Compares with the native guest.
    Same,
    /// Looks for so many filters around it.
    Fenced(u32),
    /// Has the native guest `client` play this scenario.
    Serves(&'static str),
    /// Finds it in this system call.
    Sleeps(u32),
}

/// A check.
#[derive(Debug, Clone)]
pub struct Check {
    pub name: String,
    look: Look,
    program: Program,
    args: Vec<String>,
    /// System calls from this number on fail with this errno.
    lacking: Option<(u32, i32)>,
    without: Option<&'static str>,
    exit: i32,
    signal: i32,
    stdout: &'static str,
    stderr: &'static str,
    result: Option<i32>,
}

impl Check {
    fn new(name: impl Into<String>, look: Look, program: &Program, args: &[&str]) -> Self {
        Self {
            name: name.into(),
            look,
            program: program.clone(),
            args: args.iter().map(ToString::to_string).collect(),
            lacking: None,
            without: None,
            exit: 0,
            signal: 0,
            stdout: "",
            stderr: "",
            result: None,
        }
    }

    fn exits(mut self, exit: i32) -> Self {
        self.exit = exit;
        self
    }

    fn says(mut self, stdout: &'static str, stderr: &'static str) -> Self {
        (self.stdout, self.stderr) = (stdout, stderr);
        self
    }

    fn lacking(mut self, from: u32, errno: i32) -> Self {
        self.lacking = Some((from, errno));
        let errno = if errno == ENOSYS { "ENOSYS" } else { "EPERM" };
        self.name = format!("{}, {errno} from call {from} on", self.name);
        self
    }

    /// All that the machine needs for it.
    pub fn programs(&self) -> impl Iterator<Item = &Program> {
        [Some(&self.program), self.native()].into_iter().flatten()
    }

    fn native(&self) -> Option<&Program> {
        const CLIENT: &Program = &Program::native("client");
        const NATIVE: &[Program] = &[
            Program::native("concurrency"),
            Program::native("failure"),
            Program::native("files"),
            Program::native("numeric"),
        ];
        match self.look {
            Look::Serves(_) => Some(CLIENT),
            Look::Same => NATIVE
                .iter()
                .find(|program| program.guest == self.program.guest),
            _ => None,
        }
    }

    /// A line of the plan.
    pub fn to_json(&self) -> Value {
        let mut program = vec![self.program.path()];
        program.extend(self.args.iter().cloned());
        if let Some((from, errno)) = self.lacking {
            let prefix = ["/init".into(), "lacking".into(), from.to_string()];
            program.splice(0..0, prefix.into_iter().chain([errno.to_string()]));
        }
        let mut native: Vec<_> = self.native().map(Program::path).into_iter().collect();
        let (kind, number) = match self.look {
            Look::Run => ("run", 0),
            Look::Same => ("same", 0),
            Look::Fenced(filters) => ("fenced", filters),
            Look::Serves(_) => ("serves", 0),
            Look::Sleeps(call) => ("sleeps", call),
        };
        match self.look {
            Look::Serves(scenario) => native.extend([scenario.into(), ADDRESS.into()]),
            _ => native.extend(self.args.iter().cloned()),
        }
        let env = self
            .without
            .map(|layer| format!("WASI_AOT_WITHOUT={layer}"));
        json!({
            "Name": self.name,
            "Kind": kind,
            "Program": program,
            "Native": native,
            "Env": env.as_slice(),
            "Exit": self.exit,
            "Signal": self.signal,
            "Stdout": self.stdout,
            "Stderr": self.stderr,
            "Result": self.result,
            "Number": number,
        })
    }
}

const ADDRESS: &str = "127.0.0.1:8080";

const HELLO: Program = Program::ours("hello", &[]);
const FILES: Program = Program::ours("files", &["--dir", "."]);
const FAILURE: Program = Program::ours("failure", &[]);
const CONCURRENCY: Program = Program::ours("concurrency", &[]);
const NUMERIC: Program = Program::ours("numeric", &[]);
const STDIO: Program = Program::ours("stdio", &[]);
const SERVER: Program = Program::ours("server", &["--listen", ADDRESS]);

/// The checks of a machine, each with a name of its own.
pub fn on(machine: &Machine) -> Result<Vec<Check>> {
    let mut checks = same();
    checks.extend(failures());
    checks.extend(modules());
    checks.extend(fences());
    checks.extend(older());
    checks.extend(attempts::behind_fences(machine.landlock));
    let mut names: Vec<_> = checks.iter().map(|check| &check.name).collect();
    names.sort();
    let all = names.len();
    names.dedup();
    anyhow::ensure!(names.len() == all, "BUG: two checks have the same name");
    Ok(checks)
}

/// Commands of guests that do what the native guest does.
fn same() -> Vec<Check> {
    const FILE_COMMANDS: &[&str] = &[
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
    const CONCURRENCY_COMMANDS: &[&str] = &[
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
    // Not "convert": a negative float as uint64 is what the processor makes of it.
    const NUMERIC_COMMANDS: &[&str] = &["integers", "floats", "bits"];
    let mut checks = vec![
        Check::new("hello", Look::Run, &HELLO, &[]).says("hello", ""),
        // In which order native Go runs timers that are due at once depends on its luck.
        Check::new("concurrency timers", Look::Run, &CONCURRENCY, &["timers"])
            .says("true true\ntimeout\nreset", ""),
    ];
    for (program, commands) in [
        (FILES, FILE_COMMANDS),
        (CONCURRENCY, CONCURRENCY_COMMANDS),
        (NUMERIC, NUMERIC_COMMANDS),
    ] {
        checks.extend(commands.iter().map(|command| {
            let name = format!("{} {command}", program.guest);
            Check::new(name, Look::Same, &program, &[command])
        }));
    }
    checks
}

/// Go's own failures, deep stacks and what needs a timer.
fn failures() -> Vec<Check> {
    let check = |name: &str, args: &[&str]| Check::new(name, Look::Same, &FAILURE, args);
    let panics = [
        ("nil", "nil pointer dereference"),
        ("divide", "integer divide by zero"),
        ("index", "index out of range"),
        ("deadlock", "all goroutines are asleep"),
    ];
    let mut checks: Vec<_> = panics
        .map(|(command, says)| {
            let name = format!("a panic, {command}");
            let args: &[&str] = if command == "index" {
                &["index", "7"]
            } else {
                &[command]
            };
            check(&name, args).exits(2).says("before", says)
        })
        .into();
    checks.extend([
        check("recovered panics", &["recover"]),
        check("a deep panic", &["deep-recover", "100000"]),
        check("deep recursion", &["recursion", "3000000"]),
        check("200 MiB", &["memory", "200"]),
        Check::new("preemption", Look::Run, &CONCURRENCY, &["preempted"])
            .says("both had a turn: true", ""),
    ]);
    checks
}

/// Modules that Go doesn't make: traps, memories, a preload.
fn modules() -> Vec<Check> {
    crate::modules::MODULES
        .iter()
        .filter(|module| module.name != crate::modules::SLEEPER)
        .map(|module| {
            // A smaller stack is overflowed sooner.
            let program = Program::ours(module.name, &["--stack-size", "16MiB"]);
            let exit = if module.says.is_empty() { 0 } else { 134 };
            Check::new(module.name, Look::Run, &program, &[])
                .exits(exit)
                .says("", module.says)
        })
        .collect()
}

/// That both fences stand while a program runs, that nothing it needs is behind them,
/// and which call resolves paths.
fn fences() -> Vec<Check> {
    const OPEN: Program = Program::ours("stdio", &["--no-harden"]);
    const SLEEPER: Program = Program::ours(crate::modules::SLEEPER, &["--dir", "."]);
    let lines = &["lines"];
    let escape = ["escape", "/secret"];
    let mut checks = vec![
        Check::new("one filter", Look::Fenced(1), &STDIO, lines),
        Check::new("--no-harden", Look::Fenced(0), &OPEN, lines),
        Check::new("ways out of a grant", Look::Run, &FILES, &escape)
            .says("write /secret: true", ""),
        Check::new("paths by openat2", Look::Sleeps(OPENAT2), &SLEEPER, &[]),
        Check::new("paths by walking", Look::Sleeps(OPENAT), &SLEEPER, &[])
            .lacking(SINCE_5_1, ENOSYS),
    ];
    checks.extend(["requests", "leaving", "waiting"].map(|scenario| {
        let name = format!("a server, {scenario}");
        Check::new(name, Look::Serves(scenario), &SERVER, &[])
    }));
    checks
}

/// What a kernel lacks, or a container forbids, makes no difference to programs.
fn older() -> Vec<Check> {
    let mut checks = Vec::new();
    for errno in [ENOSYS, EPERM] {
        for command in [
            "write", "open", "times", "readdir", "rename", "links", "walk",
        ] {
            let name = format!("files {command}");
            let check = Check::new(name, Look::Same, &FILES, &[command]);
            checks.push(check.lacking(SINCE_5_1, errno));
        }
        let escape = Check::new("ways out", Look::Run, &FILES, &["escape", "/secret"]);
        checks.push(
            escape
                .says("write /secret: true", "")
                .lacking(SINCE_5_1, errno),
        );
        // The filter by prctl.
        let fenced = Check::new("a filter", Look::Fenced(2), &STDIO, &["lines"]);
        checks.push(fenced.lacking(SECCOMP, errno));
        let hello = Check::new("hello", Look::Run, &HELLO, &[]).says("hello", "");
        checks.push(hello.lacking(SECCOMP, errno));
    }
    checks
}

/// The guest `corrupt` makes `calls`, of which the last one has this result, or is what
/// the process dies of (`None`).
pub fn attempt(
    name: String,
    flags: &'static [&'static str],
    calls: &str,
    without: Option<&'static str>,
    result: Option<i32>,
) -> Check {
    const SIGSYS: i32 = 31;
    let program = Program::ours("corrupt", flags);
    let args: Vec<&str> = calls.split_whitespace().collect();
    let mut check = Check::new(name, Look::Run, &program, &args);
    check.without = without;
    check.result = result;
    check.signal = if result.is_none() { SIGSYS } else { 0 };
    check
}
