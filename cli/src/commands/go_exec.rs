//! `wasi-aot go-exec FILE ARGS...`: what `go test` and `go run` start modules with.

use super::start_flags::StartFlags;
use crate::input;
use crate::start::{self, Module};
use anyhow::{Context, Result};
use clap::{Args, ValueHint};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use wasi_aot_compiler::policy::{Access, Grant, Policy};

/// Run a module for go test and go run, with what Go's tests need
#[derive(Debug, Args)]
#[command(
    override_usage = "wasi-aot go-exec [OPTIONS] FILE [ARGS]...",
    after_help = "Examples:
  GOOS=wasip1 GOARCH=wasm go test -exec 'wasi-aot go-exec' ./...
  PATH=$PATH:/where/wasi-aot/is GOOS=wasip1 GOARCH=wasm go run .   # by go_wasip1_wasm_exec

As run, but the program may read all files (--dir-ro /), write to the directory for
temporary files (--dir $TMPDIR, or /tmp) and see all variables (--inherit-env). It may also
write where go test wants its profiles and coverage. Flags add to that; a --dir or --dir-ro
for one of these directories counts instead."
)]
pub struct GoExec {
    /// The module, and the program's arguments
    #[arg(
        required = true,
        trailing_var_arg = true,
        value_name = "FILE",
        value_hint = ValueHint::FilePath
    )]
    command: Vec<OsString>,

    #[command(flatten)]
    flags: StartFlags,
}

impl GoExec {
    /// Returns only if the program couldn't be started.
    pub fn run(self) -> Result<()> {
        let (file, arguments) = self.command.split_first().context("BUG: no file")?;
        let mut options = self.flags.options()?;
        add_defaults(&mut options.policy, arguments);
        let module = Module {
            wasm: input::read(Path::new(file))?,
            name: input::name(Path::new(file)),
            arg0: file.clone(),
        };
        start::start(&self.flags.report, &module, &[], options, arguments)
    }
}

/// Adds what Go's tests need, as far as the policy doesn't say otherwise.
fn add_defaults(policy: &mut Policy, arguments: &[OsString]) {
    let root = Path::new("/");
    let names = |policy: &Policy, path: &Path| {
        let same = |grant: &Grant| Path::new(OsStr::from_bytes(&grant.host)) == path;
        policy.grants.iter().any(same)
    };
    let mut writable = vec![std::env::temp_dir()];
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    writable.extend(
        ["GOTMPDIR", "GOCOVERDIR"]
            .into_iter()
            .filter_map(variable)
            .map(PathBuf::from),
    );
    writable.extend(outputs(arguments));
    writable.retain(|path| path.is_absolute() && path.is_dir());
    if !names(policy, root) {
        policy.grants.push(grant(root, Access::ReadOnly));
    } else {
        let all = |grant: &Grant| grant.host == b"/" && grant.access == Access::ReadWrite;
        if policy.grants.iter().any(all) {
            writable.clear();
        }
    }
    for path in writable {
        if !names(policy, &path) {
            policy.grants.push(grant(&path, Access::ReadWrite));
        }
    }
    policy.inherit_env = true;
}

fn grant(path: &Path, access: Access) -> Grant {
    Grant {
        access,
        host: path.as_os_str().as_bytes().to_vec(),
        guest: None,
    }
}

/// The directories that a test binary writes profiles and coverage to (`go help testflag`).
fn outputs(arguments: &[OsString]) -> Vec<PathBuf> {
    let value = |name: &str| {
        let prefix = format!("-test.{name}=");
        let mut values = arguments.iter().filter_map(move |argument| {
            let value = argument.as_bytes().strip_prefix(prefix.as_bytes())?;
            Some(PathBuf::from(OsStr::from_bytes(value)))
        });
        values.next()
    };
    let files = [
        "cpuprofile",
        "memprofile",
        "blockprofile",
        "mutexprofile",
        "trace",
    ];
    let here = std::env::current_dir().unwrap_or_default();
    let relative_to = value("outputdir").unwrap_or_else(|| here.clone());
    let profiles = files
        .into_iter()
        .filter_map(&value)
        .map(|file| relative_to.join(file));
    let coverage = value("coverprofile").map(|file| relative_to.join(file));
    let files = profiles.chain(coverage);
    let directories = files.filter_map(|file| Some(file.parent()?.to_path_buf()));
    directories.chain(value("gocoverdir")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn granted(policy: &Policy) -> Vec<(String, Access)> {
        let grants = policy.grants.iter();
        let text = |grant: &Grant| String::from_utf8(grant.host.clone()).unwrap();
        grants.map(|grant| (text(grant), grant.access)).collect()
    }

    #[test]
    fn tests_read_all_and_write_what_is_temporary() {
        let mut policy = Policy::default();
        add_defaults(&mut policy, &[]);
        let granted = granted(&policy);
        assert_eq!(granted[0], ("/".into(), Access::ReadOnly));
        let temporary = std::env::temp_dir().to_str().unwrap().to_owned();
        assert_eq!(granted[1], (temporary, Access::ReadWrite));
        assert!(policy.inherit_env && policy.check().is_ok());
    }

    #[test]
    fn what_the_flags_say_counts() {
        let mut policy = Policy {
            grants: vec![grant(Path::new("/"), Access::ReadWrite)],
            ..Policy::default()
        };
        add_defaults(&mut policy, &[]);
        assert_eq!(granted(&policy), [("/".into(), Access::ReadWrite)]);
        policy.grants = vec![grant(&std::env::temp_dir(), Access::ReadOnly)];
        add_defaults(&mut policy, &[]);
        let all = granted(&policy);
        assert!(
            all.iter().all(|(_, access)| *access == Access::ReadOnly),
            "{all:?}"
        );
    }

    #[test]
    fn profiles_may_be_written() {
        let words = |line: &str| line.split(' ').map(OsString::from).collect::<Vec<_>>();
        assert_eq!(
            outputs(&words("-test.v=true -test.timeout=10m0s")),
            [""; 0].map(PathBuf::from)
        );
        let profile = words("-test.outputdir=/a/b -test.cpuprofile=c.out -test.trace=/t/x");
        assert_eq!(outputs(&profile), ["/a/b", "/t"].map(PathBuf::from));
        let coverage = words("-test.coverprofile=/w/_cover_.out -test.gocoverdir=/w/cover");
        assert_eq!(outputs(&coverage), ["/w", "/w/cover"].map(PathBuf::from));
    }
}
