//! Measures a build: the processor time and memory that the kernel reports.

use anyhow::{Context, Result};
use harness::tool::Tool;
use std::fmt;
use std::fs::File;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};

/// The cost of one process, all threads together.
#[derive(Debug, Clone)]
pub struct Cost {
    pub seconds: f64,
    pub mebibytes: f64,
    pub status: ExitStatus,
    /// Standard error.
    pub message: String,
}

/// The limit of any build, and the addition to the limit for each MB of the module.
const SECONDS: (f64, f64) = (5.0, 2.0);
const MEBIBYTES: (f64, f64) = (200.0, 60.0);

/// After this many seconds of processor time a build is killed.
const KILL: u32 = 120;

impl Cost {
    /// The limits of a module of this size, for a message.
    pub fn limit(bytes: usize) -> String {
        let [seconds, mebibytes] = limits(bytes);
        format!("{seconds:.1} s, {mebibytes:.0} MiB")
    }

    /// The used share of the limits: the larger of the shares of time and memory.
    pub fn share(&self, bytes: usize) -> f64 {
        let [seconds, mebibytes] = limits(bytes);
        (self.seconds / seconds).max(self.mebibytes / mebibytes)
    }

    /// Whether the build made an executable, or printed one line of error. A build that was
    /// killed for its time counts as clean: it is only too expensive.
    pub fn is_clean(&self) -> bool {
        match self.status.code() {
            Some(0) => true,
            Some(1) => self.message.lines().count() == 1,
            Some(_) => false,
            None => matches!(self.status.signal(), Some(libc::SIGXCPU | libc::SIGKILL)),
        }
    }
}

fn limits(bytes: usize) -> [f64; 2] {
    let megabytes = bytes as f64 / 1e6;
    [SECONDS, MEBIBYTES].map(|(base, each)| base + each * megabytes)
}

impl fmt::Display for Cost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, mebibytes) = (self.seconds, self.mebibytes);
        write!(f, "{seconds:.2} s, {mebibytes:.0} MiB, {}", self.status)
    }
}

/// Builds a module.
///
/// # Errors
/// If the harness itself fails.
pub fn measure(tool: &Tool, wasm: &[u8]) -> Result<Cost> {
    let dir = tempfile::tempdir()?;
    let (module, output) = (dir.path().join("m.wasm"), dir.path().join("m"));
    let said = dir.path().join("stderr");
    std::fs::write(&module, wasm)?;
    let limited = format!("ulimit -t {KILL}; exec \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &limited, "sh"]).arg(&tool.path);
    command.arg("build").arg(&module).arg("-o").arg(&output);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(File::create(&said)?);
    let child = command.spawn().context("the shell doesn't start")?;
    let (status, usage) = wait(child.id())?;
    let time = |t: libc::timeval| t.tv_sec as f64 + t.tv_usec as f64 / 1e6;
    Ok(Cost {
        seconds: time(usage.ru_utime) + time(usage.ru_stime),
        mebibytes: usage.ru_maxrss as f64 / 1024.0,
        status,
        message: String::from_utf8_lossy(&std::fs::read(&said)?).into_owned(),
    })
}

/// Waits for a child. Returns its status and the resources that it used.
fn wait(pid: u32) -> Result<(ExitStatus, libc::rusage)> {
    let pid = libc::pid_t::try_from(pid)?;
    let mut status = 0;
    // SAFETY: numbers alone, for which all zeroes is a value.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    loop {
        // SAFETY: both pointers are to variables of the right types.
        let waited = unsafe { libc::wait4(pid, &raw mut status, 0, &raw mut usage) };
        if waited == pid {
            return Ok((ExitStatus::from_raw(status), usage));
        }
        let error = std::io::Error::last_os_error();
        if error.kind() != std::io::ErrorKind::Interrupted {
            return Err(error).context("wait4");
        }
    }
}
