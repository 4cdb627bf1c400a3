//! The policy: it fixes at build time what the executable may touch. Everything else is
//! denied.
//!
//! At build time only the text of a host path is known: a relative path is resolved when the
//! program starts, perhaps on another machine. So [`Policy::check`] finds the faults that
//! don't depend on the directories. The shim compares the real directories by inode when the
//! program starts, and refuses the other faults.

mod budget;
mod listen;
mod parse;
mod path;
#[cfg(test)]
mod tests;
mod zones;

use crate::error::Error;
use path::{Components, is_inside};
use std::net::SocketAddr;
use std::ops::RangeInclusive;
use wasi_aot_contract::layout::MIN_STACK_SIZE;
use wasi_aot_contract::manifest::{Record, writer};
use wasi_aot_contract::os::MODE_BITS;
use wasi_aot_contract::text::steers;

pub use budget::Budget;
pub use listen::{parse_listen, parse_listen_report};
pub use parse::{parse_size, parse_time, parse_umask};
pub use wasi_aot_contract::manifest::Access;
pub use wasi_aot_contract::place::{Host, Place};
pub use wasi_aot_contract::text::Milliseconds;

/// Least and most bytes that can be reserved for the native stack: room for the
/// runtime itself, and a fraction of the 128 TiB that a process can address.
const STACK_SIZES: RangeInclusive<u64> = MIN_STACK_SIZE..=1 << 40;

/// Least and most milliseconds of processor time: what a timer counts, and 1000 hours.
const CPU_TIMES: RangeInclusive<u64> = 1..=3_600_000_000;

/// An empty policy grants arguments and stdio, nothing else.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policy {
    /// In the order in which the guest sees them.
    pub grants: Vec<Grant>,
    /// Single files, whose HOST is a file.
    pub files: Vec<Grant>,
    /// What may be done to the files and directories that arguments name.
    pub arg_files: Option<Access>,
    /// Take the listening sockets that a service manager passes, before those of `listeners`.
    pub listen_fds: bool,
    /// Where to accept TCP connections, in the order in which the guest sees the
    /// listening sockets, which come before the directories.
    pub listeners: Vec<SocketAddr>,
    /// The file to which the addresses of all listeners are written at the start; a relative one
    /// is resolved there.
    pub listen_report: Option<Vec<u8>>,
    /// If several variables have the same name, the last one counts.
    pub env: Vec<EnvVar>,
    /// Pass every variable of the host; the variables in `env` take precedence.
    pub inherit_env: bool,
    /// Most bytes that all memories and the native stack may have together
    /// ([`Budget`]); the module's own limits hold as well.
    pub max_memory: Option<u64>,
    /// Bytes to reserve for the native stack, instead of
    /// [`DEFAULT_STACK_SIZE`](wasi_aot_contract::layout::DEFAULT_STACK_SIZE).
    pub stack_size: Option<u64>,
    /// Most milliseconds of processor time.
    pub max_cpu: Option<u64>,
    /// Leave out the second fence, Landlock and seccomp.
    pub no_harden: bool,
    /// Don't start where a layer of the second fence can't be set up. Contradicts
    /// `no_harden`.
    pub require_harden: bool,
    /// Don't start where the executable lies in a writable grant.
    pub refuse_own_directory: bool,
    /// Don't let the program catch or ignore signals.
    pub no_signals: bool,
    /// Let the program ask for the host's name.
    pub host_name: bool,
    /// Let the program open its controlling terminal, and set modes of terminals.
    pub tty: bool,
    /// Permission bits that nothing has which the program creates, beside those of the starter's
    /// umask.
    pub umask: Option<u32>,
    /// Report each name that a Go program asks for outside of its grants.
    pub trace_denied: bool,
    /// Let the program read the machine's time zones, and know the caller's.
    pub time_zones: bool,
    /// An absolute directory that no grant reaches: where `wasi-aot run` keeps
    /// executables.
    pub hole: Option<Vec<u8>>,
}

/// A directory of the host that the guest may use. Paths are bytes as Linux
/// takes them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// What the guest may do there.
    pub access: Access,
    /// The directory; a relative one is resolved when the program starts. It may begin with `?`
    /// and with a place ([`Host`]).
    pub host: Vec<u8>,
    /// Absolute and normalised; `None`: the absolute path of `host`.
    pub guest: Option<Vec<u8>>,
}

/// A variable of the guest's environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnvVar {
    /// Has this value, whatever the host's environment is.
    Set {
        /// The variable's name.
        name: Vec<u8>,
        /// The variable's value.
        value: Vec<u8>,
    },
    /// Has the host's value at run time, if there is one.
    Pass {
        /// The variable's name.
        name: Vec<u8>,
    },
}

impl EnvVar {
    /// The variable's name.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Set { name, .. } | Self::Pass { name } => name,
        }
    }
}

impl Policy {
    /// Finds faults by the text alone; see the module's documentation.
    ///
    /// # Errors
    /// [`Error::Policy`] for a value that no program could run with, a guest
    /// path that stands for two directories, one directory with different
    /// rights, a read-only directory inside a writable one, two listeners of
    /// which only one can be opened, and a second fence that is both required and left
    /// out.
    pub fn check(&self) -> Result<(), Error> {
        self.with_time_zones().check_expanded()
    }

    fn check_expanded(&self) -> Result<(), Error> {
        for grant in &self.grants {
            grant.check()?;
        }
        for (index, grant) in self.grants.iter().enumerate() {
            for earlier in &self.grants[..index] {
                check_pair(earlier, grant)?;
            }
        }
        for file in &self.files {
            file.check()?;
            file.refuse_temporary()?;
        }
        listen::check(&self.listeners)?;
        listen::check_report(self)?;
        if let Some(hole) = &self.hole {
            refuse_nul(hole)?;
        }
        for variable in &self.env {
            variable.check()?;
        }
        if self.no_harden && self.require_harden {
            return fail(
                "--require-harden contradicts --no-harden, which leaves Landlock and seccomp \
                 out; drop one of them"
                    .into(),
            );
        }
        if let Some(bytes) = self.stack_size
            && !STACK_SIZES.contains(&bytes)
        {
            return fail(format!(
                "--stack-size must be {}KiB to 1TiB; with less, the runtime's own calls don't fit",
                MIN_STACK_SIZE >> 10
            ));
        }
        if let Some(milliseconds) = self.max_cpu
            && !CPU_TIMES.contains(&milliseconds)
        {
            return fail("--max-cpu must be 1ms to 1000h".into());
        }
        if self.umask.is_some_and(|bits| bits > MODE_BITS) {
            return fail("--umask must be 000 to 777".into());
        }
        // With no initial memory, the bounds hold for every module.
        Budget::of(self, 0).map(|_| ())
    }

    /// The manifest's bytes, for the ELF note.
    ///
    /// # Panics
    /// If a path or variable holds a NUL byte, which [`Policy::check`] refuses.
    #[must_use]
    pub fn manifest(&self) -> Vec<u8> {
        self.with_time_zones().expanded_manifest()
    }

    fn expanded_manifest(&self) -> Vec<u8> {
        let assignments: Vec<_> = self.effective_env().map(EnvVar::assignment).collect();
        let dirs = self.grants.iter().map(|grant| Record::Dir {
            access: grant.access,
            host: &grant.host,
            guest: grant.guest.as_deref().unwrap_or_default(),
        });
        let files = self.files.iter().map(|file| Record::File {
            access: file.access,
            host: &file.host,
            guest: file.guest.as_deref().unwrap_or_default(),
        });
        let arg_files = (self.arg_files).map(|access| Record::ArgFiles { access });
        let dirs = dirs.chain(files).chain(arg_files);
        let addresses: Vec<_> = self.listeners.iter().map(SocketAddr::to_string).collect();
        let listeners = (addresses.iter()).map(|address| Record::Listen {
            address: address.as_bytes(),
        });
        let listen_fds = self.listen_fds.then_some(Record::ListenFds);
        let report = self.listen_report.as_deref();
        let report = report.map(|path| Record::ListenReport { path });
        let listeners = listen_fds.into_iter().chain(listeners).chain(report);
        let variables = self.effective_env().zip(&assignments);
        let variables = variables.map(|(variable, assignment)| match variable {
            EnvVar::Set { .. } => Record::Env { assignment },
            EnvVar::Pass { name } => Record::EnvPass { name },
        });
        let inherit = self.inherit_env.then_some(Record::EnvInherit);
        let stack = self.stack_size.map(|bytes| Record::StackSize { bytes });
        let memory = self.max_memory.map(|bytes| Record::MaxMemory { bytes });
        let cpu = (self.max_cpu).map(|milliseconds| Record::MaxCpu { milliseconds });
        let limits = [stack, memory, cpu].into_iter().flatten();
        let no_harden = self.no_harden.then_some(Record::NoHarden);
        let careful = (self.refuse_own_directory).then_some(Record::RefuseOwnDirectory);
        let hole = self.hole.as_deref().map(|path| Record::Hole { path });
        let require = self.require_harden.then_some(Record::RequireHarden);
        let fences = no_harden.into_iter().chain(require);
        let rest = inherit.into_iter().chain(limits).chain(fences);
        let no_signals = self.no_signals.then_some(Record::NoSignals);
        let host_name = self.host_name.then_some(Record::HostName);
        let tty = self.tty.then_some(Record::Tty);
        let umask = self.umask.map(|bits| Record::Umask { bits });
        let trace = self.trace_denied.then_some(Record::TraceDenied);
        let os = no_signals.into_iter().chain(host_name).chain(tty);
        let os = os.chain(umask).chain(trace);
        let rest = rest.chain(careful).chain(hole).chain(os);
        writer::write(dirs.chain(listeners).chain(variables).chain(rest))
    }

    /// Whether files are granted by themselves.
    pub(crate) fn has_files(&self) -> bool {
        self.arg_files.is_some() || !self.with_time_zones().files.is_empty()
    }

    /// The variables, without each variable that a later variable of the same name replaces.
    fn effective_env(&self) -> impl Iterator<Item = &EnvVar> {
        let variables = self.env.iter().enumerate();
        variables.filter_map(|(index, variable)| {
            let mut later = self.env[index + 1..].iter();
            let replaced = later.any(|other| other.name() == variable.name());
            (!replaced).then_some(variable)
        })
    }
}

impl Grant {
    fn check(&self) -> Result<(), Error> {
        refuse_nul(&self.host)?;
        parse::check_host(self.access, &self.host)?;
        let Some(guest) = &self.guest else {
            return Ok(());
        };
        refuse_nul(guest)?;
        if guest.is_empty() || path::normalised_guest(guest).as_ref() != Some(guest) {
            return fail(format!(
                "guest path {} must be absolute and plain, like /data",
                shown(guest)
            ));
        }
        Ok(())
    }

    /// HOST as a path, if it isn't below a place.
    #[must_use]
    pub fn plain_host(&self) -> Option<&[u8]> {
        let host = Host::parse(&self.host)?;
        host.place.is_none().then_some(host.path)
    }

    /// Refuses a file in a directory that is new at each start.
    fn refuse_temporary(&self) -> Result<(), Error> {
        match Host::parse(&self.host) {
            Some(host) if host.place == Some(Place::Tmp) => fail(
                "@tmp is a directory, new and empty at each start; grant it with --dir @tmp".into(),
            ),
            _ => Ok(()),
        }
    }

    /// The name under which the guest sees the directory, as far as the text tells: an
    /// absolute path, or the host path from which the shim makes it.
    fn guest_name(&self) -> Components<'_> {
        match &self.guest {
            Some(guest) => Components::of(guest),
            None => Components::of_host(&self.host),
        }
    }
}

impl EnvVar {
    fn check(&self) -> Result<(), Error> {
        refuse_nul(self.name())?;
        if let Self::Set { value, .. } = self {
            refuse_nul(value)?;
        }
        let breaks = |byte: &u8| matches!(byte, b'=' | b',') || byte.is_ascii_whitespace();
        if self.name().is_empty() || self.name().iter().any(breaks) {
            return fail(format!(
                "{} isn't a valid name for an environment variable; give each variable its own \
                 flag, as in --env A --env B=1",
                shown(self.name())
            ));
        }
        Ok(())
    }

    /// `K=V`, or `K` for a variable to pass.
    fn assignment(&self) -> Vec<u8> {
        match self {
            Self::Set { name, value } => [name, &b"="[..], value].concat(),
            Self::Pass { name } => name.clone(),
        }
    }
}

fn check_pair(a: &Grant, b: &Grant) -> Result<(), Error> {
    check_rights(a, b)?;
    if a.guest_name() == b.guest_name() {
        return fail(format!(
            "guest path {} is granted twice; give one of them another, as in --dir HOST::GUEST",
            shown(b.guest.as_deref().unwrap_or(&b.host))
        ));
    }
    Ok(())
}

/// Refuses a read-only directory inside a writable one: the guest could change the inner
/// directory through the outer grant.
fn check_rights(a: &Grant, b: &Grant) -> Result<(), Error> {
    let (read_only, writable) = match (a.access, b.access) {
        (Access::ReadOnly, Access::ReadWrite) => (a, b),
        (Access::ReadWrite, Access::ReadOnly) => (b, a),
        _ => return Ok(()),
    };
    let inner = Components::of_host(&read_only.host);
    let outer = Components::of_host(&writable.host);
    if inner == outer {
        return fail(format!(
            "{} is granted with --dir and with --dir-ro; drop one of them",
            shown(&read_only.host)
        ));
    }
    if is_inside(&inner, &outer) {
        return fail(format!(
            "{} can't be read-only inside {}, which is writable; grant both with --dir-ro or neither",
            shown(&read_only.host),
            shown(&writable.host)
        ));
    }
    Ok(())
}

fn refuse_nul(bytes: &[u8]) -> Result<(), Error> {
    if bytes.contains(&0) {
        return fail(format!("{} contains a NUL byte", shown(bytes)));
    }
    Ok(())
}

/// A path or name for a message: always one line.
fn shown(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    if text.is_empty() || text.chars().any(|c| steers(c) || c == ' ') {
        format!("{text:?}")
    } else {
        text.into_owned()
    }
}

fn fail<T>(message: String) -> Result<T, Error> {
    Err(Error::Policy(message))
}
