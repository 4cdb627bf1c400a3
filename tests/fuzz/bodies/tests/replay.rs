//! The committed corpus and everything that was ever found, once more: what fuzzing
//! has found stays fixed, without libFuzzer.
//!
//! `tests/fuzz/corpus/TARGET/` has inputs that reach different code,
//! `tests/fuzz/findings/TARGET/` those that something was wrong with, each named
//! after it.

use libtest_mimic::{Arguments, Failed, Trial};
use std::path::{Path, PathBuf};
use std::{fs, io};
use wasi_aot_fuzz_bodies::{TARGETS, Target};

fn main() -> io::Result<()> {
    let args = Arguments::from_args();
    let mut trials = Vec::new();
    for &(name, target) in TARGETS {
        trials.push(corpus(name, target)?);
        for path in files(&directory("findings", name))? {
            let title = format!("findings/{name}/{}", path.display());
            let title = title.replace(&format!("{}/", directory("findings", name).display()), "");
            trials.push(Trial::test(title, move || replay(target, &path)));
        }
    }
    libtest_mimic::run(&args, trials).exit()
}

fn directory(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("..")
        .join(kind)
        .join(target)
}

/// The files of a directory, by name; none of one that isn't there.
fn files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    if !directory.exists() {
        return Ok(Vec::new());
    }
    let mut files: Vec<PathBuf> = fs::read_dir(directory)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    files.sort();
    Ok(files)
}

/// All of a target's corpus.
fn corpus(name: &'static str, target: Target) -> io::Result<Trial> {
    let files = files(&directory("corpus", name))?;
    Ok(Trial::test(format!("corpus/{name}"), move || {
        if files.is_empty() {
            return Err("the corpus is missing".into());
        }
        files.iter().try_for_each(|path| replay(target, path))
    }))
}

/// A panic fails the test, with the file's name before its message.
fn replay(target: Target, path: &Path) -> Result<(), Failed> {
    let data = fs::read(path)?;
    let replayed = std::panic::catch_unwind(|| target(&data));
    replayed.map_err(|_| format!("{} panics; its message is above", path.display()).into())
}
