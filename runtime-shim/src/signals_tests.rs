//! Signals here go to the thread of the test, in which alone they are blocked; the end-to-end
//! tests (`tests/host/caught.rs`) send them to processes.

use super::*;
use crate::abi::fdtable::HostFd;
use crate::arch::system_call;
use crate::wasi::fixture::Guest;
use linux_raw_sys::general::__NR_tgkill;
use rustix::thread::gettid;

/// Sends `signal` to this thread.
fn send(signal: Signal) {
    let [process, thread] = [getpid(), gettid()].map(|id| id.as_raw_nonzero().get() as usize);
    let number = signal.as_raw() as usize;
    // SAFETY: the call takes no pointers.
    let sent = unsafe { system_call(__NR_tgkill, [process, thread, number, 0, 0, 0]) };
    assert_eq!(sent, 0);
}

/// What a read of `len` bytes gets, or the errno.
fn read(guest: &mut Guest, host: &HostFd, len: u32) -> Result<std::vec::Vec<u8>, Host> {
    let HostFd::Special(fd, special) = host else {
        panic!("not the descriptor of signals")
    };
    // Two buffers, the first of one byte.
    guest.vector(0, &[(100, 1), (200, len - 1)]);
    let vector = guest.wasi.memory.io_vector(0, 2).unwrap();
    let mut batch = vector.batch(&mut guest.wasi.memory, &mut 0).unwrap();
    use rustix::fd::AsFd;
    let count = (special.read)(fd.as_fd(), &mut batch)? as u32;
    let mut bytes = guest.bytes(100, count.min(1));
    bytes.extend(guest.bytes(200, count.saturating_sub(1)));
    Ok(bytes)
}

#[test]
fn a_caught_signal_is_told_once_and_by_preview_1_s_number() {
    let mut guest = Guest::new();
    let host = HostFd::Special(open().unwrap(), &SPECIAL);
    for number in [10, 12, 22, 27] {
        set(signal(number).unwrap(), Action::Caught).unwrap();
        assert_eq!(action(signal(number).unwrap()), Ok(Action::Caught));
    }
    assert_eq!(read(&mut guest, &host, 8), Err(Host::AGAIN));
    for host in [Signal::USR2, Signal::WINCH, Signal::USR2, Signal::URG] {
        send(host);
    }
    let mut told = read(&mut guest, &host, 2).unwrap();
    assert_eq!(told.len(), 2);
    told.extend(read(&mut guest, &host, 40).unwrap());
    told.sort_unstable();
    assert_eq!(told, [12, 22, 27]);
    assert_eq!(read(&mut guest, &host, 8), Err(Host::AGAIN));
}

#[test]
fn what_is_pending_is_dropped_by_ignoring_and_by_a_harmless_default() {
    let mut guest = Guest::new();
    let host = HostFd::Special(open().unwrap(), &SPECIAL);
    for (number, then) in [
        (10, Action::Ignored),
        (22, Action::Default),
        (13, Action::Default),
        (13, Action::Ignored),
    ] {
        let signal = signal(number).unwrap();
        set(signal, Action::Caught).unwrap();
        send(signal);
        set(signal, then).unwrap();
        assert_eq!(action(signal), Ok(then));
        // An ignored signal does nothing.
        send(signal);
        set(signal, Action::Caught).unwrap();
        assert_eq!(read(&mut guest, &host, 8), Err(Host::AGAIN));
        set(signal, Action::Default).unwrap();
    }
}

#[test]
fn what_was_blocked_stays_blocked() {
    let _guest = Guest::new();
    let bit = traps::bit(Signal::USR1);
    let blocked = || sys::block(0).unwrap() & bit != 0;
    for before in [true, false] {
        if before {
            sys::block(bit).unwrap();
        } else {
            sys::unblock(bit);
        }
        let host = HostFd::Special(open().unwrap(), &SPECIAL);
        set(Signal::USR1, Action::Caught).unwrap();
        set(Signal::USR1, Action::Caught).unwrap();
        assert!(blocked());
        set(Signal::USR1, Action::Default).unwrap();
        assert_eq!(blocked(), before);
        set(Signal::USR1, Action::Caught).unwrap();
        drop(host);
        assert_eq!(
            (blocked(), action(Signal::USR1)),
            (before, Ok(Action::Default))
        );
    }
}

#[test]
fn the_program_dies_of_a_broken_pipe_only_by_default() {
    let _guest = Guest::new();
    assert!(pipe_kills());
    let host = HostFd::Special(open().unwrap(), &SPECIAL);
    set(Signal::PIPE, Action::Ignored).unwrap();
    assert_eq!(
        (pipe_kills(), action(Signal::PIPE)),
        (false, Ok(Action::Ignored))
    );
    set(Signal::PIPE, Action::Caught).unwrap();
    assert!(!pipe_kills());
    drop(host);
    assert!(pipe_kills());
    assert_eq!(sys::handler_of(Signal::PIPE.as_raw()), Ok(SIG_IGN));
}
