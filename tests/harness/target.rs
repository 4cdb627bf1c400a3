//! The target that executables under test are built for, and how they are started: this
//! machine, or the target that `WASI_AOT_TEST_TARGET` names, under an emulator (`make
//! test-aarch64`).

use crate::paths;
use anyhow::{Context, Result, bail};
use libtest_mimic::Trial;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;
use wasi_aot_compiler::Target;

/// The factor by which programs may take longer under the emulator.
const SLOWNESS: u32 = 20;

struct Tested {
    target: Target,
    /// The emulator, if this machine can't run the target's programs.
    emulator: Option<PathBuf>,
}

static TESTED: LazyLock<Tested> =
    LazyLock::new(|| read().unwrap_or_else(|error| panic!("WASI_AOT_TEST_TARGET: {error:#}")));

fn read() -> Result<Tested> {
    let native = Target::NATIVE;
    let target = match std::env::var("WASI_AOT_TEST_TARGET").as_deref() {
        Err(_) | Ok("") => native,
        Ok(name) => Target::named(name).with_context(|| format!("no target {name}"))?,
    };
    let emulator = match target {
        _ if target == native => None,
        Target::LinuxArm64 => {
            let qemu = paths::root().join(".venv/aarch64/qemu");
            let qemu = qemu.canonicalize();
            Some(qemu.context("no emulator; run tests/setup-aarch64.sh qemu")?)
        }
        Target::LinuxAmd64 => bail!("there is no emulator of x86-64 for this machine"),
    };
    Ok(Tested { target, emulator })
}

/// The target that executables under test are built for.
#[must_use]
pub fn tested() -> Target {
    TESTED.target
}

/// Whether programs run under an emulator.
#[must_use]
pub fn is_emulated() -> bool {
    TESTED.emulator.is_some()
}

/// The command that starts `program`, an executable under test.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    match &TESTED.emulator {
        None => Command::new(program),
        Some(emulator) => {
            let mut command = Command::new(emulator);
            command.arg(program.as_ref());
            command
        }
    }
}

/// `sh -c SCRIPT`, in which `$RUN ./program` starts an executable under test.
#[must_use]
pub fn shell(script: &str) -> Command {
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    let emulator = TESTED.emulator.as_deref();
    command.env("RUN", emulator.unwrap_or(Path::new("")));
    command
}

/// Ignores a test under an emulator, because it needs this machine's kernel. The suite's
/// output says that the test was ignored.
#[must_use]
pub fn natively(trial: Trial) -> Trial {
    trial.with_ignored_flag(is_emulated())
}

/// The factor for time limits.
#[must_use]
pub fn slowness() -> u32 {
    if is_emulated() { SLOWNESS } else { 1 }
}
