//! Do programs work on kernels that are older or were built without a feature, and in containers
//! that forbid a feature? A seccomp filter around the program answers in the kernel's place.

use crate::support::{Program, told};
use anyhow::{Context, Result, ensure};
use harness::live::Live;
use harness::run::Run;
use harness::suite;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::io;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;

/// System calls that fail with an errno.
pub enum Lacks {
    /// All calls from this number on.
    From(i64, i32),
    Only(i64, i32),
    /// This call if the argument with this index has this value.
    With(i64, u32, u32, i32),
}

use Lacks::{From, Only, With};

pub struct Kernel {
    pub name: &'static str,
    pub lacks: &'static [Lacks],
    /// How many filters are around our program: this test's, and the program's own if the
    /// kernel allows one.
    pub filters: u32,
}

/// The first call that came with Linux 3.17; `getrandom` has the next number.
const SINCE_3_17: i64 = libc::SYS_seccomp;
/// The first call that came with Linux 5.1.
const SINCE_5_1: i64 = libc::SYS_pidfd_send_signal;

pub const NO_PRCTL_FILTER: Lacks = With(
    libc::SYS_prctl,
    0,
    libc::PR_SET_SECCOMP as u32,
    libc::EINVAL,
);

const KERNELS: &[Kernel] = &[
    Kernel {
        name: "before Linux 3.17, ENOSYS",
        lacks: &[From(SINCE_3_17, libc::ENOSYS)],
        filters: 2,
    },
    Kernel {
        name: "before Linux 3.17, EPERM",
        lacks: &[From(SINCE_3_17, libc::EPERM)],
        filters: 2,
    },
    Kernel {
        name: "before Linux 5.1, ENOSYS",
        lacks: &[From(SINCE_5_1, libc::ENOSYS)],
        filters: 2,
    },
    Kernel {
        name: "before Linux 5.1, EPERM",
        lacks: &[From(SINCE_5_1, libc::EPERM)],
        filters: 2,
    },
    Kernel {
        name: "before Linux 3.5",
        lacks: &[
            From(SINCE_3_17, libc::ENOSYS),
            NO_PRCTL_FILTER,
            With(
                libc::SYS_prctl,
                0,
                libc::PR_SET_NO_NEW_PRIVS as u32,
                libc::EINVAL,
            ),
        ],
        filters: 1,
    },
    // Kernels built without CONFIG_SECCOMP, and without CONFIG_SECCOMP_FILTER.
    Kernel {
        name: "without seccomp",
        lacks: &[Only(libc::SYS_seccomp, libc::ENOSYS), NO_PRCTL_FILTER],
        filters: 1,
    },
    Kernel {
        name: "without filters",
        lacks: &[Only(libc::SYS_seccomp, libc::EINVAL), NO_PRCTL_FILTER],
        filters: 1,
    },
    // This test's filter has set no_new_privs already.
    Kernel {
        name: "where no_new_privs can't be asked for",
        lacks: &[With(
            libc::SYS_prctl,
            0,
            libc::PR_SET_NO_NEW_PRIVS as u32,
            libc::EPERM,
        )],
        filters: 2,
    },
    // `utimensat` of a descriptor that is open with O_PATH.
    Kernel {
        name: "before Linux 5.8",
        lacks: &[With(
            libc::SYS_utimensat,
            3,
            libc::AT_EMPTY_PATH as u32,
            libc::EINVAL,
        )],
        filters: 2,
    },
    // Kernels built without CONFIG_POSIX_TIMERS.
    NO_TIMER,
    Kernel {
        name: "with a timer that is forbidden",
        lacks: &[Only(libc::SYS_setitimer, libc::EPERM)],
        filters: 2,
    },
];

/// A kernel without openat2 and without `utimensat` of a descriptor.
pub const WALKING: Kernel = Kernel {
    name: "before Linux 5.6",
    lacks: &[
        From(SINCE_5_1, libc::ENOSYS),
        With(
            libc::SYS_utimensat,
            3,
            libc::AT_EMPTY_PATH as u32,
            libc::EINVAL,
        ),
    ],
    filters: 2,
};

const NO_CPU_TIMER: Kernel = Kernel {
    name: "without timers of processor time",
    lacks: &[Only(libc::SYS_timer_create, libc::ENOSYS)],
    filters: 2,
};

const NO_TIMER: Kernel = Kernel {
    name: "without timers",
    lacks: &[Only(libc::SYS_setitimer, libc::ENOSYS)],
    filters: 2,
};

/// Commands of guests: all ways to look up a path, and goroutines that wait and compute.
const COMMANDS: [(&str, &[&str]); 2] = [
    (
        "files",
        &[
            "write", "open", "times", "stat", "mkdir", "readdir", "rename", "links", "walk",
        ],
    ),
    ("concurrency", &["pipeline", "collector", "tickers"]),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let trial = |name: &str, kernel, body: fn(&Tool, &Kernel) -> Result<()>| {
        let tool = Arc::clone(tool);
        suite::test(format!("older/{name}"), move || body(&tool, kernel))
    };
    let mut trials = vec![
        trial("goroutines keep the processor", &NO_TIMER, no_turns),
        trial("no limit of processor time", &NO_CPU_TIMER, no_limit),
    ];
    for kernel in KERNELS {
        trials.push(trial(kernel.name, kernel, same));
        let name = format!("{}, filters", kernel.name);
        trials.push(trial(&name, kernel, filters));
        let name = format!("{}, descriptors", kernel.name);
        trials.push(trial(&name, kernel, descriptors));
    }
    trials
}

fn program(tool: &Tool, guest: &str) -> Result<Program> {
    Program::ours_of(tool, guest, &["--dir", "."])
}

/// Guests do the same as on this machine's kernel.
fn same(tool: &Tool, kernel: &Kernel) -> Result<()> {
    for (guest, commands) in COMMANDS {
        let program = program(tool, guest)?;
        for command in commands {
            let run = |lacking: bool| {
                let place = Program::of(program.path.clone())?;
                let mut started = place.command(&[command]);
                if lacking {
                    kernel.surround(&mut started);
                }
                Run::of(started).run()
            };
            let (here, there) = (run(false)?, run(true).context(*command)?);
            ensure!(here.ends.is_success(), "{command}: {}", told(&here));
            ensure!(
                told(&here) == told(&there),
                "{command}: {}\nhere {}",
                told(&there),
                told(&here)
            );
        }
    }
    Ok(())
}

/// The program raises its own filter if the kernel allows one.
fn filters(tool: &Tool, kernel: &Kernel) -> Result<()> {
    let program = program(tool, "stdio")?;
    let mut command = program.command(&["lines"]);
    kernel.surround(&mut command);
    let mut live = Live::start(command, None, None, None)?;
    live.write(b"one\n")?;
    live.until("1: ONE")?;
    let status = std::fs::read_to_string(format!("/proc/{}/status", live.pid().as_raw_pid()))?;
    let counted = format!("\nSeccomp_filters:\t{}\n", kernel.filters);
    ensure!(status.contains(&counted), "not {counted:?}: {status}");
    let done = live.finish()?;
    ensure!(done.ends.is_success(), "{}", told(&done));
    Ok(())
}

/// A goroutine that only computes leaves the others no turn, as with `--no-preempt`.
fn no_turns(tool: &Tool, kernel: &Kernel) -> Result<()> {
    let program = program(tool, "concurrency")?;
    let mut command = program.command(&["preempted"]);
    kernel.surround(&mut command);
    let ended = Run::of(command).seconds(5).run();
    let error = ended.err().context("it has ended")?.to_string();
    ensure!(error.contains("computing"), "{error}");
    Ok(())
}

/// A program doesn't start if the kernel can't keep its limit.
fn no_limit(tool: &Tool, kernel: &Kernel) -> Result<()> {
    let program = Program::ours_of(tool, "hello", &["--max-cpu", "10s"])?;
    let mut command = program.command(&[]);
    kernel.surround(&mut command);
    let name = format!("{}: ", program.path.display());
    let says = [
        "processor time to 10s (--max-cpu)",
        "errno 38",
        "build without",
    ];
    Run::of(command).run()?.one_line(125, &name, &says)
}

/// The program closes the descriptors that its parent left open, by any means that the kernel
/// has.
fn descriptors(tool: &Tool, kernel: &Kernel) -> Result<()> {
    let program = program(tool, "stdio")?;
    let mut command = program.command(&["lines"]);
    let other = std::fs::File::create(program.dir().join("other"))?;
    let low = std::os::fd::AsRawFd::as_raw_fd(&other);
    // SAFETY: between fork and exec two system calls are made, without pointers.
    unsafe {
        command.pre_exec(move || {
            if libc::fcntl(low, libc::F_SETFD, 0) != 0 || libc::dup2(low, 300) < 0 {
                return Err(io::Error::last_os_error());
            }
            Ok(())
        });
    }
    kernel.surround(&mut command);
    let mut live = Live::start(command, None, None, None)?;
    live.write(b"one\n")?;
    live.until("1: ONE")?;
    let open = std::fs::read_dir(format!("/proc/{}/fd", live.pid().as_raw_pid()))?;
    // Standard input, output and error, the granted directory, and /dev/null, which the root needs.
    ensure!(open.count() == 5, "descriptors are left open");
    let done = live.finish()?;
    ensure!(done.ends.is_success(), "{}", told(&done));
    Ok(())
}

impl Kernel {
    /// Lets `command` run as on this kernel.
    pub fn surround(&self, command: &mut Command) {
        let filter = self.filter();
        // SAFETY: between fork and exec only two system calls are made, of which one
        // reads the filter, which the closure owns.
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

    /// The filter in classic BPF (uapi linux/bpf_common.h and linux/seccomp.h).
    fn filter(&self) -> Vec<libc::sock_filter> {
        const EQUAL: u16 = 0x15;
        const NOT_LESS: u16 = 0x35;
        let instruction = |code, jf, k| libc::sock_filter { code, jt: 0, jf, k };
        // Offsets in `struct seccomp_data`: of the call's number, and of the lower half of an
        // argument.
        let number = instruction(0x20, 0, 0);
        let argument = |index| instruction(0x20, 0, 16 + 8 * index);
        let errno =
            |errno: i32| instruction(0x06, 0, libc::SECCOMP_RET_ERRNO | errno.cast_unsigned());
        let mut filter = Vec::new();
        for lacks in self.lacks {
            match *lacks {
                From(call, error) => {
                    filter.extend([number, instruction(NOT_LESS, 1, call as u32), errno(error)]);
                }
                Only(call, error) => {
                    filter.extend([number, instruction(EQUAL, 1, call as u32), errno(error)]);
                }
                With(call, index, value, error) => filter.extend([
                    number,
                    instruction(EQUAL, 3, call as u32),
                    argument(index),
                    instruction(EQUAL, 1, value),
                    errno(error),
                ]),
            }
        }
        filter.push(instruction(0x06, 0, libc::SECCOMP_RET_ALLOW));
        filter
    }
}
