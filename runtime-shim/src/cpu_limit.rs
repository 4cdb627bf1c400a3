//! `--max-cpu`: the program ends when it has used more processor time than the build allows,
//! whatever it is doing.
//!
//! A timer of the process counts its processor time, in user code and in the kernel, from the
//! start of the runtime (what the process did before as another program doesn't count). The
//! timer sends a signal of its own, SIGXCPU; the signal of preemption goes on as before. The
//! kernel looks at such timers at each of its ticks, so the end comes up to 10 ms late.
//!
//! Invariant: a guest that breaks the runtime can have the signal ignored, but not the kernel's
//! own limit, which kills. The kernel's limit counts whole seconds and is a little higher.

use crate::arch::SignalContext;
use crate::report::{EXIT_MAX_CPU, Stderr, cannot_start};
use crate::sys::{self, SignalEvent, SignalInfo};
use crate::{ending, traps};
use core::fmt::Write;
use core::sync::atomic::{AtomicU64, Ordering};
use rustix::process::{Resource, Rlimit, Signal, getrlimit, setrlimit};
use rustix::time::{ClockId, clock_gettime};
use wasi_aot_contract::text::Milliseconds;

/// Set once by [`install`].
static LIMIT: AtomicU64 = AtomicU64::new(0);

/// Starts the timer for a limit in milliseconds. Returns the signal that it sends, as
/// [`sys::unblock`] takes it. Ends the process if the system has no such timers, since nothing
/// else would keep the limit.
pub fn install(limit: u64) -> u64 {
    LIMIT.store(limit, Ordering::Relaxed);
    if let Err(error) = start(limit) {
        cannot_start(format_args!(
            "cannot limit the processor time to {} (--max-cpu): the system's timers are \
             missing or forbidden (errno {}); build without --max-cpu to run here",
            Milliseconds(limit),
            error.raw_os_error()
        ));
    }
    traps::bit(Signal::XCPU)
}

fn start(limit: u64) -> rustix::io::Result<()> {
    let event = SignalEvent {
        value: 0,
        signal: Signal::XCPU.as_raw(),
        notify: 0,
        rest: [0; 6],
    };
    // SAFETY: the handler is one for SA_SIGINFO.
    let action = unsafe { traps::set_action(Signal::XCPU, on_limit as *const () as usize, 0) };
    sys::checked(action)?;
    let timer = sys::timer_create(sys::CLOCK_PROCESS_CPUTIME_ID, event);
    sys::checked(timer)?;
    sys::checked(sys::timer_settime(timer, limit))?;
    limit_hard(limit);
    Ok(())
}

/// Has the kernel kill the process 2 seconds after the limit, rounded up, unless the process
/// has a lower limit already.
fn limit_hard(limit: u64) {
    let before = clock_gettime(ClockId::ProcessCPUTime)
        .tv_sec
        .cast_unsigned();
    let seconds = before + limit.div_ceil(1000) + 2;
    let lower = |old: Option<u64>| Some(old.map_or(seconds, |old| old.min(seconds)));
    let old = getrlimit(Resource::Cpu);
    let new = Rlimit {
        current: lower(old.current),
        maximum: lower(old.maximum),
    };
    // Every process may lower its limits.
    let _ = setrlimit(Resource::Cpu, new);
}

/// # Safety
/// Called by the kernel only, as the handler of the timer's signal.
unsafe extern "C" fn on_limit(_: i32, info: *const SignalInfo, _: *const SignalContext) {
    // SAFETY: the kernel passes it for SA_SIGINFO.
    if unsafe { (*info).code } != sys::SI_TIMER {
        // Another limit sent the signal (`ulimit -t`), or some process.
        return traps::die_on_return(Signal::XCPU);
    }
    let mut stderr = Stderr::new();
    stderr.program_name();
    // Neither formatting nor `Stderr` fails.
    let _ = writeln!(
        stderr,
        "used more than the {} of processor time that it was built with (--max-cpu)",
        Milliseconds(LIMIT.load(Ordering::Relaxed))
    );
    stderr.flush();
    ending::exit(EXIT_MAX_CPU)
}
