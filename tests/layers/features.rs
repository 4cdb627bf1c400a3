//! A crate has the same features in a build of the tool and in a build of the tests. Where the
//! features differ, `cargo test` compiles the crate, and what needs the crate, once more.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// The lines `crate version features` of `cargo tree` for a choice of packages.
fn tree(packages: &[&str]) -> BTreeSet<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let out = Command::new(env!("CARGO"))
        .current_dir(root)
        .args(["tree", "--offline", "--locked", "--prefix=none"])
        .args(["--format={p} {f}"])
        .args(packages)
        .output()
        .expect("cargo starts");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    String::from_utf8(out.stdout)
        .expect("cargo writes UTF-8")
        .lines()
        // A crate that was listed before.
        .map(|line| line.trim_end_matches(" (*)").to_owned())
        .collect()
}

#[test]
fn tool_and_tests_share_their_crates() {
    // What `make build` names.
    let tool = tree(&[
        "-p=wasi-aot",
        "-p=wasi-aot-shim-images",
        "--edges=normal,build",
    ]);
    assert!(
        tool.iter()
            .any(|line| line.starts_with("cranelift-codegen ")),
        "{tool:?}"
    );
    let all = tree(&["--workspace"]);
    let only_tool: Vec<_> = tool.difference(&all).collect();
    assert!(
        only_tool.is_empty(),
        "the tests need other features of these; state the features in Cargo.toml of the \
         workspace: {only_tool:#?}"
    );
}
