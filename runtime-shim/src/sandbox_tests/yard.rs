//! A granted directory, what lies beside it, and how to see that the latter has
//! been left alone.

use super::calls::{FREE, Told, VICTIM};
use crate::policy::resolver::Resolver;
use crate::wasi::fixture::{Guest, Scratch};
use rustix::fs::fstat;
use std::collections::BTreeMap;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, fs};
use wasi_aot_contract::manifest::Access;

/// A way of resolving, and its name.
type Resolving = (&'static str, fn() -> Resolver);

/// All of them.
pub const RESOLVERS: [Resolving; 3] = [
    ("openat2", Resolver::new),
    ("walk", Resolver::walking),
    ("around a hole", Resolver::around_a_hole),
];

/// What stands for `T` in a path or a link: things outside that are there, and
/// one that isn't. A guest must not be able to tell one from the other.
pub const TARGETS: [&str; 4] = ["secret", "none", "dir", "link"];

/// What isn't looked at from outside: what is granted, and what a test changes
/// there itself.
const INSIDE: [&str; 2] = ["root", "root-den"];

/// What is in the files outside.
const SECRET: &str = "a secret";

/// Links in `root` that lead out on their way, by name and target; `@` stands
/// for the scratch directory's absolute path.
const LINKS: &[(&str, &str)] = &[
    ("in", "dir/sub"),
    ("out", "../outside"),
    ("out-slash", "../outside/"),
    ("out-dots", ".././root/../outside/."),
    ("abs", "@/outside"),
    ("abs-root", "@/root"),
    ("top", "/"),
    ("up", ".."),
    ("chain", "chain1"),
    ("chain1", "dir/chain2"),
    ("dir/chain2", "../out"),
    ("dir/up2", "../.."),
    ("dir/out", "sub/../../../outside"),
    ("through-in", "in/../../../outside"),
    ("proc-root", "/proc/self/root@/outside"),
    ("proc-cwd", "/proc/self/cwd"),
    ("self", "self"),
    ("ping", "dir/pong"),
    ("dir/pong", "../ping"),
];

/// `root`, to be granted, beside `outside`.
pub struct Yard {
    pub scratch: Scratch,
    /// Keeps a directory outside open, as a host file a guest might guess.
    pub outside: fs::File,
    before: Snapshot,
}

/// Everything outside, by path: attributes and contents.
pub type Snapshot = BTreeMap<PathBuf, (Attributes, Vec<u8>)>;

/// Device, inode, mode, links, size, modification, change, owner.
type Attributes = (u64, u64, u32, u64, u64, (i64, i64), (i64, i64), u32);

impl Yard {
    pub fn new() -> Self {
        let scratch = Scratch::quick();
        scratch.mkdir("outside/dir");
        scratch.mkdir("outside/empty");
        scratch.write("outside/secret", SECRET);
        scratch.write("outside/dir/inner", SECRET);
        scratch.symlink(SECRET, "outside/link");
        scratch.mkdir("root/dir/sub");
        scratch.mkdir("root/empty");
        scratch.write(&format!("root/{VICTIM}"), "inside");
        scratch.write("root/file", "inside");
        scratch.write("root/dir/sub/deep", "inside");
        let outside = fs::File::open(scratch.join("outside")).unwrap();
        let top = scratch.path().to_str().unwrap().to_string();
        for (name, target) in LINKS {
            scratch.symlink(&target.replace('@', &top), &format!("root/{name}"));
        }
        let fd = std::os::fd::AsRawFd::as_raw_fd(&outside);
        scratch.symlink(&format!("/proc/self/fd/{fd}"), "root/proc-fd");
        for target in TARGETS {
            let name = target.replace('/', "-");
            for (kind, to) in [
                ("to", format!("../outside/{target}")),
                ("slash", format!("../outside/{target}/")),
                ("abs", format!("{top}/outside/{target}")),
                ("via", format!("out/{target}")),
                ("twice", format!("to-{name}")),
            ] {
                scratch.symlink(&to, &format!("root/{kind}-{name}"));
            }
        }
        let before = snapshot(scratch.path(), &INSIDE);
        Self {
            scratch,
            outside,
            before,
        }
    }

    /// A guest that may do everything in `root`, its descriptor 0.
    pub fn guest(&self, resolver: fn() -> Resolver) -> Guest {
        let mut guest = Guest::with_dir(&self.scratch.join("root"), Access::ReadWrite);
        guest.wasi.resolver = resolver();
        guest
    }

    /// The path that `template` is for `target`: `T` stands for it, `N` for it
    /// as part of a name, `@` for the absolute path of the scratch directory.
    pub fn path(&self, template: &str, target: &str) -> String {
        let top = self.scratch.path().to_str().unwrap();
        template
            .replace('T', target)
            .replace('N', &target.replace('/', "-"))
            .replace('@', top)
    }

    /// Takes what is outside now for what it was, after a change of the test's own.
    pub fn look_again(&mut self) {
        self.before = snapshot(self.scratch.path(), &INSIDE);
    }

    /// Whether a file of this device and inode lies outside.
    pub fn has(&self, dev: u64, ino: u64) -> bool {
        let known = self.before.values().map(|(attributes, _)| attributes);
        let top = fs::metadata(self.scratch.path()).unwrap();
        (known.chain([&attributes(&top)])).any(|known| (known.0, known.1) == (dev, ino))
    }

    /// Fails when anything outside is changed, or the guest was told of it.
    pub fn check(&self, guest: &Guest, told: Option<&Told>, what: &str) {
        let now = snapshot(self.scratch.path(), &INSIDE);
        assert_eq!(now, self.before, "changed outside by {what}");
        let outside = |dev, ino| self.has(dev, ino);
        match told {
            Some(Told::Opened(fd)) => {
                let stat = fstat(&guest.wasi.fds.get(*fd).unwrap().host).unwrap();
                assert!(!outside(stat.st_dev, stat.st_ino), "opened by {what}");
            }
            Some(&Told::Identity(dev, ino)) => assert!(!outside(dev, ino), "seen by {what}"),
            Some(Told::Text(text)) => assert_ne!(text, SECRET.as_bytes(), "read by {what}"),
            Some(Told::Nothing) | None => {}
        }
        // What a link or rename brought in must not come from outside either.
        if let Ok(free) = fs::symlink_metadata(self.scratch.join("root").join(FREE)) {
            assert!(!outside(free.dev(), free.ino()), "brought in by {what}");
        }
    }
}

/// What is in `dir`, but for the names in `without`. Reading changes times of
/// access, which are left out.
pub fn snapshot(dir: &Path, without: &[&str]) -> Snapshot {
    let mut found = Snapshot::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if without.iter().any(|name| path.ends_with(name)) {
            continue;
        }
        let stat = fs::symlink_metadata(&path).unwrap();
        let contents = if stat.is_dir() {
            found.extend(snapshot(&path, &[]));
            Vec::new()
        } else if stat.is_symlink() {
            fs::read_link(&path)
                .unwrap()
                .into_os_string()
                .into_encoded_bytes()
        } else {
            fs::read(&path).unwrap()
        };
        found.insert(path, (attributes(&stat), contents));
    }
    found
}

fn attributes(stat: &fs::Metadata) -> Attributes {
    let changed = (stat.ctime(), stat.ctime_nsec());
    let modified = (stat.mtime(), stat.mtime_nsec());
    (
        stat.dev(),
        stat.ino(),
        stat.mode(),
        stat.nlink(),
        stat.size(),
        modified,
        changed,
        stat.uid(),
    )
}
