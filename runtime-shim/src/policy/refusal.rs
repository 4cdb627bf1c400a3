//! Why a program can't start with its grants, as one line.

use super::grants::Grant;
use super::passed::NotPassed;
use crate::abi::errno::Errno;
use crate::report::Printable;
use core::fmt;
use core::net::SocketAddr;
use wasi_aot_contract::manifest::{Access, Malformed};

/// What is wrong, and with which grant.
pub enum Refusal {
    /// A record of the manifest doesn't make sense.
    Malformed,
    NoMemory,
    /// A relative directory can't be resolved.
    NoCurrentDirectory(Grant),
    CannotOpen(Grant, Errno),
    CannotListen(SocketAddr, Errno),
    /// The sockets of a service manager can't be taken.
    NotPassed(NotPassed),
    /// The addresses of listeners can't be written to the file.
    CannotReport(&'static [u8], Errno),
    /// The way to that file leads through a link in a writable grant.
    ReportRedirected(&'static [u8]),
    /// The program has more rights than its caller, and would write that file.
    CallersReport,
    /// A file of `--file` can't be found.
    CannotFind(Access, &'static [u8], Errno),
    /// The way to a file of `--file` leads through a link in a writable grant.
    FileRedirected(Access, &'static [u8]),
    /// A place of this HOST is in the home directory, which isn't known.
    NoHome(&'static [u8]),
    /// This HOST is beside the executable, whose place isn't known.
    NoExecutable(&'static [u8]),
    /// No directory for `@tmp` can be made in this one.
    NoTemporary(&'static [u8], Errno),
    /// The directory for all directories of `@tmp` isn't the user's alone.
    NotPrivate(&'static [u8]),
    /// The caller, who has fewer rights than the program, would choose files.
    CallersFiles,
    /// One directory, for reading only and writable.
    Same(Grant, Grant),
    /// The first, for reading only, lies in the second.
    Inside(Grant, Grant),
    /// A link in the second is on the way to the first.
    Redirected(Grant, Grant),
    /// The path and its lexical form lead to different directories.
    Ambiguous(Grant),
    /// The grant is relative, and the program has more rights than its caller.
    CallersDirectory(Grant),
    /// The executable, or a link on the way to it, lies in the grant.
    OwnDirectory(Grant),
    /// Nothing says where the executable lies.
    OwnPlaceUnknown,
    /// The grant is the directory that no grant may reach, or lies in it.
    GrantsHole(Grant),
    /// The directory that no grant may reach can't be looked at.
    CannotKeepOut(Errno),
}

impl From<Malformed> for Refusal {
    fn from(_: Malformed) -> Self {
        Self::Malformed
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed => f.write_str(
                "the manifest in this executable is damaged; build it again with wasi-aot",
            ),
            Self::NoMemory => f.write_str("out of memory while opening what is granted"),
            Self::NoCurrentDirectory(grant) => write!(
                f,
                "the current directory, which {grant} refers to, has no path; change to another"
            ),
            Self::CannotOpen(grant, error) => write!(
                f,
                "cannot open the directory {}: {} (this program was built with {grant})",
                Printable(grant.host),
                Reason(*error),
            ),
            Self::CannotListen(address, error) => write!(
                f,
                "cannot listen on {address}: {} (this program was built with --listen {address})",
                ListenReason(*error, *address),
            ),
            Self::NotPassed(why) => write!(f, "{why}"),
            Self::CannotReport(path, error) => write!(
                f,
                "cannot write {0}: {1} (this program was built with --listen-report {0})",
                Printable(path),
                ReportReason(*error),
            ),
            Self::ReportRedirected(path) => write!(
                f,
                "--listen-report {} leads through a symbolic link in a writable directory, where \
                 the program could change it; build with the directory that the link names",
                Printable(path),
            ),
            Self::CallersReport => f.write_str(
                "this program runs with more rights than its caller (set-user-ID, set-group-ID or \
                 capabilities), and would write a file with them; build without --listen-report",
            ),
            Self::CannotFind(access, host, error) => write!(
                f,
                "cannot open {}: {} (this program was built with {})",
                Printable(host),
                Reason(*error),
                FileFlag(*access, host)
            ),
            Self::FileRedirected(access, host) => write!(
                f,
                "{} leads through a symbolic link in a writable directory, where the program \
                 could change it; build with the file that the link names",
                FileFlag(*access, host)
            ),
            Self::NoHome(written) => write!(
                f,
                "{} is looked up in the home directory, and the variable HOME has no absolute \
                 path; set HOME, or build with ?{}",
                Printable(written),
                Printable(written)
            ),
            Self::NoExecutable(written) => write!(
                f,
                "nothing says where this executable lies, for {}; start it where /proc is \
                 mounted, and from a file that has a name",
                Printable(written)
            ),
            Self::NoTemporary(directory, error) => write!(
                f,
                "cannot make a directory for @tmp in {}: {}; set TMPDIR to another directory",
                Printable(directory),
                Reason(*error)
            ),
            Self::NotPrivate(directory) => write!(
                f,
                "{} must be a directory of yours that others can't enter (mode 0700), for @tmp; \
                 remove it, or set TMPDIR to another directory",
                Printable(directory)
            ),
            Self::CallersFiles => f.write_str(
                "this program runs with more rights than its caller (set-user-ID, set-group-ID or \
                 capabilities), who would choose files of --arg-files, or of --file with a \
                 relative path; build without them",
            ),
            Self::Same(inner, outer) => write!(
                f,
                "{inner} and {outer} grant one directory with different rights; \
                 build with one of them only"
            ),
            Self::Inside(inner, outer) => write!(
                f,
                "{inner} lies inside {outer}, through which it can be written; \
                 build with grants that don't contain each other"
            ),
            Self::Redirected(grant, outer) => write!(
                f,
                "{grant} leads through a symbolic link in {outer}, where the program could \
                 change it; build with the directory that the link names"
            ),
            Self::Ambiguous(grant) => write!(
                f,
                "{grant} has .. after a symbolic link, so it leads to another directory than it \
                 seems to; build with a path without .."
            ),
            Self::CallersDirectory(grant) => write!(
                f,
                "this program runs with more rights than its caller (set-user-ID, set-group-ID or \
                 capabilities), who would choose what {grant} is; build with an absolute path"
            ),
            Self::OwnDirectory(grant) => write!(
                f,
                "{grant} contains this executable, or a link to it, and this program was built \
                 with --refuse-own-directory; start it from another directory, or move it"
            ),
            Self::OwnPlaceUnknown => f.write_str(
                "nothing says where this executable lies, and it was built with \
                 --refuse-own-directory; start it by its path",
            ),
            Self::GrantsHole(grant) => write!(
                f,
                "{grant} lies in the directory of wasi-aot's own executables; \
                 set XDG_CACHE_HOME to another directory"
            ),
            Self::CannotKeepOut(error) => write!(
                f,
                "cannot look at the directory of wasi-aot's own executables: {}; \
                 set XDG_CACHE_HOME to another directory",
                Reason(*error)
            ),
        }
    }
}

/// The grant as the flag that the build was given.
impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.access {
            Access::ReadWrite => "--dir ",
            Access::ReadOnly => "--dir-ro ",
        })?;
        write!(f, "{}", Printable(self.written))?;
        if !self.guest.is_empty() {
            write!(f, "::{}", Printable(self.guest))?;
        }
        Ok(())
    }
}

/// A granted file as the flag that the build was given.
struct FileFlag<'a>(Access, &'a [u8]);

impl fmt::Display for FileFlag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Access::ReadWrite => "--file ",
            Access::ReadOnly => "--file-ro ",
        })?;
        write!(f, "{}", Printable(self.1))
    }
}

/// The errors of opening a directory, in words.
struct Reason(Errno);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Errno::NOENT => "it does not exist",
            Errno::NOTDIR => "it is not a directory",
            Errno::ACCES | Errno::PERM => "permission denied",
            Errno::LOOP => "too many levels of symbolic links",
            Errno::NAMETOOLONG => "its path is too long",
            Errno::MFILE | Errno::NFILE => "too many open files",
            other => return write!(f, "{other:?}"),
        })
    }
}

/// The errors of writing a report, in words.
struct ReportReason(Errno);

impl fmt::Display for ReportReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Errno::NOENT => "its directory does not exist",
            Errno::NOTDIR => "a file is in the place of its directory",
            Errno::ISDIR => "it is a directory",
            Errno::ROFS => "the file system is read-only",
            Errno::NOSPC | Errno::DQUOT => "no space is left",
            other => return write!(f, "{}", Reason(other)),
        })
    }
}

/// The errors of opening a listener, in words.
struct ListenReason(Errno, SocketAddr);

impl fmt::Display for ListenReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Errno::ADDRINUSE => "the address is in use",
            Errno::ADDRNOTAVAIL => "this machine does not have that address",
            Errno::AFNOSUPPORT if self.1.is_ipv6() => "this machine has no IPv6",
            Errno::ACCES if self.1.port() < 1024 => {
                "permission denied; ports below 1024 take root or CAP_NET_BIND_SERVICE"
            }
            Errno::ACCES | Errno::PERM => "permission denied",
            Errno::MFILE | Errno::NFILE => "too many open files",
            Errno::NOBUFS | Errno::NOMEM => "out of memory",
            other => return write!(f, "{other:?}"),
        })
    }
}
