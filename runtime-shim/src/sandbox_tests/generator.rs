//! Random arguments for every import, biased towards values that might go wrong.

use super::yard::Yard;
use crate::wasi::exports::import_table::Import;
use crate::wasi::fixture::Guest;
use std::format;
use std::vec::Vec;
use wasi_aot_contract::signature::Type;

/// Paths in linear memory, which are refreshed repeatedly; each has this much room.
const PATHS: u32 = 0x4000;
const STRIDE: u32 = 0x1400;
/// Buffers of vectors. A buffer with an odd index is bad.
const VECTORS: u32 = 0x2000;
/// Subscriptions: a clock in each place with an even index.
const SUBSCRIPTIONS: u32 = 0x3000;

/// The guest's first descriptors.
pub const WRITABLE: u64 = 3;
pub const READABLE: u64 = 4;

/// Marsaglia's xorshift64*.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, bound: u64) -> u64 {
        (self.next() >> 33) % bound
    }

    pub fn one_in(&mut self, count: u64) -> bool {
        self.below(count) == 0
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len() as u64) as usize]
    }
}

/// Draws the arguments of a run.
pub struct Generator {
    pub random: Random,
    pub paths: Vec<Vec<u8>>,
    /// The path that this call's next length belongs to.
    pub path: usize,
}

/// Paths to draw from.
pub fn paths(yard: &Yard) -> Vec<Vec<u8>> {
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
        // From the root.
        "scratch/file",
        "scratch/new",
        "scratch/../outside/secret",
        "scratch",
        "dev",
        "dev/null",
        "dev/stdin",
        "dev/stdout",
        "dev/../scratch/dir",
        "etc/passwd",
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

impl Generator {
    pub fn refresh(&mut self, guest: &mut Guest) {
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

    pub fn arguments(&mut self, import: &Import, end: u32) -> Vec<u64> {
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

    /// An argument of 32 bits, sometimes with other bits than 0 in the upper half.
    fn small(&mut self, function: &str, param: &str, end: u32) -> u64 {
        let random = &mut self.random;
        if param == "mode" {
            // The owner keeps access, so that the files can be removed afterwards.
            let odd = [
                1 << 9,
                0o4755,
                1 << 31,
                u64::from(u32::MAX),
                random.0 | 1 << 12,
            ];
            let mode = 0o700 | random.below(0o100);
            return if random.one_in(8) {
                random.pick(&odd)
            } else {
                mode
            };
        }
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
            // A call that takes away a descriptor or rights mostly gets a descriptor from 5 on.
            // Otherwise a run would soon have nothing left to try.
            "fd" | "to" if DESTRUCTIVE.contains(&function) && !random.one_in(64) => {
                5 + random.below(8)
            }
            "fd" if function.starts_with("sock_") => random.pick(&[5, 6, random.0 % 13]),
            "fd" | "old_fd" | "new_fd" if function.starts_with("path_") => {
                random.pick(&[WRITABLE, WRITABLE, READABLE, random.0 % 13])
            }
            "fd" if function.starts_with("terminal_") => random.pick(&[7, 7, random.0 % 13]),
            "fd" | "old_fd" | "new_fd" | "to" => random.below(13),
            "flags" if function.starts_with("path_") => random.below(3),
            "path" | "old_path" | "new_path" => {
                let among = random.pick(&[8, self.paths.len() as u64]);
                self.path = random.below(among) as usize;
                (PATHS + self.path as u32 * STRIDE).into()
            }
            "path_len" | "old_path_len" | "new_path_len" => self.paths[self.path].len() as u64,
            "signal" => random.pick(&[10, 12, 13, 22, 27, 28, 29]),
            "action" => random.below(4),
            "terminal_mode" => random.below(5),
            "iovs" => u64::from(VECTORS) + 8 * random.below(64),
            "iovs_len" => random.below(7),
            "len" | "buf_len" => random.below(3000),
            "dirflags" | "old_flags" => random.below(3),
            "flags" | "oflags" | "fdflags" | "advice" | "whence" | "fst_flags" | "ri_flags"
            | "si_flags" | "how" | "id" => random.below(9),
            _ => random.pick(&[random.0 % 0x2000, u64::from(end) - random.0 % 70]),
        }
    }

    /// An argument of 64 bits. A call that reserves disk space gets small amounts, or amounts
    /// that no disk has.
    fn large(&mut self, function: &str, param: &str) -> u64 {
        let random = &mut self.random;
        if param.starts_with("rights_") && !random.one_in(4) {
            // Most calls need some rights; a directory isn't opened for writing.
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

    /// Lets `poll_oneoff` end soon: its first subscription is a clock, or its subscriptions
    /// aren't in memory.
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

/// Imports that take a descriptor, or rights, away.
const DESTRUCTIVE: [&str; 3] = ["fd_close", "fd_renumber", "fd_fdstat_set_rights"];
