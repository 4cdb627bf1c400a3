//! A pseudo-terminal. The test holds the other end.

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{Read, Write};
use std::os::unix::ffi::OsStrExt;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// After this long a test gives up.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Terminal {
    ours: File,
    theirs: File,
    shown: Arc<Mutex<Vec<u8>>>,
}

impl Terminal {
    pub fn new() -> Self {
        let ours = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&ours).unwrap();
        unlockpt(&ours).unwrap();
        let name = ptsname(&ours, Vec::new()).unwrap();
        let path = OsStr::from_bytes(name.as_bytes());
        let theirs = File::options().read(true).write(true).open(path).unwrap();
        let ours = File::from(ours);
        let shown = Arc::<Mutex<Vec<u8>>>::default();
        let (mut reader, all) = (ours.try_clone().unwrap(), Arc::clone(&shown));
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            // Fails once no process has the terminal open.
            while let Ok(len @ 1..) = reader.read(&mut buffer) {
                all.lock().unwrap().extend_from_slice(&buffer[..len]);
            }
        });
        Self {
            ours,
            theirs,
            shown,
        }
    }

    /// The end that a program has as one of its standard streams.
    pub fn stdio(&self) -> Stdio {
        self.theirs.try_clone().unwrap().into()
    }

    /// Starts a program whose three streams are the terminal.
    pub fn start(&self, command: &mut Command) -> Child {
        let command = command.stdin(self.stdio()).stdout(self.stdio());
        command.stderr(self.stdio()).spawn().unwrap()
    }

    /// Writes `END` to the terminal and waits until `END` is shown. All text written before is
    /// shown by then.
    pub fn say_end(&self) {
        (&self.theirs).write_all(b"END\n").unwrap();
        self.until("END\r\n");
    }

    pub fn type_in(&self, text: &str) {
        (&self.ours).write_all(text.as_bytes()).unwrap();
    }

    /// The text written to the terminal since the last [`take`](Self::take).
    pub fn shown(&self) -> String {
        String::from_utf8_lossy(&self.shown.lock().unwrap()).into_owned()
    }

    /// The text written to the terminal since the last call.
    pub fn take(&self) -> String {
        let shown = std::mem::take(&mut *self.shown.lock().unwrap());
        String::from_utf8_lossy(&shown).into_owned()
    }

    /// Waits until `text` was written to the terminal.
    pub fn until(&self, text: &str) {
        let start = Instant::now();
        while !self.shown().contains(text) {
            let shown = self.shown();
            assert!(start.elapsed() < PATIENCE, "no {text:?} in {shown:?}");
            thread::sleep(Duration::from_millis(5));
        }
    }
}
