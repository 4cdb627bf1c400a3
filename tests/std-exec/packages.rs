//! The packages of Go's library that have tests.

use anyhow::{Context, Result, ensure};
use harness::go::{Goal, NEWEST, Toolchain};
use harness::run::Run;

/// The number of packages of [`NEWEST`] with test files for wasip1. Without it, a toolchain that
/// lacks packages would pass with fewer tests.
const TESTED: usize = 257;

/// The packages that run by default: they depend most on generated code, goroutines and WASI, or
/// most programs use them.
const SELECTION: &[&str] = &[
    "bufio",
    "bytes",
    "context",
    "encoding/binary",
    "encoding/json",
    "errors",
    "fmt",
    "io",
    "io/fs",
    "iter",
    "math/big",
    "net/http",
    "os",
    "path/filepath",
    "reflect",
    "regexp",
    "runtime",
    "slices",
    "sort",
    "strconv",
    "strings",
    "sync",
    "sync/atomic",
    "time",
];

/// `go list std` for wasip1.
#[derive(Debug, Default)]
pub struct Library {
    /// Packages with test files.
    pub tested: Vec<String>,
    /// Packages with test files for other systems only.
    pub elsewhere: Vec<String>,
    /// Packages without test files.
    pub untested: Vec<String>,
}

impl Library {
    pub fn of(toolchain: &Toolchain) -> Result<Self> {
        let format = "{{.ImportPath}} {{.TestGoFiles}}{{.XTestGoFiles}} {{.IgnoredGoFiles}}";
        let mut command = toolchain.command(Goal::Wasip1)?;
        command
            .args(["list", "-f", format, "std"])
            .current_dir(toolchain.goroot.join("src"));
        let done = Run::of(command).seconds(600).run()?;
        ensure!(
            done.ends.is_success(),
            "go list std: {}",
            String::from_utf8_lossy(&done.stderr)
        );
        let mut library = Self::default();
        for line in String::from_utf8(done.stdout)?.lines() {
            library.add(line)?;
        }
        ensure!(
            library.tested.len() == TESTED,
            "Go {NEWEST} has tests in {} packages, not {TESTED}",
            library.tested.len()
        );
        Ok(library)
    }

    /// Reads a line of `go list`: the package, its test files, its test files for other systems.
    fn add(&mut self, line: &str) -> Result<()> {
        let (package, files) = line.split_once(' ').context("BUG: go list wrote no name")?;
        let (tests, ignored) = files
            .split_once("] [")
            .context("BUG: go list wrote no files")?;
        let list = if tests != "[][" {
            &mut self.tested
        } else if ignored.contains("_test.go") {
            &mut self.elsewhere
        } else {
            &mut self.untested
        };
        list.push(package.to_owned());
        Ok(())
    }

    pub fn len(&self) -> usize {
        self.tested.len() + self.elsewhere.len() + self.untested.len()
    }

    /// The packages that `list` names: `all`, or names with commas between. Without a list, the
    /// selection.
    pub fn asked(&self, list: Option<&str>) -> Result<Vec<String>> {
        let names: Vec<&str> = match list {
            None => SELECTION.to_vec(),
            Some("all") => return Ok(self.tested.clone()),
            Some(list) => list.split(',').collect(),
        };
        for name in &names {
            let known = self.tested.iter().any(|package| package == name);
            ensure!(known, "WASI_AOT_STD_EXEC: no package {name:?} with tests");
        }
        Ok(names.into_iter().map(Into::into).collect())
    }
}
