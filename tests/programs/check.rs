//! Compares a use's two outcomes. Each known difference is applied to the native outcome, which must
//! then be ours. So a difference that is gone fails the test, as a new one does.

use crate::build::Built;
use crate::outcome;
use crate::program::{Difference, Part, Program, Use};
use anyhow::{Context, Result, bail, ensure};
use harness::compare::{self, Outcome, Stderr};
use harness::run::Ends;
use harness::tree::Entry;
use std::path::Path;

/// # Errors
/// What differs and isn't known, or is known and doesn't differ.
pub fn check(program: &Program, r#use: &Use, built: &Built) -> Result<()> {
    let mut native = outcome::of(r#use, built, false).context("the native program")?;
    ensure!(
        native.ends == Ends::Exit(r#use.code),
        "the native program ends with {}: {}",
        native.ends,
        String::from_utf8_lossy(&native.stderr)
    );
    for text in r#use.says {
        let held = |bytes: &[u8]| String::from_utf8_lossy(bytes).contains(text);
        ensure!(
            held(&native.stdout) || held(&native.stderr),
            "no output of the native program contains {text:?}"
        );
    }
    let mut ours = outcome::of(r#use, built, true).context("our executable")?;
    for path in r#use.random {
        take_random(Path::new(path), &mut ours, &mut native)?;
    }
    for difference in r#use.differs {
        apply(difference, &mut native)
            .with_context(|| format!("{:?} is gone ({})", difference.part, difference.why))?;
    }
    if program.mixes_stderr {
        ours.stderr = sorted(&ours.stderr);
        native.stderr = sorted(&native.stderr);
    }
    let wrong = compare::differences(&ours, &native, Stderr::Exact);
    if !wrong.is_empty() {
        bail!("{}", wrong.join("\n"));
    }
    Ok(())
}

/// Makes of the native outcome what ours is known to be.
fn apply(difference: &Difference, outcome: &mut Outcome) -> Result<()> {
    match difference.part {
        Part::Code(code) => {
            ensure!(outcome.ends != Ends::Exit(code), "the code is the same");
            outcome.ends = Ends::Exit(code);
        }
        Part::Stdout(theirs, ours) => replace(&mut outcome.stdout, theirs, ours)?,
        Part::Stderr(theirs, ours) => replace(&mut outcome.stderr, theirs, ours)?,
    }
    Ok(())
}

fn replace(stream: &mut Vec<u8>, theirs: &str, ours: &str) -> Result<()> {
    let text = std::str::from_utf8(stream)?;
    let is_there = if theirs.is_empty() {
        text.is_empty()
    } else {
        text.contains(theirs)
    };
    ensure!(
        is_there && theirs != ours,
        "the native program doesn't write {theirs:?}: {text}"
    );
    *stream = if theirs.is_empty() {
        ours.into()
    } else {
        text.replace(theirs, ours).into()
    };
    Ok(())
}

/// The lines in an order that doesn't depend on theirs.
fn sorted(stream: &[u8]) -> Vec<u8> {
    let mut lines: Vec<_> = stream.split_inclusive(|byte| *byte == b'\n').collect();
    lines.sort_unstable();
    lines.concat()
}

/// Takes a file out of both outcomes, in which it has other contents.
fn take_random(path: &Path, ours: &mut Outcome, native: &mut Outcome) -> Result<()> {
    let path = Path::new("work").join(path);
    let entries = (ours.tree.remove(&path), native.tree.remove(&path));
    let (Some(Entry::File(..)), Some(Entry::File(..))) = entries else {
        bail!("{} isn't a file in both: {entries:?}", path.display());
    };
    ensure!(
        entries.0 != entries.1,
        "{} isn't random: both have the same contents",
        path.display()
    );
    Ok(())
}
