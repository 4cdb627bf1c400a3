//! Reads the report of `go test -json` on one package (`go doc test2json`, and "Go test
//! -json" in `go help test`).
//!
//! Each line is an event. An event of one test names the test, an event of the whole package
//! names no test, and an event of the build names no package.

use crate::gotest::{Report, Verdict};
use anyhow::{Context, Result};
use serde_json::Value;

/// The results of one package's tests.
#[derive(Debug, Default)]
pub struct Tested {
    /// The top-level tests.
    pub report: Report,
    /// The verdict on the whole package, if `go test` gave one.
    pub package: Option<Verdict>,
    /// Whether all tests had their turn: neither a panic nor an exit ended them early.
    pub complete: bool,
    /// Everything that was printed, by the build too.
    pub output: String,
}

/// Reads what `go test -json` wrote to standard output for one package.
///
/// # Errors
/// For a line that isn't JSON.
pub fn read(stdout: &[u8]) -> Result<Tested> {
    let mut tested = Tested::default();
    for line in String::from_utf8_lossy(stdout).lines() {
        let event = serde_json::from_str(line).with_context(|| format!("no event: {line}"))?;
        tested.add(&event);
    }
    Ok(tested)
}

impl Tested {
    fn add(&mut self, event: &Value) {
        let text = |key: &str| event[key].as_str();
        let output = text("Output").unwrap_or_default();
        self.output.push_str(output);
        let verdict = match text("Action") {
            Some("run") => Some(Verdict::Unfinished),
            Some("pass") => Some(Verdict::Pass),
            Some("skip") => Some(Verdict::Skip),
            Some("fail") => Some(Verdict::Fail),
            _ => None,
        };
        match (text("Test"), verdict) {
            (Some(test), Some(verdict)) if !test.contains('/') => {
                self.report.insert(test.to_owned(), verdict);
            }
            (None, Some(verdict)) => self.package = Some(verdict),
            (None, None) if matches!(output, "PASS\n" | "FAIL\n") => self.complete = true,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tested(stdout: &str) -> Tested {
        read(stdout.as_bytes()).unwrap()
    }

    #[test]
    fn a_package_that_comes_to_its_end() {
        let tested = tested(
            r#"{"Action":"start","Package":"p"}
{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"run","Package":"p","Test":"TestA/sub"}
{"Action":"output","Package":"p","Test":"TestA","Output":"PASS\n"}
{"Action":"fail","Package":"p","Test":"TestA/sub","Elapsed":1}
{"Action":"fail","Package":"p","Test":"TestA","Elapsed":1}
{"Action":"skip","Package":"p","Test":"TestB","Elapsed":0}
{"Action":"output","Package":"p","Output":"FAIL\n"}
{"Action":"fail","Package":"p","Elapsed":1.5}
"#,
        );
        let expected = [("TestA", Verdict::Fail), ("TestB", Verdict::Skip)];
        let expected = expected.map(|(name, verdict)| (name.to_owned(), verdict));
        assert_eq!(tested.report.into_iter().collect::<Vec<_>>(), expected);
        assert_eq!(tested.package, Some(Verdict::Fail));
        assert!(tested.complete);
        assert_eq!(tested.output, "PASS\nFAIL\n");
    }

    #[test]
    fn a_program_that_dies() {
        let tested = tested(
            r#"{"Action":"run","Package":"p","Test":"TestA"}
{"Action":"output","Package":"p","Test":"TestA","Output":"FAIL\n"}
{"Action":"output","Package":"p","Output":"FAIL\tp\t0.1s\n"}
{"Action":"fail","Package":"p","Elapsed":0.1}
"#,
        );
        assert_eq!(tested.report["TestA"], Verdict::Unfinished);
        assert!(!tested.complete);
    }

    #[test]
    fn a_package_that_does_not_build() {
        let tested = tested(
            r#"{"ImportPath":"p","Action":"build-output","Output":"p.go:1: bad\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"fail","Package":"p","Elapsed":0,"FailedBuild":"p"}
"#,
        );
        assert!(tested.report.is_empty() && !tested.complete);
        assert_eq!(tested.package, Some(Verdict::Fail));
        assert_eq!(tested.output, "p.go:1: bad\n");
    }
}
