//! Does `wasi-aot grant` give an executable the policy that a build would give it?

use crate::support::{self, build, guest, one_line, run, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::Goal;
use harness::policy_flags;
use harness::run::{Ends, Run};
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::collections::BTreeSet;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Flags of policies that need each part of the runtime, and none.
const POLICIES: [&[&str]; 4] = [
    &[],
    &["--dir-ro", ".", "--max-cpu", "100s"],
    &[
        "--dir",
        "/tmp::/",
        "--env",
        "A=1",
        "--listen",
        "127.0.0.1:9",
    ],
    &["--inherit-env", "--max-memory", "256MiB", "--no-harden"],
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("grant/as if it had been built so", tool, same_bytes),
        test("grant/the new policy holds", tool, holds),
        test("grant/after strip", tool, stripped),
        test("grant/refusals lose nothing", tool, refused),
        test("grant/the suites know its flags", tool, known),
    ]
}

fn granted(tool: &Tool, from: &Path, to: &Path, flags: &[&str]) -> Result<()> {
    let mut command = tool.command(["grant".as_ref(), from.as_os_str()]);
    command.arg("-o").arg(to).args(flags);
    let ran = Run::of(command).run()?;
    ensure!(
        ran.ends == Ends::Exit(0),
        "{flags:?}: {}",
        text(&ran.stderr)
    );
    Ok(())
}

fn same_bytes(tool: &Tool) -> Result<()> {
    let module = guest("counter", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let new = dir.path().join("new");
    let built = [0, 1, 2, 3].map(|policy| dir.path().join(format!("built-{policy}")));
    for fixed in [
        &["--target", "linux/amd64"][..],
        &["--target", "linux/arm64", "--strip"],
    ] {
        for (policy, output) in POLICIES.iter().zip(&built) {
            build(tool, &module, output, &[fixed, policy].concat())?;
        }
        for (from, to) in [(0, 1), (1, 2), (2, 3), (3, 0)] {
            granted(tool, &built[from], &new, POLICIES[to])?;
            let same = fs::read(&new)? == fs::read(&built[to])?;
            ensure!(same, "{fixed:?}: from {from} to {to}");
        }
    }
    let mode = fs::metadata(&new)?.permissions().mode();
    ensure!(mode & 0o111 != 0, "it isn't executable: {mode:o}");
    Ok(())
}

/// The suites take these flags, and no others, from a build and give them to `wasi-aot grant`.
fn known(tool: &Tool) -> Result<()> {
    let help = Run::of(tool.command(["grant", "--help"])).run()?;
    let help = text(&help.stdout);
    let (_, policy) = help
        .split_once("\nPolicy")
        .context("no heading for the policy's flags")?;
    let flags = policy
        .lines()
        .filter_map(|line| line.strip_prefix("      --"));
    let told: BTreeSet<_> = flags
        .map(|flag| {
            let end = flag.find(|c: char| !c.is_ascii_alphanumeric() && c != '-');
            let (name, rest) = flag.split_at(end.unwrap_or(flag.len()));
            (format!("--{name}"), rest.starts_with(" <"))
        })
        .collect();
    let with_value = policy_flags::WITH_VALUE.iter().map(|flag| (flag, true));
    let alone = policy_flags::ALONE.iter().map(|flag| (flag, false));
    let known = with_value
        .chain(alone)
        .map(|(flag, has)| (flag.to_string(), has));
    let known: BTreeSet<_> = known.collect();
    ensure!(
        told == known,
        "the help has {told:?}, tests/harness/policy_flags.rs {known:?}"
    );
    Ok(())
}

fn holds(tool: &Tool) -> Result<()> {
    let module = guest("counter", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let [old, new] = ["old", "new"].map(|name| dir.path().join(name));
    fs::write(dir.path().join("three"), "a\nb\nc\n")?;
    build(tool, &module, &old, &[])?;
    let denied = run(&old, &["three"], dir.path())?;
    ensure!(denied.ends == Ends::Exit(1), "{}", text(&denied.stdout));
    granted(tool, &old, &new, &["--dir-ro", "."])?;
    let counted = run(&new, &["three"], dir.path())?;
    ensure!(
        text(&counted.stdout) == "lines: 3\n",
        "{}",
        text(&counted.stderr)
    );
    // Nothing of the policy before stays.
    granted(tool, &new, &old, &[])?;
    let denied = run(&old, &["three"], dir.path())?;
    ensure!(denied.ends == Ends::Exit(1), "{}", text(&denied.stdout));
    Ok(())
}

/// `strip` of binutils moves what lies in the file.
fn stripped(tool: &Tool) -> Result<()> {
    let module = guest("counter", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let [old, other, new] = ["old", "other", "new"].map(|name| dir.path().join(name));
    fs::write(dir.path().join("three"), "a\nb\nc\n")?;
    for flags in POLICIES {
        support::granted(tool, &module, &old, flags)?;
        let strip = Command::new("strip")
            .arg(&old)
            .arg("-o")
            .arg(&other)
            .status()?;
        ensure!(strip.success());
        for again in [&["--dir-ro", ".", "--max-cpu", "9s"][..], &["--dir", "."]] {
            granted(tool, &other, &new, again)?;
            let counted = run(&new, &["three"], dir.path())?;
            ensure!(
                text(&counted.stdout) == "lines: 3\n",
                "{flags:?}: {}",
                text(&counted.stderr)
            );
            fs::rename(&new, &other)?;
        }
    }
    // A section that isn't wasi-aot's would be lost.
    let mut objcopy = Command::new("objcopy");
    objcopy
        .arg("--add-section")
        .arg(format!(".x={}", other.display()));
    ensure!(objcopy.arg(&old).arg(&new).status()?.success());
    let mut command = tool.command(["grant".as_ref(), new.as_os_str()]);
    command.arg("-o").arg(&other);
    let ran = Run::of(command).run()?;
    one_line(
        &ran,
        1,
        "wasi-aot: ",
        &["somebody added the section .x", "build it again"],
    )
}

fn refused(tool: &Tool) -> Result<()> {
    let module = guest("counter", Goal::Wasip1)?;
    let dir = tempfile::tempdir()?;
    let [old, new] = ["old", "new"].map(|name| dir.path().join(name));
    build(tool, &module, &old, &[])?;
    fs::write(&new, "before")?;
    let fails = |from: &Path, to: &Path, flags: &[&str], code, says: &[&str]| {
        let mut command = tool.command(["grant".as_ref(), from.as_os_str()]);
        command.arg("-o").arg(to).args(flags);
        let ran = Run::of(command).run()?;
        one_line(&ran, code, "wasi-aot: ", says)?;
        ensure!(
            fs::read(&new)? == b"before",
            "{says:?}: the output is changed"
        );
        Ok(())
    };
    let other = "give an executable that wasi-aot built";
    fails(&module, &new, &[], 1, &["not an executable", other])?;
    fails(
        Path::new("/bin/true"),
        &new,
        &[],
        1,
        &["/bin/true: ", other],
    )?;
    fails(
        Path::new("/missing"),
        &new,
        &[],
        1,
        &["/missing: No such file"],
    )?;
    fails(&old, &old, &[], 1, &["is the input file"])?;
    fails(
        &old,
        &new,
        &["--max-memory", "1MiB"],
        1,
        &["raise --max-memory"],
    )?;
    fails(&old, &new, &["--env", "A,B"], 2, &["--env"])?;
    // Half of it.
    let half = dir.path().join("half");
    fs::write(&half, &fs::read(&old)?[..100_000])?;
    fails(&half, &new, &[], 1, &["half: "])
}
