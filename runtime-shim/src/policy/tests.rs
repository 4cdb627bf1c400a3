//! Grants as a program finds them at its start.
//!
//! The current directory belongs to the process, so tests that depend on it
//! name directories relative to the one the tests run in.

use super::*;
use crate::abi::fdtable::{Descriptor, HostFd};
use crate::abi::rights::Rights;
use crate::abi::types::FileType;
use crate::wasi::fixture::{self, Scratch};
use std::format;
use std::os::unix::fs::MetadataExt;
use std::string::{String, ToString};
use std::vec::Vec;
use wasi_aot_contract::manifest::{Access, Record};

/// A start with these records.
fn start(records: &[Record<'_>]) -> (Result<(), String>, FdTable, Option<String>) {
    let manifest = fixture::manifest(records);
    let mut fds = FdTable::new();
    for _ in 0..FIRST_PREOPEN {
        let inert = HostFd::Owned(crate::abi::fdtable::inert().unwrap());
        fds.insert(Descriptor::new(inert, FileType::Unknown))
            .unwrap();
    }
    // SAFETY: there are no host strings.
    let mut environment = unsafe { Environment::new(manifest, &[]) };
    let resolved = resolve(
        manifest,
        Start::by(c"/dev/null"),
        &mut fds,
        &mut environment,
    );
    let result = resolved.map(drop).map_err(|r| r.to_string());
    let pwd = environment
        .pwd
        .map(|pwd| String::from_utf8(pwd.into()).unwrap());
    (result, fds, pwd)
}

fn refusal(records: &[Record<'_>]) -> String {
    start(records).0.unwrap_err()
}

/// The guest's names of the directories, in order.
fn names(fds: &FdTable) -> Vec<String> {
    (FIRST_PREOPEN..)
        .map_while(|fd| fds.get(fd).ok())
        .map(|fd| String::from_utf8(fd.preopen_name().unwrap().into()).unwrap())
        .collect()
}

fn dir<'a>(access: Access, host: &'a str, guest: &'a str) -> Record<'a> {
    Record::Dir {
        access,
        host: host.as_bytes(),
        guest: guest.as_bytes(),
    }
}

fn rw(host: &str) -> Record<'_> {
    dir(Access::ReadWrite, host, "")
}

fn ro(host: &str) -> Record<'_> {
    dir(Access::ReadOnly, host, "")
}

fn cwd() -> String {
    std::env::current_dir()
        .unwrap()
        .to_str()
        .unwrap()
        .to_string()
}

fn path(scratch: &Scratch, name: &str) -> String {
    scratch.join(name).to_str().unwrap().to_string()
}

#[test]
fn the_current_directory_appears_under_its_name() {
    for host in [".", "./", "src/.."] {
        let (result, fds, pwd) = start(&[rw(host)]);
        assert_eq!(result, Ok(()));
        // Without a root the directory has a second name.
        assert_eq!(names(&fds), [&cwd(), "."]);
        let (_, fds, _) = start(&[rw(host), Record::Root { joins: true }]);
        assert_eq!(names(&fds), [cwd()]);
        assert_eq!(pwd, Some(format!("PWD={}", cwd())));
    }
}

#[test]
fn pwd_is_what_the_guest_calls_the_current_directory() {
    let pwd = |records: &[Record<'_>]| start(records).2;
    let at_root = dir(Access::ReadWrite, ".", "/");
    assert_eq!(pwd(&[at_root]), Some("PWD=/".into()));
    // With a grant of a directory above, PWD begins with the grant's guest name.
    let below = dir(Access::ReadWrite, "..", "/w/");
    let name = cwd().rsplit_once('/').unwrap().1.to_string();
    assert_eq!(pwd(&[below]), Some(format!("PWD=/w/{name}")));
    assert_eq!(pwd(&[below, at_root]), Some("PWD=/".into()));
    assert_eq!(pwd(&[at_root, below]), Some("PWD=/".into()));
    assert_eq!(pwd(&[ro("/")]), Some(format!("PWD={}", cwd())));
    // No grant holds the current directory, but a name shows its path.
    assert_eq!(pwd(&[rw("src")]), Some(format!("PWD={}", cwd())));
    let absolute = format!("{}/src", cwd());
    assert_eq!(pwd(&[ro(&absolute)]), Some(format!("PWD={}", cwd())));
    assert_eq!(pwd(&[rw("..")]), Some(format!("PWD={}", cwd())));
    // Nothing shows it.
    assert_eq!(pwd(&[dir(Access::ReadWrite, "src", "/x")]), None);
    assert_eq!(pwd(&[ro("/proc")]), None);
    // Nothing is granted; a name isn't a path.
    assert_eq!(pwd(&[]), None);
    assert_eq!(pwd(&[dir(Access::ReadWrite, ".", "here")]), None);
    // An explicit assignment wins.
    let explicit = Record::Env {
        assignment: b"PWD=/elsewhere",
    };
    assert_eq!(pwd(&[rw("."), explicit]), None);
}

/// wasi-libc looks up relative names below `.`, so that is the current directory itself, with the
/// rights of its grant.
#[test]
fn a_module_without_a_root_gets_the_current_directory_as_a_dot() {
    let dot = |records: &[Record<'_>]| {
        let (_, fds, _) = start(records);
        let dot = fds.iter().find(|fd| fd.preopen_name() == Some(b"."))?;
        let here = std::fs::metadata(".").unwrap();
        let identity = grants::identity(&dot.host).unwrap();
        assert_eq!(identity, (here.dev(), here.ino()));
        Some(dot.read_only)
    };
    assert_eq!(dot(&[rw("..")]), Some(false));
    assert_eq!(
        dot(&[ro(".."), dir(Access::ReadWrite, ".", "/x")]),
        Some(false)
    );
    assert_eq!(dot(&[rw("src"), ro(".")]), Some(true));
    assert_eq!(dot(&[ro("/etc")]), None);
    assert_eq!(dot(&[rw("src")]), None);
    // `/` stands for it already.
    assert_eq!(dot(&[dir(Access::ReadWrite, ".", "/")]), None);
    assert_eq!(dot(&[ro("/"), rw(".")]), None);
}

#[test]
fn names_are_given_or_the_host_s() {
    let scratch = Scratch::new();
    scratch.mkdir("a");
    let a = path(&scratch, "a");
    let (result, fds, _) = start(&[
        Record::Root { joins: true },
        rw(&a),
        rw(&format!("{a}/")),
        dir(Access::ReadWrite, &a, "/x/"),
        dir(Access::ReadWrite, "/", "."),
    ]);
    assert_eq!(result, Ok(()));
    assert_eq!(names(&fds), [&a, &a, "/x/", "."]);
    let roots = (3..7).map(|fd| fds.get(fd).unwrap().base().root);
    assert_eq!(Vec::from_iter(roots), [false, false, false, true]);
}

#[test]
fn what_is_not_there_is_named_with_its_flag() {
    let scratch = Scratch::new();
    scratch.write("file", "");
    let (missing, file) = (path(&scratch, "none"), path(&scratch, "file"));
    assert_eq!(
        refusal(&[dir(Access::ReadOnly, &missing, "/data")]),
        format!(
            "cannot open the directory {missing}: it does not exist \
             (this program was built with --dir-ro {missing}::/data)"
        )
    );
    assert_eq!(
        refusal(&[rw(&file)]),
        format!(
            "cannot open the directory {file}: it is not a directory \
             (this program was built with --dir {file})"
        )
    );
}

#[test]
fn grants_that_contradict_each_other() {
    let scratch = Scratch::new();
    scratch.mkdir("a/b/c");
    scratch.mkdir("ab");
    scratch.symlink("a/b/c", "link");
    let [a, c, ab, link] = ["a", "a/b/c", "ab", "link"].map(|name| path(&scratch, name));
    let same = refusal(&[rw(&c), ro(&link)]);
    assert!(
        same.contains("one directory with different rights"),
        "{same}"
    );
    assert!(
        same.starts_with(&format!("--dir-ro {link} and --dir {c} ")),
        "{same}"
    );
    for inner in [&c, &link] {
        for records in [[ro(inner), rw(&a)], [rw(&a), ro(inner)]] {
            let inside = refusal(&records);
            let expected = format!("--dir-ro {inner} lies inside --dir {a}, ");
            assert!(inside.starts_with(&expected), "{inside}");
        }
    }
    assert!(refusal(&[rw("/"), ro(&a)]).contains("lies inside --dir /, "));
    // No contradiction: writable inside read-only, neighbours, the same twice.
    for records in [[rw(&c), ro(&a)], [ro(&ab), rw(&a)], [ro(&a), ro(&link)]] {
        assert_eq!(start(&records).0, Ok(()));
    }
    assert_eq!(start(&[rw(&c), rw(&link), rw(&a)]).0, Ok(()));
}

/// The files that a program writes can't decide what its next run is granted.
#[test]
fn grants_that_the_program_could_redirect() {
    let scratch = Scratch::new();
    scratch.mkdir("a/b/c");
    scratch.mkdir("elsewhere/b");
    scratch.symlink("a", "link");
    let name = |name: &str| path(&scratch, name);
    let (a, cache, through) = (name("a"), name("a/cache"), name("a/cache/b"));
    scratch.mkdir("a/cache/b");
    // A link outside the writable grants is its owner's choice.
    let (linked, outer) = (name("link/cache"), name("links/to-cache"));
    scratch.mkdir("links");
    scratch.symlink("../a/cache", "links/to-cache");
    for inner in [&cache, &through, &linked, &outer] {
        assert_eq!(start(&[rw(&a), rw(inner)]).0, Ok(()), "{inner}");
    }
    // A first run could make this link, and a second run would follow it.
    std::fs::remove_dir_all(&cache).unwrap();
    scratch.symlink("../elsewhere", "a/cache");
    for inner in [&cache, &through, &linked, &outer] {
        for records in [
            [rw(&a), rw(inner)],
            [rw(inner), rw(&a)],
            [ro(inner), rw(&a)],
        ] {
            let redirected = refusal(&records);
            let expected = format!("{inner} leads through a symbolic link in --dir {a}, ");
            assert!(redirected.contains(&expected), "{redirected}");
        }
        // The program can't write there.
        assert_eq!(start(&[ro(&a), rw(inner)]).0, Ok(()), "{inner}");
    }
}

/// `link/..` leads to the parent of the link's target, not to the directory that holds the link.
#[test]
fn grants_that_go_up_from_a_link() {
    let scratch = Scratch::new();
    scratch.mkdir("a/b");
    scratch.mkdir("c");
    scratch.symlink("../c", "a/link");
    scratch.symlink("b", "a/near");
    let ambiguous = path(&scratch, "a/link/..");
    let refused = refusal(&[rw(&ambiguous)]);
    assert!(
        refused.contains("has .. after a symbolic link"),
        "{refused}"
    );
    // This leads to the same directory, but the program could change the link in it.
    let refused = refusal(&[rw(&path(&scratch, "a/near/.."))]);
    assert!(
        refused.contains("leads through a symbolic link"),
        "{refused}"
    );
    for name in ["a/b/..", "a/b/../../c"] {
        assert_eq!(start(&[rw(&path(&scratch, name))]).0, Ok(()), "{name}");
    }
}

#[test]
fn a_grant_for_reading_has_no_right_to_write() {
    let (_, fds, _) = start(&[ro("src"), rw(".")]);
    let (reading, writing) = (fds.get(3).unwrap(), fds.get(4).unwrap());
    assert!(reading.read_only && !writing.read_only);
    assert_eq!(reading.rights & Rights::WRITING, Rights::NONE);
    assert_eq!(reading.inheriting & Rights::WRITING, Rights::NONE);
    assert!(
        reading
            .inheriting
            .contains(Rights::FD_READ | Rights::PATH_OPEN)
    );
    assert_eq!(writing.rights, Rights::DIRECTORY);
    assert_eq!(writing.inheriting, Rights::INHERITED);
}
