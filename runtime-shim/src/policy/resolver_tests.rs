//! Lookups through both ways of resolving, which must agree. Attacks by calls,
//! and races, are in `sandbox_tests`.

use super::*;
use crate::wasi::fixture::{Scratch, host_fd};
use rustix::fs::fstat;
use std::ffi::CString;
use std::format;
use std::fs::File;
use std::string::{String, ToString};

/// `root`, the base, beside `outside` with a secret, and links of all kinds.
fn tree() -> Scratch {
    let scratch = Scratch::new();
    scratch.mkdir("outside");
    scratch.write("outside/secret", "secret");
    scratch.mkdir("root/dir/sub");
    scratch.write("root/file", "");
    scratch.write("root/dir/sub/deep", "");
    let outside = scratch.join("outside").to_str().unwrap().to_string();
    for (name, target) in [
        ("in", "dir/sub"),
        ("again", "in/../../in"),
        ("tofile", "dir/../file"),
        ("slashed", "file/"),
        ("dangling", "nothing"),
        ("out", "../outside"),
        ("abs", &outside),
        ("absfile", &format!("{outside}/secret")),
        ("top", "/"),
        ("up", ".."),
        ("self", "self"),
        ("ping", "dir/pong"),
        ("dir/pong", "../ping"),
        ("dir/back", "../dir/back2/sub"),
        ("dir/back2", "."),
        ("dir/out", "sub/../../../outside"),
    ] {
        scratch.symlink(target, &format!("root/{name}"));
    }
    for i in 1..=45 {
        let target = if i == 1 {
            "../file".to_string()
        } else {
            format!("{}", i - 1)
        };
        scratch.mkdir("root/chain");
        scratch.symlink(&target, &format!("root/chain/{i}"));
    }
    scratch
}

fn open_dir(scratch: &Scratch, name: &str) -> OwnedFd {
    host_fd(File::open(scratch.join(name)).unwrap())
}

/// Device and inode of the file at the end of a lookup.
fn lookup(
    resolver: &Resolver,
    base: Base<'_>,
    path: &str,
    flags: OFlags,
) -> Result<(u64, u64), Errno> {
    let path = CString::new(path).unwrap();
    let fd = resolver.open(base, &path, flags, Mode::from_raw_mode(0o600))?;
    let stat = fstat(fd).unwrap();
    Ok((stat.st_dev, stat.st_ino))
}

const ESCAPES: [&str; 16] = [
    "..",
    "../outside/secret",
    "../root/file",
    "dir/../../outside/secret",
    "dir/sub/../../../outside",
    "in/../../../outside/secret",
    "./../outside",
    "/etc/passwd",
    "/",
    "out/secret",
    "abs/secret",
    "absfile",
    "top/etc/passwd",
    "up/outside/secret",
    "dir/out/secret",
    "again/../../up",
];

#[test]
fn nothing_escapes() {
    let scratch = tree();
    let dir = open_dir(&scratch, "root");
    let base = Base {
        dir: dir.as_fd(),
        root: false,
        links: true,
    };
    for resolver in [Resolver::new(), Resolver::walking()] {
        for path in ESCAPES {
            for flags in [
                OFlags::PATH,
                OFlags::RDONLY,
                OFlags::RDWR,
                OFlags::WRONLY | OFlags::CREATE | OFlags::TRUNC,
                OFlags::PATH | OFlags::DIRECTORY,
            ] {
                let found = lookup(&resolver, base, path, flags);
                assert_eq!(found, Err(Errno::PERM), "{path} with {flags:?}");
            }
        }
    }
    assert_eq!(scratch.read("outside/secret"), "secret");
}

/// Both ways agree about all that can be reached and all that can't, following links or not.
#[test]
fn both_ways_agree() {
    let scratch = tree();
    let dir = open_dir(&scratch, "root");
    let base = Base {
        dir: dir.as_fd(),
        root: false,
        links: true,
    };
    let long = "x".repeat(300);
    let very_long = "d/".repeat(2500);
    let paths = [
        "",
        ".",
        "./",
        ".//.",
        "file",
        "file/",
        "file/.",
        "file/..",
        "file/x",
        "dir",
        "dir/",
        "dir/.",
        "dir/sub/..",
        "dir/sub/../..",
        "none",
        "none/",
        "none/x",
        "none/..",
        "in",
        "in/",
        "in/deep",
        "in/..",
        "in/../..",
        "again",
        "again/deep",
        "tofile",
        "tofile/",
        "slashed",
        "slashed/",
        "dangling",
        "dangling/",
        "self",
        "self/",
        "self/x",
        "ping",
        "dir/pong",
        "dir/back",
        "dir/back/deep",
        "dir/back2/back2/back2",
        "out",
        "out/",
        "out/x",
        "abs",
        "up",
        "chain/40",
        "chain/41",
        "chain/45",
        "chain/39/",
        "dir//sub///deep",
        &long,
        &very_long,
    ];
    let create = OFlags::WRONLY | OFlags::CREATE;
    let flags = [
        OFlags::PATH,
        OFlags::PATH | OFlags::NOFOLLOW,
        OFlags::PATH | OFlags::DIRECTORY,
        OFlags::RDONLY,
        OFlags::RDONLY | OFlags::NOFOLLOW,
        OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW,
        OFlags::WRONLY,
        create | OFlags::EXCL,
    ];
    let (kernel, walk) = (Resolver::new(), Resolver::walking());
    for path in paths {
        for flags in flags {
            let by_kernel = lookup(&kernel, base, path, flags);
            forget(&scratch, path, flags);
            let by_walk = lookup(&walk, base, path, flags);
            forget(&scratch, path, flags);
            if flags.contains(OFlags::CREATE) && by_kernel.is_ok() {
                assert!(by_walk.is_ok(), "{path} with {flags:?}: {by_walk:?}");
            } else {
                assert_eq!(by_walk, by_kernel, "{path} with {flags:?}");
            }
        }
    }
}

/// Removes what a lookup may have created.
fn forget(scratch: &Scratch, path: &str, flags: OFlags) {
    if flags.contains(OFlags::CREATE) && path == "none" {
        std::fs::remove_file(scratch.join("root/none")).unwrap();
    }
}

#[test]
fn creating_through_a_dangling_link_stays_inside() {
    for resolver in [Resolver::new(), Resolver::walking()] {
        let scratch = tree();
        scratch.symlink("../outside/new", "root/dangling-out");
        let dir = open_dir(&scratch, "root");
        let base = Base {
            dir: dir.as_fd(),
            root: false,
            links: true,
        };
        let create = OFlags::WRONLY | OFlags::CREATE;
        assert!(lookup(&resolver, base, "dangling", create).is_ok());
        assert!(scratch.join("root/nothing").exists());
        assert_eq!(
            lookup(&resolver, base, "dangling-out", create),
            Err(Errno::PERM)
        );
        assert!(!scratch.join("outside/new").exists());
    }
}

#[test]
fn in_the_host_s_root_absolute_links_mean_what_they_say() {
    let scratch = tree();
    let dir = host_fd(File::open("/").unwrap());
    let base = Base {
        dir: dir.as_fd(),
        root: true,
        links: true,
    };
    let below: String = scratch.join("root").to_str().unwrap()[1..].into();
    let secret = std::fs::metadata(scratch.join("outside/secret")).unwrap();
    let expected = Ok(std::os::unix::fs::MetadataExt::ino(&secret));
    for resolver in [Resolver::new(), Resolver::walking()] {
        for path in [
            format!("{below}/absfile"),
            format!("{below}/abs/secret"),
            format!("{below}/top/{below}/out/secret"),
            format!("../../{below}/../outside/secret"),
        ] {
            let found = lookup(&resolver, base, &path, OFlags::RDONLY);
            assert_eq!(found.map(|(_, ino)| ino), expected, "{path}");
        }
        // An absolute path isn't below a descriptor.
        let found = lookup(&resolver, base, "/etc", OFlags::PATH);
        assert_eq!(found, Err(Errno::PERM));
    }
}

#[test]
fn parents() {
    let scratch = tree();
    let dir = open_dir(&scratch, "root");
    let base = Base {
        dir: dir.as_fd(),
        root: false,
        links: true,
    };
    for resolver in [Resolver::new(), Resolver::walking()] {
        let parent = |path: &str| {
            let mut path = CPath::from_bytes(path.as_bytes()).unwrap();
            let (parent, name) = resolver.parent(base, &mut path)?;
            let ino = fstat(&parent).unwrap().st_ino;
            Ok((ino, name.to_str().unwrap().to_string()))
        };
        let sub = fstat(open_dir(&scratch, "root/dir/sub")).unwrap().st_ino;
        let top = fstat(&dir).unwrap().st_ino;
        assert_eq!(parent("in/new"), Ok((sub, "new".into())));
        assert_eq!(parent("dir/sub//out//"), Ok((sub, "out//".into())));
        assert_eq!(parent("out"), Ok((top, "out".into())));
        assert_eq!(parent("in/.."), Ok((sub, "..".into())));
        for path in ["out/new", "abs/new", "../new", "/new", "up/new/", "/"] {
            assert_eq!(parent(path), Err(Errno::PERM), "{path}");
        }
        assert_eq!(parent("file/new"), Err(Errno::NOTDIR));
        assert_eq!(parent("none/new"), Err(Errno::NOENT));
    }
}
