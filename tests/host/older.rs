//! Kernels that lack what newer ones have, and containers that forbid it: a filter
//! around the program answers ENOSYS, or EPERM, in the kernel's stead.

use crate::support::{Program, told};
use anyhow::{Context, Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, Toolchain};
use harness::run::Run;
use harness::suite;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;

/// System calls from these numbers on came with Linux 3.17 (`seccomp`; `getrandom`
/// follows) and 5.1.
const SINCE: [(&str, i64); 2] = [
    ("3.17", libc::SYS_seccomp),
    ("5.1", libc::SYS_pidfd_send_signal),
];

const ERRNOS: [(&str, i32); 2] = [("ENOSYS", libc::ENOSYS), ("EPERM", libc::EPERM)];

/// Commands of the guest `files`: all ways in which paths are looked up.
const COMMANDS: [&str; 9] = [
    "write", "open", "times", "stat", "mkdir", "readdir", "rename", "links", "walk",
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (version, first) in SINCE {
        for (errno_name, errno) in ERRNOS {
            let tool = Arc::clone(tool);
            let name = format!("older/before Linux {version}, {errno_name}");
            trials.push(suite::test(name, move || same(&tool, first, errno)));
        }
    }
    trials
}

/// The guest does what it does on this kernel.
fn same(tool: &Tool, first: i64, errno: i32) -> Result<()> {
    let module = Toolchain::new(NEWEST)?.build("files", Flavour::Plain, Goal::Wasip1)?;
    let program = tool.executable(&module, &["--dir".into(), ".".into()])?;
    for command in COMMANDS {
        let run = |lacking: bool| {
            let place = Program::of(program.clone())?;
            let mut started = place.command(&[command]);
            if lacking {
                lack(&mut started, first, errno);
            }
            Run::of(started).run()
        };
        let (here, there) = (run(false)?, run(true).context(command)?);
        ensure!(here.ends.is_success(), "{command}: {}", told(&here));
        ensure!(
            told(&here) == told(&there),
            "{command}: {}\nhere {}",
            told(&there),
            told(&here)
        );
    }
    Ok(())
}

/// Has system calls from number `first` on fail with `errno` in `command`.
fn lack(command: &mut Command, first: i64, errno: i32) {
    // Load the number; is it less? fail; allow (uapi linux/bpf_common.h, linux/seccomp.h).
    let instruction = |code, jf, k| libc::sock_filter { code, jt: 0, jf, k };
    let filter = [
        instruction(0x20, 0, 0),
        instruction(0x35, 1, first as u32),
        instruction(0x06, 0, libc::SECCOMP_RET_ERRNO | errno.cast_unsigned()),
        instruction(0x06, 0, libc::SECCOMP_RET_ALLOW),
    ];
    // SAFETY: between fork and exec only two system calls are made, of which one reads
    // the filter, which the closure owns.
    unsafe {
        command.pre_exec(move || {
            let program = libc::sock_fprog {
                len: filter.len() as u16,
                filter: filter.as_ptr().cast_mut(),
            };
            let refused = libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
                || libc::prctl(
                    libc::PR_SET_SECCOMP,
                    libc::SECCOMP_MODE_FILTER,
                    &raw const program,
                ) != 0;
            if refused {
                return Err(io::Error::last_os_error());
            }
            Ok(())
        });
    }
}
