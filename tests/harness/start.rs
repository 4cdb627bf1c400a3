//! The `main` functions of the suites: they read the command line of libtest
//! (`NAME-PART`, `--list`, `--test-threads`), run the tests that it chooses, and exit with
//! its code.
//!
//! A suite makes its [`crate::tool::Tool`] while it makes its tests, and only the tests
//! hold it. They are all dropped when they have run, and the tool's directory with them:
//! `exit` would run no destructors.

use anyhow::Result;
use libtest_mimic::{Arguments, Conclusion, Trial};

/// Runs the tests.
pub fn main(trials: Vec<Trial>) -> ! {
    libtest_mimic::run(&Arguments::from_args(), trials).exit()
}

/// As [`main`], one test after the other: for tests that measure time or take gigabytes.
pub fn main_in_turn(trials: Vec<Trial>) -> ! {
    let mut args = Arguments::from_args();
    args.test_threads = Some(1);
    libtest_mimic::run(&args, trials).exit()
}

/// As [`main`], with `then` before the exit: for suites that write or judge a table of the
/// results of all their tests.
///
/// # Errors
/// Those of `then`.
pub fn main_then(trials: Vec<Trial>, then: impl FnOnce(&Conclusion) -> Result<()>) -> Result<()> {
    let conclusion = libtest_mimic::run(&Arguments::from_args(), trials);
    then(&conclusion)?;
    conclusion.exit()
}
