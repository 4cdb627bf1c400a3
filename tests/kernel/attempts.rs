//! The attempts of a guest that has broken the runtime. `tests/executable/harden` makes the
//! same attempts on this machine's kernel; here they have aarch64's numbers of system
//! calls.

use crate::check::Check;
use harness::fences::Outcome::{self, Fails, Killed, Works};
use harness::fences::{Fences, landlock_stands};

/// Policies as flags of the build.
const READING: &[&str] = &["--dir-ro", "/granted"];
const WRITING: &[&str] = &["--dir", "/work", "--dir-ro", "/granted"];
const NOTHING: &[&str] = &[];

const DENIED: Outcome = Fails(libc::EACCES);

const SECRET_BY_OPENAT2: &str = "read a secret by openat2";

/// Opens a file for reading and empties it. Landlock sees that from version 3 on.
const EMPTY: &str = "empty a file in the only grant by openat2";
const EMPTY_BESIDE: &str = "empty a file in a grant for reading by openat2";

/// (name, policy, calls, behind Landlock, behind seccomp). Numbers are those of uapi
/// `asm-generic/unistd.h`; -100 is AT_FDCWD.
const ATTEMPTS: &[(&str, &[&str], &str, Outcome, Outcome)] = &[
    (
        "read a secret",
        WRITING,
        "56 -100 @/secret 0 0",
        DENIED,
        Works,
    ),
    (
        // struct open_how: flags, mode, resolve.
        SECRET_BY_OPENAT2,
        WRITING,
        "437 -100 @/secret #000000000000000000000000000000000000000000000000 24",
        DENIED,
        Works,
    ),
    (
        "write in a grant for reading",
        WRITING,
        "56 -100 @/granted/file 1 0",
        DENIED,
        Works,
    ),
    (
        "make a file outside",
        WRITING,
        "56 -100 @/made 65 438",
        DENIED,
        Works,
    ),
    (
        "write in the only grant",
        READING,
        "56 -100 @/granted/file 1 0",
        DENIED,
        Killed,
    ),
    (
        "read a secret beside it",
        READING,
        "56 -100 @/secret 0 0",
        DENIED,
        Works,
    ),
    (
        "read a secret with nothing granted",
        NOTHING,
        "56 -100 @/secret 0 0",
        DENIED,
        Killed,
    ),
    (
        "start a program",
        WRITING,
        "221 @/bin/hello-ours 0 0",
        DENIED,
        Killed,
    ),
    (
        EMPTY,
        READING,
        "437 -100 @/granted/file #000200000000000000000000000000000000000000000000 24",
        DENIED,
        // The runtime walks the path instead.
        Fails(libc::ENOSYS),
    ),
    (
        EMPTY_BESIDE,
        WRITING,
        "437 -100 @/granted/file #000200000000000000000000000000000000000000000000 24",
        DENIED,
        Works,
    ),
    (
        "empty a file in a grant for reading",
        WRITING,
        "56 -100 @/granted/file 512 0",
        DENIED,
        Works,
    ),
    (
        "look at a file with nothing granted",
        NOTHING,
        "56 -100 @/secret 2621440 0",
        Works,
        Killed,
    ),
    (
        "change the times of a file in the only grant",
        READING,
        "56 -100 @/granted/file 0 0 -- 88 = 0 0 0",
        Works,
        Killed,
    ),
    (
        "grow a mapping by mremap",
        NOTHING,
        "222 0 65536 3 34 -1 0 -- 216 = 65536 131072 1",
        Works,
        Killed,
    ),
    ("map code", WRITING, "222 0 65536 7 34 -1 0", Works, Killed),
    (
        "turn data into code",
        WRITING,
        "222 0 65536 3 34 -1 0 -- 226 = 65536 5",
        Works,
        Killed,
    ),
    ("make a socket", WRITING, "198 2 1 0", Works, Killed),
    ("make a file in memory", WRITING, "279 @x 0", Works, Killed),
    ("be traced", WRITING, "117 0 0 0 0", Works, Killed),
    ("signal the parent", WRITING, "129 1 0", Works, Killed),
];

/// Each attempt behind each layer alone and behind both, on a kernel with this version of
/// Landlock.
pub fn behind_fences(landlock_version: u32) -> Vec<Check> {
    let mut checks = Vec::new();
    for &(name, policy, calls, landlock, seccomp) in ATTEMPTS {
        let stands = landlock_stands(landlock_version, policy == WRITING);
        let empties = name.starts_with("empty a file");
        let landlock = match name {
            _ if !stands => Works,
            // Landlock refuses signals to other processes from version 6 on.
            "signal the parent" if landlock_version >= 6 => Fails(libc::EPERM),
            _ if empties && landlock_version < 3 => Works,
            _ => landlock,
        };
        for fences in [Fences::Landlock, Fences::Seccomp, Fences::All] {
            // If this version of Landlock doesn't see O_TRUNC, seccomp refuses openat2, and
            // openat with O_TRUNC.
            let blind = stands && landlock_version < 3;
            let outcome = match (fences, name) {
                (Fences::All, SECRET_BY_OPENAT2 | EMPTY_BESIDE) if blind => Fails(libc::ENOSYS),
                (Fences::All, _) if empties && blind && name != EMPTY => Killed,
                (Fences::All, EMPTY) if landlock_version >= 3 => landlock,
                _ => fences.expected(landlock, seccomp, Works),
            };
            // The attempt executes another program, which prints something else.
            if outcome == Works && name == "start a program" {
                continue;
            }
            let name = format!("{name}, behind {fences:?}");
            let args: Vec<&str> = calls.split_whitespace().collect();
            let check = Check::run(name, "corrupt", policy, &args).without(fences.without());
            checks.push(match outcome {
                Works => check.says_last(0),
                Fails(errno) => check.says_last(-errno),
                Killed => check.dies_by(libc::SIGSYS),
            });
        }
    }
    checks
}
