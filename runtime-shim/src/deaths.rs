//! Signals that kill: what outlives the process is put right first.
//!
//! Invariants: from [`prepare`] on, each signal whose default action kills has the handler
//! [`on_death`] in place of the default action. That handler never returns to the program: it puts
//! right what [`crate::ending`] knows, and has the process die by the same signal. So nothing is
//! interrupted that goes on. Signals that are ignored, caught by the program or handled by the
//! runtime stay so. Only SIGKILL, and a kill of the second fence, leave no moment for that.

use crate::arch::SignalContext;
use crate::sys::{self, SignalInfo};
use crate::{ending, traps};
use rustix::process::{Signal, getpid, kill_process};

/// Has `last` called at the end of the process, and before signals that kill. It makes system
/// calls only, and may be called twice.
pub fn prepare(last: fn()) {
    let handler = on_death as *const () as usize;
    ending::prepare(last, handler);
    for number in (1..=64).filter(|&number| ending::kills(number)) {
        // 0 is SIG_DFL. A signal that is blocked, ignored or handled stays so.
        if sys::handler_of(number) == Ok(0) {
            // SAFETY: the handler is one for SA_SIGINFO. A failure costs only this signal.
            unsafe { traps::set_action_of(number, handler, 0) };
        }
    }
}

/// # Safety
/// Called by the kernel only, as the handler of a signal that kills by default.
unsafe extern "C" fn on_death(number: i32, _: *const SignalInfo, _: *const SignalContext) {
    ending::put_right();
    // SAFETY: 0 is SIG_DFL. The signal is blocked until this handler returns.
    unsafe { traps::set_action_of(number, 0, 0) };
    // SAFETY: the kernel has called with this number, and there is no C library that keeps
    // signals for itself.
    let _ = kill_process(getpid(), unsafe { Signal::from_raw_unchecked(number) });
}
