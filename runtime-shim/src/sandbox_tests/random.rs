//! Every import with random arguments, biased towards what might go wrong.
//!
//! The state of a run is its seed: `WASI_AOT_FUZZ_SEED` repeats one, and
//! `WASI_AOT_FUZZ_CALLS` makes it longer. Nothing may panic (with the checks of a
//! debug build), no byte beside linear memory and no file outside may change,
//! and no descriptor may lead there. The same is done with an executable by
//! `tests/imports/`.

use super::yard::{Yard, snapshot};
use crate::policy::resolver::Resolver;
use crate::wasi::exports::imports::{IMPORTS, Import};
use crate::wasi::fixture::{Guest, host_fd};
use crate::wasi::types::FileType;
use rustix::fs::fstat;
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use std::fs::File;
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::time::Duration;
use std::vec::Vec;
use std::{format, println};
use wasi_aot_contract::manifest::Access;
use wasi_aot_contract::preview1::Type;

/// Calls of a run unless the environment says otherwise.
const CALLS: u64 = 100_000;
/// A guest, its files and what it has done to them are thrown away after so
/// many: a run that has closed or removed everything finds nothing more.
const LIFE: u64 = 2_000;

/// Paths in linear memory, refreshed time and again; each has this much room.
const PATHS: u32 = 0x4000;
const STRIDE: u32 = 0x1400;
/// Buffers of vectors, of which those with an odd index are bad.
const VECTORS: u32 = 0x2000;
/// Subscriptions: a clock in each place with an even index.
const SUBSCRIPTIONS: u32 = 0x3000;

/// The guest's first descriptors.
const WRITABLE: u64 = 3;
const READABLE: u64 = 4;

/// Marsaglia's xorshift64*.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 33) % bound
    }

    fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

/// What a run goes through.
struct Run {
    random: Random,
    paths: Vec<Vec<u8>>,
    /// The path that this call's next length belongs to.
    path: usize,
}

/// What may be meant by a path.
fn paths(yard: &Yard) -> Vec<Vec<u8>> {
    let top = yard.scratch.path().to_str().unwrap();
    let mut paths: Vec<Vec<u8>> = [
        "file",
        "victim",
        "dir",
        "dir/sub",
        "dir/sub/deep",
        "empty",
        "new",
        "dir/new",
        "free",
        "in",
        "in/deep",
        "out",
        "out/secret",
        "to-secret",
        "to-none",
        "abs-secret",
        "self",
        "ping",
        "chain/secret",
        "..",
        ".",
        "",
        "/",
        "../outside/secret",
        "dir/../../outside/new",
        "dir/..",
        "up/outside/new",
        "abs/new",
        "top/new",
        "new/",
        "file/",
        "to-dir/",
        "../root/file",
        "x\0y",
        "read",
        "../read/file",
        "proc-fd/secret",
        "proc-root/new",
    ]
    .map(|path| path.as_bytes().to_vec())
    .into();
    paths.push(format!("{top}/outside/secret").into_bytes());
    paths.push(Vec::from([0xff, 0xfe]));
    for (unit, len) in [
        ("n", 255),
        ("n", 256),
        ("./", 4095),
        ("a/", 4096),
        ("../", 5000),
    ] {
        let mut path = unit.repeat(len).into_bytes();
        path.truncate(len);
        paths.push(path);
    }
    paths
}

impl Run {
    fn refresh(&mut self, guest: &mut Guest) {
        for (index, path) in self.paths.iter().enumerate() {
            guest.write(PATHS + index as u32 * STRIDE, path);
        }
        let end = guest.size();
        let odd = [(end - 4, 8), (u32::MAX, 8), (0, u32::MAX), (end, 1)];
        for index in 0..64 {
            let good = (
                self.random.below(0x1000) as u32,
                self.random.below(100) as u32,
            );
            let buffer = if index % 8 == 7 {
                self.random.pick(&odd)
            } else {
                good
            };
            guest.vector(VECTORS + 8 * index, &[buffer]);
            let mut subscription = [0; 48];
            subscription[0] = index as u8;
            if index % 2 == 1 {
                subscription[8] = 1 + self.random.below(2) as u8;
                subscription[16] = self.random.below(14) as u8;
            } else {
                subscription[16] = self.random.below(5) as u8;
                subscription[25] = self.random.below(100) as u8;
                subscription[40] = self.random.below(2) as u8;
            }
            guest.write(SUBSCRIPTIONS + 48 * index, &subscription);
        }
    }

    fn arguments(&mut self, import: &Import, end: u32) -> Vec<u64> {
        let mut args = Vec::new();
        for &(param, ty) in import.params {
            args.push(match ty {
                Type::I32 => self.small(import.name, param, end),
                Type::I64 => self.large(import.name, param),
            });
        }
        if import.name == "poll_oneoff" {
            self.bound_wait(&mut args);
        }
        args
    }

    /// An argument of 32 bits, with something in the upper half at times.
    fn small(&mut self, function: &str, param: &str, end: u32) -> u64 {
        let random = &mut self.random;
        if random.one_in(16) {
            return random.pick(&[
                0,
                1,
                u64::from(end) - 1,
                u64::from(end),
                u64::from(end) + 1,
                1 << 31,
                u64::from(u32::MAX),
                u64::MAX,
                random.0,
            ]);
        }
        match param {
            // What would leave little to try is done to others, but for once.
            "fd" | "to" if DESTRUCTIVE.contains(&function) && !random.one_in(64) => {
                5 + random.below(8)
            }
            "fd" if function.starts_with("sock_") => random.pick(&[5, 6, random.0 % 13]),
            "fd" | "old_fd" | "new_fd" if function.starts_with("path_") => {
                random.pick(&[WRITABLE, WRITABLE, READABLE, random.0 % 13])
            }
            "fd" | "old_fd" | "new_fd" | "to" => random.below(13),
            "flags" if function.starts_with("path_") => random.below(3),
            "path" | "old_path" | "new_path" => {
                let among = random.pick(&[8, self.paths.len() as u64]);
                self.path = random.below(among) as usize;
                (PATHS + self.path as u32 * STRIDE).into()
            }
            "path_len" | "old_path_len" | "new_path_len" => self.paths[self.path].len() as u64,
            "iovs" => u64::from(VECTORS) + 8 * random.below(64),
            "iovs_len" => random.below(7),
            "len" | "buf_len" => random.below(3000),
            "dirflags" | "old_flags" => random.below(3),
            "flags" | "oflags" | "fdflags" | "advice" | "whence" | "fst_flags" | "ri_flags"
            | "si_flags" | "how" | "id" | "signal" => random.below(9),
            _ => random.pick(&[random.0 % 0x2000, u64::from(end) - random.0 % 70]),
        }
    }

    /// An argument of 64 bits. Space on a disk is only asked for in small
    /// amounts or such as no disk has.
    fn large(&mut self, function: &str, param: &str) -> u64 {
        let random = &mut self.random;
        if param.starts_with("rights_") && !random.one_in(4) {
            // Most calls need some; a directory isn't opened for writing.
            return random.pick(&[u64::MAX, 0x1fff_ffff, 0x1fff_ffff & !0x40]);
        }
        match random.below(8) {
            0..4 => random.below(5000),
            4 | 5 => random.pick(&[0, 1, 1 << 63, u64::MAX]),
            _ if function == "fd_allocate" => 4096,
            6 => random.pick(&[1 << 31, (1 << 32) - 1, 1 << 32, (1 << 63) - 1]),
            _ => random.0,
        }
    }

    /// Lets `poll_oneoff` end soon: what it takes for subscriptions is a clock
    /// first, or isn't in memory.
    fn bound_wait(&mut self, args: &mut [u64]) {
        let random = &mut self.random;
        match random.below(8) {
            0 => args[2] = random.pick(&[u64::from(u32::MAX), 1 << 31, 89_478_486]),
            1 => args[0] = u64::from(u32::MAX) - random.below(48),
            _ => {
                args[0] = u64::from(SUBSCRIPTIONS) + 96 * random.below(16);
                args[2] = random.below(32);
            }
        }
    }
}

/// Take a descriptor, or rights, away.
const DESTRUCTIVE: [&str; 3] = ["fd_close", "fd_renumber", "fd_fdstat_set_rights"];

/// A guest with three host files, a writable and a readable grant, a listener,
/// a connection, and what lies around.
struct Scene {
    guest: Guest,
    yard: Yard,
    reading: super::yard::Snapshot,
    _peer: UnixStream,
}

impl Scene {
    fn new(resolver: fn() -> Resolver) -> Self {
        let yard = Yard::new();
        yard.scratch.mkdir("root-den/dir");
        yard.scratch.write("root-den/file", "only to be read");
        yard.scratch.symlink("../root/file", "root-den/out");
        let mut guest = Guest::new();
        guest.wasi.resolver = resolver();
        for _ in 0..3 {
            let null = host_fd(
                File::options()
                    .read(true)
                    .write(true)
                    .open("/dev/null")
                    .unwrap(),
            );
            guest.adopt(null, FileType::CharacterDevice, None);
        }
        let writable = guest.grant(&yard.scratch.join("root"), Access::ReadWrite);
        let readable = guest.grant(&yard.scratch.join("root-den"), Access::ReadOnly);
        assert_eq!([writable, readable].map(u64::from), [WRITABLE, READABLE]);
        let (peer, own) = UnixStream::pair().unwrap();
        let sockets = [
            host_fd(TcpListener::bind("127.0.0.1:0").unwrap()),
            host_fd(own),
        ];
        for socket in sockets {
            let soon = Some(Duration::from_micros(50));
            set_socket_timeout(&socket, Timeout::Recv, soon).unwrap();
            set_socket_timeout(&socket, Timeout::Send, soon).unwrap();
            guest.adopt(socket, FileType::SocketStream, None);
        }
        let reading = snapshot(&yard.scratch.join("root-den"), &[]);
        Self {
            guest,
            yard,
            reading,
            _peer: peer,
        }
    }

    fn check(&self, what: &str) {
        self.yard.check(&self.guest, None, what);
        let reading = snapshot(&self.yard.scratch.join("root-den"), &[]);
        assert_eq!(reading, self.reading, "{what}");
        for fd in 0..200 {
            if let Ok(descriptor) = self.guest.wasi.fds.get(fd) {
                let stat = fstat(&descriptor.host).unwrap();
                assert!(
                    !self.yard.has(stat.st_dev, stat.st_ino),
                    "{what}: descriptor {fd}"
                );
            }
        }
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

fn go(seed: u64, calls: u64, resolver: fn() -> Resolver) {
    let mut scene = Scene::new(resolver);
    let mut run = Run {
        random: Random(seed),
        paths: paths(&scene.yard),
        path: 0,
    };
    let mut succeeded = Vec::from([0u64; IMPORTS.len()]);
    let opening = IMPORTS
        .iter()
        .position(|import| import.name == "path_open")
        .unwrap();
    for number in 0..calls {
        if number % LIFE == LIFE - 1 {
            scene.check(&format!("a call before {number}"));
            drop(scene);
            scene = Scene::new(resolver);
            run.paths = paths(&scene.yard);
        }
        if number % 16 == 0 {
            run.refresh(&mut scene.guest);
        }
        // Files must be open for the rest to have something to do.
        let index = match run.random.one_in(6) {
            true => opening,
            false => run.random.below(IMPORTS.len() as u64) as usize,
        };
        let import = &IMPORTS[index];
        // It would end the tests.
        if import.name != "proc_exit" {
            let args = run.arguments(import, scene.guest.size());
            let result = (import.call)(&mut scene.guest.wasi, &args);
            succeeded[index] += u64::from(result.is_ok());
        }
    }
    scene.check("the last calls");
    // A fuzzer whose every call is refused at once shows little.
    println!("{} of {calls} succeeded", succeeded.iter().sum::<u64>());
    for (import, &count) in IMPORTS.iter().zip(&succeeded) {
        let never = ["proc_exit", "proc_raise", "sock_accept"].contains(&import.name);
        assert!(never || count > 0, "no {} ever succeeded", import.name);
    }
}

#[test]
fn random_arguments_do_no_harm() {
    let seed = setting("WASI_AOT_FUZZ_SEED", 0x5eed);
    let calls = setting("WASI_AOT_FUZZ_CALLS", CALLS);
    for (name, resolver) in super::yard::RESOLVERS {
        println!("seed {seed}, {calls} calls, {name}");
        go(seed, calls, resolver);
    }
}
