//! The pinned Go toolchains, and guests that they build.

use crate::paths;
use crate::run::Run;
use anyhow::{Context, Result, bail, ensure};
use std::collections::hash_map::DefaultHasher;
use std::ffi::OsString;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The version that all cases run with.
pub const NEWEST: &str = "1.27.3";
/// Older versions; `tests/setup.sh` installs the same list.
pub const OLDER: [&str; 2] = ["1.21.13", "1.24.11"];

/// The settings that say where `go` finds modules of others, and where it keeps them.
const DOWNLOADS: [&str; 8] = [
    "GOPROXY",
    "GOSUMDB",
    "GONOSUMDB",
    "GONOPROXY",
    "GOPRIVATE",
    "GOINSECURE",
    "GOVCS",
    "GOMODCACHE",
];

/// Flags of `go build`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Flavour {
    Plain,
    /// Without name section and symbol table, as programs are often released.
    Stripped,
    /// Without paths of the building machine.
    Trimpath,
    /// Neither optimised nor inlined, so that functions have other shapes.
    Unoptimised,
}

impl Flavour {
    pub const ALL: [Self; 4] = [
        Self::Plain,
        Self::Stripped,
        Self::Trimpath,
        Self::Unoptimised,
    ];

    /// Whether its functions differ from those of the flavours before it.
    #[must_use]
    pub fn changes_code(self) -> bool {
        matches!(self, Self::Plain | Self::Unoptimised)
    }

    fn flags(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &[],
            Self::Stripped => &["-ldflags=-s -w"],
            Self::Trimpath => &["-trimpath"],
            Self::Unoptimised => &["-gcflags=all=-N -l"],
        }
    }
}

impl fmt::Display for Flavour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Plain => "plain",
            Self::Stripped => "stripped",
            Self::Trimpath => "trimpath",
            Self::Unoptimised => "unoptimised",
        })
    }
}

/// The kind of program that a guest is built as.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Goal {
    /// A command for wasip1.
    Wasip1,
    /// A command for wasip1 with SIMD (`GOEXPERIMENT=simd`, since Go 1.27).
    Wasip1Simd,
    /// A library for wasip1 (`-buildmode=c-shared`).
    Reactor,
    /// GOOS=js, which wasi-aot refuses.
    Js,
    /// An executable for this machine.
    Native,
    /// An executable for Linux on aarch64.
    Arm64,
}

impl Goal {
    fn environment(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Wasip1 | Self::Reactor => &[("GOOS", "wasip1"), ("GOARCH", "wasm")],
            Self::Wasip1Simd => &[
                ("GOOS", "wasip1"),
                ("GOARCH", "wasm"),
                ("GOEXPERIMENT", "simd"),
            ],
            Self::Js => &[("GOOS", "js"), ("GOARCH", "wasm")],
            Self::Native => &[],
            Self::Arm64 => &[("GOOS", "linux"), ("GOARCH", "arm64")],
        }
    }

    fn is_module(self) -> bool {
        !matches!(self, Self::Native | Self::Arm64)
    }
}

/// A Go toolchain that `tests/setup.sh` has installed.
#[derive(Debug, Clone)]
pub struct Toolchain {
    pub version: &'static str,
    pub goroot: PathBuf,
}

impl Toolchain {
    pub fn new(version: &'static str) -> Result<Self> {
        let goroot = paths::installed(&format!("go-{version}"))?;
        Ok(Self { version, goroot })
    }

    /// Builds `guest`: a directory of `tests/guests`, or a command of Go's distribution as
    /// `cmd/NAME`.
    pub fn build(&self, guest: &str, flavour: Flavour, goal: Goal) -> Result<PathBuf> {
        let mut hasher = DefaultHasher::new();
        (self.version, &self.goroot, flavour, goal, guest).hash(&mut hasher);
        let own = paths::root().join("tests/guests").join(guest);
        let (dir, package) = if guest.starts_with("cmd/") {
            // A package of Go's distribution can be built from within any Go module.
            (paths::root().join("tests/guests/empty"), guest)
        } else {
            hash_sources(&own, &mut hasher)?;
            (own, ".")
        };
        let name = guest.rsplit('/').next().unwrap_or(guest);
        let extension = if goal.is_module() { ".wasm" } else { "" };
        let output = paths::guest_cache()?.join(format!(
            "{name}-{}-{flavour}-{goal:?}-{:016x}{extension}",
            self.version,
            hasher.finish()
        ));
        paths::make_once(&output, |draft| {
            self.compile(&dir, package, flavour, goal, draft)
                .with_context(|| {
                    format!("go {} build of {guest} ({flavour}, {goal:?})", self.version)
                })
        })?;
        Ok(output)
    }

    /// Builds the tests of a package of Go's library (`net/http`) as a wasip1 module, as
    /// `go test` does.
    pub fn build_tests(&self, package: &str) -> Result<PathBuf> {
        let mut hasher = DefaultHasher::new();
        (self.version, &self.goroot, package).hash(&mut hasher);
        let output = paths::guest_cache()?.join(format!(
            "{}-test-{}-{:016x}.wasm",
            package.replace('/', "_"),
            self.version,
            hasher.finish()
        ));
        paths::make_once(&output, |draft| {
            let args = ["test", "-c", "-o"].map(OsString::from);
            let package_arg = format!("./{package}").into();
            let args = args.into_iter().chain([draft.into(), package_arg]);
            self.go(&self.goroot.join("src"), args, Goal::Wasip1)
                .with_context(|| format!("go {} test -c {package}", self.version))
        })?;
        Ok(output)
    }

    fn compile(
        &self,
        dir: &Path,
        package: &str,
        flavour: Flavour,
        goal: Goal,
        output: &Path,
    ) -> Result<()> {
        let mut args: Vec<OsString> = vec!["build".into()];
        args.extend(flavour.flags().iter().map(Into::into));
        if goal == Goal::Reactor {
            args.push("-buildmode=c-shared".into());
        }
        args.extend(["-o".into(), output.into(), package.into()]);
        self.go(dir, args, goal)
    }

    /// Runs `go ARGS...` in `dir`.
    fn go(&self, dir: &Path, args: impl IntoIterator<Item = OsString>, goal: Goal) -> Result<()> {
        let mut command = self.command(goal)?;
        command.args(args).current_dir(dir);
        let outcome = Run::of(command).seconds(600).run()?;
        if !outcome.ends.is_success() {
            bail!("{}", String::from_utf8_lossy(&outcome.stderr));
        }
        Ok(())
    }

    /// The command `go`, not yet started. No setting of the user, no other toolchain, no
    /// network and no workspace has an effect on it.
    pub fn command(&self, goal: Goal) -> Result<Command> {
        let mut command = Command::new(self.goroot.join("bin/go"));
        for name in [
            "GOROOT",
            "GOEXPERIMENT",
            "GOWASM",
            "GODEBUG",
            "GOOS",
            "GOARCH",
        ] {
            command.env_remove(name);
        }
        command
            .envs([
                ("GOENV", "off"),
                ("GOTOOLCHAIN", "local"),
                ("GOFLAGS", "-buildvcs=false"),
                ("GOWORK", "off"),
                ("GO111MODULE", "on"),
                ("GOPROXY", "off"),
                ("CGO_ENABLED", "0"),
            ])
            .envs(goal.environment().iter().copied());
        if std::env::var_os("HOME").is_none() && std::env::var_os("GOCACHE").is_none() {
            command.env("GOCACHE", paths::guest_cache()?.join("go-build"));
        }
        Ok(command)
    }

    /// Lets `command`, a program that calls `go` itself, find this toolchain, with the settings of
    /// [`Self::command`].
    pub fn lend(&self, command: &mut Command) -> Result<()> {
        for (name, value) in self.command(Goal::Native)?.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let mut path = OsString::from(self.goroot.join("bin"));
        path.push(":/usr/bin:/bin");
        command.env("PATH", path);
        Ok(())
    }

    /// Lets `command`, which has the settings of [`Self::command`], download modules from where
    /// the user's `go` downloads them.
    pub fn with_downloads(&self, command: &mut Command) -> Result<()> {
        let mut ask = Command::new(self.goroot.join("bin/go"));
        ask.arg("env").args(DOWNLOADS).env("GOTOOLCHAIN", "local");
        let told = Run::of(ask).run()?;
        if !told.ends.is_success() {
            bail!("{}", String::from_utf8_lossy(&told.stderr));
        }
        let values = String::from_utf8(told.stdout)?;
        command.envs(DOWNLOADS.into_iter().zip(values.lines()));
        Ok(())
    }
}

/// Keeps Go's build cache where it is, for a `command` that gets another HOME or XDG_CACHE_HOME:
/// the cache would be below it.
pub fn keep_go_cache(command: &mut Command) {
    if command.get_envs().any(|(key, _)| key == "GOCACHE") {
        return;
    }
    if let Some(set) = std::env::var_os("GOCACHE") {
        command.env("GOCACHE", set);
        return;
    }
    let base = std::env::var_os("XDG_CACHE_HOME").filter(|base| !base.is_empty());
    let base = base.map(PathBuf::from);
    let home = || Some(Path::new(&std::env::var_os("HOME")?).join(".cache"));
    if let Some(base) = base.or_else(home) {
        command.env("GOCACHE", base.join("go-build"));
    }
}

/// A path as one field of `-exec`, which takes quotes but no escapes
/// (cmd/internal/quoted).
///
/// # Errors
/// For a path that isn't UTF-8 or has a quote.
pub fn quoted(path: &Path) -> Result<String> {
    let text = path.to_str().context("a path that is not UTF-8")?;
    ensure!(!text.contains('\''), "{text}: go test -exec can't quote it");
    Ok(format!("'{text}'"))
}

/// Adds the names and contents of the files right below `dir`.
fn hash_sources(dir: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    let entries =
        std::fs::read_dir(dir).with_context(|| format!("no guest at {}", dir.display()))?;
    let mut files = entries.map(|e| Ok(e?.path())).collect::<Result<Vec<_>>>()?;
    files.sort();
    for file in files {
        file.file_name().hash(hasher);
        std::fs::read(&file)?.hash(hasher);
    }
    Ok(())
}
