use super::*;
use crate::wasi::fd::fd_close;
use crate::wasi::fd_io::fd_read;
use crate::wasi::fdstat::{fd_fdstat_get, fd_fdstat_set_flags};
use crate::wasi::fixture::Guest;

#[test]
fn the_right_is_asked_for() {
    let mut guest = Guest::new();
    guest.wasi.os_rights.signals = false;
    assert_eq!(signal_open(&mut guest.wasi, 0), Err(Errno::NOTCAPABLE));
    assert_eq!(signal_set(&mut guest.wasi, 10, 2), Err(Errno::NOTCAPABLE));
    signal_get(&mut guest.wasi, 10, 0).unwrap();
    assert_eq!(guest.u32(0), 0);
}

#[test]
fn numbers_and_actions_are_checked() {
    let mut guest = Guest::new();
    signal_open(&mut guest.wasi, 0).unwrap();
    assert_eq!(signal_open(&mut guest.wasi, 0), Err(Errno::BUSY));
    for number in [0, 31, 100, u32::MAX] {
        assert_eq!(signal_set(&mut guest.wasi, number, 1), Err(Errno::INVAL));
        assert_eq!(signal_get(&mut guest.wasi, number, 0), Err(Errno::INVAL));
    }
    // Faults, timers, and what can't be caught at all.
    for number in [4, 5, 7, 8, 9, 11, 18, 23, 24, 25, 30] {
        assert_eq!(signal_set(&mut guest.wasi, number, 1), Err(Errno::NOTSUP));
        assert_eq!(signal_set(&mut guest.wasi, number, 2), Err(Errno::NOTSUP));
    }
    assert_eq!(signal_set(&mut guest.wasi, 10, 3), Err(Errno::INVAL));
}

#[test]
fn the_descriptor_is_non_blocking_and_free_again_when_it_is_closed() {
    let mut guest = Guest::new();
    signal_open(&mut guest.wasi, 0).unwrap();
    let fd = guest.u32(0);
    fd_fdstat_get(&mut guest.wasi, fd, 8).unwrap();
    assert_eq!((guest.u16(8), guest.u16(10)), (0, fdflags::NONBLOCK));
    guest.vector(100, &[(200, 8)]);
    assert_eq!(fd_read(&mut guest.wasi, fd, 100, 1, 4), Err(Errno::AGAIN));
    // No room for a number.
    fd_read(&mut guest.wasi, fd, 100, 0, 4).unwrap();
    assert_eq!(guest.u32(4), 0);
    let kept = fd_fdstat_set_flags(&mut guest.wasi, fd, 0);
    assert_eq!(kept, Err(Errno::NOTCAPABLE));
    signal_set(&mut guest.wasi, 22, 1).unwrap();
    fd_close(&mut guest.wasi, fd).unwrap();
    assert_eq!(signal_set(&mut guest.wasi, 22, 1), Err(Errno::BADF));
    signal_get(&mut guest.wasi, 22, 0).unwrap();
    assert_eq!(guest.u32(0), 0);
    signal_open(&mut guest.wasi, 0).unwrap();
}
