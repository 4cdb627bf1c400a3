//! Programs are run by a small machine here; that the kernel takes and obeys them
//! is shown by the end-to-end tests (`tests/executable/harden`).

use super::*;
use crate::harden::Needs;
use crate::harden::calls::allowed;
use crate::policy::os_rights::OsRights;
use linux_raw_sys::general::*;

const ARCHITECTURE: u32 = 0xc000_003e;

/// A call as the kernel shows it to a program, in words of 32 bits.
struct Call([u32; 16]);

impl Call {
    fn new(number: u32, args: &[u64]) -> Self {
        let mut words = [0; 16];
        (words[0], words[1]) = (number, ARCHITECTURE);
        for (pair, arg) in words[4..].chunks_mut(2).zip(args) {
            pair.copy_from_slice(&[*arg as u32, (arg >> 32) as u32]);
        }
        Self(words)
    }

    fn is_allowed_by(&self, program: &Program) -> bool {
        self.run(program).0 == ALLOW
    }

    /// What the program returns, and after how many instructions.
    fn run(&self, program: &Program) -> (u32, usize) {
        let (mut accumulator, mut next) = (0, 0);
        for steps in 1.. {
            let sock_filter { code, jt, jf, k } = program.instructions()[next];
            next += 1;
            let holds = match code {
                LOAD => {
                    accumulator = self.0[k as usize / 4];
                    continue;
                }
                AND => {
                    accumulator &= k;
                    continue;
                }
                JUMP_EQUAL => accumulator == k,
                JUMP_GREATER_EQUAL => accumulator >= k,
                RETURN => return (k, steps),
                _ => panic!("unknown instruction {code:#x}"),
            };
            next += usize::from(if holds { jt } else { jf });
        }
        unreachable!("a program only jumps forward")
    }
}

fn program(files: bool, writing: bool, sockets: bool) -> Program {
    program_for(Needs {
        files,
        writing,
        sockets,
        quitting: false,
        emptying_unseen: false,
        os: OsRights::NONE,
    })
}

fn program_for(needs: Needs) -> Program {
    Program::new(ARCHITECTURE, allowed(needs, 77))
}

fn allows(program: &Program, number: u32, args: &[u64]) -> bool {
    Call::new(number, args).is_allowed_by(program)
}

#[test]
fn every_rule_is_found_and_nothing_else() {
    let rules: Vec<_> = [3, 500, 7, 8, 9, 60, 61, 62, 63, 64, 65, 200].into();
    let program = Program::new(ARCHITECTURE, rules.iter().map(|&number| Rule::any(number)));
    for number in (0..1000).chain([u32::MAX, 0x4000_0003]) {
        assert_eq!(
            allows(&program, number, &[]),
            rules.contains(&number),
            "{number}"
        );
    }
}

#[test]
fn another_architecture_is_refused() {
    let program = program(true, true, true);
    let mut call = Call::new(__NR_write, &[]);
    assert!(call.is_allowed_by(&program));
    call.0[1] = 0x4000_0003;
    assert!(!call.is_allowed_by(&program));
}

#[test]
fn rules_with_one_number_are_alternatives() {
    let either = [
        Rule::any(5).when(When::is(1, 10)),
        Rule::any(5)
            .when(When::none_of(0, 6))
            .when(When::is(2, 0))
            .failing(7),
        Rule::any(6),
    ];
    let program = Program::new(ARCHITECTURE, either.into_iter());
    for (args, expected) in [
        ([7, 10, 1], ALLOW),
        // No rule compares the upper half of an argument.
        ([9, 0, 1 << 32], FAIL | 7),
        ([9, 0, 1], KILL_PROCESS),
        ([2, 0, 0], KILL_PROCESS),
    ] {
        assert_eq!(Call::new(5, &args).run(&program).0, expected, "{args:?}");
    }
    assert!(allows(&program, 6, &[]));
    assert!(!allows(&program, 7, &[]));
}

#[test]
fn no_policy_lets_code_be_made_or_programs_be_started() {
    for flags in 0..8 {
        let program = program(flags & 1 != 0, flags & 2 != 0, flags & 4 != 0);
        for number in [
            __NR_execve,
            __NR_execveat,
            __NR_clone,
            __NR_clone3,
            __NR_socket,
            __NR_connect,
            __NR_bind,
            __NR_ptrace,
            __NR_io_uring_setup,
            __NR_mknodat,
            __NR_fchmodat,
            __NR_fchownat,
            __NR_setitimer,
            __NR_prctl,
            __NR_memfd_create,
            __NR_mremap,
            __NR_mseal,
        ] {
            assert!(!allows(&program, number, &[]), "{number}");
        }
        let protect = |access: u32| allows(&program, __NR_mprotect, &[0, 0, access.into()]);
        assert!(protect(PROT_READ | PROT_WRITE) && !protect(PROT_READ | PROT_EXEC));
        let map = |access: u32, flags: u32| {
            allows(&program, __NR_mmap, &[0, 4096, access.into(), flags.into()])
        };
        let fresh = MAP_PRIVATE | MAP_ANONYMOUS;
        assert!(map(PROT_READ | PROT_WRITE, fresh));
        assert!(!map(PROT_READ | PROT_EXEC, fresh));
        assert!(!map(PROT_READ, MAP_PRIVATE));
        assert!(!map(PROT_READ, fresh | MAP_FIXED));
        let signal = |process: u64| allows(&program, __NR_kill, &[process, 13]);
        assert!(signal(77) && !signal(1) && !signal(u64::MAX));
        assert!(!allows(&program, __NR_ioctl, &[0, 0x5412])); // TIOCSTI
    }
}

#[test]
fn files_are_opened_as_the_grants_say() {
    let open = |program: &Program, flags: u32| allows(program, __NR_openat, &[0, 0, flags.into()]);
    let none = program(false, false, false);
    assert!(!open(&none, O_PATH | O_CLOEXEC) && !open(&none, O_CLOEXEC));
    assert!(!allows(&none, __NR_openat2, &[]) && !allows(&none, __NR_newfstatat, &[]));

    let reading = program(true, false, false);
    assert!(open(&reading, O_CLOEXEC) && open(&reading, O_DIRECTORY | O_NOFOLLOW));
    for flags in [O_WRONLY, O_RDWR, O_CREAT, O_TRUNC] {
        assert!(!open(&reading, flags), "{flags:#x}");
    }
    let changes = [
        __NR_pwritev,
        __NR_fallocate,
        __NR_ftruncate,
        __NR_mkdirat,
        __NR_unlinkat,
        __NR_renameat,
        __NR_linkat,
        __NR_symlinkat,
        __NR_ftruncate,
        __NR_fallocate,
        __NR_pwritev,
    ];
    assert!(changes.iter().all(|&number| !allows(&none, number, &[])));
    assert!(changes.iter().all(|&number| !allows(&reading, number, &[])));

    let writing = program(true, true, false);
    assert!(open(&writing, O_RDWR | O_CREAT | O_TRUNC));
    assert!(changes.iter().all(|&number| allows(&writing, number, &[])));
}

#[test]
fn times_are_set_only_where_one_may_write() {
    for path in [0, 1, 1 << 32, u64::MAX] {
        let set = |program: &Program| allows(program, __NR_utimensat, &[3, path, 0, 0]);
        assert!(!set(&program(false, false, true)) && !set(&program(true, false, false)));
        assert!(set(&program(true, true, false)));
    }
}

#[test]
fn what_landlock_does_not_see_fails_or_is_forbidden() {
    for writing in [false, true] {
        let needs = |emptying_unseen| Needs {
            files: true,
            writing,
            sockets: false,
            quitting: false,
            emptying_unseen,
            os: OsRights::NONE,
        };
        let (unseen, seen) = (program_for(needs(true)), program_for(needs(false)));
        let openat2 = Call::new(__NR_openat2, &[0, 0, 0, 24]);
        assert_eq!(openat2.run(&unseen).0, FAIL | 38);
        assert!(openat2.is_allowed_by(&seen));
        let open =
            |program: &Program, flags: u32| allows(program, __NR_openat, &[0, 0, flags.into()]);
        assert_eq!(open(&seen, O_TRUNC), writing);
        assert_eq!(open(&unseen, O_RDWR | O_CREAT), writing);
        assert!(open(&unseen, O_PATH | O_DIRECTORY));
        for access in [O_RDONLY, O_WRONLY, O_RDWR, O_ACCMODE] {
            assert!(!open(&unseen, O_TRUNC | access), "{access}");
        }
    }
}

#[test]
fn versions_of_landlock_say_what_is_unseen() {
    let writing = |writing| Needs {
        files: true,
        writing,
        sockets: false,
        quitting: false,
        emptying_unseen: false,
        os: OsRights::NONE,
    };
    for (version, reading_only, both) in [
        (None, true, false),
        (Some(1), true, true),
        (Some(2), true, true),
        (Some(3), false, false),
        (Some(7), false, false),
    ] {
        let unseen = |may_write| writing(may_write).behind_landlock(version).emptying_unseen;
        assert_eq!(
            (unseen(false), unseen(true)),
            (reading_only, both),
            "{version:?}"
        );
    }
}

#[test]
fn sockets_take_sockets() {
    for number in [__NR_accept4, __NR_recvmsg, __NR_sendmsg, __NR_shutdown] {
        assert!(allows(&program(false, false, true), number, &[]));
        assert!(!allows(&program(true, true, false), number, &[]));
    }
}

/// A program with files, with or without the right to write them, and these rights.
fn with_rights(writing: bool, os: OsRights) -> Program {
    program_for(Needs {
        files: true,
        writing,
        sockets: true,
        quitting: false,
        emptying_unseen: true,
        os,
    })
}

#[test]
fn modes_are_set_by_descriptor_alone_and_only_where_files_are_written() {
    let os = OsRights {
        modes: true,
        ..OsRights::NONE
    };
    let sets = |program: &Program, mode| allows(program, __NR_fchmod, &[3, mode]);
    let both = with_rights(true, os);
    assert!(sets(&both, 0) && sets(&both, 0o777));
    for bit in [0o1000, 0o2000, 0o4000, 0o10000, 1 << 31] {
        assert!(!sets(&both, bit | 0o644), "{bit:o}");
    }
    assert!(!sets(&with_rights(false, os), 0o600));
    assert!(!sets(&with_rights(true, OsRights::NONE), 0o600));
    // fchmodat2, which linux-raw-sys may not know.
    for by_name in [__NR_fchmodat, 452, __NR_fchown, __NR_fchownat] {
        assert!(!allows(&both, by_name, &[3, 0, 0o600]), "{by_name}");
    }
}

#[test]
fn signals_and_the_host_s_name_take_their_rights() {
    let signals = OsRights {
        signals: true,
        ..OsRights::NONE
    };
    let host_name = OsRights {
        host_name: true,
        ..OsRights::NONE
    };
    let flags = u64::from(O_CLOEXEC | O_NONBLOCK);
    for (os, number, args) in [
        (signals, __NR_signalfd4, [u64::MAX, 0, 8, flags]),
        (signals, __NR_rt_sigprocmask, [0; 4]),
        (host_name, __NR_uname, [0; 4]),
    ] {
        for rights in [OsRights::NONE, signals, host_name] {
            let allowed = allows(&with_rights(true, rights), number, &args);
            assert_eq!(allowed, rights == os, "{number} {rights:?}");
        }
    }
    let descriptor = |flags| {
        allows(
            &with_rights(true, signals),
            __NR_signalfd4,
            &[3, 0, 8, flags],
        )
    };
    assert!(descriptor(flags) && !descriptor(0) && !descriptor(u64::from(O_CLOEXEC)));
}

#[test]
fn terminals_take_their_rights() {
    let opens = OsRights {
        terminals: true,
        opens_terminal: true,
        ..OsRights::NONE
    };
    let sets = OsRights {
        terminals: true,
        sets_terminals: true,
        ..OsRights::NONE
    };
    let sizes = OsRights {
        terminals: true,
        ..OsRights::NONE
    };
    use linux_raw_sys::ioctl;
    for (right, number, args) in [
        (&[sets][..], __NR_ioctl, [0, ioctl::TCGETS.into()]),
        (&[sets], __NR_ioctl, [0, ioctl::TCSETS.into()]),
        (&[sets], __NR_ioctl, [0, ioctl::TIOCGPGRP.into()]),
        (&[sets], __NR_getpgid, [0, 0]),
        (&[], __NR_ioctl, [0, ioctl::TIOCSTI.into()]),
        (&[], __NR_ioctl, [0, ioctl::TIOCSWINSZ.into()]),
        (&[], __NR_ioctl, [0, ioctl::TIOCSCTTY.into()]),
        (&[], __NR_ioctl, [0, ioctl::TIOCSPGRP.into()]),
        (&[], __NR_ioctl, [0, ioctl::TIOCSETD.into()]),
        (&[], __NR_ioctl, [0, ioctl::TIOCLINUX.into()]),
        (&[], __NR_getpgid, [1, 0]),
    ] {
        for rights in [OsRights::NONE, sizes, opens, sets] {
            let allowed = allows(&with_rights(true, rights), number, &args);
            assert_eq!(
                allowed,
                right.contains(&rights),
                "{number} {args:?} {rights:?}"
            );
        }
    }
}

#[test]
fn the_way_to_a_rule_is_short() {
    // What the kernel walks for each number when the program is installed.
    let program = with_rights(
        true,
        OsRights {
            signals: true,
            modes: true,
            host_name: true,
            terminals: true,
            opens_terminal: true,
            sets_terminals: true,
            x_bits: true,
        },
    );
    assert!(program.instructions().len() < CAPACITY);
    let longest = (0..500).map(|number| Call::new(number, &[]).run(&program).1);
    // The longest one is that to the last of five kinds of ioctl.
    assert!(longest.max().is_some_and(|steps| steps <= 32));
}
