//! A program with what it prints and how it ends.

use anyhow::{Context, Result, ensure};
use harness::agree::{self, End, Seen};
use harness::run::Ends;
use harness::suite::test;
use harness::tool::Tool;
use harness::ways::ways;
use libtest_mimic::Trial;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// What one number that a program prints may be.
#[derive(Debug, Clone)]
pub enum Want {
    Exactly(u64),
    /// A NaN of this many bits: canonical if the flag is set, else any that is
    /// quiet (core specification, "NaN Propagation"), of either sign.
    Nan(u32, bool),
}

/// A program of one function, which prints numbers.
#[derive(Debug)]
pub struct Program {
    pub name: String,
    /// Limits of its memory, in pages.
    pub memory: &'static str,
    /// What the module has beside `print.wat`.
    pub items: String,
    pub body: String,
    pub prints: Vec<Want>,
    /// In wasi-aot's words; empty for none.
    pub trap: &'static str,
}

/// A program that prints these numbers and ends with this trap, or none.
pub fn program(name: &str, body: &str, prints: &[u64], trap: &'static str) -> Program {
    Program {
        name: name.into(),
        memory: "1",
        items: String::new(),
        body: body.into(),
        prints: prints.iter().copied().map(Want::Exactly).collect(),
        trap,
    }
}

impl Program {
    pub fn with(mut self, items: &str) -> Self {
        self.items = items.into();
        self
    }

    pub fn memory(mut self, limits: &'static str) -> Self {
        self.memory = limits;
        self
    }

    /// Its module, in `dir`.
    pub fn module(&self, dir: &Path) -> Result<PathBuf> {
        let (from, to) = ("\"memory\") 1)", format!("\"memory\") {})", self.memory));
        let print = include_str!("../cli/print.wat");
        ensure!(print.contains(from), "print.wat has another memory");
        let text = format!(
            r#"(module {} {} (func $main (export "_start") {}))"#,
            print.replace(from, &to),
            self.items,
            self.body
        );
        agree::assemble(dir, &text)
    }

    fn check(&self, tool: &Tool) -> Result<()> {
        let dir = tempfile::tempdir()?;
        let module = self.module(dir.path())?;
        let reference = agree::wasmtime(&module)?;
        self.judge(&reference).context("under wasmtime")?;
        let program = dir.path().join("program");
        for flags in ways() {
            agree::build(tool, &module, &program, &flags)?;
            self.judge(&agree::run(&program)?)
                .with_context(|| flags.join(" "))?;
        }
        Ok(())
    }

    /// Holds `seen` to what is expected.
    pub fn judge(&self, seen: &Seen) -> Result<()> {
        let end = match self.trap {
            "" => End::Normal(Ends::Exit(0)),
            trap => End::trap(trap).context("no such trap")?,
        };
        ensure!(seen.end == end, "{:?}, not {end:?}", seen.end);
        let printed = String::from_utf8_lossy(&seen.stdout);
        let mut before = String::new();
        let mut lines = printed.lines();
        for (i, want) in self.prints.iter().enumerate() {
            let line = lines.next().with_context(|| format!("no number {i}"))?;
            let number = u64::from_str_radix(line, 16)?;
            ensure!(
                want.allows(number),
                "number {i} is {number:#x}, not {want:x?}"
            );
            write!(before, "{line} ")?;
        }
        ensure!(lines.next().is_none(), "more than {before}: {printed}");
        Ok(())
    }
}

impl Want {
    fn allows(&self, number: u64) -> bool {
        match *self {
            Self::Exactly(want) => number == want,
            Self::Nan(32, canonical) => is_nan(number, 8, 23, canonical),
            Self::Nan(_, canonical) => is_nan(number, 11, 52, canonical),
        }
    }
}

/// Whether these are the bits of such a NaN.
fn is_nan(bits: u64, exponent: u32, fraction: u32, canonical: bool) -> bool {
    let quiet = 1 << (fraction - 1);
    let ones = ((1 << exponent) - 1) << fraction;
    let sign = 1 << (exponent + fraction);
    let magnitude = bits & !sign;
    let wanted = ones | quiet;
    if canonical {
        magnitude == wanted
    } else {
        magnitude & wanted == wanted && magnitude <= ones | (quiet << 1).wrapping_sub(1)
    }
}

pub fn trials(group: &str, programs: Vec<Program>, tool: &Arc<Tool>) -> Vec<Trial> {
    let one = |program: Program| {
        let tool = Arc::clone(tool);
        let name = format!("{group}/{}", program.name);
        test(name, move || program.check(&tool))
    };
    programs.into_iter().map(one).collect()
}
