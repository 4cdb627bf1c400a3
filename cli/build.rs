//! Gives the command `wasi-aot version -v` the commit that it is built from.

use std::path::Path;
use std::process::Command;

fn main() {
    let commit = commit().unwrap_or_else(|| "unknown".into());
    println!("cargo::rustc-env=WASI_AOT_COMMIT={commit}");
}

/// The commit of the repository that this package is part of. If an unpacked copy of the
/// sources lies inside another repository, that repository's commit isn't used.
fn commit() -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent()?;
    if root.canonicalize().ok()? != Path::new(&git(&["rev-parse", "--show-toplevel"])?) {
        return None;
    }
    // The log changes with each commit and each checkout.
    let log = git(&[
        "rev-parse",
        "--path-format=absolute",
        "--git-path",
        "logs/HEAD",
    ])?;
    println!("cargo::rerun-if-changed={log}");
    println!("cargo::rerun-if-changed=build.rs");
    git(&["rev-parse", "--short=12", "HEAD"])
}

fn git(args: &[&str]) -> Option<String> {
    let mut git = Command::new("git");
    let output = git
        .args(args)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let output = output.ok().filter(|output| output.status.success())?;
    Some(String::from_utf8(output.stdout).ok()?.trim().to_owned())
}
