//! SIGQUIT shows where the goroutines of a Go program are, and ends it with 2.
//!
//! That is what native Go does (`sighandler` in `runtime/signal_unix.go`). The traces are printed
//! by Go's own code in the module: functions of the scheduler ask [`begins`] whether SIGQUIT has
//! come, and go on to the traces if it has (`compiler/src/go/quitting.rs`). What is done here is
//! that the scheduler's turn comes soon:
//!
//! - While generated code runs, the handler asks the goroutine to give way ([`preempt`]).
//! - A call that waits ends: the handler lets the kernel interrupt it, and the guest gets `EINTR`,
//!   upon which Go makes the call again, on the way through functions that give way.
//! - A signal may come right before a call begins to wait. So a timer sends SIGQUIT again every
//!   10 ms until the traces begin.
//!
//! Invariants:
//!
//! * The module decides nothing: a second SIGQUIT ends the process, also during the traces, and so
//!   does the timer if no traces have begun after a second. (The kernel drops a second signal that
//!   comes while the timer's is pending, which happens on a busy machine; then the timer ends it.) Then the message says where generated
//!   code was, as a trap does, and the exit code is 2, too.
//! * An executable has this only if its module's code asks. Without it SIGQUIT keeps its default
//!   action.
//! * A SIGQUIT that the parent ignores stays ignored, and one that the program catches, ignores or
//!   gives its default action does what [`crate::signals`] says; the default action is this one.
//! * The handler makes system calls and stores to atomics, and [`preempt::ask`]'s one store.

use crate::arch::SignalContext;
use crate::report::Stderr;
use crate::sys::{self, SI_TIMER, SignalEvent, SignalInfo};
use crate::{ending, preempt, traps};
use core::fmt::Write;
use core::sync::atomic::{AtomicI32, AtomicU32, AtomicU64, Ordering};
use rustix::process::Signal;
use wasi_aot_contract::symbol;

/// Exit code after SIGQUIT, which is native Go's.
const EXIT_QUIT: i32 = 2;

/// Milliseconds after which SIGQUIT comes again.
const AGAIN: u64 = 10;
/// How often it comes again before the process ends without traces.
const MOST: u32 = 100;

/// How far the process is: one of the constants below.
static STATE: AtomicU32 = AtomicU32::new(RUNNING);
/// No SIGQUIT has come.
const RUNNING: u32 = 0;
/// The traces haven't begun.
const ASKED: u32 = 1;
/// The traces are being printed.
const TRACING: u32 = 2;

/// The timer's number, or -1.
static TIMER: AtomicI32 = AtomicI32::new(-1);
/// How often the timer has sent SIGQUIT.
static AGAINS: AtomicU32 = AtomicU32::new(0);
/// Where the first SIGQUIT has interrupted the process.
static PC: AtomicU64 = AtomicU64::new(0);
/// The first signal's `si_code`, which says who has sent it.
static CODE: AtomicI32 = AtomicI32::new(0);

/// Whether SIGQUIT has come and the traces haven't begun. Then no call is to wait.
pub fn is_asked() -> bool {
    STATE.load(Ordering::Relaxed) == ASKED
}

#[unsafe(export_name = symbol!("quit_handled"))]
extern "C" fn handled() {
    let handler = on_quit as *const () as usize;
    ending::set_quit_handler(handler);
    // SAFETY: the handler is one for SA_SIGINFO. If the kernel refuses, the default action stays.
    let before = unsafe { traps::swap_action(Signal::QUIT, handler) };
    if before == Ok(traps::SIG_IGN) {
        // SAFETY: no handler. The kernel drops the signals that the timer may send already.
        unsafe { traps::set_action(Signal::QUIT, traps::SIG_IGN, 0) };
        STATE.store(RUNNING, Ordering::Relaxed);
    }
}

#[unsafe(export_name = symbol!("quit_begins"))]
extern "C" fn begins() -> u32 {
    if !is_asked() || !preempt::is_scheduler() {
        return 0;
    }
    STATE.store(TRACING, Ordering::Relaxed);
    let timer = TIMER.load(Ordering::Relaxed);
    if timer >= 0 {
        // A signal that the timer has sent already comes before this returns.
        sys::timer_settime(timer as isize, 0);
    }
    let (pc, code) = (PC.load(Ordering::Relaxed), CODE.load(Ordering::Relaxed));
    let mut stderr = Stderr::new();
    // As in `sighandler`. Neither formatting nor `Stderr` fails.
    let _ = writeln!(stderr, "SIGQUIT: quit\nPC={pc:#x} m=0 sigcode={code}");
    stderr.flush();
    1
}

#[unsafe(export_name = symbol!("quit_ends"))]
extern "C" fn ends() -> ! {
    ending::exit(EXIT_QUIT)
}

/// # Safety
/// Called by the kernel only, as the handler of SIGQUIT.
unsafe extern "C" fn on_quit(_: i32, info: *const SignalInfo, context: *const SignalContext) {
    // SAFETY: the kernel passes both for SA_SIGINFO.
    let (code, registers) = unsafe { ((*info).code, (*context).registers()) };
    let state = STATE.load(Ordering::Relaxed);
    if code != SI_TIMER {
        if state != RUNNING {
            // SAFETY: this is a handler, whose thread is the only one.
            unsafe { traps::show_place("SIGQUIT: quit", &registers) };
            ending::exit(EXIT_QUIT)
        }
        PC.store(registers.pc, Ordering::Relaxed);
        CODE.store(code, Ordering::Relaxed);
        STATE.store(ASKED, Ordering::Relaxed);
        create_timer();
    } else if state != ASKED {
        return;
    } else if AGAINS.fetch_add(1, Ordering::Relaxed) + 1 >= MOST {
        let why = "SIGQUIT: quit, and no goroutine has given way";
        // SAFETY: as above.
        unsafe { traps::show_place(why, &registers) };
        ending::exit(EXIT_QUIT)
    }
    preempt::ask(registers.pc);
    let timer = TIMER.load(Ordering::Relaxed);
    if timer >= 0 {
        sys::timer_settime(timer as isize, AGAIN);
    }
}

/// Makes the timer. Where the system has no such timers, a call that had not begun to wait when
/// the signal came waits on, until the second SIGQUIT.
fn create_timer() {
    let event = SignalEvent {
        value: 0,
        signal: Signal::QUIT.as_raw(),
        notify: 0,
        rest: [0; 6],
    };
    let timer = sys::timer_create(sys::CLOCK_MONOTONIC, event);
    TIMER.store(
        i32::try_from(timer).unwrap_or(-1).max(-1),
        Ordering::Relaxed,
    );
}
