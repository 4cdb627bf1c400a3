//! Does `wasi-aot run` execute only what it built itself? Programs that are granted the cache's
//! directory, and other users, try to replace an entry.

use crate::run::started;
use crate::support::{guest, one_line, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::Goal;
use harness::run::{Finished, Run};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tempfile::TempDir;

/// Attempts of a program that is granted the directory around the cache. `{E}` is the
/// program's own entry, `{O}` another one. `home/.cache` is a link to `real`, which holds the
/// cache.
const ATTEMPTS: &[&[&str]] = &[
    &["list", "real/wasi-aot"],
    &["list", "home/.cache/wasi-aot"],
    &["stat", "real/wasi-aot/{E}"],
    &["read", "real/wasi-aot/{E}"],
    &["read", "home/.cache/wasi-aot/{O}"],
    &["overwrite", "real/wasi-aot/{E}"],
    &["overwrite", "home/.cache/wasi-aot/{O}"],
    &["truncate", "real/wasi-aot/{O}"],
    &["create", "real/wasi-aot/new"],
    &["symlink", "relative", "real/wasi-aot/new"],
    &["mkdir", "real/wasi-aot/new"],
    &["remove", "real/wasi-aot/{E}"],
    &["remove", "real/wasi-aot/{O}"],
    &["rename", "script", "real/wasi-aot/{E}"],
    &["rename", "script", "home/.cache/wasi-aot/{O}"],
    &["rename", "real/wasi-aot/{O}", "real/wasi-aot/{E}"],
    &["rename", "real/wasi-aot/{O}", "taken"],
    &["link", "real/wasi-aot/{O}", "taken"],
    &["link", "script", "real/wasi-aot/new"],
    &[
        "swap",
        "home/.cache/wasi-aot/{O}",
        "home/.cache/wasi-aot/{E}",
    ],
    &["rename", "real/wasi-aot", "taken"],
    &["rename", "real", "taken"],
    &["rename", "home/.cache", "taken"],
    &["remove", "home/.cache"],
    &["rename", "home", "taken"],
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("run/the cache is out of reach", tool, |tool| {
            let place = CacheTree::new()?;
            let grant = place.path("");
            out_of_reach(tool, &place, &grant)
        }),
        test("run/the cache is out of reach, --dir /", tool, |tool| {
            out_of_reach(tool, &CacheTree::new()?, Path::new("/"))
        }),
        test("run/the cache itself isn't granted", tool, |tool| {
            let place = CacheTree::new()?;
            place.run(tool, &place.path(""), &["nothing"])?;
            let granted = place.run(tool, &place.path("real/wasi-aot"), &["nothing"])?;
            one_line(&granted, 125, "", &["--dir ", "XDG_CACHE_HOME"])
        }),
        test("run/files beside the cache can be written", tool, |tool| {
            let place = CacheTree::new()?;
            for attempt in [
                &["create", "real/new"][..],
                &["rename", "real/new", "home/newer"],
                &["mkdir", "real/below"],
                &["overwrite", "script"],
                &["list", "real"],
            ] {
                let attempt: Vec<_> = attempt.iter().map(|part| place.named(part)).collect();
                let attempt: Vec<_> = attempt.iter().map(String::as_str).collect();
                let ran = place.run(tool, &place.path(""), &attempt)?;
                let said = text(&ran.stdout);
                ensure!(said.ends_with("done\n"), "{attempt:?}: {said}");
            }
            Ok(())
        }),
        test("run/an entry that was replaced", tool, replaced),
        test("run/a cache of another user", tool, somebody_elses),
        test("run/only entries are removed", tool, swept),
        test(
            "run/without a cache, where that is forbidden",
            tool,
            forbidden,
        ),
        test("run/without a cache there is no name", tool, nameless),
    ]
}

/// A temporary directory around the cache: `home/.cache` is a link to `real`, which holds the
/// cache. `script` is a program beside them.
struct CacheTree(TempDir);

impl CacheTree {
    fn new() -> Result<Self> {
        let place = Self(tempfile::tempdir()?);
        for dir in ["home", "real"] {
            fs::create_dir(place.path(dir))?;
        }
        symlink("../real", place.path("home/.cache"))?;
        fs::copy("/bin/true", place.path("script"))?;
        Ok(place)
    }

    fn path(&self, below: &str) -> PathBuf {
        self.0.path().join(below)
    }

    /// A path in the directory; a word that isn't a path stays as it is.
    fn named(&self, part: &str) -> String {
        let below = part
            .split('/')
            .next()
            .is_some_and(|first| ["home", "real", "script", "taken"].contains(&first));
        if below {
            self.path(part).display().to_string()
        } else {
            part.to_owned()
        }
    }

    fn run(&self, tool: &Tool, grant: &Path, args: &[&str]) -> Result<Finished> {
        self.run_with(tool, &["--dir".as_ref(), grant.as_os_str()], args)
    }

    fn run_with(&self, tool: &Tool, flags: &[&OsStr], args: &[&str]) -> Result<Finished> {
        let module = guest("own", Goal::Wasip1)?;
        let args = args.iter().map(OsStr::new);
        let args: Vec<_> = (flags.iter().copied().chain([module.as_os_str()]))
            .chain(args)
            .collect();
        started(tool, &self.path("home/.cache"), &args).run()
    }

    /// The names of the cache's entries.
    fn entries(&self) -> Result<Vec<String>> {
        let entries = fs::read_dir(self.path("real/wasi-aot"))?;
        let names = entries.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
        names.collect()
    }
}

/// Makes all attempts from a program that is granted `grant`, a directory that contains
/// `place`'s cache.
fn out_of_reach(tool: &Tool, place: &CacheTree, grant: &Path) -> Result<()> {
    place.run(tool, grant, &["nothing"])?;
    let [own] = &place.entries()?[..] else {
        anyhow::bail!("not one entry: {:?}", place.entries()?)
    };
    place.run_with(tool, &[], &["nothing"])?;
    let all = place.entries()?;
    let other = all
        .iter()
        .find(|name| *name != own)
        .context("no other entry")?;
    let contents = |place: &CacheTree| -> Result<Vec<_>> {
        let read = |name| Ok(fs::read(place.path("real/wasi-aot").join(name))?);
        [own, other].into_iter().map(read).collect()
    };
    let before = contents(place)?;
    let mut wrong = Vec::new();
    for attempt in ATTEMPTS {
        fs::copy("/bin/true", place.path("script"))?;
        let filled = |part: &&str| place.named(&part.replace("{E}", own).replace("{O}", other));
        let attempt: Vec<_> = attempt.iter().map(filled).collect();
        let parts: Vec<_> = attempt.iter().map(String::as_str).collect();
        let ran = place.run(tool, grant, &parts)?;
        let said = text(&ran.stdout);
        let refused = ["Permission denied", "Read-only file system"];
        if !refused.iter().any(|error| said.contains(error)) {
            wrong.push(format!("{parts:?}: {said}{}", text(&ran.stderr)));
        }
        if contents(place).ok() != Some(before.clone()) || place.entries()?.len() != all.len() {
            wrong.push(format!("{parts:?} changed the cache"));
            break;
        }
    }
    ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    let again = place.run(tool, grant, &["nothing"])?;
    ensure!(text(&again.stdout) == "done\n", "{}", text(&again.stdout));
    Ok(())
}

/// Another user replaces an entry: in place, by a rename, by a link. `run` builds the entry
/// again and never executes the replacement.
fn replaced(tool: &Tool) -> Result<()> {
    type Change = fn(&Path) -> Result<()>;
    let changes: [(&str, Change); 3] = [
        ("overwritten", |entry| {
            Ok(fs::write(entry, "#!/bin/sh\necho planted\n")?)
        }),
        ("replaced", |entry| {
            fs::remove_file(entry)?;
            fs::copy("/bin/true", entry)?;
            Ok(())
        }),
        ("a link", |entry| {
            fs::remove_file(entry)?;
            Ok(symlink("/bin/true", entry)?)
        }),
    ];
    for (name, change) in changes {
        let place = CacheTree::new()?;
        place.run_with(tool, &[], &["nothing"])?;
        let entry = place.path("real/wasi-aot").join(&place.entries()?[0]);
        change(&entry)?;
        let ran = place.run_with(tool, &[], &["nothing"])?;
        let said = text(&ran.stdout);
        ensure!(said == "done\n", "{name}: {said}{}", text(&ran.stderr));
        ensure!(place.entries()?.len() == 1 && fs::symlink_metadata(&entry)?.is_file());
    }
    Ok(())
}

fn somebody_elses(tool: &Tool) -> Result<()> {
    let refused = |place: &CacheTree, why: &str| {
        let ran = place.run_with(tool, &[], &["nothing"])?;
        one_line(
            &ran,
            1,
            "wasi-aot: ",
            &["wasi-aot: cannot keep executables", why],
        )
    };
    let place = CacheTree::new()?;
    let cache = place.path("real/wasi-aot");
    fs::create_dir(&cache)?;
    for mode in [0o770, 0o707, 0o1777] {
        fs::set_permissions(&cache, PermissionsExt::from_mode(mode))?;
        refused(&place, "others may write")?;
    }
    fs::set_permissions(&cache, PermissionsExt::from_mode(0o755))?;
    if chown(&cache, Some(12345), None).is_ok() {
        refused(&place, "another user")?;
    } else {
        eprintln!("SKIPPED: another user's directory, which takes root");
    }
    fs::remove_dir(&cache)?;
    // Old files in that directory aren't removed, either.
    fs::create_dir(place.path("mine"))?;
    let letter = old(&place.path("mine").join("a".repeat(64)))?;
    symlink("../mine", &cache)?;
    refused(&place, "symbolic link")?;
    ensure!(letter.exists());
    Ok(())
}

/// Makes a file that was last used two years ago.
fn old(path: &Path) -> Result<PathBuf> {
    let two_years = Duration::from_secs(2 * 365 * 24 * 60 * 60);
    File::create(path)?.set_modified(SystemTime::now() - two_years)?;
    Ok(path.to_owned())
}

fn swept(tool: &Tool) -> Result<()> {
    let place = CacheTree::new()?;
    let cache = place.path("real/wasi-aot");
    fs::create_dir(&cache)?;
    let letter = old(&cache.join("letter"))?;
    let entry = old(&cache.join("a".repeat(64)))?;
    let link = cache.join("b".repeat(64));
    symlink("letter", &link)?;
    place.run_with(tool, &[], &["nothing"])?;
    ensure!(letter.exists() && fs::symlink_metadata(&link)?.is_symlink());
    ensure!(!entry.exists(), "an old entry stays");
    Ok(())
}

/// Runs `wasi-aot run` without a cache from a shell script in its own PID namespace, where
/// `vm.memfd_noexec` can be set.
fn forbidden(tool: &Tool) -> Result<()> {
    let script = r#"echo 2 > /proc/sys/vm/memfd_noexec || exit 77
        exec env -i "$0" run "$@""#;
    let mut command = Command::new("unshare");
    let module = guest("own", Goal::Wasip1)?;
    command.args(["--pid", "--fork", "--mount-proc", "sh", "-c", script]);
    command.arg(&tool.path).arg(module).arg("nothing");
    let ran = Run::of(command).run()?;
    if !ran.ends.is_success() && !text(&ran.stderr).starts_with("wasi-aot: ") {
        eprintln!(
            "SKIPPED: vm.memfd_noexec can't be set: {}",
            text(&ran.stderr)
        );
        return Ok(());
    }
    one_line(
        &ran,
        1,
        "wasi-aot: this system forbids executables in memory",
        &["vm.memfd_noexec", "XDG_CACHE_HOME"],
    )
}

/// Runs a program from memory: AT_EXECFN names a descriptor and `/proc/self/exe` isn't a path.
/// There is no file to protect, so `--refuse-own-directory` doesn't refuse the start. The
/// arguments arrive unchanged.
fn nameless(tool: &Tool) -> Result<()> {
    let place = CacheTree::new()?;
    let module = guest("own", Goal::Wasip1)?;
    let run = |args: &[&str]| {
        let mut command = tool.command(["run", "--refuse-own-directory", "--dir", "."]);
        command.arg(&module).args(args);
        command.env_clear().current_dir(place.path(""));
        Run::of(command).run()
    };
    for attempt in [
        &["nothing"][..],
        &["rename", "script", "taken"],
        &["create", "script"],
    ] {
        let ran = run(attempt)?;
        let said = text(&ran.stdout);
        ensure!(said == "done\n", "{attempt:?}: {said}{}", text(&ran.stderr));
    }
    let ran = run(&["unknown"])?;
    ensure!(text(&ran.stdout) == "no operation unknown\n");
    Ok(())
}
