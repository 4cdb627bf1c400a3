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
        test("run/another policy needs no compiling", tool, other_policy),
        test("run/a copy of wasi-aot finds the entries", tool, copied),
        test("run/the cache is shown and removed", tool, shown),
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
        let says = format!("open {behind}: No such file or directory");
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

/// With `-v`, `run` prints the phases of a build if it builds.
fn builds(tool: &Tool, cache: &Path, flags: &[&str]) -> Result<bool> {
    let finished = hello(tool, cache, &[&["-v"], flags].concat())?;
    ensure!(
        finished.ends == Ends::Exit(0) && text(&finished.stdout).starts_with("hello, "),
        "{flags:?}: {}: {}",
        finished.ends,
        text(&finished.stderr)
    );
    Ok(text(&finished.stderr).contains("compile "))
}

fn other_policy(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    ensure!(builds(tool, dir.path(), &[])?, "nothing was built");
    for flags in [
        &["--dir", "/"][..],
        &["--max-cpu", "9s", "--env", "A=1"],
        &[],
    ] {
        ensure!(!builds(tool, dir.path(), flags)?, "{flags:?}");
    }
    ensure!(entries(dir.path())?.len() == 3);
    ensure!(builds(tool, dir.path(), &["-O0"])?, "-O0 is other code");
    Ok(())
}

/// A copy has another inode and time.
fn copied(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    hello(tool, dir.path(), &[])?;
    let copy = dir.path().join("copy");
    std::fs::copy(&tool.path, &copy)?;
    let mut command = std::process::Command::new(copy);
    command
        .args(["run", "-v"])
        .arg(guest("hello", Goal::Wasip1)?);
    command.env_clear().env("XDG_CACHE_HOME", dir.path());
    let finished = Run::of(command).run()?;
    ensure!(text(&finished.stdout).starts_with("hello, "));
    ensure!(
        text(&finished.stderr).is_empty(),
        "{}",
        text(&finished.stderr)
    );
    Ok(())
}

fn shown(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let cache = |args: &[&str]| -> Result<String> {
        let mut command = tool.command(["cache"]);
        command
            .args(args)
            .env_clear()
            .env("XDG_CACHE_HOME", dir.path());
        let finished = Run::of(command).run()?;
        ensure!(finished.ends == Ends::Exit(0), "{}", text(&finished.stderr));
        Ok(text(&finished.stdout))
    };
    ensure!(cache(&["size"])? == "0 executables, 0 bytes\n");
    ensure!(entries(dir.path()).is_err(), "looking makes a directory");
    hello(tool, dir.path(), &[])?;
    hello(tool, dir.path(), &["--dir", "/"])?;
    let path = dir.path().join("wasi-aot");
    ensure!(cache(&["dir"])? == format!("{}\n", path.display()));
    let size = cache(&["size"])?;
    ensure!(
        size.starts_with("2 executables, ") && size.contains(" MiB"),
        "{size}"
    );
    let some = cache(&["clean", "--max", "5MB"])?;
    ensure!(some.starts_with("removed 1 executable, "), "{some}");
    let rest = cache(&["clean"])?;
    ensure!(rest.starts_with("removed 1 executable, "), "{rest}");
    ensure!(entries(dir.path())?.is_empty());
    let mut command = tool.command(["cache", "dir"]);
    command.env_clear();
    one_line(
        &Run::of(command).run()?,
        2,
        "wasi-aot: ",
        &["XDG_CACHE_HOME"],
    )
}

/// Where the cache can't be made or written, the program runs from memory.
fn nowhere(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let occupied = dir.path().join("file");
    std::fs::write(&occupied, "")?;
    // A file system that nobody can write to, root included.
    let read_only = Path::new("/proc/self");
    for place in [&occupied, read_only, Path::new("")] {
        let finished = hello(tool, place, &[])?;
        ensure!(
            finished.ends == Ends::Exit(0) && text(&finished.stdout).starts_with("hello, "),
            "{}: {}: {}",
            place.display(),
            finished.ends,
            text(&finished.stderr)
        );
        // Standard error, which isn't a terminal here, is the program's.
        ensure!(
            text(&finished.stderr).is_empty(),
            "{}",
            text(&finished.stderr)
        );
    }
    Ok(())
}

fn no_file(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let finished = started(tool, dir.path(), &["missing.wasm".as_ref()]).run()?;
    one_line(&finished, 1, "wasi-aot: missing.wasm: ", &["No such file"])
}
