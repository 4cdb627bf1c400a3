//! Addresses to listen on.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::atomic::{AtomicU8, Ordering};

/// An IPv4 address of this machine that hardly anybody else uses. All of 127.0.0.0/8
/// is loopback in Linux; this is one of 64,000 by the process, so that ports taken by
/// others, who are on 127.0.0.1, don't matter.
#[must_use]
pub fn loopback() -> IpAddr {
    static COUNT: AtomicU8 = AtomicU8::new(0);
    let [_, _, high, low] = std::process::id().to_be_bytes();
    let number = COUNT.fetch_add(1, Ordering::Relaxed);
    Ipv4Addr::new(127, high.clamp(1, 254), low, number.clamp(1, 254)).into()
}

/// `ip` with a port that nobody uses at the moment.
///
/// # Errors
/// If the machine doesn't have `ip`.
pub fn free(ip: IpAddr) -> io::Result<SocketAddr> {
    TcpListener::bind((ip, 0))?.local_addr()
}
