//! Attempts to change an executable in a writable grant, with both ways of resolving paths. The
//! executable doesn't run, so the kernel doesn't protect it with ETXTBSY.

use crate::abi::errno::Errno;
use crate::abi::fdtable::inert;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType, oflags};
use crate::os::mode::{fd_set_mode, path_set_mode};
use crate::policy::resolver::Resolver;
use crate::policy::{self, FIRST_PREOPEN};
use crate::wasi::fd_io::fd_write;
use crate::wasi::filestat::{fd_filestat_set_size, fd_filestat_set_times, path_filestat_set_times};
use crate::wasi::fixture::{Guest, Scratch, host_fd, manifest};
use crate::wasi::path::{
    path_create_directory, path_link, path_remove_directory, path_rename, path_symlink,
    path_unlink_file,
};
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::string::{String, ToString};
use std::vec::Vec;
use std::{format, fs};
use wasi_aot_contract::manifest::{Access, Record};

/// The two grants. The inner grant lies in the outer grant.
const OUTER: u32 = FIRST_PREOPEN;
const INNER: u32 = FIRST_PREOPEN + 1;

const READ_WRITE: Rights = Rights(Rights::FD_READ.0 | Rights::FD_WRITE.0);

/// `g/way` -> `top/here`, a link to `../bin/real`, in which `prog` -> `../real/file` is
/// the executable; `g/hard` is its other name. `g/spare` may be changed.
fn tree() -> Scratch {
    let scratch = Scratch::quick();
    for dir in ["g/top", "g/bin/real", "g/other", "g/empty"] {
        scratch.mkdir(dir);
    }
    scratch.write("g/bin/real/file", "the executable");
    scratch.symlink("../real/file", "g/bin/real/prog");
    scratch.symlink("../bin/real", "g/top/here");
    scratch.symlink("top/here", "g/way");
    scratch.write("g/spare", "spare");
    fs::hard_link(scratch.join("g/bin/real/file"), scratch.join("g/hard")).unwrap();
    scratch
}

fn grant(host: &Path) -> Record<'_> {
    Record::Dir {
        access: Access::ReadWrite,
        host: host.as_os_str().as_bytes(),
        guest: b"",
    }
}

/// A program that was started as `executable`.
fn started(scratch: &Scratch, executable: &str, resolver: Resolver) -> Guest {
    let (outer, inner) = (scratch.join("g"), scratch.join("g/bin"));
    let records = manifest(&[grant(&outer), grant(&inner)]);
    let mut guest = Guest::new();
    for _ in 0..FIRST_PREOPEN {
        guest.adopt(inert().unwrap(), FileType::Unknown, None);
    }
    let executable = CString::new(executable).unwrap();
    let wasi = &mut guest.wasi;
    let place = policy::resolve(
        records,
        policy::Start::by(&executable),
        &mut wasi.fds,
        &mut wasi.environment,
    );
    let place = place.unwrap_or_else(|refusal| panic!("{refusal}"));
    wasi.own = place.own;
    wasi.resolver = resolver;
    guest
}

/// Every file: its path, inode, time of modification, and contents or target.
fn snapshot(dir: &Path) -> Vec<(String, u64, i64, i64, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let stat = fs::symlink_metadata(&path).unwrap();
        let contents = if stat.is_dir() {
            files.extend(snapshot(&path));
            Vec::new()
        } else if stat.is_symlink() {
            let target = fs::read_link(&path).unwrap();
            target.as_os_str().as_bytes().to_vec()
        } else {
            fs::read(&path).unwrap()
        };
        let name = path.to_str().unwrap().to_string();
        files.push((name, stat.ino(), stat.mtime(), stat.mtime_nsec(), contents));
    }
    files.sort();
    files
}

/// A call with one path.
type Call = fn(&mut Guest, u32, &str) -> Result<(), Errno>;

const OPENINGS: &[(&str, Call)] = &[
    ("write", |g, fd, path| opened(g, fd, path, 0, READ_WRITE)),
    ("write only", |g, fd, path| {
        opened(g, fd, path, 0, Rights::FD_WRITE)
    }),
    ("truncate", |g, fd, path| {
        opened(g, fd, path, oflags::TRUNC, Rights::FD_READ)
    }),
    ("truncate and write", |g, fd, path| {
        opened(g, fd, path, oflags::TRUNC, READ_WRITE)
    }),
    ("as os.Create does", |g, fd, path| {
        opened(g, fd, path, oflags::TRUNC | oflags::CREAT, READ_WRITE)
    }),
    ("times of a descriptor", |g, fd, path| {
        let rights = Rights::FD_READ | Rights::FD_FILESTAT_SET_TIMES;
        let fd = g.open_in(fd, path, 0, rights, 0)?;
        fd_filestat_set_times(&mut g.wasi, fd, 0, 1, 0b0100)
    }),
    ("size of a descriptor", |g, fd, path| {
        let rights = Rights::FD_READ | Rights::FD_FILESTAT_SET_SIZE;
        let fd = g.open_in(fd, path, 0, rights, 0)?;
        fd_filestat_set_size(&mut g.wasi, fd, 0)
    }),
    ("mode of a descriptor", |g, fd, path| {
        let rights = Rights::FD_READ | Rights::FD_FILESTAT_SET_TIMES;
        let fd = g.open_in(fd, path, 0, rights, 0)?;
        fd_set_mode(&mut g.wasi, fd, 0o777)
    }),
    ("mode", |g, fd, path| {
        let (at, len) = g.string(0, path);
        path_set_mode(&mut g.wasi, fd, 1, at, len, 0o777)
    }),
    ("times", |g, fd, path| {
        let (at, len) = g.string(0, path);
        path_filestat_set_times(&mut g.wasi, fd, 1, at, len, 0, 1, 0b0100)
    }),
];

const NAMES: &[(&str, Call)] = &[
    ("unlink", |g, fd, path| {
        let (at, len) = g.string(0, path);
        path_unlink_file(&mut g.wasi, fd, at, len)
    }),
    ("rename away", |g, fd, path| {
        rename(g, fd, path, OUTER, "new")
    }),
    ("replace", |g, fd, path| rename(g, OUTER, "spare", fd, path)),
    ("rename to itself", |g, fd, path| {
        rename(g, fd, path, fd, path)
    }),
    ("link from", |g, fd, path| {
        let ((at, len), (new, new_len)) = (g.string(0, path), g.string(1, "new"));
        path_link(&mut g.wasi, fd, 0, at, len, OUTER, new, new_len)
    }),
    ("mode of itself", |g, fd, path| {
        let (at, len) = g.string(0, path);
        path_set_mode(&mut g.wasi, fd, 0, at, len, 0o777)
    }),
    ("times of itself", |g, fd, path| {
        let (at, len) = g.string(0, path);
        path_filestat_set_times(&mut g.wasi, fd, 0, at, len, 0, 1, 0b0100)
    }),
];

const DIRECTORIES: &[(&str, Call)] = &[
    ("rename away", |g, fd, path| {
        rename(g, fd, path, OUTER, "new")
    }),
    ("replace", |g, fd, path| rename(g, OUTER, "empty", fd, path)),
    ("mode", |g, fd, path| {
        let (at, len) = g.string(0, path);
        path_set_mode(&mut g.wasi, fd, 1, at, len, 0o777)
    }),
    ("mode of a descriptor", |g, fd, path| {
        let rights = Rights::FD_READDIR | Rights::FD_FILESTAT_SET_TIMES;
        let fd = g.open_in(fd, path, oflags::DIRECTORY, rights, 0)?;
        fd_set_mode(&mut g.wasi, fd, 0o777)
    }),
    ("remove", |g, fd, path| {
        let (at, len) = g.string(0, path);
        path_remove_directory(&mut g.wasi, fd, at, len)
    }),
];

fn opened(g: &mut Guest, fd: u32, path: &str, oflags: u32, rights: Rights) -> Result<(), Errno> {
    g.open_in(fd, path, oflags, rights, 0).map(drop)
}

fn rename(g: &mut Guest, fd: u32, path: &str, new_fd: u32, new: &str) -> Result<(), Errno> {
    let ((at, len), (new, new_len)) = (g.string(0, path), g.string(1, new));
    path_rename(&mut g.wasi, fd, at, len, new_fd, new, new_len)
}

/// No call changes the executable under any of its names, or a link or directory on the way.
#[test]
fn the_way_to_the_executable_stays() {
    let files = [
        (OUTER, "bin/real/file"),
        (OUTER, "bin/real/prog"),
        (OUTER, "way/prog"),
        (OUTER, "top/here/file"),
        (OUTER, "hard"),
        (INNER, "real/file"),
        (INNER, "real/prog"),
    ];
    let links = [(OUTER, "way"), (OUTER, "top/here"), (INNER, "real/prog")];
    let dirs = [
        (OUTER, "top"),
        (OUTER, "top/"),
        (OUTER, "bin"),
        (OUTER, "bin/real"),
        (OUTER, "top/here/../real"),
        (INNER, "real//"),
    ];
    for resolver in [Resolver::new, Resolver::walking] {
        let scratch = tree();
        let executable = format!("{}/g/./way/prog", scratch.path().display());
        let mut guest = started(&scratch, &executable, resolver());
        let before = snapshot(scratch.path());
        let mut wrong = Vec::new();
        let mut attempt = |calls: &[(&str, Call)], places: &[(u32, &str)]| {
            for (name, call) in calls {
                for &(fd, path) in places {
                    let result = call(&mut guest, fd, path);
                    if result != Err(Errno::ROFS) && result != Err(Errno::BADF) {
                        wrong.push(format!("{name} {path}: {result:?}"));
                    }
                }
            }
        };
        attempt(OPENINGS, &files);
        attempt(NAMES, &files);
        attempt(NAMES, &links);
        attempt(DIRECTORIES, &dirs);
        assert_eq!(wrong, [""; 0]);
        assert_eq!(snapshot(scratch.path()), before);
    }
}

#[test]
fn everything_else_can_be_changed() {
    let scratch = tree();
    let executable = format!("{}/g/way/prog", scratch.path().display());
    let mut guest = started(&scratch, &executable, Resolver::new());
    let g = &mut guest;
    let create = oflags::CREAT | oflags::TRUNC;
    for path in ["bin/real/new", "top/here/newer", "top/new", "spare"] {
        let fd = g.open_in(OUTER, path, create, READ_WRITE, 0).unwrap();
        g.write(64, b"text");
        g.vector(128, &[(64, 4)]);
        assert_eq!(fd_write(&mut g.wasi, fd, 128, 1, 0), Ok(()), "{path}");
        assert_eq!(scratch.read(&format!("g/{path}")), "text", "{path}");
    }
    // O_TRUNC empties a file that is opened for reading.
    opened(g, OUTER, "spare", oflags::TRUNC, Rights::FD_READ).unwrap();
    assert_eq!(scratch.read("g/spare"), "");
    let directory = opened(g, OUTER, "top", oflags::TRUNC, Rights::FD_READ);
    assert_eq!(directory, Err(Errno::ISDIR));
    assert_eq!(rename(g, OUTER, "bin/real/new", INNER, "newest"), Ok(()));
    assert_eq!(rename(g, OUTER, "other", OUTER, "top/other"), Ok(()));
    let fd = g.open_in(OUTER, "hard", 0, Rights::FD_READ, 0).unwrap();
    g.vector(128, &[(64, 3)]);
    assert_eq!(
        crate::wasi::fd_io::fd_read(&mut g.wasi, fd, 128, 1, 0),
        Ok(())
    );
    assert_eq!(g.bytes(64, 3), b"the");
    // `mkdir -p` expects this errno.
    let (at, len) = g.string(0, "top");
    let made = path_create_directory(&mut g.wasi, OUTER, at, len);
    assert_eq!(made, Err(Errno::EXIST));
}

/// If the executable has been removed meanwhile, no file can take its name.
#[test]
fn a_missing_name_is_not_given_away() {
    for executable in ["gone", "way/gone", "gone/prog"] {
        let scratch = tree();
        let path = format!("{}/g/{executable}", scratch.path().display());
        let mut guest = started(&scratch, &path, Resolver::new());
        let g = &mut guest;
        let name = executable.strip_suffix("/prog").unwrap_or(executable);
        let name = name.replace("way", "bin/real");
        let (old, old_len) = g.string(0, "spare");
        let (new, new_len) = g.string(1, &name);
        let rofs = Err(Errno::ROFS);
        let w = &mut g.wasi;
        assert_eq!(path_create_directory(w, OUTER, new, new_len), rofs);
        assert_eq!(path_symlink(w, old, old_len, OUTER, new, new_len), rofs);
        let linked = path_link(w, OUTER, 0, old, old_len, OUTER, new, new_len);
        assert_eq!(linked, rofs);
        assert_eq!(rename(g, OUTER, "spare", OUTER, &name), rofs);
        assert!(!scratch.join("g").join(&name).exists());
        // Nor can opening create a file there, if the module can give the file an x bit.
        g.wasi.own.keeps_free_names = true;
        let exclusive = oflags::CREAT | oflags::EXCL;
        for oflags in [oflags::CREAT, exclusive, oflags::CREAT | oflags::TRUNC] {
            for rights in [READ_WRITE, Rights::FD_READ] {
                for path in [&name, &format!("bin/../{name}")] {
                    assert_eq!(opened(g, OUTER, path, oflags, rights), rofs, "{path}");
                }
            }
        }
        scratch.symlink(&name, "g/detour");
        for (oflags, expected) in [(oflags::CREAT, rofs), (exclusive, Err(Errno::EXIST))] {
            assert_eq!(opened(g, OUTER, "detour", oflags, READ_WRITE), expected);
        }
        assert!(!scratch.join("g").join(&name).exists());
        for (path, oflags) in [("new", oflags::CREAT), ("bin/newer", exclusive)] {
            assert_eq!(opened(g, OUTER, path, oflags, READ_WRITE), Ok(()));
            assert_eq!(opened(g, OUTER, path, oflags::CREAT, READ_WRITE), Ok(()));
            let again = opened(g, OUTER, path, exclusive, READ_WRITE);
            assert_eq!(again, Err(Errno::EXIST));
        }
        g.wasi.own.keeps_free_names = false;
        assert_eq!(
            opened(g, OUTER, "detour", oflags::CREAT, READ_WRITE),
            Ok(())
        );
    }
}

/// `./prog < prog`, if the kernel allows it.
#[test]
fn standard_input_may_be_the_executable() {
    let scratch = tree();
    for (name, expected) in [("g/hard", Err(Errno::NOTCAPABLE)), ("g/spare", Ok(()))] {
        let mut guest = Guest::new();
        for number in 0..FIRST_PREOPEN {
            let options = fs::File::options()
                .read(true)
                .write(true)
                .open(scratch.join(name));
            let file = host_fd(options.unwrap());
            guest.adopt(file, FileType::RegularFile, Some(number as u8));
        }
        let grant = scratch.join("g");
        let records = manifest(&[self::grant(&grant)]);
        let executable = CString::new(format!("{}/g/way/prog", scratch.path().display())).unwrap();
        let wasi = &mut guest.wasi;
        let start = policy::Start::by(&executable);
        let resolved = policy::resolve(records, start, &mut wasi.fds, &mut wasi.environment);
        assert!(resolved.is_ok());
        for fd in 0..FIRST_PREOPEN {
            let size = fd_filestat_set_size(&mut guest.wasi, fd, 5);
            assert_eq!(size, expected, "{name}");
        }
    }
}

/// As on a file system that copies a file when it is opened for writing (overlayfs).
#[test]
fn a_file_that_becomes_another_is_refused_before() {
    let scratch = tree();
    let executable = format!("{}/g/way/prog", scratch.path().display());
    let mut guest = started(&scratch, &executable, Resolver::new());
    guest.wasi.own.copied_up = true;
    for path in ["hard", "way/prog"] {
        let opened = opened(&mut guest, OUTER, path, 0, READ_WRITE);
        assert_eq!(opened, Err(Errno::ROFS));
    }
    let create = oflags::CREAT | oflags::TRUNC;
    for path in ["spare", "new"] {
        let opened = opened(&mut guest, OUTER, path, create, READ_WRITE);
        assert_eq!(opened, Ok(()));
    }
}
