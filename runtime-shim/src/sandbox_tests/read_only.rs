//! Attempts to write below read-only grants, and grants that lie inside other grants.

use super::calls::{CALLS, Told};
use super::yard::{RESOLVERS, Snapshot, Yard, snapshot};
use crate::abi::errno::Errno;
use crate::abi::fdtable::inert;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, fdflags, oflags};
use crate::os::mode::fd_set_mode;
use crate::policy;
use crate::policy::resolver::Resolver;
use crate::wasi::Wasi;
use crate::wasi::fd::{fd_allocate, fd_renumber};
use crate::wasi::fd_io::{fd_pwrite, fd_write};
use crate::wasi::fdstat::{fd_fdstat_set_flags, fd_fdstat_set_rights};
use crate::wasi::filestat::{fd_filestat_set_size, fd_filestat_set_times};
use crate::wasi::fixture::{Guest, Scratch, manifest};
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, fs};
use wasi_aot_contract::manifest::{Access, Record};

/// All rights except FD_WRITE: asking for FD_WRITE opens the host file for writing.
const GREEDY: Rights = Rights(!Rights::FD_WRITE.0);

/// A guest with a writable directory (descriptor 0) and a read-only directory
/// (descriptor 1). Descriptor 1 is `root` of a yard.
struct Scene {
    guest: Guest,
    yard: Yard,
    before: Snapshot,
}

impl Scene {
    fn new(resolver: fn() -> Resolver) -> Self {
        let yard = Yard::new();
        yard.scratch.mkdir("root-den");
        yard.scratch.write("root-den/victim", "inside");
        let den = yard.scratch.join("root-den");
        let mut guest = Guest::with_dir(&den, Access::ReadWrite);
        guest.wasi.resolver = resolver();
        guest.grant(&yard.scratch.join("root"), Access::ReadOnly);
        let before = snapshot(&yard.scratch.join("root"), &[]);
        Self {
            guest,
            yard,
            before,
        }
    }

    fn check(&self, what: &str) {
        let now = snapshot(&self.yard.scratch.join("root"), &[]);
        assert_eq!(now, self.before, "changed by {what}");
        self.yard.check(&self.guest, None, what);
    }

    fn open(&mut self, dir: u32, path: &str, oflags: u32) -> u32 {
        self.guest.open_in(dir, path, oflags, GREEDY, 0).unwrap()
    }

    /// Descriptors of read-only directories, each with its place in `root`: the
    /// grant itself, directories opened below the grant, and a read-only directory
    /// that `fd_renumber` moved to the number of a writable directory.
    fn directories(&mut self) -> Vec<(u32, &'static str)> {
        let dir = self.open(1, "dir", oflags::DIRECTORY);
        let dot = self.open(dir, ".", oflags::DIRECTORY);
        let sub = self.open(dot, "sub", oflags::DIRECTORY);
        let writable = self.open(0, ".", oflags::DIRECTORY);
        let moved = self.open(1, ".", 0);
        fd_renumber(&mut self.guest.wasi, moved, writable).unwrap();
        Vec::from([
            (1, ""),
            (dir, "dir"),
            (dot, "dir"),
            (sub, "dir/sub"),
            (writable, ""),
        ])
    }
}

/// Runs each writing call on existing and missing paths, through each read-only
/// descriptor. The other end of a rename or link is a writable directory.
#[test]
fn no_call_on_a_path_writes() {
    for (name, resolver) in RESOLVERS {
        let mut scene = Scene::new(resolver);
        for (fd, place) in scene.directories() {
            let paths: &[&str] = match place {
                "" => &[
                    "file",
                    "new",
                    "dir/sub/deep",
                    "dir/new",
                    "empty",
                    "in",
                    "in/deep",
                    ".",
                ],
                "dir" => &["sub/deep", "sub", "new", "chain2", "sub/../new"],
                _ => &["deep", "new", "."],
            };
            for call in CALLS.iter().filter(|call| call.writes) {
                for path in paths {
                    let what = format!("{name} {} {} {fd} {path}", call.function, call.manner);
                    let result = call.run(&mut scene.guest, fd, path.as_bytes());
                    assert!(result.is_err(), "{what}");
                    scene.check(&what);
                }
            }
        }
        let own = scene.yard.scratch.read("root-den/victim");
        assert_eq!(own, "inside");
    }
}

/// A call that writes through a descriptor.
type Writes = fn(&mut Wasi, u32) -> Result<(), Errno>;

/// The calls that write through a descriptor. The test puts an I/O vector of one
/// byte at address 0.
const ON_DESCRIPTORS: [(&str, Writes); 7] = [
    ("fd_write", |wasi, fd| fd_write(wasi, fd, 0, 1, 64)),
    ("fd_pwrite", |wasi, fd| fd_pwrite(wasi, fd, 0, 1, 0, 64)),
    ("fd_allocate", |wasi, fd| fd_allocate(wasi, fd, 0, 100)),
    ("fd_filestat_set_size", |wasi, fd| {
        fd_filestat_set_size(wasi, fd, 1)
    }),
    ("fd_filestat_set_times", |wasi, fd| {
        fd_filestat_set_times(wasi, fd, 1, 1, 0b0101)
    }),
    ("fd_set_mode", |wasi, fd| fd_set_mode(wasi, fd, 0o600)),
    ("fd_filestat_set_times, now", |wasi, fd| {
        fd_filestat_set_times(wasi, fd, 0, 0, 0b1010)
    }),
];

#[test]
fn no_call_on_a_descriptor_writes() {
    for (_, resolver) in RESOLVERS {
        let mut scene = Scene::new(resolver);
        let mut fds: Vec<u32> = scene.directories().iter().map(|&(fd, _)| fd).collect();
        let dir = fds[1];
        fds.extend([
            scene.open(1, "file", 0),
            scene.open(1, "in/deep", oflags::CREAT),
        ]);
        fds.push(scene.open(dir, "sub/deep", 0));
        let all: Vec<Rights> = (0..30).map(|bit| Rights(1 << bit)).collect();
        for fd in fds {
            let wasi = &mut scene.guest.wasi;
            // The descriptor cannot gain any single writing right.
            for &right in all.iter().filter(|right| Rights::WRITING.contains(**right)) {
                let (base, inheriting) = rights(wasi, fd);
                let more = fd_fdstat_set_rights(wasi, fd, (base | right).0, inheriting.0);
                assert_eq!(more, Err(Errno::NOTCAPABLE), "{fd} {right:?}");
                let more = fd_fdstat_set_rights(wasi, fd, base.0, (inheriting | right).0);
                let has = inheriting.contains(right);
                assert!(more == Err(Errno::NOTCAPABLE) || has, "{fd} {right:?}");
                assert!(!has, "{fd} hands on {right:?}");
            }
            for append in [0, u32::from(fdflags::APPEND)] {
                let _ = fd_fdstat_set_flags(wasi, fd, append);
                for (name, call) in ON_DESCRIPTORS {
                    wasi.memory.write_u64(0, 1 << 32 | 100).unwrap();
                    let result = call(wasi, fd);
                    assert!(result.is_err(), "{name} {fd}: {result:?}");
                }
            }
            scene.check(&format!("calls on {fd}"));
        }
    }
}

fn rights(wasi: &Wasi, fd: u32) -> (Rights, Rights) {
    let descriptor = wasi.fds.get(fd).unwrap();
    (descriptor.rights, descriptor.inheriting)
}

/// Starts a guest with these granted directories, or returns the refusal's text.
fn start(grants: &[(Access, String)]) -> Result<Guest, String> {
    let records = grants.iter().map(|(access, host)| Record::Dir {
        access: *access,
        host: host.as_bytes(),
        guest: b"",
    });
    let records = manifest(&records.collect::<Vec<_>>());
    let mut guest = Guest::new();
    for _ in 0..policy::FIRST_PREOPEN {
        guest.adopt(inert().unwrap(), FileType::Unknown, None);
    }
    let Wasi {
        fds, environment, ..
    } = &mut guest.wasi;
    let resolved = policy::resolve(records, policy::Start::by(c""), fds, environment).map(drop);
    resolved.map_err(|refusal| refusal.to_string())?;
    Ok(guest)
}

/// Grants each of `a`, `a/b` and `a/b/c` for reading, for writing or not at all,
/// in both orders and under four names.
#[test]
fn every_combination_of_nested_grants() {
    let scratch = Scratch::quick();
    let names = |scratch: &Scratch, dir: &str| {
        let top = scratch.path().to_str().unwrap().to_string();
        let last = dir.rsplit('/').next().unwrap();
        [
            format!("{top}/{dir}"),
            format!("{top}/{dir}/"),
            format!("{top}//./{dir}/../{last}"),
            format!("{top}/link-{last}"),
        ]
    };
    scratch.mkdir("a/b/c");
    let dirs = ["a", "a/b", "a/b/c"];
    for dir in dirs {
        scratch.symlink(dir, &format!("link-{}", dir.rsplit('/').next().unwrap()));
    }
    let options = [None, Some(Access::ReadOnly), Some(Access::ReadWrite)];
    let (mut refused, mut accepted) = (0, 0);
    for way in 0..27 * 4 * 2 {
        let accesses = [way % 3, way / 3 % 3, way / 9 % 3].map(|index| options[index]);
        let (name, reversed) = (way / 27 % 4, way / 108 == 1);
        let mut grants: Vec<(Access, String)> = (dirs.iter().zip(accesses))
            .filter_map(|(dir, access)| Some((access?, names(&scratch, dir)[name].clone())))
            .collect();
        if reversed {
            grants.reverse();
        }
        // A read-only grant at any depth below a writable grant is refused.
        let contradicts = (0..3).any(|outer| {
            accesses[outer] == Some(Access::ReadWrite)
                && accesses[outer..].contains(&Some(Access::ReadOnly))
        });
        for dir in dirs {
            let _ = fs::remove_file(scratch.join(dir).join("new"));
            fs::write(scratch.join(dir).join("file"), "text").unwrap();
        }
        match start(&grants) {
            Err(refusal) => {
                assert!(contradicts, "{refusal}");
                assert!(refusal.contains("lies inside --dir "), "{refusal}");
                refused += 1;
            }
            Ok(mut guest) => {
                assert!(!contradicts, "{grants:?}");
                accepted += usize::from(!grants.is_empty());
                for (fd, (access, host)) in (policy::FIRST_PREOPEN..).zip(&grants) {
                    writes_as_granted(&mut guest, fd, *access, host);
                }
            }
        }
    }
    // Of the 27 combinations, 7 are contradictions and 1 grants nothing. Each
    // combination runs with 4 names in 2 orders.
    assert_eq!((refused, accepted), (7 * 8, 19 * 8));
}

/// Checks that a writable grant of `host` can be written and that writing calls
/// change nothing in a read-only grant.
fn writes_as_granted(guest: &mut Guest, fd: u32, access: Access, host: &str) {
    let before = snapshot(host.as_ref(), &[]);
    let write = CALLS
        .iter()
        .find(|call| call.manner == "for writing")
        .unwrap();
    if access == Access::ReadWrite {
        let opened = write.run(guest, fd, b"file");
        assert!(matches!(opened, Ok(Told::Opened(_))), "{host}: {opened:?}");
        return;
    }
    for path in ["file", "new", "b/file", "b/new", "b/c/file", "c/new"] {
        for (name, call) in CALLS
            .iter()
            .filter(|call| call.writes)
            .map(|c| (c.manner, c))
        {
            // The other end of a rename or link is descriptor 0, which is not a
            // directory here.
            if !["to", "from"].contains(&name) {
                let result = call.run(guest, fd, path.as_bytes());
                assert!(result.is_err(), "{host} {path} {} {name}", call.function);
            }
        }
    }
    assert_eq!(snapshot(host.as_ref(), &[]), before, "{host}");
}

/// The same directory granted twice, under different names.
#[test]
fn one_directory_twice() {
    use Access::{ReadOnly, ReadWrite};
    let scratch = Scratch::quick();
    scratch.mkdir("a/b");
    scratch.symlink("a", "link");
    scratch.symlink("link", "again");
    let top = scratch.path().to_str().unwrap();
    let names = ["a", "a/", "a/.", "a/b/..", "link", "link/", "again"];
    for other in names {
        for (first, second) in [
            (ReadOnly, ReadWrite),
            (ReadWrite, ReadOnly),
            (ReadOnly, ReadOnly),
            (ReadWrite, ReadWrite),
        ] {
            let grants = [
                (first, format!("{top}/a")),
                (second, format!("{top}/{other}")),
            ];
            let started = start(&grants).map(drop);
            if first == second {
                assert_eq!(started, Ok(()), "{grants:?}");
            } else {
                let refusal = started.unwrap_err();
                assert!(
                    refusal.contains("one directory with different rights"),
                    "{refusal}"
                );
            }
        }
    }
}
