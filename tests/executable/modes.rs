//! Does what a program creates have the modes that the program gives? Go on wasip1 drops them; the
//! compiler finds them in Go's frames. What the guest `modes` creates is compared with what the
//! same program creates natively.

use crate::support::{assemble, build, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, OLDER, Toolchain};
use harness::run::{Ends, Run};
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for version in OLDER.into_iter().chain([NEWEST]) {
        let name = format!("modes/of a module of Go {version}");
        trials.push(test(&name, tool, move |tool| {
            natively_the_same(tool, version)
        }));
    }
    trials.push(test("modes/without knowledge of Go", tool, unknown));
    trials.push(test("modes/of another language", tool, exclusive));
    trials.push(test("modes/under --umask", tool, narrowed));
    trials
}

/// Names below a directory, without the digits of temporary names, and their permissions.
type Modes = BTreeMap<String, u32>;

fn modes(dir: &Path) -> Result<Modes> {
    let (mut found, mut pending) = (Modes::new(), vec![dir.to_path_buf()]);
    while let Some(below) = pending.pop() {
        // To be read by a user who isn't root, too.
        for entry in fs::read_dir(&below).with_context(|| below.display().to_string())? {
            let path = entry?.path();
            let name = path.strip_prefix(dir)?.to_string_lossy().into_owned();
            let name = match name.starts_with("temporary") {
                true => name.trim_end_matches(|c: char| c.is_ascii_digit()).into(),
                false => name,
            };
            let metadata = fs::symlink_metadata(&path)?;
            found.insert(name, metadata.permissions().mode() & 0o7777);
            if metadata.is_dir() {
                pending.push(path);
            }
        }
    }
    Ok(found)
}

/// Runs a program, by a shell that sets the umask, in a new directory; returns what it leaves.
fn left(program: &Path, ours: bool, umask: &str) -> Result<Modes> {
    let work = tempfile::tempdir()?;
    let run = if ours { "$RUN" } else { "" };
    let mut shell: Command = target::shell(&format!("umask {umask}; exec {run} \"$0\""));
    shell
        .arg(program)
        .current_dir(&work)
        .env("PWD", work.path());
    let finished = Run::of(shell).run()?;
    ensure!(
        finished.ends == Ends::Exit(0) && text(&finished.stdout) == "made\n",
        "{}: {}{}",
        finished.ends,
        text(&finished.stdout),
        text(&finished.stderr)
    );
    modes(work.path())
}

fn same(found: &Modes, expected: &Modes, what: &str) -> Result<()> {
    let differ = |(name, mode): &(&String, &u32)| found.get(*name) != Some(mode);
    let shown = |(name, mode): (&String, &u32)| {
        let found = found.get(name).map(|mode| format!("{mode:o}"));
        format!("{name}: {found:?}, not {mode:o}")
    };
    let lines: Vec<_> = expected.iter().filter(differ).map(shown).collect();
    ensure!(
        lines.is_empty() && found.len() == expected.len(),
        "{what}: {lines:?}"
    );
    Ok(())
}

fn natively_the_same(tool: &Tool, version: &'static str) -> Result<()> {
    let go = Toolchain::new(version)?;
    let native = go.build("modes", Flavour::Plain, Goal::Native)?;
    let module = go.build("modes", Flavour::Plain, Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    for flags in [&["--dir", "."][..], &["-O0", "--dir", "."]] {
        build(tool, &module, &program, flags)?;
        for umask in ["022", "077", "000"] {
            let mut expected = left(&native, false, umask)?;
            // No file is set-user-ID, set-group-ID or sticky.
            let odd = expected.get_mut("odd").context("no file odd")?;
            ensure!(*odd & 0o7000 != 0, "odd is {odd:o} natively");
            *odd &= 0o777;
            ensure!(expected.len() > 50, "{expected:?}");
            let what = format!("{flags:?} under {umask}");
            same(&left(&program, true, umask)?, &expected, &what)?;
        }
    }
    Ok(())
}

/// Without the facts about Go, what is created exclusively is its owner's alone, and the umask says
/// the rest.
fn unknown(tool: &Tool) -> Result<()> {
    let module = Toolchain::new(NEWEST)?.build("modes", Flavour::Plain, Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let program = dir.path().join("program");
    for flag in ["--no-go-opt", "--no-go-trust", "--pass=-file-modes"] {
        build(tool, &module, &program, &[flag, "--dir", "."])?;
        for (name, mode) in left(&program, true, "022")? {
            let is_private = name.starts_with("exclusive") || name.starts_with("temporary-file");
            let is_file = is_private
                || ["written", "appended", "created", "odd"]
                    .iter()
                    .any(|s| name.contains(s))
                || (name.starts_with("called") && !name.ends_with("directory"));
            let expected = match (is_private, is_file) {
                (true, _) => 0o600,
                (false, true) => 0o644,
                (false, false) => 0o755,
            };
            ensure!(
                mode == expected,
                "{flag}: {name} is {mode:o}, not {expected:o}"
            );
        }
    }
    Ok(())
}

/// A module without modes: what each flag of `path_open` makes.
const CREATES: &str = r#"(module
    (import "wasi_snapshot_preview1" "path_open"
        (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "path_create_directory"
        (func $mkdir (param i32 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1) (data (i32.const 100) "filesecretdirectorymade\n")
    (func $ok (param i32) (if (local.get 0) (then (unreachable))))
    (func (export "_start")
        (call $ok (call $open (i32.const 3) (i32.const 0) (i32.const 100) (i32.const 4)
            (i32.const 1) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)))
        (call $ok (call $open (i32.const 3) (i32.const 0) (i32.const 104) (i32.const 6)
            (i32.const 5) (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 0)))
        (call $ok (call $mkdir (i32.const 3) (i32.const 110) (i32.const 9)))
        (i32.store (i32.const 0) (i32.const 119)) (i32.store (i32.const 4) (i32.const 5))
        (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 16)))))"#;

fn created(file: u32, secret: u32, directory: u32) -> Modes {
    let named = [("file", file), ("secret", secret), ("directory", directory)];
    named.map(|(name, mode)| (name.into(), mode)).into()
}

fn exclusive(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "m.wasm", CREATES)?;
    let program = dir.path().join("program");
    build(tool, &module, &program, &["--dir", "."])?;
    same(
        &left(&program, true, "022")?,
        &created(0o644, 0o600, 0o755),
        "022",
    )?;
    same(
        &left(&program, true, "000")?,
        &created(0o666, 0o600, 0o777),
        "000",
    )?;
    same(
        &left(&program, true, "277")?,
        &created(0o400, 0o400, 0o500),
        "277",
    )
}

/// The flag takes permissions, and gives none back that the starter's umask takes.
fn narrowed(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(dir.path(), "m.wasm", CREATES)?;
    let program = dir.path().join("program");
    for (flag, umask, expected) in [
        ("077", "022", created(0o600, 0o600, 0o700)),
        ("027", "002", created(0o640, 0o600, 0o750)),
        ("002", "027", created(0o640, 0o600, 0o750)),
        ("000", "022", created(0o644, 0o600, 0o755)),
    ] {
        build(tool, &module, &program, &["--dir", ".", "--umask", flag])?;
        same(&left(&program, true, umask)?, &expected, flag)?;
    }
    let module = Toolchain::new(NEWEST)?.build("modes", Flavour::Plain, Goal::Wasip1)?;
    build(tool, &module, &program, &["--dir", ".", "--umask", "077"])?;
    for (name, mode) in left(&program, true, "022")? {
        ensure!(mode & 0o077 == 0, "{name}: {mode:o}");
    }
    Ok(())
}
