//! The attempts of a guest that has broken the runtime, and the outcome of each behind each
//! layer. The numbers of system calls are those of this machine, from the crate libc.

pub mod memory;

use super::AttemptDirectory;
use anyhow::Result;
use harness::fences::Outcome::{self, Fails, Killed, Works};
use std::fmt;
use std::path::Path;

/// The directories that the executable grants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// A directory for writing and one for reading.
    Both,
    /// A file for writing and one for reading.
    Files,
    ReadOnly,
    Nothing,
}

impl Policy {
    /// The flags grant directories of [`AttemptDirectory`], in which the executable is started. So
    /// they are the same for all tests of a policy, whose guest is compiled once.
    pub fn flags(self) -> Vec<String> {
        let rw = ["--dir", "rw"].map(ToOwned::to_owned);
        let ro = ["--dir-ro", "ro"].map(ToOwned::to_owned);
        match self {
            Self::Both => [rw, ro].concat(),
            Self::Files => {
                let rw = ["--file", "rw/file"].map(ToOwned::to_owned);
                let ro = ["--file-ro", "ro/file"].map(ToOwned::to_owned);
                [rw, ro].concat()
            }
            Self::ReadOnly => ro.into(),
            Self::Nothing => Vec::new(),
        }
    }

    pub fn is_writable(self) -> bool {
        matches!(self, Self::Both | Self::Files)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Both => "one directory for writing and one for reading",
            Self::Files => "one file for writing and one for reading",
            Self::ReadOnly => "one directory for reading",
            Self::Nothing => "nothing granted",
        })
    }
}

/// A sequence of calls. It succeeds without the second fence.
pub struct Attempt {
    pub name: &'static str,
    calls: String,
    pub landlock: Outcome,
    pub seccomp: Outcome,
    /// The outcome behind mseal and MDWE.
    pub memory: Outcome,
    /// The outcome behind all layers, if it doesn't follow from the outcome behind each.
    pub all: Option<Outcome>,
}

/// In an attempt: the address of the first whole page of the executable's code.
const CODE: &str = "CODE";

impl Attempt {
    /// The arguments of the guest `corrupt`, for the executable `program`.
    pub fn calls(&self, program: &Path) -> Result<Vec<String>> {
        let code = match self.calls.contains(CODE) {
            true => memory::code(program)?.to_string(),
            false => String::new(),
        };
        let words = self.calls.split_whitespace();
        Ok(words.map(|word| word.replace(CODE, &code)).collect())
    }

    fn memory(mut self, outcome: Outcome) -> Self {
        self.memory = outcome;
        self
    }

    fn all(mut self, outcome: Outcome) -> Self {
        self.all = Some(outcome);
        self
    }
}

const DENIED: Outcome = Fails(libc::EACCES);

/// The attempts under `policy`. A listener is on `port`, and Landlock has this version. With `os`
/// the module imports functions of `wasi_aot_os_1`.
pub fn of(
    policy: Policy,
    place: &AttemptDirectory,
    port: u16,
    version: u32,
    os: bool,
) -> Result<Vec<Attempt>> {
    let mut attempts = everywhere(place, version);
    attempts.extend(if os {
        with_os(policy, place)
    } else {
        without_os()
    });
    attempts.extend(memory::attempts());
    attempts.extend(network(port, version)?);
    attempts.extend(match policy {
        Policy::Both => beside_writable(place, version),
        Policy::Files => beside_files(place),
        Policy::ReadOnly => beside_read_only(place, version),
        Policy::Nothing => without_files(place),
    });
    Ok(attempts)
}

fn attempt(name: &'static str, calls: &str, landlock: Outcome, seccomp: Outcome) -> Attempt {
    Attempt {
        name,
        calls: calls.into(),
        landlock,
        seccomp,
        memory: Works,
        all: None,
    }
}

/// Calls that no policy needs. Landlock doesn't see all of them.
fn everywhere(place: &AttemptDirectory, version: u32) -> Vec<Attempt> {
    let (secret, program) = (place.path("secret"), place.path("rw/program"));
    let anonymous = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    let (map, protect) = (libc::SYS_mmap, libc::SYS_mprotect);
    let call = |name, calls: String, landlock| attempt(name, &calls, landlock, Killed);
    vec![
        call(
            "start a program",
            format!("{} @{program} 0 0", libc::SYS_execve),
            DENIED,
        ),
        call(
            "map code",
            format!("{map} 0 4096 7 {anonymous} -1 0"),
            Works,
        )
        .memory(memory::no_new_code()),
        call(
            "turn data into code",
            format!("{map} 0 4096 3 {anonymous} -1 0 -- {protect} = 4096 5"),
            Works,
        )
        .memory(memory::no_new_code()),
        call(
            "map over what is there",
            format!(
                "{map} 0 4096 3 {anonymous} -1 0 -- {map} = 4096 3 {} -1 0",
                anonymous | libc::MAP_FIXED
            ),
            Works,
        ),
        call(
            "signal the parent",
            format!("{} {} 0", libc::SYS_kill, std::process::id()),
            scoped(version),
        ),
        call(
            "make a file in memory",
            format!("{} @x 0", libc::SYS_memfd_create),
            Works,
        ),
        call("be traced", format!("{} 0 0 0 0", libc::SYS_ptrace), Works),
        call(
            "enter new namespaces",
            format!("{} 0", libc::SYS_unshare),
            Works,
        ),
        call(
            "change another file's mode",
            format!("{} {} @{secret} 0", libc::SYS_fchmodat, libc::AT_FDCWD),
            Works,
        ),
        call(
            "ask a descriptor something else",
            format!("{} 1 {}", libc::SYS_ioctl, libc::FIOCLEX),
            Works,
        ),
        call(
            "look at a descriptor's flags",
            format!("{} 1 {}", libc::SYS_fcntl, libc::F_GETFD),
            Works,
        ),
    ]
}

/// Landlock refuses signals to other processes from version 6 on.
fn scoped(version: u32) -> Outcome {
    if version >= 6 {
        Fails(libc::EPERM)
    } else {
        Works
    }
}

/// Landlock refuses TCP from version 4 on.
fn network(port: u16, version: u32) -> Result<Vec<Attempt>> {
    let tcp = if version >= 4 { DENIED } else { Works };
    let socket = format!(
        "{} {} {} 0",
        libc::SYS_socket,
        libc::AF_INET,
        libc::SOCK_STREAM
    );
    // struct sockaddr_in: the family in the machine's byte order, port and address in the
    // network's, padding.
    let address = |port: u16| format!("#0200{port:04x}7f0000010000000000000000");
    Ok(vec![
        attempt("make a socket", &socket, Works, Killed),
        attempt(
            "connect",
            &format!("{socket} -- {} = {} 16", libc::SYS_connect, address(port)),
            tcp,
            Killed,
        ),
        attempt(
            "listen",
            &format!(
                "{socket} -- {} = {} 16",
                libc::SYS_bind,
                address(free_port()?)
            ),
            tcp,
            Killed,
        ),
    ])
}

fn free_port() -> Result<u16> {
    let probe = std::net::TcpListener::bind("127.0.0.1:0")?;
    Ok(probe.local_addr()?.port())
}

/// A call of openat that opens `path` with `flags`.
fn openat(path: &str, flags: i32) -> String {
    let mode = 0o666;
    format!(
        "{} {} @{path} {flags} {mode}",
        libc::SYS_openat,
        libc::AT_FDCWD
    )
}

/// A call of openat2 that opens `path`: `struct open_how` is flags, mode and resolve.
fn openat2(path: &str, flags: i32) -> String {
    let how: String = [flags as u64, 0, 0]
        .map(|word| format!("{:016x}", word.swap_bytes()))
        .concat();
    format!("{} {} @{path} #{how} 24", libc::SYS_openat2, libc::AT_FDCWD)
}

/// If a directory is granted for writing, only Landlock protects other files: seccomp can't
/// tell one path from another.
fn beside_writable(place: &AttemptDirectory, version: u32) -> Vec<Attempt> {
    let [secret, ro, rw] = ["secret", "ro/file", "rw/file"].map(|name| place.path(name));
    let at = libc::AT_FDCWD;
    let call = |name, calls: String| attempt(name, &calls, DENIED, Works);
    let by_openat2 = |name, flags| {
        let attempt = call(name, openat2(&secret, flags));
        // seccomp refuses openat2 if this version of Landlock doesn't see O_TRUNC.
        let is_left = version != 2;
        if is_left {
            attempt
        } else {
            attempt.all(Fails(libc::ENOSYS))
        }
    };
    let (rename, link) = (libc::SYS_renameat, libc::SYS_linkat);
    vec![
        call("read a secret", openat(&secret, libc::O_RDONLY)),
        by_openat2("read a secret by openat2", libc::O_RDONLY),
        by_openat2("overwrite a secret", libc::O_WRONLY),
        call("write in a grant for reading", openat(&ro, libc::O_WRONLY)),
        emptying(
            "empty a file in a grant for reading by openat2",
            &openat2(&ro, libc::O_RDONLY | libc::O_TRUNC),
            version,
            Fails(libc::ENOSYS),
        ),
        emptying(
            "empty a file in a grant for reading",
            &openat(&ro, libc::O_RDONLY | libc::O_TRUNC),
            version,
            Killed,
        ),
        // O_ACCMODE opens a file neither for reading nor for writing.
        emptying(
            "empty a secret",
            &openat(&secret, libc::O_ACCMODE | libc::O_TRUNC),
            version,
            Killed,
        ),
        call(
            "make a file outside",
            openat(&place.path("moved"), libc::O_RDONLY | libc::O_CREAT),
        ),
        call(
            "remove a file in a grant for reading",
            format!("{} {at} @{ro} 0", libc::SYS_unlinkat),
        ),
        call(
            "make a directory outside",
            format!("{} {at} @{} 511", libc::SYS_mkdirat, place.path("new")),
        ),
        call(
            "move a file out",
            format!("{rename} {at} @{rw} {at} @{}", place.path("moved")),
        ),
        call(
            "move a secret in",
            format!("{rename} {at} @{secret} {at} @{}", place.path("rw/moved")),
        ),
        attempt(
            "link a file of a grant for reading where one may write",
            &format!("{link} {at} @{ro} {at} @{} 0", place.path("rw/linked")),
            Fails(libc::EXDEV),
            Works,
        ),
        attempt(
            "link a secret in",
            &format!("{link} {at} @{secret} {at} @{} 0", place.path("rw/linked")),
            Fails(libc::EXDEV),
            Works,
        ),
    ]
}

/// If a file is granted by itself, Landlock protects its siblings and its name.
fn beside_files(place: &AttemptDirectory) -> Vec<Attempt> {
    let [secret, ro, rw] = ["secret", "ro/file", "rw/file"].map(|name| place.path(name));
    let sibling = place.path("rw/program");
    let at = libc::AT_FDCWD;
    let call = |name, calls: String| attempt(name, &calls, DENIED, Works);
    vec![
        attempt("write the file", &openat(&rw, libc::O_RDWR), Works, Works),
        attempt("read the other", &openat(&ro, libc::O_RDONLY), Works, Works),
        call("read a secret", openat(&secret, libc::O_RDONLY)),
        call("read a sibling", openat(&sibling, libc::O_RDONLY)),
        call("write a sibling", openat(&sibling, libc::O_WRONLY)),
        call(
            "write in the grant for reading",
            openat(&ro, libc::O_WRONLY),
        ),
        call(
            "make a sibling",
            openat(&place.path("rw/new"), libc::O_WRONLY | libc::O_CREAT),
        ),
        call(
            "remove the file",
            format!("{} {at} @{rw} 0", libc::SYS_unlinkat),
        ),
        call(
            "rename a sibling over the file",
            format!("{} {at} @{sibling} {at} @{rw}", libc::SYS_renameat),
        ),
        call(
            "make a directory beside it",
            format!("{} {at} @{} 511", libc::SYS_mkdirat, place.path("rw/new")),
        ),
    ]
}

/// Attempts that empty a file. Landlock refuses them from version 3 on. With an older version
/// seccomp refuses them (`all`). Without any Landlock they succeed: then every path is open
/// to them anyway.
fn emptying(name: &'static str, calls: &str, version: u32, all: Outcome) -> Attempt {
    match version {
        0..2 => attempt(name, calls, Works, Works),
        2 => attempt(name, calls, Works, Works).all(all),
        _ => attempt(name, calls, DENIED, Works),
    }
}

/// If directories are granted for reading alone, seccomp refuses each call that changes a
/// file.
fn beside_read_only(place: &AttemptDirectory, version: u32) -> Vec<Attempt> {
    let [secret, ro] = ["secret", "ro/file"].map(|name| place.path(name));
    let at = libc::AT_FDCWD;
    let call = |name, calls: String| attempt(name, &calls, DENIED, Killed);
    vec![
        attempt(
            "read a secret",
            &openat(&secret, libc::O_RDONLY),
            DENIED,
            Works,
        ),
        call("write in the grant", openat(&ro, libc::O_WRONLY)),
        call("write outside", openat(&secret, libc::O_RDWR)),
        attempt(
            "empty a file",
            &openat(&ro, libc::O_RDONLY | libc::O_TRUNC),
            if version >= 3 { DENIED } else { Works },
            Killed,
        ),
        // seccomp refuses openat2 if this version of Landlock doesn't see it.
        attempt(
            "empty a file by openat2",
            &openat2(&ro, libc::O_RDONLY | libc::O_TRUNC),
            if version >= 3 { DENIED } else { Works },
            Fails(libc::ENOSYS),
        )
        .all(if version >= 3 {
            DENIED
        } else {
            Fails(libc::ENOSYS)
        }),
        attempt(
            "change the times of a file that is open",
            &format!(
                "{} -- {} = 0 0 0",
                openat(&ro, libc::O_RDONLY),
                libc::SYS_utimensat
            ),
            Works,
            Killed,
        ),
        call(
            "remove a file",
            format!("{} {at} @{ro} 0", libc::SYS_unlinkat),
        ),
        call(
            "make a directory",
            format!("{} {at} @{} 511", libc::SYS_mkdirat, place.path("ro/new")),
        ),
        call(
            "make a symbolic link",
            format!("{} @x {at} @{}", libc::SYS_symlinkat, place.path("ro/new")),
        ),
        attempt(
            "change a file's times",
            &format!("{} {at} @{ro} 0 0", libc::SYS_utimensat),
            Works,
            Killed,
        ),
    ]
}

/// Calls that only functions of `wasi_aot_os_1` need. Landlock sees none of them.
fn without_os() -> Vec<Attempt> {
    let call = |name, calls: String| attempt(name, &calls, Works, Killed);
    let flags = libc::SFD_CLOEXEC | libc::SFD_NONBLOCK;
    let signals = "0002000000000000";
    vec![
        call(
            "set a descriptor's mode",
            format!("{} 1 384", libc::SYS_fchmod),
        ),
        call(
            "open a descriptor of signals",
            format!("{} -1 #{signals} 8 {flags}", libc::SYS_signalfd4),
        ),
        call("ask for the host's name", uname()),
        call(
            "block a signal",
            format!("{} 0 #{signals} 0 8", libc::SYS_rt_sigprocmask),
        ),
    ]
}

/// The same calls, where the module imports functions that need them.
fn with_os(policy: Policy, place: &AttemptDirectory) -> Vec<Attempt> {
    let [secret, ro, rw] = ["secret", "ro/file", "rw/file"].map(|name| place.path(name));
    let fchmod = libc::SYS_fchmod;
    let flags = libc::SFD_CLOEXEC | libc::SFD_NONBLOCK;
    let signals = "0002000000000000";
    let set =
        |file: &str, mode: u32| format!("{} -- {fchmod} = {mode}", openat(file, libc::O_RDONLY));
    let of_signals = |flags: i32| format!("{} -1 #{signals} 8 {flags}", libc::SYS_signalfd4);
    let mut attempts = vec![
        attempt(
            "open a descriptor of signals",
            &of_signals(flags),
            Works,
            Works,
        ),
        attempt("open one that is inherited", &of_signals(0), Works, Killed),
        attempt("ask for the host's name", &uname(), Works, Killed),
    ];
    attempts.extend(match policy {
        Policy::Both | Policy::Files => vec![
            attempt(
                "set the mode of a file in the grant",
                &set(&rw, 0o600),
                Works,
                Works,
            ),
            // Landlock doesn't let the file be opened, so there is no descriptor.
            attempt(
                "set the mode of a secret",
                &set(&secret, 0o600),
                Fails(libc::EBADF),
                Works,
            ),
            attempt("set a set-user-ID bit", &set(&rw, 0o4755), Works, Killed),
            // Where some directory is granted for writing, the first fence stands alone here.
            attempt(
                "set the mode of a file that may be read",
                &set(&ro, 0o600),
                Works,
                Works,
            ),
        ],
        Policy::ReadOnly => vec![attempt(
            "set the mode of a file that may be read",
            &set(&ro, 0o600),
            Works,
            Killed,
        )],
        Policy::Nothing => vec![attempt(
            "set a descriptor's mode",
            &format!("{fchmod} 1 384"),
            Works,
            Killed,
        )],
    });
    attempts
}

fn uname() -> String {
    format!(
        "{} #{}",
        libc::SYS_uname,
        "00".repeat(size_of::<libc::utsname>())
    )
}

/// If no directory is granted, each call with a path is refused.
fn without_files(place: &AttemptDirectory) -> Vec<Attempt> {
    let secret = place.path("secret");
    let at = libc::AT_FDCWD;
    let stat = "00".repeat(size_of::<libc::stat>());
    vec![
        attempt(
            "read a secret",
            &openat(&secret, libc::O_RDONLY),
            DENIED,
            Killed,
        ),
        attempt(
            "read a secret by openat2",
            &openat2(&secret, libc::O_RDONLY),
            DENIED,
            Killed,
        ),
        attempt(
            "look at a file",
            &format!("{} {at} @{secret} #{stat} 0", libc::SYS_newfstatat),
            Works,
            Killed,
        ),
        attempt(
            "find a file",
            &openat(&secret, libc::O_PATH | libc::O_CLOEXEC),
            Works,
            Killed,
        ),
        attempt(
            "change the times of a standard stream",
            &format!("{} 1 0 0 0", libc::SYS_utimensat),
            Works,
            Killed,
        ),
        attempt(
            "change a file's times",
            &format!("{} {at} @{secret} 0 0", libc::SYS_utimensat),
            Works,
            Killed,
        ),
    ]
}

/// The version of this kernel's Landlock; 0 if it has none.
pub fn landlock_version() -> u32 {
    let (no_attributes, version) = (std::ptr::null::<libc::c_void>(), 1);
    // SAFETY: without attributes nothing is read or written.
    let found = unsafe {
        libc::syscall(
            libc::SYS_landlock_create_ruleset,
            no_attributes,
            0usize,
            version,
        )
    };
    u32::try_from(found).unwrap_or(0)
}
