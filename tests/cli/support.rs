//! What the files of this suite share.

use anyhow::{Result, ensure};
use harness::go::{Flavour, Goal, NEWEST, Toolchain};
use harness::run::{Finished, Run};
use harness::tool::Tool;
use harness::{suite, target};
use libtest_mimic::Trial;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

/// The test called `name`.
pub fn test(
    name: &str,
    tool: &Arc<Tool>,
    body: impl FnOnce(&Tool) -> Result<()> + Send + 'static,
) -> Trial {
    let tool = Arc::clone(tool);
    suite::test(name, move || body(&tool))
}

/// A guest built by the newest Go.
pub fn guest(name: &str, goal: Goal) -> Result<PathBuf> {
    Toolchain::new(NEWEST)?.build(name, Flavour::Plain, goal)
}

/// Writes the binary form of `text` to `dir/NAME`; it need not be valid.
pub fn assemble(dir: &Path, name: &str, text: &str) -> Result<PathBuf> {
    let path = dir.join(name);
    std::fs::write(&path, wat::parse_str(text)?)?;
    Ok(path)
}

/// `wasi-aot build` with an empty standard error but for notes.
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

/// Runs `program` in `dir`.
pub fn run(program: &Path, args: &[&str], dir: &Path) -> Result<Finished> {
    let mut command = target::command(program);
    command.args(args).current_dir(dir).env_clear();
    Run::of(command).run()
}

/// [`Finished::one_line`], for those who hold it to more texts.
pub fn one_line(finished: &Finished, code: i32, prefix: &str, texts: &[&str]) -> Result<()> {
    finished.one_line(code, prefix, texts)
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Has `command` start with these signals blocked.
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

/// Has `command` start with these signals ignored.
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
