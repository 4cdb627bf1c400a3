//! A listener and its connections.

use super::*;
use crate::wasi::fd_io::{fd_read, fd_write};
use crate::wasi::fdstat::fd_fdstat_set_flags;
use crate::wasi::fixture::{Guest, host_fd};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

const NONBLOCK: u32 = fdflags::NONBLOCK as u32;

/// A guest with a listener of its own at 0, and a client that has connected.
fn connected() -> (Guest, TcpStream) {
    let mut guest = Guest::new();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    guest.adopt(host_fd(listener), FileType::SocketStream, None);
    (guest, TcpStream::connect(address).unwrap())
}

#[test]
fn a_connection_is_served() {
    let (mut guest, mut client) = connected();
    sock_accept(&mut guest.wasi, 0, 0, 64).unwrap();
    assert_eq!(guest.u32(64), 1);
    client.write_all(b"question").unwrap();
    guest.vector(0, &[(1000, 3), (2000, 100)]);
    let wasi = &mut guest.wasi;
    sock_recv(wasi, 1, 0, 2, RECV_PEEK, 64, 68).unwrap();
    fd_read(wasi, 1, 0, 2, 72).unwrap();
    assert_eq!((guest.u32(64), guest.u16(68), guest.u32(72)), (8, 0, 8));
    assert_eq!(guest.bytes(2000, 5), b"stion");
    guest.vector(0, &[(2000, 5), (1000, 3)]);
    let wasi = &mut guest.wasi;
    sock_send(wasi, 1, 0, 2, 0, 64).unwrap();
    fd_write(wasi, 1, 0, 1, 68).unwrap();
    sock_shutdown(wasi, 1, 2).unwrap();
    let mut answer = std::string::String::new();
    client.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "stionquestion");
}

#[test]
fn nobody_has_connected() {
    for stdio in [None, Some(0)] {
        let mut guest = Guest::new();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        guest.adopt(host_fd(listener), FileType::SocketStream, stdio);
        fd_fdstat_set_flags(&mut guest.wasi, 0, NONBLOCK).unwrap();
        let nobody = sock_accept(&mut guest.wasi, 0, NONBLOCK, 64);
        assert_eq!(nobody, Err(Errno::AGAIN));
    }
}

#[test]
fn waiting_for_data() {
    let (mut guest, client) = connected();
    sock_accept(&mut guest.wasi, 0, NONBLOCK, 64).unwrap();
    guest.vector(0, &[(1000, 3)]);
    let wasi = &mut guest.wasi;
    assert_eq!(sock_recv(wasi, 1, 0, 1, 0, 64, 68), Err(Errno::AGAIN));
    assert_eq!(fd_read(wasi, 1, 0, 1, 64), Err(Errno::AGAIN));
    drop(client);
    while sock_recv(wasi, 1, 0, 1, 0, 64, 68) == Err(Errno::AGAIN) {}
    assert_eq!(guest.u32(64), 0);
}

#[test]
fn refusals() {
    let (mut guest, _client) = connected();
    sock_accept(&mut guest.wasi, 0, 0, 64).unwrap();
    guest.adopt(rustix::pipe::pipe().unwrap().0, FileType::Unknown, None);
    let wasi = &mut guest.wasi;
    assert_eq!(sock_shutdown(wasi, 2, 3), Err(Errno::NOTSOCK));
    assert_eq!(sock_accept(wasi, 2, 0, 64), Err(Errno::NOTSOCK));
    assert_eq!(sock_shutdown(wasi, 3, 3), Err(Errno::BADF));
    assert_eq!(sock_shutdown(wasi, 1, 0), Err(Errno::INVAL));
    assert_eq!(sock_accept(wasi, 0, 1, 64), Err(Errno::INVAL));
    assert_eq!(sock_accept(wasi, 1, 0, 64), Err(Errno::NOTCAPABLE));
    assert_eq!(sock_send(wasi, 1, 0, 0, 1, 64), Err(Errno::INVAL));
    assert_eq!(sock_recv(wasi, 1, 0, 0, 4, 64, 68), Err(Errno::INVAL));
}
