//! `wasi-aot version`, and `--version`.

use crate::workspace::Workspace;

#[test]
fn the_version_is_the_packages() {
    let expected = format!("wasi-aot {}\n", env!("CARGO_PKG_VERSION"));
    for args in ["--version", "-V", "version"] {
        let version = Workspace::new().succeed(&[args]);
        assert_eq!(String::from_utf8(version).unwrap(), expected);
    }
}

#[test]
fn verbose_tells_what_decides_about_the_output() {
    let version = Workspace::new().succeed(&["version", "-v"]);
    let version = String::from_utf8(version).unwrap();
    let lock = include_str!("../../../Cargo.lock");
    let cranelift = lock
        .split("name = \"cranelift-codegen\"\nversion = \"")
        .nth(1)
        .unwrap();
    let cranelift = cranelift.split('"').next().unwrap();
    let lines: Vec<_> = version.lines().collect();
    let [_, commit, compiler, contract, targets] = lines[..] else {
        panic!("{version}")
    };
    let commit = commit.strip_prefix("commit     ").unwrap();
    let is_digits = commit.len() == 12 && commit.bytes().all(|b| b.is_ascii_hexdigit());
    assert!(is_digits || commit == "unknown", "{commit}");
    assert_eq!(compiler, format!("Cranelift  {cranelift}"));
    let contract = contract.strip_prefix("contract   ").unwrap();
    assert!(contract.parse::<u32>().unwrap() > 0);
    assert_eq!(targets, "targets    linux/amd64, linux/arm64");
}
