//! The listening sockets that the manifest asks for: those that a service manager has passed
//! ([`super::passed`]), then those that are opened here.
//!
//! Invariant: listeners are the first descriptors, from [`FIRST_PREOPEN`] on in the manifest's
//! order, so that a program knows a listener's number whatever directories are granted; the
//! directories follow. systemd numbers the sockets that it passes in the same way
//! (`sd_listen_fds(3)`, `SD_LISTEN_FDS_START`), and so does wasmtime for `--tcplisten`.

use super::{FIRST_PREOPEN, Refusal};
use crate::abi::fdtable::{Descriptor, FdTable, HostFd, Preopen};
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, fdflags};
use crate::inherited::FIRST;
use crate::manifest::Manifest;
use crate::report::tell;
use core::net::SocketAddr;
use core::time::Duration;
use rustix::fd::{AsFd, FromRawFd, OwnedFd, RawFd};
use rustix::net::{
    AddressFamily, SocketFlags, SocketType, bind, getsockname, listen, socket_with, sockopt,
};
use wasi_aot_contract::manifest::{Malformed, Record};

/// Connections that may wait to be accepted. The kernel lowers the number to
/// net.core.somaxconn, which is 4096 since Linux 5.4.
const BACKLOG: i32 = 4096;

/// An idle connection is probed after [`KEEPALIVE`], and again after the same time. After
/// [`KEEPALIVE_PROBES`] probes without an answer it is given up. These are native Go's defaults
/// (`net/dial.go`, `defaultTCPKeepAlive...`).
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_PROBES: u32 = 9;

/// Takes the `passed` sockets, the host's descriptors from 3 on, and opens a listener for each
/// `listen` record of `manifest`. Returns how many there are. Prints each address whose port the
/// kernel chose, unless [`super::listen_report`] writes the addresses.
///
/// # Errors
/// The reason why the program can't start.
pub fn open_all(manifest: &Manifest, passed: u32, fds: &mut FdTable) -> Result<u32, Refusal> {
    let mut count = 0;
    let mut add = |host: OwnedFd| {
        let fd = fds.insert(preopen(host)).map_err(|_| Refusal::NoMemory)?;
        assert!(
            fd == FIRST_PREOPEN + count,
            "BUG: a listener got a number out of turn"
        );
        count += 1;
        Ok::<_, Refusal>(fd)
    };
    for number in FIRST..FIRST + passed.cast_signed() {
        add(take(number))?;
    }
    let first = FIRST_PREOPEN + passed;
    for address in addresses(manifest) {
        let address = address?;
        let host = open(address).map_err(|e| Refusal::CannotListen(address, e.into()))?;
        add(host)?;
    }
    if manifest.listen_report.is_none() {
        for (asked, fd) in addresses(manifest).flatten().zip(first..) {
            let host = fds.get(fd).map(|descriptor| &descriptor.host);
            let host = host.expect("BUG: a listener has no descriptor");
            if asked.port() == 0 {
                let chosen = chosen(host).map_err(|e| Refusal::CannotListen(asked, e.into()))?;
                tell(format_args!("listening on {chosen}"));
            }
        }
    }
    Ok(count)
}

/// The addresses of the `listen` records.
fn addresses(manifest: &Manifest) -> impl Iterator<Item = Result<SocketAddr, Malformed>> {
    (manifest.records()).filter_map(|record| match record {
        Record::Listen { address } => Some(parse(address)),
        _ => None,
    })
}

/// The address at which a socket of TCP listens.
fn chosen(host: impl AsFd) -> rustix::io::Result<SocketAddr> {
    getsockname(host)?.try_into()
}

/// A listener that was passed. Its connections are set up as far as its family has the options.
fn take(number: RawFd) -> OwnedFd {
    // SAFETY: `passed::check` found the descriptor open before the runtime opened anything, so
    // nobody else owns it.
    let socket = unsafe { OwnedFd::from_raw_fd(number) };
    if sockopt::socket_domain(&socket) != Ok(AddressFamily::UNIX) {
        // A stream of another protocol than TCP lacks some options, and is usable without.
        let _ = set_up_connections(&socket);
    }
    socket
}

fn parse(address: &[u8]) -> Result<SocketAddr, Malformed> {
    (str::from_utf8(address)
        .ok()
        .and_then(|text| text.parse().ok()))
    .ok_or(Malformed)
}

/// A socket that listens on `address`, set up as native Go does it
/// (`net/sockopt_linux.go`, `net/tcpsockopt_unix.go`): a server that is started again gets the
/// address although old connections linger, and `[::]` accepts connections by IPv4 whatever the
/// host's default is.
fn open(address: SocketAddr) -> rustix::io::Result<OwnedFd> {
    let (family, is_v6) = match address {
        SocketAddr::V4(_) => (AddressFamily::INET, false),
        SocketAddr::V6(_) => (AddressFamily::INET6, true),
    };
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(family, SocketType::STREAM, flags, None)?;
    sockopt::set_socket_reuseaddr(&socket, true)?;
    if is_v6 {
        sockopt::set_ipv6_v6only(&socket, false)?;
    }
    set_up_connections(&socket)?;
    bind(&socket, &address)?;
    listen(&socket, BACKLOG)?;
    Ok(socket)
}

/// Go sets options on each accepted connection. A guest can't, since preview 1 has no socket
/// options, so they are set on the listener: in Linux a connection inherits the options of its
/// listener (the tests of `sock_accept` check that).
fn set_up_connections(listener: &OwnedFd) -> rustix::io::Result<()> {
    sockopt::set_tcp_nodelay(listener, true)?;
    sockopt::set_socket_keepalive(listener, true)?;
    sockopt::set_tcp_keepidle(listener, KEEPALIVE)?;
    sockopt::set_tcp_keepintvl(listener, KEEPALIVE)?;
    sockopt::set_tcp_keepcnt(listener, KEEPALIVE_PROBES)
}

/// A listener's descriptor, which never blocks: Go's `net.FileListener` leaves a socket's flags
/// as they are, and a blocking accept would stop every goroutine.
fn preopen(host: OwnedFd) -> Descriptor {
    Descriptor {
        rights: Rights::LISTENER,
        flags: fdflags::NONBLOCK,
        preopen: Some(Preopen::Listener),
        ..Descriptor::new(HostFd::Owned(host), FileType::SocketStream)
    }
}

#[cfg(test)]
#[path = "listen_tests.rs"]
mod tests;
