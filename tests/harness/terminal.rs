//! A terminal that a test types at, and sees.

use crate::live::{Live, eventually};
use anyhow::{Context, Result};
use rustix::fs::{OFlags, fcntl_getfl};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::tcgetattr;
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

/// A pseudo-terminal, of which the test holds the other end. Echo is on, so typed text is shown, too.
#[derive(Debug)]
pub struct Terminal {
    /// The test's end.
    pub master: File,
    /// An open file description that programs share with the test.
    pub shared: File,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    /// # Errors
    /// If the system has no pseudo-terminals.
    pub fn new() -> Result<Self> {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC)?;
        grantpt(&master)?;
        unlockpt(&master)?;
        let name = ptsname(&master, Vec::new())?;
        let shared = File::options()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NOCTTY.bits() as i32)
            .open(OsStr::from_bytes(name.as_bytes()))?;
        let master = File::from(master);
        let shown = Arc::<Mutex<Vec<u8>>>::default();
        let (mut reader, into) = (master.try_clone()?, Arc::clone(&shown));
        // Ends when no process has the other end open.
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = reader.read(&mut buffer) {
                let mut shown = into.lock().unwrap_or_else(PoisonError::into_inner);
                shown.extend_from_slice(&buffer[..n]);
            }
        });
        Ok(Self {
            master,
            shared,
            shown,
        })
    }

    /// A standard stream that leads to the terminal.
    ///
    /// # Errors
    /// If no descriptor is left.
    pub fn stdio(&self) -> Result<Option<Stdio>> {
        Ok(Some(self.shared.try_clone()?.into()))
    }

    /// Starts a command with the terminal as its three streams, but not as its controlling
    /// terminal.
    ///
    /// # Errors
    /// If it can't be started.
    pub fn start(&self, command: Command) -> Result<Live> {
        Live::start(command, self.stdio()?, self.stdio()?, self.stdio()?)
    }

    /// Types these bytes.
    ///
    /// # Errors
    /// If the terminal takes no more.
    pub fn type_in(&self, bytes: &[u8]) -> Result<()> {
        Ok((&self.master).write_all(bytes)?)
    }

    /// Everything that was written to the terminal, with the line ends of the program.
    #[must_use]
    pub fn shown(&self) -> String {
        let bytes = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
    }

    /// Waits until the terminal shows `marker`.
    ///
    /// # Errors
    /// If it takes too long.
    pub fn until(&self, marker: &str) -> Result<()> {
        let shows = || Ok(self.shown().contains(marker));
        eventually(&format!("the output {marker:?}"), shows).context(self.shown())
    }

    /// The terminal's modes and the flags of its open file description.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn flags(&self) -> Result<String> {
        let flags = fcntl_getfl(&self.shared)?;
        Ok(format!("{:?} {flags:?}", tcgetattr(&self.shared)?))
    }
}
