//! Are the files that arguments name granted, and nothing beside them? The guest `own` tries one
//! operation at a time, with both fences and with the first one alone. It also tries what
//! [`crate::own`] tries, on an executable that an argument names.

use crate::support::{build, guest, run, test, text};
use anyhow::{Result, ensure};
use harness::go::Goal;
use harness::run::Run;
use harness::target::{self, natively};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::os::unix::fs::symlink;
use std::sync::Arc;
use tempfile::TempDir;

/// A program that was built with some flags is started with arguments, and says this on its
/// first line; `{}` stands for the directory that the test runs in.
type Case = (
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

const READ: &[&str] = &["--arg-files", "ro"];
const WRITE: &[&str] = &["--arg-files", "rw"];
const BOTH: &[&str] = &["--dir-ro", "/", "--arg-files", "rw"];
const FILES: &[&str] = &[
    "--file-ro",
    "d/a",
    "--file",
    "../log::/var/log/app",
    "--file-ro",
    "link",
];

const CASES: &[Case] = &[
    (READ, &["read", "d/a"], "done"),
    (READ, &["read", "./d/../d/a"], "done"),
    (READ, &["read", "../work/d/a"], "done"),
    (READ, &["read", "{}/work/d/a"], "done"),
    (READ, &["read", "../outside"], "done"),
    (READ, &["read", "link"], "done"),
    (READ, &["read", "out"], "done"),
    (
        READ,
        &["read", "none"],
        "open none: No such file or directory",
    ),
    (READ, &["append", "d/a"], "open d/a: Read-only file system"),
    (READ, &["create", "d/a"], "open d/a: Read-only file system"),
    (
        READ,
        &["create", "d/new"],
        "open d/new: No such file or directory",
    ),
    (
        READ,
        &["times", "d/a"],
        "chtimes d/a: Read-only file system",
    ),
    (
        READ,
        &["remove", "d/a"],
        "remove d/a: Read-only file system",
    ),
    // What a flag names is granted behind an equals sign.
    (READ, &["read", "d/a", "--config=d/a"], "done"),
    (READ, &["stat", "d", "-d"], "done"),
    // A directory as a whole; of a path that no argument is, nothing.
    (READ, &["list", "d"], "a"),
    (READ, &["list", ".", "d/a"], "d"),
    (WRITE, &["append", "d/a"], "done"),
    (WRITE, &["truncate", "d/a"], "done"),
    (WRITE, &["times", "d/a"], "done"),
    (WRITE, &["create", "d/new"], "done"),
    (WRITE, &["create", "new"], "done"),
    (
        WRITE,
        &["create", "none/new"],
        "open none/new: No such file or directory",
    ),
    (WRITE, &["create", "d/a"], "done"),
    // The name belongs to the directory, which isn't granted.
    (
        WRITE,
        &["remove", "d/a"],
        "remove d/a: Operation not permitted",
    ),
    (
        WRITE,
        &["rename", "d/a", "d/new"],
        "rename d/a d/new: Operation not permitted",
    ),
    (
        WRITE,
        &["rename", "d/b", "d/a"],
        "rename d/b d/a: Operation not permitted",
    ),
    (
        WRITE,
        &["link", "d/a", "d/new"],
        "link d/a d/new: Operation not permitted",
    ),
    (
        WRITE,
        &["mkdir", "d/new"],
        "mkdir d/new: Operation not permitted",
    ),
    (
        WRITE,
        &["symlink", "a", "d/new"],
        "symlink a d/new: Operation not permitted",
    ),
    // In a directory that an argument names, all of that is granted.
    (WRITE, &["rename", "d/a", "d/new", "d"], "done"),
    (WRITE, &["remove", "d/a", "d"], "done"),
    // The wider of two rights.
    (BOTH, &["read", "../outside"], "done"),
    (BOTH, &["append", "d/a"], "done"),
    (BOTH, &["create", "d/new"], "done"),
    (BOTH, &["create", "/dev/null"], "done"),
    (FILES, &["read", "d/a"], "done"),
    (FILES, &["read", "{}/work/d/a"], "done"),
    (FILES, &["read", "link"], "done"),
    (
        FILES,
        &["read", "d/b"],
        "open d/b: No such file or directory",
    ),
    (FILES, &["create", "/var/log/app"], "done"),
    (FILES, &["append", "d/a"], "open d/a: Read-only file system"),
    (FILES, &["list", "/var"], "log"),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = vec![
        test("files/the executable named by an argument", tool, own_file),
        natively(test("files/ten thousand arguments", tool, many)),
        natively(test("files/a missing file of the build", tool, missing)),
        natively(test(
            "files/the names of another language",
            tool,
            plain_names,
        )),
    ];
    for fence in [None, Some("--no-harden")] {
        let name = format!("files/granted as named, {}", fence.unwrap_or("both fences"));
        trials.push(test(&name, tool, move |tool| granted(tool, fence)));
    }
    trials
}

/// `work` with files, where the programs are started, and a file beside it.
struct Yard(TempDir);

impl Yard {
    fn new() -> Result<Self> {
        let yard = Self(tempfile::tempdir()?);
        yard.restore()?;
        Ok(yard)
    }

    fn restore(&self) -> Result<()> {
        let work = self.0.path().join("work");
        if work.exists() {
            fs::remove_dir_all(&work)?;
        }
        fs::create_dir_all(work.join("d"))?;
        for name in ["work/d/a", "work/d/b", "outside", "log"] {
            fs::write(self.0.path().join(name), name)?;
        }
        symlink("d/a", work.join("link"))?;
        symlink("../outside", work.join("out"))?;
        Ok(())
    }
}

fn granted(tool: &Tool, fence: Option<&str>) -> Result<()> {
    let yard = Yard::new()?;
    let module = guest("own", Goal::Wasip1)?;
    let (top, work) = (
        yard.0.path().display().to_string(),
        yard.0.path().join("work"),
    );
    let mut wrong = Vec::new();
    for (index, flags) in [READ, WRITE, BOTH, FILES].into_iter().enumerate() {
        let program = yard.0.path().join(format!("program{index}"));
        let all: Vec<_> = flags.iter().copied().chain(fence).collect();
        build(tool, &module, &program, &all)?;
        for (_, args, says) in CASES.iter().filter(|case| case.0 == flags) {
            yard.restore()?;
            let args: Vec<_> = args.iter().map(|arg| arg.replace("{}", &top)).collect();
            let args: Vec<_> = args.iter().map(String::as_str).collect();
            let ran = run(&program, &args, &work)?;
            let said = text(&ran.stdout);
            if said.lines().next() != Some(says) {
                wrong.push(format!("{flags:?} {args:?}: {said}{}", text(&ran.stderr)));
            }
            let outside = fs::read_to_string(yard.0.path().join("outside"))?;
            ensure!(
                outside == "outside",
                "{flags:?} {args:?} changed a file outside"
            );
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    Ok(())
}

/// An argument can name the executable itself, which stays as it is.
fn own_file(tool: &Tool) -> Result<()> {
    let yard = Yard::new()?;
    let program = yard.0.path().join("work/program");
    build(tool, &guest("own", Goal::Wasip1)?, &program, WRITE)?;
    let before = fs::read(&program)?;
    for operation in [
        "overwrite",
        "create",
        "append",
        "truncate",
        "empty",
        "times",
    ] {
        let ran = run(
            &program,
            &[operation, "program"],
            &yard.0.path().join("work"),
        )?;
        let said = text(&ran.stdout);
        let refused = ["Read-only file system", "Text file busy"];
        ensure!(
            refused.iter().any(|error| said.contains(error)),
            "{operation}: {said}"
        );
        ensure!(fs::read(&program)? == before, "{operation} changed it");
    }
    Ok(())
}

/// Each argument is granted, though the process may open few files.
fn many(tool: &Tool) -> Result<()> {
    let yard = Yard::new()?;
    let work = yard.0.path().join("work");
    let program = yard.0.path().join("program");
    build(tool, &guest("own", Goal::Wasip1)?, &program, READ)?;
    let names: Vec<_> = (0..10_000).map(|i| format!("file{i}")).collect();
    for name in &names {
        fs::write(work.join(name), "")?;
    }
    let mut command = target::command("bash");
    let script = "ulimit -n 1024; exec \"$0\" read file9999 \"$@\"";
    command
        .args(["-c", script])
        .arg(&program)
        .args(&names)
        .current_dir(&work);
    let ran = Run::of(command).seconds(60).run()?;
    ensure!(
        text(&ran.stdout) == "done\n",
        "{}{}",
        text(&ran.stdout),
        text(&ran.stderr)
    );
    Ok(())
}

fn missing(tool: &Tool) -> Result<()> {
    let yard = Yard::new()?;
    let program = yard.0.path().join("program");
    build(
        tool,
        &guest("own", Goal::Wasip1)?,
        &program,
        &["--file-ro", "none"],
    )?;
    let ran = run(&program, &["nothing"], yard.0.path())?;
    let says = "cannot open none: it does not exist (this program was built with --file-ro none)\n";
    ensure!(text(&ran.stderr).ends_with(says), "{}", text(&ran.stderr));
    ensure!(ran.ends == harness::run::Ends::Exit(125), "{}", ran.ends);
    Ok(())
}

/// A module that opens the file `d/a` as wasi-libc asks for it: by its plain name in the first
/// preopen. It exits with 0 if that works.
const LIBC: &str = r#"(module
    (import "wasi_snapshot_preview1" "path_open" (func $open
        (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
    (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
    (memory (export "memory") 1)
    (data (i32.const 0) "d/a")
    (func (export "_start")
        (call $exit (call $open (i32.const 3) (i32.const 1) (i32.const 0) (i32.const 3)
            (i32.const 0) (i64.const 2) (i64.const 0) (i32.const 0) (i32.const 16)))))"#;

/// wasi-libc passes relative names as they are. Files that arguments name are found, and a grant
/// that holds the current directory is called `.` as well.
fn plain_names(tool: &Tool) -> Result<()> {
    let yard = Yard::new()?;
    let (module, program) = (yard.0.path().join("m.wasm"), yard.0.path().join("program"));
    fs::write(&module, wat::parse_str(LIBC)?)?;
    for (flags, args, code) in [
        (READ, &["d/a"][..], 0),
        (READ, &["d/b"], 44),
        (READ, &[], 44),
    ] {
        build(tool, &module, &program, flags)?;
        let ran = run(&program, args, &yard.0.path().join("work"))?;
        let expected = harness::run::Ends::Exit(code);
        ensure!(ran.ends == expected, "{flags:?} {args:?}: {}", ran.ends);
    }
    Ok(())
}
