//! A granted directory, the files beside it ("outside"), and a check that no call
//! of the guest changed or revealed the files outside.

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

/// The name of a way to resolve paths, and its constructor.
type Resolving = (&'static str, fn() -> Resolver);

/// All ways to resolve paths.
pub const RESOLVERS: [Resolving; 3] = [
    ("openat2", Resolver::new),
    ("walk", Resolver::walking),
    ("around a hole", Resolver::around_a_hole),
];

/// The names outside that replace `T` in a path. `none` doesn't exist, the others
/// do. A guest must not be able to tell an existing name from a missing name.
pub const TARGETS: [&str; 4] = ["secret", "none", "dir", "link"];

/// Directories that the snapshot of the outside skips: the granted directory, and
/// the directory that a test changes itself.
const INSIDE: [&str; 2] = ["root", "root-den"];

/// The contents of the files outside.
const SECRET: &str = "a secret";

/// Symbolic links in `root`, as pairs of name and target. Most of them leave
/// `root`; some form a loop; `in` stays inside. `@` stands for the scratch
/// directory's absolute path.
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

/// A scratch directory with `root`, which tests grant, and `outside` next to it.
pub struct Yard {
    pub scratch: Scratch,
    /// An open host descriptor of `outside`. The link `root/proc-fd` names it
    /// through `/proc/self/fd`, as a guest could by guessing its number.
    pub outside: fs::File,
    before: Snapshot,
}

/// The attributes and contents of each file of a directory tree, by path.
pub type Snapshot = BTreeMap<PathBuf, (Attributes, Vec<u8>)>;

/// Device, inode, mode, number of links, size, modification time, status change
/// time, owner.
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

    /// A guest with `root` as its writable directory, descriptor 0.
    pub fn guest(&self, resolver: fn() -> Resolver) -> Guest {
        let mut guest = Guest::with_dir(&self.scratch.join("root"), Access::ReadWrite);
        guest.wasi.resolver = resolver();
        guest
    }

    /// Fills in `template`: `T` becomes `target`, `N` becomes `target` with `-` for
    /// `/`, and `@` becomes the absolute path of the scratch directory.
    pub fn path(&self, template: &str, target: &str) -> String {
        let top = self.scratch.path().to_str().unwrap();
        template
            .replace('T', target)
            .replace('N', &target.replace('/', "-"))
            .replace('@', top)
    }

    /// Takes the snapshot again, after the test itself has changed something outside.
    pub fn look_again(&mut self) {
        self.before = snapshot(self.scratch.path(), &INSIDE);
    }

    /// Whether the file with this device and inode lies outside.
    pub fn has(&self, dev: u64, ino: u64) -> bool {
        let known = self.before.values().map(|(attributes, _)| attributes);
        let top = fs::metadata(self.scratch.path()).unwrap();
        (known.chain([&attributes(&top)])).any(|known| (known.0, known.1) == (dev, ino))
    }

    /// Panics if anything outside has changed since the snapshot, or if `told` is
    /// about a file outside.
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
        // A link or rename must not have brought a file in from outside.
        if let Ok(free) = fs::symlink_metadata(self.scratch.join("root").join(FREE)) {
            assert!(!outside(free.dev(), free.ino()), "brought in by {what}");
        }
    }
}

/// The tree below `dir`, without the entries of `dir` named in `without`. Access
/// times are left out, because reading changes them.
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
