use super::*;
use crate::wasi::fixture::{Guest, pseudo_terminal};
use rustix::fd::AsFd;
use std::vec::Vec;

#[test]
fn terminals_are_restored_and_their_number_is_limited() {
    // Takes the turn: slots are the process's.
    let _guest = Guest::new();
    let all: Vec<_> = (0..=SLOTS).map(|_| pseudo_terminal()).collect();
    let found = |at: usize| sys::terminal_attributes(all[at].1.as_fd()).unwrap();
    let is_raw = |at: usize| found(at).c_lflag & ICANON == 0;
    let device = |at: usize| sys::terminal_device(&all[at].1).unwrap();
    let set = |at: usize, mode| set_mode(all[at].1.as_fd(), device(at), mode);
    for at in 0..SLOTS {
        set(at, terminal_mode::RAW).unwrap();
        assert!(is_raw(at));
    }
    assert_eq!(set(SLOTS, terminal_mode::RAW), Err(Errno::MFILE));
    assert!(!is_raw(SLOTS));
    set(0, 0).unwrap();
    set(SLOTS, terminal_mode::RAW).unwrap();
    restore();
    restore();
    assert!((0..=SLOTS).all(|at| !is_raw(at)));
    for at in 0..=SLOTS {
        set(at, 0).unwrap();
        assert_eq!(mode(device(at)), 0);
    }
}

#[test]
fn a_change_that_fails_keeps_nothing() {
    let _guest = Guest::new();
    let null = crate::wasi::fixture::host_fd(std::fs::File::open("/dev/null").unwrap());
    assert_eq!(set_mode(null.as_fd(), 1, 1), Err(Errno::NOTTY));
    assert!(slot_of(1).is_none());
}
