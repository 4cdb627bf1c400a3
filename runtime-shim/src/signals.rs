//! Signals that the program catches or ignores.
//!
//! Only a module with the functions for signals of `wasi_aot_os_1` gets here. A signal that the
//! program catches is blocked, and a descriptor of signalfd(2) tells it. So no handler interrupts
//! generated code or a system call, and a descriptor can be waited for as any other. If a signal
//! arrives twice before it is read, the kernel keeps it once.
//!
//! Invariants:
//!
//! * No signal can be caught or ignored here that a fault or a timer of the runtime sends
//!   ([`crate::traps`], [`crate::preempt`], `cpu_limit`), or that always ends or stops a process.
//! * A signal is caught only while the descriptor is open. When the descriptor is closed, each
//!   caught signal has its default action again, and a pending one acts at once.
//! * What the parent blocked stays blocked once a signal isn't caught any more.
//! * SIGQUIT's default action is to show goroutines, in a module that can ([`crate::quit`]).
//! * A default action that kills may be a handler that puts something right and then dies by the
//!   signal ([`crate::ending`]).
//! * SIGPIPE is ignored by the runtime, which ends the process by SIGPIPE where the program
//!   writes to a standard stream that nobody reads ([`pipe_kills`]). That is the default action
//!   here.

use crate::abi::errno::Errno;
use crate::abi::fdtable::Special;
use crate::abi::guest_memory::Batch;
use crate::{ending, sys, traps};
use core::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use rustix::fd::{AsRawFd, BorrowedFd, OwnedFd};
use rustix::io::{Errno as Host, IoSliceMut, readv};
use rustix::process::{Signal, getpid, kill_process};
use wasi_aot_contract::os::Action;

const SIG_DFL: usize = 0;
const SIG_IGN: usize = 1;

/// The signals that can be caught, with preview 1's numbers (its `signal` enumeration).
const SIGNALS: &[(u8, Signal)] = &[
    (1, Signal::HUP),
    (2, Signal::INT),
    (3, Signal::QUIT),
    (6, Signal::ABORT),
    (10, Signal::USR1),
    (12, Signal::USR2),
    (13, Signal::PIPE),
    #[cfg(not(feature = "eager"))]
    (14, Signal::ALARM),
    (15, Signal::TERM),
    (16, Signal::CHILD),
    (17, Signal::CONT),
    (19, Signal::TSTP),
    (20, Signal::TTIN),
    (21, Signal::TTOU),
    (22, Signal::URG),
    (26, Signal::PROF),
    (27, Signal::WINCH),
    (28, Signal::IO),
    (29, Signal::POWER),
];

/// The largest number in preview 1's `signal` enumeration.
const LAST: u32 = 30;

/// The signals that are caught; bit 0 is the host's signal 1.
static CAUGHT: AtomicU64 = AtomicU64::new(0);
/// Those of [`CAUGHT`] that were blocked before.
static BLOCKED_BEFORE: AtomicU64 = AtomicU64::new(0);
/// The host's number of the open descriptor, or -1.
static DESCRIPTOR: AtomicI32 = AtomicI32::new(-1);
/// Whether the program ignores SIGPIPE.
static IGNORES_PIPE: AtomicBool = AtomicBool::new(false);

/// How the descriptor is read and closed.
pub const SPECIAL: Special = Special {
    read,
    closing: release,
};

/// The host's signal for a number of preview 1.
///
/// # Errors
/// `EINVAL` for a number that no signal has, `ENOTSUP` for a signal that can't be caught.
pub fn signal(number: u32) -> Result<Signal, Errno> {
    let known = SIGNALS
        .iter()
        .find(|(known, _)| u32::from(*known) == number);
    match known {
        Some((_, signal)) => Ok(*signal),
        None if (1..=LAST).contains(&number) => Err(Errno::NOTSUP),
        None => Err(Errno::INVAL),
    }
}

/// Opens the descriptor.
///
/// # Errors
/// `EBUSY` if it is open, `EMFILE`, `ENFILE`, `ENOMEM`.
pub fn open() -> Result<OwnedFd, Errno> {
    if descriptor().is_some() {
        return Err(Errno::BUSY);
    }
    let fd = sys::signal_descriptor(0)?;
    DESCRIPTOR.store(fd.as_raw_fd(), Ordering::Relaxed);
    Ok(fd)
}

fn descriptor() -> Option<BorrowedFd<'static>> {
    let fd = DESCRIPTOR.load(Ordering::Relaxed);
    // SAFETY: `release` forgets the number before the descriptor is closed.
    (fd >= 0).then(|| unsafe { BorrowedFd::borrow_raw(fd) })
}

/// Sets what happens on `signal`.
///
/// # Errors
/// `EBADF` to catch a signal if no descriptor is open.
pub fn set(signal: Signal, action: Action) -> Result<(), Errno> {
    match action {
        Action::Caught => catch(signal),
        Action::Default => leave(signal, SIG_DFL),
        Action::Ignored => leave(signal, SIG_IGN),
    }
}

/// Has the descriptor tell `signal`. The signal is blocked first, so there is no moment at which
/// it has its default action although it was ignored before.
fn catch(signal: Signal) -> Result<(), Errno> {
    let fd = descriptor().ok_or(Errno::BADF)?;
    let bit = traps::bit(signal);
    let caught = CAUGHT.load(Ordering::Relaxed);
    if caught & bit != 0 {
        return Ok(());
    }
    let before = sys::block(bit)? & bit;
    // A signal that is blocked stays pending whatever its action (kernel/signal.c, `sig_ignored`).
    sys::tell_signals(fd, caught | bit)?;
    CAUGHT.store(caught | bit, Ordering::Relaxed);
    BLOCKED_BEFORE.fetch_or(before, Ordering::Relaxed);
    if signal == Signal::PIPE {
        IGNORES_PIPE.store(false, Ordering::Relaxed);
    } else {
        set_handler(signal, SIG_DFL)?;
    }
    Ok(())
}

/// Gives `signal` the default action or has it ignored.
fn leave(signal: Signal, handler: usize) -> Result<(), Errno> {
    let bit = traps::bit(signal);
    let caught = CAUGHT.load(Ordering::Relaxed);
    if signal == Signal::PIPE {
        IGNORES_PIPE.store(handler == SIG_IGN, Ordering::Relaxed);
        // Again, since the kernel then drops a signal that is pending.
        set_handler(signal, SIG_IGN)?;
    } else {
        set_handler(signal, handler)?;
    }
    if caught & bit != 0 {
        if let Some(fd) = descriptor() {
            sys::tell_signals(fd, caught & !bit)?;
        }
        uncatch(bit);
    }
    Ok(())
}

/// Unblocks these signals, which are caught no more, unless they were blocked before. A pending
/// one acts at once.
fn uncatch(bits: u64) {
    CAUGHT.fetch_and(!bits, Ordering::Relaxed);
    let before = BLOCKED_BEFORE.fetch_and(!bits, Ordering::Relaxed);
    // The call has no errors for a set that is in memory.
    sys::unblock(bits & !before);
}

fn set_handler(signal: Signal, handler: usize) -> Result<(), Host> {
    let handler = if handler == SIG_DFL {
        ending::default_handler(signal.as_raw())
    } else {
        handler
    };
    // SAFETY: the callers give SIG_DFL or SIG_IGN; a handler of `ending` is one for SA_SIGINFO.
    sys::checked(unsafe { traps::set_action(signal, handler, 0) }).map(|_| ())
}

/// What happens on `signal`.
///
/// # Errors
/// None that the kernel is known to have.
pub fn action(signal: Signal) -> Result<Action, Errno> {
    if CAUGHT.load(Ordering::Relaxed) & traps::bit(signal) != 0 {
        return Ok(Action::Caught);
    }
    let ignored = if signal == Signal::PIPE {
        IGNORES_PIPE.load(Ordering::Relaxed)
    } else {
        sys::handler_of(signal.as_raw())? == SIG_IGN
    };
    Ok(if ignored {
        Action::Ignored
    } else {
        Action::Default
    })
}

/// Sends `signal` to the process.
///
/// # Errors
/// None that the kernel is known to have.
pub fn raise(signal: Signal) -> Result<(), Errno> {
    Ok(kill_process(getpid(), signal)?)
}

/// Whether the process dies where it writes to a standard stream that nobody reads.
pub fn pipe_kills() -> bool {
    let caught = CAUGHT.load(Ordering::Relaxed) & traps::bit(Signal::PIPE) != 0;
    !caught && !IGNORES_PIPE.load(Ordering::Relaxed)
}

/// Has all caught signals act by default, before the descriptor is closed.
fn release() {
    DESCRIPTOR.store(-1, Ordering::Relaxed);
    // Their action is the default already; `catch` has set it.
    uncatch(CAUGHT.load(Ordering::Relaxed));
}

/// Bytes of `struct signalfd_siginfo` (uapi `linux/signalfd.h`), which begins with the signal's
/// number, of 32 bits.
const RECORD: usize = 128;

/// Signals that one call reads at most.
const MOST: usize = 16;

/// Reads pending signals, one byte for each: preview 1's number.
fn read(fd: BorrowedFd<'_>, batch: &mut Batch<'_>) -> Result<usize, Host> {
    let room = batch.room().min(MOST);
    if room == 0 {
        return Ok(0);
    }
    let mut records = [0; RECORD * MOST];
    let buffer = IoSliceMut::new(&mut records[..RECORD * room]);
    let count = readv(fd, &mut [buffer])? / RECORD;
    let mut numbers = [0; MOST];
    for (number, record) in numbers.iter_mut().zip(records.chunks_exact(RECORD)) {
        let host = u32::from_ne_bytes([record[0], record[1], record[2], record[3]]);
        let known = SIGNALS.iter().find(|(_, s)| s.as_raw() as u32 == host);
        *number = known.map_or(0, |(number, _)| *number);
    }
    batch.store(&numbers[..count]);
    Ok(count)
}

#[cfg(test)]
#[path = "signals_tests.rs"]
mod tests;
