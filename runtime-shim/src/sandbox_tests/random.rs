//! Every import with random arguments.
//!
//! A run follows from its seed: `WASI_AOT_FUZZ_SEED` repeats a run, and
//! `WASI_AOT_FUZZ_CALLS` sets its number of calls. Nothing may panic (with the checks
//! of a debug build), no byte beside linear memory and no file outside may change, and
//! no descriptor may lead outside. `tests/imports/` does the same with an executable.

use super::arguments::adopt_terminal;
use super::generator::{Generator, READABLE, Random, WRITABLE, paths};
use super::imports;
use super::yard::{Snapshot, Yard, snapshot};
use crate::abi::types::FileType;
use crate::manifest::Manifest;
use crate::policy::files::Files;
use crate::policy::resolver::Resolver;
use crate::policy::root;
use crate::signals;
use crate::wasi::exports::import_table::Import;
use crate::wasi::fixture::{Guest, host_fd};
use rustix::fd::OwnedFd;
use rustix::fs::fstat;
use rustix::io::{Errno, read, write};
use rustix::net::sockopt::{Timeout, set_socket_timeout};
use std::fs::File;
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::time::Duration;
use std::vec::Vec;
use std::{format, println};
use wasi_aot_contract::manifest::Access;
use wasi_aot_contract::os::Action;

/// Calls of a run unless the environment says otherwise.
const CALLS: u64 = 100_000;
/// After so many calls a guest and its files are replaced by new ones: once a run has closed or
/// removed everything, it finds nothing more.
const LIFE: u64 = 2_000;

/// A guest with three host files, a writable and a readable grant, a listener, a connection and a
/// terminal, and the files around the grants.
struct Scene {
    guest: Guest,
    yard: Yard,
    reading: Snapshot,
    /// What happened on each signal before.
    actions: Vec<(u32, Action)>,
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
        typing(adopt_terminal(&mut guest));
        let (fds, environment) = (&mut guest.wasi.fds, &mut guest.wasi.environment);
        let root = root::make(&Manifest::EMPTY, Files::NONE, fds, environment);
        guest.wasi.root = root.ok().unwrap();
        let reading = snapshot(&yard.scratch.join("root-den"), &[]);
        Self {
            guest,
            yard,
            reading,
            actions: (1..31).filter_map(action_of).collect(),
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

/// Types lines and reads what is written, until the terminal is closed. So no call waits for long.
fn typing(person: OwnedFd) {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        loop {
            let _ = write(&person, b"x\n");
            if matches!(read(&person, &mut buffer), Err(error) if error != Errno::AGAIN) {
                return;
            }
            std::thread::sleep(Duration::from_micros(100));
        }
    });
}

/// What happens on a signal that can be caught.
fn action_of(number: u32) -> Option<(u32, Action)> {
    let action = signals::action(signals::signal(number).ok()?);
    Some((number, action.unwrap()))
}

impl Drop for Scene {
    /// Other tests and the person who runs them need the signals.
    fn drop(&mut self) {
        for &(number, action) in &self.actions {
            signals::set(signals::signal(number).unwrap(), action).unwrap();
        }
    }
}

fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |value| value.parse().unwrap())
}

fn go(seed: u64, calls: u64, resolver: fn() -> Resolver) {
    let mut scene = Scene::new(resolver);
    let mut run = Generator {
        random: Random(seed),
        paths: paths(&scene.yard),
        path: 0,
    };
    let all: Vec<&Import> = imports().collect();
    let mut succeeded = std::vec![0u64; all.len()];
    let opening = all
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
        // Files must be open, so that the other calls have something to do.
        let index = match run.random.one_in(6) {
            true => opening,
            false => run.random.below(all.len() as u64) as usize,
        };
        let import = all[index];
        // These calls would end the tests: a signal goes to any thread that doesn't block it.
        if !["proc_exit", "proc_raise"].contains(&import.name) {
            let args = run.arguments(import, scene.guest.size());
            let result = (import.call)(&mut scene.guest.wasi, &args);
            succeeded[index] += u64::from(result.is_ok());
        }
    }
    scene.check("the last calls");
    // A fuzzer shows little if every call is refused at once.
    println!("{} of {calls} succeeded", succeeded.iter().sum::<u64>());
    for (import, &count) in all.iter().zip(&succeeded) {
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
