//! The end of the process, and what is put right before.
//!
//! Invariants:
//!
//! * Whatever ends the process on purpose comes through here: [`exit`], [`ended`], or [`put_right`]
//!   before a signal that kills.
//! * What is to be put right are functions behind pointers. So an executable has one only if its
//!   module can change something that outlives the process ([`crate::terminals`],
//!   `policy/temporary.rs`).
//! * These functions make system calls only, so they may run in any handler of a signal, and twice.

use crate::sys;
use core::ptr::null_mut;
use core::sync::atomic::{AtomicPtr, AtomicUsize, Ordering};

/// Each a `fn()`, or null: for terminals, and for the directory of `@tmp`.
static LAST: [AtomicPtr<()>; 2] = [const { AtomicPtr::new(null_mut()) }; 2];
/// The handler of signals that kill by default, or 0, which is SIG_DFL.
static KILLED: AtomicUsize = AtomicUsize::new(0);
/// The handler of SIGQUIT, or 0, which is SIG_DFL.
static QUIT: AtomicUsize = AtomicUsize::new(0);

/// SIGQUIT's number.
const SIGQUIT: i32 = 3;

/// Signals that don't end a process by default, as bits of which bit 0 is signal 1: CHLD, CONT,
/// STOP, TSTP, TTIN, TTOU, URG, WINCH (signal(7)); and KILL, which no process sees.
const SPARED: u64 = {
    let spared = [9, 17, 18, 19, 20, 21, 22, 23, 28];
    let (mut bits, mut next) = (0, 0);
    while next < spared.len() {
        bits |= 1 << (spared[next] - 1);
        next += 1;
    }
    bits
};

/// Whether the default action of the host's signal `number` ends the process.
pub const fn kills(number: i32) -> bool {
    matches!(number, 1..=64) && SPARED >> (number - 1) & 1 == 0
}

/// Has `last` called before the process ends. `killed` is the handler, for SA_SIGINFO, that
/// signals get instead of a default action that kills.
///
/// # Panics
/// If there are more such functions than the runtime has.
pub fn prepare(last: fn(), killed: usize) {
    let last = last as *mut ();
    let is_free = |slot: &&AtomicPtr<()>| {
        let taken = slot.load(Ordering::Relaxed);
        taken.is_null() || taken == last
    };
    let slot = LAST.iter().find(is_free);
    (slot.expect("BUG: too many functions for the end")).store(last, Ordering::Relaxed);
    KILLED.store(killed, Ordering::Relaxed);
}

/// Makes `handler`, one for SA_SIGINFO, SIGQUIT's default action. The handler ends the process
/// by [`exit`], sooner or later.
pub fn set_quit_handler(handler: usize) {
    QUIT.store(handler, Ordering::Relaxed);
}

/// The handler that gives the host's signal `number` its default action.
pub fn default_handler(number: i32) -> usize {
    let quit = QUIT.load(Ordering::Relaxed);
    if number == SIGQUIT && quit != 0 {
        quit
    } else if kills(number) {
        KILLED.load(Ordering::Relaxed)
    } else {
        0
    }
}

/// Puts right what must be put right before the process ends.
pub fn put_right() {
    // What was prepared last is quick: a terminal doesn't wait for a directory.
    for last in LAST.iter().rev() {
        let last = last.load(Ordering::Relaxed);
        if !last.is_null() {
            // SAFETY: `prepare` stored a function of this type.
            unsafe { core::mem::transmute::<*mut (), fn()>(last)() }
        }
    }
}

/// Ends the process with the lower 8 bits of `code`.
pub fn exit(code: i32) -> ! {
    put_right();
    sys::exit_group(code)
}

/// Ends the process because the module's entry has returned.
pub extern "C" fn ended() -> ! {
    exit(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::process::Signal;

    #[test]
    fn signals_that_kill_are_told_apart() {
        for signal in [
            Signal::HUP,
            Signal::INT,
            Signal::TERM,
            Signal::PIPE,
            Signal::USR2,
            Signal::IO,
            Signal::SYS,
        ] {
            assert!(kills(signal.as_raw()), "{signal:?}");
        }
        for signal in [
            Signal::KILL,
            Signal::STOP,
            Signal::TSTP,
            Signal::CONT,
            Signal::CHILD,
            Signal::WINCH,
            Signal::URG,
            Signal::TTIN,
            Signal::TTOU,
        ] {
            assert!(!kills(signal.as_raw()), "{signal:?}");
        }
        assert!(kills(34) && kills(64) && !kills(0) && !kills(65));
    }
}
