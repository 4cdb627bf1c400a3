//! Does `wasi-aot run` run a program as if it had been built, and build it only once?

use crate::support::{guest, one_line, test, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::run::{Ends, Finished, Reader, Run, Stdin};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::ffi::OsStr;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("run/arguments, input and output pass", tool, passes),
        test(
            "run/flags after the file are the program's",
            tool,
            flags_behind,
        ),
        test("run/a program is compiled once", tool, compiled_once),
        test("run/other flags, another executable", tool, other_flags),
        test("run/no directory for a cache", tool, nowhere),
        test("run/no such file", tool, no_file),
    ]
}

/// The command `wasi-aot run ARGS...`, with its cache in `cache`.
pub fn started(tool: &Tool, cache: &Path, args: &[&OsStr]) -> Run {
    let mut command = tool.command(["run"]);
    command.args(args).env_clear().env("XDG_CACHE_HOME", cache);
    Run::of(command)
}

fn entries(cache: &Path) -> Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(cache.join("wasi-aot"))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

fn passes(tool: &Tool) -> Result<()> {
    let module = guest("counter", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    std::fs::write(dir.path().join("three"), "a\nb\nc\n")?;
    let mut grant = dir.path().as_os_str().to_owned();
    grant.push("::/");
    let args = [
        "--dir-ro".as_ref(),
        &*grant,
        module.as_os_str(),
        "/three".as_ref(),
    ];
    let finished = started(tool, dir.path(), &args)
        .pipes(Stdin::Bytes(b"in"), Reader::Eager, Reader::Eager)
        .run()?;
    ensure!(
        finished.ends == Ends::Exit(0) && text(&finished.stdout) == "lines: 3\n",
        "{}: {} {}",
        finished.ends,
        text(&finished.stdout),
        text(&finished.stderr)
    );
    Ok(())
}

/// Everything after the module is passed to the program, also a flag of wasi-aot's: `counter`
/// fails because no file has this name.
fn flags_behind(tool: &Tool) -> Result<()> {
    let module = guest("counter", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    for (before, behind) in [
        (&[][..], "--dir"),
        (&[], "--"),
        (&[], "-O0"),
        (&["--"], "-v"),
    ] {
        let before = before.iter().map(OsStr::new);
        let args: Vec<&OsStr> = before
            .chain([module.as_os_str(), behind.as_ref()])
            .collect();
        let finished = started(tool, dir.path(), &args).run()?;
        let says = format!("open {behind}: Bad file number");
        ensure!(
            finished.ends == Ends::Exit(1) && text(&finished.stderr).contains(&says),
            "{args:?}: {}: {}",
            finished.ends,
            text(&finished.stderr)
        );
    }
    Ok(())
}

fn hello(tool: &Tool, cache: &Path, flags: &[&str]) -> Result<Finished> {
    let module = guest("hello", Goal::Wasip1)?;
    let flags = flags.iter().map(OsStr::new);
    let args: Vec<&OsStr> = flags.chain([module.as_os_str()]).collect();
    started(tool, cache, &args).run()
}

fn compiled_once(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let first = hello(tool, dir.path(), &[])?;
    ensure!(first.ends == Ends::Exit(0), "{}", text(&first.stderr));
    let made = entries(dir.path())?;
    ensure!(made.len() == 1, "{made:?}");
    let mode = dir.path().join("wasi-aot").metadata()?.permissions().mode();
    ensure!(mode & 0o077 == 0, "others may enter the cache: {mode:o}");
    // The second run executes the entry that exists, and writes nothing.
    let inode = made[0].metadata()?.ino();
    let second = hello(tool, dir.path(), &[])?;
    ensure!(
        second.ends == Ends::Exit(0) && second.stdout == first.stdout,
        "{}: {}",
        second.ends,
        text(&second.stdout)
    );
    ensure!(entries(dir.path())? == made && made[0].metadata()?.ino() == inode);
    Ok(())
}

fn other_flags(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    for flags in [
        &["-O0"][..],
        &["-O0", "--env", "A=1"],
        &["-O1"],
        &["-O1", "--no-go-opt"],
    ] {
        hello(tool, dir.path(), flags)?;
    }
    let made = entries(dir.path())?;
    ensure!(made.len() == 4, "{made:?}");
    Ok(())
}

fn nowhere(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let occupied = dir.path().join("file");
    std::fs::write(&occupied, "")?;
    let finished = hello(tool, &occupied, &[])?;
    one_line(
        &finished,
        1,
        "wasi-aot: ",
        &["cannot keep executables", "XDG_CACHE_HOME"],
    )?;
    // Without a cache the program runs from memory.
    let finished = hello(tool, Path::new(""), &[])?;
    ensure!(
        finished.ends == Ends::Exit(0) && text(&finished.stdout).starts_with("hello, "),
        "{}: {}",
        finished.ends,
        text(&finished.stderr)
    );
    Ok(())
}

fn no_file(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let finished = started(tool, dir.path(), &["missing.wasm".as_ref()]).run()?;
    one_line(&finished, 1, "wasi-aot: missing.wasm: ", &["No such file"])
}
