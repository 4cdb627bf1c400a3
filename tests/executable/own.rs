//! Can a program replace its own executable? It may write to the directory in which the
//! executable lies, but the next start must start the same file. The guest `own` makes the
//! attempts.

use crate::support::{build, granted, guest, one_line, run, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::Goal;
use harness::run::{Finished, Run};
use harness::target::natively;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// Attempts in `g`, below the granted directory. `{X}` stands for each name of the executable.
const ON_THE_FILE: &[&[&str]] = &[
    &["overwrite", "{X}"],
    &["create", "{X}"],
    &["append", "{X}"],
    &["empty", "{X}"],
    &["truncate", "{X}"],
    &["times", "{X}"],
    &["remove", "{X}"],
    &["rename", "{X}", "g/moved"],
    &["rename", "g/script", "{X}"],
    &["swap", "g/script", "{X}"],
    &["link", "{X}", "g/linked"],
];

/// Attempts on the links and directories on the way to the executable. They follow no link.
const ON_THE_WAY: &[&[&str]] = &[
    &["rename", "g/bin", "g/moved"],
    &["rename", "g/bin/deep", "g/moved"],
    &["remove", "g/bin/deep"],
    &["remove", "g/way"],
    &["rename", "g/way", "g/moved"],
    &["rename", "g/script", "g/way"],
    &["link", "g/way", "g/linked"],
    &["remove", "g/bin/start"],
    &["rename", "g/script", "g/bin/start"],
];

/// The path by which the executable is started.
const START: &str = "g/way/start";

/// All names of the executable.
const NAMES: &[&str] = &["g/bin/deep/file", "g/bin/start", START, "g/hard"];

/// Operations that must still work.
const BESIDE: &[&[&str]] = &[
    &["create", "g/bin/deep/new"],
    &["overwrite", "g/script"],
    &["rename", "g/bin/deep/new", "g/bin/newer"],
    &["mkdir", "g/bin/directory"],
    &["symlink", "deep", "g/bin/second"],
    &["remove", "g/bin/second"],
    &["rename", "g/other", "g/bin/other"],
    &["read", "g/bin/deep/file"],
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("own/neither the file nor its way changes", tool, |tool| {
            let place = ExecutableTree::new(tool, &["--dir", "."])?;
            place.holds(NAMES, None)
        }),
        test("own/through two grants", tool, |tool| {
            let place = ExecutableTree::new(tool, &["--dir", ".", "--dir", "g/bin"])?;
            place.holds(NAMES, None)
        }),
        test("own/started by its plain name", tool, |tool| {
            let place = ExecutableTree::new(tool, &["--dir", "."])?;
            place.holds(&["g/bin/deep/file", "g/hard"], None)
        }),
        natively(test("own/through bind mounts", tool, |tool| {
            let place = ExecutableTree::new(tool, &["--dir", "."])?;
            fs::create_dir(place.path("g/mounted"))?;
            fs::write(place.path("g/alias"), "")?;
            let mounts = "mount --bind g/bin g/mounted && mount --bind g/bin/deep/file g/alias";
            if let Err(error) = place.can_mount(mounts) {
                eprintln!("SKIPPED: mounts, which take root: {error:#}");
                return Ok(());
            }
            let names = ["g/mounted/deep/file", "g/mounted/start", "g/alias"];
            place.holds(&[NAMES, &names].concat(), Some(mounts))
        })),
        test("own/files beside it can be changed", tool, |tool| {
            let place = ExecutableTree::new(tool, &["--dir", "."])?;
            for attempt in BESIDE {
                let ran = place.attempt(START, attempt, None)?;
                ensure!(
                    text(&ran.stdout) == "done\n",
                    "{attempt:?}: {}{}",
                    text(&ran.stdout),
                    text(&ran.stderr)
                );
            }
            Ok(())
        }),
        natively(test("own/started by a script", tool, by_script)),
        test("own/the README's quick start", tool, quick_start),
        test("own/--refuse-own-directory", tool, refuses),
        test("own/build says where it lies", tool, says),
    ]
}

/// A temporary directory with the executable and the links to it: `g/bin/start` is a link to
/// `deep/file`, and `g/way` is a link to `g/bin`.
struct ExecutableTree(TempDir);

impl ExecutableTree {
    fn new(tool: &Tool, flags: &[&str]) -> Result<Self> {
        let place = Self(tempfile::tempdir()?);
        for dir in ["g/bin/deep", "g/other"] {
            fs::create_dir_all(place.path(dir))?;
        }
        let file = place.path("g/bin/deep/file");
        granted(tool, &guest("own", Goal::Wasip1)?, &file, flags)?;
        symlink("deep/file", place.path("g/bin/start"))?;
        symlink("bin", place.path("g/way"))?;
        fs::hard_link(&file, place.path("g/hard"))?;
        fs::copy("/bin/true", place.path("g/script"))?;
        Ok(place)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// Runs the executable as `start`, after the commands `mounts` if there are any.
    fn attempt(&self, start: &str, attempt: &[&str], mounts: Option<&str>) -> Result<Finished> {
        let program = self.path(start);
        match mounts {
            None => run(&program, attempt, self.0.path()),
            Some(mounts) => {
                let mut command = in_namespace(mounts, &program, attempt);
                command.current_dir(self.0.path());
                Run::of(command).run()
            }
        }
    }

    /// Whether this machine allows the mounts.
    fn can_mount(&self, mounts: &str) -> Result<()> {
        let mut command = in_namespace(mounts, Path::new("true"), &[]);
        command.current_dir(self.0.path());
        let ran = Run::of(command).run()?;
        ensure!(ran.ends.is_success(), "{}", text(&ran.stderr));
        Ok(())
    }

    /// All attempts on the executable fail. It has these names, and is started by the third
    /// name, or else by the first.
    fn holds(&self, names: &[&str], mounts: Option<&str>) -> Result<()> {
        let start = names.get(2).unwrap_or(&names[0]);
        let by_links = *start == START;
        let filled = |attempt: &[&str], name: &str| -> Vec<String> {
            attempt
                .iter()
                .map(|part| part.replace("{X}", name))
                .collect()
        };
        let on_the_file = names
            .iter()
            .flat_map(|name| ON_THE_FILE.iter().map(move |attempt| filled(attempt, name)));
        // Links that aren't on the way may be removed.
        let links = ["g/way", "g/bin/start"];
        let on_the_way = ON_THE_WAY
            .iter()
            .filter(|attempt| by_links || !attempt.iter().any(|part| links.contains(part)))
            .map(|attempt| filled(attempt, ""));
        let before = self.state()?;
        let mut wrong = Vec::new();
        for attempt in on_the_file.chain(on_the_way) {
            fs::copy("/bin/true", self.path("g/script"))?;
            let parts: Vec<_> = attempt.iter().map(String::as_str).collect();
            let ran = self.attempt(start, &parts, mounts)?;
            let said = text(&ran.stdout);
            // The kernel refuses first if the executable runs, or the path is itself a
            // grant.
            let refused = ["Read-only file system", "Text file busy", "resource busy"];
            if !refused.iter().any(|error| said.contains(error)) {
                wrong.push(format!("{parts:?}: {said}{}", text(&ran.stderr)));
            }
            if self.state()? != before {
                wrong.push(format!("{parts:?} changed it"));
                break;
            }
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        Ok(())
    }

    /// The files that the next start finds.
    fn state(&self) -> Result<Vec<(u64, i64, u64)>> {
        let mut state = Vec::new();
        for name in ["g", "g/bin", "g/bin/deep", "g/way", "g/bin/start", "g/hard"] {
            let stat = fs::symlink_metadata(self.path(name))?;
            let changes = !stat.is_dir();
            state.push((
                stat.ino(),
                i64::from(changes) * stat.mtime(),
                u64::from(changes) * stat.len(),
            ));
        }
        let file = fs::metadata(self.path(START)).context("the executable is gone")?;
        state.push((file.ino(), file.mtime(), file.len()));
        Ok(state)
    }
}

/// The command that runs a program in its own mount namespace, after `mounts`.
fn in_namespace(mounts: &str, program: &Path, args: &[&str]) -> Command {
    let mut command = Command::new("unshare");
    let script = format!("{mounts} && exec \"$0\" \"$@\"");
    command
        .args(["-m", "sh", "-c", &script])
        .arg(program)
        .args(args);
    command
}

/// A script whose first line names the executable by links. The program can replace neither
/// the script nor the executable.
fn by_script(tool: &Tool) -> Result<()> {
    let place = ExecutableTree::new(tool, &["--dir", "."])?;
    let script = place.path("g/by-script");
    let start = place.path(START);
    for (operation, other) in [
        ("overwrite", ""),
        ("remove", ""),
        ("rename", "g/moved"),
        ("rename", "g/bin/deep/file"),
        ("rename", "g/way"),
        ("rename", "g/bin/start"),
    ] {
        fs::write(&script, format!("#!{} {operation}\n", start.display()))?;
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755))?;
        let before = place.state()?;
        let ran = run(&script, &[other], place.path("").as_path())?;
        let said = text(&ran.stdout);
        ensure!(
            said.contains("Read-only file system") && place.state()? == before,
            "{operation} {other}: {said}{}",
            text(&ran.stderr)
        );
    }
    Ok(())
}

/// The attack: the module has an execute bit, and a planted file takes the executable's name.
fn quick_start(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let dir = dir.path();
    let module = dir.join("own.wasm");
    fs::copy(guest("own", Goal::Wasip1)?, &module)?;
    let program = dir.join("own");
    build(tool, &module, &program, &["--dir", "."])?;
    let planted = run(&program, &["swap", "own.wasm", "own"], dir)?;
    ensure!(
        text(&planted.stdout).contains("Read-only file system"),
        "{}",
        text(&planted.stdout)
    );
    let again = run(&program, &["nothing"], dir)?;
    ensure!(text(&again.stdout) == "done\n", "{}", text(&again.stdout));
    Ok(())
}

fn refuses(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let dir = dir.path();
    fs::create_dir_all(dir.join("in/bin"))?;
    let program = dir.join("in/bin/program");
    let flags = ["--dir", ".", "--refuse-own-directory"];
    granted(tool, &guest("own", Goal::Wasip1)?, &program, &flags)?;
    let refused = |program: &Path, dir: &Path| {
        let ran = run(program, &["nothing"], dir)?;
        let texts = ["--dir .", "--refuse-own-directory"];
        one_line(&ran, 125, "", &texts)
    };
    for inside in ["in/bin", "in", "."] {
        refused(&program, &dir.join(inside))?;
    }
    fs::create_dir(dir.join("out"))?;
    let ran = run(&program, &["nothing"], &dir.join("out"))?;
    ensure!(ran.ends.is_success(), "{}", text(&ran.stderr));
    symlink("../in/bin/program", dir.join("out/link"))?;
    refused(&dir.join("out/link"), &dir.join("out"))
}

fn says(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let dir = dir.path();
    fs::create_dir(dir.join("sub"))?;
    let module = guest("own", Goal::Wasip1)?;
    let notes = |flags: &[&str], output: &str| {
        let mut command = tool.command(["build", "-o", output]);
        command.args(flags).arg(&module).current_dir(dir);
        let built = Run::of(command).run()?;
        ensure!(built.ends.is_success(), "{}", text(&built.stderr));
        Ok(text(&built.stderr))
    };
    let absolute = dir.display().to_string();
    for (flags, output) in [
        (&["--dir", "."][..], "program"),
        (&["--dir", "."], "sub/program"),
        (&["--dir", &absolute], "sub/program"),
        (&["--dir-ro", "sub", "--dir", "sub/.."], "sub/../program"),
    ] {
        let note = notes(flags, output)?;
        ensure!(
            note.lines().count() == 1 && note.contains("note: ") && note.contains("--dir"),
            "{flags:?}: {note:?}"
        );
    }
    for flags in [&["--dir", "sub"][..], &["--dir-ro", "."]] {
        let note = notes(flags, "program")?;
        ensure!(note.is_empty(), "{flags:?}: {note:?}");
    }
    Ok(())
}
