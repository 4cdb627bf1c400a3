//! File systems by which the kernel is controlled: no call changes anything there, and all
//! calls work on other file systems, whether they are mounted in a grant or not. The test
//! mounts those that it can, in a namespace of its own, for which it must be root.

use super::calls::{CALLS, Call, FREE, Told, VICTIM};
use super::yard::RESOLVERS;
use crate::abi::errno::Errno;
use crate::abi::rights::Rights;
use crate::abi::types::oflags;
use crate::arch::system_call;
use crate::os::mode::fd_set_mode;
use crate::sys::checked;
use crate::wasi::filestat::fd_filestat_set_times;
use crate::wasi::fixture::{Guest, Scratch};
use linux_raw_sys::general::{__NR_mount, __NR_unshare, CLONE_NEWNS, MS_BIND, MS_PRIVATE, MS_REC};
use rustix::io::Errno as Host;
use std::ffi::CString;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::string::{String, ToString};
use std::vec::Vec;
use std::{eprintln, format, fs, thread};
use wasi_aot_contract::manifest::Access;

/// File systems that the kernel may have.
const CONTROL: [&str; 16] = [
    "proc",
    "sysfs",
    "cgroup2",
    "cpuset",
    "debugfs",
    "tracefs",
    "bpf",
    "configfs",
    "securityfs",
    "selinuxfs",
    "binfmt_misc",
    "fusectl",
    "pstore",
    "efivarfs",
    "resctrl",
    "binder",
];

/// Runs `test` in a mount namespace of its own, or says why it can't.
fn alone(test: impl FnOnce() + Send + 'static) {
    let run = move || match enter_namespace() {
        Ok(()) => test(),
        Err(error) => eprintln!("SKIPPED: no mount namespace: {error}"),
    };
    // A namespace belongs to a thread.
    if let Err(panic) = thread::spawn(run).join() {
        std::panic::resume_unwind(panic);
    }
}

fn enter_namespace() -> Result<(), Host> {
    let new = CLONE_NEWNS as usize;
    // SAFETY: the call takes no pointers.
    checked(unsafe { system_call(__NR_unshare, [new, 0, 0, 0, 0, 0]) })?;
    mount("none", "/".as_ref(), "", MS_REC | MS_PRIVATE)
}

fn mount(source: &str, target: &Path, kind: &str, flags: u32) -> Result<(), Host> {
    let [source, target, kind] =
        [source, target.to_str().unwrap(), kind].map(|text| CString::new(text).unwrap());
    let [source, target, kind] =
        [&source, &target, &kind].map(|text| text.as_ptr().expose_provenance());
    // SAFETY: the kernel reads three C strings.
    let result = unsafe { system_call(__NR_mount, [source, target, kind, flags as usize, 0, 0]) };
    checked(result).map(|_| ())
}

/// A scratch directory with `root`, which tests grant, and the names of the control file systems
/// that could be mounted in `root`.
fn place() -> (Scratch, Vec<&'static str>) {
    let scratch = Scratch::new();
    let mounted = CONTROL.into_iter().filter(|name| {
        let at = format!("root/{name}");
        scratch.mkdir(&at);
        let done = mount(name, &scratch.join(&at), name, 0);
        if let Err(error) = done {
            eprintln!("SKIPPED: {name} can't be mounted: {error}");
        }
        done.is_ok()
    });
    let mounted = mounted.collect();
    scratch.write("root/victim", "inside");
    (scratch, mounted)
}

/// A file below `dir` that may be written.
fn writable_file(dir: &Path, depth: u32) -> Option<PathBuf> {
    let entries: Vec<_> = fs::read_dir(dir).ok()?.flatten().collect();
    let files = entries.iter().filter(|entry| {
        let metadata = entry.metadata();
        metadata.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o200 != 0)
    });
    let here = files.map(fs::DirEntry::path).next();
    here.or_else(|| {
        let directories = entries
            .iter()
            .filter(|entry| depth > 0 && entry.file_type().is_ok_and(|file| file.is_dir()));
        (directories.map(fs::DirEntry::path)).find_map(|dir| writable_file(&dir, depth - 1))
    })
}

/// The calls that change something, without those that refuse every path.
fn changes() -> impl Iterator<Item = &'static Call> {
    let possible = |call: &&Call| call.writes && call.manner != "from, following";
    CALLS.iter().filter(possible)
}

#[test]
fn nothing_is_changed_there() {
    alone(|| {
        let (scratch, mounted) = place();
        for (how, resolver) in RESOLVERS {
            for name in &mounted {
                let root = scratch.join("root");
                let mut guest = Guest::with_dir(&root, Access::ReadWrite);
                guest.wasi.resolver = resolver();
                let granted = guest.grant(&root.join(name), Access::ReadWrite);
                let file = writable_file(&root.join(name), 2);
                let file = file.map(|file| {
                    let below = file.strip_prefix(root.join(name)).unwrap();
                    below.to_str().unwrap().to_string()
                });
                for path in file.iter().map(String::as_str).chain(["new"]) {
                    let inner = format!("{name}/{path}");
                    let link = format!("link-to-{name}");
                    let _ = fs::remove_file(root.join(&link));
                    scratch.symlink(&inner, &format!("root/{link}"));
                    for (fd, path) in [(0, inner.as_str()), (granted, path)] {
                        for call in changes() {
                            let result = call.run(&mut guest, fd, path.as_bytes());
                            let what = format!("{how} {} {} {path}", call.function, call.manner);
                            // There is no file that could be opened or given times.
                            let missing = matches!(result, Err(Errno::NOENT))
                                && path.ends_with("new")
                                && ["path_open", "path_filestat_set_times", "path_set_mode"]
                                    .contains(&call.function);
                            let refused = matches!(result, Err(Errno::ACCES));
                            assert!(refused || missing, "{what}: {result:?}");
                        }
                    }
                    for call in changes().filter(|call| call.function == "path_open") {
                        let result = call.run(&mut guest, 0, link.as_bytes());
                        let what = format!("{how} {} through {link}", call.manner);
                        let refused = match call.manner {
                            "CREAT, no link" => matches!(result, Err(Errno::LOOP)),
                            "CREAT and EXCL" => matches!(result, Err(Errno::EXIST)),
                            _ if path == "new" && !call.manner.starts_with("CREAT") => {
                                matches!(result, Err(Errno::NOENT | Errno::ACCES))
                            }
                            _ => matches!(result, Err(Errno::ACCES)),
                        };
                        assert!(refused, "{what}: {result:?}");
                    }
                }
                if let Some(file) = file {
                    attributes_are_kept(&mut guest, granted, &file);
                }
                assert_eq!(scratch.read("root/victim"), "inside");
            }
        }
        assert!(!mounted.is_empty(), "not even procfs");
    });
}

/// Times and mode of a file that is open for reading, which its owner may set.
fn attributes_are_kept(guest: &mut Guest, dir: u32, path: &str) {
    let rights = Rights::FD_READ | Rights::FD_FILESTAT_SET_TIMES;
    // Some files can only be written.
    if let Ok(fd) = guest.open_in(dir, path, 0, rights, 0) {
        let set = fd_filestat_set_times(&mut guest.wasi, fd, 1, 1, 0b0101);
        assert_eq!(set, Err(Errno::ACCES), "{path}");
        let set = fd_set_mode(&mut guest.wasi, fd, 0o600);
        assert_eq!(set, Err(Errno::ACCES), "{path}");
    }
}

/// A file of a control file system, mounted over an ordinary file.
#[test]
fn a_file_of_one_may_be_mounted_anywhere() {
    alone(|| {
        let scratch = Scratch::new();
        scratch.mkdir("root");
        for name in ["victim", "over", "plain", "other"] {
            scratch.write(&format!("root/{name}"), name);
        }
        let over = scratch.join("root/over");
        mount("/proc/self/comm", &over, "", MS_BIND).unwrap();
        let other = scratch.join("root/other").to_str().unwrap().to_string();
        mount(&other, &scratch.join("root/plain"), "", MS_BIND).unwrap();
        for (how, resolver) in RESOLVERS {
            let mut guest = Guest::with_dir(&scratch.join("root"), Access::ReadWrite);
            guest.wasi.resolver = resolver();
            for call in changes().filter(|call| call.function == "path_open") {
                let result = call.run(&mut guest, 0, b"over");
                let refused = match call.manner {
                    "CREAT and EXCL" => matches!(result, Err(Errno::EXIST | Errno::ACCES)),
                    _ => matches!(result, Err(Errno::ACCES)),
                };
                assert!(refused, "{how} {}: {result:?}", call.manner);
            }
            scratch.write("root/other", "text");
            let emptied = guest.open("plain", oflags::TRUNC, Rights::FD_WRITE);
            assert!(emptied.is_ok(), "{how}: {emptied:?}");
            assert_eq!(scratch.read("root/other"), "");
        }
    });
}

/// All calls that change something work where another file system is mounted.
#[test]
fn ordinary_file_systems_may_be_mounted() {
    alone(|| {
        let scratch = Scratch::new();
        scratch.mkdir("root/mounted");
        mount("tmpfs", &scratch.join("root/mounted"), "tmpfs", 0).unwrap();
        for (how, resolver) in RESOLVERS {
            for call in changes() {
                for at in ["", "mounted/"] {
                    let what = format!("{how} {} {} {at}", call.function, call.manner);
                    let root = scratch.join("root").join(at);
                    let _ = fs::remove_dir_all(root.join("dir"));
                    for name in ["file", FREE, VICTIM, "new"] {
                        let _ = fs::remove_file(root.join(name));
                        let _ = fs::remove_dir(root.join(name));
                    }
                    fs::write(root.join("file"), "text").unwrap();
                    fs::write(root.join(VICTIM), "text").unwrap();
                    fs::create_dir(root.join("dir")).unwrap();
                    // The other names that calls use are in directory 0, on the same mount.
                    let mut guest = Guest::with_dir(&root, Access::ReadWrite);
                    guest.wasi.resolver = resolver();
                    let outer = guest.grant(&scratch.join("root"), Access::ReadWrite);
                    let path = match (call.function, call.manner) {
                        ("path_create_directory" | "path_symlink", _)
                        | ("path_rename" | "path_link", "to")
                        | (_, "CREAT and EXCL") => "new",
                        ("path_remove_directory", _) => "dir",
                        _ => "file",
                    };
                    let result = call.run(&mut guest, outer, format!("{at}{path}").as_bytes());
                    assert!(result.is_ok(), "{what}: {result:?}");
                    if call.manner.contains("TRUNC") {
                        assert_eq!(fs::read(root.join("file")).unwrap(), b"", "{what}");
                    }
                    if let Ok(Told::Opened(fd)) = result
                        && call.manner == "with every right"
                    {
                        let times = fd_filestat_set_times(&mut guest.wasi, fd, 1, 1, 0b0101);
                        assert_eq!(times, Ok(()), "{what}");
                    }
                }
            }
        }
    });
}
