//! The tests that don't pass, with the reason. If one of them passes, or is skipped instead of
//! failing, its case fails, so that the lists stay exact.

use harness::gotest::Verdict;
use std::fmt::Write as _;
use std::ops::RangeInclusive;

/// Tests of a package that fail, or are skipped, for one reason.
struct Known {
    package: &'static str,
    verdict: Verdict,
    why: &'static str,
    /// Each with the minor versions of Go 1 that it is meant for.
    tests: &'static [(&'static str, RangeInclusive<u32>)],
}

const ALL: RangeInclusive<u32> = 0..=u32::MAX;
const SINCE_24: RangeInclusive<u32> = 24..=u32::MAX;
const SINCE_27: RangeInclusive<u32> = 27..=u32::MAX;
const ONLY_21: RangeInclusive<u32> = 21..=21;
const ONLY_24: RangeInclusive<u32> = 24..=24;

const fn fail(
    package: &'static str,
    why: &'static str,
    tests: &'static [(&'static str, RangeInclusive<u32>)],
) -> Known {
    Known {
        package,
        verdict: Verdict::Fail,
        why,
        tests,
    }
}

const fn skip(
    package: &'static str,
    why: &'static str,
    tests: &'static [(&'static str, RangeInclusive<u32>)],
) -> Known {
    Known {
        verdict: Verdict::Skip,
        ..fail(package, why, tests)
    }
}

const NO_PROCESSES: &str = "a program for wasip1 can't start processes (os/exec)";
const SHORT: &str = "the package is tested with -short";
const NO_ACCESS: &str = "a file or directory of mode 000 gets no other mode: path_set_mode must \
    open what it changes";
const OTHER_SYSTEM: &str = "the test is for another system";

const KNOWN: &[Known] = &[
    fail(
        "os",
        "preview 1 can't make pipes",
        &[
            ("TestNewFileBlock", ALL),
            ("TestNewFileNonBlock", ALL),
            ("TestPipeCloseRace", ALL),
            ("TestPipeIOCloseRace", ALL),
            ("TestPipeThreads", ALL),
            ("TestSeekError", ALL),
        ],
    ),
    fail(
        "os",
        "neither preview 1 nor wasi_aot_os_1 can set owners",
        &[
            ("TestChown", ALL),
            ("TestFileChown", ALL),
            ("TestRootChown", SINCE_27),
            ("TestRootConsistencyChown", SINCE_27),
            ("TestRootConsistencyLchown", SINCE_27),
            ("TestRootLchown", SINCE_27),
        ],
    ),
    fail(
        "os",
        "modes have the bits of 0777, so the sticky bit can't be set",
        &[("TestMkdirStickyUmask", ALL)],
    ),
    fail(
        "os",
        "Go's working directory is an absolute path on wasip1, and Linux takes 4,095 bytes at most",
        &[
            ("TestGetwdDeep", SINCE_24),
            ("TestGetwdDeepWithPWDSet", SINCE_24),
        ],
    ),
    fail(
        "os",
        NO_ACCESS,
        &[
            ("TestRemoveAll", ALL),
            ("TestRootChmod", SINCE_27),
            ("TestRootConsistencyRemoveAll", SINCE_27),
        ],
    ),
    fail(
        "os",
        "Go's syscall for wasip1 cleans paths: it drops dots, a slash at the end, and \"..\" \
         behind symbolic links (go.dev/issue/69509)",
        &[
            ("TestRootConsistencyChmod", SINCE_27),
            ("TestRootConsistencyCreate", SINCE_24),
            ("TestRootConsistencyLink", SINCE_27),
            ("TestRootConsistencyLstat", SINCE_24),
            ("TestRootConsistencyMkdir", SINCE_24),
            ("TestRootConsistencyMkdirAll", SINCE_27),
            ("TestRootConsistencyOpen", SINCE_24),
            ("TestRootConsistencyReadlink", SINCE_27),
            ("TestRootConsistencyRemove", SINCE_24),
            ("TestRootConsistencyRename", SINCE_27),
            ("TestRootConsistencyStat", SINCE_24),
            ("TestRootConsistencySymlink", SINCE_27),
            ("TestRootMultiMkdir", SINCE_27),
            ("TestRootMultiMkdirAllShallow", SINCE_27),
            ("TestRootMultiRemove", SINCE_27),
            ("TestRootMultiRename", SINCE_27),
        ],
    ),
    fail(
        "os",
        "no file is created through a symbolic link that leads nowhere while the executable lies \
         in a --dir (docs/OS-ABI.md)",
        &[
            ("TestRootMultiCreate", SINCE_27),
            ("TestRootMultiWriteFile", SINCE_27),
        ],
    ),
    fail(
        "path/filepath",
        NO_ACCESS,
        &[("TestWalk", ALL), ("TestWalkDir", ALL)],
    ),
    skip(
        "os",
        NO_PROCESSES,
        &[
            ("TestExecutable", ALL),
            ("TestExecutableDeleted", ALL),
            ("TestFileChdirTestlog", SINCE_27),
            ("TestGetppid", ALL),
            ("TestHostname", ALL),
            ("TestKillFindProcess", ALL),
            ("TestKillStartProcess", ALL),
            ("TestProcessReleaseTwice", SINCE_24),
            ("TestProcessWithHandleUnsupported", SINCE_27),
            ("TestStartProcess", ALL),
            ("TestStatStdin", ALL),
        ],
    ),
    skip(
        "os",
        "neither preview 1 nor wasi_aot_os_1 can set owners",
        &[("TestLchown", ALL)],
    ),
    skip(
        "os",
        "the test runs by a flag, or on Go's own builders",
        &[
            ("TestLargeWriteToConsole", ALL),
            ("TestMkdirAllAtSlash", ALL),
        ],
    ),
    skip(
        "os",
        OTHER_SYSTEM,
        &[
            ("TestRemoveAllLongPath", ALL),
            ("TestRemoveAllNoFcntl", ALL),
            ("TestStatConsole", SINCE_24),
        ],
    ),
    skip(
        "os",
        "Go skips the test on each system (go.dev/issue/49580)",
        &[("TestCopyFSWithSymlinks", ONLY_24)],
    ),
    skip(
        "os/signal",
        "a program for wasip1 can't start processes (os/exec); what the test would start runs by \
         itself (children.rs)",
        &[("TestAtomicStop", ALL), ("TestDetectNohup", ALL)],
    ),
    skip(
        "time",
        SHORT,
        &[
            ("TestCountMallocs", ALL),
            ("TestLongAdjustTimers", SINCE_27),
            ("TestMultiWakeupTicker", SINCE_24),
            ("TestMultiWakeupTimer", SINCE_24),
            ("TestZeroTimer", ONLY_21),
        ],
    ),
    skip("path/filepath", OTHER_SYSTEM, &[("TestWindowsGlob", ALL)]),
    skip("syscall", NO_PROCESSES, &[("TestExecErrPermutedFds", ALL)]),
];

/// The entries for a package and a minor version of Go 1.
fn entries(package: &str, minor: u32) -> impl Iterator<Item = (&'static str, Verdict)> {
    let of = move |known: &&Known| known.package == package;
    KNOWN.iter().filter(of).flat_map(move |known| {
        let meant = known.tests.iter().filter(move |(_, m)| m.contains(&minor));
        meant.map(|(test, _)| (*test, known.verdict))
    })
}

/// The expected verdict on a test.
pub fn verdict(package: &str, minor: u32, test: &str) -> Verdict {
    let entry = entries(package, minor).find(|(name, _)| *name == test);
    entry.map_or(Verdict::Pass, |(_, verdict)| verdict)
}

/// The tests that are listed for a package and a minor version of Go 1.
pub fn tests(package: &str, minor: u32) -> impl Iterator<Item = &'static str> {
    entries(package, minor).map(|(test, _)| test)
}

/// The lists as a table.
pub fn table() -> String {
    let mut text = String::from(
        "## What doesn't pass\n\n| package | verdict | tests | why |\n|---|---|---|---|\n",
    );
    for known in KNOWN {
        let tests = known.tests.iter().map(|(test, minors)| named(test, minors));
        let tests = tests.collect::<Vec<_>>().join(", ");
        let (package, verdict, why) = (known.package, known.verdict, known.why);
        writeln!(text, "| {package} | {verdict} | {tests} | {why} |")
            .expect("a string takes everything");
    }
    text
}

/// A test with the versions of Go that it is listed for.
fn named(test: &str, minors: &RangeInclusive<u32>) -> String {
    match (*minors.start(), *minors.end()) {
        (0, _) => test.to_owned(),
        (since, u32::MAX) => format!("{test} (since Go 1.{since})"),
        (since, _) => format!("{test} (Go 1.{since})"),
    }
}
