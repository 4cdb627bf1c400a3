//! Addresses to listen on.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU8, Ordering};

/// An IPv4 address of this machine that hardly any other process uses. All of 127.0.0.0/8
/// is loopback on Linux. The process ID chooses one of 64,000 addresses there, so a port
/// that another process took on 127.0.0.1 is free on this address.
#[must_use]
pub fn loopback() -> IpAddr {
    static COUNT: AtomicU8 = AtomicU8::new(0);
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Ipv4Addr::new(127, high.clamp(1, 254), low, number.clamp(1, 254)).into()
}

/// `ip` with a port that is free at the moment.
///
/// # Errors
/// If the machine doesn't have `ip`.
pub fn free(ip: IpAddr) -> io::Result<SocketAddr> {
    TcpListener::bind((ip, 0))?.local_addr()
}
