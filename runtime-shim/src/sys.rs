//! The system calls that rustix doesn't make: calls for signals, which rustix leaves to a C
//! library, and calls that rustix lacks or makes only with an allocator. Numbers are the
//! kernel's for the processor; results are 0 or more, or a negative errno.

use crate::arch::{signal_restorer, system_call};
use core::mem::MaybeUninit;
use linux_raw_sys::general::{
    __NR_close_range, __NR_exit_group, __NR_getcwd, __NR_ioctl, __NR_rt_sigaction,
    __NR_rt_sigprocmask, __NR_setitimer, __NR_sigaltstack, __NR_signalfd4, __NR_timer_create,
    __NR_timer_settime, O_CLOEXEC, O_NONBLOCK, SIG_BLOCK, SIG_UNBLOCK, itimerspec, termios,
    timespec,
};
use linux_raw_sys::ioctl::{TCGETS, TCSETS, TIOCGDEV};
use rustix::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use rustix::io::Errno;

/// The kernel's `struct sigaction` (uapi `asm/signal.h`, `asm-generic/signal.h`). The C
/// library's `struct sigaction` has another layout.
#[repr(C)]
pub struct SignalAction {
    pub handler: usize,
    pub flags: u64,
    pub restorer: usize,
    pub mask: u64,
}

impl SignalAction {
    const NONE: Self = Self {
        handler: 0,
        flags: 0,
        restorer: 0,
        mask: 0,
    };
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

/// `struct sigevent` of timer_create(2), for a signal.
#[repr(C)]
pub struct SignalEvent {
    pub value: usize,
    pub signal: i32,
    /// SIGEV_SIGNAL is 0.
    pub notify: i32,
    pub rest: [u64; 6],
}

/// `si_code` of a signal that a timer of timer_create(2) sends.
pub const SI_TIMER: i32 = -2;

/// The clock that nobody sets.
pub const CLOCK_MONOTONIC: usize = 1;

/// The processor time of the process, in user code and in the kernel.
pub const CLOCK_PROCESS_CPUTIME_ID: usize = 2;

/// The timer that runs while the process computes in user code; it sends SIGVTALRM.
#[cfg(not(feature = "eager"))]
pub const ITIMER_VIRTUAL: usize = 1;

/// The timer that always runs; it sends SIGALRM.
#[cfg(feature = "eager")]
pub const ITIMER_REAL: usize = 0;

/// `SA_SIGINFO | SA_ONSTACK`; the same on all architectures we support.
pub const SA_SIGINFO_ONSTACK: u64 = 0x4 | 0x0800_0000;

/// `SA_RESTART`: the kernel restarts system calls that the signal interrupts. The same on all
/// architectures we support.
pub const SA_RESTART: u64 = 0x1000_0000;

/// Ends the process with the lower 8 bits of `code`.
pub fn exit_group(code: i32) -> ! {
    loop {
        // SAFETY: the call takes no pointers.
        unsafe { system_call(__NR_exit_group, [code as usize, 0, 0, 0, 0, 0]) };
    }
}

/// Sets what happens on `signal`. Fills in the restorer. Returns what happened before: SIG_DFL,
/// SIG_IGN or the address of a handler.
///
/// # Errors
/// `EINVAL` for a signal that no process may handle.
///
/// # Safety
/// `action.handler` is SIG_DFL, SIG_IGN or a handler as `action.flags` say.
pub unsafe fn rt_sigaction(signal: i32, mut action: SignalAction) -> Result<usize, Errno> {
    let (flag, restorer) = signal_restorer();
    action.flags |= flag;
    action.restorer = restorer;
    let mut before = SignalAction::NONE;
    let mask_size = size_of::<u64>();
    let new = (&raw const action).expose_provenance();
    let old = (&raw mut before).expose_provenance();
    // SAFETY: the kernel reads one action and writes another; the handler is the caller's
    // promise.
    checked(unsafe {
        system_call(
            __NR_rt_sigaction,
            [signal as usize, new, old, mask_size, 0, 0],
        )
    })?;
    Ok(before.handler)
}

/// What happens on `signal`: SIG_DFL, SIG_IGN or the address of a handler.
///
/// # Errors
/// `EINVAL` for a number that no signal has.
pub fn handler_of(signal: i32) -> Result<usize, Errno> {
    let mut action = SignalAction::NONE;
    let old = (&raw mut action).expose_provenance();
    let mask_size = size_of::<u64>();
    // SAFETY: the kernel writes one action through the pointer and reads none, as the pointer
    // for the new action is null.
    checked(unsafe {
        system_call(
            __NR_rt_sigaction,
            [signal as usize, 0, old, mask_size, 0, 0],
        )
    })?;
    Ok(action.handler)
}

/// Sets the stack that signal handlers run on.
///
/// # Safety
/// The stack is writable memory that nothing else uses from now on.
pub unsafe fn sigaltstack(stack: SignalStack) -> isize {
    let new = (&raw const stack).expose_provenance();
    // SAFETY: the kernel reads one description through the pointer and writes none,
    // as the pointer for the old one is null; the stack is the caller's promise.
    unsafe { system_call(__NR_sigaltstack, [new, 0, 0, 0, 0, 0]) }
}

/// Has the kernel send a signal periodically, as setitimer(2) says.
pub fn setitimer(which: usize, timer: IntervalTimer) -> isize {
    let new = (&raw const timer).expose_provenance();
    // SAFETY: the kernel reads one timer through the pointer and writes none, as
    // the pointer for the old one is null.
    unsafe { system_call(__NR_setitimer, [which, new, 0, 0, 0, 0]) }
}

/// Makes a timer of `clock` and returns its number.
pub fn timer_create(clock: usize, event: SignalEvent) -> isize {
    let mut number = 0i32;
    let event = (&raw const event).expose_provenance();
    let at = (&raw mut number).expose_provenance();
    // SAFETY: the kernel reads one event and writes one number of 32 bits.
    let result = unsafe { system_call(__NR_timer_create, [clock, event, at, 0, 0, 0]) };
    if result < 0 { result } else { number as isize }
}

/// Has a timer send its signal once, `milliseconds` from now; 0 stops it.
pub fn timer_settime(number: isize, milliseconds: u64) -> isize {
    let time = |tv_sec, tv_nsec| timespec { tv_sec, tv_nsec };
    let timer = itimerspec {
        it_interval: time(0, 0),
        it_value: time(
            (milliseconds / 1000) as i64,
            (milliseconds % 1000) as i64 * 1_000_000,
        ),
    };
    let new = (&raw const timer).expose_provenance();
    // SAFETY: the kernel reads one timer through the pointer and writes none, as the
    // pointer for the old one is null.
    unsafe { system_call(__NR_timer_settime, [number as usize, 0, new, 0, 0, 0]) }
}

/// Unblocks the signals in `signals`, of which bit 0 is signal 1.
pub fn unblock(signals: u64) -> isize {
    let set = (&raw const signals).expose_provenance();
    let size = size_of::<u64>();
    // SAFETY: the kernel reads one set through the pointer and writes none, as the
    // pointer for the old one is null.
    unsafe {
        system_call(
            __NR_rt_sigprocmask,
            [SIG_UNBLOCK as usize, set, 0, size, 0, 0],
        )
    }
}

/// Blocks the signals in `signals`, of which bit 0 is signal 1. Returns the signals that were
/// blocked before.
///
/// # Errors
/// None that the kernel is known to have.
pub fn block(signals: u64) -> Result<u64, Errno> {
    let mut before = 0u64;
    let set = (&raw const signals).expose_provenance();
    let old = (&raw mut before).expose_provenance();
    let size = size_of::<u64>();
    // SAFETY: the kernel reads one set and writes another.
    checked(unsafe {
        system_call(
            __NR_rt_sigprocmask,
            [SIG_BLOCK as usize, set, old, size, 0, 0],
        )
    })?;
    Ok(before)
}

/// The flags of [`signal_descriptor`]: SFD_CLOEXEC and SFD_NONBLOCK (uapi `linux/signalfd.h`).
pub const SIGNALFD_FLAGS: u32 = O_CLOEXEC | O_NONBLOCK;

/// Opens a descriptor of signalfd(2) that tells the signals in `signals` while they are blocked.
///
/// # Errors
/// `EMFILE`, `ENFILE`, `ENOMEM`.
pub fn signal_descriptor(signals: u64) -> Result<OwnedFd, Errno> {
    let fd = signalfd(usize::MAX, signals)?;
    // SAFETY: the kernel has just opened the descriptor, and nobody else has it.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}

/// Has the descriptor of signalfd(2) tell these signals instead.
///
/// # Errors
/// `EINVAL` when `fd` is another descriptor.
pub fn tell_signals(fd: BorrowedFd<'_>, signals: u64) -> Result<(), Errno> {
    signalfd(fd.as_raw_fd() as usize, signals).map(|_| ())
}

fn signalfd(fd: usize, signals: u64) -> Result<usize, Errno> {
    let set = (&raw const signals).expose_provenance();
    let (size, flags) = (size_of::<u64>(), SIGNALFD_FLAGS as usize);
    // SAFETY: the kernel reads one set through the pointer.
    checked(unsafe { system_call(__NR_signalfd4, [fd, set, size, flags, 0, 0]) })
}

/// The attributes of a terminal, in the kernel's `struct termios` (uapi `asm-generic/termbits.h`).
///
/// # Errors
/// `ENOTTY` for another file.
pub fn terminal_attributes(fd: BorrowedFd<'_>) -> Result<termios, Errno> {
    let mut found = MaybeUninit::<termios>::zeroed();
    // SAFETY: TCGETS writes one `struct termios`.
    unsafe { ioctl(fd, TCGETS, found.as_mut_ptr().expose_provenance()) }?;
    // SAFETY: written, and zeroed before.
    Ok(unsafe { found.assume_init() })
}

/// Sets the attributes of a terminal, at once. The kernel stops a process in the background that
/// doesn't block or ignore SIGTTOU.
///
/// # Errors
/// `ENOTTY` for another file, `EIO` in the background of a session whose shell has ended.
pub fn set_terminal_attributes(fd: BorrowedFd<'_>, attributes: &termios) -> Result<(), Errno> {
    let at = (&raw const *attributes).expose_provenance();
    // SAFETY: TCSETS reads one `struct termios`.
    unsafe { ioctl(fd, TCSETS, at) }.map(|_| ())
}

/// The device number of a terminal, also where the terminal was opened as /dev/tty
/// (`tty_io.c`, `tiocgdev`).
///
/// # Errors
/// `ENOTTY` for another file.
pub fn terminal_device(fd: &impl AsFd) -> Result<u64, Errno> {
    let mut device = 0u32;
    // SAFETY: TIOCGDEV writes one number of 32 bits.
    unsafe { ioctl(fd.as_fd(), TIOCGDEV, (&raw mut device).expose_provenance()) }?;
    Ok(device.into())
}

/// Makes the call ioctl(2), whose last argument is mostly an address.
///
/// # Errors
/// Those of the request.
///
/// # Safety
/// `at` is the address of what the kernel reads or writes for `request`.
pub unsafe fn ioctl(fd: BorrowedFd<'_>, request: u32, at: usize) -> Result<usize, Errno> {
    let fd = fd.as_raw_fd() as usize;
    // SAFETY: the caller's promise.
    checked(unsafe { system_call(__NR_ioctl, [fd, request as usize, at, 0, 0, 0]) })
}

/// Closes all descriptors from `first` on. The runtime must not have opened any of them.
pub fn close_from(first: u32) -> isize {
    let all = u32::MAX as usize;
    // SAFETY: the call takes no pointers; the caller opened none of them.
    unsafe { system_call(__NR_close_range, [first as usize, all, 0, 0, 0, 0]) }
}

/// Writes the path of the current directory and a NUL. Returns the number of bytes.
pub fn getcwd(buffer: &mut [MaybeUninit<u8>]) -> isize {
    let start = buffer.as_mut_ptr().expose_provenance();
    // SAFETY: the kernel writes at most as many bytes to the buffer as it has.
    unsafe { system_call(__NR_getcwd, [start, buffer.len(), 0, 0, 0, 0]) }
}

/// A result of the kernel in rustix's form.
pub fn checked(result: isize) -> Result<usize, Errno> {
    usize::try_from(result).map_err(|_| Errno::from_raw_os_error(-result as i32))
}
