//! The listening sockets that the manifest asks for.
//!
//! Invariant: listeners are the first descriptors, from [`FIRST_PREOPEN`] on in the manifest's
//! order, so that a program knows a listener's number whatever directories are granted; the
//! directories follow. systemd numbers the sockets that it passes in the same way
//! (`sd_listen_fds(3)`, `SD_LISTEN_FDS_START`), and so does wasmtime for `--tcplisten`.

use super::{FIRST_PREOPEN, Refusal};
use crate::abi::fdtable::{Descriptor, FdTable, HostFd, Preopen};
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, fdflags};
use crate::manifest::Manifest;
use core::net::SocketAddr;
use core::time::Duration;
use rustix::fd::OwnedFd;
use rustix::net::{AddressFamily, SocketFlags, SocketType, bind, listen, socket_with, sockopt};
use wasi_aot_contract::manifest::{Malformed, Record};

/// Connections that may wait to be accepted. The kernel lowers the number to
/// net.core.somaxconn, which is 4096 since Linux 5.4.
const BACKLOG: i32 = 4096;

/// An idle connection is probed after [`KEEPALIVE`], and again after the same time. After
/// [`KEEPALIVE_PROBES`] probes without an answer it is given up. These are native Go's defaults
/// (`net/dial.go`, `defaultTCPKeepAlive...`).
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_PROBES: u32 = 9;

/// Opens a listener for each `listen` record of `manifest`. Returns how many there are.
///
/// # Errors
/// The reason why the program can't start.
pub fn open_all(manifest: &Manifest, fds: &mut FdTable) -> Result<u32, Refusal> {
    let mut count = 0;
    for record in manifest.records() {
        if let Record::Listen { address } = record {
            let address = parse(address)?;
            let host = open(address).map_err(|e| Refusal::CannotListen(address, e.into()))?;
            let fd = fds.insert(preopen(host)).map_err(|_| Refusal::NoMemory)?;
            assert!(
                fd == FIRST_PREOPEN + count,
                "BUG: a listener got a number out of turn"
            );
            count += 1;
        }
    }
    Ok(count)
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
///
/// Go sets options on each accepted connection. A guest can't, since preview 1 has no socket
/// options, so they are set here: in Linux a connection inherits the options of its listener
/// (the tests of `sock_accept` check that).
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
    sockopt::set_tcp_nodelay(&socket, true)?;
    sockopt::set_socket_keepalive(&socket, true)?;
    sockopt::set_tcp_keepidle(&socket, KEEPALIVE)?;
    sockopt::set_tcp_keepintvl(&socket, KEEPALIVE)?;
    sockopt::set_tcp_keepcnt(&socket, KEEPALIVE_PROBES)?;
    bind(&socket, &address)?;
    listen(&socket, BACKLOG)?;
    Ok(socket)
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
