//! What if the functions that show goroutines on SIGQUIT aren't Go's? The runtime asks the module
//! to print, by a word above SP and a call of a function of the module's own. Whatever the
//! function does, the process ends: with 2 when the function comes back, by a trap when SP is no
//! address, and by the second SIGQUIT in any case.

use crate::module::{self, Named};
use anyhow::{Context, Result, ensure};
use harness::live::Live;
use harness::run::{Ends, Finished};
use harness::suite::with_tool;
use harness::support::{assemble, build};
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

const NAMES: &[Named] = &[
    ("sum", "main.sum", 0),
    ("guarded", "main.guarded", 2),
    ("morestack", "runtime.morestack", 0),
    ("gosched", "runtime.goschedImpl", 0),
    ("poll", "runtime.poll_oneoff", 0),
    ("fatal", "runtime.fatalthrow", 0),
];

struct Case {
    name: &'static str,
    /// The body of the function that is to print.
    fatal: &'static str,
    /// SP, and the `g` of the scheduler. The running `g` is at 0x3000.
    sp: &'static str,
    scheduler: &'static str,
    signals: u32,
    ends: Ends,
    /// What standard output has behind the first line, and how standard error begins.
    prints: &'static str,
    says: &'static str,
}

const SHOWS: &str = "SIGQUIT: quit\nPC=0x";
const NONE: &str = "NAME: SIGQUIT: quit, and no goroutine has given way\n";

/// The function comes back.
const CASE: Case = Case {
    name: "",
    fatal: "(call $print (i64.load offset=8 (global.get 0))) (i32.const 0)",
    sp: "0x7000",
    scheduler: "0x3000",
    signals: 1,
    ends: Ends::Exit(2),
    prints: "0000000000000001\n",
    says: SHOWS,
};

const CASES: &[Case] = &[
    Case {
        name: "it comes back",
        ..CASE
    },
    Case {
        name: "it comes back as if it had unwound",
        fatal: "(global.set 0 (i32.const -1)) (i32.const 1)",
        prints: "",
        ..CASE
    },
    Case {
        name: "it never comes back",
        fatal: "(loop $again (br $again)) (unreachable)",
        signals: 4,
        prints: "",
        ..CASE
    },
    Case {
        name: "SP is in front of the last word",
        sp: "65520",
        ..CASE
    },
    Case {
        name: "SP is behind memory",
        sp: "65521",
        ends: Ends::Exit(134),
        prints: "",
        ..CASE
    },
    Case {
        name: "SP plus a word wraps around",
        sp: "-4",
        ends: Ends::Exit(134),
        prints: "",
        ..CASE
    },
    Case {
        name: "it isn't the scheduler that asks",
        scheduler: "0x3008",
        prints: "",
        says: NONE,
        ..CASE
    },
    Case {
        name: "there is no scheduler",
        scheduler: "-1",
        prints: "",
        says: NONE,
        ..CASE
    },
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let trusted = CASES.iter().map(|case| {
        let name = format!("quitting/{}", case.name);
        with_tool(name, tool, |tool| case.check(tool))
    });
    let untrusted = with_tool("quitting/nothing is trusted", tool, |tool| {
        let finished = CASE.run(tool, &["--no-go-trust"])?;
        let ends = finished.ends;
        ensure!(ends == Ends::Signal(libc::SIGQUIT), "{ends}");
        Ok(())
    });
    trusted.chain([untrusted]).collect()
}

impl Case {
    fn module(&self) -> Result<String> {
        let variant = format!(
            "(func $gosched (param i32) (result i32) (i32.const 0))
  (func $poll (param i32) (result i32) (i32.const 0))
  (func $fatal (param i32) (result i32) {})
  (func $variant
    (i64.store (i32.const 0x3030) (i64.const 0x3100))
    (i64.store (i32.const 0x3100) (i64.const {}))
    (global.set $g (i64.const 0x3000))
    (global.set 0 (i32.const {}))
    (call $print (i64.const 0))
    (loop $again (drop (call $gosched (i32.const 0))) (br $again)))",
            self.fatal, self.scheduler, self.sp
        );
        module::text(&[("(func $variant)", &variant)], NAMES)
    }

    fn run(&self, tool: &Tool, flags: &[&str]) -> Result<Finished> {
        let dir = tempfile::tempdir()?;
        let program = dir.path().join("program");
        let module = assemble(dir.path(), "module", &self.module()?)?;
        build(tool, &module, &program, flags)?;
        let live = Live::start(target::command(&program), None, None, None)?;
        live.until("0000000000000000\n")?;
        for _ in 0..self.signals {
            // Long enough that the kernel doesn't make one signal of two.
            thread::sleep(Duration::from_millis(300));
            live.signal(Signal::QUIT)?;
        }
        live.ended()
    }

    fn check(&self, tool: &Tool) -> Result<()> {
        let finished = self.run(tool, &[])?;
        let out = String::from_utf8_lossy(&finished.stdout);
        let error = String::from_utf8_lossy(&finished.stderr);
        ensure!(finished.ends == self.ends, "{}: {error}", finished.ends);
        let printed = out.split_once("0000000000000000\n").context("nothing")?.1;
        ensure!(printed == self.prints, "{out}");
        // The program's name is a path.
        let says = self
            .says
            .strip_prefix("NAME")
            .map_or_else(|| error.starts_with(self.says), |rest| error.contains(rest));
        ensure!(says, "{error}");
        Ok(())
    }
}
