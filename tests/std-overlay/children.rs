//! The processes that tests of `os/signal` would start, which no program for wasip1 can. Each is
//! the test binary with arguments, so this suite starts it, and expects what the test does.

use crate::exec::{self, Go};
use anyhow::{Result, ensure};
use harness::run::Ends;

/// A process.
#[derive(Debug)]
pub struct Child {
    pub name: &'static str,
    prefix: &'static [&'static str],
    test: &'static str,
    words: &'static [&'static str],
    variable: Option<(&'static str, &'static str)>,
    /// How often it is started.
    times: u32,
    ends: Expected,
}

/// How a process ends, as `go test` tells.
#[derive(Debug)]
enum Expected {
    /// The tests pass, and print this.
    Pass(&'static str),
    /// The test fails with this text.
    Fail(&'static str),
    /// A signal of this name ends the process.
    Signal(&'static str),
    /// Either the tests pass without printing the text, or the signal ends the process.
    PassWithoutOrSignal(&'static str, &'static str),
}

/// Whatever this suite was started with: HUP and INT aren't ignored.
const PLAIN: &[&str] = &["env", "--default-signal=HUP,INT"];
const NOHUP: &[&str] = &["nohup"];

const CHILD: Child = Child {
    name: "",
    prefix: PLAIN,
    test: "",
    words: &[],
    variable: None,
    times: 1,
    ends: Expected::Pass(""),
};

pub const CHILDREN: &[Child] = &[
    Child {
        name: "TestDetectNohup",
        test: "TestDetectNohup",
        words: &["-check_sighup_ignored"],
        ends: Expected::Fail("SIGHUP is not ignored."),
        ..CHILD
    },
    Child {
        name: "TestDetectNohup, nohup",
        prefix: NOHUP,
        test: "TestDetectNohup",
        words: &["-check_sighup_ignored"],
        ends: Expected::Pass("SIGHUP is ignored."),
        ..CHILD
    },
    Child {
        name: "TestNohup/uncaught/1",
        test: "TestStop",
        words: &["-send_uncaught_sighup=1", "-die_from_sighup"],
        ends: Expected::Signal("hangup"),
        ..CHILD
    },
    Child {
        name: "TestNohup/uncaught/2",
        test: "TestStop",
        words: &["-send_uncaught_sighup=2", "-die_from_sighup"],
        ends: Expected::Signal("hangup"),
        ..CHILD
    },
    Child {
        name: "TestNohup/nohup/1",
        prefix: NOHUP,
        test: "TestStop",
        words: &["-send_uncaught_sighup=1"],
        ends: Expected::Pass("--- PASS: TestStop/hangup"),
        ..CHILD
    },
    Child {
        name: "TestNohup/nohup/2",
        prefix: NOHUP,
        test: "TestStop",
        words: &["-send_uncaught_sighup=2"],
        ends: Expected::Pass("--- PASS: TestStop/hangup"),
        ..CHILD
    },
    Child {
        name: "TestAtomicStop",
        test: "TestAtomicStop",
        variable: Some(("GO_TEST_ATOMIC_STOP", "1")),
        times: 5,
        ends: Expected::PassWithoutOrSignal("lost signal", "interrupt"),
        ..CHILD
    },
    Child {
        name: "TestNotifyContextNotifications/once",
        test: "TestNotifyContextNotifications",
        words: &["-check_notify_ctx", "-ctx_notify_times=1"],
        ends: Expected::Pass("received SIGINT\n"),
        ..CHILD
    },
    Child {
        name: "TestNotifyContextNotifications/multiple",
        test: "TestNotifyContextNotifications",
        words: &["-check_notify_ctx", "-ctx_notify_times=10"],
        ends: Expected::Pass("received SIGINT\n"),
        ..CHILD
    },
];

impl Child {
    pub fn check(&self, go: &Go) -> Result<()> {
        let only = format!("-run=^{}$", self.test);
        for _ in 0..self.times {
            let mut command = go.test(self.prefix, &["-v", &only, "os/signal", "-args"])?;
            command.args(self.words).envs(self.variable);
            let done = exec::run(command)?;
            let printed = String::from_utf8_lossy(&done.stdout);
            let passes = done.ends == Ends::Exit(0) && printed.contains("\nok  \tos/signal\t");
            let ended = |signal: &str| {
                done.ends == Ends::Exit(1) && printed.contains(&format!("signal: {signal}\n"))
            };
            let as_expected = match self.ends {
                Expected::Pass(text) => passes && printed.contains(text),
                Expected::Fail(text) => {
                    let failed = format!("--- FAIL: {}", self.test);
                    done.ends == Ends::Exit(1)
                        && printed.contains(text)
                        && printed.contains(&failed)
                }
                Expected::Signal(signal) => ended(signal),
                Expected::PassWithoutOrSignal(text, signal) => {
                    !printed.contains(text) && (passes || ended(signal))
                }
            };
            ensure!(
                as_expected,
                "not {:?}: {}\n{printed}{}",
                self.ends,
                done.ends,
                String::from_utf8_lossy(&done.stderr)
            );
        }
        Ok(())
    }
}
