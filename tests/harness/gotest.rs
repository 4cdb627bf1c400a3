//! Reads the report of a Go test binary that runs with `-test.v=test2json`.
//!
//! In that mode each line that package testing prints starts with the byte 0x16. So its
//! lines differ from the tests' own output, even after an unfinished line (`marker` in Go's
//! src/testing/testing.go). A subtest's name is the parent's name, a slash, and its own. An
//! example counts as a test.

use std::collections::BTreeMap;
use std::fmt;

/// Asks a test binary for the report that [`read`] understands.
pub const FLAG: &str = "-test.v=test2json";

/// The verdict on one test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    Skip,
    Fail,
    /// The program ended before the test did.
    Unfinished,
}

impl Verdict {
    pub const ALL: [Self; 4] = [Self::Pass, Self::Skip, Self::Fail, Self::Unfinished];

    /// Whether the test failed.
    #[must_use]
    pub fn failed(self) -> bool {
        matches!(self, Self::Fail | Self::Unfinished)
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Pass => "pass",
            Self::Skip => "skip",
            Self::Fail => "fail",
            Self::Unfinished => "unfinished",
        })
    }
}

/// The top-level tests that were started, by name.
pub type Report = BTreeMap<String, Verdict>;

/// Reads what a test binary wrote to standard output.
#[must_use]
pub fn read(stdout: &[u8]) -> Report {
    let text = String::from_utf8_lossy(stdout);
    let mut report = Report::new();
    for part in text.split('\x16').skip(1) {
        let line = part.lines().next().unwrap_or_default();
        if let Some((name, verdict)) = event(line)
            && !name.contains('/')
        {
            report.insert(name.to_owned(), verdict);
        }
    }
    report
}

/// Whether all tests had their turn: package testing printed its last line.
#[must_use]
pub fn is_complete(stdout: &[u8]) -> bool {
    let text = String::from_utf8_lossy(stdout);
    text.rsplit_once('\x16')
        .is_some_and(|(_, last)| matches!(last.lines().next(), Some("PASS" | "FAIL")))
}

/// How many tests of `report` ended with `verdict`.
#[must_use]
pub fn count(report: &Report, verdict: Verdict) -> usize {
    report.values().filter(|v| **v == verdict).count()
}

/// One line for each test of `report` that fails although `known` is false for it, or passes
/// although `known` is true.
pub fn surprises(report: &Report, known: impl Fn(&str) -> bool) -> Vec<String> {
    let surprise = |(name, verdict): (&String, &Verdict)| match (verdict.failed(), known(name)) {
        (true, false) => Some(format!("{name}: {verdict}, and not in FAILING")),
        (false, true) => Some(format!("{name}: {verdict}, but in FAILING")),
        _ => None,
    };
    report.iter().filter_map(surprise).collect()
}

/// The part of an output that explains a failure: failed tests with their last lines, panics,
/// traps.
#[must_use]
pub fn causes(output: &str) -> String {
    const CAUSES: [&str; 4] = ["--- FAIL", "panic: ", "fatal error: ", "wasi-aot: "];
    let (mut said, mut kept) = (Vec::new(), String::new());
    for line in output.lines() {
        if CAUSES
            .iter()
            .any(|cause| line.trim_start().starts_with(cause))
        {
            for line in said.drain(..).chain([line]) {
                kept.push_str(line);
                kept.push('\n');
            }
        } else if line.starts_with("    ") {
            said.push(line);
        } else {
            said.clear();
        }
    }
    kept
}

/// The test's name and verdict in the line after a marker.
fn event(line: &str) -> Option<(&str, Verdict)> {
    if let Some(name) = line.strip_prefix("=== RUN   ") {
        return Some((name, Verdict::Unfinished));
    }
    let (verdict, rest) = line.strip_prefix("--- ")?.split_once(": ")?;
    let verdict = match verdict {
        "PASS" => Verdict::Pass,
        "SKIP" => Verdict::Skip,
        "FAIL" => Verdict::Fail,
        _ => return None,
    };
    Some((rest.split_once(" (")?.0, verdict))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(stdout: &str) -> Vec<(String, Verdict)> {
        read(stdout.as_bytes()).into_iter().collect()
    }

    #[test]
    fn tells_verdicts_apart() {
        let stdout = "\x16=== RUN   TestA\n\x16--- PASS: TestA (0.00s)\n\
            \x16=== RUN   TestB\nno newline\x16--- FAIL: TestB (1.20s)\n    b_test.go:1: bad\n\
            \x16=== RUN   ExampleC\n\x16--- SKIP: ExampleC (0.00s)\n\
            \x16=== RUN   TestD\npanic: boom\n";
        let expected = [
            ("ExampleC", Verdict::Skip),
            ("TestA", Verdict::Pass),
            ("TestB", Verdict::Fail),
            ("TestD", Verdict::Unfinished),
        ];
        assert_eq!(report(stdout), expected.map(|(n, v)| (n.to_owned(), v)));
    }

    #[test]
    fn leaves_subtests_and_printed_text_out() {
        let stdout = "\x16=== RUN   TestA\n\x16=== RUN   TestA/sub\n\
            \x16--- FAIL: TestA/sub (0.00s)\n--- FAIL: TestPrinted (0.00s)\n\
            \x16    --- PASS: TestA/other (0.00s)\n\x16--- PASS: TestA (0.00s)\n";
        assert_eq!(report(stdout), [("TestA".to_owned(), Verdict::Pass)]);
    }

    #[test]
    fn knows_the_end() {
        assert!(is_complete(b"\x16--- FAIL: TestA (0s)\n\x16FAIL\nexit 1\n"));
        assert!(is_complete(b"printed\x16PASS\n"));
        assert!(!is_complete(
            b"\x16--- FAIL: TestA (0s)\npanic: boom\nFAIL\n"
        ));
        assert!(!is_complete(b"PASS\n"));
    }

    #[test]
    fn counts() {
        let report = read(b"\x16--- PASS: TestA (0s)\n\x16--- PASS: TestB (0s)\n");
        assert_eq!(Verdict::ALL.map(|v| count(&report, v)), [2, 0, 0, 0]);
    }
    #[test]
    fn what_fails_or_passes_against_expectation() {
        let report = read(
            b"\x16--- PASS: TestA (0s)\n\x16--- FAIL: TestB (0s)\n\x16=== RUN   TestC\n\
            \x16--- SKIP: TestD (0s)\n",
        );
        let none = surprises(&report, |name| ["TestB", "TestC"].contains(&name));
        assert_eq!(none, [""; 0]);
        let all = surprises(&report, |name| ["TestA", "TestD"].contains(&name));
        let expected = [
            "TestA: pass, but in FAILING",
            "TestB: fail, and not in FAILING",
            "TestC: unfinished, and not in FAILING",
            "TestD: skip, but in FAILING",
        ];
        assert_eq!(all, expected);
    }
}
