//! Which module may use which: the layers of each crate, checked against the sources.
//!
//! `features` checks the crates that come from outside.
//!
//! [`layers`] lists the modules of each crate from the bottom up, each with the modules that
//! it uses. A module may only use modules that are listed before it, so no two modules can
//! use each other. The list says exactly what the sources do: an arrow that isn't listed
//! fails the test, and so does a listed arrow that is no longer there.

mod features;
mod layers;
mod sources;

use layers::Layers;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

fn check(root: &str, layers: Layers) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(root);
    let faults = faults(&sources::arrows(&root), layers);
    assert!(
        faults.is_empty(),
        "{}\n{}",
        root.display(),
        faults.join("\n")
    );
}

/// The faults, one line each.
fn faults(found: &sources::Arrows, layers: Layers) -> Vec<String> {
    let listed: BTreeMap<&str, BTreeSet<&str>> = layers
        .iter()
        .map(|&(module, uses)| (module, uses.iter().copied().collect()))
        .collect();
    let place = |module: &str| layers.iter().position(|&(name, _)| name == module);
    let mut faults = Vec::new();
    for (module, uses) in found {
        let Some(allowed) = listed.get(module.as_str()) else {
            faults.push(format!("module {module} isn't listed; it uses {uses:?}"));
            continue;
        };
        for used in uses.iter().filter(|used| !allowed.contains(used.as_str())) {
            faults.push(format!("{module} -> {used} isn't allowed"));
        }
        for gone in allowed.iter().filter(|name| !uses.contains(**name)) {
            faults.push(format!("{module} -> {gone} is listed and no longer there"));
        }
    }
    for &(module, uses) in layers {
        if !found.contains_key(module) {
            faults.push(format!("{module} is listed and is no module"));
        }
        for used in uses.iter().filter(|used| place(used) >= place(module)) {
            faults.push(format!(
                "{module} -> {used} points upwards, or the list's order is wrong"
            ));
        }
    }
    faults
}

#[test]
fn contract() {
    check("contract/src/lib.rs", layers::CONTRACT);
}

#[test]
fn compiler() {
    check("compiler/src/lib.rs", layers::COMPILER);
}

#[test]
fn runtime() {
    check("runtime-shim/src/lib.rs", layers::RUNTIME);
}

#[test]
fn images() {
    check("runtime-shim/images/src/lib.rs", layers::IMAGES);
}

#[test]
fn cli() {
    check("cli/src/main.rs", layers::CLI);
}

/// A crate in a temporary directory with an arrow of each form that Rust has.
#[test]
fn all_forms_of_paths_are_arrows() {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = directory.path().join(name);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    };
    write(
        "lib.rs",
        "#![no_std]\npub mod a;\nmod b;\npub(crate) mod c { use super::a::X; }\n#[cfg(test)]\nmod t;\npub fn f() {}\nmod d;\nmod e;",
    );
    write("a.rs", "pub struct X;");
    write(
        "b/mod.rs",
        "mod inner;\n#[cfg(test)]\nuse crate::e::Y;\nuse crate::{a::X, c};",
    );
    write(
        "b/inner.rs",
        "use super::super::d::Z;\nuse super::Own;\nfn g() { crate::f() }",
    );
    write(
        "d.rs",
        "fn h() -> crate::a::X { todo!() }\n#[cfg(test)]\nmod tests { use crate::e; }",
    );
    write("e.rs", "");
    let found = sources::arrows(&directory.path().join("lib.rs"));
    let uses = |module: &str| found[module].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(found.keys().collect::<Vec<_>>(), ["a", "b", "c", "d", "e"]);
    assert_eq!(uses("b"), ["(root)", "a", "c", "d"]);
    assert_eq!(uses("c"), ["a"]);
    assert_eq!(uses("d"), ["a"]);
    assert!(uses("a").is_empty() && uses("e").is_empty());
}

#[test]
fn each_fault_is_found() {
    let arrows = |list: &[(&str, &[&str])]| {
        list.iter()
            .map(|(name, uses)| {
                (
                    (*name).to_owned(),
                    uses.iter().map(|&u| u.to_owned()).collect(),
                )
            })
            .collect::<sources::Arrows>()
    };
    let found = arrows(&[("base", &[]), ("top", &["base"])]);
    assert!(faults(&found, &[("base", &[]), ("top", &["base"])]).is_empty());
    const WRONG: [Layers; 5] = [
        &[("base", &[])],
        &[("base", &[]), ("top", &[])],
        &[("top", &["base"]), ("base", &[])],
        &[("base", &[]), ("top", &["base"]), ("gone", &[])],
        &[("base", &[]), ("other", &[]), ("top", &["base", "other"])],
    ];
    for wrong in WRONG {
        assert!(!faults(&found, wrong).is_empty(), "{wrong:?}");
    }
}
