//! The manifest: the policy that a build fixes in its executable, stored as the descriptor of
//! an ELF note. `wasi-aot inspect` shows it.
//!
//! It is a sequence of NUL-terminated fields. Each field is already the C string that a
//! system call takes, so the shim reads the manifest without allocating. The first field is
//! [`MAGIC`]. Records follow, each a keyword and a fixed number of fields:
//!
//! | record | fields | meaning |
//! |---|---|---|
//! | `dir` | `rw` or `ro`, HOST, GUEST | grants a directory; an empty GUEST is its absolute host path |
//! | `env` | `K=V` | sets a variable |
//! | `env-pass` | `K` | passes a variable of the host |
//! | `env-inherit` | | passes all variables of the host |
//! | `listen-fds` | | takes the listening sockets that a service manager passes (`sd_listen_fds(3)`) |
//! | `listen` | IP:PORT, as [`core::net::SocketAddr`] displays it | opens a listening socket at the start; port 0 is the kernel's choice |
//! | `listen-report` | PATH | writes the addresses of all listeners to the file at the start |
//! | `stack-size` | decimal bytes | reserves so much for the native stack |
//! | `max-memory` | decimal bytes | limits all memories and the native stack together |
//! | `max-cpu` | decimal milliseconds | ends the program after so much processor time |
//! | `no-harden` | | starts without Landlock and seccomp |
//! | `spectre` | | for people: comparisons of bounds in the code are guarded against speculation |
//! | `require-harden` | | doesn't start without Landlock and seccomp |
//! | `refuse-own-directory` | | doesn't start if the executable lies in a writable grant |
//! | `hole` | PATH | an absolute directory that no grant reaches |
//! | `no-signals` | | the program may not catch or ignore signals |
//! | `host-name` | | the program may ask for the host's name |
//! | `tty` | | the program may open its controlling terminal, and set modes of terminals |
//! | `arg-files` | `rw` or `ro` | grants the files and directories that arguments name |
//! | `file` | `rw` or `ro`, HOST, GUEST | grants a file; an empty GUEST is its absolute host path |
//! | `root` | `joined` or `plain` | outside of the grants is an empty root; the program joins relative names with its working directory, as Go does, or passes them as they are |
//! | `umask` | octal bits | what the program creates has none of these permissions |
//! | `trace-denied` | | names that the program asks for in vain are reported |
//! | `built-by` | text | for people: the compiler and its version |
//! | `go-version` | text | for people: the version of Go that built the module, as Go writes it |
//!
//! HOST may begin with `?` and with a place, such as `@config` ([`crate::place`]).

/// First field of every manifest; the number is the format's version.
pub const MAGIC: &str = "wasi-aot manifest 1";

/// The rights that a grant gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Reading and changing.
    ReadWrite,
    /// Reading only.
    ReadOnly,
}

impl Access {
    const ALL: [Self; 2] = [Self::ReadWrite, Self::ReadOnly];

    /// The rights as a field of a record.
    #[must_use]
    pub const fn field(self) -> &'static [u8] {
        match self {
            Self::ReadWrite => b"rw",
            Self::ReadOnly => b"ro",
        }
    }

    fn parse(field: &[u8]) -> Option<Self> {
        (Self::ALL.into_iter()).find(|access| access.field() == field)
    }
}

impl Record<'_> {
    /// The rights that the record gives to files of the host.
    #[must_use]
    pub const fn access(&self) -> Option<Access> {
        match self {
            Self::Dir { access, .. } | Self::File { access, .. } | Self::ArgFiles { access } => {
                Some(*access)
            }
            _ => None,
        }
    }
}

/// A record. Its fields are borrowed from the manifest, without their NUL. The module's table
/// has the meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record<'a> {
    /// `dir`.
    Dir {
        /// The rights.
        access: Access,
        /// The directory.
        host: &'a [u8],
        /// Its name in the program.
        guest: &'a [u8],
    },
    /// `env`.
    Env {
        /// `K=V`.
        assignment: &'a [u8],
    },
    /// `env-pass`.
    EnvPass {
        /// The variable.
        name: &'a [u8],
    },
    /// `env-inherit`.
    EnvInherit,
    /// `listen-fds`.
    ListenFds,
    /// `listen`.
    Listen {
        /// `IP:PORT`.
        address: &'a [u8],
    },
    /// `listen-report`.
    ListenReport {
        /// The file.
        path: &'a [u8],
    },
    /// `stack-size`.
    StackSize {
        /// Bytes.
        bytes: u64,
    },
    /// `max-memory`.
    MaxMemory {
        /// Bytes.
        bytes: u64,
    },
    /// `max-cpu`.
    MaxCpu {
        /// Milliseconds of processor time.
        milliseconds: u64,
    },
    /// `no-harden`.
    NoHarden,
    /// `spectre`.
    Spectre,
    /// `require-harden`.
    RequireHarden,
    /// `refuse-own-directory`.
    RefuseOwnDirectory,
    /// `hole`.
    Hole {
        /// An absolute path.
        path: &'a [u8],
    },
    /// `no-signals`.
    NoSignals,
    /// `host-name`.
    HostName,
    /// `tty`.
    Tty,
    /// `umask`.
    Umask {
        /// Permission bits.
        bits: u32,
    },
    /// `arg-files`.
    ArgFiles {
        /// The rights.
        access: Access,
    },
    /// `file`.
    File {
        /// The rights.
        access: Access,
        /// The file.
        host: &'a [u8],
        /// Its name in the program.
        guest: &'a [u8],
    },
    /// `root`.
    Root {
        /// Whether the program joins relative names with its working directory.
        joins: bool,
    },
    /// `trace-denied`.
    TraceDenied,
    /// `built-by`.
    BuiltBy {
        /// Name and version.
        compiler: &'a [u8],
    },
    /// `go-version`.
    GoVersion {
        /// As Go writes it.
        version: &'a [u8],
    },
}

/// The manifest isn't one that this version writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Malformed;

/// The records of a manifest, in order. The iterator ends after the first `Err`.
///
/// # Errors
/// [`Malformed`] if the manifest doesn't begin with [`MAGIC`].
pub fn records(bytes: &[u8]) -> Result<Records<'_>, Malformed> {
    let mut records = Records { rest: bytes };
    if records.field()? == MAGIC.as_bytes() {
        Ok(records)
    } else {
        Err(Malformed)
    }
}

/// Iterator made by [`records`].
#[derive(Debug, Clone)]
pub struct Records<'a> {
    rest: &'a [u8],
}

impl<'a> Records<'a> {
    /// The next field. Its NUL follows it in memory, so it is a C string.
    fn field(&mut self) -> Result<&'a [u8], Malformed> {
        let end = self.rest.iter().position(|&b| b == 0).ok_or(Malformed)?;
        let field = &self.rest[..end];
        self.rest = &self.rest[end + 1..];
        Ok(field)
    }

    fn access(&mut self) -> Result<Access, Malformed> {
        Access::parse(self.field()?).ok_or(Malformed)
    }

    fn record(&mut self) -> Result<Record<'a>, Malformed> {
        Ok(match self.field()? {
            b"dir" => Record::Dir {
                access: self.access()?,
                host: self.field()?,
                guest: self.field()?,
            },
            b"env" => Record::Env {
                assignment: self.field()?,
            },
            b"env-pass" => Record::EnvPass {
                name: self.field()?,
            },
            b"env-inherit" => Record::EnvInherit,
            b"listen-fds" => Record::ListenFds,
            b"listen" => Record::Listen {
                address: self.field()?,
            },
            b"listen-report" => Record::ListenReport {
                path: self.field()?,
            },
            b"stack-size" => Record::StackSize {
                bytes: decimal(self.field()?)?,
            },
            b"max-memory" => Record::MaxMemory {
                bytes: decimal(self.field()?)?,
            },
            b"max-cpu" => Record::MaxCpu {
                milliseconds: decimal(self.field()?)?,
            },
            b"no-harden" => Record::NoHarden,
            b"spectre" => Record::Spectre,
            b"require-harden" => Record::RequireHarden,
            b"refuse-own-directory" => Record::RefuseOwnDirectory,
            b"hole" => Record::Hole {
                path: self.field()?,
            },
            b"no-signals" => Record::NoSignals,
            b"host-name" => Record::HostName,
            b"tty" => Record::Tty,
            b"umask" => Record::Umask {
                bits: permissions(self.field()?)?,
            },
            b"arg-files" => Record::ArgFiles {
                access: self.access()?,
            },
            b"file" => Record::File {
                access: self.access()?,
                host: self.field()?,
                guest: self.field()?,
            },
            b"root" => Record::Root {
                joins: match self.field()? {
                    b"joined" => true,
                    b"plain" => false,
                    _ => return Err(Malformed),
                },
            },
            b"trace-denied" => Record::TraceDenied,
            b"built-by" => Record::BuiltBy {
                compiler: self.field()?,
            },
            b"go-version" => Record::GoVersion {
                version: self.field()?,
            },
            _ => return Err(Malformed),
        })
    }
}

impl<'a> Iterator for Records<'a> {
    type Item = Result<Record<'a>, Malformed>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let record = self.record();
        if record.is_err() {
            self.rest = &[];
        }
        Some(record)
    }
}

fn decimal(digits: &[u8]) -> Result<u64, Malformed> {
    core::str::from_utf8(digits)
        .ok()
        .and_then(|s| s.parse().ok())
        .ok_or(Malformed)
}

/// Octal permission bits.
fn permissions(digits: &[u8]) -> Result<u32, Malformed> {
    core::str::from_utf8(digits)
        .ok()
        .and_then(|s| u32::from_str_radix(s, 8).ok())
        .filter(|&bits| bits <= crate::os::MODE_BITS)
        .ok_or(Malformed)
}

/// Builds a manifest; needs the feature `writer`.
#[cfg(feature = "writer")]
pub mod writer {
    extern crate std;
    use super::{MAGIC, Record};
    use std::string::ToString;
    use std::vec::Vec;

    /// The bytes of a manifest with these records.
    ///
    /// # Panics
    /// If a field holds a NUL byte, which no path or variable of the host can.
    #[must_use]
    pub fn write<'a>(records: impl IntoIterator<Item = Record<'a>>) -> Vec<u8> {
        let mut out = Vec::from(MAGIC);
        out.push(0);
        append(&mut out, records);
        out
    }

    /// Adds records to a manifest that [`write()`] made.
    ///
    /// # Panics
    /// As [`write()`] does.
    pub fn append<'a>(manifest: &mut Vec<u8>, records: impl IntoIterator<Item = Record<'a>>) {
        let mut field = |bytes: &[u8]| {
            assert!(!bytes.contains(&0), "BUG: NUL in a manifest field");
            manifest.extend_from_slice(bytes);
            manifest.push(0);
        };
        for record in records {
            match record {
                Record::Dir {
                    access,
                    host,
                    guest,
                } => {
                    field(b"dir");
                    field(access.field());
                    field(host);
                    field(guest);
                }
                Record::Env { assignment } => {
                    field(b"env");
                    field(assignment);
                }
                Record::EnvPass { name } => {
                    field(b"env-pass");
                    field(name);
                }
                Record::EnvInherit => field(b"env-inherit"),
                Record::ListenFds => field(b"listen-fds"),
                Record::Listen { address } => {
                    field(b"listen");
                    field(address);
                }
                Record::ListenReport { path } => {
                    field(b"listen-report");
                    field(path);
                }
                Record::StackSize { bytes } => {
                    field(b"stack-size");
                    field(bytes.to_string().as_bytes());
                }
                Record::MaxMemory { bytes } => {
                    field(b"max-memory");
                    field(bytes.to_string().as_bytes());
                }
                Record::MaxCpu { milliseconds } => {
                    field(b"max-cpu");
                    field(milliseconds.to_string().as_bytes());
                }
                Record::NoHarden => field(b"no-harden"),
                Record::Spectre => field(b"spectre"),
                Record::RequireHarden => field(b"require-harden"),
                Record::RefuseOwnDirectory => field(b"refuse-own-directory"),
                Record::Hole { path } => {
                    field(b"hole");
                    field(path);
                }
                Record::NoSignals => field(b"no-signals"),
                Record::HostName => field(b"host-name"),
                Record::Tty => field(b"tty"),
                Record::Umask { bits } => {
                    field(b"umask");
                    field(std::format!("{bits:03o}").as_bytes());
                }
                Record::ArgFiles { access } => {
                    field(b"arg-files");
                    field(access.field());
                }
                Record::File {
                    access,
                    host,
                    guest,
                } => {
                    field(b"file");
                    field(access.field());
                    field(host);
                    field(guest);
                }
                Record::Root { joins } => {
                    field(b"root");
                    field(if joins { b"joined" } else { b"plain" });
                }
                Record::TraceDenied => field(b"trace-denied"),
                Record::BuiltBy { compiler } => {
                    field(b"built-by");
                    field(compiler);
                }
                Record::GoVersion { version } => {
                    field(b"go-version");
                    field(version);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let all = [
            Record::Dir {
                access: Access::ReadWrite,
                host: b".",
                guest: b"",
            },
            Record::Dir {
                access: Access::ReadOnly,
                host: b"/etc",
                guest: b"/conf",
            },
            Record::Env {
                assignment: b"A=1 2",
            },
            Record::EnvPass { name: b"HOME" },
            Record::EnvInherit,
            Record::ListenFds,
            Record::Listen {
                address: b"[::1]:80",
            },
            Record::ListenReport { path: b"address" },
            Record::StackSize { bytes: 1 << 33 },
            Record::MaxMemory { bytes: 1 << 34 },
            Record::MaxCpu { milliseconds: 1500 },
            Record::NoHarden,
            Record::Spectre,
            Record::RequireHarden,
            Record::RefuseOwnDirectory,
            Record::Hole { path: b"/cache" },
            Record::NoSignals,
            Record::HostName,
            Record::Tty,
            Record::Umask { bits: 0o027 },
            Record::ArgFiles {
                access: Access::ReadWrite,
            },
            Record::File {
                access: Access::ReadOnly,
                host: b"/etc/hosts",
                guest: b"",
            },
            Record::Root { joins: true },
            Record::Root { joins: false },
            Record::TraceDenied,
            Record::BuiltBy {
                compiler: b"wasi-aot 1.2.3",
            },
            Record::GoVersion {
                version: b"go1.27.3",
            },
        ];
        let (first, rest) = all.split_at(4);
        let mut bytes = writer::write(first.iter().copied());
        writer::append(&mut bytes, rest.iter().copied());
        let mut read = records(&bytes).unwrap();
        for record in all {
            assert_eq!(read.next(), Some(Ok(record)));
        }
        assert_eq!(read.next(), None);
    }

    #[test]
    fn malformed_manifests_are_refused() {
        assert!(records(b"").is_err());
        assert!(records(b"something else\0").is_err());
        let mut read = records(b"wasi-aot manifest 1\0dir\0rx\0a\0b\0").unwrap();
        assert_eq!(read.next(), Some(Err(Malformed)));
        assert_eq!(read.next(), None);
    }
}
