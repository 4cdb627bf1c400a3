//! The root as a guest meets it, by the calls of preview 1.

use super::*;
use crate::abi::types::{FileType, oflags};
use crate::manifest::Manifest;
use crate::wasi::Wasi;
use crate::wasi::fd::fd_close;
use crate::wasi::fd_io::{fd_read, fd_write};
use crate::wasi::fdstat::{fd_fdstat_set_rights, fd_prestat_dir_name, fd_prestat_get};
use crate::wasi::filestat::{
    fd_filestat_get, fd_filestat_set_times, path_filestat_get, path_filestat_set_times,
};
use crate::wasi::fixture::{Guest, Scratch, host_fd};
use crate::wasi::path::{
    path_create_directory, path_link, path_readlink, path_remove_directory, path_rename,
    path_symlink, path_unlink_file,
};
use crate::wasi::path_open::path_open;
use crate::wasi::readdir::fd_readdir;
use rustix::fd::{AsFd, AsRawFd};
use std::fs::File;
use std::os::fd::OwnedFd as StdFd;
use std::string::String;
use std::vec::Vec;
use wasi_aot_contract::manifest::Access;

const ALL: Rights = Rights(0xfff_ffff);
const READ: Rights = Rights(ALL.0 & !(1 << 6 | 1 << 8 | 1 << 19));

/// A guest with the standard streams as pipes or files, the directory `/scratch` under 3, and the
/// root under 4.
struct Rooted {
    guest: Guest,
    scratch: Scratch,
}

const GRANT: u32 = 3;
const ROOT: u32 = 4;

impl Rooted {
    fn new(access: Access) -> Self {
        let scratch = Scratch::new();
        scratch.write("f", "text");
        scratch.write("stdout", "");
        let mut guest = Guest::new();
        let open = |name: &str| StdFd::from(File::options().write(true).open(name).unwrap());
        let null = StdFd::from(File::open("/dev/null").unwrap());
        guest.adopt(host_fd(null), FileType::CharacterDevice, Some(0));
        for number in [1, 2] {
            let stdout = open(scratch.join("stdout").to_str().unwrap());
            let fd = guest.adopt(host_fd(stdout), FileType::RegularFile, Some(number));
            let rights = Rights::FILE.without(Rights::FD_READ | Rights::FD_SEEK);
            guest.wasi.fds.get_mut(fd).unwrap().rights = rights;
        }
        guest.grant(scratch.path(), access);
        let root = make(
            &Manifest::EMPTY,
            Files::NONE,
            &mut guest.wasi.fds,
            &mut guest.wasi.environment,
        );
        guest.wasi.root = root.ok().unwrap();
        Self { guest, scratch }
    }

    fn open_in(&mut self, fd: u32, path: &str, oflags: u32, rights: Rights) -> Result<u32, Errno> {
        self.guest.open_in(fd, path, oflags, rights, 0)
    }

    fn open(&mut self, path: &str, oflags: u32, rights: Rights) -> Result<u32, Errno> {
        self.open_in(ROOT, path, oflags, rights)
    }

    /// The type of the file at `path`.
    fn filetype(&mut self, path: &str) -> Result<u8, Errno> {
        let (at, len) = self.guest.string(0, path);
        path_filestat_get(&mut self.guest.wasi, ROOT, 1, at, len, 256)?;
        Ok(self.guest.bytes(256 + 16, 1)[0])
    }

    /// A call on one path.
    fn on(
        &mut self,
        path: &str,
        call: impl Fn(&mut Wasi, u32, u32, u32) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let (at, len) = self.guest.string(0, path);
        call(&mut self.guest.wasi, ROOT, at, len)
    }

    /// A call on two paths.
    fn on_two(
        &mut self,
        paths: [&str; 2],
        call: impl Fn(&mut Wasi, (u32, u32), (u32, u32)) -> Result<(), Errno>,
    ) -> Result<(), Errno> {
        let old = self.guest.string(0, paths[0]);
        let new = self.guest.string(1, paths[1]);
        call(&mut self.guest.wasi, old, new)
    }

    fn list(&mut self, fd: u32) -> Vec<String> {
        let (mut names, mut cookie) = (Vec::new(), 0);
        loop {
            // Room for one entry at a time.
            fd_readdir(&mut self.guest.wasi, fd, 512, 40, cookie, 0).unwrap();
            if self.guest.u32(0) < 24 {
                return names;
            }
            cookie = self.guest.u64(512);
            let len = self.guest.u32(512 + 16);
            names.push(String::from_utf8(self.guest.bytes(512 + 24, len)).unwrap());
        }
    }

    fn write(&mut self, fd: u32, text: &str) -> Result<u32, Errno> {
        let buffer = self.guest.string(2, text);
        self.guest.vector(64, &[buffer]);
        fd_write(&mut self.guest.wasi, fd, 64, 1, 0)?;
        Ok(self.guest.u32(0))
    }

    fn read(&mut self, fd: u32) -> Result<String, Errno> {
        self.guest.vector(64, &[(1024, 100)]);
        fd_read(&mut self.guest.wasi, fd, 64, 1, 0)?;
        let len = self.guest.u32(0);
        Ok(String::from_utf8(self.guest.bytes(1024, len)).unwrap())
    }
}

const DIRECTORY: u8 = FileType::Directory as u8;

#[test]
fn the_root_is_the_last_preopen_and_has_the_name_of_one() {
    let mut rooted = Rooted::new(Access::ReadWrite);
    let wasi = &mut rooted.guest.wasi;
    fd_prestat_get(wasi, ROOT, 128).unwrap();
    fd_prestat_dir_name(wasi, ROOT, 136, 1).unwrap();
    assert_eq!(fd_prestat_get(wasi, ROOT + 1, 128), Err(Errno::BADF));
    assert_eq!(rooted.guest.u64(128), 1 << 32);
    assert_eq!(rooted.guest.bytes(136, 1), b"/");
    assert_eq!(rooted.guest.wasi.environment.pwd, Some(&b"PWD=/"[..]));
}

#[test]
fn what_is_not_granted_does_not_exist() {
    let mut rooted = Rooted::new(Access::ReadWrite);
    for path in [
        "etc",
        "etc/passwd",
        "scratc",
        "scratch2",
        "dev/tty",
        "etc/../scratch",
    ] {
        assert_eq!(rooted.open(path, 0, READ), Err(Errno::NOENT), "{path}");
        assert_eq!(rooted.filetype(path), Err(Errno::NOENT), "{path}");
    }
    let create = oflags::CREAT;
    assert_eq!(rooted.open("etc", create, ALL), Err(Errno::ROFS));
    assert_eq!(rooted.open("dev/sda", create, ALL), Err(Errno::ROFS));
    assert_eq!(rooted.open("etc/passwd", create, ALL), Err(Errno::NOENT));
    assert_eq!(rooted.open("dev/null/x", 0, READ), Err(Errno::NOTDIR));
    assert_eq!(rooted.open("/etc", 0, READ), Err(Errno::PERM));
}

#[test]
fn directories_on_the_way_exist_and_list_the_way() {
    let mut rooted = Rooted::new(Access::ReadWrite);
    for path in [".", "..", "dev", "dev/..", "./dev/"] {
        assert_eq!(rooted.filetype(path), Ok(DIRECTORY), "{path}");
        assert!(rooted.open(path, oflags::DIRECTORY, READ).is_ok(), "{path}");
    }
    let root = rooted.open(".", 0, READ).unwrap();
    assert_eq!(rooted.list(root), [".", "..", "dev", "scratch"]);
    assert_eq!(rooted.list(ROOT), [".", "..", "dev", "scratch"]);
    let dev = rooted.open_in(root, "dev", 0, READ).unwrap();
    let devices = [".", "..", "null", "stderr", "stdin", "stdout"];
    assert_eq!(rooted.list(dev), devices);
    let wasi = &mut rooted.guest.wasi;
    fd_filestat_get(wasi, dev, 256).unwrap();
    assert_eq!(rooted.guest.bytes(256 + 16, 1), [DIRECTORY]);
    let inode = rooted.guest.u64(256 + 8);
    rooted.filetype("dev").unwrap();
    assert_eq!(rooted.guest.u64(256 + 8), inode);
    rooted.filetype(".").unwrap();
    assert_ne!(rooted.guest.u64(256 + 8), inode);
}

#[test]
fn a_path_crosses_into_a_grant() {
    let mut rooted = Rooted::new(Access::ReadWrite);
    let file = rooted.open("scratch/f", 0, READ).unwrap();
    assert_eq!(rooted.read(file).unwrap(), "text");
    assert_eq!(
        rooted.filetype("scratch/f"),
        Ok(FileType::RegularFile as u8)
    );
    assert_eq!(rooted.filetype("scratch"), Ok(DIRECTORY));
    let made = rooted.open("scratch/new", oflags::CREAT, ALL).unwrap();
    assert_eq!(rooted.write(made, "made"), Ok(4));
    assert_eq!(rooted.scratch.read("new"), "made");
    rooted.on("scratch/d", path_create_directory).unwrap();
    let rename = |wasi: &mut Wasi, old: (u32, u32), new: (u32, u32)| {
        path_rename(wasi, ROOT, old.0, old.1, ROOT, new.0, new.1)
    };
    rooted
        .on_two(["scratch/new", "scratch/d/moved"], rename)
        .unwrap();
    assert_eq!(rooted.scratch.read("d/moved"), "made");
    rooted.on("scratch/d/moved", path_unlink_file).unwrap();
    rooted.on("scratch/d", path_remove_directory).unwrap();
    // The grant's own borders hold.
    let outside = rooted.open("scratch/../../etc/passwd", 0, READ);
    assert_eq!(outside, Err(Errno::PERM));
    // As os.OpenRoot("/") goes: one component after the other.
    let root = rooted.open(".", oflags::DIRECTORY, READ).unwrap();
    let scratch = rooted
        .open_in(root, "scratch", oflags::DIRECTORY, READ)
        .unwrap();
    let file = rooted.open_in(scratch, "f", 0, READ).unwrap();
    assert_eq!(rooted.read(file).unwrap(), "text");
}

#[test]
fn the_rights_of_the_grant_hold_behind_the_root() {
    let mut rooted = Rooted::new(Access::ReadOnly);
    assert!(rooted.open("scratch/f", 0, READ).is_ok());
    assert_eq!(rooted.open("scratch/f", 0, ALL), Err(Errno::ROFS));
    assert_eq!(
        rooted.open("scratch/n", oflags::CREAT, READ),
        Err(Errno::ROFS)
    );
    assert_eq!(
        rooted.on("scratch/d", path_create_directory),
        Err(Errno::ROFS)
    );
    assert_eq!(rooted.on("scratch/f", path_unlink_file), Err(Errno::ROFS));
    // A closed grant is gone, and a number that something else has got leads nowhere.
    fd_close(&mut rooted.guest.wasi, GRANT).unwrap();
    assert_eq!(rooted.open("scratch/f", 0, READ), Err(Errno::NOENT));
    assert_eq!(rooted.open("dev/null", 0, READ), Ok(GRANT));
    assert_eq!(rooted.open("scratch/f", 0, READ), Err(Errno::NOENT));
}

#[test]
fn what_the_root_hands_down_can_be_given_up() {
    let mut rooted = Rooted::new(Access::ReadWrite);
    let rights = rooted.guest.wasi.fds.get(ROOT).unwrap().rights;
    let less = Rights::INHERITED.without(Rights::FD_WRITE);
    fd_fdstat_set_rights(&mut rooted.guest.wasi, ROOT, rights.0, less.0).unwrap();
    let file = rooted.open("scratch/f", 0, ALL).unwrap();
    assert_eq!(rooted.write(file, "x"), Err(Errno::BADF));
    let null = rooted.open("dev/null", 0, ALL).unwrap();
    assert_eq!(rooted.write(null, "x"), Err(Errno::BADF));
    let without = rights.without(Rights::PATH_UNLINK_FILE);
    fd_fdstat_set_rights(&mut rooted.guest.wasi, ROOT, without.0, less.0).unwrap();
    let unlinked = rooted.on("scratch/f", path_unlink_file);
    assert_eq!(unlinked, Err(Errno::ROFS));
    assert_eq!(rooted.scratch.read("f"), "text");
}

#[test]
fn nothing_in_the_root_can_be_changed() {
    let mut rooted = Rooted::new(Access::ReadWrite);
    let (exists, rofs, noent) = (Err(Errno::EXIST), Err(Errno::ROFS), Err(Errno::NOENT));
    let times =
        |wasi: &mut Wasi, fd, at, len| path_filestat_set_times(wasi, fd, 1, at, len, 0, 0, 5);
    let link = |wasi: &mut Wasi, fd, at, len| path_readlink(wasi, fd, at, len, 2048, 10, 0);
    for (path, making, removing, unlinking, changing, reading) in [
        (
            "dev",
            exists,
            rofs,
            Err(Errno::ISDIR),
            rofs,
            Err(Errno::INVAL),
        ),
        (
            "dev/null",
            exists,
            Err(Errno::NOTDIR),
            rofs,
            rofs,
            Err(Errno::INVAL),
        ),
        ("new", rofs, noent, noent, noent, noent),
        ("a/b", noent, noent, noent, noent, noent),
    ] {
        assert_eq!(rooted.on(path, path_create_directory), making, "{path}");
        assert_eq!(rooted.on(path, path_remove_directory), removing, "{path}");
        assert_eq!(rooted.on(path, path_unlink_file), unlinking, "{path}");
        assert_eq!(rooted.on(path, times), changing, "{path}");
        assert_eq!(rooted.on(path, link), reading, "{path}");
        let symlink = |wasi: &mut Wasi, old: (u32, u32), new: (u32, u32)| {
            path_symlink(wasi, old.0, old.1, ROOT, new.0, new.1)
        };
        assert_eq!(rooted.on_two(["x", path], symlink), making, "{path}");
    }
    let rename = |wasi: &mut Wasi, old: (u32, u32), new: (u32, u32)| {
        path_rename(wasi, ROOT, old.0, old.1, ROOT, new.0, new.1)
    };
    let link = |wasi: &mut Wasi, old: (u32, u32), new: (u32, u32)| {
        path_link(wasi, ROOT, 0, old.0, old.1, ROOT, new.0, new.1)
    };
    assert_eq!(rooted.on_two(["scratch/f", "new"], rename), rofs);
    assert_eq!(rooted.on_two(["scratch/f", "dev"], rename), rofs);
    assert_eq!(rooted.on_two(["dev", "scratch/dev"], rename), rofs);
    assert_eq!(rooted.on_two(["new", "scratch/new"], rename), noent);
    assert_eq!(rooted.on_two(["scratch/f", "new"], link), rofs);
    assert_eq!(rooted.on_two(["dev/null", "scratch/null"], link), rofs);
    assert_eq!(rooted.scratch.read("f"), "text");
    let times = fd_filestat_set_times(&mut rooted.guest.wasi, ROOT, 0, 0, 5);
    assert_eq!(times, rofs);
    assert_eq!(rooted.open("dev", 0, ALL), Err(Errno::ISDIR));
    assert_eq!(
        rooted.open("dev", oflags::CREAT | oflags::EXCL, READ),
        Err(Errno::EXIST)
    );
}

#[test]
fn the_null_device_takes_everything_and_has_nothing() {
    let mut rooted = Rooted::new(Access::ReadOnly);
    let truncating = oflags::CREAT | oflags::TRUNC;
    let null = rooted.open("dev/null", truncating, ALL).unwrap();
    assert_eq!(rooted.write(null, "gone"), Ok(4));
    assert_eq!(rooted.read(null).unwrap(), "");
    assert_eq!(
        rooted.filetype("dev/null"),
        Ok(FileType::CharacterDevice as u8)
    );
    let exclusive = oflags::CREAT | oflags::EXCL;
    assert_eq!(rooted.open("dev/null", exclusive, ALL), Err(Errno::EXIST));
    assert_eq!(
        rooted.open("dev/null", oflags::DIRECTORY, READ),
        Err(Errno::NOTDIR)
    );
    // Closing one leaves the next.
    fd_close(&mut rooted.guest.wasi, null).unwrap();
    let null = rooted.open("dev/null", 0, ALL).unwrap();
    assert_eq!(rooted.write(null, "gone"), Ok(4));
}

#[test]
fn the_standard_streams_have_names_and_keep_their_rights() {
    let mut rooted = Rooted::new(Access::ReadOnly);
    let stdout = rooted
        .open("dev/stdout", oflags::TRUNC, Rights::FD_WRITE)
        .unwrap();
    assert_eq!(rooted.write(1, "one "), Ok(4));
    assert_eq!(rooted.write(stdout, "two "), Ok(4));
    fd_close(&mut rooted.guest.wasi, 1).unwrap();
    assert_eq!(rooted.write(stdout, "three"), Ok(5));
    assert_eq!(rooted.scratch.read("stdout"), "one two three");
    assert_eq!(
        rooted.open("dev/stdout", 0, Rights::FD_WRITE),
        Err(Errno::NOENT)
    );
    assert_eq!(rooted.filetype("dev/stdout"), Err(Errno::NOENT));
    assert_eq!(rooted.open("dev/stderr", 0, READ), Err(Errno::ACCES));
    let copy = rooted.guest.wasi.fds.get(stdout).unwrap();
    assert_eq!((copy.rights, copy.stdio), (Rights::FD_WRITE, Some(1)));
    assert!(copy.host.as_fd().as_raw_fd() > 2);
}

/// Where the host's root is granted, its own devices would be links that no path may follow.
#[test]
fn the_host_s_root_has_the_devices_too() {
    let scratch = Scratch::new();
    let mut guest = Guest::new();
    for _ in 0..3 {
        let null = StdFd::from(
            File::options()
                .read(true)
                .write(true)
                .open("/dev/null")
                .unwrap(),
        );
        guest.adopt(host_fd(null), FileType::CharacterDevice, Some(0));
    }
    let host = host_fd(StdFd::from(File::open("/").unwrap()));
    let name = Preopen::Directory {
        name: b"/",
        root: true,
    };
    let grant = crate::policy::grants::preopen(host, Access::ReadOnly, name);
    assert_eq!(guest.wasi.fds.insert(grant), Ok(3));
    let root = make(
        &Manifest::EMPTY,
        Files::NONE,
        &mut guest.wasi.fds,
        &mut guest.wasi.environment,
    );
    guest.wasi.root = root.ok().unwrap();
    assert!(guest.wasi.fds.get(4).is_err(), "a second /");
    assert!(guest.open_in(3, "dev/null", oflags::CREAT, ALL, 0).is_ok());
    assert!(
        guest
            .open_in(3, "dev/stdout", 0, Rights::FD_WRITE, 0)
            .is_ok()
    );
    let file = scratch.join("x");
    let file = file.to_str().unwrap().trim_start_matches('/');
    let made = guest.open_in(3, file, oflags::CREAT, ALL, 0);
    assert_eq!(made, Err(Errno::ROFS));
}

#[test]
fn a_module_of_another_language_has_no_root() {
    let scratch = Scratch::new();
    let mut guest = Guest::with_dir(scratch.path(), Access::ReadWrite);
    let (at, len) = guest.string(0, "dev/null");
    let open = path_open(&mut guest.wasi, 0, 1, at, len, 0, READ.0, READ.0, 0, 0);
    assert_eq!(open, Err(Errno::NOENT));
}
