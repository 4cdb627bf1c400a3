//! What a use does with one of a program's executables. In outputs, `{root}` stands for ROOT,
//! `{program}` for the executable's path, and `{time}` for the time that Go's `log` writes.

use crate::build::Built;
use crate::program::{By, Stdin, Use};
use anyhow::{Context, Result, ensure};
use harness::compare::Outcome;
use harness::live::Live;
use harness::run::{Finished, Reader, Run};
use harness::{run, tree};
use std::fs;
use std::path::Path;
use std::process::Command;

/// Runs all of a use in a fresh directory.
///
/// # Errors
/// If something before the last run fails, or a run doesn't end.
pub fn of(r#use: &Use, built: &Built, is_ours: bool) -> Result<Outcome> {
    let root = tempfile::tempdir()?;
    let work = root.path().join("work");
    fs::create_dir(&work)?;
    for (path, text) in r#use.files {
        let path = work.join(path);
        fs::create_dir_all(path.parent().context("a file is in a directory")?)?;
        fs::write(path, text)?;
    }
    let command = |by: By, args: &[&str]| {
        let mut command = built.command(is_ours, by);
        command.env_clear().envs(r#use.env.iter().copied());
        command.args(args).current_dir(&work);
        command
    };
    for before in r#use.before {
        let done = run::Run::of(command(before.by, before.args)).run()?;
        ensure!(
            done.ends.is_success(),
            "before, {:?}: {}: {}",
            before.args,
            done.ends,
            String::from_utf8_lossy(&done.stderr)
        );
    }
    let done = finish(command(By::Same, r#use.args), r#use.stdin)?;
    let program = built.path(is_ours, By::Same);
    Ok(Outcome {
        ends: done.ends,
        stdout: anonymous(done.stdout, root.path(), program),
        stderr: anonymous(done.stderr, root.path(), program),
        tree: tree::read(root.path())?,
    })
}

fn finish(command: Command, stdin: Stdin) -> Result<Finished> {
    let turns = match stdin {
        Stdin::Null => return Run::of(command).run(),
        Stdin::Text(text) => {
            let stdin = run::Stdin::Bytes(text.as_bytes());
            return Run::of(command)
                .pipes(stdin, Reader::Eager, Reader::Eager)
                .run();
        }
        Stdin::Turns(turns) => turns,
    };
    let mut live = Live::start(command, None, None, None)?;
    for (text, answer) in turns {
        live.write(text.as_bytes())?;
        live.until(answer)?;
    }
    live.finish()
}

fn anonymous(bytes: Vec<u8>, root: &Path, program: &Path) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => without_times(&text)
            .replace(&root.display().to_string(), "{root}")
            .replace(&program.display().to_string(), "{program}")
            .into(),
        Err(error) => error.into_bytes(),
    }
}

/// `text` with `{time}` for each time of the form of Go's `log`: `2006/01/02 15:04:05`.
fn without_times(text: &str) -> String {
    const FORM: &[u8] = b"0000/00/00 00:00:00";
    let is_time = |at: usize| {
        let bytes = text.as_bytes().get(at..at + FORM.len());
        bytes.is_some_and(|bytes| {
            bytes.iter().zip(FORM).all(|(byte, form)| match form {
                b'0' => byte.is_ascii_digit(),
                _ => byte == form,
            })
        })
    };
    let mut out = String::new();
    let mut done = 0;
    for (at, _) in text.char_indices() {
        if at >= done && is_time(at) {
            out.push_str(&text[done..at]);
            out.push_str("{time}");
            done = at + FORM.len();
        }
    }
    out.push_str(&text[done..]);
    out
}
