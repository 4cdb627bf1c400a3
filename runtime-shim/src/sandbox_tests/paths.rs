//! Hostile paths and links, in every call that takes a path.

use super::calls::{CALLS, Call, Told};
use super::yard::{RESOLVERS, TARGETS, Yard};
use crate::abi::errno::Errno;
use crate::abi::rights::Rights;
use crate::abi::types::oflags;
use crate::policy::resolver::Resolver;
use crate::wasi::fixture::Guest;
use std::format;
use std::string::String;
use std::vec::Vec;
use wasi_aot_contract::manifest::Access;

/// Paths that pass through a directory that isn't granted before their last component, or that
/// have no component: every call refuses all of them.
const THROUGH: &[&str] = &[
    "../outside/T",
    ".././outside/T",
    "./../outside/T",
    ".//..//outside//T",
    "../root/../outside/T",
    "../root/file",
    "dir/../../outside/T",
    "dir/sub/../../../outside/T",
    "dir/./sub/.././../../outside/T",
    "in/../../../outside/T",
    "@/outside/T",
    "/outside/T",
    "//@/outside/T",
    "@/root/file",
    "out/T",
    "out//T",
    "out/./T",
    "out/../outside/T",
    "out/../root/file",
    "out-slash/T",
    "out-dots/T",
    "abs/T",
    "abs-root/file",
    "abs-root/../outside/T",
    "top/@/outside/T",
    "top/T",
    "up/outside/T",
    "up/root/file",
    "chain/T",
    "chain1/T",
    "dir/chain2/T",
    "dir/up2/outside/T",
    "dir/out/T",
    "through-in/T",
    "proc-root/T",
    "proc-cwd/T",
    "proc-fd/T",
    "to-N/x",
    "to-N/../file",
    "twice-N/x",
    "../T/x",
    "self/T",
    "ping/T",
];

/// Paths that end at or in a link that leads out: a call that follows the link refuses them, a
/// call that doesn't is harmless to the files outside.
const AT: &[&str] = &[
    "to-N",
    "to-N/",
    "to-N//",
    "to-N/.",
    "to-N/..",
    "dir/../to-N",
    "slash-N",
    "slash-N/",
    "abs-N",
    "abs-N/",
    "via-N",
    "via-N/",
    "twice-N",
    "twice-N/",
    "out",
    "out/",
    "out/.",
    "out/..",
    "abs",
    "abs/",
    "top",
    "top/",
    "up",
    "up/",
    "up/..",
    "dir/up2",
    "dir/up2/",
    "proc-root",
    "proc-root/",
    "proc-cwd/",
    "proc-fd",
    "proc-fd/",
    "self",
    "self/",
    "ping",
    "ping/",
    "..",
    "../",
    "../.",
    "../..",
    "dir/../..",
    "dir/../../",
    "@",
    "/",
    "//",
    "/.",
    "/..",
    "",
    ".",
    "./",
    "dir/sub/../..",
    "dir/sub/../../",
    "../T",
    "../T/",
];

/// Runs each call on each path below the directory `dir` of `root` (which `prepare` may change
/// while the guest has it open), and looks outside after each path and after each call that
/// succeeds. Returns the outcome of each path, in order.
fn attack(
    resolver: fn() -> Resolver,
    paths: &[&str],
    dir: Option<&str>,
    prepare: fn(&mut Yard),
    judge: fn(&Call, &str, Option<Errno>),
) -> Vec<(String, Option<Errno>)> {
    let mut outcomes = Vec::new();
    let mut scene = Scene::new(resolver, dir, prepare);
    for call in CALLS {
        for template in paths {
            let mut first = None;
            let targets = if template.contains(['T', 'N']) {
                &TARGETS[..]
            } else {
                &[""]
            };
            for target in targets {
                let path = scene.yard.path(template, target);
                let what = format!("{} {} {path:?}", call.function, call.manner);
                let result = call.run(&mut scene.guest, scene.dir, path.as_bytes());
                let errno = result.as_ref().err().copied();
                judge(call, &what, errno);
                assert_eq!(errno, *first.get_or_insert(errno), "tells by {what}");
                if let Ok(told) = result {
                    scene.yard.check(&scene.guest, Some(&told), &what);
                    // A call that changed something needs a new tree after it.
                    if call.writes {
                        drop(scene);
                        scene = Scene::new(resolver, dir, prepare);
                    }
                }
            }
            let what = format!("{} {} {template}", call.function, call.manner);
            scene.yard.check(&scene.guest, None, &what);
            outcomes.push((what, first.flatten()));
        }
    }
    outcomes
}

/// A guest and what it may and may not touch.
pub struct Scene {
    pub guest: Guest,
    pub yard: Yard,
    /// The descriptor where paths start.
    dir: u32,
}

impl Scene {
    pub fn new(resolver: fn() -> Resolver, dir: Option<&str>, prepare: fn(&mut Yard)) -> Self {
        let mut yard = Yard::new();
        let mut guest = yard.guest(resolver);
        let dir = dir.map_or(0, |dir| {
            let all = Rights(u64::MAX).without(Rights::FD_WRITE);
            guest.open(dir, oflags::DIRECTORY, all).unwrap()
        });
        prepare(&mut yard);
        Self { guest, yard, dir }
    }
}

/// The outcome is the same with all resolvers.
fn attack_all(
    paths: &[&str],
    dir: Option<&str>,
    prepare: fn(&mut Yard),
    judge: fn(&Call, &str, Option<Errno>),
) {
    let [kernel, walk, around] =
        RESOLVERS.map(|(_, resolver)| attack(resolver, paths, dir, prepare, judge));
    for (kernel, (walk, around)) in kernel.iter().zip(walk.iter().zip(&around)) {
        assert_eq!(kernel, walk, "openat2 and walk");
        assert_eq!(kernel, around, "openat2 and around a hole");
    }
}

/// Checks that the call failed with `EPERM` or `ELOOP`. A `path_link` that is to follow links may
/// fail with `EINVAL`, because the runtime doesn't support it.
fn refused(call: &Call, what: &str, errno: Option<Errno>) {
    let silly = call.manner == "from, following";
    let own = [Errno::PERM, Errno::LOOP];
    let expected =
        errno.is_some_and(|errno| own.contains(&errno) || silly && errno == Errno::INVAL);
    assert!(expected, "{what}: {errno:?}");
}

fn any(_: &Call, _: &str, _: Option<Errno>) {}

#[test]
fn paths_through_the_outside_are_refused() {
    attack_all(THROUGH, None, |_| {}, refused);
}

#[test]
fn links_and_dots_at_the_end_lead_nowhere() {
    attack_all(AT, None, |_| {}, any);
}

/// From a descriptor below the granted directory the same names can't be reached, although some
/// of them are granted: a descriptor leads only down.
#[test]
fn a_descriptor_leads_only_down() {
    const UP: &[&str] = &[
        "../file",
        "../dir/sub/deep",
        "../T",
        "sub/../../file",
        "sub/../../../outside/T",
        "chain2/T",
        "up2/outside/T",
        "out/T",
    ];
    attack_all(UP, Some("dir"), |_| {}, refused);
}

/// Somebody moves a directory out of the granted one while the guest has it open. The guest can
/// still use it, but not the directories around its new place.
#[test]
fn a_directory_moved_out_leads_only_down() {
    const AROUND: &[&str] = &[
        "../T",
        "../../outside/T",
        "../moved/sub/deep",
        "sub/../../T",
        "sub/../../../outside/T",
        "./.././T",
        "chain2/T",
        "up2/outside/T",
    ];
    let moved = |yard: &mut Yard| {
        let from = yard.scratch.join("root/dir");
        std::fs::rename(from, yard.scratch.join("outside/moved")).unwrap();
        yard.look_again();
    };
    attack_all(AROUND, Some("dir"), moved, refused);
    attack_all(&["..", "../", "sub/../.."], Some("dir"), moved, any);
    for (_, resolver) in RESOLVERS {
        let mut scene = Scene::new(resolver, Some("dir"), moved);
        let read = &CALLS[0];
        let below = read.run(&mut scene.guest, scene.dir, b"sub/../sub/deep");
        assert!(matches!(below, Ok(Told::Opened(_))), "{below:?}");
    }
}

/// A procfs in a grant has links that can lead to any file of the host; no call follows them.
/// (Calls that write are left out: if such a call succeeded, it would change the machine that
/// runs the tests.)
#[test]
fn magic_links_are_not_followed() {
    for (_, resolver) in RESOLVERS {
        let yard = Yard::new();
        let fd = std::os::fd::AsRawFd::as_raw_fd(&yard.outside);
        let mut guest = Guest::with_dir("/proc".as_ref(), Access::ReadOnly);
        guest.wasi.resolver = resolver();
        for template in [
            "self/root@/outside/T",
            "self/root/",
            "self/cwd/",
            "self/cwd/T",
            "self/exe/",
            "thread-self/root@/outside/T",
            "self/task/../root@/outside/T",
            &format!("self/fd/{fd}/T"),
            &format!("self/fd/{fd}/"),
            &format!("self/fd/../fd/{fd}/T"),
        ] {
            for target in TARGETS {
                for call in CALLS.iter().filter(|call| !call.writes) {
                    let path = yard.path(template, target);
                    let result = call.run(&mut guest, 0, path.as_bytes());
                    let what = format!("{} {} {path}", call.function, call.manner);
                    yard.check(&guest, result.as_ref().ok(), &what);
                    assert!(result.is_err(), "{what}");
                }
            }
        }
        // An ordinary file in the same directory opens, so the calls above failed at the links.
        let status = CALLS[0].run(&mut guest, 0, b"self/status");
        assert!(matches!(status, Ok(Told::Opened(_))), "{status:?}");
    }
}
