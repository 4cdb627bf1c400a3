//! The file to which the addresses of all listeners are written (`--listen-report`).
//!
//! Invariants:
//!
//! * A reader sees all addresses or none: they are written to a fresh file beside the report, which
//!   then takes the report's name.
//! * The program can't choose which file is replaced: the way to the report's directory leads through
//!   no link in a writable grant, for the reason in [`super::route`], and a link of the report's name
//!   is replaced itself.

use super::cpath::CPath;
use super::grants::is_writable;
use super::{Refusal, route};
use crate::abi::errno::Errno;
use crate::abi::fdtable::{Descriptor, FdTable, Preopen};
use crate::manifest::Manifest;
use crate::report::Printable;
use core::fmt::{self, Write};
use core::net::SocketAddr;
use rustix::fd::{BorrowedFd, OwnedFd};
use rustix::fs::{AtFlags, Mode, OFlags, openat, renameat, unlinkat};
use rustix::net::{SocketAddrUnix, getsockname};
use rustix::rand::{GetRandomFlags, getrandom};

/// The report's mode, of which the umask takes bits.
const MODE: Mode = Mode::from_raw_mode(0o644);

/// Writes the addresses of all listeners to the file that `manifest` names, a line each, in the order
/// of their descriptors. `privileged` says whether the program has rights that its caller lacks. To
/// be called when all grants are open.
///
/// # Errors
/// The reason why the program can't start.
pub fn write(privileged: bool, manifest: &Manifest, fds: &FdTable) -> Result<(), Refusal> {
    let Some(path) = manifest.listen_report else {
        return Ok(());
    };
    if privileged {
        return Err(Refusal::CallersReport);
    }
    let failed = |error: Errno| Refusal::CannotReport(path, error);
    let (dir, name) = match path.iter().rposition(|&b| b == b'/') {
        Some(slash) => path.split_at(slash + 1),
        None => (&b"."[..], path),
    };
    let link_in = |dir: BorrowedFd<'_>| match is_writable(dir, fds) {
        Ok(false) => Ok(()),
        Ok(true) => Err(Refusal::ReportRedirected(path)),
        Err(error) => Err(failed(error.into())),
    };
    let dir = route::follow(dir, link_in, failed)?;
    replace(&dir, name, fds).map_err(failed)
}

/// Replaces the file `name` in `dir` by a new one with the addresses.
fn replace(dir: &OwnedFd, name: &[u8], fds: &FdTable) -> Result<(), Errno> {
    let mut number = [0; 8];
    getrandom(&mut number, GetRandomFlags::empty())?;
    let name = CPath::from_bytes(name)?;
    let mut fresh = CPath::from_bytes(name.as_bytes())?;
    let number = u64::from_ne_bytes(number);
    write!(fresh, ".{number:016x}.tmp").map_err(|_| Errno::NAMETOOLONG)?;
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::CLOEXEC;
    let file = openat(dir, fresh.as_c_str(), flags, MODE)?;
    let written = write_addresses(&file, fds).and_then(|()| {
        let renamed = renameat(dir, fresh.as_c_str(), dir, name.as_c_str());
        renamed.map_err(Errno::from)
    });
    if written.is_err() {
        // The error before says more than one of this call.
        let _ = unlinkat(dir, fresh.as_c_str(), AtFlags::empty());
    }
    written
}

fn write_addresses(file: &OwnedFd, fds: &FdTable) -> Result<(), Errno> {
    let mut out = Output { file, error: None };
    for listener in fds.iter().filter(|d| is_listener(d)) {
        let address = Address(listener);
        if writeln!(out, "{address}").is_err() {
            return Err(out.error.unwrap_or(Errno::IO));
        }
    }
    Ok(())
}

fn is_listener(descriptor: &Descriptor) -> bool {
    matches!(descriptor.preopen, Some(Preopen::Listener))
}

/// The address at which a listener listens: `IP:PORT`, or `unix:` and the socket's path, or `unix:@`
/// and the name of an abstract socket.
struct Address<'a>(&'a Descriptor);

impl fmt::Display for Address<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = getsockname(&self.0.host).map_err(|_| fmt::Error)?;
        if let Ok(address) = SocketAddr::try_from(address.clone()) {
            return write!(f, "{address}");
        }
        let address = SocketAddrUnix::try_from(address).map_err(|_| fmt::Error)?;
        match (address.path_bytes(), address.abstract_name()) {
            (Some(path), _) => write!(f, "unix:{}", Printable(path)),
            (None, Some(name)) => write!(f, "unix:@{}", Printable(name)),
            (None, None) => f.write_str("unix:"),
        }
    }
}

/// Writes text to a file, and keeps the error.
struct Output<'a> {
    file: &'a OwnedFd,
    error: Option<Errno>,
}

impl Write for Output<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        let mut rest = text.as_bytes();
        while !rest.is_empty() {
            match rustix::io::write(self.file, rest) {
                Ok(written) => rest = &rest[written..],
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => {
                    self.error = Some(error.into());
                    return Err(fmt::Error);
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
#[path = "listen_report_tests.rs"]
mod tests;
