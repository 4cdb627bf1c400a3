//! Places as a program finds them at its start, by the variables of the host.

use super::*;
use crate::abi::fdtable::{Descriptor, FdTable, HostFd};
use crate::abi::types::FileType;
use crate::policy::{FIRST_PREOPEN, Start, listeners};
use crate::wasi::fixture::{self, Scratch};
use std::boxed::Box;
use std::ffi::CString;
use std::format;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::string::{String, ToString};
use std::vec::Vec;
use wasi_aot_contract::manifest::Record;

/// An environment of the host with these variables, where `@` stands for the scratch directory.
fn environment(manifest: &Manifest, scratch: &Scratch, host: &[&str]) -> Environment {
    let here = scratch.path().to_str().unwrap();
    let host = host.iter().map(|variable| {
        let variable = variable.replace('@', here);
        CString::new(variable).unwrap().into_raw().cast_const()
    });
    let host: &[_] = Box::leak(host.collect::<Vec<_>>().into_boxed_slice());
    // SAFETY: C strings that are never freed.
    unsafe { Environment::new(manifest, host) }
}

fn paths(scratch: &Scratch, host: &[&str], records: &[Record<'_>]) -> Result<Vec<String>, String> {
    let manifest = fixture::manifest(records);
    let environment = environment(manifest, scratch, host);
    let found = resolve(manifest, &environment, &mut Keeper::new());
    let found = found.map_err(|refusal| refusal.to_string())?;
    let here = scratch.path().to_str().unwrap();
    let text = |grant: &Grant| String::from_utf8(grant.host.into()).unwrap();
    Ok(found
        .iter()
        .map(|grant| text(grant).replace(here, "@"))
        .collect())
}

/// A whole start. Returns the guest's names.
fn start(scratch: &Scratch, host: &[&str], records: &[Record<'_>]) -> Result<Vec<String>, String> {
    let manifest = fixture::manifest(records);
    let mut environment = environment(manifest, scratch, host);
    let mut fds = FdTable::new();
    for _ in 0..FIRST_PREOPEN {
        let inert = HostFd::Owned(crate::abi::fdtable::inert().unwrap());
        fds.insert(Descriptor::new(inert, FileType::Unknown))
            .unwrap();
    }
    let listeners = listeners(manifest, 0, &mut fds, &mut environment)
        .ok()
        .unwrap();
    let start = Start::by(c"/dev/null");
    crate::policy::directories(manifest, start, &[], listeners, &mut fds, &mut environment)
        .map_err(|refusal| refusal.to_string())?;
    let here = scratch.path().to_str().unwrap();
    let names = fds
        .iter()
        .filter_map(|descriptor| descriptor.preopen_name());
    let text = |name: &[u8]| String::from_utf8(name.into()).unwrap().replace(here, "@");
    Ok(names.map(text).collect())
}

fn dir<'a>(access: Access, host: &'a str, guest: &'a str) -> Record<'a> {
    Record::Dir {
        access,
        host: host.as_bytes(),
        guest: guest.as_bytes(),
    }
}

fn ro(host: &str) -> Record<'_> {
    dir(Access::ReadOnly, host, "")
}

fn rw(host: &str) -> Record<'_> {
    dir(Access::ReadWrite, host, "")
}

#[test]
fn variables_of_the_host_say_where_places_are() {
    let scratch = Scratch::new();
    let all = [
        "@home",
        "@home/a",
        "@config",
        "@cache/t",
        "@data",
        "@state//t/",
    ]
    .map(ro);
    let by_home = paths(&scratch, &["HOME=@/h"], &all).unwrap();
    let expected = [
        "@/h",
        "@/h/a",
        "@/h/.config",
        "@/h/.cache/t",
        "@/h/.local/share",
        "@/h/.local/state/t",
    ];
    assert_eq!(by_home, expected);
    let xdg = [
        "XDG_CONFIG_HOME=@/c//",
        "XDG_CACHE_HOME=relative",
        "XDG_DATA_HOME=",
        "HOME=@/h/",
        "HOME=@/second",
    ];
    let by_variable = paths(&scratch, &xdg, &all).unwrap();
    assert_eq!(
        by_variable[2..],
        [
            "@/c",
            "@/h/.cache/t",
            "@/h/.local/share",
            "@/h/.local/state/t"
        ]
    );
    // Without HOME, only what a variable of its own names.
    assert_eq!(
        paths(&scratch, &["XDG_DATA_HOME=@/d"], &[ro("@data/x")]).unwrap(),
        ["@/d/x"]
    );
    assert_eq!(
        paths(&scratch, &["HOME=/"], &[ro("@home"), ro("@home/a")]).unwrap(),
        ["/", "/a"]
    );
}

#[test]
fn without_a_home_directory_only_optional_grants_are_left_out() {
    let scratch = Scratch::new();
    for host in [&[][..], &["HOME="], &["HOME=h"], &["HOMER=/", "HOME"]] {
        let refused = paths(&scratch, host, &[ro("@home/x")]).unwrap_err();
        let says = "@home/x is looked up in the home directory, and the variable HOME has no";
        assert!(refused.starts_with(says), "{refused}");
        let left = paths(&scratch, host, &[ro("?@home/x"), ro("/etc"), ro("?@state")]);
        assert_eq!(left.unwrap(), ["/etc"]);
    }
}

#[test]
fn optional_grants_that_are_missing_take_no_number() {
    let scratch = Scratch::new();
    scratch.mkdir("there");
    scratch.mkdir("last");
    scratch.write("file", "");
    let text = |name: &str| format!("{}/{name}", scratch.path().display());
    let optional = |name: &str| format!("?{}", text(name));
    let (none, below, there) = (optional("none"), optional("file/x"), optional("there"));
    let (file, last) = (optional("file"), text("last"));
    let root = Record::Root { joins: true };
    let records = [
        root,
        rw(&none),
        ro(&there),
        ro(&below),
        ro(&file),
        rw(&last),
    ];
    assert_eq!(
        start(&scratch, &[], &records).unwrap(),
        ["@/there", "@/last"]
    );
    // The rules compare each grant with its own descriptor.
    let inner = text("there/inner");
    scratch.mkdir("there/inner");
    let refused = start(
        &scratch,
        &[],
        &[root, rw(&none), rw(&text("there")), ro(&inner)],
    );
    assert!(refused.unwrap_err().contains("lies inside --dir "));
    // Any other error is one.
    scratch.symlink("loop", "loop");
    let refused = start(&scratch, &[], &[ro(&optional("loop"))]).unwrap_err();
    assert!(
        refused.contains("too many levels of symbolic links"),
        "{refused}"
    );
}

#[test]
fn writable_directories_of_xdg_are_made_for_the_user_alone() {
    let scratch = Scratch::new();
    scratch.mkdir("h");
    let root = Record::Root { joins: true };
    let mode = |name: &str| {
        let metadata = std::fs::metadata(scratch.join(name)).unwrap();
        metadata.permissions().mode() & 0o777
    };
    let host = ["HOME=@/h", "XDG_CACHE_HOME=@/c", "XDG_DATA_HOME=@/no/d"];
    let names = start(&scratch, &host, &[root, rw("@config/a/b"), rw("@cache")]).unwrap();
    assert_eq!(names, ["@/h/.config/a/b", "@/c"]);
    for made in ["h/.config", "h/.config/a", "h/.config/a/b", "c"] {
        assert_eq!(mode(made), 0o700, "{made}");
    }
    // Not for reading, not if it is optional, not the home directory, nothing above XDG's.
    for (record, host) in [
        (ro("@state/x"), "HOME=@/h"),
        (rw("@home/x"), "HOME=@/h"),
        (rw("@state/x"), "HOME=@/none"),
        (rw("@data"), "XDG_DATA_HOME=@/no/d"),
    ] {
        let refused = start(&scratch, &[host], &[root, record]).unwrap_err();
        assert!(refused.contains("it does not exist"), "{refused}");
    }
    assert_eq!(
        start(&scratch, &["HOME=@/h"], &[root, rw("?@state/x")]).unwrap(),
        [""; 0]
    );
    for missing in ["h/.local", "h/x", "none", "no"] {
        assert!(!scratch.join(missing).exists(), "{missing}");
    }
}

/// A program can't choose by a link what its next run is granted, nor have directories made.
#[test]
fn a_link_in_a_writable_grant_leads_to_no_place() {
    let scratch = Scratch::new();
    for name in ["work", "elsewhere/.config/tool", "h"] {
        scratch.mkdir(name);
    }
    scratch.symlink("../elsewhere", "work/link");
    scratch.symlink("../elsewhere", "h/.cache");
    let work = format!("{}/work", scratch.path().display());
    let root = Record::Root { joins: true };
    for place in [
        rw("@config/tool"),
        ro("@config/tool"),
        rw("@config/new/x"),
        rw("@home"),
    ] {
        for records in [[root, rw(&work), place], [root, place, rw(&work)]] {
            let refused = start(&scratch, &["HOME=@/work/link"], &records).unwrap_err();
            assert!(
                refused.contains("leads through a symbolic link in --dir "),
                "{refused}"
            );
        }
    }
    assert!(!scratch.join("elsewhere/.config/new").exists());
    // The user's own link.
    let cache = [root, rw("@cache/new"), rw(&work)];
    assert_eq!(
        start(&scratch, &["HOME=@/h"], &cache).unwrap(),
        ["@/h/.cache/new", "@/work"]
    );
    assert!(scratch.join("elsewhere/new").is_dir());
    // A name that leads nowhere isn't made.
    scratch.symlink("nowhere", "h/.config");
    let refused = start(&scratch, &["HOME=@/h"], &[root, rw("@config/x")]).unwrap_err();
    assert!(refused.contains("it is not a directory"), "{refused}");
}

#[test]
fn the_executable_is_where_the_kernel_says() {
    let scratch = Scratch::new();
    let this = std::env::current_exe().unwrap();
    let expected = this.parent().map(Path::to_str).unwrap().unwrap();
    assert_eq!(paths(&scratch, &[], &[ro("@exe")]).unwrap(), [expected]);
    let below = format!("{expected}/share/x");
    assert_eq!(
        paths(&scratch, &[], &[ro("@exe/share/x")]).unwrap(),
        [below]
    );
}

#[test]
fn a_place_that_no_build_writes_is_damage() {
    let scratch = Scratch::new();
    let refused = paths(&scratch, &["HOME=/"], &[ro("@root")]).unwrap_err();
    assert!(refused.contains("manifest in this executable is damaged"));
}
