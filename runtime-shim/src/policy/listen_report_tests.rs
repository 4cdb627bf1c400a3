//! Reports of listeners, and ways to them.

use super::*;
use crate::abi::fdtable::HostFd;
use crate::abi::types::FileType;
use crate::policy::grants;
use crate::wasi::fixture::{self, Scratch, host_fd};
use std::fs;
use std::net::TcpListener;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{SocketAddr as UnixAddr, UnixListener};
use std::path::Path;
use std::string::{String, ToString};
use std::vec::Vec;
use wasi_aot_contract::manifest::{Access, Record};

/// Listeners at `sockets`, and `writable` granted, with a report to `path`.
fn report(path: &Path, sockets: Vec<OwnedFd>, writable: &Path) -> Result<(), String> {
    let mut fds = FdTable::new();
    for socket in sockets {
        let listener = Descriptor {
            preopen: Some(Preopen::Listener),
            ..Descriptor::new(HostFd::Owned(socket), FileType::SocketStream)
        };
        fds.insert(listener).unwrap();
    }
    let host = host_fd(fs::File::open(writable).unwrap());
    let name = Preopen::Directory {
        name: b"/data",
        root: false,
    };
    let preopen = grants::preopen(host, Access::ReadWrite, name);
    fds.insert(preopen).unwrap();
    let manifest = fixture::manifest(&[
        Record::Dir {
            access: Access::ReadWrite,
            host: writable.as_os_str().as_encoded_bytes(),
            guest: b"/data",
        },
        Record::ListenReport {
            path: path.as_os_str().as_encoded_bytes(),
        },
    ]);
    write(false, manifest, &fds).map_err(|refusal| refusal.to_string())
}

/// Names in a directory, in order.
fn names(dir: &Path) -> Vec<String> {
    let names = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap());
    let mut names: Vec<_> = names
        .map(|e| e.file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn each_listener_has_a_line() {
    let scratch = Scratch::new();
    let dir = scratch.join("run");
    fs::create_dir(&dir).unwrap();
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let path = dir.join("s");
    let unix = UnixListener::bind(&path).unwrap();
    let name = std::format!("wasi-aot-{}", std::process::id());
    let abstracted = UnixAddr::from_abstract_name(&name).unwrap();
    let abstracted = UnixListener::bind_addr(&abstracted).unwrap();
    let expected = std::format!(
        "{}\nunix:{}\nunix:@{name}\n",
        tcp.local_addr().unwrap(),
        path.display()
    );
    let file = dir.join("report");
    // What had the name before is replaced, and a link isn't followed.
    fs::write(scratch.join("other"), "kept").unwrap();
    symlink(scratch.join("other"), &file).unwrap();
    let sockets = Vec::from([host_fd(tcp), host_fd(unix), host_fd(abstracted)]);
    report(&file, sockets, &scratch.join("run")).unwrap();
    assert_eq!(fs::read_to_string(&file).unwrap(), expected);
    assert_eq!(fs::read_to_string(scratch.join("other")).unwrap(), "kept");
    let mode = fs::symlink_metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o7133, 0, "{mode:o}");
    assert_eq!(names(&dir), ["report", "s"]);
}

#[test]
fn the_program_does_not_choose_the_file() {
    let scratch = Scratch::new();
    for dir in ["writable", "other"] {
        fs::create_dir(scratch.join(dir)).unwrap();
    }
    let writable = scratch.join("writable");
    symlink("../other", writable.join("link")).unwrap();
    symlink("writable", scratch.join("way")).unwrap();
    for path in ["writable/link/report", "way/link/../report"] {
        let refused = report(&scratch.join(path), Vec::new(), &writable).unwrap_err();
        let says = "leads through a symbolic link in a writable directory";
        assert!(refused.contains(says), "{path}: {refused}");
    }
    assert!(names(&scratch.join("other")).is_empty());
    // Where the program can't change the link, it is followed.
    report(&scratch.join("way/report"), Vec::new(), &writable).unwrap();
    assert_eq!(names(&writable), ["link", "report"]);
}

#[test]
fn a_refusal_says_why() {
    let scratch = Scratch::new();
    fs::create_dir(scratch.join("dir")).unwrap();
    fs::write(scratch.join("file"), "").unwrap();
    for (path, says) in [
        ("none/report", "its directory does not exist"),
        ("file/report", "a file is in the place of its directory"),
        ("dir", "it is a directory"),
    ] {
        let refused = report(&scratch.join(path), Vec::new(), &scratch.join("dir")).unwrap_err();
        assert!(refused.contains(says), "{path}: {refused}");
        let flag = std::format!("--listen-report {})", scratch.join(path).display());
        assert!(refused.ends_with(&flag), "{refused}");
    }
    // Nothing half is left.
    assert_eq!(names(&scratch.join("")), ["dir", "file"]);
    let record = Record::ListenReport { path: b"/report" };
    let refused = write(true, fixture::manifest(&[record]), &FdTable::new());
    let refused = refused.err().unwrap().to_string();
    assert!(refused.contains("more rights than its caller"), "{refused}");
}
