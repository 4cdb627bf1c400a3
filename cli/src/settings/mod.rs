//! Settings in files: `wasi-aot.toml` beside go.mod, and the files of `--policy`.
//!
//! `wasi-aot.toml` has two tables. `[build]` has flags by their names ([`flags`]), `[policy]` a
//! policy ([`policy`]). A file of `--policy` has a policy, in such a table or by itself; [`written`]
//! makes one.
//!
//! Invariant: a file grants nothing unless a person asked for that. `build` says which grants
//! come from `wasi-aot.toml`, and `run` and `test` take none from that file.

mod document;
mod flags;
mod policy;
mod written;

pub use written::written;

use crate::flags::policy::PolicyFlags;
use crate::go::Package;
use anyhow::{Context, Result};
use document::{Fault, Table};
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::{Path, PathBuf};
use wasi_aot_compiler::Options;
use wasi_aot_compiler::policy::Policy;

/// The file's name.
pub const NAME: &str = "wasi-aot.toml";

/// The contents of a `wasi-aot.toml`.
#[derive(Debug, Default)]
pub struct Settings {
    /// The file, if there is one.
    pub path: Option<PathBuf>,
    /// The flags of `[build]`, as arguments.
    pub flags: Vec<OsString>,
    pub policy: Policy,
}

impl Settings {
    /// The settings for what `build`, `run` or `test` are given. Only a package in a directory has any.
    ///
    /// # Errors
    /// As [`Self::near`].
    pub fn of<S: AsRef<OsStr>>(arguments: &[S]) -> Result<Self> {
        match Package::of(arguments) {
            Some((_, package)) => match package.directory() {
                Some(directory) => Self::near(directory),
                None => Ok(Self::default()),
            },
            None => Ok(Self::default()),
        }
    }

    /// The settings for a package in a directory: those of the nearest file from there up to
    /// the directory of go.mod.
    ///
    /// # Errors
    /// When the file can't be read, and for a key or value that isn't known.
    fn near(directory: &Path) -> Result<Self> {
        match find(directory) {
            Some(path) => Self::read(&path).with_context(|| path.display().to_string()),
            None => Ok(Self::default()),
        }
    }

    fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path)?;
        let settings = parse(&text).map_err(|fault| fault.placed(&text))?;
        Ok(Self {
            path: Some(path.into()),
            ..settings
        })
    }
}

fn parse(text: &str) -> Result<Settings, Fault> {
    let mut settings = Settings::default();
    let document = document::parse(text)?;
    for (key, value) in Table::root(&document).entries() {
        match key.text() {
            "build" => settings.flags = flags::arguments(&value.table()?)?,
            "policy" => settings.policy = policy::policy(&value.table()?)?,
            _ => return Err(key.unknown(&["build", "policy"])),
        }
    }
    Ok(settings)
}

/// The options with the policy of the flags. Below it lies the policy of `--policy`, or, without
/// that flag, `otherwise`.
///
/// # Errors
/// Those of [`policy_file`], and policies that contradict each other.
pub fn options(flags: &PolicyFlags, otherwise: Policy) -> Result<Options> {
    let below = match flags.file() {
        Some(path) => policy_file(path)?,
        None => otherwise,
    };
    Ok(flags.options(below)?)
}

/// The policy in a file of `--policy`.
///
/// # Errors
/// When the file can't be read, and for a key or value that isn't known.
fn policy_file(path: &Path) -> Result<Policy> {
    let read = || {
        let text = fs::read_to_string(path)?;
        policy_text(&text).map_err(|fault| fault.placed(&text))
    };
    read().with_context(|| path.display().to_string())
}

fn policy_text(text: &str) -> Result<Policy, Fault> {
    let document = document::parse(text)?;
    let root = Table::root(&document);
    let mut entries = root.entries();
    match entries.find(|(key, _)| key.text() == "policy") {
        Some((_, value)) => policy::policy(&value.table()?),
        None => policy::policy(&root),
    }
}

/// The nearest `wasi-aot.toml`, from a directory up to the one that holds go.mod.
fn find(directory: &Path) -> Option<PathBuf> {
    let directory = directory.canonicalize().ok()?;
    let mut above = directory.ancestors();
    // Above go.mod begins what isn't the program's.
    let module = above.position(|directory| directory.join("go.mod").is_file())?;
    let candidates = directory.ancestors().take(module + 1);
    let mut files = candidates.map(|directory| directory.join(NAME));
    files.find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(settings: &str) -> Result<Settings, String> {
        parse(settings).map_err(|fault| fault.placed(settings).to_string())
    }

    #[test]
    fn both_tables_are_read() {
        let settings =
            "[build]\nstrip = true\ntags = \"a,b\"\n\n[policy]\nlisteners = [\"[::1]:80\"]";
        let settings = text(settings).unwrap();
        assert_eq!(settings.flags, ["--strip", "--tags=a,b"].map(OsStr::new));
        assert_eq!(settings.policy.listeners, ["[::1]:80".parse().unwrap()]);
        assert_eq!(text("").unwrap().policy, Policy::default());
    }

    #[test]
    fn faults_have_lines() {
        for (settings, says) in [
            (
                "[build]\n\nsrip = true",
                "line 3: unknown key srip; a similar key exists: strip",
            ),
            ("x = 1", "line 1: unknown key x; known keys: build, policy"),
            ("build = 1", "line 1: build must be a table"),
            (
                "[build]\nstrip = \"yes\"",
                "line 2: strip must be true or false",
            ),
            ("[policy]\nlisteners = [\":80\"]", "line 2: listeners: "),
            ("[policy]\na", "line 2: "),
        ] {
            let error = text(settings).unwrap_err();
            assert!(error.starts_with(says), "{settings}: {error}");
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn the_nearest_file_of_the_module_counts() {
        let root = tempfile::tempdir().unwrap();
        let module = root.path().join("module");
        let package = module.join("cmd/app");
        fs::create_dir_all(&package).unwrap();
        fs::write(root.path().join(NAME), "").unwrap();
        assert_eq!(find(&package), None);
        fs::write(module.join("go.mod"), "module m").unwrap();
        assert_eq!(find(&package), None);
        let module = module.canonicalize().unwrap();
        fs::write(module.join(NAME), "").unwrap();
        assert_eq!(find(&package), Some(module.join(NAME)));
        fs::write(package.join(NAME), "").unwrap();
        assert_eq!(find(&package), Some(module.join("cmd/app").join(NAME)));
    }
}
