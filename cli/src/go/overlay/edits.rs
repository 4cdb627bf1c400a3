//! The changes in Go's library, file by file.
//!
//! The texts are those of Go 1.21 to 1.27. Each step refuses a file that it doesn't fit, so
//! a change in a later Go is found when the overlay is made, not when a program runs.

use std::ops::RangeInclusive;

/// The oldest and the newest minor version of Go 1 that the steps were tried with.
pub const VERSIONS: RangeInclusive<u32> = OLDEST..=NEWEST;

const OLDEST: u32 = 21;
const NEWEST: u32 = 27;

/// A change of a file of the library.
#[derive(Debug, Clone, Copy)]
pub enum Change {
    /// The file isn't compiled for wasip1.
    Off,
    /// The file is compiled for wasip1, too.
    On,
    /// One of the texts, each with its replacement, is in the file, and so many times.
    Edit(usize, &'static [(&'static str, &'static str)]),
    /// The texts of errors are those of another file of the library, Linux's.
    Texts(&'static str),
    /// A new file of ours.
    Put(&'static str),
}

/// A change, and where it applies.
#[derive(Debug, Clone)]
pub struct Step {
    /// Below `src`.
    pub file: &'static str,
    pub change: Change,
    /// The minor versions of Go 1 that need the change.
    pub minors: RangeInclusive<u32>,
}

const fn step(file: &'static str, change: Change) -> Step {
    Step {
        file,
        change,
        minors: VERSIONS,
    }
}

const fn since(since: u32, file: &'static str, change: Change) -> Step {
    Step {
        file,
        change,
        minors: since..=NEWEST,
    }
}

const FILES: &str = "syscall/fs_wasip1.go";
const CALLS: &str = "syscall/syscall_wasip1.go";
const POLL: &str = "runtime/poll_wasi_aot.go";
const AT: &str = "internal/syscall/unix/at_wasip1.go";

/// The steps, in the order in which they are made.
pub const STEPS: &[Step] = &[
    // Signals.
    step("os/signal/signal_unix.go", Change::Off),
    step(
        "os/signal/signal_wasi_aot.go",
        Change::Put(include_str!("files/signal.go")),
    ),
    step(
        "os/signal/signal.go",
        Change::Edit(
            1,
            &[("\n\tsignalWaitUntilIdle()\n", "\n\twaitUntilProcessed()\n")],
        ),
    ),
    // A signal, and whatever else a descriptor tells, arrives while a goroutine computes.
    Step {
        file: POLL,
        change: Change::Put(include_str!("files/poll_1_21.go")),
        minors: 21..=21,
    },
    since(22, POLL, Change::Put(include_str!("files/poll.go"))),
    step(
        "runtime/proc.go",
        Change::Edit(
            1,
            &[(
                "\nfunc gopreempt_m(gp *g) {\n",
                "\nfunc gopreempt_m(gp *g) { hostPoll()\n",
            )],
        ),
    ),
    // Time zones: $TZ, and /etc/localtime where it is granted.
    step("time/zoneinfo_wasip1.go", Change::Off),
    step("time/zoneinfo_unix.go", Change::On),
    // Texts of errors.
    step(
        "syscall/tables_wasip1.go",
        Change::Texts("syscall/zerrors_linux_amd64.go"),
    ),
    // Modes of files.
    step(
        "syscall/os_wasi_aot.go",
        Change::Put(include_str!("files/syscall.go")),
    ),
    step(
        FILES,
        Change::Edit(
            1,
            &[(
                "wasi_snapshot_preview1 fd_filestat_get\n",
                "wasi_aot_os_1 fd_stat\n",
            )],
        ),
    ),
    step(
        FILES,
        Change::Edit(
            1,
            &[(
                "wasi_snapshot_preview1 path_filestat_get\n",
                "wasi_aot_os_1 path_stat\n",
            )],
        ),
    ),
    step(
        FILES,
        Change::Edit(
            1,
            &[(
                "wasi_snapshot_preview1 path_open\n",
                "wasi_aot_os_1 path_open\n",
            )],
        ),
    ),
    step(
        FILES,
        Change::Edit(
            1,
            &[("fsFlags fdflags, fd ", "fsFlags fdflags, mode uint32, fd ")],
        ),
    ),
    step(
        FILES,
        Change::Edit(2, &[("\tfdflags,\n", "\tfdflags, perm & permissions,\n")]),
    ),
    step(
        FILES,
        Change::Edit(
            1,
            &[(
                "path_create_directory(dirFd, pathPtr, pathLen)",
                "hostMkdir(dirFd, unsafe.Pointer(pathPtr), pathLen, perm)",
            )],
        ),
    ),
    step(
        FILES,
        Change::Edit(
            1,
            &[(
                "\tif st.Filetype == FILETYPE_DIRECTORY {\n\t\tst.Mode = 0700\n\t} else {\n\t\tst.Mode = 0600\n\t}\n",
                "\thostStat(st)\n",
            )],
        ),
    ),
    step(
        FILES,
        Change::Edit(
            1,
            &[(
                "\tvar stat Stat_t\n\treturn Stat(path, &stat)\n",
                "\treturn hostChmod(path, mode)\n",
            )],
        ),
    ),
    step(
        FILES,
        Change::Edit(
            1,
            &[(
                "\tvar stat Stat_t\n\treturn Fstat(fd, &stat)\n",
                "\treturn hostFchmod(fd, mode)\n",
            )],
        ),
    ),
    step(
        "os/mode_wasi_aot.go",
        Change::Put(include_str!("files/mode.go")),
    ),
    step(
        "os/stat_wasip1.go",
        Change::Edit(
            1,
            &[
                (
                    "\tfs.mode = FileMode(fs.sys.Mode)\n",
                    "\tfs.mode = hostMode(&fs.sys)\n",
                ),
                (
                    "\tif fs.sys.Filetype == syscall.FILETYPE_DIRECTORY {\n\t\tfs.mode |= 0700\n\t} else {\n\t\tfs.mode |= 0600\n\t}\n",
                    "\tfs.mode |= hostMode(&fs.sys)\n",
                ),
            ],
        ),
    ),
    // The same below an os.Root.
    since(
        24,
        AT,
        Change::Edit(
            1,
            &[(
                "wasi_snapshot_preview1 path_filestat_get\n",
                "wasi_aot_os_1 path_stat\n",
            )],
        ),
    ),
    since(
        24,
        AT,
        Change::Edit(
            1,
            &[(
                "wasi_snapshot_preview1 path_create_directory\n//go:noescape\nfunc path_create_directory(fd int32, path *byte, pathLen size) ",
                "wasi_aot_os_1 path_create_directory\n//go:noescape\nfunc path_create_directory(fd int32, path *byte, pathLen size, mode uint32) ",
            )],
        ),
    ),
    since(
        24,
        AT,
        Change::Edit(
            1,
            &[(
                "(path_create_directory(\n\t\tint32(dirfd),\n\t\tunsafe.StringData(path),\n\t\tsize(len(path)),\n",
                "(path_create_directory(\n\t\tint32(dirfd),\n\t\tunsafe.StringData(path),\n\t\tsize(len(path)), mode & 0777,\n",
            )],
        ),
    ),
    since(
        24,
        AT,
        Change::Edit(
            1,
            &[(
                "stat *syscall.Stat_t, flags int) error {\n",
                "stat *syscall.Stat_t, flags int) error { defer hostStat(stat)\n",
            )],
        ),
    ),
    since(
        24,
        "internal/syscall/unix/stat_wasi_aot.go",
        Change::Put(include_str!("files/unix_stat.go")),
    ),
    since(
        25,
        "internal/syscall/unix/mode_wasi_aot.go",
        Change::Put(include_str!("files/unix.go")),
    ),
    since(
        25,
        AT,
        Change::Edit(
            1,
            &[(
                "\t// WASI preview 1 doesn't support changing file modes.\n\treturn syscall.ENOSYS\n",
                "\treturn hostFchmodat(dirfd, path, mode, flags)\n",
            )],
        ),
    ),
    // The controlling terminal.
    step(
        FILES,
        Change::Edit(
            1,
            &[(
                "func Open(path string, openmode int, perm uint32) (int, error) {\n",
                "func Open(path string, openmode int, perm uint32) (int, error) { if fd, err, ok := hostTerminal(path); ok { return fd, err }\n",
            )],
        ),
    ),
    // Who.
    step(
        CALLS,
        Change::Edit(
            1,
            &[(
                "func Getpid() int {\n\treturn 3\n}",
                "func Getpid() int {\n\treturn hostGetpid()\n}",
            )],
        ),
    ),
    step(
        CALLS,
        Change::Edit(
            1,
            &[("\t\treturn \"wasip1\", nil\n", "\t\treturn hostName()\n")],
        ),
    ),
    step(
        CALLS,
        Change::Edit(
            1,
            &[(
                "\tProcExit(128 + int32(signum))\n\treturn nil\n",
                "\treturn hostKill(signum)\n",
            )],
        ),
    ),
    step(
        "os/executable_wasm.go",
        Change::Edit(
            1,
            &[(
                "\"Executable not implemented for \"",
                "\"os: the sandbox hides where the executable is; GOOS=\"",
            )],
        ),
    ),
];
