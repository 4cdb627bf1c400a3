//! What a test binary of Go's reports when it runs with `-test.v=test2json`.
//!
//! In that mode each line of package testing's own starts with the byte 0x16,
//! so that it can be told from what the tests print, also where they leave a
//! line unfinished (Go's src/testing/testing.go, `marker`). Subtests have their
//! parent's name and a slash before their own; an example counts as a test.

use std::collections::BTreeMap;
use std::fmt;

/// Asks a test binary for the report that [`read`] understands.
pub const FLAG: &str = "-test.v=test2json";

/// What became of one test.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    Pass,
    Skip,
    Fail,
    /// Started, and the program ended before it did.
    Unfinished,
}

impl Verdict {
    pub const ALL: [Self; 4] = [Self::Pass, Self::Skip, Self::Fail, Self::Unfinished];

    /// Whether it is that of a test that failed.
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

/// Whether package testing came to its end, so that every test had its turn.
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

/// One line for each test of `report` that isn't as `known` says: it holds for the
/// tests that fail, and for no others.
pub fn surprises(report: &Report, known: impl Fn(&str) -> bool) -> Vec<String> {
    let surprise = |(name, verdict): (&String, &Verdict)| match (verdict.failed(), known(name)) {
        (true, false) => Some(format!("{name}: {verdict}, and not in FAILING")),
        (false, true) => Some(format!("{name}: {verdict}, but in FAILING")),
        _ => None,
    };
    report.iter().filter_map(surprise).collect()
}

/// A test's name and what the line behind a marker says of it.
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
