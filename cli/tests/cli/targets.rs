//! Names of targets and processors: `wasi-aot targets`, `--target` and `--cpu`.

use crate::workspace::Workspace;
use std::fs;

fn listed(workspace: &Workspace) -> Vec<serde_json::Value> {
    let json = workspace.succeed(&["targets", "--json"]);
    let value: serde_json::Value = serde_json::from_slice(&json).unwrap();
    assert_eq!(
        (&value["schema"], &value["kind"]),
        (&1.into(), &"targets".into())
    );
    value["targets"].as_array().unwrap().clone()
}

fn strings(value: &serde_json::Value) -> Vec<&str> {
    let values = value.as_array().unwrap().iter();
    values.map(|value| value.as_str().unwrap()).collect()
}

/// The object that is made with these flags.
fn object(workspace: &Workspace, flags: &[&str]) -> Vec<u8> {
    let args = ["build", "--emit", "obj", "nothing.wasm", "-o", "nothing.o"];
    workspace.succeed(&[&args[..], flags].concat());
    fs::read(workspace.path("nothing.o")).unwrap()
}

#[test]
fn every_listed_name_is_taken_and_means_the_same() {
    let workspace = Workspace::new();
    let targets = listed(&workspace);
    assert_eq!(targets.len(), 2);
    for target in &targets {
        let name = target["name"].as_str().unwrap();
        let names = strings(&target["names"]);
        assert_eq!(names[0], name);
        let object_for = |name, cpu: &str| object(&workspace, &["--target", name, "--cpu", cpu]);
        let default = target["cpu"]["default"].as_str().unwrap();
        let expected = object(&workspace, &["--target", name]);
        for other in names {
            assert!(expected == object_for(other, default), "{other}");
        }
        for level in target["cpu"]["levels"].as_array().unwrap() {
            let expected = object_for(name, level["name"].as_str().unwrap());
            for other in strings(&level["names"]) {
                assert!(expected == object_for(name, other), "{name} {other}");
            }
        }
        for feature in target["cpu"]["features"].as_array().unwrap() {
            object_for(name, feature["name"].as_str().unwrap());
        }
    }
    let names: Vec<_> = targets
        .iter()
        .flat_map(|target| strings(&target["names"]))
        .collect();
    for name in [
        "linux/amd64",
        "x86_64-unknown-linux-gnu",
        "x86_64-unknown-linux-musl",
        "amd64",
        "x86_64",
        "x86-64",
        "linux/arm64",
        "aarch64-unknown-linux-gnu",
        "aarch64-unknown-linux-musl",
        "arm64",
        "aarch64",
    ] {
        assert!(names.contains(&name), "{name}");
    }
}

#[test]
fn this_machines_target_is_the_default() {
    let workspace = Workspace::new();
    let defaults: Vec<_> = listed(&workspace)
        .into_iter()
        .filter(|target| target["default"] == true)
        .collect();
    let [target] = &defaults[..] else {
        panic!("{defaults:?}")
    };
    let arch = std::env::consts::ARCH;
    assert!(strings(&target["names"]).contains(&arch), "{target:#}");
    let native = target["cpu"]["native"].as_str().unwrap();
    assert_eq!(
        object(&workspace, &["--cpu", "native"]),
        object(&workspace, &["--cpu", native])
    );
    let own = target["name"].as_str().unwrap();
    assert_eq!(
        object(&workspace, &[]),
        object(&workspace, &["--target", own])
    );
}

#[test]
fn people_see_the_same() {
    let workspace = Workspace::new();
    let text = String::from_utf8(workspace.succeed(&["targets"])).unwrap();
    for target in listed(&workspace) {
        for name in strings(&target["names"]) {
            assert!(text.contains(name), "{name} is missing from:\n{text}");
        }
        for level in target["cpu"]["levels"].as_array().unwrap() {
            assert!(
                text.contains(level["name"].as_str().unwrap()),
                "{level:#}:\n{text}"
            );
        }
        for feature in target["cpu"]["features"].as_array().unwrap() {
            assert!(
                text.contains(feature["name"].as_str().unwrap()),
                "{feature:#}:\n{text}"
            );
        }
    }
    let long: Vec<_> = text
        .lines()
        .filter(|line| line.chars().count() > 120)
        .collect();
    assert!(long.is_empty(), "{long:?}");
}

#[test]
fn unknown_processors_are_refused_with_the_known_ones() {
    let workspace = Workspace::new();
    let message = workspace.fail(
        2,
        &[
            "build",
            "--target",
            "amd64",
            "--cpu",
            "haswell",
            "missing.wasm",
        ],
    );
    assert!(
        message.starts_with(
            "haswell isn't a level or feature of linux/amd64; valid names are x86-64-v1, "
        ),
        "{message}"
    );
    let message = workspace.fail(
        2,
        &[
            "build",
            "--target",
            "arm64",
            "--cpu",
            "x86-64-v3",
            "missing.wasm",
        ],
    );
    assert!(
        message.contains("of linux/arm64; valid names are armv8.0-a, native, fp16"),
        "{message}"
    );
    let message = workspace.fail(
        2,
        &[
            "build",
            "--target",
            "amd64",
            "--cpu",
            "bmi2,v3",
            "missing.wasm",
        ],
    );
    assert_eq!(message, "v3 is a level and must come first in bmi2,v3");
    let other = if cfg!(target_arch = "x86_64") {
        "linux/arm64"
    } else {
        "linux/amd64"
    };
    let message = workspace.fail(
        2,
        &[
            "build",
            "--target",
            other,
            "--cpu",
            "native",
            "missing.wasm",
        ],
    );
    assert!(
        message.starts_with("native is the processor of this machine, which isn't "),
        "{message}"
    );
    let message = workspace.fail(2, &["run", "--cpu", "sse5", "missing.wasm"]);
    assert!(
        message.starts_with("sse5 isn't a level or feature"),
        "{message}"
    );
}
