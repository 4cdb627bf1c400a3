//! What does a program do if its kernel lacks a layer of the second fence, or its container
//! forbids a layer? It goes on, or refuses to start if it requires the layer. If asked, it
//! says which layers are raised.

use crate::older::Lacks::{Only, With};
use crate::older::{Kernel, Lacks, NO_PRCTL_FILTER};
use crate::support::{Program, told};
use anyhow::{Result, ensure};
use harness::run::{Finished, Run};
use harness::suite;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::sync::Arc;

/// The variable that asks a program which layers are raised.
const SHOW: &str = "WASI_AOT_SHOW_FENCES";

const REQUIRED: &str = "--require-harden";

const fn kernel(name: &'static str, lacks: &'static [Lacks]) -> Kernel {
    Kernel {
        name,
        lacks,
        filters: 0,
    }
}

const CREATE: i64 = libc::SYS_landlock_create_ruleset;

/// (kernel, the layer that it lacks, the reason that a program states).
const LACKING: &[(Kernel, &str, &str)] = &[
    (
        kernel("without Landlock", &[Only(CREATE, libc::ENOSYS)]),
        "Landlock",
        "asking for its version fails with errno 38 (this kernel doesn't have it)",
    ),
    (
        kernel(
            "with Landlock switched off",
            &[Only(CREATE, libc::EOPNOTSUPP)],
        ),
        "Landlock",
        "asking for its version fails with errno 95 (it is switched off on this machine)",
    ),
    (
        kernel("with Landlock forbidden", &[Only(CREATE, libc::EPERM)]),
        "Landlock",
        "asking for its version fails with errno 1 (forbidden here, perhaps by a container)",
    ),
    (
        kernel(
            "without filters",
            &[Only(libc::SYS_seccomp, libc::ENOSYS), NO_PRCTL_FILTER],
        ),
        "seccomp",
        "installing the filter fails with errno 22 (this kernel doesn't have it)",
    ),
    (
        kernel(
            "with filters forbidden",
            &[
                Only(libc::SYS_seccomp, libc::EPERM),
                With(libc::SYS_prctl, 0, libc::PR_SET_SECCOMP as u32, libc::EPERM),
            ],
        ),
        "seccomp",
        "installing the filter fails with errno 1 (forbidden here, perhaps by a container)",
    ),
    (
        kernel(
            "with prctl forbidden",
            &[Only(libc::SYS_prctl, libc::EPERM)],
        ),
        "no_new_privs",
        "prctl fails with errno 1 (forbidden here, perhaps by a container)",
    ),
    (
        // The runtime asks for this first, also in a process without capabilities.
        kernel(
            "with capget forbidden",
            &[Only(libc::SYS_capget, libc::EPERM)],
        ),
        "capabilities",
        "dropping them fails with errno 1 (forbidden here, perhaps by a container)",
    ),
];

/// The body of a test.
type Body = fn(&Tool) -> Result<()>;

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let here: [(&str, Body); 4] = [
        ("all that are required", all_here),
        ("shown to whoever asks", shown),
        ("shown, but left out", shown_without),
        (
            "shown, with rights that the caller lacks",
            not_shown_under_set_user_id,
        ),
    ];
    let here = here.into_iter().map(|(name, body)| {
        let tool = Arc::clone(tool);
        suite::test(format!("fences/{name}"), move || body(&tool))
    });
    let lacking = LACKING.iter().map(|(kernel, layer, why)| {
        let tool = Arc::clone(tool);
        let name = format!("fences/required, {}", kernel.name);
        suite::test(name, move || required(&tool, kernel, layer, why))
    });
    here.chain(lacking).collect()
}

/// The guest `start` with `env`, which prints its environment.
fn environment(tool: &Tool, flags: &[&str]) -> Result<Program> {
    Program::ours_of(tool, "start", flags)
}

fn run(command: Command) -> Result<Finished> {
    Run::of(command).run()
}

/// If a layer is missing, a program that requires it doesn't start. Another program starts
/// without a message, and names the missing layer if asked.
fn required(tool: &Tool, kernel: &Kernel, layer: &str, why: &str) -> Result<()> {
    let program = environment(tool, &[REQUIRED])?;
    let mut command = program.command(&["env"]);
    kernel.surround(&mut command);
    let prefix = format!("{}: cannot set up {layer}: {why}; ", program.path.display());
    run(command)?.one_line(125, &prefix, &["built with --require-harden"])?;

    let program = environment(tool, &[])?;
    let mut command = program.command(&["env"]);
    kernel.surround(&mut command);
    let silent = run(command)?;
    ensure!(
        silent.ends.is_success() && silent.stderr.is_empty(),
        "{}",
        told(&silent)
    );
    let mut command = program.command(&["env"]);
    command.env(SHOW, "1");
    kernel.surround(&mut command);
    let asked = run(command)?;
    let line = format!("fence: {layer}: none: {why}\n");
    let stderr = String::from_utf8_lossy(&asked.stderr);
    ensure!(stderr.contains(&line), "not {line:?}: {stderr}");
    ensure!(asked.stdout == silent.stdout, "{}", told(&asked));
    Ok(())
}

/// Whether this machine has both layers. Then the tests expect both.
fn can_stand(tool: &Tool) -> Result<bool> {
    let program = environment(tool, &[])?;
    let mut command = program.command(&["env"]);
    command.env(SHOW, "1");
    let asked = run(command)?;
    let missing = String::from_utf8_lossy(&asked.stderr).contains("none: ");
    if missing {
        eprintln!("SKIPPED: here stands not all: {}", told(&asked));
    }
    Ok(!missing)
}

fn all_here(tool: &Tool) -> Result<()> {
    if !can_stand(tool)? {
        return Ok(());
    }
    for flags in [&[REQUIRED][..], &[REQUIRED, "--dir", "."]] {
        let started = environment(tool, flags)?.run(&["args"])?;
        ensure!(
            started.ends.is_success() && started.stderr.is_empty(),
            "{}",
            told(&started)
        );
    }
    Ok(())
}

/// The lines are printed once, and the guest never sees the variable, however it is passed.
fn shown(tool: &Tool) -> Result<()> {
    if !can_stand(tool)? {
        return Ok(());
    }
    for flags in [&["--inherit-env"][..], &["--env", SHOW, "--env", "A"]] {
        let program = environment(tool, flags)?;
        for (value, shows) in [("1", true), ("0", false), ("", false)] {
            let mut command = program.command(&["env"]);
            command.env(SHOW, value).env("A", "b");
            let asked = run(command)?;
            ensure!(asked.ends.is_success(), "{}", told(&asked));
            ensure!(asked.stdout == b"\"A=b\"\n", "{}", told(&asked));
            let stderr = String::from_utf8_lossy(&asked.stderr);
            let name = format!("{}: fence: ", program.path.display());
            let layers: Vec<_> = stderr
                .lines()
                .filter_map(|line| line.strip_prefix(&name)?.split_once(": "))
                .collect();
            let names: Vec<_> = layers.iter().map(|layer| layer.0).collect();
            let [caps, privs] = ["capabilities", "no_new_privs"];
            let expected = [caps, privs, "Landlock", "seccomp", "mseal", "MDWE"];
            let expected = if shows { &expected[..] } else { &[] };
            ensure!(names == expected, "{value:?}: {stderr}");
            ensure!(stderr.lines().count() == expected.len(), "{stderr}");
            if shows {
                ensure!(layers[2].1.starts_with("version "), "{stderr}");
                ensure!(layers[3].1 == "on", "{stderr}");
            }
        }
    }
    // A variable that the manifest sets belongs to the program.
    let baked = environment(tool, &["--env", "WASI_AOT_SHOW_FENCES=1"])?.run(&["env"])?;
    ensure!(baked.stderr.is_empty(), "{}", told(&baked));
    ensure!(
        baked.stdout == b"\"WASI_AOT_SHOW_FENCES=1\"\n",
        "{}",
        told(&baked)
    );
    Ok(())
}

fn shown_without(tool: &Tool) -> Result<()> {
    let program = environment(tool, &["--no-harden"])?;
    let mut command = program.command(&["env"]);
    command.env(SHOW, "1");
    let asked = run(command)?;
    let stderr = String::from_utf8_lossy(&asked.stderr);
    ensure!(asked.ends.is_success(), "{}", told(&asked));
    ensure!(
        stderr.ends_with(": fence: none (built with --no-harden)\n"),
        "{stderr}"
    );
    Ok(())
}

/// A set-user-ID program doesn't tell its caller.
fn not_shown_under_set_user_id(tool: &Tool) -> Result<()> {
    const NOBODY: u32 = 65534;
    let program = environment(tool, &[])?;
    let dir = program.dir();
    let copy = dir.join("program");
    fs::copy(&program.path, &copy)?;
    fs::set_permissions(dir, fs::Permissions::from_mode(0o755))?;
    let mut told_to = Vec::new();
    for mode in [0o755, 0o4755] {
        fs::set_permissions(&copy, fs::Permissions::from_mode(mode))?;
        let mut command = Command::new(&copy);
        command.env_clear().env(SHOW, "1").current_dir(dir);
        command.uid(NOBODY);
        // The test isn't root, or the user nobody can't reach this directory.
        let Ok(asked) = run(command) else {
            eprintln!("SKIPPED: nobody can't start a program here");
            return Ok(());
        };
        ensure!(asked.ends.is_success(), "{}", told(&asked));
        told_to.push(!asked.stderr.is_empty());
    }
    ensure!(told_to == [true, false], "{told_to:?}");
    Ok(())
}
