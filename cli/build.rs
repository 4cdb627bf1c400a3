//! Gives the command `wasi-aot version -v` the commit that it is built from, and `wasi-aot run`
//! a digest of the sources of the compiler, of the runtime's images and of the versions of all
//! crates: the compiler's output depends on these.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The files and directories of the repository that the output depends on.
const SOURCES: [&str; 5] = [
    "Cargo.lock",
    "compiler/src",
    "contract/src",
    "runtime-shim/images/linux-amd64",
    "runtime-shim/images/linux-arm64",
];

fn main() {
    let commit = commit().unwrap_or_else(|| "unknown".into());
    println!("cargo::rustc-env=WASI_AOT_COMMIT={commit}");
    println!("cargo::rerun-if-changed=build.rs");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let sources = sources(&root).unwrap_or_else(|error| panic!("the sources: {error}"));
    println!("cargo::rustc-env=WASI_AOT_SOURCES={sources:016x}");
}

/// A digest of all files below [`SOURCES`], with their names. It tells versions of the compiler
/// apart, and is no protection against anybody.
fn sources(root: &Path) -> io::Result<u64> {
    let mut digest = DefaultHasher::new();
    let mut open: Vec<PathBuf> = SOURCES.map(|source| root.join(source)).into();
    for source in &open {
        println!("cargo::rerun-if-changed={}", source.display());
    }
    while let Some(path) = open.pop() {
        path.strip_prefix(root)
            .expect("BUG: a path outside")
            .hash(&mut digest);
        if path.is_dir() {
            let entries = fs::read_dir(&path)?.map(|entry| Ok(entry?.path()));
            let mut entries: Vec<_> = entries.collect::<io::Result<_>>()?;
            entries.sort();
            open.extend(entries);
        } else {
            fs::read(&path)?.hash(&mut digest);
        }
    }
    Ok(digest.finish())
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
