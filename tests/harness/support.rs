//! Short forms of the most frequent steps of the suites `command`, `executable` and
//! `codegen`: build a guest or a hand-written module, run it, look at its one line of
//! error.

use crate::go::{Flavour, Goal, NEWEST, Toolchain};
use crate::run::{Finished, Run};
use crate::tool::Tool;
use crate::{paths, shim, suite, target};
use anyhow::{Context, Result, ensure};
use libtest_mimic::Trial;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use wasi_aot_shim_images::Target;

/// A test that gets the tool.
pub fn test(
    name: &str,
    tool: &Arc<Tool>,
    body: impl FnOnce(&Tool) -> Result<()> + Send + 'static,
) -> Trial {
    suite::with_tool(name, tool, body)
}

/// A guest of `tests/guests`, built by the newest Go.
///
/// # Errors
/// If Go isn't installed, or doesn't build it.
pub fn guest(name: &str, goal: Goal) -> Result<PathBuf> {
    Toolchain::new(NEWEST)?.build(name, Flavour::Plain, goal)
}

/// Writes the binary form of `text` to `dir/NAME`. The module need not be valid.
///
/// # Errors
/// If `text` isn't a module's, or can't be written.
pub fn assemble(dir: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = dir.join(name);
    std::fs::write(&path, wat::parse_str(text)?)?;
    Ok(path)
}

/// Runs `wasi-aot build`, which must succeed and print nothing to standard output.
///
/// # Errors
/// Says what the build printed.
pub fn build(tool: &Tool, module: &Path, output: &Path, flags: &[&str]) -> Result<()> {
    let built = tool.build(module, output, flags)?;
    ensure!(
        built.ends.is_success() && built.stdout.is_empty(),
        "build {}: {} {}",
        module.display(),
        built.ends,
        text(&built.stderr)
    );
    Ok(())
}

/// As [`build`], for tests of what the program does. Its code is compiled once in a run, for all
/// policies: [`Tool::granted`].
///
/// # Errors
/// If the module doesn't build with these flags.
pub fn granted(tool: &Tool, module: &Path, output: &Path, flags: &[&str]) -> Result<()> {
    let flags: Vec<_> = flags.iter().map(ToString::to_string).collect();
    tool.granted(module, output, &flags)
}

/// Runs `program` in `dir`, with an empty environment.
///
/// # Errors
/// If it can't be started or takes too long.
pub fn run(program: &Path, args: &[&str], dir: &Path) -> Result<Finished> {
    let mut command = target::command(program);
    command.args(args).current_dir(dir).env_clear();
    Run::of(command).run()
}

/// [`Finished::one_line`] as a function.
///
/// # Errors
/// Names the difference.
pub fn one_line(finished: &Finished, code: i32, prefix: &str, texts: &[&str]) -> Result<()> {
    finished.one_line(code, prefix, texts)
}

/// `bytes` as text, for messages and comparisons.
#[must_use]
pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Lets `command` start with these signals blocked.
#[expect(
    unsafe_code,
    reason = "no safe function changes a signal between fork and exec"
)]
pub fn block(command: &mut Command, signals: &[i32]) {
    let signals = signals.to_vec();
    // SAFETY: between fork and exec only system calls are made, on a set that is
    // initialised first.
    unsafe {
        command.pre_exec(move || {
            let mut set = std::mem::MaybeUninit::<libc::sigset_t>::zeroed();
            libc::sigemptyset(set.as_mut_ptr());
            for &signal in &signals {
                libc::sigaddset(set.as_mut_ptr(), signal);
            }
            let set = set.as_ptr();
            match libc::sigprocmask(libc::SIG_BLOCK, set, std::ptr::null_mut()) {
                0 => Ok(()),
                _ => Err(io::Error::last_os_error()),
            }
        });
    }
}

/// Lets `command` start with these signals ignored.
#[expect(
    unsafe_code,
    reason = "no safe function changes a signal between fork and exec"
)]
pub fn ignore(command: &mut Command, signals: &[i32]) {
    let signals = signals.to_vec();
    // SAFETY: between fork and exec only system calls are made; no handler is installed.
    unsafe {
        command.pre_exec(move || {
            for &signal in &signals {
                if libc::signal(signal, libc::SIG_IGN) == libc::SIG_ERR {
                    return Err(io::Error::last_os_error());
                }
            }
            Ok(())
        });
    }
}

/// Links `object` by `ld`: for this machine with the runtime's library that `make build`
/// leaves, for another one with a library that is built here.
///
/// # Errors
/// If the linker fails.
pub fn link(object: &Path, output: &Path) -> Result<()> {
    let of = Target::named(target::tested().name()).context("a target without a shim")?;
    let library = if target::is_emulated() {
        shim::library(of, None)?
    } else {
        paths::product("libwasi_aot_shim.a", "WASI_AOT_SHIM_ARCHIVE")?
    };
    shim::link(of, &library, object, output)
}
