//! What differs between processors: the entry point, the switch to the native
//! stack, the system calls that no library makes, and the saved registers of a
//! signal. Each file has the same items in the same order.

#[cfg(target_arch = "aarch64")]
#[path = "aarch64.rs"]
mod this;
#[cfg(target_arch = "x86_64")]
#[path = "x86_64.rs"]
mod this;

pub use this::*;

/// The kernel's `struct sigaction` (uapi `asm/signal.h`, `asm-generic/signal.h`),
/// which is not the C library's.
#[repr(C)]
pub struct SignalAction {
    pub handler: usize,
    pub flags: u64,
    pub restorer: usize,
    pub mask: u64,
}

/// `stack_t` of sigaltstack(2).
#[repr(C)]
pub struct SignalStack {
    pub start: *mut u8,
    pub flags: i32,
    pub size: usize,
}

/// The beginning of `siginfo_t` as the kernel fills it in for a fault
/// (uapi `asm-generic/siginfo.h`, `_sigfault`).
#[repr(C)]
pub struct SignalInfo {
    pub signal: i32,
    pub errno: i32,
    pub code: i32,
    pub address: u64,
}

/// `struct itimerval` of setitimer(2).
#[repr(C)]
pub struct IntervalTimer {
    /// Seconds and microseconds from one signal to the next.
    pub interval: [i64; 2],
    /// Seconds and microseconds to the first.
    pub value: [i64; 2],
}

/// The timer that runs while the process computes, not in the kernel; it sends
/// SIGVTALRM.
pub const ITIMER_VIRTUAL: usize = 1;

/// `SA_SIGINFO | SA_ONSTACK`; the same on all architectures we support.
pub const SA_SIGINFO_ONSTACK: u64 = 0x4 | 0x0800_0000;

/// Calls that the signal interrupts go on; the same everywhere, too.
pub const SA_RESTART: u64 = 0x1000_0000;

/// Where a signal interrupted the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Registers {
    pub pc: u64,
    pub frame_pointer: u64,
}
