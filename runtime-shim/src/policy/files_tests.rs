//! Files that arguments name, as a guest meets them: by preview 1's calls through the root.

use super::*;
use crate::abi::types::oflags;
use crate::policy::{grants, root};
use crate::wasi::Wasi;
use crate::wasi::fd_io::fd_write;
use crate::wasi::filestat::path_filestat_get;
use crate::wasi::fixture::{self, Guest, Scratch};
use crate::wasi::path::{path_create_directory, path_rename, path_symlink, path_unlink_file};
use crate::wasi::readdir::fd_readdir;
use std::ffi::CString;
use std::format;
use std::string::{String, ToString};
use std::vec::Vec;

const ALL: Rights = Rights(0xfff_ffff);
const READ: Rights = Rights(ALL.0 & !(1 << 6 | 1 << 8 | 1 << 19));

/// A guest that was started in `/` with these records and arguments, where `@` stands for the
/// scratch directory.
struct Started {
    guest: Guest,
    scratch: Scratch,
    root: u32,
}

impl Started {
    fn new(
        scratch: Scratch,
        records: &[Record<'_>],
        args: &[&str],
    ) -> Result<Self, (Scratch, String)> {
        let manifest = fixture::manifest(records);
        let here = scratch.path().to_str().unwrap();
        let args = ["app"].iter().chain(args);
        let args: Vec<_> = args
            .map(|arg| {
                CString::new(arg.replace('@', here))
                    .unwrap()
                    .into_raw()
                    .cast_const()
            })
            .collect();
        let mut guest = Guest::new();
        for record in manifest.records() {
            if let Record::Dir {
                access,
                guest: name,
                ..
            } = record
            {
                let host = fixture::host_fd(std::fs::File::open(scratch.path()).unwrap());
                let preopen = crate::abi::fdtable::Preopen::Directory { name, root: false };
                let grant = crate::policy::grants::preopen(host, access, preopen);
                guest.wasi.fds.insert(grant).unwrap();
            }
        }
        let (fds, environment) = (&mut guest.wasi.fds, &mut guest.wasi.environment);
        environment.pwd = Some(b"PWD=/");
        let grants: Vec<_> = grants::grants(manifest).collect();
        let grants = &grants[..];
        let files = match find(manifest, &args, environment, Granted { grants, fds }, None) {
            Ok(files) => files,
            Err(refusal) => return Err((scratch, refusal.to_string())),
        };
        let root = fds.iter().count() as u32;
        guest.wasi.root = root::make(manifest, files, fds, environment).ok().unwrap();
        Ok(Self {
            guest,
            scratch,
            root,
        })
    }

    fn with_args(scratch: Scratch, access: Access, args: &[&str]) -> Self {
        let records = [Record::ArgFiles { access }, Record::Root { joins: true }];
        Self::new(scratch, &records, args)
            .map_err(|(_, why)| why)
            .unwrap()
    }

    /// The path below the root of a file in the scratch directory.
    fn path(&self, name: &str) -> String {
        let dir = self
            .scratch
            .path()
            .to_str()
            .unwrap()
            .trim_start_matches('/');
        format!("{dir}/{name}")
    }

    fn open(&mut self, name: &str, oflags: u32, rights: Rights) -> Result<u32, Errno> {
        let path = self.path(name);
        self.guest.open_in(self.root, &path, oflags, rights, 0)
    }

    fn stat(&mut self, name: &str) -> Result<u8, Errno> {
        let path = self.path(name);
        let (at, len) = self.guest.string(0, path);
        path_filestat_get(&mut self.guest.wasi, self.root, 1, at, len, 256)?;
        Ok(self.guest.bytes(256 + 16, 1)[0])
    }

    fn on(
        &mut self,
        name: &str,
        call: impl Fn(&mut Wasi, u32, u32, u32) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let path = self.path(name);
        let (at, len) = self.guest.string(0, path);
        call(&mut self.guest.wasi, self.root, at, len)
    }

    fn rename(&mut self, old: &str, new: &str) -> Result<(), Errno> {
        let (old, new) = (self.path(old), self.path(new));
        let old = self.guest.string(0, old);
        let new = self.guest.string(1, new);
        path_rename(
            &mut self.guest.wasi,
            self.root,
            old.0,
            old.1,
            self.root,
            new.0,
            new.1,
        )
    }

    fn write(&mut self, fd: u32, text: &str) -> Result<(), Errno> {
        let buffer = self.guest.string(2, text);
        self.guest.vector(64, &[buffer]);
        fd_write(&mut self.guest.wasi, fd, 64, 1, 0)
    }

    /// The names that a guest sees in the scratch directory.
    fn list(&mut self) -> Vec<String> {
        let dir = self.open(".", oflags::DIRECTORY, READ).unwrap();
        fd_readdir(&mut self.guest.wasi, dir, 4096, 4096, 0, 0).unwrap();
        let (mut at, mut names) = (0, Vec::new());
        while at < self.guest.u32(0) {
            let len = self.guest.u32(4096 + at + 16);
            let name = self.guest.bytes(4096 + at + 24, len);
            names.push(String::from_utf8(name).unwrap());
            at += 24 + len;
        }
        names.split_off(2)
    }
}

fn yard() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("a", "text of a");
    scratch.write("b", "text of b");
    scratch.mkdir("d/sub");
    scratch.write("d/f", "text of f");
    scratch.symlink("a", "link");
    scratch
}

#[test]
fn a_named_file_is_there_and_its_siblings_are_not() {
    let mut started = Started::with_args(yard(), Access::ReadOnly, &["@/a", "new", "@/none"]);
    assert!(started.open("a", 0, READ).is_ok());
    assert_eq!(started.stat("a"), Ok(FileType::RegularFile as u8));
    assert_eq!(started.stat("."), Ok(FileType::Directory as u8));
    for sibling in ["b", "d", "link", "none", "../etc", "a2"] {
        assert_eq!(
            started.open(sibling, 0, READ),
            Err(Errno::NOENT),
            "{sibling}"
        );
        assert_eq!(started.stat(sibling), Err(Errno::NOENT), "{sibling}");
    }
    assert_eq!(started.open("a/x", 0, READ), Err(Errno::NOTDIR));
    assert_eq!(started.list(), ["a"]);
    // For reading only.
    assert_eq!(started.open("a", 0, ALL), Err(Errno::ROFS));
    assert_eq!(started.open("a", oflags::TRUNC, READ), Err(Errno::ROFS));
    assert_eq!(started.open("none", oflags::CREAT, ALL), Err(Errno::ROFS));
    assert_eq!(started.on("a", path_unlink_file), Err(Errno::ROFS));
    assert_eq!(started.scratch.read("a"), "text of a");
}

#[test]
fn arguments_name_files_after_an_equals_sign_and_directories_as_a_whole() {
    let args = ["--file=@/a", "-x", "@/d", "name=@/link", "@/d/../b"];
    let mut started = Started::with_args(yard(), Access::ReadOnly, &args);
    assert_eq!(started.list(), ["a", "b", "d", "link"]);
    for file in ["a", "b", "d/f", "link"] {
        assert!(started.open(file, 0, READ).is_ok(), "{file}");
    }
    assert_eq!(started.stat("d/sub"), Ok(FileType::Directory as u8));
    assert_eq!(started.open("d/../b/x", 0, READ), Err(Errno::PERM));
}

#[test]
fn a_writable_file_is_written_and_keeps_its_name() {
    let mut started = Started::with_args(yard(), Access::ReadWrite, &["@/a", "@/new", "@/x/y"]);
    let truncating = oflags::CREAT | oflags::TRUNC;
    let file = started.open("a", truncating, ALL).unwrap();
    started.write(file, "changed").unwrap();
    assert_eq!(started.scratch.read("a"), "changed");
    // Its name would be a change of the directory.
    assert_eq!(started.on("a", path_unlink_file), Err(Errno::PERM));
    assert_eq!(started.rename("a", "new"), Err(Errno::PERM));
    assert_eq!(started.rename("new", "a"), Err(Errno::PERM));
    // A temporary file beside it isn't granted.
    let exclusive = oflags::CREAT | oflags::EXCL;
    assert_eq!(started.open("a.tmp", exclusive, ALL), Err(Errno::ROFS));
    assert_eq!(started.open("b", 0, ALL), Err(Errno::NOENT));
    assert_eq!(started.open("x/y", truncating, ALL), Err(Errno::NOENT));
    // A free name may be taken, and given back.
    assert_eq!(started.list(), ["a"]);
    assert_eq!(started.stat("new"), Err(Errno::NOENT));
    assert_eq!(started.on("new", path_create_directory), Err(Errno::PERM));
    let file = started.open("new", exclusive, ALL).unwrap();
    started.write(file, "made").unwrap();
    assert_eq!(started.list(), ["a", "new"]);
    assert_eq!(started.scratch.read("new"), "made");
    started.on("new", path_unlink_file).unwrap();
    assert!(!started.scratch.join("new").exists());
}

#[test]
fn no_link_is_followed_once_a_name_is_granted() {
    let mut started = Started::with_args(yard(), Access::ReadWrite, &["@/a", "@/new"]);
    std::fs::remove_file(started.scratch.join("a")).unwrap();
    started.scratch.symlink("b", "a");
    started.scratch.symlink("b", "new");
    for name in ["a", "new"] {
        assert_eq!(started.open(name, 0, READ), Err(Errno::LOOP), "{name}");
        assert_eq!(
            started.open(name, oflags::TRUNC, ALL),
            Err(Errno::LOOP),
            "{name}"
        );
        assert_eq!(started.stat(name), Err(Errno::LOOP), "{name}");
    }
    assert_eq!(started.scratch.read("b"), "text of b");
}

#[test]
fn a_directory_that_takes_the_place_of_another_is_refused() {
    let mut started = Started::with_args(yard(), Access::ReadWrite, &["@/d/f", "@/d/sub"]);
    started.scratch.mkdir("e/sub");
    started.scratch.write("e/f", "other");
    std::fs::rename(started.scratch.join("d"), started.scratch.join("old")).unwrap();
    started.scratch.symlink("e", "d");
    assert_eq!(started.open("d/f", 0, READ), Err(Errno::STALE));
    assert_eq!(
        started.open("d/sub/x", oflags::CREAT, ALL),
        Err(Errno::STALE)
    );
}

/// A link that the program could have made in an earlier run doesn't decide what is granted.
#[test]
fn a_name_behind_a_link_in_a_writable_grant_is_not_granted() {
    let outside = Scratch::new();
    outside.write("secret", "secret");
    let scratch = yard();
    let target = outside.join("secret");
    scratch.symlink(target.to_str().unwrap(), "planted");
    let host = scratch.path().to_str().unwrap().to_string();
    let dir = Record::Dir {
        access: Access::ReadWrite,
        host: host.as_bytes(),
        guest: b"/w",
    };
    let access = Access::ReadWrite;
    let records = [
        dir,
        Record::ArgFiles { access },
        Record::Root { joins: true },
    ];
    let mut started = Started::new(scratch, &records, &["@/planted", "@/a"])
        .map_err(|(_, why)| why)
        .unwrap();
    assert_eq!(started.open("planted", 0, READ), Err(Errno::NOENT));
    assert!(started.open("a", 0, READ).is_ok());
}

#[test]
fn the_wider_of_two_rights_holds() {
    let scratch = yard();
    let host = scratch.path().to_str().unwrap().to_string();
    let dir = |access| Record::Dir {
        access,
        host: host.as_bytes(),
        guest: host.as_bytes(),
    };
    let args = |access| Record::ArgFiles { access };
    let root = Record::Root { joins: true };
    let (ro, rw) = (Access::ReadOnly, Access::ReadWrite);
    let mut started = Started::new(scratch, &[dir(ro), args(rw), root], &["@/a", "@/d"])
        .map_err(|(_, why)| why)
        .unwrap();
    // By the grant's own descriptor, as Go asks, and from the root.
    for path in ["a", "./a", "d/f", "d/new"] {
        let opened = started.guest.open_in(0, path, oflags::CREAT, ALL, 0);
        assert!(opened.is_ok(), "{path}");
    }
    assert!(started.open("a", 0, ALL).is_ok());
    assert_eq!(started.guest.open_in(0, "b", 0, ALL, 0), Err(Errno::ROFS));
    assert!(started.guest.open_in(0, "b", 0, READ, 0).is_ok());
    let scratch = std::mem::replace(&mut started.scratch, Scratch::new());
    drop(started);
    let started = Started::new(scratch, &[dir(rw), args(ro), root], &["@/a"]);
    let mut started = started.map_err(|(_, why)| why).unwrap();
    assert!(started.open("a", 0, ALL).is_ok());
    assert!(started.guest.wasi.root.files.list.is_empty());
}

#[test]
fn a_file_of_the_build_must_be_there() {
    let scratch = yard();
    let host = scratch.join("a").to_str().unwrap().to_string();
    let missing = scratch.join("none").to_str().unwrap().to_string();
    let file = |access, host: &'static [u8], guest| Record::File {
        access,
        host,
        guest,
    };
    let (ro, rw) = (Access::ReadOnly, Access::ReadWrite);
    let leak = |path: String| -> &'static [u8] { path.into_bytes().leak() };
    let (host, none) = (leak(host), leak(missing.clone()));
    let root = Record::Root { joins: true };
    let records = [file(ro, host, b"/etc/config"), file(rw, none, b""), root];
    let mut started = Started::new(scratch, &records, &[])
        .map_err(|(_, why)| why)
        .unwrap();
    let opened = started
        .guest
        .open_in(started.root, "etc/config", 0, READ, 0);
    assert!(opened.is_ok());
    assert_eq!(started.open("a", 0, READ), Err(Errno::NOENT));
    assert!(started.open("none", oflags::CREAT, ALL).is_ok());
    let scratch = std::mem::replace(&mut started.scratch, Scratch::new());
    drop(started);
    let gone = leak(scratch.join("gone").to_str().unwrap().to_string());
    let (_, why) = Started::new(scratch, &[file(ro, gone, b""), root], &[])
        .err()
        .unwrap();
    assert!(
        why.contains("it does not exist (this program was built with --file-ro "),
        "{why}"
    );
}

/// wasi-libc passes relative names as they are, to the root.
#[test]
fn plain_names_are_relative_to_the_working_directory() {
    let scratch = yard();
    let access = Access::ReadOnly;
    let records = [Record::ArgFiles { access }, Record::Root { joins: false }];
    let mut started = Started::new(scratch, &records, &["@/a"])
        .map_err(|(_, why)| why)
        .unwrap();
    let dir = started
        .scratch
        .path()
        .to_str()
        .unwrap()
        .trim_start_matches('/')
        .to_string();
    started
        .guest
        .wasi
        .root
        .set_plain_names_in(dir.into_bytes().leak());
    let root = started.root;
    assert!(started.guest.open_in(root, "a", 0, READ, 0).is_ok());
    assert_eq!(
        started.guest.open_in(root, "b", 0, READ, 0),
        Err(Errno::NOENT)
    );
    assert!(started.guest.open_in(root, "dev/null", 0, READ, 0).is_ok());
}

#[test]
fn ten_thousand_arguments_take_no_descriptors() {
    let scratch = Scratch::quick();
    let names: Vec<_> = (0..10_000).map(|i| format!("@/f{i}")).collect();
    for name in &names {
        scratch.write(&name[2..], "");
    }
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let before = std::fs::read_dir("/proc/self/fd").unwrap().count();
    let mut started = Started::with_args(scratch, Access::ReadOnly, &names);
    let after = std::fs::read_dir("/proc/self/fd").unwrap().count();
    // Other tests run beside this one.
    assert!(after < before + 200, "{before} {after}");
    for i in [0, 1, 4_999, 9_999] {
        assert!(started.open(&format!("f{i}"), 0, READ).is_ok());
    }
    assert_eq!(started.open("f10000", 0, READ), Err(Errno::NOENT));
}

#[test]
fn a_link_in_a_named_directory_stays_inside() {
    let scratch = yard();
    scratch.symlink("../b", "d/out");
    scratch.symlink("f", "d/in");
    // The directory gives as much as the name of a file in it.
    let mut started = Started::with_args(scratch, Access::ReadWrite, &["@/d/f", "@/d"]);
    assert_eq!(started.guest.wasi.root.files.list.len(), 1);
    assert!(started.open("d/in", 0, READ).is_ok());
    assert_eq!(started.open("d/out", 0, READ), Err(Errno::PERM));
    let path = started.path("d/more");
    let old = started.guest.string(0, "f");
    let new = started.guest.string(1, path);
    let root = started.root;
    path_symlink(&mut started.guest.wasi, old.0, old.1, root, new.0, new.1).unwrap();
    assert_eq!(started.rename("d/f", "d/sub/f"), Ok(()));
}
