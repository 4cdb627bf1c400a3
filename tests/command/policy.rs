//! Are grants refused if they contradict each other? The build refuses the contradictions
//! that it can know. The executable refuses, at its start, the contradictions that
//! depend on the machine. A note says what a build can't check.

use crate::support::{build, guest, one_line, run, test, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::Arc;

/// (name, flags) that are refused. The paths are relative to a directory with `outer`,
/// `outer/inner`, the link `alias` to `outer`, and the link `outer/way` to `elsewhere`.
const REFUSED: &[(&str, &[&str])] = &[
    (
        "one directory with two rights",
        &["--dir", "outer", "--dir-ro", "outer"],
    ),
    (
        "read-only inside writable",
        &["--dir", "outer", "--dir-ro", "outer/inner"],
    ),
    (
        "read-only inside writable, the other way round",
        &["--dir-ro", "outer/inner", "--dir", "outer"],
    ),
    (
        "read-only inside writable through a link",
        &["--dir", "alias", "--dir-ro", "outer/inner"],
    ),
    (
        "two names of one directory",
        &["--dir", "outer", "--dir-ro", "alias"],
    ),
    (
        "one directory under two guest names",
        &["--dir", "outer::/a", "--dir-ro", "outer::/b"],
    ),
    (
        "read-only inside the writable current directory",
        &["--dir", ".", "--dir-ro", "outer"],
    ),
    (
        "through a link that the program could change",
        &["--dir", "outer", "--dir", "outer/way"],
    ),
];

/// (flag, what the refusal of its value says).
const VALUES: &[(&[&str], &str)] = &[
    (&["--dir", "data:ro"], "write --dir-ro data "),
    (&["--dir-ro", "data:rw"], "write --dir data "),
    (&["--env", "$A"], "write --env A to pass"),
    (
        &["-j", "x"],
        "x isn't a number of threads; write 1 to 1024, as in -j 4",
    ),
    (
        &["--listen-report", "file"],
        "has nothing to report; give --listen or --listen-fds",
    ),
];

const ACCEPTED: &[(&str, &[&str])] = &[
    (
        "writable inside read-only",
        &["--dir-ro", "outer", "--dir", "outer/inner"],
    ),
    (
        "writable inside writable",
        &["--dir", "outer", "--dir", "outer/inner"],
    ),
    (
        "one directory under two guest names",
        &["--dir-ro", "outer::/a", "--dir-ro", "outer::/b"],
    ),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let refused = REFUSED.iter().flat_map(|&(name, flags)| {
        let relative = test(&format!("policy/refused: {name}"), tool, move |tool| {
            let dir = directories()?;
            refuse(tool, flags, dir.path())
        });
        let absolute = test(
            &format!("policy/refused: {name}, absolute"),
            tool,
            move |tool| {
                let dir = directories()?;
                let flags = flags.iter().map(|flag| absolute(flag, dir.path()));
                refuse(
                    tool,
                    &flags
                        .collect::<Vec<_>>()
                        .iter()
                        .map(String::as_str)
                        .collect::<Vec<_>>(),
                    dir.path(),
                )
            },
        );
        [relative, absolute]
    });
    let accepted = ACCEPTED.iter().map(|&(name, flags)| {
        test(&format!("policy/accepted: {name}"), tool, move |tool| {
            let dir = directories()?;
            let program = dir.path().join("program");
            build(tool, &guest("start", Goal::Wasip1)?, &program, flags)?;
            let ran = run(&program, &["exit", "0"], dir.path())?;
            ensure!(
                ran.ends.is_success() && ran.stderr.is_empty(),
                "{}: {}",
                ran.ends,
                text(&ran.stderr)
            );
            Ok(())
        })
    });
    let mut trials: Vec<_> = refused.chain(accepted).collect();
    trials.push(test(
        "policy/refused: a fence that is required and left out",
        tool,
        |tool| {
            let dir = tempfile::tempdir()?;
            let program = dir.path().join("program");
            let flags = ["--require-harden", "--no-harden"];
            let built = tool.build(&guest("start", Goal::Wasip1)?, &program, flags)?;
            let says = "--require-harden contradicts --no-harden";
            one_line(&built, 2, "wasi-aot: ", &[says])
        },
    ));
    for &(flags, says) in VALUES {
        let name = format!("policy/refused: {}", flags.join(" "));
        trials.push(test(&name, tool, move |tool| {
            let dir = tempfile::tempdir()?;
            let built = tool.build(
                &guest("start", Goal::Wasip1)?,
                &dir.path().join("program"),
                flags,
            )?;
            one_line(&built, 2, "wasi-aot: ", &[flags[0], says])
        }));
    }
    trials.push(test(
        "policy/note: file functions and no directory",
        tool,
        |tool| {
            let dir = tempfile::tempdir()?;
            let module = guest("counter", Goal::Wasip1)?;
            let denied = tool.build(&module, &dir.path().join("a"), [""; 0])?;
            ensure!(denied.ends.is_success());
            let note = text(&denied.stderr);
            ensure!(
                note.lines().count() == 1 && note.contains("--dir"),
                "not one note on --dir: {note:?}"
            );
            let granted = tool.build(&module, &dir.path().join("b"), ["--dir", "."])?;
            ensure!(
                !text(&granted.stderr).contains("no directory"),
                "{}",
                text(&granted.stderr)
            );
            Ok(())
        },
    ));
    trials
}

fn directories() -> Result<tempfile::TempDir> {
    let dir = tempfile::tempdir()?;
    fs::create_dir_all(dir.path().join("outer/inner"))?;
    symlink("outer", dir.path().join("alias"))?;
    fs::create_dir(dir.path().join("elsewhere"))?;
    symlink("../elsewhere", dir.path().join("outer/way"))?;
    Ok(dir)
}

/// A flag's value with an absolute host path.
fn absolute(flag: &str, dir: &Path) -> String {
    match flag {
        flag if flag.starts_with("--") => flag.to_owned(),
        "." => dir.display().to_string(),
        host => format!("{}/{host}", dir.display()),
    }
}

fn refuse(tool: &Tool, flags: &[&str], dir: &Path) -> Result<()> {
    let module = guest("start", Goal::Wasip1)?;
    let program = dir.join("program");
    let built = tool.build(&module, &program, flags)?;
    if !built.ends.is_success() {
        ensure!(!program.exists(), "an output although the build failed");
        // The flags are wrong and not the module, so the exit code is that of usage errors.
        return one_line(&built, 2, "wasi-aot: ", &["--dir-ro"]);
    }
    let ran = run(&program, &["exit", "0"], dir)?;
    one_line(&ran, 125, "", &["program: "])
}
