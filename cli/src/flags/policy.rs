//! The flags of the policy: what the executable may touch.

use crate::usage::Usage;
use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{ArgMatches, Args, Command, FromArgMatches, ValueHint};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use wasi_aot_compiler::Options;
use wasi_aot_compiler::policy::{
    Access, EnvVar, Grant, Policy, parse_listen, parse_listen_report, parse_size, parse_time,
    parse_umask,
};

#[derive(Debug, Args)]
#[command(next_help_heading = "Policy (denied by default, fixed in the executable)")]
pub struct PolicyFlags {
    #[command(flatten)]
    dirs: Dirs,

    #[command(flatten)]
    files: Files,

    /// Grant the files and directories that arguments name when the executable starts, also behind
    /// an =; with rw, an argument may name a new file
    #[arg(long, value_name = "ro|rw", value_parser = parse_access)]
    arg_files: Option<Access>,

    /// Take the policy from this TOML file, with the keys of .policy in inspect --json; flags
    /// add to it, or count instead
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    policy: Option<PathBuf>,

    /// Listen for TCP connections when the executable starts; the program gets the sockets
    /// as descriptors 3, 4, ..., in the order of the flags; port 0 is one of the kernel's choice,
    /// which the executable prints
    #[arg(long, value_name = "IP:PORT", value_parser = parse_listen)]
    listen: Vec<SocketAddr>,

    /// Take the listening sockets that a service manager passes (LISTEN_FDS of systemd), as the
    /// first descriptors from 3 on
    #[arg(long)]
    listen_fds: bool,

    /// Write the addresses of all listeners to this file when the executable starts, a line each
    #[arg(
        long,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        value_parser = OsStringValueParser::new().try_map(|value| parse_listen_report(&value)),
    )]
    listen_report: Option<ReportFile>,

    /// Set an environment variable, or pass one through when the executable runs
    #[arg(
        long,
        value_name = "NAME[=VALUE]",
        value_parser = OsStringValueParser::new().try_map(|value| EnvVar::parse(&value)),
    )]
    env: Vec<EnvVar>,

    /// Pass all environment variables through
    #[arg(long)]
    inherit_env: bool,

    /// Let the program read the machine's time zones, where they are, and pass TZ through
    #[arg(long)]
    tz: bool,

    /// Let the program ask for the host's name
    #[arg(long)]
    hostname: bool,

    /// Let the program open its controlling terminal (/dev/tty), ask for sizes of terminals, and
    /// set their modes (raw, no echo), which the runtime restores at the end
    #[arg(long)]
    tty: bool,

    /// Take these permissions from what the program creates, like 077, beside those that the umask
    /// takes of whoever starts the executable
    #[arg(long, value_name = "MODE", value_parser = parse_umask)]
    umask: Option<u32>,

    /// Don't let the program catch or ignore signals, which a program can that is built with
    /// functions for it (wasi_aot_os_1)
    #[arg(long)]
    no_signals: bool,

    /// Report each name that the program asks for outside of its grants, and the flag that would
    /// grant the name, on standard error (Go programs only)
    #[arg(long)]
    trace_denied: bool,

    /// Limit all memories and the native stack together, like 256MiB, or 256MB for powers of
    /// 1000; the stack gets an eighth unless --stack-size is given [default: 4GiB for each
    /// memory, and the stack]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    max_memory: Option<u64>,

    /// Reserve address space for the native stack, at least 256KiB [default: 8GiB]
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    stack_size: Option<u64>,

    /// Limit processor time, like 500ms, 10s or 2m; beyond it, the program ends with a
    /// message and exit code 152 [default: unlimited]
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    max_cpu: Option<u64>,

    /// Don't enable Landlock and seccomp; rely on the runtime's own checks
    #[arg(long)]
    no_harden: bool,

    /// Don't start if Landlock or seccomp can't be enabled
    #[arg(long)]
    require_harden: bool,

    /// Don't start if the executable, or a link to it, lies in a directory that is granted
    /// with --dir
    #[arg(long)]
    refuse_own_directory: bool,
}

impl PolicyFlags {
    /// The file of `--policy`.
    pub fn file(&self) -> Option<&Path> {
        self.policy.as_deref()
    }

    /// The default options with this policy, on top of another one. A grant replaces one of the
    /// same directory.
    ///
    /// # Errors
    /// When the policies contradict each other.
    pub fn options(&self, base: Policy) -> Result<Options, Usage> {
        let policy = self.over(base);
        policy.check().map_err(|error| Usage(error.to_string()))?;
        Ok(Options {
            policy,
            ..Options::default()
        })
    }

    fn over(&self, base: Policy) -> Policy {
        let mut grants = base.grants;
        grants.retain(|old| !self.dirs.0.iter().any(|new| new.host == old.host));
        grants.extend(self.dirs.0.iter().cloned());
        let mut files = base.files;
        files.retain(|old| !self.files.0.iter().any(|new| new.host == old.host));
        files.extend(self.files.0.iter().cloned());
        let mut listeners = base.listeners;
        listeners.retain(|old| !self.listen.contains(old));
        listeners.extend(&self.listen);
        Policy {
            grants,
            listen_fds: base.listen_fds || self.listen_fds,
            listen_report: self.listen_report.clone().or(base.listen_report),
            files,
            arg_files: self.arg_files.or(base.arg_files),
            listeners,
            // The last variable of a name counts.
            env: [base.env, self.env.clone()].concat(),
            inherit_env: base.inherit_env || self.inherit_env,
            max_memory: self.max_memory.or(base.max_memory),
            stack_size: self.stack_size.or(base.stack_size),
            max_cpu: self.max_cpu.or(base.max_cpu),
            no_harden: self.no_harden || (base.no_harden && !self.require_harden),
            require_harden: self.require_harden || (base.require_harden && !self.no_harden),
            refuse_own_directory: base.refuse_own_directory || self.refuse_own_directory,
            no_signals: base.no_signals || self.no_signals,
            host_name: base.host_name || self.hostname,
            tty: base.tty || self.tty,
            umask: self.umask.or(base.umask),
            trace_denied: base.trace_denied || self.trace_denied,
            time_zones: base.time_zones || self.tz,
            hole: None,
        }
    }
}

/// A path; as a type with a name, so that clap takes one value for the whole path.
type ReportFile = Vec<u8>;

/// The rights as `--arg-files` takes them.
fn parse_access(value: &str) -> Result<Access, String> {
    match value {
        "ro" => Ok(Access::ReadOnly),
        "rw" => Ok(Access::ReadWrite),
        _ => Err("write ro for reading only, or rw".into()),
    }
}

/// The values of `--dir` and `--dir-ro` in the order of the command line. The guest sees the
/// directories in this order. If the current directory isn't granted, a program starts in
/// the first one.
#[derive(Debug)]
struct Dirs(Vec<Grant>);

/// The two flags as clap sees them.
#[derive(Debug, Args)]
struct DirFlags {
    /// Grant a directory for reading and writing; a relative HOST is resolved when the
    /// executable starts, and so are @home, @config, @cache, @data, @state, @tmp and @exe at its
    /// beginning; ?HOST may be missing
    #[arg(long, value_name = "HOST[::GUEST]", value_hint = ValueHint::DirPath, value_parser = grant(Access::ReadWrite))]
    dir: Vec<Grant>,

    /// Grant a directory for reading only
    #[arg(long, value_name = "HOST[::GUEST]", value_hint = ValueHint::DirPath, value_parser = grant(Access::ReadOnly))]
    dir_ro: Vec<Grant>,
}

fn grant(access: Access) -> impl TypedValueParser<Value = Grant> {
    let parse = move |value: OsString| Grant::parse(access, &value);
    OsStringValueParser::new().try_map(parse)
}

/// The grants of two flags in the order of the command line.
fn in_order(matches: &ArgMatches, flags: [(&str, Vec<Grant>); 2]) -> Vec<Grant> {
    let mut all = Vec::new();
    for (id, grants) in flags {
        let positions = matches.indices_of(id).into_iter().flatten();
        all.extend(positions.zip(grants));
    }
    all.sort_by_key(|(position, _)| *position);
    all.into_iter().map(|(_, grant)| grant).collect()
}

impl FromArgMatches for Dirs {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let DirFlags { dir, dir_ro } = DirFlags::from_arg_matches(matches)?;
        Ok(Self(in_order(matches, [("dir", dir), ("dir_ro", dir_ro)])))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Dirs {
    fn augment_args(command: Command) -> Command {
        DirFlags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        DirFlags::augment_args_for_update(command)
    }
}

/// The values of `--file` and `--file-ro` in the order of the command line.
#[derive(Debug)]
struct Files(Vec<Grant>);

/// The two flags as clap sees them.
#[derive(Debug, Args)]
struct FileFlags {
    /// Grant a single file for reading and writing, and for making it in a directory that exists;
    /// a relative HOST is resolved when the executable starts
    #[arg(long, value_name = "HOST[::GUEST]", value_hint = ValueHint::FilePath, value_parser = grant(Access::ReadWrite))]
    file: Vec<Grant>,

    /// Grant a single file for reading only
    #[arg(long, value_name = "HOST[::GUEST]", value_hint = ValueHint::FilePath, value_parser = grant(Access::ReadOnly))]
    file_ro: Vec<Grant>,
}

impl FromArgMatches for Files {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let FileFlags { file, file_ro } = FileFlags::from_arg_matches(matches)?;
        let flags = [("file", file), ("file_ro", file_ro)];
        Ok(Self(in_order(matches, flags)))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

impl Args for Files {
    fn augment_args(command: Command) -> Command {
        FileFlags::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        FileFlags::augment_args_for_update(command)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Debug, Parser)]
    struct Cli {
        #[command(flatten)]
        flags: PolicyFlags,
    }

    fn policy(args: &[&str]) -> Result<Policy, clap::Error> {
        let args = ["wasi-aot"].iter().chain(args);
        Ok(Cli::try_parse_from(args)?.flags.over(Policy::default()))
    }

    #[test]
    fn nothing_is_granted_by_default() {
        assert_eq!(policy(&[]).unwrap(), Policy::default());
    }

    #[test]
    fn grants_keep_the_order_of_the_command_line() {
        let args = [
            "--dir-ro",
            "a",
            "--dir=b::/b",
            "--dir-ro",
            "c",
            "--dir",
            "d",
        ];
        let policy = policy(&args).unwrap();
        let hosts: Vec<_> = policy.grants.iter().map(|g| g.host.as_slice()).collect();
        assert_eq!(hosts, [b"a", b"b", b"c", b"d"]);
        let rights: Vec<_> = policy.grants.iter().map(|g| g.access).collect();
        let (ro, rw) = (Access::ReadOnly, Access::ReadWrite);
        assert_eq!(rights, [ro, rw, ro, rw]);
    }

    #[test]
    fn values_are_checked_as_they_are_parsed() {
        let error = policy(&["--dir", "a::b"]).unwrap_err().to_string();
        assert!(error.contains("GUEST must be absolute"), "{error}");
        let error = policy(&["--listen", ":80"]).unwrap_err().to_string();
        assert!(error.contains("write 0.0.0.0:80"), "{error}");
        let error = policy(&["--max-memory", "64MX"]).unwrap_err().to_string();
        assert!(error.contains("64MX isn't a valid size"), "{error}");
        assert!(policy(&["--env", "=1"]).is_err());
        let error = policy(&["--arg-files", "w"]).unwrap_err().to_string();
        assert!(
            error.contains("write ro for reading only, or rw"),
            "{error}"
        );
    }

    #[test]
    fn a_fence_is_not_both_required_and_left_out() {
        let flags = |args: &[&str]| {
            let args = ["wasi-aot"].iter().chain(args);
            Cli::try_parse_from(args)
                .unwrap()
                .flags
                .options(Policy::default())
        };
        let required = flags(&["--require-harden"]).unwrap().policy;
        assert!(required.require_harden && !required.no_harden);
        let error = flags(&["--no-harden", "--require-harden"]).unwrap_err();
        assert!(
            error.0.contains("--require-harden contradicts --no-harden"),
            "{error}"
        );
    }

    #[test]
    fn the_rest_is_taken_over() {
        let args = ["--env", "A=1", "--env", "B", "--inherit-env", "--no-harden"];
        let files = ["--file-ro=a", "--file", "b::/b", "--arg-files", "rw"];
        let args = [&args[..], &files].concat();
        let os = [
            "--refuse-own-directory",
            "--hostname",
            "--no-signals",
            "--tty",
            "--trace-denied",
            "--tz",
            "--umask",
            "027",
        ];
        let args = [&args[..], &os].concat();
        let sizes = [
            "--max-memory",
            "1MiB",
            "--stack-size",
            "1G",
            "--max-cpu",
            "2m",
        ];
        let listen = ["--listen", "[::]:81", "--listen", "127.0.0.1:80"];
        let more = ["--listen-fds", "--listen-report", "run/address"];
        let listen = [&listen[..], &more].concat();
        let policy = policy(&[&args[..], &sizes, &listen].concat()).unwrap();
        let listeners = ["[::]:81", "127.0.0.1:80"].map(|l| l.parse().unwrap());
        assert_eq!(policy.listeners, listeners);
        assert!(policy.listen_fds);
        assert_eq!(policy.listen_report.as_deref(), Some(&b"run/address"[..]));
        assert_eq!(policy.env.len(), 2);
        assert!(policy.inherit_env && policy.no_harden && !policy.require_harden);
        assert!(policy.refuse_own_directory && policy.host_name && policy.no_signals);
        assert!(policy.tty && policy.trace_denied && policy.time_zones);
        assert_eq!(policy.umask, Some(0o27));
        let files = policy.files.iter().map(|f| (f.access, &f.host[..]));
        let (ro, rw) = (Access::ReadOnly, Access::ReadWrite);
        assert_eq!(files.collect::<Vec<_>>(), [(ro, &b"a"[..]), (rw, b"b")]);
        assert_eq!(policy.arg_files, Some(rw));
        assert_eq!(policy.max_memory, Some(1 << 20));
        assert_eq!(policy.stack_size, Some(1 << 30));
        assert_eq!(policy.max_cpu, Some(120_000));
    }

    #[test]
    fn flags_count_more_than_the_policy_below() {
        let flags = |args: &[&str]| {
            let args = ["wasi-aot"].iter().chain(args);
            Cli::try_parse_from(args).unwrap().flags
        };
        let below = [
            "--dir",
            "a",
            "--dir-ro",
            "b",
            "--env",
            "A=1",
            "--max-cpu",
            "1s",
        ];
        let below = [&below[..], &["--no-harden", "--listen", "[::1]:80"]].concat();
        let below = flags(&below).over(Policy::default());
        assert_eq!(flags(&[]).over(below.clone()), below);
        let above = [
            "--dir",
            "b",
            "--env",
            "A=2",
            "--max-cpu",
            "2s",
            "--require-harden",
        ];
        let above = [&above[..], &["--listen", "[::1]:80", "--inherit-env"]].concat();
        let above = [&above[..], &["--hostname", "--no-signals", "--tty"]].concat();
        let both = flags(&above).over(below);
        let grants: Vec<_> = both
            .grants
            .iter()
            .map(|g| (&g.host[..], g.access))
            .collect();
        let rw = Access::ReadWrite;
        assert_eq!(grants, [(&b"a"[..], rw), (b"b", rw)]);
        assert_eq!((both.env.len(), both.max_cpu), (2, Some(2000)));
        assert_eq!(both.listeners.len(), 1);
        assert!(both.host_name && both.no_signals && both.tty);
        assert!(both.require_harden && !both.no_harden && both.inherit_env);
        assert!(both.check().is_ok());
    }
}
