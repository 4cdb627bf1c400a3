//! Making, moving and removing names, and the links that try to get out.

use super::*;
use crate::policy::resolver::Resolver;
use crate::wasi::fixture::{Guest, Scratch};
use wasi_aot_contract::manifest::Access;

/// A call that takes a descriptor and a path.
type OnPath = fn(&mut Wasi, u32, Ptr, u32) -> Result<(), Errno>;

fn on(guest: &mut Guest, call: OnPath, path: &str) -> Result<(), Errno> {
    let (at, len) = guest.string(0, path);
    call(&mut guest.wasi, 0, at, len)
}

fn mkdir(guest: &mut Guest, path: &str) -> Result<(), Errno> {
    on(guest, path_create_directory, path)
}

fn rmdir(guest: &mut Guest, path: &str) -> Result<(), Errno> {
    on(guest, path_remove_directory, path)
}

fn unlink(guest: &mut Guest, path: &str) -> Result<(), Errno> {
    on(guest, path_unlink_file, path)
}

fn rename(guest: &mut Guest, old: &str, new: &str) -> Result<(), Errno> {
    let ((old, old_len), (new, new_len)) = (guest.string(0, old), guest.string(1, new));
    path_rename(&mut guest.wasi, 0, old, old_len, 0, new, new_len)
}

fn link(guest: &mut Guest, old: &str, new: &str) -> Result<(), Errno> {
    let ((old, old_len), (new, new_len)) = (guest.string(0, old), guest.string(1, new));
    path_link(&mut guest.wasi, 0, 0, old, old_len, 0, new, new_len)
}

fn symlink(guest: &mut Guest, target: &str, new: &str) -> Result<(), Errno> {
    let ((target, len), (new, new_len)) = (guest.string(0, target), guest.string(1, new));
    path_symlink(&mut guest.wasi, target, len, 0, new, new_len)
}

/// At most `room` bytes of a link's contents.
fn readlink(guest: &mut Guest, path: &str, room: u32) -> Result<Vec<u8>, Errno> {
    let (at, len) = guest.string(0, path);
    path_readlink(&mut guest.wasi, 0, at, len, 1000, room, 64)?;
    Ok(guest.bytes(1000, guest.u32(64)))
}

/// Guests that grant `root` of a scratch directory, one for each resolver.
/// Beside it lies `outside` with the file `f`, and `root/out` links there.
fn each(access: Access, test: impl Fn(&mut Guest, &Scratch)) {
    for resolver in [Resolver::new(), Resolver::walking()] {
        let scratch = Scratch::new();
        scratch.mkdir("root/d/e");
        scratch.mkdir("outside/empty");
        scratch.write("root/f", "root");
        scratch.write("outside/f", "outside");
        scratch.symlink("../outside", "root/out");
        scratch.symlink("d", "root/l");
        let mut guest = Guest::with_dir(&scratch.join("root"), access);
        guest.wasi.resolver = resolver;
        test(&mut guest, &scratch);
    }
}

#[test]
fn names_come_and_go() {
    each(Access::ReadWrite, |guest, scratch| {
        mkdir(guest, "l/new").unwrap();
        assert!(scratch.join("root/d/new").is_dir());
        mkdir(guest, "slash//").unwrap();
        assert_eq!(mkdir(guest, "slash"), Err(Errno::EXIST));
        assert_eq!(rmdir(guest, "d"), Err(Errno::NOTEMPTY));
        assert_eq!(rmdir(guest, "f"), Err(Errno::NOTDIR));
        rmdir(guest, "slash/").unwrap();
        assert_eq!(unlink(guest, "d"), Err(Errno::ISDIR));
        assert_eq!(unlink(guest, "f/"), Err(Errno::NOTDIR));
        rename(guest, "f", "l/g").unwrap();
        assert_eq!(scratch.read("root/d/g"), "root");
        link(guest, "d/g", "h").unwrap();
        unlink(guest, "d/g").unwrap();
        assert_eq!(scratch.read("root/h"), "root");
        symlink(guest, "h", "d/s").unwrap();
        assert_eq!(readlink(guest, "d/s", 100).unwrap(), b"h");
        link(guest, "d/s", "s2").unwrap();
        assert_eq!(readlink(guest, "s2", 100).unwrap(), b"h");
        unlink(guest, "s2").unwrap();
        assert_eq!(rename(guest, "none", "x"), Err(Errno::NOENT));
        assert_eq!(rename(guest, "d", "d/e/d"), Err(Errno::INVAL));
    });
}

#[test]
fn last_components_that_are_no_names() {
    each(Access::ReadWrite, |guest, scratch| {
        for path in [".", "..", "d/.", "d/e/..", "d/e/../", "out/.", "out/.."] {
            assert!(mkdir(guest, path).is_err(), "mkdir {path}");
            assert!(rmdir(guest, path).is_err(), "rmdir {path}");
            assert!(unlink(guest, path).is_err(), "unlink {path}");
            assert!(rename(guest, path, "new").is_err(), "rename {path}");
            assert!(rename(guest, "f", path).is_err(), "rename to {path}");
            assert!(link(guest, path, "new").is_err(), "link {path}");
            assert!(link(guest, "f", path).is_err(), "link to {path}");
            assert!(symlink(guest, "f", path).is_err(), "symlink {path}");
        }
        for path in ["", "/", "//"] {
            assert!(mkdir(guest, path).is_err(), "mkdir {path}");
            assert!(rmdir(guest, path).is_err(), "rmdir {path}");
            assert!(link(guest, path, "new").is_err(), "link {path}");
        }
        assert_eq!(scratch.read("root/f"), "root");
        assert!(scratch.join("root/d/e").is_dir());
        assert_eq!(scratch.read("outside/f"), "outside");
    });
}

#[test]
fn nothing_outside_is_touched() {
    each(Access::ReadWrite, |guest, scratch| {
        for path in ["out/new", "../outside/new", "out/../outside/new", "/new"] {
            assert_eq!(mkdir(guest, path), Err(Errno::PERM), "{path}");
            assert_eq!(symlink(guest, "x", path), Err(Errno::PERM), "{path}");
            assert_eq!(rename(guest, "f", path), Err(Errno::PERM), "{path}");
            assert_eq!(link(guest, "f", path), Err(Errno::PERM), "{path}");
        }
        for path in ["out/f", "../outside/f", "/nothing"] {
            assert_eq!(unlink(guest, path), Err(Errno::PERM), "{path}");
            assert_eq!(rename(guest, path, "g"), Err(Errno::PERM), "{path}");
            assert_eq!(link(guest, path, "g"), Err(Errno::PERM), "{path}");
            assert_eq!(readlink(guest, path, 9), Err(Errno::PERM), "{path}");
        }
        assert_eq!(rmdir(guest, "out/empty"), Err(Errno::PERM));
        assert_eq!(symlink(guest, "/etc", "abs"), Err(Errno::PERM));
        // With a slash after a link most calls of Linux follow it.
        assert_eq!(rmdir(guest, "out/"), Err(Errno::NOTDIR));
        assert_eq!(link(guest, "out/", "g"), Err(Errno::PERM));
        // The guest doesn't learn what is there.
        symlink(guest, "../outside/none", "to-none").unwrap();
        symlink(guest, "../outside/f", "to-f").unwrap();
        assert_eq!(link(guest, "to-none/", "g"), Err(Errno::PERM));
        assert_eq!(link(guest, "to-f/", "g"), Err(Errno::PERM));
        assert_eq!(readlink(guest, "out/", 9), Err(Errno::PERM));
        assert!(rename(guest, "out/", "g").is_err());
        assert!(mkdir(guest, "out/").is_err());
        assert_eq!(scratch.read("outside/f"), "outside");
        assert_eq!(scratch.read("root/f"), "root");
        // The link itself belongs to the guest.
        rename(guest, "out", "renamed").unwrap();
        unlink(guest, "renamed").unwrap();
    });
}

#[test]
fn a_grant_for_reading_changes_nothing() {
    each(Access::ReadOnly, |guest, scratch| {
        assert_eq!(mkdir(guest, "x"), Err(Errno::ROFS));
        assert_eq!(rmdir(guest, "d/e"), Err(Errno::ROFS));
        assert_eq!(unlink(guest, "f"), Err(Errno::ROFS));
        assert_eq!(rename(guest, "f", "g"), Err(Errno::ROFS));
        assert_eq!(link(guest, "f", "g"), Err(Errno::ROFS));
        assert_eq!(symlink(guest, "f", "g"), Err(Errno::ROFS));
        assert_eq!(readlink(guest, "l", 9).unwrap(), b"d");
        // The same through another grant, which may be written.
        let other = guest.grant(&scratch.join("outside"), Access::ReadWrite);
        let (name, len) = guest.string(0, "f");
        let wasi = &mut guest.wasi;
        let from = path_rename(wasi, 0, name, len, other, name, len);
        let to = path_rename(wasi, other, name, len, 0, name, len);
        let linked = path_link(wasi, 0, 0, name, len, other, name, len);
        assert_eq!([from, to, linked], [Err(Errno::ROFS); 3]);
        assert_eq!(scratch.read("root/f"), "root");
        assert_eq!(scratch.read("outside/f"), "outside");
    });
}

#[test]
fn links_are_read_into_what_room_there_is() {
    each(Access::ReadWrite, |guest, scratch| {
        let long = "x".repeat(4000);
        scratch.symlink(&long, "root/long");
        assert_eq!(readlink(guest, "long", 5000).unwrap(), long.as_bytes());
        assert_eq!(readlink(guest, "long", 10).unwrap(), b"xxxxxxxxxx");
        assert_eq!(readlink(guest, "long", 0), Err(Errno::INVAL));
        assert_eq!(readlink(guest, "f", 10), Err(Errno::INVAL));
        assert_eq!(readlink(guest, "d", 10), Err(Errno::INVAL));
        assert_eq!(readlink(guest, "none", 10), Err(Errno::NOENT));
    });
}

#[test]
fn following_is_not_supported_when_linking() {
    each(Access::ReadWrite, |guest, _| {
        let ((old, old_len), (new, new_len)) = (guest.string(0, "l"), guest.string(1, "n"));
        let followed = path_link(&mut guest.wasi, 0, 1, old, old_len, 0, new, new_len);
        assert_eq!(followed, Err(Errno::INVAL));
    });
}
