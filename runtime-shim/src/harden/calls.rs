//! Which system calls the runtime makes once the guest runs, and with which arguments, as far
//! as these are known in advance: what [`super::seccomp`] allows.
//!
//! Invariants: a system call that the runtime makes at run time has a rule here, or the
//! process dies of SIGSYS; and nothing can be opened by a path unless a directory is granted.
//!
//! Only the lower 32 bits of an argument are compared, and for these calls the kernel looks
//! only at them, too.

use super::Needs;
use super::filter::{Rule, When};
use crate::sys;
use linux_raw_sys::errno::ENOSYS;
use linux_raw_sys::general::{
    __NR_accept4, __NR_clock_getres, __NR_clock_gettime, __NR_clock_nanosleep, __NR_close,
    __NR_dup3, __NR_epoll_create1, __NR_exit_group, __NR_fadvise64, __NR_fallocate, __NR_fchmod,
    __NR_fcntl, __NR_fdatasync, __NR_fstat, __NR_fstatfs, __NR_fsync, __NR_ftruncate,
    __NR_getdents64, __NR_getpgid, __NR_getpid, __NR_getrandom, __NR_ioctl, __NR_kill, __NR_linkat,
    __NR_lseek, __NR_mkdirat, __NR_mmap, __NR_mprotect, __NR_munmap, __NR_newfstatat, __NR_openat,
    __NR_openat2, __NR_ppoll, __NR_preadv, __NR_pwritev, __NR_readlinkat, __NR_readv, __NR_recvmsg,
    __NR_renameat, __NR_restart_syscall, __NR_rt_sigaction, __NR_rt_sigprocmask, __NR_rt_sigreturn,
    __NR_sched_yield, __NR_sendmsg, __NR_shutdown, __NR_signalfd4, __NR_symlinkat,
    __NR_timer_create, __NR_timer_settime, __NR_uname, __NR_unlinkat, __NR_utimensat, __NR_write,
    __NR_writev, F_DUPFD_CLOEXEC, F_SETFL, MAP_ANONYMOUS, MAP_FIXED, MAP_FIXED_NOREPLACE,
    O_ACCMODE, O_CREAT, O_TRUNC, PROT_EXEC,
};
use linux_raw_sys::ioctl::{FIONREAD, TCGETS, TCSETS, TIOCGPGRP, TIOCGWINSZ};
use wasi_aot_contract::os;

const FIXED: u32 = MAP_FIXED | MAP_FIXED_NOREPLACE;

/// Allowed whatever the policy: memory, clocks, waiting, the end, and what can be done with
/// open descriptors.
const ALWAYS: &[Rule] = &[
    Rule::any(__NR_readv),
    Rule::any(__NR_writev),
    Rule::any(__NR_preadv),
    Rule::any(__NR_lseek),
    Rule::any(__NR_fstat),
    Rule::any(__NR_fsync),
    Rule::any(__NR_fdatasync),
    Rule::any(__NR_fadvise64),
    Rule::any(__NR_close),
    // These two put a placeholder where a standard descriptor is closed.
    Rule::any(__NR_epoll_create1),
    Rule::any(__NR_dup3),
    Rule::any(__NR_fcntl).when(When::is(1, F_SETFL)),
    // A copy of a descriptor: of a standard stream, or of the controlling terminal.
    Rule::any(__NR_fcntl).when(When::is(1, F_DUPFD_CLOEXEC)),
    Rule::any(__NR_ioctl).when(When::is(1, FIONREAD)),
    // Asks whether a descriptor is a terminal.
    Rule::any(__NR_ioctl).when(When::is(1, TIOCGWINSZ)),
    Rule::any(__NR_ppoll),
    Rule::any(__NR_clock_nanosleep),
    // The kernel continues a wait by this call after the process was stopped.
    Rule::any(__NR_restart_syscall),
    // Clocks that the vDSO doesn't have: CPU time, and all clocks on some machines.
    Rule::any(__NR_clock_gettime),
    Rule::any(__NR_clock_getres),
    Rule::any(__NR_getrandom),
    Rule::any(__NR_sched_yield),
    // Changes protections, but can't make memory executable.
    Rule::any(__NR_mprotect).when(When::none_of(2, PROT_EXEC)),
    // Maps fresh memory that isn't executable and replaces no other mapping.
    Rule::any(__NR_mmap)
        .when(When::none_of(2, PROT_EXEC))
        .when(When::masked(3, MAP_ANONYMOUS | FIXED, MAP_ANONYMOUS)),
    Rule::any(__NR_munmap),
    // Messages of the runtime itself.
    Rule::any(__NR_write),
    Rule::any(__NR_rt_sigreturn),
    Rule::any(__NR_rt_sigaction),
    Rule::any(__NR_getpid),
    Rule::any(__NR_exit_group),
];

/// Allowed with a granted directory.
const FILES: &[Rule] = &[
    Rule::any(__NR_newfstatat),
    Rule::any(__NR_readlinkat),
    Rule::any(__NR_getdents64),
];

/// Allowed with a directory that is granted for writing.
const WRITING: &[Rule] = &[
    // Without a granted directory there are only the standard streams, which are written at
    // their position and get no size.
    Rule::any(__NR_pwritev),
    Rule::any(__NR_fallocate),
    Rule::any(__NR_ftruncate),
    // Asks for the kind of file system of a file or directory to be changed.
    Rule::any(__NR_fstatfs),
    Rule::any(__NR_mkdirat),
    Rule::any(__NR_unlinkat),
    Rule::any(__NR_renameat),
    Rule::any(__NR_linkat),
    Rule::any(__NR_symlinkat),
    Rule::any(__NR_utimensat),
];

/// Allowed with a socket.
const SOCKETS: &[Rule] = &[
    Rule::any(__NR_accept4),
    Rule::any(__NR_recvmsg),
    Rule::any(__NR_sendmsg),
    Rule::any(__NR_shutdown),
];

/// Allowed to a guest that may catch signals. The descriptor tells signals, and takes no more:
/// it is non-blocking and isn't inherited. What is blocked lies in memory, where a filter can't
/// see it.
const SIGNALS: &[Rule] = &[
    Rule::any(__NR_signalfd4).when(When::is(3, sys::SIGNALFD_FLAGS)),
    Rule::any(__NR_rt_sigprocmask),
];

/// Allowed to a module that shows goroutines on SIGQUIT: a timer that sends a signal to the
/// process itself.
const QUITTING: &[Rule] = &[
    Rule::any(__NR_timer_create).when(When::is(0, sys::CLOCK_MONOTONIC as u32)),
    Rule::any(__NR_timer_settime),
];

/// Allowed with a directory that is granted for writing, to a guest that may set modes. The call
/// takes a descriptor, which Landlock has seen opened, and no descriptor opened with O_PATH. The
/// calls that take a name are never allowed: Landlock doesn't see them. The mode has none of the
/// bits beyond the permissions.
const MODES: &[Rule] = &[Rule::any(__NR_fchmod).when(When::none_of(1, !os::MODE_BITS))];

/// Allowed to a guest that may ask for the host's name.
const HOST_NAME: &[Rule] = &[Rule::any(__NR_uname)];

/// Allowed to a guest that may set modes of terminals: their attributes, and which process group
/// has the terminal. Nothing else that a terminal can do, as taking input that nobody has typed
/// (TIOCSTI).
const TERMINAL_MODES: &[Rule] = &[
    Rule::any(__NR_ioctl).when(When::is(1, TCGETS)),
    Rule::any(__NR_ioctl).when(When::is(1, TCSETS)),
    Rule::any(__NR_ioctl).when(When::is(1, TIOCGPGRP)),
    Rule::any(__NR_getpgid).when(When::is(0, 0)),
];

/// The ways to open a file. openat2 has its flags in memory, where a filter can't see them.
/// Landlock sees what is opened and how, but emptying a file (O_TRUNC) only from version 3 on.
/// Where Landlock doesn't see emptying, the filter makes openat2 fail as if the kernel didn't
/// have the call. So the runtime walks, and a walk never asks for O_TRUNC.
fn openings(needs: Needs) -> [Rule; 2] {
    let openat2 = Rule::any(__NR_openat2);
    let openat = Rule::any(__NR_openat);
    let by_kernel = if needs.emptying_unseen {
        openat2.failing(ENOSYS)
    } else {
        openat2
    };
    let by_walking = match (needs.writing, needs.emptying_unseen) {
        (false, _) => openat.when(When::none_of(2, O_ACCMODE | O_CREAT | O_TRUNC)),
        (true, true) => openat.when(When::none_of(2, O_TRUNC)),
        (true, false) => openat,
    };
    [by_kernel, by_walking]
}

/// Sets of rules, each with the needs that all must be there for it, as bits of [`bits`].
const SETS: [(u8, &[Rule]); 9] = [
    (0, ALWAYS),
    (NEEDS_FILES, FILES),
    (NEEDS_WRITING, WRITING),
    (NEEDS_SOCKETS, SOCKETS),
    (NEEDS_SIGNALS, SIGNALS),
    (NEEDS_MODES | NEEDS_WRITING, MODES),
    (NEEDS_HOST_NAME, HOST_NAME),
    (NEEDS_TERMINAL_MODES, TERMINAL_MODES),
    (NEEDS_QUITTING, QUITTING),
];

const NEEDS_FILES: u8 = 1;
const NEEDS_WRITING: u8 = 2;
const NEEDS_SOCKETS: u8 = 4;
const NEEDS_SIGNALS: u8 = 8;
const NEEDS_MODES: u8 = 16;
const NEEDS_HOST_NAME: u8 = 32;
const NEEDS_TERMINAL_MODES: u8 = 64;
const NEEDS_QUITTING: u8 = 128;

fn bits(needs: Needs) -> u8 {
    let bit = |need, bit| if need { bit } else { 0 };
    bit(needs.files, NEEDS_FILES)
        | bit(needs.writing, NEEDS_WRITING)
        | bit(needs.sockets, NEEDS_SOCKETS)
        | bit(needs.os.signals, NEEDS_SIGNALS)
        | bit(needs.os.modes, NEEDS_MODES)
        | bit(needs.os.host_name, NEEDS_HOST_NAME)
        | bit(needs.os.sets_terminals, NEEDS_TERMINAL_MODES)
        | bit(needs.quitting, NEEDS_QUITTING)
}

/// The rules for a process with these needs. `process` is the ID of the process: it may send a
/// signal only to itself.
pub fn allowed(needs: Needs, process: u32) -> impl Iterator<Item = Rule> {
    let openings = needs.files.then(|| openings(needs));
    let bits = bits(needs);
    let to_itself = Rule::any(__NR_kill).when(When::is(0, process));
    (SETS.iter())
        .filter(move |(needed, _)| bits & needed == *needed)
        .flat_map(|(_, rules)| *rules)
        .copied()
        .chain(openings.into_iter().flatten())
        .chain([to_itself])
}
