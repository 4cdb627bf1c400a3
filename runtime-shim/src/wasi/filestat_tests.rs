//! Attributes as they are stored, and times that are set.

use super::*;
use crate::policy::resolver::Resolver;
use crate::wasi::fixture::{Guest, Scratch};
use std::os::unix::fs::MetadataExt;
use wasi_aot_contract::manifest::Access;

/// The address for attributes.
const STAT: u32 = 512;
const FOLLOW: u32 = 1;

fn stat(guest: &mut Guest, path: &str, flags: u32) -> Result<(), Errno> {
    let (at, len) = guest.string(0, path);
    path_filestat_get(&mut guest.wasi, 0, flags, at, len, STAT)
}

fn set_times(guest: &mut Guest, path: &str, flags: u32, what: u32) -> Result<(), Errno> {
    let (at, len) = guest.string(0, path);
    let (atim, mtim) = (1_000_000_001, 2_000_000_002);
    path_filestat_set_times(&mut guest.wasi, 0, flags, at, len, atim, mtim, what)
}

fn filetype(guest: &Guest) -> u8 {
    guest.bytes(STAT + 16, 1)[0]
}

/// For each resolver a guest with `root` granted, in which a link leads out.
fn each(access: Access, test: impl Fn(&mut Guest, &Scratch)) {
    for resolver in [Resolver::new(), Resolver::walking()] {
        let scratch = Scratch::new();
        scratch.mkdir("root/d");
        scratch.mkdir("outside");
        scratch.write("root/d/f", "12345");
        scratch.symlink("d/f", "root/l");
        scratch.symlink("../outside", "root/out");
        let mut guest = Guest::with_dir(&scratch.join("root"), access);
        guest.wasi.resolver = resolver;
        test(&mut guest, &scratch);
    }
}

#[test]
fn attributes_are_the_host_s() {
    each(Access::ReadOnly, |guest, scratch| {
        let host = std::fs::metadata(scratch.join("root/d/f")).unwrap();
        let file = guest
            .open("d/f", 0, Rights::FILE.without(Rights::WRITING))
            .unwrap();
        for path in [Some("d/f"), Some("l"), Some("./d/../l"), None] {
            match path {
                Some(path) => stat(guest, path, FOLLOW).unwrap(),
                None => fd_filestat_get(&mut guest.wasi, file, STAT).unwrap(),
            }
            let words = [0, 8, 16, 24, 32, 48].map(|offset| guest.u64(STAT + offset));
            let mtim = host.mtime() * 1_000_000_000 + host.mtime_nsec();
            let expected = [host.dev(), host.ino(), 4, 1, 5, mtim as u64];
            assert_eq!(words, expected, "{path:?}");
        }
    });
}

#[test]
fn links_are_followed_if_asked() {
    each(Access::ReadOnly, |guest, _| {
        stat(guest, "l", 0).unwrap();
        assert_eq!(filetype(guest), 7);
        stat(guest, "l", FOLLOW).unwrap();
        assert_eq!(filetype(guest), 4);
        for path in [".", "d", "d/", "./d/.", "d/.."] {
            stat(guest, path, 0).unwrap();
            assert_eq!(filetype(guest), 3, "{path}");
        }
        stat(guest, "out", 0).unwrap();
        for (path, error) in [
            ("out", Errno::PERM),
            ("out/", Errno::PERM),
            ("..", Errno::PERM),
            ("/", Errno::PERM),
            ("l/", Errno::NOTDIR),
            ("d/f/", Errno::NOTDIR),
            ("none", Errno::NOENT),
            ("", Errno::NOENT),
        ] {
            assert_eq!(stat(guest, path, FOLLOW), Err(error), "{path}");
        }
        // Linux follows a link with a slash after it, even in a call that follows no links.
        assert_eq!(stat(guest, "out/", 0), Err(Errno::PERM));
        assert_eq!(stat(guest, "l", 2), Err(Errno::INVAL));
    });
}

#[test]
fn times_are_set_on_the_right_file() {
    each(Access::ReadWrite, |guest, scratch| {
        let mtime = |name: &str| {
            let stat = std::fs::symlink_metadata(scratch.join(name)).unwrap();
            (stat.mtime(), stat.mtime_nsec())
        };
        let before = mtime("root/l");
        set_times(guest, "l", FOLLOW, 0b0101).unwrap();
        assert_eq!(mtime("root/d/f"), (2, 2));
        assert_eq!(mtime("root/l"), before);
        let file = std::fs::metadata(scratch.join("root/d/f")).unwrap();
        assert_eq!((file.atime(), file.atime_nsec()), (1, 1));
        set_times(guest, "d/f", 0, 0b1000).unwrap();
        assert!(mtime("root/d/f").0 > 1_700_000_000);
        set_times(guest, "l", 0, 0b0100).unwrap();
        assert_eq!(mtime("root/l"), (2, 2));
        set_times(guest, "d/", 0, 0b0100).unwrap();
        assert_eq!(mtime("root/d"), (2, 2));
        let outside = mtime("outside");
        for path in ["out", "out/", "out/.", "../outside"] {
            let refused = set_times(guest, path, FOLLOW, 0b0101);
            assert_eq!(refused, Err(Errno::PERM), "{path}");
        }
        assert_eq!(set_times(guest, "out/", 0, 0b0101), Err(Errno::PERM));
        assert_eq!(mtime("outside"), outside);
        for both in [0b0011, 0b1100, 0b10000] {
            assert_eq!(set_times(guest, "l", 0, both), Err(Errno::INVAL));
        }
    });
}

/// Runs the code for kernels before 5.8 on this kernel.
#[test]
fn times_are_set_by_name_too() {
    each(Access::ReadWrite, |guest, scratch| {
        let set = |path: &str, follow| {
            let path = CPath::from_bytes(path.as_bytes()).unwrap();
            let times = timestamps(1_000_000_001, 2_000_000_002, 0b0101).unwrap();
            let base = guest.wasi.fds.get(0).unwrap().base();
            set_times_at(base, &path, follow, &times)
        };
        let mtime = |name: &str| {
            let stat = std::fs::symlink_metadata(scratch.join(name)).unwrap();
            stat.mtime()
        };
        set("l", true).unwrap();
        assert_eq!(mtime("root/d/f"), 2);
        assert!(mtime("root/l") > 2);
        set("l", false).unwrap();
        set("d", false).unwrap();
        assert_eq!((mtime("root/l"), mtime("root/d")), (2, 2));
        assert_eq!(set("out/", false), Err(Errno::PERM));
        assert_eq!(set("l/", false), Err(Errno::NOTDIR));
        assert!(mtime("outside") > 2);
    });
}

#[test]
fn sizes_and_times_of_open_files() {
    each(Access::ReadWrite, |guest, scratch| {
        let file = guest.open("d/f", 0, Rights::FILE).unwrap();
        let wasi = &mut guest.wasi;
        fd_filestat_set_size(wasi, file, 2).unwrap();
        assert_eq!(scratch.read("root/d/f"), "12");
        fd_filestat_set_size(wasi, file, 4).unwrap();
        assert_eq!(scratch.read("root/d/f"), "12\0\0");
        let negative = fd_filestat_set_size(wasi, file, u64::MAX);
        assert_eq!(negative, Err(Errno::INVAL));
        assert_eq!(fd_filestat_set_size(wasi, 0, 4), Err(Errno::ISDIR));
        // A time before 1970, as Go passes it.
        fd_filestat_set_times(wasi, file, 0, (-1i64) as u64, 0b0100).unwrap();
        fd_filestat_get(wasi, file, STAT).unwrap();
        assert_eq!(guest.u64(STAT + 48), (-1i64) as u64);
    });
}

#[test]
fn a_grant_for_reading_keeps_times() {
    each(Access::ReadOnly, |guest, _| {
        assert_eq!(set_times(guest, "d/f", 0, 0b0101), Err(Errno::ROFS));
        let dir = fd_filestat_set_times(&mut guest.wasi, 0, 1, 1, 0b0101);
        assert_eq!(dir, Err(Errno::ROFS));
    });
}
