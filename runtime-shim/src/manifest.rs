//! The manifest in the executable: what the build granted and limited, read once at start.
//!
//! Invariants: [`Manifest::read`] walks all records, and the start goes on only if this version
//! knows every record. So the iterators over the note skip no record because of an error.
//! Memories and the native stack share `--max-memory`: the stack's size is subtracted before
//! the memories get their limit.
//!
//! Each record is consumed in one place. [`Manifest::read`] stores the records that occur
//! once; records that may occur many times stay in the note, and one module iterates over
//! them:
//!
//! | record | stored in or iterated by | consumed by |
//! |---|---|---|
//! | `stack-size`, `max-memory`, `max-cpu` | [`Limits`] | [`crate::start`], which hands them to `stack` and `linear_memory`, and `parts.rs` to `cpu_limit` |
//! | `no-harden`, `require-harden` | [`Manifest::fence`] | [`crate::harden::raise`] |
//! | `refuse-own-directory`, `hole` | fields of [`Manifest`] | `policy/way.rs` |
//! | `no-signals`, `host-name`, `tty` | fields of [`Manifest`] | `policy/os_rights.rs` |
//! | `root`, `trace-denied` | fields of [`Manifest`] | `policy/grants.rs`, `parts.rs` |
//! | `env-inherit` | [`Manifest::inherits_environment`] | `policy/environment.rs`; `policy/privileged.rs` refuses it |
//! | `env`, `env-pass` | [`Manifest::records`] | `policy/environment.rs` |
//! | `listen-fds` | | `policy/passed.rs`, which executables without the record lack |
//! | `listen` | [`Manifest::records`] | `policy/listen.rs` |
//! | `listen-report` | a field of [`Manifest`] | `policy/listen_report.rs` |
//! | `dir` | [`Manifest::records`] | `policy/grants.rs` |
//! | `file`, `arg-files` | [`Manifest::records`] | `policy/files.rs`, `policy/pwd.rs` |
//! | `spectre`, `built-by`, `go-version` | | not used at run time: for people |

use wasi_aot_contract::layout::{DEFAULT_STACK_SIZE, WASM_PAGE_SIZE};
use wasi_aot_contract::manifest::{Malformed, Record, records};

/// A manifest whose records are all well-formed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Manifest {
    note: &'static [u8],
    pub limits: Limits,
    pub fence: Fence,
    /// The program must not start where a grant for writing contains the executable.
    pub refuses_own_directory: bool,
    /// The absolute path of a directory that no grant reaches.
    pub hole: Option<&'static [u8]>,
    /// The file to which the addresses of listeners are written.
    pub listen_report: Option<&'static [u8]>,
    /// All of the host's variables are passed through.
    pub inherits_environment: bool,
    /// The guest may not catch or ignore signals.
    pub refuses_signals: bool,
    /// The guest may ask for the host's name.
    pub tells_host_name: bool,
    /// The guest may open its controlling terminal, and set modes of terminals.
    pub gives_terminals: bool,
    /// Permission bits to add to the process' umask.
    pub umask: u32,
    /// The guest has a root.
    pub has_root: bool,
    /// The guest joins relative names with its working directory.
    pub joins_names: bool,
    /// Names that the guest asks for in vain are reported.
    pub traces_denied: bool,
}

/// Whether the second fence is put up ([`crate::harden`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fence {
    /// Never.
    Without,
    /// As far as the kernel offers it.
    IfOffered,
    /// The program doesn't start without it.
    Required,
}

/// What a build has limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of native stack.
    pub stack_size: u64,
    /// Pages that all linear memories may have together.
    pub memory_pages: u64,
    /// Milliseconds of processor time.
    pub max_cpu: Option<u64>,
}

impl Limits {
    /// The limits of a program that was built without any.
    pub const NONE: Self = Self {
        stack_size: DEFAULT_STACK_SIZE,
        memory_pages: u64::MAX,
        max_cpu: None,
    };
}

impl Manifest {
    /// A manifest without records, for before the program's own is read.
    pub const EMPTY: Self = Self {
        note: b"",
        limits: Limits::NONE,
        fence: Fence::IfOffered,
        refuses_own_directory: false,
        hole: None,
        listen_report: None,
        inherits_environment: false,
        refuses_signals: false,
        tells_host_name: false,
        gives_terminals: false,
        umask: 0,
        has_root: false,
        joins_names: false,
        traces_denied: false,
    };

    /// Reads `note`, the descriptor of the executable's note.
    ///
    /// # Errors
    /// [`Malformed`] when it isn't a manifest, or leaves the memories nothing.
    pub fn read(note: &'static [u8]) -> Result<Self, Malformed> {
        let mut manifest = Self {
            note,
            ..Self::EMPTY
        };
        let mut max_memory = None;
        // A build writes at most one of the two records about the fence.
        let (mut without_fence, mut required) = (false, false);
        for record in records(note)? {
            match record? {
                Record::StackSize { bytes } => manifest.limits.stack_size = bytes,
                Record::MaxMemory { bytes } => max_memory = Some(bytes),
                Record::MaxCpu { milliseconds } => manifest.limits.max_cpu = Some(milliseconds),
                Record::NoHarden => without_fence = true,
                Record::RequireHarden => required = true,
                Record::RefuseOwnDirectory => manifest.refuses_own_directory = true,
                Record::Hole { path } => manifest.hole = Some(path),
                Record::EnvInherit => manifest.inherits_environment = true,
                Record::NoSignals => manifest.refuses_signals = true,
                Record::HostName => manifest.tells_host_name = true,
                Record::Tty => manifest.gives_terminals = true,
                Record::Umask { bits } => manifest.umask = bits,
                Record::Root { joins } => {
                    (manifest.has_root, manifest.joins_names) = (true, joins);
                }
                Record::TraceDenied => manifest.traces_denied = true,
                Record::ListenReport { path } => manifest.listen_report = Some(path),
                Record::Dir { .. }
                | Record::File { .. }
                | Record::ArgFiles { .. }
                | Record::ListenFds
                | Record::Listen { .. }
                | Record::Env { .. }
                | Record::EnvPass { .. }
                | Record::Spectre
                | Record::BuiltBy { .. }
                | Record::GoVersion { .. } => {}
            }
        }
        manifest.fence = match (without_fence, required) {
            (true, _) => Fence::Without,
            (false, true) => Fence::Required,
            (false, false) => Fence::IfOffered,
        };
        if let Some(bytes) = max_memory {
            let stack = manifest.limits.stack_size;
            let memories = bytes.checked_sub(stack).ok_or(Malformed)?;
            manifest.limits.memory_pages = memories / WASM_PAGE_SIZE;
        }
        Ok(manifest)
    }

    /// All records, in order.
    pub fn records(self) -> impl Iterator<Item = Record<'static>> + Clone {
        // `read` has found all of them well-formed.
        records(self.note).into_iter().flatten().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_sets_limits() {
        let limits = |note| Manifest::read(note).map(|manifest| manifest.limits);
        let none = b"wasi-aot manifest 1\0env\0stack-size\0";
        assert_eq!(limits(none), Ok(Limits::NONE));
        let some = b"wasi-aot manifest 1\0env-inherit\0stack-size\x00123\0max-cpu\x001500\0";
        let expected = Limits {
            stack_size: 123,
            max_cpu: Some(1500),
            ..Limits::NONE
        };
        assert_eq!(limits(some), Ok(expected));
        assert_eq!(limits(b""), Err(Malformed));
        for damaged in [
            &b"wasi-aot manifest 1\0dir\0"[..],
            b"wasi-aot manifest 1\0dir\0rx\0a\0b\0",
            b"wasi-aot manifest 1\0umask\x001000\0",
            b"wasi-aot manifest 1\0umask\x00079\0",
        ] {
            assert_eq!(limits(damaged), Err(Malformed));
        }
    }

    #[test]
    fn the_stack_is_part_of_the_memory() {
        let some = b"wasi-aot manifest 1\0max-memory\x00300000\0stack-size\x00100000\0";
        let limits = Manifest::read(some).unwrap().limits;
        assert_eq!((limits.stack_size, limits.memory_pages), (100_000, 3));
        let less = b"wasi-aot manifest 1\0max-memory\x00300000\0stack-size\x00300001\0";
        assert_eq!(Manifest::read(less), Err(Malformed));
    }

    #[test]
    fn records_that_occur_once_are_stored() {
        let plain = Manifest::read(b"wasi-aot manifest 1\0dir\0rw\0.\0\0").unwrap();
        assert_eq!(plain.fence, Fence::IfOffered);
        assert!(!plain.refuses_own_directory && !plain.inherits_environment);
        assert!(!plain.refuses_signals && !plain.tells_host_name && !plain.gives_terminals);
        assert!(!plain.has_root && !plain.traces_denied);
        assert_eq!((plain.hole, plain.listen_report), (None, None));
        assert_eq!(plain.records().count(), 1);
        let all =
            b"wasi-aot manifest 1\0require-harden\0refuse-own-directory\0hole\0/c\0env-inherit\0\
              no-signals\0host-name\0tty\0umask\x00027\0root\0joined\0trace-denied\0listen-report\0a\0";
        let all = Manifest::read(all).unwrap();
        assert_eq!(all.fence, Fence::Required);
        assert!(all.refuses_own_directory && all.inherits_environment);
        assert!(all.refuses_signals && all.tells_host_name && all.gives_terminals);
        assert_eq!((plain.umask, all.umask), (0, 0o27));
        assert!(all.has_root && all.joins_names && all.traces_denied);
        assert_eq!(all.hole, Some(&b"/c"[..]));
        assert_eq!(all.listen_report, Some(&b"a"[..]));
        let without = Manifest::read(b"wasi-aot manifest 1\0no-harden\0").unwrap();
        assert_eq!(without.fence, Fence::Without);
    }
}
