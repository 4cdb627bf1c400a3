//! Listeners as a program finds them at its start.

use super::*;
use crate::abi::errno::Errno;
use crate::wasi::fixture::{self, Guest};
use crate::wasi::{fdstat, sock};
use std::net::{TcpListener, TcpStream};
use std::string::{String, ToString};

/// A guest in which 0, 1 and 2 are taken and listeners at `addresses` follow.
fn start(addresses: &[&str]) -> Result<Guest, String> {
    let records: std::vec::Vec<_> = addresses
        .iter()
        .map(|address| Record::Listen {
            address: address.as_bytes(),
        })
        .collect();
    let mut guest = Guest::new();
    for _ in 0..FIRST_PREOPEN {
        let inert = crate::abi::fdtable::inert().unwrap();
        guest.adopt(inert, FileType::Unknown, None);
    }
    let opened = open_all(fixture::manifest(&records), 0, &mut guest.wasi.fds);
    match opened {
        Ok(count) => assert_eq!(count as usize, addresses.len()),
        Err(refusal) => return Err(refusal.to_string()),
    }
    Ok(guest)
}

/// The address at which descriptor `fd` listens.
fn address(guest: &Guest, fd: u32) -> SocketAddr {
    let host = &guest.wasi.fds.get(fd).unwrap().host;
    rustix::net::getsockname(host).unwrap().try_into().unwrap()
}

#[test]
fn listeners_come_in_order_and_do_not_block() {
    let mut guest = start(&["127.0.0.1:0", "[::1]:0"]).unwrap();
    assert!(address(&guest, 3).is_ipv4() && address(&guest, 4).is_ipv6());
    for fd in [3, 4] {
        assert_eq!(
            sock::sock_accept(&mut guest.wasi, fd, 0, 64),
            Err(Errno::AGAIN)
        );
        let _client = TcpStream::connect(address(&guest, fd)).unwrap();
        sock::sock_accept(&mut guest.wasi, fd, 0, 64).unwrap();
    }
}

#[test]
fn connections_are_set_up_as_go_sets_them_up() {
    let mut guest = start(&["127.0.0.1:0"]).unwrap();
    let _client = TcpStream::connect(address(&guest, 3)).unwrap();
    sock::sock_accept(&mut guest.wasi, 3, 0, 64).unwrap();
    let connection = &guest.wasi.fds.get(4).unwrap().host;
    assert!(sockopt::tcp_nodelay(connection).unwrap());
    assert!(sockopt::socket_keepalive(connection).unwrap());
    assert_eq!(sockopt::tcp_keepidle(connection).unwrap(), KEEPALIVE);
    assert_eq!(sockopt::tcp_keepintvl(connection).unwrap(), KEEPALIVE);
    assert_eq!(sockopt::tcp_keepcnt(connection).unwrap(), KEEPALIVE_PROBES);
}

#[test]
fn the_unspecified_address_of_ipv6_takes_ipv4() {
    let guest = start(&["[::]:0"]).unwrap();
    let port = address(&guest, 3).port();
    TcpStream::connect(("127.0.0.1", port)).unwrap();
    TcpStream::connect(("::1", port)).unwrap();
}

#[test]
fn a_listener_is_a_preopen_that_is_no_directory() {
    let mut guest = start(&["127.0.0.1:0"]).unwrap();
    guest.write(64, &[0xff; 8]);
    fdstat::fd_prestat_get(&mut guest.wasi, 3, 64).unwrap();
    assert_eq!(guest.u64(64), 1);
    let wasi = &mut guest.wasi;
    let no_name = fdstat::fd_prestat_dir_name(wasi, 3, 64, 8);
    assert_eq!(no_name, Err(Errno::BADF));
    assert_eq!(fdstat::fd_prestat_get(wasi, 4, 64), Err(Errno::BADF));
    fdstat::fd_fdstat_get(wasi, 3, 64).unwrap();
    assert_eq!(guest.bytes(64, 1), [FileType::SocketStream as u8]);
    assert_eq!(guest.u16(66), fdflags::NONBLOCK);
    assert_eq!(guest.u64(72), Rights::LISTENER.0);
}

#[test]
fn a_refusal_says_what_is_wrong() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().map(|a| (a.to_string(), taken)).unwrap();
    let refusal = start(&[&taken.0]).err().unwrap();
    assert_eq!(
        refusal,
        std::format!(
            "cannot listen on {0}: the address is in use (this program was built with --listen {0})",
            taken.0
        )
    );
    let foreign = start(&["192.0.2.1:8080"]).err().unwrap();
    assert!(foreign.contains("does not have that address"), "{foreign}");
    let damaged = start(&["localhost:80"]).err().unwrap();
    assert!(damaged.contains("is damaged"), "{damaged}");
    let privileged = Refusal::CannotListen("0.0.0.0:80".parse().unwrap(), Errno::ACCES);
    assert!(privileged.to_string().contains("CAP_NET_BIND_SERVICE"));
}

#[test]
fn connections_to_a_passed_listener_are_set_up_as_far_as_they_can() {
    use std::os::fd::IntoRawFd;
    use std::os::unix::net::UnixListener;
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = take(tcp.into_raw_fd());
    assert!(sockopt::tcp_nodelay(&taken).unwrap());
    assert_eq!(sockopt::tcp_keepidle(&taken).unwrap(), KEEPALIVE);
    let scratch = fixture::Scratch::new();
    let unix = UnixListener::bind(scratch.join("s")).unwrap();
    drop(take(unix.into_raw_fd()));
}
