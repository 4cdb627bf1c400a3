//! Does everything that fuzzing ever found stay fixed? Runs each fuzz target over its
//! committed corpus and over all findings, without libFuzzer.
//!
//! `tests/fuzz/corpus/TARGET.tar.gz` holds inputs that reach different code. It is read
//! as it is, nothing is unpacked to disk. `tests/fuzz/findings/TARGET/` holds inputs with
//! which something was wrong; the file's name says what.

use libtest_mimic::{Arguments, Failed, Trial};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::{fs, panic};
use wasi_aot_fuzz_bodies::{TARGETS, Target};

fn main() -> io::Result<()> {
    let args = Arguments::from_args();
    let mut trials = Vec::new();
    for &(name, target) in TARGETS {
        let title = format!("corpus/{name}");
        trials.push(Trial::test(title, move || replay_corpus(name, target)));
        for path in findings(name)? {
            let file = path.file_name().unwrap_or_default().display();
            let title = format!("findings/{name}/{file}");
            trials.push(Trial::test(title, move || {
                replay(target, &path.display().to_string(), &fs::read(&path)?)
            }));
        }
    }
    libtest_mimic::run(&args, trials).exit()
}

fn directory(kind: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(kind)
}

/// The findings of a target, by name. A target without findings has no directory.
fn findings(target: &str) -> io::Result<Vec<PathBuf>> {
    let directory = directory("findings").join(target);
    if !directory.exists() {
        return Ok(Vec::new());
    }
    let mut files: Vec<PathBuf> = fs::read_dir(directory)?
        .map(|entry| Ok(entry?.path()))
        .collect::<io::Result<_>>()?;
    files.sort();
    Ok(files)
}

fn replay_corpus(name: &str, target: Target) -> Result<(), Failed> {
    let path = directory("corpus").join(format!("{name}.tar.gz"));
    let archive = fs::File::open(&path).map_err(|e| format!("{}: {e}", path.display()))?;
    let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(archive));
    let mut count = 0;
    for entry in archive.entries()? {
        let mut entry = entry?;
        let input = format!("corpus/{name}/{}", entry.path()?.display());
        let mut data = Vec::new();
        entry.read_to_end(&mut data)?;
        replay(target, &input, &data)?;
        count += 1;
    }
    if count == 0 {
        return Err(format!("{} holds no input", path.display()).into());
    }
    Ok(())
}

/// Fails with the input's name if the target panics.
fn replay(target: Target, input: &str, data: &[u8]) -> Result<(), Failed> {
    let replayed = panic::catch_unwind(|| target(data));
    replayed.map_err(|_| format!("{input} panics; the panic's message is above").into())
}
