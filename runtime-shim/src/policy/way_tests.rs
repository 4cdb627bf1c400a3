//! The names that are found on the way to an executable, and holes.

use super::*;
use crate::abi::fdtable::FdTable;
use crate::abi::rights::Rights;
use crate::abi::types::{FileType as Kind, oflags};
use crate::policy::resolver::Resolver;
use crate::policy::{FIRST_PREOPEN, environment::Environment, resolve};
use crate::wasi::filestat::path_filestat_get;
use crate::wasi::fixture::{Guest, Scratch, manifest};
use crate::wasi::path::{path_readlink, path_rename, path_unlink_file};
use crate::wasi::path_open::path_open;
use std::ffi::CString;
use std::format;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::string::{String, ToString};
use std::vec::Vec;
use wasi_aot_contract::manifest::Record;

fn dir(access: Access, host: &Path) -> Record<'_> {
    Record::Dir {
        access,
        host: host.as_os_str().as_bytes(),
        guest: b"",
    }
}

fn found(records: &[Record<'_>], executable: &str) -> Result<OffLimits, String> {
    let executable = CString::new(executable).unwrap();
    started(records, Start::by(&executable))
}

fn started(records: &[Record<'_>], start: Start<'_>) -> Result<OffLimits, String> {
    let mut fds = FdTable::new();
    for _ in 0..FIRST_PREOPEN {
        let inert = crate::abi::fdtable::HostFd::Owned(crate::abi::fdtable::inert().unwrap());
        fds.insert(Descriptor::new(inert, Kind::Unknown)).unwrap();
    }
    let mut environment = Environment::EMPTY;
    let records = manifest(records);
    resolve(records, start, &mut fds, &mut environment).map_err(|r| r.to_string())
}

fn names(place: &OffLimits) -> Vec<String> {
    let names = place.own.entries().map(|entry| entry.name);
    let names = names.map(|name| String::from_utf8_lossy(name).into_owned());
    names.collect()
}

#[test]
fn nothing_is_looked_up_where_nothing_can_be_written() {
    let scratch = Scratch::new();
    scratch.write("prog", "");
    let path = format!("{}/prog", scratch.path().display());
    for records in [&[][..], &[dir(Access::ReadOnly, scratch.path())]] {
        assert!(found(records, &path).unwrap().own.is_empty());
    }
    let place = found(&[dir(Access::ReadWrite, scratch.path())], &path).unwrap();
    assert!(names(&place).contains(&"prog".into()));
}

/// The running executable is the tests' own binary, whatever AT_EXECFN says.
#[test]
fn the_running_file_is_known_without_a_name() {
    let scratch = Scratch::new();
    let running = std::env::current_exe().unwrap();
    let name = running.file_name().unwrap().to_str().unwrap().to_string();
    for executable in ["/dev/fd/7", "/proc/self/fd/7", ""] {
        let place = found(&[dir(Access::ReadWrite, scratch.path())], executable).unwrap();
        let stat = statat(CWD, RUNNING, AtFlags::empty()).unwrap();
        assert!(place.own.is_kept(&stat), "{executable}");
        assert!(names(&place).contains(&name), "{executable}");
    }
}

/// Linux starts `argv[0] [ARGUMENT] SCRIPT ...` for a script, AT_EXECFN being the script.
#[test]
fn a_script_names_its_interpreter() {
    let scratch = Scratch::new();
    scratch.write("script", "");
    scratch.write("prog", "");
    scratch.symlink("prog", "link");
    let string = |name: &str| CString::new(scratch.join(name).to_str().unwrap()).unwrap();
    let (script, link) = (string("script"), string("link"));
    let grant = [dir(Access::ReadWrite, scratch.path())];
    let found = |args: &[&CStr]| {
        let args: Vec<_> = args.iter().map(|arg| arg.as_ptr()).collect();
        // SAFETY: C strings that live until then.
        let start = unsafe { Start::new(&script, &args) };
        names(&started(&grant, start).unwrap())
    };
    for args in [&[&*link, &script][..], &[&link, c"-x", &script, c"more"]] {
        let names = found(args);
        for name in ["script", "prog", "link"] {
            assert!(names.contains(&name.into()), "{name} isn't in {names:?}");
        }
    }
    let names = found(&[&link, c"a", c"b", &script]);
    assert!(names.contains(&"script".into()) && !names.contains(&"link".into()));
    assert!(!found(&[]).is_empty());
}

/// More names than fit into the entries without pages.
#[test]
fn a_way_may_be_long() {
    let scratch = Scratch::new();
    let path = "a/b/c/d/e/f/g/h/i/j/k/l/m/n/o/p/q/r/s/t";
    scratch.mkdir(path);
    scratch.write(&format!("{path}/prog"), "");
    let path = format!("{}/{path}/prog", scratch.path().display());
    let place = found(&[dir(Access::ReadWrite, scratch.path())], &path).unwrap();
    let names = names(&place);
    let expected: Vec<_> = path.split('/').skip(1).collect();
    assert_eq!(names, expected);
}

#[test]
fn relative_ways_begin_at_the_root() {
    let scratch = Scratch::new();
    // The current directory of the tests is the crate's.
    let place = found(
        &[dir(Access::ReadWrite, scratch.path())],
        "src/../Cargo.toml",
    )
    .unwrap();
    let names = names(&place);
    let current = std::env::current_dir().unwrap();
    for component in current.components().skip(1) {
        let component = component.as_os_str().to_str().unwrap().to_string();
        assert!(names.contains(&component), "{component} isn't in {names:?}");
    }
    assert!(names.contains(&"src".into()) && names.contains(&"Cargo.toml".into()));
}

#[test]
fn links_come_to_an_end() {
    let scratch = Scratch::new();
    scratch.symlink("self", "self");
    scratch.symlink("pong", "ping");
    scratch.symlink("ping", "pong");
    for name in ["self", "ping"] {
        let path = format!("{}/{name}", scratch.path().display());
        let place = found(&[dir(Access::ReadWrite, scratch.path())], &path).unwrap();
        assert!(names(&place).contains(&name.into()));
    }
}

#[test]
fn a_start_in_a_writable_directory_can_be_refused() {
    let scratch = Scratch::new();
    scratch.mkdir("g/bin");
    scratch.mkdir("elsewhere");
    scratch.write("g/bin/prog", "");
    scratch.write("elsewhere/prog", "");
    scratch.symlink("../elsewhere/prog", "g/link");
    let grant = scratch.join("g");
    let refused = |executable: &str, access| {
        let records = [dir(access, &grant), Record::RefuseOwnDirectory];
        let path = format!("{}/{executable}", scratch.path().display());
        found(&records, &path).err()
    };
    for executable in ["g/bin/prog", "g/link"] {
        let message = refused(executable, Access::ReadWrite).unwrap();
        let expected = format!("--dir {} contains this executable", grant.display());
        assert!(message.starts_with(&expected), "{message}");
        assert_eq!(refused(executable, Access::ReadOnly), None);
    }
    assert_eq!(refused("elsewhere/prog", Access::ReadWrite), None);
}

/// `g/cache` is a hole in the grant of `g`.
fn holed(scratch: &Scratch, resolver: Resolver) -> Guest {
    scratch.mkdir("g/cache");
    scratch.mkdir("g/near/deep");
    scratch.write("g/cache/entry", "entry");
    scratch.write("g/near/file", "near");
    for (target, name) in [
        ("cache", "g/to-cache"),
        ("cache/entry", "g/to-entry"),
        ("../to-entry", "g/near/twice"),
        ("near/file", "g/to-file"),
        ("self", "g/self"),
    ] {
        scratch.symlink(target, name);
    }
    let (grant, cache) = (scratch.join("g"), scratch.join("g/cache"));
    let records = [
        dir(Access::ReadWrite, &grant),
        Record::Hole {
            path: cache.as_os_str().as_bytes(),
        },
    ];
    let place = found(&records, "/bin/sh").unwrap();
    let mut guest = Guest::with_dir(&grant, Access::ReadWrite);
    (guest.wasi.own, guest.wasi.resolver) = (place.own, resolver);
    guest.wasi.resolver.hole = place.hole;
    guest
}

#[test]
fn nothing_reaches_into_a_hole() {
    for resolver in [Resolver::new, Resolver::walking] {
        let scratch = Scratch::new();
        let mut guest = holed(&scratch, resolver());
        let g = &mut guest;
        let read = Rights::FD_READ | Rights::FD_READDIR;
        let create = oflags::CREAT | oflags::TRUNC;
        for path in [
            "cache",
            "cache/",
            "cache/.",
            "near/../cache",
            "to-cache",
            "to-cache/",
            "cache/entry",
            "cache//entry",
            "to-cache/entry",
            "to-entry",
            "near/twice",
            "near/deep/../twice",
            "cache/none",
        ] {
            for flags in [0, oflags::DIRECTORY, create] {
                let opened = g.open(path, flags, read);
                let expected = match flags {
                    0 => &[Errno::ACCES][..],
                    // The call looks at the kind of file first.
                    _ => &[Errno::ACCES, Errno::ISDIR, Errno::NOTDIR],
                };
                let refused = opened.is_err_and(|error| expected.contains(&error));
                assert!(refused, "{path}, {flags}: {opened:?}");
            }
        }
        for path in ["cache/entry", "to-cache/entry", "cache/none", "to-entry"] {
            let (at, len) = g.string(0, path);
            let stat = path_filestat_get(&mut g.wasi, 0, 1, at, len, 64);
            assert_eq!(stat, Err(Errno::ACCES), "{path}");
        }
        for path in ["cache/entry", "to-cache/entry", "cache/none"] {
            let (at, len) = g.string(0, path);
            let denied = Err(Errno::ACCES);
            let w = &mut g.wasi;
            assert_eq!(path_unlink_file(w, 0, at, len), denied, "{path}");
            assert_eq!(path_readlink(w, 0, at, len, 64, 9, 0), denied, "{path}");
            let (other, other_len) = g.string(1, "near/file");
            let w = &mut g.wasi;
            assert_eq!(path_rename(w, 0, other, other_len, 0, at, len), denied);
            assert_eq!(path_rename(w, 0, at, len, 0, other, other_len), denied);
        }
        let (at, len) = g.string(0, "cache");
        let (new, new_len) = g.string(1, "moved");
        let renamed = path_rename(&mut g.wasi, 0, at, len, 0, new, new_len);
        assert_eq!(renamed, Err(Errno::ROFS));
        assert_eq!(scratch.read("g/cache/entry"), "entry");
    }
}

#[test]
fn beside_a_hole_paths_are_what_they_are() {
    for resolver in [Resolver::new, Resolver::walking] {
        let scratch = Scratch::new();
        let mut guest = holed(&scratch, resolver());
        let g = &mut guest;
        for path in ["near/file", "to-file", "near/deep/../file", "./near//file"] {
            assert!(g.open(path, 0, Rights::FD_READ).is_ok(), "{path}");
        }
        for path in [".", "near", "near/", "near/deep/..", "near/deep/."] {
            let opened = g.open(path, oflags::DIRECTORY, Rights::FD_READDIR);
            assert!(opened.is_ok(), "{path}");
        }
        for (path, error) in [
            ("near/none", Errno::NOENT),
            ("none/file", Errno::NOENT),
            ("near/file/", Errno::NOTDIR),
            ("near/file/x", Errno::NOTDIR),
            ("self", Errno::LOOP),
            ("..", Errno::PERM),
            ("near/../../x", Errno::PERM),
            ("/near", Errno::PERM),
            ("", Errno::NOENT),
        ] {
            assert_eq!(g.open(path, 0, Rights::FD_READ), Err(error), "{path}");
        }
        let exclusive = oflags::CREAT | oflags::EXCL;
        for (path, expected) in [
            ("near/new", Ok(())),
            ("near/new", Err(Errno::EXIST)),
            ("to-file", Err(Errno::EXIST)),
            ("near/new/", Err(Errno::ISDIR)),
        ] {
            let opened = g.open(path, exclusive, Rights::FD_WRITE).map(drop);
            assert_eq!(opened, expected, "{path}");
        }
        // These links are not to be followed.
        let (at, len) = g.string(0, "to-file");
        let rights = Rights::FD_READ.0;
        let opened = path_open(&mut g.wasi, 0, 0, at, len, 0, rights, 0, 0, 0);
        assert_eq!(opened, Err(Errno::LOOP));
    }
}

#[test]
fn a_hole_is_not_granted() {
    let scratch = Scratch::new();
    scratch.mkdir("cache/below");
    let cache = scratch.join("cache");
    let hole = Record::Hole {
        path: cache.as_os_str().as_bytes(),
    };
    for granted in ["cache", "cache/below"] {
        let granted = scratch.join(granted);
        for access in [Access::ReadWrite, Access::ReadOnly] {
            let refusal = found(&[dir(access, &granted), hole], "/bin/sh").err();
            assert!(refusal.unwrap().contains("wasi-aot's own executables"));
        }
    }
    // A hole that doesn't exist can't be created.
    let gone = scratch.join("gone");
    let hole = Record::Hole {
        path: gone.as_os_str().as_bytes(),
    };
    let place = found(&[dir(Access::ReadWrite, scratch.path()), hole], "/bin/sh").unwrap();
    assert!(place.hole.is_none() && names(&place).contains(&"gone".into()));
}
