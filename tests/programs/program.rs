//! A program and its uses, as data.
//!
//! A use runs in `ROOT/work`, where ROOT is a fresh directory, with nothing in its environment but the
//! use's variables. Its outcome is exit code, both outputs and the tree below ROOT. The reference is
//! the outcome of the same package, built by the same Go for this machine.

use crate::USES;

/// A pinned program of others.
#[derive(Debug)]
pub struct Program {
    /// Its package with a version, as `go install` takes it.
    pub package: &'static str,
    /// The oldest of the tested Go versions that can build it.
    pub since: &'static str,
    /// Flags of `wasi-aot build`.
    pub grants: &'static [&'static str],
    /// Whether goroutines write lines to standard error in an order that varies. Then the lines
    /// are compared without their order.
    pub mixes_stderr: bool,
    pub uses: [Use; USES],
}

impl Program {
    /// The name that Go gives to its executable.
    pub fn name(&self) -> &'static str {
        let (path, _) = self
            .package
            .split_once('@')
            .expect("BUG: a package without a version");
        let is_version = |part: &&str| {
            part.strip_prefix('v')
                .is_some_and(|number| number.parse::<u32>().is_ok())
        };
        path.rsplit('/')
            .find(|part| !is_version(part))
            .expect("BUG: a package without a name")
    }

    /// Whether this version of Go can build it.
    pub fn built_by(&self, version: &str) -> bool {
        let minor = |version: &str| -> u32 {
            version
                .split('.')
                .nth(1)
                .and_then(|minor| minor.parse().ok())
                .expect("BUG: no version of Go")
        };
        minor(version) >= minor(self.since)
    }
}

/// One way to use a program; start from [`USE`].
#[derive(Debug)]
pub struct Use {
    /// Unique in its program.
    pub name: &'static str,
    /// The files below `ROOT/work`, by their paths.
    pub files: &'static [(&'static str, &'static str)],
    pub env: &'static [(&'static str, &'static str)],
    /// What happens before, with exit code 0.
    pub before: &'static [Before],
    pub args: &'static [&'static str],
    pub stdin: Stdin,
    /// The native program's exit code.
    pub code: i32,
    /// Texts that the native program's outputs contain.
    pub says: &'static [&'static str],
    /// Files below `ROOT/work` that hold random bytes: their contents must differ.
    pub random: &'static [&'static str],
    pub differs: &'static [Difference],
}

/// The defaults: no files, no input, exit code 0, no difference.
pub const USE: Use = Use {
    name: "",
    files: &[],
    env: &[],
    before: &[],
    args: &[],
    stdin: Stdin::Null,
    code: 0,
    says: &[],
    random: &[],
    differs: &[],
};

/// A run before the run that is compared.
#[derive(Debug)]
pub struct Before {
    pub by: By,
    pub args: &'static [&'static str],
}

/// Which of a program's two executables runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The one whose outcome is compared.
    Same,
    /// The other one: what it leaves must be of use to the first one.
    Other,
}

/// Standard input.
#[derive(Debug, Clone, Copy)]
pub enum Stdin {
    /// `/dev/null`.
    Null,
    /// A pipe with this text, then its end.
    Text(&'static str),
    /// A pipe with each text behind the other. The second part of a turn is what standard output
    /// must contain before the next turn, or the end.
    Turns(&'static [(&'static str, &'static str)]),
}

/// A known difference between our outcome and the native one. The test fails when there is no such
/// difference any more.
#[derive(Debug)]
pub struct Difference {
    pub part: Part,
    /// Why our outcome isn't the native one.
    pub why: &'static str,
}

/// The part of an outcome that differs.
#[derive(Debug)]
pub enum Part {
    /// Our exit code.
    Code(i32),
    /// In standard output, the first text, which is the native program's, is the second one with
    /// us. With an empty first text, the native program writes nothing.
    Stdout(&'static str, &'static str),
    /// The same in standard error.
    Stderr(&'static str, &'static str),
}
