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
use linux_raw_sys::errno::ENOSYS;
use linux_raw_sys::general::{
    __NR_accept4, __NR_clock_getres, __NR_clock_gettime, __NR_clock_nanosleep, __NR_close,
    __NR_dup3, __NR_epoll_create1, __NR_exit_group, __NR_fadvise64, __NR_fallocate, __NR_fcntl,
    __NR_fdatasync, __NR_fstat, __NR_fstatfs, __NR_fsync, __NR_ftruncate, __NR_getdents64,
    __NR_getpid, __NR_getrandom, __NR_ioctl, __NR_kill, __NR_linkat, __NR_lseek, __NR_mkdirat,
    __NR_mmap, __NR_mprotect, __NR_munmap, __NR_newfstatat, __NR_openat, __NR_openat2, __NR_ppoll,
    __NR_preadv, __NR_pwritev, __NR_readlinkat, __NR_readv, __NR_recvmsg, __NR_renameat,
    __NR_restart_syscall, __NR_rt_sigaction, __NR_rt_sigreturn, __NR_sched_yield, __NR_sendmsg,
    __NR_shutdown, __NR_symlinkat, __NR_unlinkat, __NR_utimensat, __NR_write, __NR_writev, F_SETFL,
    MAP_ANONYMOUS, MAP_FIXED, MAP_FIXED_NOREPLACE, O_ACCMODE, O_CREAT, O_TRUNC, PROT_EXEC,
};
use linux_raw_sys::ioctl::{FIONREAD, TIOCGWINSZ};

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

/// The rules for a process with these needs. `process` is the ID of the process: it may send a
/// signal only to itself, in order to die by that signal.
pub fn allowed(needs: Needs, process: u32) -> impl Iterator<Item = Rule> {
    let openings = needs.files.then(|| openings(needs));
    let files = if needs.files { FILES } else { &[] };
    let writing = if needs.writing { WRITING } else { &[] };
    let sockets = if needs.sockets { SOCKETS } else { &[] };
    let to_itself = Rule::any(__NR_kill).when(When::is(0, process));
    [ALWAYS, files, writing, sockets]
        .into_iter()
        .flatten()
        .copied()
        .chain(openings.into_iter().flatten())
        .chain([to_itself])
}
