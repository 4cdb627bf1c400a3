//! Calls while another thread swaps the files on their way, all the time.
//!
//! A race with a link runs until both outcomes have been seen: lookups that succeeded, and
//! lookups that met the link and were refused. A race with a directory that is moved has no
//! refused lookups: the kernel gives up where anything was renamed meanwhile, and the walk
//! never goes up.

use super::calls::{CALLS, Call, Told, VICTIM};
use super::yard::{RESOLVERS, Yard};
use crate::abi::errno::Errno;
use crate::policy::resolver::Resolver;
use crate::wasi::fixture::{Guest, host_fd};
use rustix::fd::OwnedFd;
use rustix::fs::{AtFlags, CWD, Mode, OFlags, RenameFlags, openat, renameat_with, unlinkat};
use std::fs;
use std::path::{Path, PathBuf};
use std::string::ToString;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Instant;

/// Each call is made on each path at least this many times.
const TRIES: u32 = 100;

/// A tree, and the names in it that another thread swaps.
struct Race {
    yard: Yard,
    /// The directory that the guest means to reach.
    dir: OwnedFd,
    swapped: [PathBuf; 3],
    /// A link is swapped in, so some lookups are refused.
    has_link: bool,
}

impl Race {
    /// `root/swap/a`, a directory, and `root/swap/b`, a link to the outside; and
    /// the same for two files.
    fn links() -> Self {
        let mut yard = Yard::new();
        yard.scratch.mkdir("root/swap/a");
        yard.scratch.symlink("../../outside", "root/swap/b");
        yard.look_again();
        let swapped = ["root/swap/a", "root/swap/b", "root/swap/c"];
        Self::new(yard, "root/swap/a", swapped, true)
    }

    fn new(yard: Yard, dir: &str, swapped: [&str; 3], has_link: bool) -> Self {
        let dir = host_fd(fs::File::open(yard.scratch.join(dir)).unwrap());
        let swapped = swapped.map(|name| yard.scratch.join(name));
        let race = Self {
            yard,
            dir,
            swapped,
            has_link,
        };
        race.restore();
        race
    }

    /// Restores the files in `dir`, wherever that is at the moment, and in `root`.
    fn restore(&self) {
        for name in [c"new", c"secret"] {
            let _ = unlinkat(&self.dir, name, AtFlags::empty());
            let _ = unlinkat(&self.dir, name, AtFlags::REMOVEDIR);
        }
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::NOFOLLOW;
        let secret = openat(&self.dir, c"secret", flags, Mode::RUSR | Mode::WUSR).unwrap();
        rustix::io::write(secret, b"harmless").unwrap();
        let root = self.yard.scratch.join("root");
        fs::write(root.join(VICTIM), "inside").unwrap();
        let free = root.join("free");
        let _ = fs::remove_file(&free).or_else(|_| fs::remove_dir(&free));
    }

    /// Makes every call on each of `paths` while `swap` runs, with each resolver.
    fn run(mut self, paths: &[&str], swap: fn(&[PathBuf; 3]), afterwards: impl Fn()) {
        let stop = AtomicBool::new(false);
        let swapped = self.swapped.clone();
        thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    swap(&swapped);
                }
            });
            // The other thread must stop even if a check fails, or the scope would never end.
            let _stop = OnDrop(|| stop.store(true, Ordering::Relaxed));
            for (name, resolver) in RESOLVERS {
                for path in paths {
                    self.one(name, resolver, path);
                    afterwards();
                }
            }
        });
    }

    fn one(&mut self, name: &str, resolver: fn() -> Resolver, path: &str) {
        let mut guest = self.yard.guest(resolver);
        let (start, mut through, mut refused) = (Instant::now(), 0, 0);
        while through == 0 || (self.has_link && refused == 0) {
            assert!(
                start.elapsed().as_secs() < 60,
                "{name} {path}: {through} through, {refused} refused"
            );
            for call in CALLS {
                for _ in 0..TRIES {
                    let result = call.run(&mut guest, 0, path.as_bytes());
                    through += u32::from(result.is_ok());
                    refused += u32::from(result.as_ref().err() == Some(&Errno::PERM));
                    self.judge(&mut guest, call, path, result);
                }
            }
        }
    }

    /// Checks what a call returned and did, and restores the files for the next.
    fn judge(&self, guest: &mut Guest, call: &Call, path: &str, result: Result<Told, Errno>) {
        let what = std::format!("{} {} {path}", call.function, call.manner);
        let Ok(told) = result else { return };
        self.yard.check(guest, Some(&told), &what);
        if let Told::Opened(fd) = told {
            drop(guest.wasi.fds.remove(fd));
        }
        if call.writes {
            self.restore();
        }
    }
}

impl Drop for Race {
    fn drop(&mut self) {
        if !thread::panicking() {
            // A call that was refused must have done nothing.
            let guest = self.yard.guest(Resolver::new);
            self.yard
                .check(&guest, None, "one of the calls that were refused");
        }
    }
}

/// Calls a function when it is dropped.
struct OnDrop<F: Fn()>(F);

impl<F: Fn()> Drop for OnDrop<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

fn exchange(a: &Path, b: &Path) {
    let [a, b] = [a, b].map(|path| path.to_str().unwrap().to_string());
    renameat_with(CWD, &*a, CWD, &*b, RenameFlags::EXCHANGE).unwrap();
}

const SWAPPED: [&str; 4] = [
    "swap/a/secret",
    "swap/a/../a/secret",
    "swap/a/new",
    "dir/../swap/./a/new",
];

#[test]
fn a_link_exchanged_with_a_directory() {
    Race::links().run(&SWAPPED, |[a, b, _]| exchange(a, b), || {});
}

#[test]
fn a_link_renamed_to_a_directory_s_place() {
    Race::links().run(
        &SWAPPED,
        |[a, b, c]| {
            for (from, to) in [(a, c), (b, a), (c, b)] {
                fs::rename(from, to).unwrap();
            }
        },
        || {},
    );
}

/// The directory `a`, from which the guest's paths go up, moves between `root/swap` and
/// `root-den`. `root-den` also has a hard link to the secret.
#[test]
fn a_directory_moved_out_and_back() {
    let mut yard = Yard::new();
    let den = yard.scratch.join("root-den");
    yard.scratch.mkdir("root/swap/a/sub");
    yard.scratch.mkdir("root-den/a/sub");
    let secret = yard.scratch.join("outside/secret");
    fs::hard_link(secret, den.join("secret")).unwrap();
    yard.look_again();
    let swapped = ["root/swap/a", "root-den/a", "unused"];
    let race = Race::new(yard, "root/swap", swapped, false);
    let paths = ["swap/a/../secret", "swap/a/sub/../../new"];
    race.run(
        &paths,
        |[a, b, _]| exchange(a, b),
        || {
            assert_eq!(
                fs::read_dir(&den).unwrap().count(),
                2,
                "a new name in the den"
            );
        },
    );
}
