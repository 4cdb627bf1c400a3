//! The listening sockets that the manifest asks for.
//!
//! They come first, from [`FIRST_PREOPEN`] on in the manifest's order, as systemd
//! numbers what it hands over (`sd_listen_fds(3)`, `SD_LISTEN_FDS_START`) and
//! wasmtime does for `--tcplisten`: so a program knows a listener's number
//! whatever directories are granted.

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

/// Connections that may wait to be accepted; the kernel lowers it to
/// net.core.somaxconn, which is 4096 since Linux 5.4.
const BACKLOG: i32 = 4096;

/// When a connection on which nothing happens is probed, how often, and after how
/// many probes without answer it is given up: native Go's defaults (`net/dial.go`,
/// `defaultTCPKeepAlive...`).
const KEEPALIVE: Duration = Duration::from_secs(15);
const KEEPALIVE_PROBES: u32 = 9;

/// Opens a listener for each `listen` record of `manifest`; how many.
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
/// (`net/sockopt_linux.go`, `net/tcpsockopt_unix.go`): a restart may take the
/// address although connections of its predecessor linger, and `[::]` takes IPv4's
/// connections whatever the host's default is.
///
/// What Go sets on each accepted connection is set here once, since a connection
/// inherits it from its listener in Linux (`sock_accept`'s tests look), and a guest
/// can't: preview 1 has no socket options.
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

/// A listener's descriptor. It doesn't block from the start: Go's `net.FileListener`
/// takes a socket as it is, and a blocking accept would stop every goroutine.
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
